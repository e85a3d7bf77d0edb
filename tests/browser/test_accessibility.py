"""Every page and e-mail of ours can be read and used by everybody, in both languages.

With the keyboard alone, at 200 %, on a screen of 320 pixels, and without a finding of axe-core's.
What Odoo puts around our pages, and what its own pages have beside our parts, is not ours to mend:
its portal tells no language, has paler colours, and headings out of their order.
"""

import functools
from datetime import datetime, timedelta, timezone

import pytest

from dev.env.folders import ADDON
from dev.env.waiting import wait_until
from dev.odoo.back_office import Sale
from dev.odoo.provider import STAFF_EMAIL
from tests.gateway.authority import Authority

from .inspector import Inspector
from .letter_box import LetterBox
from .pages import (
    CONTINUE,
    INVOICE_IS_UNROLLED,
    BankPage,
    StatusPage,
    UnavailablePage,
    find_in_portal,
    is_russian,
    open_in_portal,
)
from .provider_form import ProviderForm

TOP_UP = '/my/top-up'
RECEIPTS = '.o_sberbank_receipts'
HELP_PAGES = sorted((ADDON / 'static/help').glob('*.html'))
#: An additional root certificate, of which staff are to be told.
ENDING = 'Root CA that ends tomorrow'
#: Bank seconds in which the register has printed.
DELAY = 60
#: Seconds until what the bank did is on the list.
ATTENTION_LIMIT = 20


@pytest.fixture(params=['ru_RU', 'en_US'])
def language(request):
    """The language of the customer and of their browser."""
    return request.param


@pytest.fixture
def customer(shop, language):
    """A customer of a shop that has all there can be on the page for top-ups."""
    shop.take_payments('rbs')
    shop.back_office.write_to_provider({
        'pre_msg': '<p>Оплата занятий.<br>Чек придёт на почту.</p><p>Спасибо!</p>',
        'sberbank_topup_amounts': '1000, 3000, 5000',
        'sberbank_topup_minimum': 100,
        'sberbank_topup_maximum': 100000,
    })
    return shop.add_customer(language)


@pytest.fixture
def visitor(visit, language):
    """Somebody who never touches the mouse, but on Odoo's pages and the bank's."""
    return visit(locale=language.replace('_', '-'))


@pytest.fixture
def inspector(visitor):
    """Who looks at the visitor's pages; nothing may be wrong with them in the end."""
    inspector = Inspector(visitor.page)
    yield inspector
    assert not inspector.findings, '\n'.join(inspector.findings)


@pytest.fixture
def letter_box(shop, language):
    """Where the staff read their e-mails, in the language of the company."""
    office = shop.back_office
    company = office.record('base.main_partner')
    [before] = office.call('res.partner', 'read', [company], ['lang'])
    office.call('res.partner', 'write', [company], {'lang': language})
    with LetterBox() as box:
        server = {'name': 'Letter box', 'smtp_host': '127.0.0.1', 'smtp_port': box.port}
        server_id = office.call('ir.mail_server', 'create', server)
        yield box
        office.call('ir.mail_server', 'unlink', [server_id])
    office.call('res.partner', 'write', [company], {'lang': before['lang']})


class TopUpForm:
    """The form for top-ups, filled in by the keyboard."""

    def __init__(self, inspector, page):
        self._inspector = inspector
        self.field = page.locator('#o_sberbank_amount')
        self._button = page.locator('.o_sberbank_top_up_form [type=submit]')
        page.locator('.o_sberbank_top_up.o_sberbank_ready').wait_for()

    def send(self, amount):
        """Type an amount and press the button."""
        self._inspector.type(self.field, amount)
        self._inspector.press(self._button)


def owe(shop, customer):
    """Sell twice to a customer, at 1000 roubles each."""
    today = datetime.now(timezone.utc).date()
    shop.back_office.add_invoices(
        Sale(customer.partner_id, 100000, today + timedelta(days=number)) for number in (0, 1)
    )


def top_up_link(shop, partner_id, **amount):
    """Return a link by which somebody pays who has no login."""
    values = {'partner_id': partner_id, **amount}
    wizard_id = shop.back_office.call('sberbank.topup.link', 'create', values)
    [wizard] = shop.back_office.call('sberbank.topup.link', 'read', [wizard_id], ['link'])
    return wizard['link']


def test_the_account_and_its_payments(shop, customer, visitor, inspector):
    page = visitor.page
    visitor.open(TOP_UP)
    visitor.log_in(customer)
    TopUpForm(inspector, page)
    inspector.look('top-up, nothing owed')

    owe(shop, customer)
    visitor.open(TOP_UP)
    form = TopUpForm(inspector, page)
    inspector.type(form.field, '1500')
    inspector.look('top-up, two debts')

    form.send('10')
    page.locator('#o_sberbank_amount[aria-invalid=true]').wait_for()
    inspector.look('top-up, too little')

    TopUpForm(inspector, page).send('1500')
    bank_page = BankPage(visitor)
    order_id = bank_page.order_id
    bank_page.give_up()
    status_page = StatusPage(visitor)
    inspector.look('status', '[name=o_payment_status]')
    assert page.locator('html').get_attribute('lang')
    result = page.locator('[name=o_payment_status_alert] a').get_attribute('href')

    inspector.press(status_page.continue_link)
    assert BankPage(visitor).order_id == order_id
    visitor.open(result)
    inspector.look('result, pending')

    shop.bank.control.expire(order_id)
    visitor.open('/payment/status')
    page.locator('.alert-warning h1').wait_for()
    inspector.look('result, not paid')

    inspector.press(page.locator('#wrap .btn-primary'))
    TopUpForm(inspector, page).send('2500')
    BankPage(visitor).pay_by_card()
    page.locator('.alert-success h1').wait_for()
    inspector.look('result, paid')

    inspector.press(page.locator('#wrap .btn-secondary'))
    page.locator('table tbody tr').first.wait_for()
    inspector.look('top-up, with payments')

    visitor.open('/my')
    page.locator('.o_portal_doc_spinner').wait_for(state='detached')
    inspector.look('card of the portal', f'.o_portal_index_card:has([href$="{TOP_UP}"])')


def test_somebody_without_a_login(shop, customer, visitor, inspector):
    page = visitor.page
    visitor.open(top_up_link(shop, customer.partner_id))
    form = TopUpForm(inspector, page)
    inspector.look('link')
    form.send('1500')
    BankPage(visitor)

    visitor.open(top_up_link(shop, customer.partner_id, amount=1500.50))
    inspector.look('link with an amount')
    inspector.press(page.locator('.o_sberbank_top_up_form [type=submit]'))
    BankPage(visitor).pay_by_card()
    page.locator('.alert-success h1').wait_for()
    inspector.look('result without a login')

    former_id = shop.back_office.call('res.partner', 'create', {'name': 'Anna'})
    link = top_up_link(shop, former_id)
    shop.back_office.call('res.partner', 'write', [former_id], {'active': False})
    visitor.open(link)
    page.locator('.alert-info h1').wait_for()
    inspector.look('outdated link')
    assert all('410' in error for error in visitor.errors)
    visitor.errors.clear()  # It is what the page is about.


def test_the_way_to_the_bank_and_the_receipt(shop, customer, visitor, inspector):
    page = visitor.page
    login = shop.login_at_bank('rbs')
    shop.back_office.call('res.partner', 'write', [customer.partner_id], {'email': False})
    invoice = shop.sell(customer, 77700)
    with shop.sending_receipts('rbs'):
        open_in_portal(visitor, customer, invoice).choose_sberbank()
        contact = page.locator('#o_sberbank_contact')
        contact.wait_for()
        inspector.look('contact')
        inspector.type(contact, 'nobody')
        page.keyboard.press('Enter')
        page.locator('#o_sberbank_contact[aria-invalid=true]').wait_for()
        inspector.look('contact, refused')

        shop.bank.control.faults(login, {'fault': 'drop_connection'})
        inspector.type(contact, 'anna@home.example')
        inspector.press(page.locator('#wrap [type=submit]'))
        unavailable_page = UnavailablePage(visitor)
        inspector.look('payment page unavailable')

        shop.bank.control.faults(login)
        inspector.press(unavailable_page.button)
        bank_page = BankPage(visitor)
        order_id = bank_page.order_id
        bank_page.give_up()
        invoice_page = StatusPage(visitor).go_back()
        inspector.look('invoice, to be continued', f':has(> {CONTINUE})')
        inspector.press(page.locator(f'{CONTINUE}:visible'))
        BankPage(visitor).pay_by_card()
        invoice_page.wait_until_paid()
        shop.wait_until_booked(invoice)

        shop.bank.control.advance(DELAY)
        receipt = shop.receipt_of(order_id)
        shop.back_office.call('sberbank.receipt', 'action_ask_bank', [receipt['id']])
    find_in_portal(visitor, invoice)
    page.wait_for_function(INVOICE_IS_UNROLLED)
    page.locator(RECEIPTS).wait_for()
    inspector.look('invoice with a receipt', RECEIPTS)


def run_job_of_provider(office, job):
    """Have the provider do what a job does for it, whatever the hour."""
    action_id = office.call(
        'ir.actions.server',
        'create',
        {
            'name': job,
            'model_id': office.record('payment.model_payment_provider'),
            'state': 'code',
            'code': f'model.browse({office.provider()}).{job}()',
        },
    )
    office.call('ir.actions.server', 'run', [action_id])
    office.call('ir.actions.server', 'unlink', [action_id])


def pay_and_dispute(shop, customer, visitor):
    """Have a payment booked and charged back; return the payment, and what is on the list of it."""
    office = shop.back_office
    invoice = shop.sell(customer, 77700)
    open_in_portal(visitor, customer, invoice).choose_sberbank()
    bank_page = BankPage(visitor)
    order_id = bank_page.order_id
    bank_page.pay_by_card()
    shop.wait_until_booked(invoice)
    shop.bank.control.chargeback(order_id)
    [paid] = office.find('payment.transaction', [('provider_reference', '=', order_id)], ['id'])
    [payment] = office.find(
        'account.payment', [('payment_transaction_id', '=', paid['id'])], ['id']
    )
    office.call('payment.transaction', 'action_sberbank_ask_bank', [paid['id']])
    listed = [('transaction_id', '=', paid['id'])]
    [attention] = wait_until(
        lambda: office.find('sberbank.attention', listed, ['id']), limit=ATTENTION_LIMIT
    )
    return payment, attention


def test_the_e_mails_to_staff(shop, customer, visitor, inspector, letter_box, language):
    page = visitor.page
    office = shop.back_office
    payment, attention = pay_and_dispute(shop, customer, visitor)
    office.call('payment.provider', 'action_sberbank_send_test_email', [office.provider()])

    for name, mark in (
        ('booked', f'model=account.payment&amp;res_id={payment["id"]}"'),
        ('attention', f'online-payments-needing-attention/{attention["id"]}"'),
        ('test', shop.provider('name', language=language)['name']),
    ):
        page.goto('about:blank')
        page.set_content(letter_box.letter(mark))
        inspector.look(f'e-mail, {name}')
        assert page.locator('html').get_attribute('lang') == language.replace('_', '-')
        assert is_russian(page.locator('p').first.inner_text()) == (language == 'ru_RU')
    assert {letter['To'] for letter in letter_box.letters} == {STAFF_EMAIL}


def test_the_e_mails_about_what_is_left_undone(
    shop, customer, visitor, inspector, letter_box, language
):
    page = visitor.page
    office = shop.back_office
    pay_and_dispute(shop, customer, visitor)
    office.write_to_provider({'sberbank_ca_certificates': Authority(ENDING).pem})
    for job in ('_sberbank_send_digest', '_sberbank_warn_of_certificates'):
        run_job_of_provider(office, job)
    office.write_to_provider({'sberbank_ca_certificates': False})

    for name, mark in (
        ('reminder', '/odoo/online-payments-needing-attention"'),
        ('certificates', ENDING),
    ):
        page.goto('about:blank')
        page.set_content(letter_box.letter(mark))
        visitor.photograph(name)
        inspector.look(f'e-mail, {name}')
        assert page.locator('html').get_attribute('lang') == language.replace('_', '-')
        assert is_russian(page.locator('p').first.inner_text()) == (language == 'ru_RU')


def test_the_form_in_a_copy_of_the_database(shop, visitor, inspector, language):
    uuid = shop.back_office.call('ir.config_parameter', 'get_param', 'database.uuid')
    set_uuid = functools.partial(
        shop.back_office.call, 'ir.config_parameter', 'set_param', 'database.uuid'
    )
    shop.take_payments('rbs')
    shop.back_office.write_to_provider({'state': 'enabled'})
    shop.speak_to_administrator(language)
    set_uuid('of a copy')
    try:
        visitor.open('/odoo')
        visitor.log_in(shop.administrator)
        ProviderForm.find(visitor, shop.provider('name', language=language)['name'])
        visitor.photograph('copy')
        # How the back office fits into a narrow window is Odoo's.
        inspector.look('form in a copy', '[name=sberbank_copy]', windows=())
        banner = visitor.page.locator('[name=sberbank_copy]').inner_text()
        assert is_russian(banner) == (language == 'ru_RU')
    finally:
        set_uuid(uuid)
        shop.speak_to_administrator('en_US')
        shop.forget_provider()


@pytest.mark.parametrize('path', HELP_PAGES, ids=lambda path: path.stem)
def test_the_help(browser, path):
    page = browser.new_page()
    inspector = Inspector(page)
    page.goto(path.as_uri())

    inspector.look(path.name)

    page.close()
    assert not inspector.findings, '\n'.join(inspector.findings)

"""A customer tops up their account in the portal."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import pytest

from dev.env import waiting
from dev.odoo.back_office import Sale
from dev.odoo.money import to_kopecks

from .pages import BankPage
from .visitor import DESKTOP, PHONE, Visitor

SMALLEST_PHONE = {**PHONE, 'viewport': {'width': 320, 'height': 568}}
WITHOUT_JAVASCRIPT = {**PHONE, 'java_script_enabled': False}

TOP_UP = '/my/top-up'


class TopUpPage:
    """The form, the customer's account and the payments so far."""

    def __init__(self, visitor: Visitor):
        self.visitor = visitor
        self.page = visitor.page
        self.field = self.page.locator('#o_sberbank_amount')
        self.error = self.page.locator('#o_sberbank_amount_error')
        self.button = self.page.locator('.o_sberbank_top_up_form [type=submit]')
        self.button.wait_for()

    def wait_for_script(self) -> None:
        """Wait until the page reacts to what is typed."""
        self.page.locator('.o_sberbank_top_up.o_sberbank_ready').wait_for()

    def pay(self, amount: str) -> BankPage:
        """Type an amount and go to the bank."""
        self.field.fill(amount)
        self.button.click()
        return BankPage(self.visitor)

    def covered(self) -> list[str]:
        """Return how much of each debt would be paid: all, a part, nothing."""
        return [
            'all'
            if debt.locator('.o_sberbank_in_full').is_visible()
            else 'part'
            if debt.locator('.o_sberbank_in_part').is_visible()
            else 'nothing'
            for debt in self.page.locator('.o_sberbank_debts > li').all()
        ]


def figures(text: str) -> str:
    """Return the digits and the decimal sign of a text, which are the same in every language."""
    return re.sub(r'[^\d,.]', '', text).replace('.', ',').strip(',')


def owe(shop, customer, *amounts):
    """Sell to a customer at so many kopecks each, due one day after another, and return that."""
    today = datetime.now(timezone.utc).date()
    return shop.back_office.add_invoices(
        Sale(customer.partner_id, kopecks, today + timedelta(days=number))
        for number, kopecks in enumerate(amounts)
    )


def residuals(shop, invoice_ids):
    """Return what is left to pay of each invoice, in kopecks."""
    found = shop.back_office.find('account.move', [('id', 'in', invoice_ids)], ['amount_residual'])
    return [to_kopecks(invoice['amount_residual']) for invoice in found]


def payments(shop, customer):
    """Return the kopecks of each payment of a customer in the ledger."""
    found = shop.back_office.find(
        'account.payment', [('partner_id', '=', customer.partner_id)], ['amount']
    )
    return [to_kopecks(payment['amount']) for payment in found]


def transactions(shop, customer):
    """Return the transactions of a customer, oldest first."""
    return shop.back_office.find(
        'payment.transaction', [('partner_id', '=', customer.partner_id)], ['state', 'amount']
    )


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait for what the shop's jobs do by themselves."""
    assert waiting.wait_until(condition, limit=30), 'It did not happen in time.'


def cookies_after_login(visit, customer):
    """Log in, for which Odoo itself needs JavaScript, and return the cookies of the session."""
    visitor = visit()
    visitor.open('/web/login')
    visitor.log_in(customer)
    return visitor.page.context.cookies()


@pytest.fixture
def customer(shop):
    """A Russian customer of a shop that takes payments and has a word for the payer."""
    shop.take_payments('rbs')
    shop.back_office.write_to_provider({
        'pre_msg': '<p>Оплата занятий.<br>Чек придёт на почту.</p><p>Спасибо!</p>',
        'sberbank_topup_amounts': '1000, 3000, 5000',
        'sberbank_topup_minimum': 0,
        'sberbank_topup_maximum': 100000,
    })
    return shop.add_customer('ru_RU')


@pytest.mark.parametrize(
    'screen',
    [
        pytest.param(DESKTOP, id='desktop'),
        pytest.param(PHONE, id='phone'),
        pytest.param(SMALLEST_PHONE, id='smallest-phone'),
    ],
)
def test_customer_tops_up_from_the_card_to_the_new_balance(shop, visit, customer, screen):
    invoices = owe(shop, customer, 150000, 200050, 500000)
    visitor = visit(screen=screen, locale='ru-RU')
    visitor.open('/my')
    visitor.log_in(customer)

    visitor.page.locator('.o_portal_doc_spinner').wait_for(state='detached')
    visitor.photograph('my')
    visitor.page.locator(f'a[href$="{TOP_UP}"]').click()
    page = TopUpPage(visitor)
    page.wait_for_script()
    visitor.photograph('empty')
    page.page.locator('.o_sberbank_suggestion').nth(2).click()

    assert page.covered() == ['all', 'all', 'part']
    assert figures(page.button.inner_text()) == '5000,00'
    visitor.photograph('chosen')

    bank_page = page.pay('4 000,75')
    visitor.photograph('bank')
    bank_page.pay_by_card()

    visitor.page.wait_for_url('**/top-up/result?**')
    visitor.photograph('result')
    assert payments(shop, customer) == [400075]
    assert residuals(shop, invoices) == [0, 0, 449975]
    visitor.open(TOP_UP)
    visitor.photograph('afterwards')
    row = visitor.page.locator('table tbody tr').first
    assert '4000,75' in figures(row.inner_text())


def test_the_page_tells_what_an_amount_pays_while_it_is_typed(shop, visit, customer):
    owe(shop, customer, 10000, 20000)
    visitor = visit(locale='ru-RU')
    visitor.open(TOP_UP)
    visitor.log_in(customer)
    page = TopUpPage(visitor)
    page.wait_for_script()
    rest = visitor.page.locator('.o_sberbank_rest')

    for typed, covered, left in [
        ('', ['nothing', 'nothing'], None),
        ('99,99', ['part', 'nothing'], None),
        ('100', ['all', 'nothing'], None),
        ('100.01', ['all', 'part'], None),
        ('300', ['all', 'all'], None),
        ('1 300,50', ['all', 'all'], '1000,50'),
        ('none', ['nothing', 'nothing'], None),
    ]:
        page.field.fill(typed)
        assert page.covered() == covered, typed
        assert rest.is_visible() == bool(left), typed
        if left:
            assert figures(rest.inner_text()) == left


def test_an_error_stands_beside_the_field_until_it_is_mended(shop, visit, customer):
    visitor = visit(screen=PHONE, locale='ru-RU')
    visitor.open(TOP_UP)
    visitor.log_in(customer)
    page = TopUpPage(visitor)

    page.field.fill('100 000,01')
    page.button.click()

    page.page.locator('#o_sberbank_amount[aria-invalid=true]').wait_for()
    visitor.photograph('too-much')
    assert '100000' in figures(page.error.inner_text())
    assert page.field.input_value() == '100 000,01'
    assert page.page.evaluate('document.activeElement.id') == 'o_sberbank_amount'

    page.wait_for_script()
    page.field.fill('100')

    assert page.error.inner_text() == ''
    assert page.field.get_attribute('aria-invalid') is None
    page.button.click()
    BankPage(visitor)


def test_the_page_can_be_used_by_the_keyboard_alone(shop, visit, customer):
    visitor = visit(locale='ru-RU')
    visitor.open(TOP_UP)
    visitor.log_in(customer)
    page = TopUpPage(visitor)
    page.wait_for_script()

    visitor.page.locator('.o_sberbank_suggestion').first.focus()
    visitor.page.keyboard.press('Enter')

    assert figures(page.field.input_value()) == '1000'
    assert page.page.evaluate('document.activeElement.id') == 'o_sberbank_amount'
    visitor.page.keyboard.press('Enter')
    BankPage(visitor)


def test_two_quick_clicks_make_one_payment(shop, visit, customer):
    visitor = visit(locale='ru-RU')
    visitor.open(TOP_UP)
    visitor.log_in(customer)
    page = TopUpPage(visitor)
    page.wait_for_script()
    page.field.fill('100')

    page.button.evaluate('button => { button.click(); button.click(); button.click(); }')

    BankPage(visitor)
    assert len(transactions(shop, customer)) == 1


def test_who_comes_back_from_the_bank_may_pay_another_amount(shop, visit, customer):
    visitor = visit(locale='ru-RU')
    visitor.open(TOP_UP)
    visitor.log_in(customer)
    page = TopUpPage(visitor)
    page.wait_for_script()
    page.pay('100')

    visitor.page.go_back()
    page = TopUpPage(visitor)
    page.wait_for_script()
    page.pay('200').pay_by_card()

    visitor.page.wait_for_url('**/top-up/result?**')
    assert payments(shop, customer) == [20000]


def test_all_of_it_works_without_javascript(shop, visit, customer):
    [invoice] = owe(shop, customer, 10000)
    visitor = visit(screen=WITHOUT_JAVASCRIPT, locale='ru-RU')
    visitor.page.context.add_cookies(cookies_after_login(visit, customer))
    visitor.open(TOP_UP)
    visitor.page.locator('.o_sberbank_suggestion').first.click()
    page = TopUpPage(visitor)
    assert figures(page.field.input_value()) == '1000,00'

    page.pay('130').pay_by_card()
    visitor.photograph('status')
    visitor.page.locator('[name=o_payment_status_alert] a').click()

    visitor.page.wait_for_url('**/top-up/result?**')
    visitor.photograph('result')
    assert [tx['state'] for tx in transactions(shop, customer)] == ['done']
    wait_until(lambda: payments(shop, customer) == [13000])
    assert residuals(shop, [invoice]) == [0]


def test_somebody_without_a_login_pays_by_a_link(shop, visit, customer):
    wizard_id = shop.back_office.call(
        'sberbank.topup.link',
        'create',
        {
            'partner_id': customer.partner_id,
            'amount': 1500.50,
        },
    )
    [wizard] = shop.back_office.call('sberbank.topup.link', 'read', [wizard_id], ['link'])
    visitor = visit(screen=PHONE, locale='ru-RU')

    visitor.open(wizard['link'])
    page = TopUpPage(visitor)
    visitor.photograph('link')
    page.button.click()
    bank_page = BankPage(visitor)
    bank_page.pay_by_card()

    visitor.page.wait_for_url('**/top-up/result?**')
    visitor.photograph('result')
    wait_until(lambda: payments(shop, customer) == [150050])


def test_who_opens_an_outdated_link_is_told_whom_to_ask(shop, visit, customer):
    values = {'partner_id': customer.partner_id, 'amount': 100}
    wizard_id = shop.back_office.call('sberbank.topup.link', 'create', values)
    [wizard] = shop.back_office.call('sberbank.topup.link', 'read', [wizard_id], ['link'])
    users = shop.back_office.find('res.users', [('login', '=', customer.login)], ['login'])
    shop.back_office.call('res.users', 'write', [users[0]['id']], {'active': False})
    shop.back_office.call('res.partner', 'write', [customer.partner_id], {'active': False})
    visitor = visit(screen=PHONE, locale='ru-RU')

    visitor.page.goto(wizard['link'])

    assert 'больше не действует' in visitor.page.locator('h1').inner_text()
    visitor.photograph('outdated')
    [gone] = visitor.errors
    assert '410' in gone
    visitor.errors.clear()  # It is what the page is about.


def test_staff_make_a_link_on_the_customers_form(shop, visit, customer):
    visitor = visit()
    visitor.open(f'/odoo/res.partner/{customer.partner_id}')
    visitor.log_in(shop.administrator)
    visitor.page.locator('.o_cp_action_menus button:has(.fa-cog)').click()
    visitor.page.get_by_role('menuitem', name='Top-Up Link').click()
    dialog = visitor.page.locator('.modal-dialog')

    dialog.locator('[name=amount] input').fill('250')
    dialog.locator('[name=amount] input').press('Tab')

    dialog.locator('[name=link]', has_text='amount=250.00').wait_for()
    visitor.photograph('wizard')

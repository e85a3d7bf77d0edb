"""What every test of the addon starts from: a shop that is ready to take payments, and its bank."""

import secrets
from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch
from uuid import uuid4

from odoo import SUPERUSER_ID, api, fields
from odoo.fields import Command
from odoo.tests import HttpCase, TransactionCase, new_test_user, tagged
from odoo.tools import config

from odoo.addons.payment_sberbank import gateway

from dev.odoo.provider import ready_provider

#: A loopback address where nobody listens: no test reaches a bank by mistake.
NOBODY = 'http://127.0.0.1:9/payment/rest/'

CALLBACK_KEY = 'callback-key-of-the-tests'
USERNAME = 'shop-api'
PASSWORD = 'P@ss"word%s of the tests'


class ShopMixin:
    """A company in roubles with an enabled provider, and what its bank may say, in `cls.env`.

    The bank's word is given as a `gateway.Order`, so that no HTTP is needed to reach a state.
    """

    @classmethod
    def open_shop(cls, company, provider):
        """Make all that a shop needs to take payments.

        :param res.company company: The company, with a chart of accounts and journals.
        :param payment.provider provider: Its provider; it is switched on.
        """
        cls.company = company
        cls.roubles = cls.env.ref('base.RUB')
        cls.journal = cls.find_journal('bank')
        cls.cash_journal = cls.find_journal('cash')
        cls.article = cls.create_account('Lessons', 'income')
        cls.type_income = cls.env.ref('payment_sberbank.payment_type_income')
        cls.type_direct = cls.env.ref('payment_sberbank.payment_type_direct_income')
        cls.customer = cls.env['res.partner'].create({
            'name': 'Anna Customer',
            'email': 'anna@customer.example',
            'lang': 'en_US',
        })
        cls.provider = provider
        cls.enable(cls.provider)

    @classmethod
    def find_journal(cls, journal_type):
        return cls.env['account.journal'].search(
            [('type', '=', journal_type), ('company_id', '=', cls.company.id)], limit=1
        )

    @classmethod
    def create_account(cls, name, account_type, **values):
        return cls.env['account.account'].create({
            'name': name,
            'code': f'T{secrets.randbelow(10**6):06}',
            'account_type': account_type,
            **values,
        })

    @classmethod
    def enable(cls, provider, **values):
        """Fill in the settings of a provider as an administrator does, and switch it on."""
        ready = ready_provider(
            NOBODY,
            login=USERNAME,
            password=PASSWORD,
            key=CALLBACK_KEY,
            journal_id=cls.journal.id,
            sberbank_payment_type_id=cls.type_income.id,
        )
        provider.write({**ready, **values})
        provider.payment_method_ids.active = True

    @classmethod
    def create_user(cls, login, *groups, **values):
        """Create a user that has exactly the groups of the given XML ids."""
        return new_test_user(cls.env, login=login, groups=','.join(groups), **values)

    @classmethod
    def create_portal_user(cls, login, partner=None):
        """Create a user of the portal, of the customer `partner` if one is given."""
        values = {'partner_id': partner.id} if partner else {}
        return cls.create_user(login, 'base.group_portal', password=login, **values)

    @classmethod
    def create_company(cls, name):
        """Create another company in roubles, with a chart of accounts and journals."""
        main, roubles = cls.env.ref('base.main_company'), cls.env.ref('base.RUB')
        company = cls.env['res.company'].create({
            'name': name,
            'currency_id': roubles.id,
            'country_id': main.country_id.id,
        })
        cls.env.user.company_ids = [Command.link(company.id)]
        cls.env['account.chart.template'].try_loading(
            main.chart_template, company=company, install_demo=False
        )
        company.currency_id = roubles
        return company

    @classmethod
    def create_invoice(cls, amount, *, partner=None, due=None, post=True, **values):
        """Create a customer invoice (or another `move_type`) of one line without taxes.

        :param float amount: In the invoice's currency, roubles by default.
        :param res.partner partner: The customer, Anna if none is given.
        :param datetime.date due: The date when it is due, today if none is given.
        :param bool post: Whether the invoice is posted.
        :param values: More values of the invoice, or others.
        :rtype: account.move
        """
        today = fields.Date.context_today(cls.env.user)
        invoice = cls.env['account.move'].create({
            'move_type': 'out_invoice',
            'partner_id': (partner or cls.customer).id,
            'currency_id': cls.roubles.id,
            'invoice_date': min(due or today, today),
            'invoice_date_due': due or today,
            'invoice_payment_term_id': False,
            'invoice_line_ids': [
                Command.create({
                    'name': 'Lesson',
                    'quantity': 1,
                    'price_unit': amount,
                    'tax_ids': [],
                })
            ],
            **values,
        })
        if post:
            invoice.action_post()
        return invoice

    @classmethod
    def create_tx(cls, amount=None, *, invoices=None, partner=None, provider=None, **values):
        """Create a transaction whose order the bank knows already.

        :param float amount: Roubles; what the invoices are about if none is given.
        :param account.move invoices: What is paid.
        :param res.partner partner: Who pays, the invoices' customer or Anna if none is given.
        :param values: More values of the transaction, or others.
        :rtype: payment.transaction
        """
        provider = provider or cls.provider
        invoices = invoices if invoices is not None else cls.env['account.move']
        unique = uuid4()
        return cls.env['payment.transaction'].create({
            'provider_id': provider.id,
            'payment_method_id': cls.env.ref('payment.payment_method_card').id,
            'reference': f'TX-{unique.hex[:12]}',
            'amount': sum(invoices.mapped('amount_residual')) if amount is None else amount,
            'currency_id': cls.roubles.id,
            'partner_id': (partner or invoices[:1].partner_id or cls.customer).id,
            'operation': 'online_redirect',
            'invoice_ids': [Command.set(invoices.ids)],
            'sberbank_is_topup': not invoices,
            'provider_reference': str(unique),
            'sberbank_order_number': f'N-{unique.hex[:20]}',
            'sberbank_form_url': f'http://127.0.0.1:9/payment/page.html?mdOrder={unique}',
            'sberbank_registered_at': fields.Datetime.now(),
            **values,
        })

    @classmethod
    def create_new_tx(cls, amount=None, **values):
        """Create a transaction of which the bank has not heard yet."""
        return cls.create_tx(
            amount,
            **{
                'provider_reference': False,
                'sberbank_order_number': False,
                'sberbank_form_url': False,
                'sberbank_registered_at': False,
                **values,
            },
        )

    @classmethod
    def create_token(cls, **values):
        """Create a saved card of Anna's, at the gateway that the provider is set up for.

        :param values: More values of the token, or others.
        :rtype: payment.token
        """
        return cls.env['payment.token'].create({
            'provider_id': cls.provider.id,
            'payment_method_id': cls.env.ref('payment.payment_method_card').id,
            'partner_id': cls.customer.id,
            'provider_ref': str(uuid4()),
            'payment_details': '2424',
            'sberbank_place': cls.provider._sberbank_get_place(),
            'sberbank_is_live': cls.provider.state == 'enabled',
            'sberbank_client_id': cls.provider._sberbank_get_client_id(cls.customer),
            **values,
        })

    def order(self, tx, status=gateway.OrderStatus.DEPOSITED, **values):
        """Return the order of a transaction as the bank would tell it.

        :param values: What the bank tells differently, for example `amount` in kopecks.
        :rtype: gateway.Order
        """
        return gateway.Order(**{
            'status': int(status),
            'order_id': tx.provider_reference,
            'order_number': tx.sberbank_order_number,
            'amount': gateway.to_kopecks(abs(tx.amount)),
            'currency': gateway.CURRENCY_NUMBER,
            **values,
        })

    def bank_says(self, tx, status=gateway.OrderStatus.DEPOSITED, **values):
        """Let the transaction hear the bank's word, as `order` makes it."""
        tx._process('sberbank', {'order': self.order(tx, status, **values)})

    def pay(self, tx, **values):
        """Let the bank say that the order is paid, and book it.

        :return: The payment in the ledger.
        :rtype: account.payment
        """
        self.bank_says(tx, **values)
        tx._sberbank_book_by_hand()
        self.env.invalidate_all()  # The next worker has nothing of this one in its cache.
        return tx.payment_id

    def mails_to(self, address):
        """Return the e-mails to an address that are in the queue or were sent.

        The job writes those about payments that it has not finished itself.
        """
        self.env['payment.transaction']._sberbank_mail_remaining()
        return self.env['mail.mail'].search([('email_to', 'ilike', address)])


@tagged('post_install', '-at_install')
class SberbankCommon(ShopMixin, TransactionCase):
    """Tests in the database's company; what each of them does is undone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.open_shop(
            cls.env.ref('base.main_company'),
            cls.env.ref('payment_sberbank.payment_provider_sberbank'),
        )


class SberbankHttpCommon(SberbankCommon, HttpCase):
    """The same with Odoo's web server, for what is asked and answered by HTTP.

    No scheduler belongs to it: jobs are run by hand.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.enterClassContext(patch.dict(config.options, max_cron_threads=0))

    def begin_job(self, name, seconds_ago=0, *, has_ended=False):
        """Write down of a job that it has begun, as the scheduler does."""
        run = self.env['ir.cron.progress'].create({
            'cron_id': self.env.ref(name).id,
            'timed_out_counter': 0 if has_ended else 1,
        })
        self.env.cr.execute(
            'UPDATE ir_cron_progress SET create_date = %s WHERE id = %s',
            [fields.Datetime.now() - timedelta(seconds=seconds_ago), run.id],
        )
        run.invalidate_recordset()

    @contextmanager
    def as_worker(self):
        """Yield an environment as a worker has it, with a cursor that may be committed."""
        self.env.flush_all()
        try:
            with self.registry.cursor() as cr:
                yield api.Environment(cr, SUPERUSER_ID, {})
        finally:
            self.env.invalidate_all()

    def run_job(self, name):
        """Run a scheduled job's code as the scheduler does."""
        job = self.env.ref(f'payment_sberbank.{name}')
        with self.as_worker() as env:
            job.with_env(env).ir_actions_server_id.run()

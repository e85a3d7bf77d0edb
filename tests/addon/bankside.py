"""Tests with a bank: a merchant of one's own for each, at the stand-in bank of the session."""

import secrets
from urllib.parse import urlsplit

import pytest
import requests

from .common import CALLBACK_KEY, PASSWORD, SberbankHttpCommon

#: The bank tells nobody anything; a test that wants notifications sends or allows them.
SILENT = {'fault': 'callback_never'}

#: The newer gateway takes 36 characters at most.
SHORT_PASSWORD = 'P@ss"word%s of tests'

_send = requests.Session.send


class BankCase(SberbankHttpCommon):
    """A provider whose bank answers over HTTP, as strictly as the real one.

    `self.bank` is the control API: what the bank knows, and what it is made to do.
    """

    #: The bank's dialect, `rbs` or `ecom`.
    dialect = 'rbs'

    @pytest.fixture(autouse=True)
    def _open_bank(self, bank):
        self.bank_process = bank
        self.bank = bank.control

    def setUp(self):
        super().setUp()
        self.login = f'P{secrets.randbelow(10**10):010}'
        self.set_up_merchant()
        self.bank.faults(self.login, SILENT)
        self.enable(self.provider, **self.get_access())

    @classmethod
    def _request_handler(cls, session, request, /, **options):
        """Let requests out to this machine only.

        Odoo's own handler does that too, but knows no pair of time-outs.
        """
        if urlsplit(request.url).hostname == '127.0.0.1':
            return _send(session, request, **options)
        return super()._request_handler(session, request, **options)

    def set_up_merchant(self, **settings):
        """Open the merchant's account at the bank, or change its settings."""
        self.bank.put_merchant(
            self.login,
            **{
                'password': self.password,
                'dialect': self.dialect,
                'name': 'Shop',
                **settings,
            },
        )

    @property
    def password(self):
        return PASSWORD if self.dialect == 'rbs' else SHORT_PASSWORD

    def get_access(self):
        """Return the provider's settings that fit the merchant at the bank."""
        return {
            'sberbank_custom_url': self.bank_process.url,
            'sberbank_custom_dialect': self.dialect,
            'sberbank_username': self.login,
            'sberbank_password': self.password,
            'sberbank_callback_key': CALLBACK_KEY if self.dialect == 'rbs' else False,
        }

    def act(self, tx, action, *args, **values):
        """Press a button on the transaction, and the one of the dialog that it may open.

        :param values: What is filled in there.
        :return: What the last button answered.
        """
        with self.as_worker() as env:
            answer = getattr(tx.with_env(env), action)(*args)
            if not isinstance(answer, dict) or answer.get('res_model') != 'payment.capture.wizard':
                return answer
            wizard = env['payment.capture.wizard'].with_context(answer['context'])
            if 'amount_to_capture' in values:
                values.setdefault('void_remaining_amount', True)
            return wizard.create(values).action_capture()

    def faults(self, *faults):
        """Make the bank fail so from now on, and in no other way."""
        self.bank.faults(self.login, SILENT, *faults)

    def create_registered_tx(self, amount=None, **values):
        """Create a transaction with a real order at the bank."""
        tx = self.create_new_tx(amount, **values)
        self.open_page(tx)
        return tx

    def open_page(self, tx, language='en_US'):
        """Have the order registered as the pay route does.

        :return: The address of the bank's page.
        :rtype: str
        """
        with self.as_worker() as env:
            return tx.with_env(env)._sberbank_open_page(language)

    def calls(self, method=None, **query):
        """Return the calls that the bank has got from this merchant, the oldest first."""
        if method:
            query['method'] = method
        return self.bank.requests(login=self.login, **query)

    def orders(self):
        """Return this merchant's orders at the bank, the oldest first."""
        return self.bank.orders(login=self.login)

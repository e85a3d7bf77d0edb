"""Who gets what at which route, as a table."""

from odoo.tests import JsonRpcException

from odoo.addons.payment_sberbank import const

from .bankside import BankCase

ROLES = ('public', 'customer', 'other customer', 'accountant', 'administrator')

#: HTTP status by role. What `TOKEN` is added to comes with the token that our own page gave out.
PAGES = {
    ('GET', const.CALLBACK_ROUTE): (400, 400, 400, 400, 400),
    ('POST', const.CALLBACK_ROUTE): (400, 400, 400, 400, 400),
    ('PUT', const.CALLBACK_ROUTE): (405, 405, 405, 405, 405),
    ('GET', const.PAY_ROUTE): (404, 404, 404, 404, 404),
    ('GET', f'{const.PAY_ROUTE}?TOKEN'): (303, 303, 303, 303, 303),
    ('POST', f'{const.PAY_ROUTE}?TOKEN'): (405, 405, 405, 405, 405),
    ('GET', const.RETURN_ROUTE): (303, 303, 303, 303, 303),
    ('POST', const.RETURN_ROUTE): (405, 405, 405, 405, 405),
    ('GET', const.TOPUP_ROUTE): (303, 200, 200, 200, 200),
    ('GET', f'{const.TOPUP_LINK_ROUTE}/1'): (404, 404, 404, 404, 404),
    ('GET', const.TOPUP_RESULT_ROUTE): (404, 404, 404, 404, 404),
    ('GET', f'{const.TOPUP_RESULT_ROUTE}?TOKEN'): (200, 200, 200, 200, 200),
}

DONE, LOGIN, DENIED = 'done', 'SessionExpiredException', 'AccessError'

#: What comes of a call over RPC, by role. The transaction is the customer's.
CALLS = {
    'action_sberbank_ask_bank': (LOGIN, DENIED, DENIED, DONE, DONE),
    'action_sberbank_book_now': (LOGIN, DENIED, DENIED, 'UserError', 'UserError'),
    'action_capture': (LOGIN, DENIED, DENIED, DONE, DONE),
    'action_refund': (LOGIN, DENIED, DENIED, 'ValidationError', 'ValidationError'),
    'action_void': (LOGIN, DENIED, DENIED, 'ValidationError', 'ValidationError'),
    'read': (LOGIN, DENIED, DENIED, DONE, DONE),
    # What does the work is nobody's to call.
    '_sberbank_apply': (LOGIN, DENIED, DENIED, DENIED, DENIED),
    '_sberbank_get_access_token': (LOGIN, DENIED, DENIED, DENIED, DENIED),
    '_sberbank_refresh': (LOGIN, DENIED, DENIED, DENIED, DENIED),
    '_cron_sberbank_ask_bank': (LOGIN, DENIED, DENIED, DENIED, DENIED),
    '_cron_sberbank_book_payments': (LOGIN, DENIED, DENIED, DENIED, DENIED),
    '_process': (LOGIN, DENIED, DENIED, DENIED, DENIED),
}


class TestRoutesByRole(BankCase):
    def setUp(self):
        super().setUp()
        self.tx = self.create_registered_tx(10)
        logins = {
            'customer': self.create_portal_user('the-customer', self.customer),
            'other customer': self.create_portal_user('another-customer'),
            'accountant': self.create_user(
                'the-accountant', 'base.group_user', 'account.group_account_invoice'
            ),
            'administrator': self.create_user(
                'the-administrator',
                'base.group_user',
                'base.group_system',
                'account.group_account_manager',
            ),
        }
        self.logins = {'public': None, **{role: user.login for role, user in logins.items()}}

    def become(self, role):
        self.authenticate(self.logins[role], self.logins[role])

    def call(self, method):
        """Call a method of the transaction over RPC.

        :return: `DONE`, or the name of the error.
        """
        try:
            self.make_jsonrpc_request(
                '/web/dataset/call_kw',
                {
                    'model': 'payment.transaction',
                    'method': method,
                    'args': [self.tx.ids],
                    'kwargs': {},
                },
            )
        except JsonRpcException as error:
            return str(error).rpartition('.')[2]
        return DONE

    def test_pages(self):
        query = self.tx._sberbank_get_pay_url().partition('?')[2]
        for (method, route), statuses in PAGES.items():
            for role, expected in zip(ROLES, statuses, strict=True):
                with self.subTest(method=method, route=route, role=role):
                    self.become(role)

                    response = self.url_open(
                        route.replace('TOKEN', query), method=method, allow_redirects=False
                    )

                    self.assertEqual(response.status_code, expected)

    def test_calls(self):
        for method, outcomes in CALLS.items():
            for role, expected in zip(ROLES, outcomes, strict=True):
                with self.subTest(method=method, role=role):
                    self.become(role)

                    self.assertEqual(self.call(method), expected)

    def test_no_role_is_told_the_secrets(self):
        for role in ROLES[:-1]:
            for name in ('sberbank_username', 'sberbank_password', 'sberbank_callback_key'):
                with self.subTest(role=role, field=name):
                    self.become(role)

                    with self.assertRaises(JsonRpcException) as refused:
                        self.make_jsonrpc_request(
                            '/web/dataset/call_kw',
                            {
                                'model': 'payment.provider',
                                'method': 'read',
                                'args': [self.provider.ids, [name]],
                                'kwargs': {},
                            },
                        )

                    self.assertNotIn(self.provider[name], str(refused.exception))

    def test_the_token_of_one_transaction_opens_no_other(self):
        other = self.create_new_tx(20)
        query = self.tx._sberbank_get_pay_url().partition('?')[2]
        for role in ROLES:
            with self.subTest(role=role):
                self.become(role)

                response = self.url_open(
                    f'{const.PAY_ROUTE}?{query.replace(self.tx.reference, other.reference)}',
                    allow_redirects=False,
                )

                self.assertEqual(response.status_code, 404)
        self.assertEqual(len(self.orders()), 1)

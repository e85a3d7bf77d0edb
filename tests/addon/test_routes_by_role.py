"""Who gets what at which route, as a table.

A new route of the addon without a row fails, and so does a row that names nothing any more.
"""

from odoo.http import Request
from odoo.tools import mute_logger

from odoo.addons.payment_sberbank import const

from . import surface
from .common import SberbankCommon
from .roles import DONE, EVERYBODY, ROLES, RolesCase

LINK = f'{const.TOPUP_LINK_ROUTE}/<int:partner_id>'

#: The HTTP status for everybody, or by role where it differs. Nothing is sent along: no token, no
#: notification, no amount. A POST has the token of the session that Odoo's own forms have.
BARE = {
    ('GET', const.CALLBACK_ROUTE): {EVERYBODY: 400},
    ('POST', const.CALLBACK_ROUTE): {EVERYBODY: 400},
    ('GET', const.PAY_ROUTE): {EVERYBODY: 404},
    ('POST', const.CONTACT_ROUTE): {EVERYBODY: 404},
    ('GET', const.HEALTH_ROUTE): {EVERYBODY: 404},
    ('GET', const.RETURN_ROUTE): {EVERYBODY: 303},
    ('GET', const.TOPUP_ROUTE): {EVERYBODY - {'anonymous'}: 200, frozenset({'anonymous'}): 303},
    ('GET', f'{const.TOPUP_ROUTE}/page/<int:page>'): {
        EVERYBODY - {'anonymous'}: 200,
        frozenset({'anonymous'}): 303,
    },
    ('POST', const.TOPUP_ROUTE): {
        EVERYBODY - {'anonymous'}: 200,
        frozenset({'anonymous'}): 303,
    },
    ('GET', LINK): {EVERYBODY: 404},
    ('POST', LINK): {EVERYBODY: 404},
    ('GET', const.TOPUP_RESULT_ROUTE): {EVERYBODY: 404},
    # Odoo's own, whose methods we override.
    ('GET', '/my'): {EVERYBODY - {'anonymous'}: 200, frozenset({'anonymous'}): 303},
    ('GET', '/my/payment_method'): {
        EVERYBODY - {'anonymous'}: 200,
        frozenset({'anonymous'}): 303,
    },
    ('GET', '/my/home'): {EVERYBODY - {'anonymous'}: 200, frozenset({'anonymous'}): 303},
}

#: The HTTP status for everybody of what asks for more than a bare visit: `TOKEN` is what our own
#: pages give out for the customer's transaction, `FOREIGN` the same token at another transaction.
MORE = {
    ('PUT', const.CALLBACK_ROUTE): 405,
    ('GET', f'{const.PAY_ROUTE}?TOKEN'): 303,
    ('GET', f'{const.PAY_ROUTE}?FOREIGN'): 404,
    ('POST', f'{const.PAY_ROUTE}?TOKEN'): 405,
    ('POST', const.RETURN_ROUTE): 405,
    ('GET', f'{const.TOPUP_RESULT_ROUTE}?TOKEN'): 200,
    ('GET', f'{const.TOPUP_RESULT_ROUTE}?FOREIGN'): 404,
}

#: What comes of a JSON-RPC request, and what it is sent with.
JSON = {
    '/payment/transaction': ('Forbidden', {'access_token': 'made up'}),
    '/payment/status/poll': (DONE, {}),  # Of the session's own transaction: there is none.
}


class TestTheTable(SberbankCommon):
    maxDiff = None

    def test_each_route_has_a_row_and_each_row_a_route(self):
        json = {('JSON', route) for route in JSON}

        self.assertEqual(set(surface.routes()), BARE.keys() | json)
        for by_role in BARE.values():
            self.assertEqual(frozenset().union(*by_role), EVERYBODY)


class TestRoutesByRole(RolesCase):
    def setUp(self):
        super().setUp()
        self.tx = self.create_registered_tx(10)

    def visit(self, method, route, **options):
        return self.url_open(route, method=method, allow_redirects=False, **options)

    @mute_logger('odoo.http')
    def test_a_bare_visit(self):
        for role in ROLES:
            self.become(role)
            for (method, route), by_role in BARE.items():
                with self.subTest(role=role, method=method, route=route):
                    [expected] = [status for roles, status in by_role.items() if role in roles]
                    path = route.replace('<int:page>', '1')
                    path = path.replace('<int:partner_id>', str(self.customer.id))
                    data = {'csrf_token': Request.csrf_token(self)} if method == 'POST' else None

                    self.assertEqual(self.visit(method, path, data=data).status_code, expected)

    def test_more_than_a_bare_visit(self):
        other = self.create_new_tx(20)
        query = self.tx._sberbank_get_pay_url().partition('?')[2]
        foreign = query.replace(self.tx.reference, other.reference)
        for role in ROLES:
            self.become(role)
            for (method, route), expected in MORE.items():
                with self.subTest(role=role, method=method, route=route):
                    path = route.replace('TOKEN', query).replace('FOREIGN', foreign)

                    self.assertEqual(self.visit(method, path).status_code, expected)
        self.assertEqual(len(self.orders()), 1)

    @mute_logger('odoo.http')
    def test_json_requests(self):
        values = {'amount': 10, 'currency_id': self.roubles.id, 'partner_id': self.customer.id}
        for role in ROLES:
            self.become(role)
            for route, (outcome, params) in JSON.items():
                with self.subTest(role=role, route=route):
                    self.assertEqual(self.request(route, {**values, **params}), outcome)

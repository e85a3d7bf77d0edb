"""Which address leads where."""

from typing import Final

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from .accounts import AccountsDialect
from .api import Api
from .bank import Bank
from .control import Control
from .control_on_file import OnFileControl
from .desk import Desk
from .ecom import EcomDialect
from .ofd import OfdDialect
from .pages import Pages
from .rbs import RbsDialect

_MAX_BODY: Final = 1 << 20

_RULES: Final = Map(
    [
        # The gateways.
        Rule('/payment/rest/<path:method>.do', endpoint=('rbs', '.do')),
        Rule('/ecomm/gw/partner/api/v1/<path:method>.do', endpoint=('ecom', '.do')),
        Rule('/ecomm/gw/partner/api/v1/<method>', endpoint=('ecom', '')),
        Rule('/ecomm/gw/partner/api/ofd/v1/<method>', endpoint=('ofd', '')),
        Rule('/ecomm/gw/partner/api/accounts/v1/<path:method>', endpoint=('accounts', '')),
        # The payer's pages.
        Rule(
            '/payment/merchants/<theme>/payment_<any(ru, en):language>.html',
            endpoint=('pages', 'rbs_payment'),
        ),
        Rule('/pp/pay_<any(ru, en):language>', endpoint=('pages', 'ecom_payment')),
        Rule('/credits/pay_<any(ru, en):language>', endpoint=('pages', 'credit')),
        Rule('/pay/<order_id>/acs', endpoint=('pages', 'challenge')),
        Rule('/pay/<order_id>/<any(sbp, sberpay, credit):wallet>', endpoint=('pages', 'wallet')),
        Rule('/pay/<order_id>/result', endpoint=('pages', 'result')),
        Rule('/pay/<order_id>/return', endpoint=('pages', 'back_to_shop')),
        # For people who work with this bank.
        Rule('/', endpoint=('pages', 'index'), methods=['GET']),
        Rule('/receipts', endpoint=('desk', 'receipts'), methods=['GET']),
        Rule(
            '/bindings/<binding_id>/remove', endpoint=('pages', 'remove_binding'), methods=['POST']
        ),
        # The control API.
        Rule('/control/health', endpoint=('control', 'health'), methods=['GET']),
        Rule('/control/cards', endpoint=('control', 'cards'), methods=['GET']),
        Rule('/control/clock', endpoint=('control', 'clock'), methods=['POST']),
        Rule('/control/idle', endpoint=('control', 'idle'), methods=['POST']),
        Rule('/control/ledger', endpoint=('control', 'ledger'), methods=['GET']),
        Rule('/control/receipts', endpoint=('control', 'receipts'), methods=['GET']),
        Rule('/control/requests', endpoint=('control', 'requests'), methods=['GET']),
        Rule('/control/merchants', endpoint=('control', 'merchants'), methods=['GET']),
        Rule('/control/merchants/<login>', endpoint=('control', 'merchant'), methods=['GET']),
        Rule('/control/merchants/<login>', endpoint=('control', 'put_merchant'), methods=['PUT']),
        Rule('/control/merchants/<login>/faults', endpoint=('control', 'faults'), methods=['GET']),
        *(
            Rule('/control/merchants/<login>/faults', endpoint=('control', name), methods=[method])
            for method, name in (('PUT', 'put_faults'), ('POST', 'add_faults'))
        ),
        Rule('/control/orders', endpoint=('control', 'orders'), methods=['GET']),
        Rule('/control/orders/<order_id>', endpoint=('control', 'order'), methods=['GET']),
        Rule('/control/bindings', endpoint=('on_file', 'bindings'), methods=['GET']),
        Rule(
            '/control/bindings/<binding_id>', endpoint=('on_file', 'set_binding'), methods=['PUT']
        ),
        Rule(
            '/control/bindings/<binding_id>/remove',
            endpoint=('on_file', 'remove_binding'),
            methods=['POST'],
        ),
        Rule('/control/subscriptions', endpoint=('on_file', 'subscriptions'), methods=['GET']),
        Rule(
            '/control/subscriptions/<subscription_id>',
            endpoint=('on_file', 'set_subscription'),
            methods=['PUT'],
        ),
        Rule(
            '/control/subscriptions/<subscription_id>/remove',
            endpoint=('on_file', 'remove_subscription'),
            methods=['POST'],
        ),
        *(
            Rule(f'/control/orders/<order_id>/{verb}', endpoint=('control', verb), methods=['POST'])
            for verb in ('pay', 'expire', 'deposit', 'reverse', 'refund', 'chargeback', 'notify')
        ),
    ],
    merge_slashes=False,
)


class App:
    """The WSGI application."""

    def __init__(self, bank: Bank):
        control = Control(bank)
        pages = Pages(bank)
        desk = Desk(bank)
        accounts = Api(bank, AccountsDialect(bank))
        rbs, ecom = Api(bank, RbsDialect(bank)), Api(bank, EcomDialect(bank))
        ofd = Api(bank, OfdDialect(bank))
        self._handlers = {
            'rbs': lambda request, suffix, method: rbs.serve(request, method, suffix),
            'accounts': lambda request, suffix, method: accounts.serve(request, method, suffix),
            'ecom': lambda request, suffix, method: ecom.serve(request, method, suffix),
            'ofd': lambda request, suffix, method: ofd.serve(request, method, suffix),
            'desk': lambda request, name, **values: getattr(desk, name)(request, **values),
            'pages': lambda request, name, **values: getattr(pages, name)(request, **values),
            'control': control.serve,
            'on_file': OnFileControl(bank).serve,
        }

    def __call__(self, environ, start_response):
        request = Request(environ)
        request.max_content_length = _MAX_BODY
        return self._dispatch(request)(environ, start_response)

    def _dispatch(self, request: Request) -> Response:
        try:
            request.get_data()  # What nobody reads would be taken for the caller's next request.
            (part, name), values = _RULES.bind_to_environ(request.environ).match()
            return self._handlers[part](request, name, **values)
        except HTTPException as error:
            if request.path.startswith('/ecomm/'):
                return Response('', error.code, mimetype='text/html')
            return error.get_response(request.environ)

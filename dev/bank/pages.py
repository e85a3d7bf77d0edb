"""What people see: the payer's pages, and the front page for those who work with this bank.

Names and ids that browser tests may rely on:

* payment page: ``form#card-form`` with the inputs ``pan``, ``expiry`` (MM/YY) and ``cvc`` and
  the button ``#pay``; links ``#sberpay``, ``#sbp``, and ``#cancel`` back to the shop; ``#error``
  after a refusal; ``#attempts`` with the attempts that are left; ``#amount``, ``#order-number``,
  ``#merchant``;
* the issuer's page (ACS): input ``code``, buttons ``#confirm`` and ``#cancel``;
* the page of a wallet: buttons ``#confirm`` and ``#cancel``;
* the result: ``#result`` with the class ``paid`` or ``failed``, and the link ``#return``, which
  the page follows by itself after a second.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlencode, urlsplit, urlunsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from . import codes, texts
from .bank import Bank
from .cards import ACS_CODE, TEST_CARDS, CardEntry, CardEntryError
from .clock import in_moscow
from .ledger import ledger
from .merchants import ECOM, RBS, Merchant
from .orders import MAX_ATTEMPTS, Instrument, Order, Status
from .refusals import Refusal

_HEADERS: Final = {
    'Cache-Control': 'no-store',
    'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; img-src data:",
    'Referrer-Policy': 'no-referrer',
}
_WAYS: Final = {'sbp': 'SBP_C2B', 'sberpay': 'SBERPAY'}
_SHOWN: Final = 50
_NBSP: Final = '\u00a0'


class Pages:
    """Handlers of the pages; `app` has their routes."""

    def __init__(self, bank: Bank):
        self._bank = bank
        self._templates = Environment(
            loader=FileSystemLoader(Path(__file__).with_name('templates')),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters['money'] = money
        self._templates.filters['moment'] = lambda moment: in_moscow(moment).strftime(
            '%d.%m.%Y %H:%M:%S'
        )

    # --- the payer ------------------------------------------------------------------------------

    def rbs_payment(self, request: Request, theme: str, language: str) -> Response:
        """The older gateway's payment page."""
        order = self._find(request.args.get('mdOrder', ''))
        if not order or not self._belongs(order, RBS, theme):
            return self._missing(language)
        return self._payment(request, order, language)

    def ecom_payment(self, request: Request, language: str) -> Response:
        """The newer gateway's payment page."""
        order = self._find(request.args.get('orderId', ''))
        if not order or not self._belongs(order, ECOM):
            return self._missing(language)
        return self._payment(request, order, language)

    def challenge(self, request: Request, order_id: str) -> Response:
        """The issuer's page, where the payer types a code."""
        order = self._find(order_id)
        if not order:
            return self._missing('ru')
        if order.status is not Status.ACS_STARTED:
            return self._onwards(order)
        if request.method == 'POST':
            # Giving up at the issuer is an authentication that failed.
            code = '' if 'cancel' in request.form else request.form.get('code', '')
            self._try(self._bank.answer_challenge, order, code)
            return self._onwards(order)
        return self._render('challenge.html', order, _language(request, order))

    def wallet(self, request: Request, order_id: str, wallet: str) -> Response:
        """SBP or SberPay, as if in the payer's banking application."""
        order = self._find(order_id)
        if not order:
            return self._missing('ru')
        if order.status is not Status.REGISTERED:
            return self._onwards(order)
        if request.method == 'POST':
            if 'confirm' in request.form:
                instrument = Instrument(_WAYS[wallet])
                self._try(
                    self._bank.conclude,
                    order,
                    instrument,
                    codes.APPROVED,
                    request.remote_addr or '',
                )
            return self._onwards(order)
        return self._render('wallet.html', order, _language(request, order), wallet=wallet)

    def result(self, request: Request, order_id: str) -> Response:
        """How it ended, on the way back to the shop."""
        order = self._find(order_id)
        if not order:
            return self._missing('ru')
        return self._render('result.html', order, _language(request, order))

    def back_to_shop(self, _request: Request, order_id: str) -> Response:
        """Send the payer back, to ``returnUrl`` after a payment and to ``failUrl`` otherwise."""
        order = self._find(order_id)
        if not order:
            return self._missing('ru')
        self._bank.payer_returned(order)
        url = return_address(self._bank.merchant_of(order), order)
        return redirect(url) if url else self._onwards(order)

    # --- people who work with this bank ---------------------------------------------------------

    def index(self, request: Request) -> Response:
        """Orders, calls, shops and cards at a glance."""
        bank = self._bank
        with bank.lock:
            orders = list(bank.orders)[-_SHOWN:][::-1]
            page = self._templates.get_template('index.html').render(
                base_url=request.host_url.rstrip('/'),
                now=bank.clock.now(),
                scale=bank.clock.scale,
                merchants=list(bank.merchants),
                cards=TEST_CARDS,
                acs_code=ACS_CODE,
                orders=[(order, self._payment_url(order)) for order in orders],
                calls=bank.journal.latest(_SHOWN // 2),
                totals=ledger(bank)['totals'],
            )
        return Response(page, mimetype='text/html', headers=_HEADERS)

    # --- inside ---------------------------------------------------------------------------------

    def _payment(self, request: Request, order: Order, language: str) -> Response:
        if order.status is not Status.REGISTERED:
            return self._onwards(order)
        if request.method == 'POST':
            return self._pay(request, order, language)
        return self._render('payment.html', order, language)

    def _pay(self, request: Request, order: Order, language: str) -> Response:
        today = in_moscow(self._bank.clock.now())
        try:
            card = CardEntry.parse(
                request.form.get('pan', ''),
                request.form.get('expiry', ''),
                request.form.get('cvc', ''),
                (today.year, today.month),
            )
        except CardEntryError as error:
            return self._render(
                'payment.html', order, language, wrong_field=error.field, typed=request.form
            )
        self._try(self._bank.pay_by_card, order, card, request.remote_addr or '')
        return self._onwards(order, language)

    @staticmethod
    def _try(verb, *arguments):
        """Do what the payer wants, unless the order has moved on in another window."""
        try:
            verb(*arguments)
        except Refusal:
            return

    def _onwards(self, order: Order, language: str = '') -> Response:
        """Send the payer to the page that the order's state calls for."""
        if order.status is Status.ACS_STARTED:
            return redirect(f'/pay/{order.order_id}/acs', 303)
        if order.status is Status.REGISTERED and order.action_code != codes.SBP_IN_PROCESSING:
            return redirect(self._payment_url(order, language), 303)
        return redirect(f'/pay/{order.order_id}/result', 303)

    def _payment_url(self, order: Order, language: str = '') -> str:
        language = language or order.registration.language
        merchant = self._bank.merchant_of(order)
        if merchant.dialect == ECOM:
            return f'/pp/pay_{language}?orderId={order.order_id}'
        folder = f'/payment/merchants/{merchant.theme}'
        return f'{folder}/payment_{language}.html?mdOrder={order.order_id}'

    def _find(self, order_id: str) -> Order | None:
        try:
            return self._bank.order(order_id)
        except Refusal:
            return None

    def _belongs(self, order: Order, dialect: str, theme: str = '') -> bool:
        merchant = self._bank.merchant_of(order)
        return merchant.dialect == dialect and theme in ('', merchant.theme)

    def _render(
        self,
        template: str,
        order: Order,
        language: str,
        *,
        wallet: str = '',
        wrong_field: str = '',
        typed: Mapping[str, str] | None = None,
    ) -> Response:
        page = self._templates.get_template(template).render(
            t=texts.LANGUAGES[language],
            language=language,
            order=order,
            merchant=self._bank.merchant_of(order),
            card=order.instrument.card if order.instrument else None,
            max_attempts=MAX_ATTEMPTS,
            action_text=codes.describe(order.action_code, language) if order.attempts else '',
            in_processing=order.action_code == codes.SBP_IN_PROCESSING,
            payment_url=self._payment_url(order, language),
            other_language_url=self._payment_url(order, 'en' if language == 'ru' else 'ru'),
            wallet=wallet,
            wrong_field=wrong_field,
            typed={name: (typed or {}).get(name, '') for name in ('pan', 'expiry')},
            acs_code=ACS_CODE,
        )
        return Response(page, mimetype='text/html', headers=_HEADERS)

    def _missing(self, language: str) -> Response:
        page = self._templates.get_template('missing.html').render(
            t=texts.LANGUAGES[language], language=language
        )
        return Response(page, 404, mimetype='text/html', headers=_HEADERS)


def return_address(merchant: Merchant, order: Order) -> str:
    """Where the payer goes back to, as the merchant's dialect writes it; empty for nowhere.

    The older gateway appends ``orderId`` and ``lang``, the newer one nothing, or ``orderId`` for
    some merchants; ``return_affix`` of the merchant tells what differs from that.
    """
    registration = order.registration
    url = registration.return_url if order.is_paid else registration.fail_url
    if urlsplit(url).scheme not in ('http', 'https'):
        return ''
    is_newer = merchant.dialect == ECOM
    affix = {'orderId': order.order_id, 'lang': registration.language}
    if is_newer:
        del affix['lang']
    match merchant.return_affix or ('none' if is_newer else 'append'):
        case 'none':
            return url
        case 'second_question_mark':
            return f'{url}?{urlencode(affix)}'
        case 'double':
            return _append(url, [*affix.items()] * 2)
        case _:
            return _append(url, [*affix.items()])


def money(kopecks: int, language: str = 'ru', currency: str = '643') -> str:
    """An amount for people: «1 234,56 ₽», or «1,234.56 ₽» in English."""
    text = f'{kopecks // 100:,}.{kopecks % 100:02d}'
    if language == 'ru':
        text = text.replace(',', _NBSP).replace('.', ',')
    return f'{text}{_NBSP}{"₽" if currency == "643" else currency}'


def _append(url: str, parameters: list[tuple[str, str]]) -> str:
    parts = urlsplit(url)
    query = '&'.join(filter(None, [parts.query, urlencode(parameters)]))
    return urlunsplit(parts._replace(query=query))


def _language(request: Request, order: Order) -> str:
    asked = request.args.get('lang')
    return asked if asked in texts.LANGUAGES else order.registration.language

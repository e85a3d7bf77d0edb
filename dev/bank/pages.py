"""What people see: the payer's pages, and the front page for those who work with this bank.

Names and ids that browser tests may rely on:

* payment page: ``form#card-form`` with the inputs ``pan``, ``expiry`` (MM/YY) and ``cvc`` and
  the button ``#pay``; the tick ``#keep`` where the shop asks to keep the card; ``#saved`` instead
  of ``pan`` and ``expiry`` where it has the card; links ``#sberpay``, ``#sbp``, and ``#cancel``
  back to the shop; ``#error`` after a refusal; ``#attempts`` with the attempts that are left;
  ``#amount``, ``#order-number``, ``#merchant``;
* the issuer's page (ACS): input ``code``, buttons ``#confirm`` and ``#cancel``;
* the page of a wallet: buttons ``#confirm`` and ``#cancel``;
* the result: ``#result`` with the class ``paid`` or ``failed``, and the link ``#return``, which
  the page follows by itself after a second.
"""

import re
from collections.abc import Mapping
from typing import Final

from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from . import applications, charges, codes, credits, texts
from .bank import Bank
from .bindings import BANK
from .cards import ACS_CODE, TEST_CARDS, CardEntry, CardEntryError
from .clock import in_moscow
from .ledger import ledger
from .merchants import ECOM, RBS, Merchant
from .orders import MAX_ATTEMPTS, Instrument, Order, Status
from .refusals import Refusal
from .rendering import render
from .way_back import return_address

_WAYS: Final = {'sbp': applications.SBP, 'sberpay': applications.SBERPAY, 'credit': credits.WAY}
_SHOWN: Final = 50


class Pages:
    """Handlers of the pages; `app` has their routes."""

    def __init__(self, bank: Bank):
        self._bank = bank

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

    def credit(self, request: Request, language: str) -> Response:
        """The newer gateway's page of an order on credit: the bank's own application."""
        order = self._find(request.args.get('orderId', ''))
        if not order or not order.registration.is_credit:
            return self._missing(language)
        return redirect(f'/pay/{order.order_id}/credit?lang={language}', 303)

    def challenge(self, request: Request, order_id: str) -> Response:
        """The issuer's page, where the payer types a code."""
        order = self._find(order_id)
        if not order:
            return self._missing('ru')
        if order.status is not Status.ACS_STARTED:
            return self._onwards(order)
        # A shop sends the payer here with a POST of its own, which has no answer in it.
        if request.method == 'POST' and {'code', 'confirm', 'cancel'} & request.form.keys():
            # Giving up at the issuer is an authentication that failed.
            code = '' if 'cancel' in request.form else request.form.get('code', '')
            self._try(self._bank.answer_challenge, order, code)
            return self._onwards(order)
        return self._render('challenge.html', order, _language(request, order))

    def wallet(self, request: Request, order_id: str, wallet: str) -> Response:
        """SBP, SberPay or a credit, as if in the payer's banking application."""
        order = self._find(order_id)
        if not order or order.registration.is_credit is not (wallet == 'credit'):
            return self._missing('ru')
        if wallet == 'sbp' and order.registration.only_verifies:
            return self._missing('ru')  # There is no card to check.
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
            return render(
                'index.html',
                base_url=request.host_url.rstrip('/'),
                now=bank.clock.now(),
                scale=bank.clock.scale,
                merchants=list(bank.merchants),
                cards=TEST_CARDS,
                bindings=list(bank.bindings)[-_SHOWN:][::-1],
                acs_code=ACS_CODE,
                orders=[(order, self._payment_url(order)) for order in orders],
                calls=bank.journal.latest(_SHOWN // 2),
                totals=ledger(bank)['totals'],
            )

    def remove_binding(self, _request: Request, binding_id: str) -> Response:
        """The bank's staff ends a card on file."""
        binding = self._bank.bindings.by_id(binding_id)
        if binding:
            self._try(self._bank.remove_binding, binding, BANK)
        return redirect('/', 303)

    # --- inside ---------------------------------------------------------------------------------

    def _payment(self, request: Request, order: Order, language: str) -> Response:
        if order.status is not Status.REGISTERED:
            return self._onwards(order)
        if request.method == 'POST':
            return self._pay(request, order, language)
        return self._render('payment.html', order, language)

    def _pay(self, request: Request, order: Order, language: str) -> Response:
        if order.registration.binding_id:
            return self._pay_by_binding(request, order, language)
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
        keep = not offers_to_keep(self._bank.merchant_of(order), order) or 'keep' in request.form
        self._try(self._bank.pay_by_card, order, card, request.remote_addr or '', keep)
        return self._onwards(order, language)

    def _pay_by_binding(self, request: Request, order: Order, language: str) -> Response:
        cvc = request.form.get('cvc', '').strip()
        if not re.fullmatch('[0-9]{3}', cvc):
            return self._render('payment.html', order, language, wrong_field='cvc')
        merchant = self._bank.merchant_of(order)
        binding = self._bank.bindings.by_id(order.registration.binding_id)
        ip = request.remote_addr or ''
        self._try(
            lambda: charges.pay_by_binding(
                self._bank, merchant, order, binding, cvc=cvc, payer_ip=ip
            )
        )
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
            folder = 'credits' if order.registration.is_credit else 'pp'
            return f'/{folder}/pay_{language}?orderId={order.order_id}'
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
        merchant = self._bank.merchant_of(order)
        return render(
            template,
            t=texts.LANGUAGES[language],
            language=language,
            order=order,
            merchant=merchant,
            saved=self._bank.bindings.by_id(order.registration.binding_id),
            offers_to_keep=offers_to_keep(merchant, order),
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

    def _missing(self, language: str) -> Response:
        return render('missing.html', 404, t=texts.LANGUAGES[language], language=language)


def offers_to_keep(merchant: Merchant, order: Order) -> bool:
    """Whether the payer is asked if the shop may keep the card."""
    return merchant.permissions.bindings and bool(order.registration.client_id)


def _language(request: Request, order: Order) -> str:
    asked = request.args.get('lang')
    return asked if asked in texts.LANGUAGES else order.registration.language

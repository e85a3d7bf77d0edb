import math
from http import HTTPStatus

from werkzeug.exceptions import NotFound

from odoo import http
from odoo.exceptions import ValidationError
from odoo.http import request

from odoo.addons.payment.controllers.portal import PaymentPortal
from odoo.addons.payment.utils import singularize_reference_prefix
from odoo.addons.portal.controllers.portal import pager as portal_pager

from .. import const, gateway
from ..tokens import is_same_token
from ..wording import display_amount
from .attempts import TooManyAttempts, check_attempt
from .pages import render
from .shapes import NEEDED, check_shapes

HISTORY_PAGE_SIZE = 20


class TopUpPortal(PaymentPortal):
    """The pages where customers put money on their account.

    Whose account it is follows from the login, or from the token of a link; never from a form.
    """

    # === THE CUSTOMER'S OWN PAGES === #

    @http.route()
    def home(self, **kwargs):
        """Override of `portal` to show the customer's account on a card of its own."""
        response = super().home(**kwargs)
        if response.is_qweb and (providers := self._sberbank_find_own_providers()):
            response.qcontext['sberbank_account'] = self._sberbank_get_account_values(providers[:1])
        return response

    @http.route(
        [const.TOPUP_ROUTE, f'{const.TOPUP_ROUTE}/page/<int:page>'],
        type='http',
        auth='user',
        methods=['GET'],
        website=True,
        sitemap=False,
    )
    def sberbank_top_up(self, page=1, shop='', suggested='', **_kwargs):
        """Show the form, the customer's account and the payments so far.

        :param int|str page: Which page of the payments; a text if a query says so.
        :param str shop: The id of the provider, if there are several to choose from.
        :param str suggested: The amount that the field begins with.
        """
        page = self._cast_as_int(page) or 1
        return self._sberbank_render_top_up(page=page, shop=shop, amount_text=suggested)

    @http.route(
        const.TOPUP_ROUTE,
        type='http',
        auth='user',
        methods=['POST'],
        website=True,
        sitemap=False,
    )
    def sberbank_top_up_pay(self, shop='', amount='', **_kwargs):
        """Send the customer to the bank's page, or show the form again with the reason.

        :param str shop: The id of the provider that the form was for.
        :param str amount: The amount as it was typed.
        """
        provider = self._sberbank_choose(self._sberbank_find_own_providers(), shop)
        try:
            return self._sberbank_pay(provider, request.env.user.partner_id, amount)
        except ValidationError as error:
            page = self._sberbank_render_top_up(shop=shop, amount_text=amount, error=str(error))
            return _with_status_of(error, page)

    # === BY A LINK, WITHOUT A LOGIN === #

    @http.route(
        f'{const.TOPUP_LINK_ROUTE}/<int:partner_id>',
        type='http',
        auth='public',
        methods=['GET'],
        website=True,
        sitemap=False,
    )
    def sberbank_top_up_link(self, partner_id, suggested='', **_kwargs):
        """Show the form of a top-up link. It tells nothing about the customer's account.

        :param int partner_id: The customer.
        :param str suggested: The amount that the field begins with.
        :raise NotFound: If the link is not as it was given out.
        """
        partner, provider, fixed = self._sberbank_open_link(partner_id)
        if not partner:
            return self._sberbank_render_link_gone(provider)
        return self._sberbank_render_link(partner, provider, fixed, amount_text=suggested)

    @http.route(
        f'{const.TOPUP_LINK_ROUTE}/<int:partner_id>',
        type='http',
        auth='public',
        methods=['POST'],
        website=True,
        sitemap=False,
    )
    def sberbank_top_up_link_pay(self, partner_id, **_kwargs):
        """Send the payer to the bank's page, or show the form again with the reason.

        :param int partner_id: The customer.
        :raise NotFound: If the link is not as it was given out.
        """
        partner, provider, fixed = self._sberbank_open_link(partner_id)
        if not partner:
            return self._sberbank_render_link_gone(provider)
        amount = fixed or request.httprequest.form.get('amount', '')
        try:
            return self._sberbank_pay(
                self._sberbank_filter_offered(provider, partner), partner, amount
            )
        except ValidationError as error:
            page = self._sberbank_render_link(
                partner, provider, fixed, amount_text=amount, error=str(error)
            )
            return _with_status_of(error, page)

    # === BY THE CORE'S OWN FORM === #

    @http.route()
    def payment_method(self, **kwargs):
        """Override of `payment` to offer what is saved without a payment: cards."""
        request.update_context(sberbank_saves_unpaid=True)
        return super().payment_method(**kwargs)

    @http.route()
    def payment_transaction(self, *args, **kwargs):
        """Override of `payment` to mark what is paid here for no document as a top-up.

        Invoices, orders, donations and the like have routes of their own.
        """
        needed = ('amount', 'currency_id', 'partner_id', 'access_token')
        check_shapes(dict(zip(needed, args, strict=False), **kwargs), required=needed)
        request.update_context(sberbank_topup=True)
        return super().payment_transaction(*args, **kwargs)

    def _create_transaction(self, *args, **kwargs):
        """Override of `payment` to let customers use only the providers that they are offered.

        Every route of every app creates its transactions here; the provider comes from the browser.
        Nobody begins payments without end, and none takes the reference of another.
        """
        values = dict(zip(NEEDED, args, strict=False), **kwargs)
        check_shapes(values, required=NEEDED)
        provider_sudo = request.env['payment.provider'].sudo().browse(values['provider_id'])
        if provider_sudo.code == const.PROVIDER_CODE:
            is_live = provider_sudo.state == 'enabled'
            is_open = provider_sudo.is_published or request.env.user._is_internal()
            if not is_open or provider_sudo._sberbank_is_in_copy(is_live):
                raise self._sberbank_get_not_available_error()
            check_attempt(values['partner_id'])
            request.update_context(sberbank_claim_reference=True)
        return super()._create_transaction(*args, **kwargs)

    @staticmethod
    def _cast_as_float(str_value):
        """Override of `payment` to take what is not finite for no number: no page can show it."""
        number = PaymentPortal._cast_as_float(str_value)
        return number if number is not None and math.isfinite(number) else None

    # === AFTER THE PAYMENT === #

    @http.route(
        const.TOPUP_RESULT_ROUTE,
        type='http',
        auth='public',
        methods=['GET'],
        website=True,
        sitemap=False,
    )
    def sberbank_top_up_result(self, reference='', access_token='', **_kwargs):
        """Show what came of a payment; to the customer also what it settled and the new balance.

        No login is needed: the bank's app opens the way back in a browser of its choice.

        :param str reference: The reference of the transaction.
        :param str access_token: The token that `_sberbank_get_access_token` gave out for it.
        :raise NotFound: If there is no such transaction or the token is not its.
        """
        tx_sudo = request.env['payment.transaction']._sberbank_find_by_token(
            'reference', reference, access_token
        )
        if not tx_sudo:
            raise NotFound()  # Don't leak which references exist.
        if tx_sudo.operation == 'validation':
            return self._sberbank_render('payment_sberbank.card_result', {'tx': tx_sudo})
        user = request.env.user
        customer = tx_sudo.partner_id.commercial_partner_id
        is_own = not user._is_public() and user.partner_id.commercial_partner_id == customer
        values = {
            'tx': tx_sudo,
            'res_company': tx_sudo.company_id,
            'is_own': is_own,
            'again_url': self._sberbank_get_again_url(tx_sudo, is_own),
        }
        if is_own:
            values.update(
                self._sberbank_get_account_values(tx_sudo.provider_id),
                settled=tx_sudo._sberbank_get_settled(),
                receipts=tx_sudo.sberbank_receipt_ids._get_shown(),
            )
        return self._sberbank_render('payment_sberbank.top_up_result', values)

    # === TOOLS - PAYING === #

    @staticmethod
    def _sberbank_get_not_available_error():
        return ValidationError(
            request.env._("This way to pay is not available at the moment. Nothing was charged.")
        )

    def _sberbank_pay(self, provider_sudo, partner, amount_text):
        """Create the transaction and send its payer to the bank.

        :param payment.provider provider_sudo: The provider, or none if it is not offered.
        :param res.partner partner: Who pays.
        :param str amount_text: The amount as it was typed.
        :raise ValidationError: If the amount can't be paid; the reason is for the payer.
        """
        if not provider_sudo:
            raise self._sberbank_get_not_available_error()
        amount = provider_sudo._sberbank_read_topup_amount(str(amount_text))
        request.update_context(sberbank_topup=True)
        tx_sudo = self._create_transaction(
            provider_sudo.id,
            payment_method_id=provider_sudo._sberbank_get_topup_method(partner).id,
            token_id=None,
            amount=gateway.to_roubles(amount),
            currency_id=provider_sudo.sberbank_currency_id.id,
            partner_id=partner.id,
            flow='redirect',
            tokenization_requested=False,
            landing_route=const.TOPUP_ROUTE,
            # Who tops up in the same second as somebody else must not get the same reference.
            reference_prefix=singularize_reference_prefix(prefix=f'TOPUP-{partner.id}'),
        )
        tx_sudo.landing_route = tx_sudo._sberbank_get_result_url()
        return request.redirect(tx_sudo._sberbank_get_pay_url(), code=303)

    def _sberbank_find_own_providers(self):
        partner_sudo = request.env.user.partner_id
        company = partner_sudo.commercial_partner_id.company_id or request.env.company
        return self._sberbank_find_providers(company, partner_sudo)

    @staticmethod
    def _sberbank_find_providers(company, partner):
        providers_sudo = request.env['payment.provider'].sudo()
        return providers_sudo._sberbank_find_topup_providers(company, partner)

    def _sberbank_filter_offered(self, provider_sudo, partner):
        return provider_sudo & self._sberbank_find_providers(provider_sudo.company_id, partner)

    def _sberbank_choose(self, providers, shop):
        """Return the provider that the payer chose; the first one if there was no choice yet."""
        if not shop:
            return providers[:1]
        shop_id = self._cast_as_int(shop)
        return providers.filtered(lambda provider: provider.id == shop_id)

    # === TOOLS - LINKS === #

    def _sberbank_open_link(self, partner_id):
        """Check a top-up link, which is what the address of this request says, and no form.

        :param int partner_id: The customer.
        :return: The customer, or none if it is no more (merged into another one, for example) or
                 the link's last day is over; the provider; the amount that the link fixes or an
                 empty text.
        :rtype: tuple[res.partner, payment.provider, str]
        :raise NotFound: If the link is not as it was given out.
        """
        fixed_by_link = request.httprequest.args
        amount_text, until = fixed_by_link.get('amount', ''), fixed_by_link.get('until', '')
        given_token = fixed_by_link.get('access_token', '')
        shop_id = self._cast_as_int(fixed_by_link.get('shop'))
        partner_sudo = request.env['res.partner'].sudo().browse(partner_id)
        provider_sudo = request.env['payment.provider'].sudo().browse(shop_id)
        if not provider_sudo:
            raise NotFound()
        token = provider_sudo._sberbank_get_topup_token(partner_sudo, amount_text, until)
        if not is_same_token(token, given_token):
            raise NotFound()  # Don't leak information about ids.
        if not provider_sudo.exists():
            raise NotFound()
        if until and until < provider_sudo._sberbank_get_today().isoformat():
            return partner_sudo.browse(), provider_sudo, amount_text
        return partner_sudo.exists().filtered('active'), provider_sudo, amount_text

    # === TOOLS - PAGES === #

    @staticmethod
    def _sberbank_render(template, values):
        return render(template, {'page_name': 'sberbank_top_up', **values})

    def _sberbank_render_top_up(self, page=1, shop='', amount_text='', error=None):
        providers = self._sberbank_find_own_providers()
        provider = self._sberbank_choose(providers, shop) or providers[:1]
        debts = self._sberbank_find_debts(provider)
        history, pager = self._sberbank_get_history(page, provider)
        return self._sberbank_render(
            'payment_sberbank.top_up',
            {
                **self._sberbank_get_account_values(provider),
                **self._sberbank_get_form_values(provider, amount_text, error),
                'providers': providers,
                'action': const.TOPUP_ROUTE,
                'suggestion_query': {'shop': provider.id} if len(providers) > 1 else {},
                'debts': debts,
                'debt_kopecks': {
                    debt: gateway.floor_to_kopecks(debt.amount_residual_currency) for debt in debts
                },
                'history': history,
                'pager': pager,
            },
        )

    def _sberbank_render_link(self, partner, provider, fixed_amount, amount_text='', error=None):
        args = request.httprequest.args
        link_query = {key: args[key] for key in ('shop', 'until', 'access_token') if key in args}
        offered = self._sberbank_filter_offered(provider, partner)
        return self._sberbank_render(
            'payment_sberbank.top_up_link',
            {
                **self._sberbank_get_form_values(offered, amount_text, error),
                'res_company': provider.company_id,
                'action': request.httprequest.full_path,
                'suggestion_query': link_query,
                'fixed_amount': fixed_amount and _display(gateway.parse_amount(fixed_amount)),
            },
        )

    def _sberbank_render_link_gone(self, provider):
        response = self._sberbank_render(
            'payment_sberbank.top_up_link_gone', {'res_company': provider.company_id}
        )
        response.status_code = HTTPStatus.GONE
        return response

    @staticmethod
    def _sberbank_get_form_values(provider, amount_text, error):
        """Return what the template of the form needs.

        :param payment.provider provider: The provider, or none if nothing is offered.
        :param str amount_text: What stands in the field.
        :param str|None error: What is wrong with it.
        """
        values = {
            'provider': provider,
            'currency': request.env.ref('base.RUB'),
            'amount_text': amount_text,
            'error': error,
        }
        if provider:
            smallest, largest = provider._sberbank_get_topup_limits()
            values.update(
                smallest=_display(smallest) if provider.sberbank_topup_minimum else None,
                largest=_display(largest) if provider.sberbank_topup_maximum else None,
                suggestions=[
                    (gateway.format_plain(amount), _display(amount))
                    for amount in provider._sberbank_get_topup_amounts()
                ],
            )
        return values

    @staticmethod
    def _sberbank_get_account_values(provider):
        """Return the state of the account that the logged-in user has at the provider's company."""
        company = provider.company_id or request.env.company
        owed, credit = request.env.user.partner_id._sberbank_get_balance(company)
        return {'owed': owed, 'credit': credit, 'account_currency': company.sudo().currency_id}

    @staticmethod
    def _sberbank_find_debts(provider):
        """Return the open items that a payment would settle, in that order."""
        partner_sudo = request.env.user.partner_id.sudo()
        if not provider.sberbank_settle_debts:
            return request.env['account.move.line']
        if provider.sberbank_payment_type_id.booking == 'article':
            return request.env['account.move.line']
        return partner_sudo._sberbank_find_debts(provider.company_id, provider.sberbank_currency_id)

    @staticmethod
    def _sberbank_get_history(page, provider):
        txs_sudo = request.env['payment.transaction'].sudo()
        domain = txs_sudo._sberbank_get_history_domain(
            request.env.user.partner_id, provider.company_id or request.env.company
        )
        pager = portal_pager(
            url=const.TOPUP_ROUTE,
            total=txs_sudo.search_count(domain),
            page=page,
            step=HISTORY_PAGE_SIZE,
        )
        history = txs_sudo._sberbank_search_history(domain, HISTORY_PAGE_SIZE, pager['offset'])
        return history, pager

    @staticmethod
    def _sberbank_get_again_url(tx_sudo, is_own):
        """Return where a payer may begin anew after a payment that came to nothing."""
        landing_route = tx_sudo.landing_route or '/my'
        if landing_route == const.CART_END_ROUTE:
            return const.CART_PAY_ROUTE
        if not landing_route.startswith(const.TOPUP_RESULT_ROUTE):
            return landing_route  # Of what was to be paid, for example an invoice.
        amount = tx_sudo._sberbank_get_amount()
        if is_own:
            return f'{const.TOPUP_ROUTE}?suggested={gateway.format_plain(amount)}'
        return tx_sudo.provider_id._sberbank_get_topup_link(tx_sudo.partner_id, amount)


def _with_status_of(error, page):
    if isinstance(error, TooManyAttempts):
        page.status_code = error.http_status
    return page


def _display(kopecks):
    return display_amount(request.env, kopecks)

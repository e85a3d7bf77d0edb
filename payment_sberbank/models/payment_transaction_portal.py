import re
from urllib.parse import urlencode

from odoo import api, models

from odoo.addons.payment import utils as payment_utils

from .. import const
from ..core import urljoin
from ..tokens import is_same_token

# A path of this system: not `//host`, which browsers take for another site, nor with a backslash,
# which they take for a slash.
LOCAL_ROUTE = re.compile(r'/(?![/\\])[^\x00-\x20\\]*')


class PaymentTransaction(models.Model):
    """What a payer may see of a payment, the addresses where, and the tokens that open them."""

    _inherit = 'payment.transaction'

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `payment` to keep the payer's way within this system."""
        txs = super().create(vals_list)
        txs._sberbank_check_landing_route()
        return txs

    def write(self, vals):
        """Override of `payment` to keep the payer's way within this system."""
        result = super().write(vals)
        if vals.get('landing_route'):
            self._sberbank_check_landing_route()
        return result

    def _sberbank_check_landing_route(self):
        """Let no payer be led elsewhere at the end.

        The core takes the route from the browser, for whoever made the transaction. Our links take
        others there too, so that it must be neither another site's address nor a script.
        """
        self.filtered(
            lambda tx: (
                tx.provider_code == const.PROVIDER_CODE
                and tx.landing_route
                and not LOCAL_ROUTE.fullmatch(tx.landing_route)
            )
        ).landing_route = '/my'

    # === TOKENS === #

    def _sberbank_get_access_token(self, purpose='pay'):
        """Return the token that lets its holder pay this transaction and see what came of it.

        :param str purpose: `pay`, or `return` for the address that the bank is told.
        :rtype: str
        """
        self.ensure_one()
        return payment_utils.generate_access_token(
            'sberbank', purpose, self.reference, env=self.env
        )

    @api.model
    def _sberbank_find_by_token(
        self, field_name, value, access_token, purpose='pay', *, field_names=None
    ):
        """Find a transaction by a field, for whoever holds its token.

        :param str field_name: The field, indexed and unique.
        :param str value: Its value, as it came.
        :param str access_token: The token that `_sberbank_get_access_token` gave out.
        :param str purpose: What it was given out for.
        :param Sequence[str] field_names: What is read of it, its reference among others; None for
            all of it.
        :return: The sudoed transaction, or none.
        :rtype: payment.transaction
        """
        tx_sudo = self.sudo().browse()
        if not value or '\0' in value:  # PostgreSQL has no such texts.
            return tx_sudo
        tx_sudo = tx_sudo.search_fetch(
            [('provider_id.code', '=', const.PROVIDER_CODE), (field_name, '=', value)],
            field_names,
            limit=1,
        )
        if not tx_sudo:
            return tx_sudo
        expected = tx_sudo._sberbank_get_access_token(purpose)
        return tx_sudo if is_same_token(expected, access_token) else tx_sudo.browse()

    # === ADDRESSES === #

    def _sberbank_get_pay_url(self):
        """Return the local address that leads to the bank's payment page.

        :rtype: str
        """
        return self._sberbank_get_url(const.PAY_ROUTE)

    def _sberbank_get_result_url(self):
        """Return the local address of the page that tells what came of a top-up.

        :rtype: str
        """
        return self._sberbank_get_url(const.TOPUP_RESULT_ROUTE)

    def _sberbank_get_url(self, route):
        self.ensure_one()
        query = {'reference': self.reference, 'access_token': self._sberbank_get_access_token()}
        return f'{route}?{urlencode(query)}'

    def _sberbank_get_return_url(self):
        """Return the address where the bank sends the payer back to, also after a failure.

        :rtype: str
        """
        self.ensure_one()
        documents = [*self._sberbank_get_orders(), *self.invoice_ids]
        base_url = self.provider_id._sberbank_get_payer_base_url(documents)
        query = {
            'ref': self.sberbank_order_number,
            'access_token': self._sberbank_get_access_token('return'),
        }
        return f'{urljoin(base_url, const.RETURN_ROUTE)}?{urlencode(query)}'

    # === THE CUSTOMER'S PAGES === #

    def _sberbank_get_settled(self):
        """Return the documents that the payment settled, and how much of each.

        :return: Pairs of the document and the amount in the payment's currency.
        :rtype: list[tuple[account.move, float]]
        """
        self.ensure_one()
        payments = (self | self._sberbank_get_captures()).payment_id
        partials = payments.move_id.line_ids.matched_debit_ids
        transfers = partials.debit_move_id.move_id.filtered(
            lambda move: set(move.line_ids.mapped('account_type')) == {'asset_receivable'}
        )
        partials |= transfers.line_ids.matched_debit_ids
        return [
            (partial.debit_move_id.move_id, partial.credit_amount_currency)
            for partial in partials.sorted('id')
            if partial.debit_move_id.move_id.is_sale_document(include_receipts=True)
        ]

    @api.model
    def _sberbank_get_history_domain(self, partner, company):
        """Return the domain of the online payments that a customer may see: those of their account.

        Those that never got to the bank are left out.

        :param res.partner partner: The customer, or a contact of theirs.
        :param res.company company: The company that was paid.
        :rtype: list
        """
        return [
            ('provider_id.code', '=', const.PROVIDER_CODE),
            ('company_id', '=', company.id),
            ('partner_id.commercial_partner_id', '=', partner.commercial_partner_id.id),
            ('operation', 'not in', ('validation', 'refund')),
            ('source_transaction_id', '=', False),  # Of a hold that is taken in parts, the hold.
            ('state', '!=', 'draft'),
        ]

    @api.model
    def _sberbank_search_history(self, domain, limit, offset=0):
        """Return a page of a customer's payments, the latest first.

        Not ordered by the id alone: PostgreSQL may then read the whole table backwards for the few
        payments of a customer, in the hope of meeting enough of them soon.

        :param list domain: What `_sberbank_get_history_domain` returned.
        :param int limit: The size of a page.
        :param int offset: How many are on the pages before.
        :rtype: payment.transaction
        """
        return self.search(domain, order='create_date desc, id desc', limit=limit, offset=offset)

from urllib.parse import urlencode

from odoo import api, models

from .. import const


class PaymentTransaction(models.Model):
    """What a payer may see of a payment: its result, what it settled, the payments before it."""

    _inherit = 'payment.transaction'

    def _sberbank_get_result_url(self):
        """Return the local address of the page that tells what came of a top-up.

        :rtype: str
        """
        self.ensure_one()
        query = {'reference': self.reference, 'access_token': self._sberbank_get_access_token()}
        return f'{const.TOPUP_RESULT_ROUTE}?{urlencode(query)}'

    def _sberbank_get_settled(self):
        """Return the documents that the payment settled, and how much of each.

        :return: Pairs of the document and the amount in the payment's currency.
        :rtype: list[tuple[account.move, float]]
        """
        self.ensure_one()
        partials = self.payment_id.move_id.line_ids.matched_debit_ids.sorted('id')
        return [
            (partial.debit_move_id.move_id, partial.credit_amount_currency)
            for partial in partials
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
            ('state', '!=', 'draft'),
        ]

from odoo import api, fields, models

from .. import gateway
from ..toasts import toast_and_reload


class PaymentProvider(models.Model):
    """Roubles in the books of the company.

    Odoo gives a new company in Russia a chart of accounts of the USA, for it has no Russian one,
    and with it the dollar. A rouble without a rate would be booked as one dollar then, and after
    the first entry Odoo lets nobody change the currency.
    """

    _inherit = 'payment.provider'

    sberbank_can_keep_roubles = fields.Boolean(
        string="Books May Still Be Kept in Roubles", compute='_compute_sberbank_can_keep_roubles'
    )

    # === COMPUTE METHODS === #

    @api.depends('code', 'company_id.currency_id')
    def _compute_sberbank_can_keep_roubles(self):
        ours = self._sberbank_filter()
        (self - ours).sberbank_can_keep_roubles = False
        for provider in ours:
            provider.sberbank_can_keep_roubles = (
                provider._sberbank_keeps_foreign_books() and not provider._sberbank_has_entries()
            )

    # === ACTION METHODS === #

    def action_sberbank_keep_roubles(self):
        """Make the rouble the currency of the company, before anything is booked.

        :return: The action that says so.
        :rtype: dict
        :raise UserError: If something is booked.
        """
        self.check_access('write')
        self.company_id.root_id.currency_id = self.env.ref('base.RUB')
        return toast_and_reload(self.env._("The books are kept in roubles now."), type='success')

    # === BUSINESS METHODS === #

    def _sberbank_describe_foreign_books(self):
        """Say what is to be done about books in another currency.

        :return: What, in the reader's language, or None.
        :rtype: str|None
        """
        self.ensure_one()
        currency = self.company_id.currency_id.name
        if not self._sberbank_keeps_foreign_books():
            return None
        if not self._sberbank_has_entries():
            return self.env._(
                "The company's books are in %(currency)s. If they are to be in roubles, press the"
                " button below: once something is booked, Odoo allows no change.",
                currency=currency,
            )
        if not self._sberbank_has_rates():
            return self.env._(
                "The company's books are in %(currency)s, and the rouble has no rate: it would be"
                " booked as one %(currency)s. Enter the rate (Invoicing → Configuration →"
                " Currencies).",
                currency=currency,
            )
        return None

    def _sberbank_keeps_foreign_books(self):
        return self.company_id.currency_id.name not in (False, gateway.CURRENCY_NAME)

    def _sberbank_has_entries(self):
        of_company = [('company_id', 'child_of', self.company_id.root_id.id)]
        return bool(self.env['account.move.line'].sudo().search_count(of_company, limit=1))

    def _sberbank_has_rates(self):
        of_rouble = [
            ('currency_id', '=', self.env.ref('base.RUB').id),
            ('company_id', 'in', (False, self.company_id.root_id.id)),
        ]
        return bool(self.env['res.currency.rate'].sudo().search_count(of_rouble, limit=1))

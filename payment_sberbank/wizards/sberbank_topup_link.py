import math

from odoo import api, fields, models

from .. import gateway


class SberbankTopupLink(models.TransientModel):
    """An address for one customer, where their account is topped up without a login."""

    _name = 'sberbank.topup.link'
    _description = 'Top-Up Link'

    partner_id = fields.Many2one(
        string="Customer", comodel_name='res.partner', required=True, ondelete='cascade'
    )
    # A selection, since accountants may not read payment providers.
    shop = fields.Selection(
        string="Payment Provider",
        selection='_get_shops',
        default=lambda self: next((shop for shop, _name in self._get_shops()), False),
    )
    currency_id = fields.Many2one(comodel_name='res.currency', compute='_compute_currency_id')
    amount = fields.Monetary(help="Leave it empty to let the payer choose the amount.")
    last_day = fields.Date(
        help="The last day on which the link is in use, in Moscow. Leave it empty for one without"
        " an end."
    )
    link = fields.Char(string="Top-Up Link", compute='_compute_link')
    warning_message = fields.Char(compute='_compute_link')

    # === COMPUTE METHODS === #

    def _compute_currency_id(self):
        self.currency_id = self.env.ref('base.RUB')

    @api.depends('partner_id', 'shop', 'amount', 'last_day')
    def _compute_link(self):
        for wizard in self:
            provider_sudo = wizard._find_provider()
            amount = wizard._get_amount()
            wizard.warning_message = wizard._describe_problem(provider_sudo, amount)
            wizard.link = not wizard.warning_message and provider_sudo._sberbank_get_topup_link(
                wizard.partner_id._origin, amount, wizard.last_day
            )

    # === TOOLS === #

    @api.model
    def _get_shops(self):
        """Return the providers of the company that offer a top-up, as a selection."""
        if not self.has_access('create'):
            return []  # Anybody may ask what a field offers.
        providers_sudo = self._find_providers(self.env['res.partner'])
        return [(str(provider.id), provider.name) for provider in providers_sudo]

    @api.model
    def _find_providers(self, partner):
        return (
            self
            .env['payment.provider']
            .sudo()
            ._sberbank_find_topup_providers(self.env.company, partner)
            .filtered('is_published')
        )  # A link is opened by those who see no others.

    def _find_provider(self):
        """Return the chosen provider, or none if it offers no top-up to this customer."""
        return self._find_providers(self.partner_id).filtered(
            lambda provider: str(provider.id) == self.shop
        )

    def _get_amount(self):
        """Return the amount in kopecks, or None if the payer chooses it.

        :rtype: int|None
        """
        if not math.isfinite(self.amount):
            return gateway.MAX_AMOUNT + 1
        return gateway.floor_to_kopecks(self.amount) or None

    def _describe_problem(self, provider_sudo, amount):
        if not provider_sudo:
            return self.env._(
                "No published payment provider of Sberbank offers a top-up to this customer."
            )
        if self.last_day and self.last_day < provider_sudo._sberbank_get_today():
            return self.env._("The last day of the link is over.")
        if amount is not None:
            return provider_sudo._sberbank_refuse_topup(min(amount, gateway.MAX_AMOUNT + 1))
        return None

from odoo import api, fields, models
from odoo.tools import hmac

from odoo.addons.payment import utils as payment_utils

from .. import const


class PaymentProvider(models.Model):
    """Cards on file: what the contract allows, and by which name the bank knows a customer."""

    _inherit = 'payment.provider'

    sberbank_charges_without_payer = fields.Boolean(
        string="Charge Saved Cards without the Customer",
        help="Whether accountants and subscriptions may charge a saved card while the customer is"
        " away. The contract with the bank must allow it (recurring payments).",
        default=True,
    )
    sberbank_cards_refused_by = fields.Char(
        string="Refuses to Save Cards",
        help="The gateway that takes no order with a customer's number (clientId) in it.",
        readonly=True,
        copy=False,
    )
    sberbank_are_cards_refused = fields.Boolean(
        string="Saving Cards Is Refused", compute='_compute_sberbank_are_cards_refused'
    )

    # === COMPUTE METHODS === #

    @api.depends(
        'sberbank_cards_refused_by',
        'sberbank_gateway',
        'sberbank_custom_url',
        'sberbank_custom_dialect',
        'state',
    )
    def _compute_sberbank_are_cards_refused(self):
        for provider in self:
            provider.sberbank_are_cards_refused = provider._sberbank_has_refused(
                'sberbank_cards_refused_by', provider.state == 'enabled'
            )

    # === CRUD METHODS === #

    def write(self, vals):
        """Override of `payment` to try again to save cards when that is switched on anew."""
        if vals.get('allow_tokenization'):
            vals = {**vals, 'sberbank_cards_refused_by': False}
        return super().write(vals)

    # === BUSINESS METHODS === #

    @api.model
    def _get_compatible_providers(
        self,
        company_id,
        partner_id,
        amount,
        currency_id=None,
        force_tokenization=False,
        is_express_checkout=False,
        is_validation=False,
        report=None,
        **kwargs,
    ):
        """Override of `payment` to save cards by paying, and in no other way.

        In a copy of the database nothing is paid.
        """
        providers = (
            super()
            ._get_compatible_providers(
                company_id,
                partner_id,
                amount,
                currency_id=currency_id,
                force_tokenization=force_tokenization,
                is_express_checkout=is_express_checkout,
                is_validation=is_validation,
                report=report,
                **kwargs,
            )
            ._sberbank_leave_out_copied(report)
        )
        if not is_validation:
            return providers
        ours = providers._sberbank_filter()
        payment_utils.add_to_report(
            report,
            ours,
            available=False,
            reason=self.env._("Cards are saved when something is paid by them."),
        )
        return providers - ours

    @api.model
    def _sberbank_saves_cards(self, company):
        """Tell whether customers of a company may save their cards, by paying with them.

        :param res.company company: The company.
        :rtype: bool
        """
        return bool(
            self.search_count(
                [
                    *self._check_company_domain(company),
                    ('code', '=', const.PROVIDER_CODE),
                    ('state', '!=', 'disabled'),
                    ('allow_tokenization', '=', True),
                ],
                limit=1,
            )
        )

    def _archive_linked_tokens(self):
        """Override of `payment` to leave cards on file at the bank when the provider is switched.

        They are out of use here. Nobody has asked to have them removed.
        """
        return super(
            PaymentProvider, self.with_context(sberbank_keep_at_bank=True)
        )._archive_linked_tokens()

    def _sberbank_get_client_id(self, partner):
        """Return the name by which the bank knows a customer: always the same, and no more.

        The people of one company share it, and so their cards.

        :param res.partner partner: The customer, or a contact of theirs.
        :return: 64 characters that mean nothing to others; None of somebody unknown.
        :rtype: str|None
        """
        self.ensure_one()
        customer = partner.commercial_partner_id
        if not customer or customer.is_public:
            return None
        names = (customer.id, self.company_id.id)
        return hmac(self.env(su=True), 'payment_sberbank.client_id', names)

    def _sberbank_get_place(self):
        """Return where cards are on file now: the gateway that is in use.

        :return: Its address, or None if there is none that can be used.
        :rtype: str|None
        """
        self.ensure_one()
        return self._sberbank_find_gateway_url(self.state == 'enabled')

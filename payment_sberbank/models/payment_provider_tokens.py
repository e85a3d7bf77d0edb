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

    sberbank_verification_refused_by = fields.Char(
        string="Refuses to Verify Cards",
        help="The gateway that saves no cards without a payment (VERIFY).",
        readonly=True,
        copy=False,
    )
    sberbank_is_verification_refused = fields.Boolean(
        string="Saving Cards without a Payment Is Refused",
        compute='_compute_sberbank_are_cards_refused',
    )

    # === COMPUTE METHODS === #

    @api.depends(
        'sberbank_cards_refused_by',
        'sberbank_verification_refused_by',
        'sberbank_gateway',
        'sberbank_custom_url',
        'sberbank_custom_dialect',
        'state',
    )
    def _compute_sberbank_are_cards_refused(self):
        for provider in self:
            is_live = provider.state == 'enabled'
            provider.sberbank_are_cards_refused = provider._sberbank_has_refused(
                'sberbank_cards_refused_by', is_live
            )
            provider.sberbank_is_verification_refused = provider._sberbank_has_refused(
                'sberbank_verification_refused_by', is_live
            )

    # === CRUD METHODS === #

    def write(self, vals):
        """Override of `payment` to try again to save cards when that is switched on anew."""
        if vals.get('allow_tokenization'):
            vals = {
                **vals,
                'sberbank_cards_refused_by': False,
                'sberbank_verification_refused_by': False,
            }
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
        """Override of `payment` to save cards without a payment only where the bank does so.

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
        partner = self.env['res.partner'].browse(partner_id)
        ours = providers._sberbank_filter().filtered(
            lambda provider: not provider._sberbank_verifies_cards(partner)
        )
        payment_utils.add_to_report(
            report,
            ours,
            available=False,
            reason=self.env._("The bank saves cards only when something is paid by them."),
        )
        return providers - ours

    def _sberbank_verifies_cards(self, partner):
        """Tell whether a customer may save cards without a payment.

        :param res.partner partner: The customer, or a contact of theirs.
        :rtype: bool
        """
        self.ensure_one()
        is_refused = self.sberbank_are_cards_refused or self.sberbank_is_verification_refused
        return (
            self.allow_tokenization
            and not is_refused
            and bool(self._sberbank_get_client_id(partner))
        )

    @api.model
    def _sberbank_saves_cards(self, company):
        """Tell whether customers of a company may save their cards, at least by paying with them.

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

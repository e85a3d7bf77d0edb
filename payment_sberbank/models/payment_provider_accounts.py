from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .. import const, gateway


class PaymentProvider(models.Model):
    """Accounts that customers bind by SBP: whether the contract has them, and what for they are.

    Only the newer gateway has them (subscriptions). An account is bound by paying, with the tick
    that saves payment details. Accounts that are bound already stay so when this is switched off.
    """

    _inherit = 'payment.provider'

    sberbank_binds_accounts = fields.Boolean(
        string="Customers May Save Their SBP Accounts",
        help="Whoever pays by SBP may let the shop charge their account later. The contract with"
        " the bank must allow it (SBP subscriptions and recurring payments).",
        copy=False,
    )
    sberbank_account_purpose = fields.Char(
        string="What SBP Accounts Are Saved For",
        help="The customer reads it in the bank's app before they agree. If it is empty, the name"
        " of the company is told.",
        size=gateway.PURPOSE_MAX_LENGTH,
        translate=True,
    )
    sberbank_accounts_refused_by = fields.Char(
        string="Refuses to Save SBP Accounts",
        help="The gateway that takes no order by which an SBP account is bound.",
        readonly=True,
        copy=False,
    )
    sberbank_are_accounts_refused = fields.Boolean(
        string="Saving SBP Accounts Is Refused", compute='_compute_sberbank_are_accounts_refused'
    )

    # === COMPUTE METHODS === #

    @api.depends(
        'sberbank_accounts_refused_by',
        'sberbank_gateway',
        'sberbank_custom_url',
        'sberbank_custom_dialect',
        'state',
    )
    def _compute_sberbank_are_accounts_refused(self):
        for provider in self:
            provider.sberbank_are_accounts_refused = provider._sberbank_has_refused(
                'sberbank_accounts_refused_by', provider.state == 'enabled'
            )

    # === CONSTRAINT METHODS === #

    @api.constrains('sberbank_binds_accounts', 'sberbank_gateway', 'sberbank_custom_dialect')
    def _check_sberbank_binds_accounts(self):
        for provider in self._sberbank_filter():
            if provider.sberbank_binds_accounts and not provider.sberbank_speaks_json:
                raise ValidationError(
                    self.env._(
                        "This gateway saves no SBP accounts, only the bank's newer one (epay) does."
                        " Choose that one if the contract is for it, or switch the saving of SBP"
                        " accounts off."
                    )
                )

    @api.constrains('sberbank_account_purpose')
    def _check_sberbank_account_purpose(self):
        for purpose in filter(None, self.mapped('sberbank_account_purpose')):
            if not gateway.clean_purpose(purpose):
                raise ValidationError(
                    self.env._(
                        "Write with Latin or Russian letters what SBP accounts are saved for: the"
                        " bank takes no others."
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `payment` to let payers tick that their SBP account is saved."""
        providers = super().create(vals_list)
        providers._sberbank_let_accounts_be_saved()
        return providers

    def write(self, vals):
        """Override of `payment` to do so, and to try again what a gateway has refused."""
        if not vals.get('sberbank_binds_accounts'):
            return super().write(vals)
        result = super().write({**vals, 'sberbank_accounts_refused_by': False})
        self._sberbank_let_accounts_be_saved()
        return result

    def _sberbank_let_accounts_be_saved(self):
        """Have the payment method say that it can be saved, which all providers share.

        It stays so: to take it back archives what was saved. The form has no tick at a provider
        that saves no accounts.

        :return: None
        """
        if any(provider.sberbank_binds_accounts for provider in self._sberbank_filter()):
            methods = self.env['payment.method'].with_context(active_test=False)
            sbp = methods.search([('code', '=', const.SBP)])
            sbp.filtered(lambda method: not method.support_tokenization).support_tokenization = True

    # === BUSINESS METHODS === #

    def _sberbank_offers_accounts(self):
        """Tell whether a payer can have their account bound by paying by SBP.

        :rtype: bool
        """
        self.ensure_one()
        return bool(
            self.sberbank_binds_accounts
            and self.allow_tokenization
            and self.sberbank_speaks_json
            and not self.sberbank_are_accounts_refused
        )

    def _sberbank_get_account_purpose(self):
        """Return what accounts are bound for, in the language of the environment.

        :return: As the bank takes it, see `gateway.BySbp`.
        :rtype: str
        """
        self.ensure_one()
        return gateway.clean_purpose(self.sberbank_account_purpose) or gateway.clean_purpose(
            self.env._("Payments to %(company)s", company=self.company_id.name)
        )

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class PaymentProvider(models.Model):
    """Where the money goes: the cash desk, the payment type and the article."""

    _inherit = 'payment.provider'

    sberbank_payment_type_id = fields.Many2one(
        string="Payment Type",
        help="How payments that are for no invoice are booked.",
        comodel_name='sberbank.payment.type',
        domain="[('company_id', 'in', (False, company_id))]",
        ondelete='restrict',
    )
    sberbank_account_id = fields.Many2one(
        string="Article",
        help="The account that the payments of this provider are grouped by; with the booking \"To"
        " the article\", also the account of the sales receipt.",
        comodel_name='account.account',
        check_company=True,
        copy=False,
        ondelete='restrict',
    )
    sberbank_settle_debts = fields.Boolean(
        string="Settle Open Debts Automatically",
        help="Payments on the customer's account settle the oldest open debts, and what remains"
        " settles later invoices when they are posted.",
        default=True,
    )

    sberbank_test_settles = fields.Boolean(
        string="Test Payments Settle Debts",
        help="Test money is booked and marked. Where another provider is live, it confirms no order"
        " and settles no debt unless this is ticked.",
        copy=False,
    )

    # === CONSTRAINT METHODS === #

    @api.constrains(
        'code', 'state', 'company_id', 'sberbank_payment_type_id', 'sberbank_account_id'
    )
    def _check_sberbank_article(self):
        for provider in self._sberbank_filter().sudo():
            payment_type = provider.sberbank_payment_type_id
            article = provider.sberbank_account_id
            if payment_type.company_id and payment_type.company_id != provider.company_id:
                raise ValidationError(
                    self.env._(
                        "The payment type \"%(type)s\" belongs to another company.",
                        type=payment_type.name,
                    )
                )
            if provider.state != 'disabled' and payment_type.booking == 'article' and not article:
                raise ValidationError(
                    self.env._(
                        "The payment type \"%(type)s\" books to the article: choose one.",
                        type=payment_type.name,
                    )
                )
            if not (payment_type and article):
                continue
            if article.account_type not in payment_type._get_article_account_types():
                raise ValidationError(provider._sberbank_wrong_article_message())

    def _check_required_if_provider(self):
        """Override of `payment` to refuse a provider that could take money but not book it."""
        result = super()._check_required_if_provider()
        # Administrators may well have no right to see journals and accounts.
        for provider in self._sberbank_filter().sudo():
            if provider.state != 'disabled' and (reason := provider._sberbank_no_booking_reason()):
                raise ValidationError(reason)
        return result

    # === BUSINESS METHODS === #

    def _sberbank_wrong_article_message(self):
        self.ensure_one()
        labels = dict(
            self.env['account.account']._fields['account_type']._description_selection(self.env)
        )
        allowed = self.sberbank_payment_type_id._get_article_account_types()
        return self.env._(
            "The account %(account)s can't be the article of the payment type \"%(type)s\": its"
            " type is \"%(wrong)s\", and one of these is needed: %(allowed)s.",
            account=self.sberbank_account_id.display_name,
            type=self.sberbank_payment_type_id.name,
            wrong=labels[self.sberbank_account_id.account_type],
            allowed=', '.join(labels[account_type] for account_type in allowed),
        )

    def _sberbank_no_booking_reason(self):
        """Say why a payment of this provider could not be booked.

        :return: The reason and the way out, in the reader's language, or None.
        :rtype: str|None
        """
        self.ensure_one()
        if not self.journal_id:
            return self.env._(
                "%(provider)s has no cash desk. Choose the bank or cash journal that the payments"
                " go to.",
                provider=self.name,
            )
        if not self._sberbank_get_payment_method_line().payment_account_id:
            return self.env._(
                "The payment method of %(provider)s in the journal %(journal)s has no outstanding"
                " account, so its payments would make no journal entry. Set one in the journal, on"
                " the tab of incoming payments.",
                provider=self.name,
                journal=self.journal_id.display_name,
            )
        return None

    def _sberbank_get_payment_method_line(self):
        return self.journal_id.inbound_payment_method_line_ids.filtered(
            lambda line: line.payment_provider_id == self
        )[:1]

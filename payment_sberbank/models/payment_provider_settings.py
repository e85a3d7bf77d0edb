from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools.mail import email_normalize


class PaymentProvider(models.Model):
    """What the administrator decides about the money: where it goes and who hears of it."""

    _inherit = 'payment.provider'

    sberbank_notification_email = fields.Char(
        string="E-mail for Notifications",
        help="Addresses, separated by commas, that get an e-mail at each online payment and when a"
        " payment needs a person.",
        copy=False,
    )
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

    # === CONSTRAINT METHODS === #

    @api.constrains('sberbank_notification_email')
    def _check_sberbank_notification_email(self):
        for provider in self.filtered('sberbank_notification_email'):
            for part in provider.sberbank_notification_email.split(','):
                if part.strip() and not email_normalize(part):
                    raise ValidationError(
                        self.env._(
                            "\"%(address)s\" is not an e-mail address. Separate several addresses"
                            " by commas.",
                            address=part.strip(),
                        )
                    )

    @api.constrains(
        'code', 'state', 'company_id', 'sberbank_payment_type_id', 'sberbank_account_id'
    )
    def _check_sberbank_article(self):
        for provider in self._sberbank_filter():
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

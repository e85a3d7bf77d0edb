from odoo import api, fields, models
from odoo.exceptions import ValidationError

# Which accounts may be the article of a payment, by how the payment is booked: a line of a sales
# receipt needs income, while a payment on account may also be grouped under advances received.
ARTICLE_ACCOUNT_TYPES = {
    'customer': ('income', 'income_other', 'liability_current'),
    'article': ('income', 'income_other'),
}


class SberbankPaymentType(models.Model):
    _name = 'sberbank.payment.type'
    _description = 'Online Payment Type'
    _order = 'sequence, id'
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        comodel_name='res.company',
        help="Leave empty to offer the payment type to all companies.",
    )
    booking = fields.Selection(
        help="To the customer's account: the money is the customer's credit and settles debts.\n"
        "To the article: a sales receipt on the article's account is issued and settled.",
        selection=[
            ('customer', "To the customer's account"),
            ('article', "To the article"),
        ],
        required=True,
        default='customer',
    )

    def _get_article_account_types(self):
        """Return the account types that an article of this payment type may have.

        :rtype: tuple[str]
        """
        self.ensure_one()
        return ARTICLE_ACCOUNT_TYPES[self.booking]

    @api.constrains('booking', 'company_id')
    def _check_providers_still_match(self):
        """A change of the type must not leave a provider with an article that it refuses."""
        self.env['payment.provider'].sudo().search([
            ('sberbank_payment_type_id', 'in', self.ids)
        ])._check_sberbank_article()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        chosen = [('sberbank_payment_type_id', 'in', self.ids)]
        if any(
            self.env[model].sudo().search_count(chosen, limit=1)
            for model in ('payment.provider', 'account.payment')
        ):
            raise ValidationError(
                self.env._(
                    "This payment type is chosen on a payment provider or has payments. You can"
                    " archive it instead."
                )
            )

from odoo import fields, models


class AccountPayment(models.Model):
    _inherit = 'account.payment'

    sberbank_payment_type_id = fields.Many2one(
        string="Online Payment Type",
        comodel_name='sberbank.payment.type',
        readonly=True,
        copy=False,
        ondelete='restrict',
        index='btree_not_null',
    )
    sberbank_account_id = fields.Many2one(
        string="Article",
        help="The account that online payments are grouped by.",
        comodel_name='account.account',
        readonly=True,
        copy=False,
        ondelete='restrict',
        index='btree_not_null',
    )

    sberbank_is_test = fields.Boolean(
        string="Test Money",
        help="Paid at the bank's test address, by a test card: no real money came.",
        readonly=True,
        copy=False,
    )

    def _sberbank_get_money(self):
        """Return the journal item of the payment that debts are settled with.

        :rtype: account.move.line
        """
        return self.move_id.line_ids.filtered(
            lambda line: line.account_id == self.destination_account_id
        )

from odoo import api, fields, models
from odoo.exceptions import AccessError

# What payments of the bank are grouped by.
TAGS = {'sberbank_payment_type_id', 'sberbank_account_id', 'sberbank_is_test'}


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

    sberbank_issued_receipt_ids = fields.Many2many(
        string="Receipts",
        comodel_name='sberbank.receipt.issued',
        compute='_compute_sberbank_issued_receipt_ids',
        groups='account.group_account_invoice',
    )

    @api.depends('payment_transaction_id.sberbank_receipt_ids.issued_ids')
    def _compute_sberbank_issued_receipt_ids(self):
        for payment in self:
            tx = payment.payment_transaction_id
            receipts = tx._sberbank_get_order_tx().sberbank_receipt_ids
            if tx.source_transaction_id:
                receipts = receipts.filtered(lambda receipt, tx=tx: receipt._is_of(tx))
            payment.sberbank_issued_receipt_ids = receipts.issued_ids

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `account` to let nobody tag a payment by hand: not by a context either."""
        payments = super().create(vals_list)
        if not self.env.su and any(payment[tag] for payment in payments.sudo() for tag in TAGS):
            self._sberbank_refuse_tag()
        return payments

    def write(self, vals):
        """Override of `account` to let nobody change how a payment was booked."""
        if not self.env.su and TAGS & vals.keys():
            self._sberbank_refuse_tag()
        return super().write(vals)

    @api.model
    def _sberbank_refuse_tag(self):
        raise AccessError(
            self.env._(
                "The payment type and the article of an online payment are those of the payment"
                " provider when it was booked. Nobody changes them by hand."
            )
        )

    def _sberbank_get_money(self):
        """Return the journal item of the payment that debts are settled with.

        :rtype: account.move.line
        """
        return self.move_id.line_ids.filtered(
            lambda line: line.account_id == self.destination_account_id
        )

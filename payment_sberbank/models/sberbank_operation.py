from odoo import fields, models


class SberbankOperation(models.Model):
    """What was done with an order's money at the bank, as its register will name it."""

    _name = 'sberbank.operation'
    _description = 'Operation at Sberbank'
    _order = 'id'
    _rec_name = 'reference_number'

    transaction_id = fields.Many2one(
        comodel_name='payment.transaction',
        required=True,
        readonly=True,
        ondelete='cascade',
        index=True,
    )
    company_id = fields.Many2one(related='transaction_id.company_id')
    currency_id = fields.Many2one(related='transaction_id.currency_id')
    date = fields.Datetime(readonly=True)
    type = fields.Char(
        string="Operation",
        help="In the bank's own word: AUTHORIZATION, PREAUTHORIZATION (a hold), COMPLETION (a hold"
        " that was taken), REVERSAL, REFUND.",
        required=True,
        readonly=True,
    )
    amount = fields.Monetary(readonly=True)
    reference_number = fields.Char(
        string="RRN",
        help="The card system's number of the operation, which the bank's register names, too.",
        readonly=True,
        index='btree_not_null',
    )
    approval_code = fields.Char(
        help="The code by which the card's bank approved the operation.", readonly=True
    )
    external_refund_id = fields.Char(
        string="Refund's Key",
        help="By which this system had the bank make a refund (externalRefundId).",
        readonly=True,
    )
    action_code = fields.Integer(
        help="The operation's result, 0 if it succeeded (actionCode).", readonly=True
    )

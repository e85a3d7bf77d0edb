from odoo import api, fields, models


class SberbankAttention(models.Model):
    """A reason for a person to look at an online payment. One record a payment and reason."""

    _name = 'sberbank.attention'
    _description = 'Online Payment Needing Attention'
    _order = 'id desc'
    _rec_name = 'transaction_id'

    transaction_id = fields.Many2one(
        string="Transaction",
        comodel_name='payment.transaction',
        required=True,
        readonly=True,
        ondelete='cascade',
        index=True,
    )
    company_id = fields.Many2one(related='transaction_id.company_id', store=True, index=True)
    partner_id = fields.Many2one(related='transaction_id.partner_id')
    currency_id = fields.Many2one(related='transaction_id.currency_id')
    amount = fields.Monetary(related='transaction_id.amount')
    reason = fields.Selection(
        string="Reason",
        selection=[
            ('mismatch', "The order at the bank differs"),
            ('not_bookable', "The payment can't be booked"),
            ('already_paid', "The invoice was paid already"),
            ('withdrawn', "The invoice was withdrawn"),
            ('reversed', "Reversed at the bank"),
            ('refunded', "Refunded at the bank"),
        ],
        required=True,
        readonly=True,
    )
    details = fields.Text(string="Details", readonly=True)
    way_out = fields.Text(string="What to Do", compute='_compute_way_out')
    is_solved = fields.Boolean(string="Solved", readonly=True)
    is_notified = fields.Boolean(string="E-mail Sent", readonly=True)

    _reason_uniq = models.Constraint(
        'unique(transaction_id, reason)', "A reason is listed once for each payment."
    )

    @api.depends('reason')
    def _compute_way_out(self):
        ways_out = {
            'mismatch': self.env._(
                "Compare the order in the bank's cabinet with the transaction. If the bank took"
                " money, book or return it by hand; no payment is made here."
            ),
            'not_bookable': self.env._(
                "Mend what is missing. The payment is booked by itself within the hour then, or at"
                " once by the button \"Book Now\"."
            ),
            'already_paid': self.env._(
                "The money is an open credit of the customer. Use it for another invoice, or return"
                " it."
            ),
            'withdrawn': self.env._(
                "The money is an open credit of the customer. Post the invoice again and settle it"
                " with the credit, or return the money."
            ),
            'reversed': self.env._(
                "The bank gave the money back after the payment was booked. Cancel the payment, or"
                " record the return."
            ),
            'refunded': self.env._(
                "The refund was made in the bank's cabinet. Record it, for example by a credit"
                " note."
            ),
        }
        for attention in self:
            attention.way_out = ways_out.get(attention.reason)

    def action_solve(self):
        """Take the payments from the list, by a person's decision."""
        self.check_access('write')
        self.is_solved = True


class PaymentTransaction(models.Model):
    _inherit = 'payment.transaction'

    sberbank_attention_ids = fields.One2many(
        string="Reasons for Attention",
        comodel_name='sberbank.attention',
        inverse_name='transaction_id',
        readonly=True,
    )

    def _sberbank_need_attention(self, reason, details):
        """Put the transaction on the list of those that need a person.

        A reason that is there already gets the new details; solved, it comes back only when the
        details differ from those that the person saw.

        :param str reason: A value of `sberbank.attention.reason`.
        :param str details: What staff should know. Never shown to the payer.
        :return: None
        """
        self.ensure_one()
        attention = self.sudo().sberbank_attention_ids.filtered(lambda a: a.reason == reason)
        if not attention:
            attention.create({
                'transaction_id': self.id, 'reason': reason, 'details': details,
            })
        elif attention.details != details:
            attention.write({'details': details, 'is_solved': False})

    def _sberbank_attention_solved(self, reason):
        """Take the transaction from the list: what the reason was is no more.

        :param str reason: A value of `sberbank.attention.reason`.
        :return: None
        """
        self.sudo().sberbank_attention_ids.filtered(
            lambda a: a.reason == reason and not a.is_solved
        ).is_solved = True

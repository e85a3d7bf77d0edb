from odoo import api, fields, models

# The reasons that are no more once the payment's money is used up.
OPEN_MONEY_REASONS = ('not_settled', 'already_paid', 'withdrawn', 'refund_open')


class SberbankAttention(models.Model):
    """A reason for a person to look at an online payment. One record a payment and reason."""

    _name = 'sberbank.attention'
    _description = 'Online Payment Needing Attention'
    _order = 'id desc'
    _rec_name = 'transaction_id'

    transaction_id = fields.Many2one(
        comodel_name='payment.transaction',
        required=True,
        readonly=True,
        ondelete='cascade',
        index=True,
    )
    company_id = fields.Many2one(related='transaction_id.company_id', store=True, index=True)
    partner_id = fields.Many2one(related='transaction_id.partner_id', store=True)
    currency_id = fields.Many2one(related='transaction_id.currency_id')
    amount = fields.Monetary(related='transaction_id.amount')
    payment_id = fields.Many2one(related='transaction_id.payment_id')
    order_number = fields.Char(related='transaction_id.sberbank_order_number')
    reason = fields.Selection(
        selection=[
            ('mismatch', "The order's data at the bank differ"),
            ('not_bookable', "The payment can't be booked"),
            ('not_settled', "The payment is booked, but not matched"),
            ('already_paid', "The invoice was paid already"),
            ('withdrawn', "The invoice was withdrawn"),
            ('reversed', "Reversed at the bank"),
            ('refunded', "Refunded at the bank"),
            ('refund_open', "The refund has no credit note"),
            ('refund_failed', "The refund was not made"),
            ('hold_waiting', "The hold is about to be lost"),
            ('not_answered', "The bank refuses to answer"),
        ],
        required=True,
        readonly=True,
    )
    details = fields.Text(readonly=True)
    way_out = fields.Text(string="What to Do", compute='_compute_way_out')
    is_solved = fields.Boolean(
        string="Solved", compute='_compute_is_solved', store=True, readonly=True
    )
    is_notified = fields.Boolean(string="E-mail Sent", readonly=True)

    _reason_uniq = models.Constraint(
        'unique(transaction_id, reason)', "A reason is listed once for each payment."
    )
    _open_idx = models.Index('(transaction_id) WHERE is_solved IS NOT TRUE')

    # === COMPUTE METHODS === #

    @api.depends('transaction_id.payment_id.is_reconciled')
    def _compute_is_solved(self):
        for attention in self:
            is_used_up = (
                attention.reason in OPEN_MONEY_REASONS
                and attention.transaction_id.payment_id.is_reconciled
            )
            attention.is_solved = attention.is_solved or is_used_up

    @api.depends_context('lang')
    @api.depends('reason')
    def _compute_way_out(self):
        ways_out = {
            'mismatch': self.env._(
                "Compare the order in the bank's cabinet. If the bank took another amount and you"
                " know why, accept it; otherwise return the money in the cabinet."
            ),
            'not_bookable': self.env._(
                "Complete what is missing. The payment is booked by itself within the hour then, or"
                " at once by the button \"Book Now\"."
            ),
            'not_settled': self.env._(
                "The money is an open credit of the customer. Remove what is in the way and press"
                " \"Book Now\", or use the credit by hand."
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
                "The bank gave the money back after the payment was booked. If all of it: cancel"
                " the payment. If a part: record the return as a refund."
            ),
            'refunded': self.env._(
                "The refund was made in the bank's cabinet. Record it, for example by a credit"
                " note."
            ),
            'refund_failed': self.env._(
                "Look at the order in the bank's cabinet. If the money was not returned, refund the"
                " payment anew."
            ),
            'hold_waiting': self.env._(
                "Capture the transaction to take the money, or void it to release it."
            ),
            'not_answered': self.env._(
                "Check the user name and the password on the payment provider, and whether the bank"
                " has withdrawn the access. The bank is asked again by itself."
            ),
            'refund_open': self.env._(
                "Issue a credit note for what was refunded and settle it with the refund."
            ),
        }
        for attention in self:
            attention.way_out = ways_out.get(attention.reason)

    # === ACTION METHODS === #

    def action_ask_bank(self):
        """Ask the bank about the payments' orders."""
        return self.transaction_id.action_sberbank_ask_bank()

    def action_book_now(self):
        """Book or settle the payments without waiting for the job."""
        return self.transaction_id.action_sberbank_book_now()

    def action_accept_amount(self):
        """Book what the bank took in place of what was ordered."""
        return self.transaction_id.action_sberbank_accept_amount()

    def action_solve(self):
        """Take the payments from the list, by a person's decision."""
        self.check_access('read')  # Whoever may see it may decide; nothing else can be written.
        self.sudo().is_solved = True

    def action_open_transaction(self):
        """Open the payment's transaction."""
        return self.transaction_id._get_records_action()

    def action_open_payment(self):
        """Open the payment in the ledger."""
        return self.payment_id._get_records_action()

    def action_open_customer(self):
        """Open the customer."""
        return self.partner_id._get_records_action()

    # === BUSINESS METHODS === #

    def _get_reason_label(self):
        """Return the reason in words.

        :rtype: str
        """
        self.ensure_one()
        return dict(self._fields['reason']._description_selection(self.env))[self.reason]

    def _mail_staff(self):
        """Put the e-mail about the reason into the queue, once while it is on the list.

        :return: None
        """
        self.ensure_one()
        if not self.is_notified:
            self.is_notified = self.transaction_id.provider_id._sberbank_queue_mail(
                'payment_sberbank.mail_template_attention', self
            )


class PaymentTransaction(models.Model):
    _inherit = 'payment.transaction'

    sberbank_attention_ids = fields.One2many(
        string="Reasons for Attention",
        comodel_name='sberbank.attention',
        inverse_name='transaction_id',
        readonly=True,
    )
    sberbank_needs_attention = fields.Boolean(
        string="Needs Attention",
        compute='_compute_sberbank_needs_attention',
        search='_search_sberbank_needs_attention',
    )
    sberbank_attention_summary = fields.Text(
        string="Why It Needs Attention", compute='_compute_sberbank_attention_summary'
    )

    # === COMPUTE METHODS === #

    @api.depends('sberbank_attention_ids.is_solved')
    def _compute_sberbank_needs_attention(self):
        for tx in self:
            tx.sberbank_needs_attention = not all(tx.sberbank_attention_ids.mapped('is_solved'))

    @api.depends_context('lang')
    @api.depends('sberbank_attention_ids.is_solved', 'sberbank_attention_ids.details')
    def _compute_sberbank_attention_summary(self):
        for tx in self:
            tx.sberbank_attention_summary = '\n'.join(
                f'{attention._get_reason_label()}: {attention.details}'
                for attention in tx.sberbank_attention_ids
                if not attention.is_solved
            )

    @api.model
    def _search_sberbank_needs_attention(self, operator, value):
        if operator != 'in':
            return NotImplemented
        return [('sberbank_attention_ids', 'any', [('is_solved', '=', False)])]

    # === ACTION METHODS === #

    def action_sberbank_open_attentions(self):
        """Open the reasons for which the transaction needs a person."""
        return self.sberbank_attention_ids.filtered(
            lambda attention: not attention.is_solved
        )._get_records_action()

    # === BUSINESS METHODS === #

    def _sberbank_need_attention(self, reason, details):
        """Put the transaction on the list of those that need a person, and tell staff by e-mail.

        A reason that is there already gets the new details; solved, it comes back only when the
        details differ from those that the person saw. There is one e-mail each time that it comes
        onto the list.

        :param str reason: A value of `sberbank.attention.reason`.
        :param str details: What staff should know. Never shown to the payer.
        :return: None
        """
        self.ensure_one()
        attention = self.sudo()._sberbank_get_attention(reason)
        if not attention:
            attention = attention.create({
                'transaction_id': self.id,
                'reason': reason,
                'details': details,
            })
        elif attention.details == details:
            return
        elif attention.is_solved:
            attention.write({'details': details, 'is_solved': False, 'is_notified': False})
        else:
            attention.details = details
        attention._mail_staff()

    def _sberbank_attention_solved(self, reason):
        """Take the transaction from the list: what the reason was is no more.

        :param str reason: A value of `sberbank.attention.reason`.
        :return: None
        """
        if self.sudo()._sberbank_has_attention(reason):
            self.sudo()._sberbank_get_attention(reason).is_solved = True

    def _sberbank_has_attention(self, reason):
        """Tell whether the transaction is on the list for a reason.

        :param str reason: A value of `sberbank.attention.reason`.
        :rtype: bool
        """
        return bool(self._sberbank_get_attention(reason).filtered(lambda a: not a.is_solved))

    def _sberbank_get_attention(self, reason):
        self.ensure_one()
        return self.sberbank_attention_ids.filtered(lambda attention: attention.reason == reason)

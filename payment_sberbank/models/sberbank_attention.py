from odoo import api, fields, models

# The reasons that are no more once the payment is finished and its money is used up.
OPEN_MONEY_REASONS = ('not_settled', 'already_paid', 'withdrawn', 'changed', 'refund_open')


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
    is_live = fields.Boolean(related='transaction_id.is_live')
    order_number = fields.Char(related='transaction_id.sberbank_order_number')
    reason = fields.Selection(
        selection=[
            ('mismatch', "The order's data at the bank differ"),
            ('not_bookable', "The payment can't be booked"),
            ('not_settled', "The payment is booked, but not finished"),
            ('already_paid', "It was paid already"),
            ('withdrawn', "What was paid for was withdrawn"),
            ('changed', "What was paid for was changed"),
            ('reversed', "Reversed at the bank"),
            ('refunded', "Refunded at the bank"),
            ('charged_back', "Chargeback"),
            ('refund_open', "The refund has no credit note"),
            ('refund_failed', "The refund was not made"),
            ('hold_waiting', "The hold is about to be lost"),
            ('hold_lost', "The hold was lost"),
            ('not_answered', "The bank gives no usable answer"),
            ('given_up', "The bank is asked no more"),
            ('page_refused', "The payment page is on an unknown host"),
            ('no_receipt', "The receipt can't be made"),
            ('unclear', "What the bank says is unclear"),
            ('charge_failed', "The saved card or account was not charged"),
            ('cards_refused', "The bank saves no cards without a payment"),
            ('receipt_failed', "The receipt was not issued"),
            ('receipt_late', "The receipt is late"),
            ('receipt_unknown', "It is unknown whether there is a receipt"),
            ('receipt_unexpected', "The register issued a receipt that was not asked for"),
            ('receipt_by_hand', "A receipt has to be issued by hand"),
        ],
        required=True,
        readonly=True,
    )
    details = fields.Text(readonly=True)
    has_receipts = fields.Boolean(compute='_compute_has_receipts')
    way_out = fields.Text(string="What to Do", compute='_compute_way_out')
    is_solved = fields.Boolean(
        string="Solved", compute='_compute_is_solved', store=True, readonly=True
    )
    is_mailed = fields.Boolean(
        string="E-mail Written",
        help="Whether the e-mail is in the queue or was sent. One that could not be sent is written"
        " anew.",
        readonly=True,
    )
    mail_id = fields.Many2one(
        string="E-mail",
        comodel_name='mail.mail',
        help="While it is in the queue, or after it failed.",
        readonly=True,
        index='btree_not_null',
        groups='base.group_system',
    )

    _reason_uniq = models.Constraint(
        'unique(transaction_id, reason)', "A reason is listed once for each payment."
    )
    _open_idx = models.Index('(transaction_id) WHERE is_solved IS NOT TRUE')

    # === COMPUTE METHODS === #

    @api.depends('transaction_id.payment_id.is_reconciled', 'transaction_id.is_post_processed')
    def _compute_is_solved(self):
        for attention in self:
            tx = attention.transaction_id
            # What another app could not do is not done by the money's being used up.
            is_used_up = (
                attention.reason in OPEN_MONEY_REASONS
                and tx.payment_id.is_reconciled
                and tx.is_post_processed
            )
            attention.is_solved = attention.is_solved or is_used_up

    @api.depends('transaction_id.sberbank_receipt_ids')
    def _compute_has_receipts(self):
        for attention in self:
            attention.has_receipts = bool(attention.transaction_id.sberbank_receipt_ids)

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
                "The money is booked as an open credit. Remove what is in the way: it is tried"
                " again by itself. The button \"Book Now\" does it at once. Or use the credit by"
                " hand."
            ),
            'already_paid': self.env._(
                "The money is an open credit of the customer. Use it for another invoice, or return"
                " it."
            ),
            'withdrawn': self.env._(
                "The money is an open credit of the customer. Post the invoice again and settle it"
                " with the credit, or return the money. A cancelled order: set it to quotation and"
                " confirm it, or return the money."
            ),
            'changed': self.env._(
                "The money is an open credit of the customer. Agree with the customer on the"
                " difference: confirm the order without the rest, ask for it, or return what is too"
                " much."
            ),
            'reversed': self.env._(
                "Look at the order in the bank's cabinet. What was returned and is not recorded"
                " here is booked by hand, as an outgoing payment in the same cash desk."
            ),
            'refunded': self.env._(
                "Look at the order in the bank's cabinet. What was returned there and is not"
                " recorded here is booked by hand, as an outgoing payment in the same cash desk. If"
                " it was a refund of yours whose answer was lost, tell so on the refund."
            ),
            'charged_back': self.env._(
                "Ask the bank for the reason and until when it can be disputed. The customer owes"
                " the money again if the invoice stands. If nothing was booked, the bank tells no"
                " sum: look for it in its cabinet."
            ),
            'refund_failed': self.env._(
                "Look at the order in the bank's cabinet. If the money was not returned, refund the"
                " payment anew."
            ),
            'hold_waiting': self.env._(
                "Capture the transaction to take the money, or void it to release it."
            ),
            'hold_lost': self.env._(
                "If somebody released it on purpose, nothing has to be done. If not, the customer"
                " has to pay anew: send a link, and look at what was confirmed or delivered"
                " meanwhile."
            ),
            'not_answered': self.env._(
                "Look at the order in the bank's cabinet: it may be paid. The bank is asked again"
                " by itself. If it refuses to answer, check the access on the payment provider."
            ),
            'page_refused': self.env._(
                "Ask the bank whether the host is theirs. If it is, an administrator adds it on the"
                " payment provider (Further Payment Page Hosts): the customer can pay by the same"
                " link then."
            ),
            'no_receipt': self.env._(
                "Nothing was charged: the customer could not go on to pay. Put right what the"
                " reason names; the customer can pay by the same link then. In the menu of the"
                " invoice, \"Receipt of an Online Payment\" shows what its receipt will be."
            ),
            'given_up': self.env._(
                "Look at the order in the bank's cabinet. If it was paid there, press \"Ask the"
                " Bank\"; if not, nothing has to be done."
            ),
            'unclear': self.env._(
                "Look at the order in the bank's cabinet: money may have been taken. The bank is"
                " asked again by itself, and what it says then is followed."
            ),
            'charge_failed': self.env._(
                "Nothing was charged. Charge it again later, or send the customer a link to"
                " pay. If the bank does not allow charges without the customer, switch them off on"
                " the payment provider."
            ),
            'cards_refused': self.env._(
                "Nothing was charged, and the page of saved cards offers it no more. Customers save"
                " their cards by paying with them. If they are to save them without a payment, ask"
                " the bank to allow the verification of cards (VERIFY); then switch the saving of"
                " cards off and on again on the payment provider."
            ),
            'refund_open': self.env._(
                "Issue a credit note for what was refunded and settle it with the refund."
            ),
            'receipt_failed': self.env._(
                "Open the receipt and do what the bank advises: send it again, or correct what the"
                " register objects to (a name, a tax, the customer's e-mail) and send it corrected."
                " If it did not come about on the day of the payment, a correction receipt may be"
                " needed: ask your accountant."
            ),
            'receipt_late': self.env._(
                "Look into the cabinet of the cash register: it may be out of order, or its fiscal"
                " storage full. The bank is asked again by itself."
            ),
            'receipt_unknown': self.env._(
                "The bank's answer was lost. Look into the cabinet of the cash register whether the"
                " receipt is there. The bank is asked again by itself; nothing is sent twice."
            ),
            'receipt_unexpected': self.env._(
                "Compare the receipts of the order in the cabinet of the cash register. If there is"
                " one too many, your accountant knows how to correct it."
            ),
            'receipt_by_hand': self.env._(
                "Issue it in the cabinet of the cash register. Then open the receipt here and press"
                " \"Issued by Hand\". A second receipt whose reason you have put right is made by"
                " \"Make Anew\" instead."
            ),
        }
        for attention in self:
            attention.way_out = ways_out.get(attention.reason)

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
        if not self.is_mailed:
            self.is_mailed, self.mail_id = self.transaction_id.provider_id._sberbank_queue_mail(
                'payment_sberbank.mail_template_attention',
                self,
                self.mail_id,
                is_live=self.is_live,
            )

from odoo import api, fields, models

from .. import gateway
from ..wording import display_amount
from . import receipt_words


class SberbankReceipt(models.Model):
    """A receipt that the cash register behind the gateway was asked for, or is about to be.

    It is written before the bank is asked: whatever becomes of us then, it is known that there may
    be a receipt. One record stands for one operation, which never gets a second one: `key` is its
    name within the payment.
    """

    _name = 'sberbank.receipt'
    _description = 'Receipt of an Online Payment'
    _order = 'id desc'
    _rec_name = 'transaction_id'

    transaction_id = fields.Many2one(
        comodel_name='payment.transaction',
        help="The payment at whose order in the bank the receipt is.",
        required=True,
        readonly=True,
        ondelete='cascade',
    )
    company_id = fields.Many2one(related='transaction_id.company_id', store=True, index=True)
    partner_id = fields.Many2one(related='transaction_id.partner_id', store=True)
    currency_id = fields.Many2one(related='transaction_id.currency_id')
    operation = fields.Selection(
        selection=[
            ('payment', "Payment"),
            ('capture', "Capture of a hold"),
            ('refund', "Refund"),
            ('reversal', "Reversal"),
            ('closing', "Advance used up"),
        ],
        required=True,
        readonly=True,
    )
    key = fields.Char(
        help="What the receipt is for within the payment: never is there a second one for it.",
        required=True,
        readonly=True,
    )
    kind = fields.Selection(
        selection=[('sell', "Income"), ('sell_refund', "Return of income")],
        required=True,
        readonly=True,
    )
    content = fields.Json(
        help="What the register was told; nothing if the receipt can't be made here.",
        readonly=True,
    )
    amount = fields.Monetary(required=True, readonly=True)
    invoice_id = fields.Many2one(
        comodel_name='account.move',
        string="Document",
        help="The invoice that used up the advance, or the credit note that is paid back.",
        readonly=True,
        index='btree_not_null',
    )
    state = fields.Selection(
        selection=[
            ('draft', "Not asked for yet"),
            ('sent', "Asked for"),
            ('waiting', "The register is at work"),
            ('delayed', "Delayed"),
            ('late', "Late"),
            ('done', "Issued"),
            ('failed', "Failed"),
            ('unknown', "Unknown whether it was asked for"),
            ('by_hand', "To be issued by hand"),
            ('elsewhere', "Issued by hand"),
            ('not_needed', "Not needed"),
        ],
        required=True,
        readonly=True,
        default='draft',
        index=True,
    )
    issued_ids = fields.One2many(
        comodel_name='sberbank.receipt.issued',
        inverse_name='receipt_id',
        string="Issued by the Register",
        readonly=True,
    )
    undone = fields.Json(
        help="How much of which lines goes back or is used up: the receipt, the line's position in"
        " it, and kopecks.",
        readonly=True,
    )
    refusal = fields.Text(
        string="What Is in the Way",
        help="Why the receipt could not be asked for, or not be sent again.",
        readonly=True,
    )
    problem = fields.Text(
        help="Why there is no receipt, in the register's own words.", compute='_compute_problem'
    )
    content_text = fields.Text(string="Lines", compute='_compute_content_text')
    can_be_retried = fields.Boolean(compute='_compute_ways_out')
    can_be_corrected = fields.Boolean(compute='_compute_ways_out')
    asked_at = fields.Datetime(
        string="Asked for at", help="When the operation was, or the receipt sent.", readonly=True
    )
    next_ask_at = fields.Datetime(
        string="Bank Is Asked at",
        help="When the bank is asked next what became of the receipt.",
        readonly=True,
        index='btree_not_null',
    )

    retried_at = fields.Datetime(
        string="Sent Again at",
        help="When the bank was last asked to send it to the register again.",
        readonly=True,
    )
    retries = fields.Integer(
        help="How often the bank was asked to send it again by itself.", readonly=True
    )

    _key_uniq = models.UniqueIndex('(transaction_id, key)')
    _closing_uniq = models.UniqueIndex("(invoice_id) WHERE operation = 'closing'")

    @api.depends_context('lang')
    @api.depends('refusal', 'issued_ids.problem', 'state')
    def _compute_problem(self):
        for receipt in self:
            told = [] if receipt.state == 'done' else receipt.issued_ids.mapped('problem')
            receipt.problem = '\n'.join(filter(None, [receipt.refusal, *told]))

    @api.depends_context('lang')
    @api.depends('content')
    def _compute_content_text(self):
        methods = receipt_words.get_methods(self.env)
        subjects = receipt_words.get_subjects(self.env)
        rates = receipt_words.get_rates(self.env)
        for receipt in self:
            items = gateway.Receipt.from_dict(receipt.content).items if receipt.content else ()
            receipt.content_text = '\n'.join(
                f'{item.name}: {item.quantity:f} × {display_amount(self.env, item.price)} ='
                f' {display_amount(self.env, item.amount)},'
                f' {methods[item.method]}, {subjects.get(item.subject, item.subject.value)},'
                f' {rates[item.vat]}'
                for item in items
            )

    @api.depends('state', 'issued_ids.can_be_retried', 'issued_ids.can_be_corrected')
    def _compute_ways_out(self):
        for receipt in self:
            has_failed = receipt.state == 'failed'
            for way in ('can_be_retried', 'can_be_corrected'):
                receipt[way] = has_failed and any(receipt.issued_ids.mapped(way))

    @api.model
    def _sberbank_note(self, tx, operation, receipt, key=None, **links):
        """Write down a receipt that the bank is about to be asked for.

        Until it was asked for, the content may change with what is paid for; then no more.

        :param payment.transaction tx: The transaction of the order at the bank.
        :param str operation: A value of `operation`.
        :param gateway.Receipt receipt: What the register is to be told.
        :param str key: Which of the operations it is, where an order may have several.
        :param links: More values: `invoice_id`, `undone`.
        :return: The record; the one that is there already, if the operation has one.
        :rtype: sberbank.receipt
        """
        key = key or operation
        values = {
            'kind': receipt.kind.value,
            'content': receipt.as_dict(),
            'amount': gateway.to_roubles(receipt.total),
            **links,
        }
        known = self.sudo().search([('transaction_id', '=', tx.id), ('key', '=', key)])
        if not known:
            known = known.create({
                'transaction_id': tx.id,
                'operation': operation,
                'key': key,
                **values,
            })
        elif known.state in ('draft', 'not_needed'):
            known.write({'state': 'draft', **values})
        return known

    def _is_of(self, tx):
        """Tell whether it is the receipt of a refund, or of a part of a hold.

        :param payment.transaction tx: The refund or the part.
        :rtype: bool
        """
        if tx.operation == 'refund':
            return self.key == f'refund:{tx.reference}'
        is_same_sum = gateway.to_kopecks(self.amount) == tx._sberbank_get_amount()
        return is_same_sum and self.key == f'capture:{tx.sberbank_captured_before}'

    def _is_of_payment(self, tx):
        """Tell whether it is one of those that tell of a payment: all of its order, or its part's.

        :param payment.transaction tx: The payment, perhaps a part of a hold.
        :rtype: bool
        """
        return self._is_of(tx) if tx._sberbank_is_capture() else True

    def _get_shown(self):
        """Return what the register has issued, for the customer's pages.

        :rtype: sberbank.receipt.issued
        """
        return self.sudo().issued_ids.filtered(lambda row: row.status == '3')

    def _describe(self):
        """Return which receipt it is and what is wrong with it, for staff.

        :rtype: str
        """
        self.ensure_one()
        label = dict(self._fields['operation']._description_selection(self.env))[self.operation]
        told = [
            f'{label}, {self.currency_id.format(self.amount)}',
            self.invoice_id.name,
            self.problem,
        ]
        return ': '.join(filter(None, told))

    def _describe_issued(self):
        """Return what the register has issued, or that it has not yet, for staff.

        :rtype: str
        """
        self.ensure_one()
        states = dict(self._fields['state']._description_selection(self.env))
        issued = self._get_shown()
        return ', '.join(row._describe() for row in issued) or states[self.state]


class PaymentTransaction(models.Model):
    _inherit = 'payment.transaction'

    sberbank_receipt_ids = fields.One2many(
        string="Receipts",
        comodel_name='sberbank.receipt',
        inverse_name='transaction_id',
        readonly=True,
    )

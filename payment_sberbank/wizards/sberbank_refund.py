from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import gateway
from ..toasts import toast
from ..wording import display_amount

# From what a refund can be begun.
DOCUMENTS = ('account.move', 'sale.order')


class SberbankRefund(models.TransientModel):
    """Money back for an invoice, a credit note or an order, out of all payments that were for it.

    Each payment is refunded by Odoo's own wizard, which knows the rights and the bounds.
    """

    _name = 'sberbank.refund'
    _description = 'Online Refund'

    transaction_ids = fields.Many2many(
        string="Online Payments",
        comodel_name='payment.transaction',
        default=lambda self: self._find_payments(),
        readonly=True,
    )
    credit_note_id = fields.Many2one(
        comodel_name='account.move',
        default=lambda self: self._find_credit_note(),
        readonly=True,
    )
    currency_id = fields.Many2one(comodel_name='res.currency', compute='_compute_currency_id')
    amount = fields.Monetary(
        string="Amount to Return", compute='_compute_amount', store=True, readonly=False
    )
    available = fields.Monetary(string="At Most", compute='_compute_available')
    obstacles = fields.Text(string="What Can't Be Returned", compute='_compute_available')
    is_sent = fields.Boolean(readonly=True)

    # === DEFAULTS === #

    @api.model
    def _get_document(self):
        """Return what it is opened from, if the user may see it."""
        context = self.env.context
        model = context.get('active_model')
        if model not in DOCUMENTS or model not in self.env:
            return None
        document = self.env[model].browse(context.get('active_id')).exists()
        document.check_access('read')
        return document

    @api.model
    def _find_payments(self):
        """Return the payments of what it is opened from, the oldest first."""
        document = self._get_document()
        if not document:
            return self.env['payment.transaction']
        if document._name == 'account.move':
            return document._sberbank_get_online_payments()
        invoices = document.invoice_ids.filtered(lambda move: move.move_type == 'out_invoice')
        txs = document.transaction_ids._sberbank_filter_refundable()
        return txs.union(*(move._sberbank_get_online_payments() for move in invoices)).sorted('id')

    @api.model
    def _find_credit_note(self):
        """Return what it is opened from, if that is a credit note."""
        document = self._get_document()
        if document and document._name == 'account.move' and document.move_type == 'out_refund':
            return document
        return self.env['account.move']

    # === COMPUTE METHODS === #

    @api.depends('transaction_ids')
    def _compute_currency_id(self):
        roubles = self.env.ref('base.RUB')
        for wizard in self:
            wizard.currency_id = wizard.transaction_ids[:1].currency_id or roubles

    @api.depends('transaction_ids', 'credit_note_id')
    def _compute_amount(self):
        """Propose what the document comes to, as far as it can be returned."""
        document = self._get_document()
        for wizard in self:
            wanted = wizard.available
            if wizard.credit_note_id:
                wanted = gateway.to_roubles(wizard._get_wanted())
            elif document:
                wanted = document.amount_total  # The payments may have been for others, too.
            wizard.amount = min(wanted, wizard.available)

    @api.depends('transaction_ids', 'credit_note_id')
    def _compute_available(self):
        for wizard in self:
            txs_sudo = wizard.transaction_ids.sudo()
            available = sum(map(_get_available, txs_sudo))
            wizard.available = gateway.to_roubles(available)
            sentences = [wizard._describe_obstacle(tx_sudo) for tx_sudo in txs_sudo]
            if not txs_sudo:
                sentences = [self.env._("No payment of Sberbank stands behind this document.")]
            wanted = wizard._get_wanted()
            if txs_sudo and wanted > available:
                sentences.append(
                    self.env._(
                        "%(rest)s of the credit note was not paid online, or was returned already:"
                        " return it in another way.",
                        rest=display_amount(self.env, wanted - available),
                    )
                )
            wizard.obstacles = '\n'.join(filter(None, sentences))

    def _get_wanted(self):
        """Return what the credit note still comes to, in kopecks; 0 without one."""
        credit_note_sudo = self.credit_note_id.sudo()
        return credit_note_sudo._sberbank_get_unreturned() if credit_note_sudo else 0

    def _describe_obstacle(self, tx_sudo):
        """Return why a payment can't be returned, or not all of it, for staff.

        :rtype: str|None
        """
        if not tx_sudo.payment_id:
            return self.env._("%(payment)s is not booked yet.", payment=tx_sudo.reference)
        pending = sum(tx._sberbank_get_amount() for tx in tx_sudo._sberbank_get_pending_refunds())
        if pending:
            return self.env._(
                "%(amount)s of %(payment)s is being returned already; the bank has not said yet"
                " what came of it.",
                amount=display_amount(self.env, pending),
                payment=tx_sudo.payment_id.display_name,
            )
        if not _get_available(tx_sudo):
            return self.env._(
                "%(payment)s was returned already.", payment=tx_sudo.payment_id.display_name
            )
        return None

    # === ACTION METHODS === #

    def action_refund(self):
        """Have the bank return the amount, one payment after another until it is reached.

        :return: The action that tells what came of it.
        :rtype: dict
        :raise UserError: If it can't be returned, or was returned by this very window before.
        """
        self.ensure_one()
        if self.is_sent:
            raise UserError(
                self.env._("This refund was sent already. Open the window anew for another one.")
            )
        shares = self._share_out()
        # Whoever presses twice at once waits here, and is told so then.
        self.is_sent = True
        self.flush_recordset()
        outcomes = [self._refund(tx, share) for tx, share in shares]
        is_done = all(done for done, _message in outcomes)
        return toast(
            '\n'.join(message for _done, message in outcomes),
            type='success' if is_done else 'warning',
            sticky=not is_done,
            next={'type': 'ir.actions.act_window_close'},
        )

    def _share_out(self):
        """Return how much of the amount each payment gives back.

        :return: Pairs of a payment's transaction and kopecks.
        :rtype: list[tuple[payment.transaction, int]]
        :raise UserError: If the payments do not come to the amount.
        """
        try:
            rest = gateway.to_kopecks(self.amount)
        except gateway.NotWholeKopecks:
            rest = 0
        available = gateway.to_kopecks(self.available)
        if not 0 < rest <= available:
            raise UserError(
                self.env._(
                    "Between one kopeck and %(available)s can be returned online.\n%(obstacles)s",
                    available=display_amount(self.env, available),
                    obstacles=self.obstacles or "",
                ).strip()
            )
        shares = []
        for tx in self.transaction_ids:
            share = min(rest, _get_available(tx.sudo()))
            if share:
                shares.append((tx, share))
            rest -= share
        return shares

    def _refund(self, tx, share):
        """Have the bank return a part of a payment.

        :param payment.transaction tx: The payment's transaction.
        :param int share: Kopecks.
        :return: Whether the money was returned, and what staff are told.
        :rtype: tuple[bool, str]
        """
        before = tx.child_transaction_ids
        try:
            # What one payment refuses does not undo what another has returned.
            with self.env.cr.savepoint():
                wizard = self.env['payment.refund.wizard'].create({
                    'payment_id': tx.payment_id.id,
                    'amount_to_refund': gateway.to_roubles(share),
                })
                wizard.action_refund()
        except UserError as error:
            return False, f'{tx.reference}: {error}'
        refund = (tx.child_transaction_ids - before).sudo()
        refund.sberbank_credit_note_id = self.credit_note_id
        if refund.state == 'done':
            return True, self.env._(
                "%(amount)s is returned.", amount=display_amount(self.env, share)
            )
        return False, f'{refund.reference}: {refund.state_message}'


def _get_available(tx_sudo):
    """Return what can be returned of a payment now, in kopecks.

    :param payment.transaction tx_sudo: Its transaction.
    :rtype: int
    """
    return max(tx_sudo._sberbank_get_refundable(), 0) if tx_sudo.payment_id else 0

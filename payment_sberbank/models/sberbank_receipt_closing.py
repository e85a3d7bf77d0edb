from datetime import timedelta

from odoo import api, fields, models

from .. import gateway, receipts
from ..claims import claim_due
from ..log import get_logger
from .account_move_second_receipt import ByHand

_logger = get_logger(__name__)

BATCH_SIZE = 20
MAX_BATCHES_PER_RUN = 20
CLAIM = timedelta(minutes=10)

# The receipt of the advance is issued within minutes, as a rule. The second one has to wait for it.
ON_THE_WAY = ('sent', 'waiting', 'delayed')

# How long after its date an invoice is looked at how often, whether it is handed over: the receipt
# is due at that moment, and nobody tells of it.
SCHEDULE = (
    (timedelta(days=60), timedelta(hours=1)),
    (timedelta.max, timedelta(days=1)),
)


class SberbankReceipt(models.Model):
    """Second receipts: what was paid in advance is handed over. Each is sent once."""

    _inherit = 'sberbank.receipt'

    consider_at = fields.Datetime(
        string="Hand-Over Considered at",
        help="When it is looked next whether what was paid in advance has been handed over.",
        readonly=True,
        index='btree_not_null',
    )

    @api.model
    def _consider(self, invoice, advances):
        """Have the job look whether an invoice's second receipt is due.

        :param account.move invoice: The invoice, settled from what was paid in advance.
        :param sberbank.receipt advances: The receipts of the payments.
        :return: None
        """
        closing = self.search([('operation', '=', 'closing'), ('invoice_id', '=', invoice.id)])
        if not closing:
            closing = self.create({
                'transaction_id': advances.transaction_id.sorted('id')[-1].id,
                'operation': 'closing',
                'key': f'closing:{invoice.id}',
                'kind': gateway.Kind.SELL.value,
                'amount': invoice.amount_total,
                'invoice_id': invoice.id,
            })
        if closing.state in ('draft', 'not_needed'):
            closing.write({'state': 'draft', 'consider_at': fields.Datetime.now()})
            self.env['ir.cron']._sberbank_get_job('send_second_receipts')._trigger()

    # === THE JOB === #

    @api.model
    def _cron_sberbank_send_second_receipts(self):
        """Send the second receipts that are due, each by itself and once.

        No database row is locked while the bank is asked.
        """
        self.env['payment.transaction']._sberbank_check_is_scheduler()
        patience = gateway.Patience()
        for _batch in range(MAX_BATCHES_PER_RUN):
            closings = claim_due(
                self, 'consider_at', until=fields.Datetime.now() + CLAIM, limit=BATCH_SIZE
            )
            if not closings:
                return
            for closing in closings:
                closing._try_to_close(patience)
            if not self.env['ir.cron']._commit_progress(len(closings)):
                return

    def _try_to_close(self, patience):
        """Send the second receipt if it is due, whatever becomes of the others.

        :param gateway.Patience patience: What is known of the banks' wish to be left alone.
        :return: None
        """
        reference = self.transaction_id.reference
        try:
            self._close(patience)
        except gateway.GatewayError as error:
            _logger.warning("The second receipt of %s was not sent: %s", reference, error)
        except Exception:
            self.env.cr.rollback()
            _logger.exception("The second receipt of %s was not sent.", reference)

    def _close(self, patience):
        """Send the second receipt if it is due; else write down when it is looked at next.

        :param gateway.Patience patience: What is known of the bank's wish to be left alone.
        :return: None
        """
        with self.transaction_id._sberbank_locked() as tx:
            closing = self.with_env(tx.env)
            is_due = closing.state == 'draft' and closing._prepare_to_close()
        if is_due:
            self.transaction_id._sberbank_let_go()
            self.env.invalidate_all()
            self._send(patience)

    # === WHEN === #

    def _prepare_to_close(self):
        """Make the content if it is time, or write down when it is looked at next.

        :return: Whether the receipt is to be sent now.
        :rtype: bool
        """
        self.ensure_one()
        advances = self.invoice_id._sberbank_find_advances()
        if not advances or self.invoice_id._sberbank_is_advance():
            self.write({'state': 'not_needed', 'consider_at': False})
            return False
        self.consider_at = self._get_next_look(advances)
        return not self.consider_at and self._make_content(advances)

    def _get_next_look(self, advances):
        """Return when to look again, or False if the second receipt is due.

        :param sberbank.receipt advances: The receipts of the payments.
        :rtype: datetime|bool
        """
        now = fields.Datetime.now()
        states = set(advances.mapped('state'))
        if advances.transaction_id._sberbank_get_pending_refunds() or states & set(ON_THE_WAY):
            return now + CLAIM
        if states == {'done'} and self.invoice_id._sberbank_is_handed_over():
            return False
        age = now - self.create_date
        return now + next(interval for up_to_age, interval in SCHEDULE if age < up_to_age)

    def _make_content(self, advances):
        """Write down what the second receipt says, or that it has to be issued by hand.

        :param sberbank.receipt advances: The receipts of the payments.
        :return: Whether it can be sent.
        :rtype: bool
        """
        tx = advances.transaction_id.sorted('id')[-1]
        try:
            receipt, undone = self.invoice_id._sberbank_make_closing(tx, self)
        except receipts.NothingToSell:
            self.state = 'not_needed'
            return False
        except ByHand as error:
            self._leave_to_accountant(error.args[0])
            return False
        self.write({
            'transaction_id': tx.id,
            'content': receipt.as_dict(),
            'amount': gateway.to_roubles(receipt.total),
            'undone': undone,
        })
        if not tx.provider_id._sberbank_get_dialect().has_do_receipt:
            self._leave_to_accountant(
                self.env._("The bank's older gateway issues no second receipts.")
            )
            return False
        self.consider_at = fields.Datetime.now() + CLAIM  # If this worker dies, another one sends.
        return True

    def _leave_to_accountant(self, reason):
        self.write({'state': 'by_hand', 'refusal': reason})
        self.transaction_id._sberbank_watch_receipts()

from datetime import timedelta

from odoo import api, fields, models

from .. import const, gateway
from ..claims import claim_due
from ..log import get_logger

_logger = get_logger(__name__)

BATCH_SIZE = 20
MAX_BATCHES_PER_RUN = 20
CLAIM = timedelta(minutes=10)

# The receipt of the advance is issued within minutes, as a rule. The second one has to wait for it.
ON_THE_WAY = ('sent', 'waiting', 'delayed')

# How long after its date an invoice is looked at how often, whether it is handed over.
SCHEDULE = (
    (timedelta(days=3), timedelta(hours=1)),
    (timedelta(days=60), timedelta(days=1)),
    (timedelta.max, timedelta(days=7)),
)


class AccountMove(models.Model):
    """The second receipt of an invoice that was paid in advance: when it is due."""

    _inherit = 'account.move'

    sberbank_close_at = fields.Datetime(
        string="Second Receipt Considered at",
        help="When it is looked next whether what was paid in advance has been handed over.",
        readonly=True,
        copy=False,
        index='btree_not_null',
    )

    def _sberbank_consider_closing(self):
        """Have the job look at invoices that may have used up an advance.

        :return: None
        """
        invoices = self.sudo().filtered(
            lambda move: move.move_type in ('out_invoice', 'out_receipt')
        )
        if not invoices:
            return
        providers = (
            self
            .env['payment.provider']
            .sudo()
            .search([
                ('code', '=', const.PROVIDER_CODE),
                ('sberbank_receipts', '=', 'register'),
                ('sberbank_receipt_count', '=', 'two'),
            ])
        )
        ours = invoices.filtered(lambda move: move.company_id in providers.company_id)
        if ours:
            ours.sberbank_close_at = fields.Datetime.now()

    # === THE JOB === #

    @api.model
    def _cron_sberbank_send_second_receipts(self):
        """Send the second receipts that are due, each by itself and once.

        No database row is locked while the bank is asked.
        """
        self.env['payment.transaction']._sberbank_check_is_scheduler()
        patience = gateway.Patience()
        with gateway.new_session() as session:
            for _batch in range(MAX_BATCHES_PER_RUN):
                invoices = claim_due(
                    self, 'sberbank_close_at', until=fields.Datetime.now() + CLAIM, limit=BATCH_SIZE
                )
                if not invoices:
                    return
                for invoice in invoices:
                    invoice._sberbank_try_to_close(patience, session)
                if not self.env['ir.cron']._commit_progress(len(invoices)):
                    return

    def _sberbank_try_to_close(self, patience, session):
        """Send the second receipt if it is due, whatever becomes of the others.

        :param gateway.Patience patience: What is known of the banks' wish to be left alone.
        :param requests.Session session: The session to keep connections in.
        :return: None
        """
        try:
            self._sberbank_close(patience, session=session)
        except gateway.GatewayError as error:
            _logger.warning("The second receipt of %s was not sent: %s", self.name, error)
        except Exception:
            self.env.cr.rollback()
            _logger.exception("The second receipt of %s was not sent.", self.name)

    def _sberbank_close(self, patience, **connection):
        """Send the second receipt if it is due; else write down when it is looked at next.

        :param gateway.Patience patience: What is known of the bank's wish to be left alone.
        :param connection: As for `_sberbank_get_client`.
        :return: None
        """
        txs = self._sberbank_find_advances().transaction_id
        if not txs:
            self.sberbank_close_at = False
            return
        with txs.sorted('id')[-1]._sberbank_locked() as tx:
            invoice = self.with_env(tx.env)
            invoice.sberbank_close_at = invoice._sberbank_get_next_close_at()
            closing = not invoice.sberbank_close_at and invoice._sberbank_note_closing(tx)
            is_to_be_sent = bool(closing) and closing.state == 'draft'
            if is_to_be_sent:  # If this worker dies, another one makes it anew.
                invoice.sberbank_close_at = fields.Datetime.now() + CLAIM
        if is_to_be_sent:
            txs._sberbank_let_go()
            closing.with_env(self.env)._send(patience, **connection)

    # === WHEN === #

    def _sberbank_get_next_close_at(self):
        """Return when to look again, or False if the second receipt is due.

        :rtype: datetime|bool
        """
        now = fields.Datetime.now()
        advances = self._sberbank_find_advances()
        if advances.transaction_id._sberbank_get_pending_refunds() or any(
            state in ON_THE_WAY for state in advances.mapped('state')
        ):
            return now + CLAIM
        if set(advances.mapped('state')) == {'done'} and self._sberbank_is_handed_over():
            return False
        age = now - fields.Datetime.to_datetime(self.date)
        return now + next(interval for up_to_age, interval in SCHEDULE if age < up_to_age)

    def _sberbank_is_handed_over(self):
        """Tell whether what the invoice is for is handed over: delivered, else by its date.

        Services are seldom counted as delivered; an invoice for nothing else says it by itself.

        :rtype: bool
        """
        self.ensure_one()
        lines = self.invoice_line_ids
        ordered = lines.sale_line_ids if 'sale_line_ids' in lines._fields else ()
        goods = [
            line
            for line in ordered
            if not line.display_type and not line.is_downpayment and line.product_id.type == 'consu'
        ]
        if goods:
            return all(line.qty_delivered >= line.qty_invoiced for line in goods)
        today = fields.Date.context_today(self.with_context(tz=const.TIMEZONE))
        return not self.delivery_date or self.delivery_date <= today

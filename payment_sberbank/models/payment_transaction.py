from contextlib import contextmanager

import psycopg2
from psycopg2.extensions import TRANSACTION_STATUS_IDLE

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .. import const, gateway
from ..core import open_cursor


class PaymentTransaction(models.Model):
    """The ground floor: what every step of a payment stands on, and nothing else.

    Each step has a file of its own. It leans on this one and on steps below it. Where a step has to
    reach one that leans on it, it calls a hook of this file, which the other one overrides.
    """

    _inherit = 'payment.transaction'

    # By these, a callback, a booking and a customer's page search the table of all transactions.
    provider_reference = fields.Char(index='btree_not_null')
    payment_id = fields.Many2one(index='btree_not_null')
    partner_id = fields.Many2one(index=True)
    sberbank_order_number = fields.Char(
        string="Order Number at the Bank",
        help="The order's number that the bank's cabinet shows (orderNumber).",
        readonly=True,
        copy=False,
    )
    sberbank_form_url = fields.Char(
        string="Payment Page",
        help="The address of the order's payment page at the bank (formUrl).",
        readonly=True,
        copy=False,
    )
    sberbank_registered_at = fields.Datetime(
        string="Registered at the Bank", readonly=True, copy=False
    )
    sberbank_ordered_amount = fields.Monetary(
        string="Ordered Amount",
        help="What the order at the bank is for, when another amount was taken and accepted.",
        readonly=True,
        copy=False,
    )

    _sberbank_order_number_uniq = models.UniqueIndex(
        '(sberbank_order_number) WHERE sberbank_order_number IS NOT NULL'
    )
    _sberbank_order_id_uniq = models.UniqueIndex(
        '(provider_id, provider_reference)'
        ' WHERE sberbank_order_number IS NOT NULL AND provider_reference IS NOT NULL'
    )
    _sberbank_latest_idx = models.Index("(provider_id, last_state_change) WHERE state = 'done'")

    # === AMOUNTS === #

    def _sberbank_get_amount(self):
        """Return the amount in kopecks. A refund's amount is negative in Odoo, not at the bank.

        :rtype: int
        :raise gateway.NotWholeKopecks: If it is no whole number of kopecks.
        """
        self.ensure_one()
        return gateway.to_kopecks(-self.amount if self.operation == 'refund' else self.amount)

    def _sberbank_get_ordered_amount(self):
        """Return what the order was registered for at the bank, in kopecks.

        :rtype: int
        """
        self.ensure_one()
        return gateway.to_kopecks(self.sberbank_ordered_amount or self.amount)

    # === THE BANK === #

    def _sberbank_get_client(self, **options):
        """Return a client of the gateway for this transaction, to be used in this thread.

        Each call is written down, and no snapshot of the database is held meanwhile.

        :param options: Others, of `gateway.GatewayClient`.
        :rtype: gateway.GatewayClient
        :raise gateway.WrongSettings: If the settings can't be used.
        """
        self.ensure_one()
        options.setdefault('before_call', self._sberbank_let_go)
        if 'on_exchange' not in options:
            exchanges, language = self.env['sberbank.exchange'], self._sberbank_get_staff_lang()
            options['on_exchange'] = exchanges._recorder(self.id, language)
        return self.provider_id._sberbank_get_client(is_live=self.is_live, **options)

    def _sberbank_let_go(self):
        """Hold no snapshot of the database while the bank is asked: it may take its time.

        A database transaction in which somebody has written, or locked a row, is left to them:
        what they began must still be undone as a whole. None of our routes and jobs is in one
        when it asks; a refund is, for Odoo makes its transaction before it is sent.

        :return: None
        """
        cr = self.env.cr
        if cr.connection.info.transaction_status == TRANSACTION_STATUS_IDLE:
            return
        self.env.flush_all()
        cr.execute(SQL('SELECT pg_current_xact_id_if_assigned() IS NULL'))
        [is_only_read] = cr.fetchone()
        if is_only_read:
            cr.commit()  # pylint: disable=invalid-commit

    def _sberbank_get_order_id(self):
        """Return the bank's id of the order, by which money is taken, released and returned.

        :rtype: str
        :raise UserError: If the bank has never named it: its answer to register.do was lost.
        """
        self.ensure_one()
        if not self.provider_reference:
            raise UserError(
                self.env._(
                    "The bank has not named its id of this order, so it can't be asked to act. Use"
                    " the bank's cabinet."
                )
            )
        return self.provider_reference

    # === LOCKING === #

    def _sberbank_lock_rows(self):
        """Wait for the rows, not for ever, and hold them until the database transaction's end.

        :return: None
        :raise psycopg2.errors.LockNotAvailable: If somebody else holds one for too long.
        :raise psycopg2.errors.SerializationFailure: If another worker has changed one since
            this database transaction looked at the first one: all of it begins anew then.
        """
        self.env.cr.execute(
            SQL(
                """
                SET LOCAL lock_timeout = %s;
                SELECT 1 FROM payment_transaction WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE
                """,
                const.LOCK_PATIENCE_MS,
                self.ids,
            ),
            log_exceptions=False,
        )
        self.invalidate_recordset()

    def _sberbank_lock_latest_rows(self):
        """Lock the rows as the first thing in a database transaction, as others have left them.

        :return: None
        :raise psycopg2.errors.LockNotAvailable: If somebody else holds one for too long.
        """
        while True:
            try:
                self._sberbank_lock_rows()
                return
            except psycopg2.errors.SerializationFailure:
                self.env.cr.rollback()

    @contextmanager
    def _sberbank_locked(self):
        """Yield the transaction, its row locked, in a cursor of its own that is committed after.

        A worker that waited for the lock sees what the one before it has written.
        """
        self.ensure_one()
        with open_cursor(self.env.registry) as cr:
            tx = self.with_env(api.Environment(cr, SUPERUSER_ID, dict(self.env.context)))
            tx._sberbank_lock_latest_rows()
            yield tx._sberbank_for_staff()

    def _sberbank_for_staff(self):
        """Return the transaction as the system writes it: for its company, in its staff's language.

        :rtype: payment.transaction
        """
        self.ensure_one()
        return self.with_user(SUPERUSER_ID).with_context(
            allowed_company_ids=self.company_id.ids, lang=self._sberbank_get_staff_lang()
        )

    # === LANGUAGES === #

    def _sberbank_get_staff_lang(self):
        """Return the language of what is written for staff, whoever made us write it.

        :return: An Odoo language code.
        :rtype: str
        """
        self.ensure_one()
        # Two columns and not two wide rows, for all that is ever written begins with this.
        return self.company_id.sudo().with_context(prefetch_fields=False).partner_id.lang

    def _sberbank_translate_for_payer(self):
        """Return the transaction in the language of its payer, for texts that the payer reads.

        :rtype: payment.transaction
        """
        self.ensure_one()
        return self.with_context(lang=self.partner_lang or self.env.context.get('lang'))

    # === TOOLS === #

    def _sberbank_is_older_than(self, age):
        return self.create_date < fields.Datetime.now() - age

    def _sberbank_trigger_booking(self):
        """Have the job that books run as soon as this database transaction is committed."""
        self.env['ir.cron']._sberbank_get_job('book_payments')._trigger()

    # === HOOKS === #

    def _sberbank_awaits_refund(self):
        """Tell whether the bank was asked to return money and has not said yet what came of it.

        :rtype: bool
        """
        return False

    def _sberbank_note_returned_money(self, order):
        """Compare what the bank gave back with what is known here.

        :param gateway.Order order: The order as the bank knows it, compared with ours already.
        """

    def _sberbank_awaits_call_off(self):
        """Tell whether the order is open at the bank and nobody is to pay it any more.

        :rtype: bool
        """
        return False

    def _sberbank_complete_question(self, client, question):
        """Return what is put to the bank about the order: it may have to be told something first.

        :param gateway.GatewayClient client: Whom to talk to the bank through, in any thread.
        :param callable question: Asks the bank and returns the order, a `gateway.Order`.
        :rtype: callable
        """
        return question

    def _sberbank_supersede_others(self):
        """Take notice that the payer has set out to pay with this transaction."""

    def _sberbank_note_part(self, order):
        """Take notice of a part of a hold that was taken because staff asked for it.

        :param gateway.Order order: The order as the bank knows it, not compared with ours yet.
        """

    def _sberbank_get_card(self):
        """Return the card on file that the order is paid by, or whose card may be kept on file.

        :rtype: gateway.CardOnFile|None
        """

    def _sberbank_look_for_card(self, client):
        """Make sure before the order is registered that the bank still has the saved card.

        :param gateway.GatewayClient client: Whom to ask through.
        :return: None
        :raise gateway.GatewayError: If the bank can't be asked.
        """

    def _sberbank_watch_hold(self):
        """Have what a hold is for noted soon, and tell staff of one that is about to be lost."""

    def _sberbank_note_lost_hold(self):
        """Take notice that the bank has released a hold of which nothing was taken."""

    def _sberbank_finish_hold(self):
        """Have other apps take note of the hold, unless they have, while all of it is held."""

    def _sberbank_follow_receipts(self, order):
        """Let the receipts of the order follow its state.

        :param gateway.Order order: The order as the bank knows it, compared with ours already.
        """

    def _sberbank_get_operation_receipt(self, operation, amount, refund=None):
        """Write down the receipt of what the bank is about to be asked to do, and return it.

        :param str operation: 'capture', 'reversal' or 'refund'.
        :param int amount: Kopecks that are taken or go back.
        :param payment.transaction refund: The refund, if it is one.
        :return: What the register is told, or None if it is told nothing.
        :rtype: gateway.Receipt|None
        :raise ValidationError: If there can be no receipt that is right.
        """

    def _sberbank_owe_return_receipt(self, refund):
        """Write down that the receipt of a return is due of which the register was told nothing.

        :param payment.transaction refund: What the bank returned without being asked from here.
        """

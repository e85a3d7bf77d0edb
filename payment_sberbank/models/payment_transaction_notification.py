from psycopg2.errors import SerializationFailure

from odoo import fields, models
from odoo.tools import SQL

from .. import const

# What an operation that went well tells, by the states in which it is no news.
OLD_NEWS = {
    'approved': ('authorized', 'done'),
    'deposited': ('done',),
    'declinedByTimeout': ('cancel',),
}


class PaymentTransaction(models.Model):
    """What is made of a notification. It is only a hint: what it says is asked for at the bank."""

    _inherit = 'payment.transaction'

    def _sberbank_is_old_news(self, notification):
        """Tell whether the bank need not be asked: it has confirmed before what it tells now.

        :param gateway.Notification notification: The notification, which may be anybody's.
        :rtype: bool
        """
        self.ensure_one()
        return notification.status == '1' and self.state in OLD_NEWS.get(notification.operation, ())

    def _sberbank_note_notified(self, *names):
        """Write down that the bank has told of the order, unless somebody is writing its row.

        The caller has written nothing yet: the database transaction is begun anew if need be.

        :param str names: More fields in which this moment is written down.
        :return: Whether it is written. Whoever else writes the row has heard of the order, too.
        :rtype: bool
        """
        self.ensure_one()
        names = ('sberbank_notified_at', *names)
        now = fields.Datetime.now()
        note = SQL(
            """
            UPDATE payment_transaction
               SET %(values)s
             WHERE id IN (
                       SELECT id
                         FROM payment_transaction
                        WHERE id = %(id)s
                   FOR NO KEY UPDATE SKIP LOCKED
                   )
            """,
            values=SQL(', ').join(SQL('%s = %s', SQL.identifier(name), now) for name in names),
            id=self.id,
        )
        self.invalidate_recordset(names)
        try:
            self.env.cr.execute(note, log_exceptions=False)
        except SerializationFailure:
            self.env.cr.rollback()
            return False
        return bool(self.env.cr.rowcount)

    def _sberbank_hear(self, notification, *, http_status, time_limit):
        """Ask the bank about the order, apply what it says, and write both down together.

        It is done in the caller's database transaction, which is committed before the bank is
        asked.

        :param gateway.Notification notification: The notification that is followed.
        :param int http_status: What the bank is answered to it.
        :param float time_limit: Seconds that the question may take.
        :return: None
        :raise gateway.GatewayError: If the bank gave no usable answer; nothing is changed then.
        :raise psycopg2.errors.LockNotAvailable: If somebody else holds the row for too long.
        """
        self.ensure_one()
        exchanges = self.env['sberbank.exchange']._collector()
        tx = self._sberbank_for_staff()
        try:
            order = tx._sberbank_ask(
                time_limit=time_limit,
                before_call=self.env.cr.commit,
                on_exchange=exchanges.recorder(tx.id, tx.env.lang),
            )
            tx._sberbank_lock_latest_rows()
            tx._process(const.PROVIDER_CODE, {'order': order})
            tx.sberbank_notified_at = fields.Datetime.now()
            exchanges.keep_with(tx, notification, 'applied', http_status=http_status)
            tx.env.flush_all()
        except Exception:
            # What was asked was asked, whatever becomes of the answer.
            self.env.cr.rollback()
            exchanges.save()
            raise

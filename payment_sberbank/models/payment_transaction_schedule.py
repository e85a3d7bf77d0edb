from datetime import timedelta

from odoo import fields, models

# How long after its registration an order is asked about how often, by the transaction's state:
# pairs of the age up to which and the interval at which. After the last age it is left alone.
# Unpaid orders die at the bank after minutes; paid ones are watched for refunds made in the bank's
# cabinet, and dead ones for a payment that was under way when they died.
UNFINISHED_SCHEDULE = (
    (timedelta(minutes=5), timedelta(minutes=1)),
    (timedelta(minutes=30), timedelta(minutes=5)),
    (timedelta(hours=3), timedelta(minutes=20)),
    (timedelta(days=2), timedelta(hours=3)),
    (timedelta(days=30), timedelta(days=1)),
)
DEAD_SCHEDULE = (
    (timedelta(hours=1), timedelta(minutes=10)),
    (timedelta(days=1), timedelta(hours=3)),
    (timedelta(days=3), timedelta(days=1)),
)
HELD_SCHEDULE = (
    (timedelta(days=1), timedelta(hours=3)),
    (timedelta(days=40), timedelta(days=1)),
)
PAID_SCHEDULE = ((timedelta(days=5), timedelta(days=1)),)
SCHEDULES = {
    'draft': UNFINISHED_SCHEDULE,
    'pending': UNFINISHED_SCHEDULE,
    'authorized': HELD_SCHEDULE,
    'done': PAID_SCHEDULE,
    'cancel': DEAD_SCHEDULE,
    'error': DEAD_SCHEDULE,
}

# While the bank has not said what came of a refund, it is asked about it that often.
REFUND_INTERVAL = timedelta(minutes=5)

# An order that is being asked about is left to that worker for so long. An order that the bank gave
# no answer about is asked about again after it.
CLAIM = timedelta(minutes=5)

# What the bank was asked to do is done and written down by then, or something went wrong.
EXPECTED_WITHIN = timedelta(minutes=2)


class PaymentTransaction(models.Model):
    """When the bank is asked about an order that nobody tells us about."""

    _inherit = 'payment.transaction'

    sberbank_next_ask_at = fields.Datetime(
        string="Bank Is Asked at",
        help="When the bank is asked about the order next, if nothing is heard of it before.",
        readonly=True,
        copy=False,
        index='btree_not_null',
    )

    _sberbank_unfinished_idx = models.Index(
        "(provider_id, create_date) WHERE state IN ('draft', 'pending')"
        " AND sberbank_next_ask_at IS NOT NULL"
    )

    def _sberbank_get_next_ask_at(self):
        """Return when to ask about the order next, less and less often as it grows older.

        :return: The moment, or False to leave the order alone.
        :rtype: datetime|bool
        """
        self.ensure_one()
        now = fields.Datetime.now()
        if self.state == 'done' and self._sberbank_awaits_refund():
            return now + REFUND_INTERVAL
        age = now - self._sberbank_get_begin()
        for up_to_age, interval in SCHEDULES[self.state]:
            if age < up_to_age:
                return now + interval
        return False

    def _sberbank_schedule(self, between=None):
        """Write down when the bank is asked next, unless the order is old enough to be left alone.

        What the bank has told of since it was asked remains to be asked about.

        :param tuple between: The earliest and the latest moment, if the schedule is not to decide.
        :return: None
        """
        self.ensure_one()
        if self._sberbank_is_hint_waiting():
            return
        next_ask_at = self._sberbank_get_next_ask_at()
        if next_ask_at and between:
            earliest, latest = between
            next_ask_at = min(max(next_ask_at, earliest), latest)
        self.sberbank_next_ask_at = next_ask_at

    def _sberbank_is_hint_waiting(self):
        """Tell whether the bank has told of the order and was not asked about it since.

        Both moments are written down as one, and are two again once somebody claims the order.

        :rtype: bool
        """
        told_at = self.sberbank_notified_at
        return bool(told_at) and self.sberbank_next_ask_at == told_at

    def _sberbank_get_begin(self):
        """Return since when the bank may know of the order.

        :rtype: datetime
        """
        return self.sberbank_registered_at or self.create_date

    def _sberbank_ask_soon(self):
        """Have the job ask at its next run: something was said of the order that must be looked at.

        Whoever holds the row writes down the next time by themselves.

        :return: None
        """
        for tx in self.try_lock_for_update(allow_referencing=True):
            tx.sberbank_next_ask_at = fields.Datetime.now()

    def _sberbank_expect_change(self, **values):
        """Write down that the bank is about to be asked to act, whatever becomes of us then.

        If this worker dies, or what it writes is undone, the job asks the bank what was done.

        :param values: More values of the transaction to write.
        :return: None
        """
        with self._sberbank_locked() as tx:
            tx.write({'sberbank_next_ask_at': fields.Datetime.now() + EXPECTED_WITHIN, **values})

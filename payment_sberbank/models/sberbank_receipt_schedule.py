from odoo import fields, models

from .receipt_rhythm import (
    DELAYED_AFTER,
    FIRST_ASK,
    LATE_AFTER,
    RETRY_AFTER,
    SCHEDULE,
    SETTLED,
)


class SberbankReceipt(models.Model):
    """When the bank is asked about a receipt, and when it is asked to send it again."""

    _inherit = 'sberbank.receipt'

    def _schedule(self):
        """Write down when the bank is asked next, or that it is asked no more.

        :return: None
        """
        self.ensure_one()
        self.next_ask_at = self._get_next_ask_at()

    def _get_next_ask_at(self):
        if self.state in SETTLED:
            return False
        now = fields.Datetime.now()
        age = now - (self.retried_at or self._get_asked_at())
        for up_to_age, interval in SCHEDULE:
            if age < up_to_age:
                return now + interval
        return False

    def _get_asked_at(self):
        """Return since when the register may know of the receipt.

        :rtype: datetime
        """
        return self.asked_at or self.create_date

    def _get_waiting_state(self):
        """Return what a receipt is called that the register has not issued yet.

        :return: A value of `state`.
        :rtype: str
        """
        age = fields.Datetime.now() - self._get_asked_at()
        if age >= LATE_AFTER:
            return 'late'
        return 'delayed' if age >= DELAYED_AFTER else 'waiting'

    def _may_be_sent_again(self):
        """Tell whether the bank has tried for long enough by itself.

        :rtype: bool
        """
        return fields.Datetime.now() >= self._get_retry_at()

    def _get_retry_at(self):
        """Return when the bank may be asked to send the receipt again.

        :rtype: datetime
        """
        return (self.retried_at or self._get_asked_at()) + RETRY_AFTER

    def _was_asked_for(self, moment=None):
        """Write down that the register was asked for it now, or when the operation was.

        :param datetime moment: When; now if it is not given.
        :return: None
        """
        moment = moment or fields.Datetime.now()
        for receipt in self:
            receipt.write({
                'state': 'sent',
                'asked_at': moment,
                'next_ask_at': max(moment + FIRST_ASK, fields.Datetime.now()),
            })

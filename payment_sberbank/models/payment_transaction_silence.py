from datetime import timedelta

from odoo import fields, models

from .. import gateway
from ..wording import translate
from .payment_transaction_schedule import CLAIM

# How long an order may stay unknown or unanswered before something is made of it. While it is
# unanswered it is asked about at least that often.
PATIENCE = timedelta(hours=1)

# The bank has told of the order a short while ago: there is news, and it is asked for soon.
NEWS_AGE = timedelta(minutes=10)
NEWS_PAUSE = timedelta(minutes=1)


class PaymentTransaction(models.Model):
    """Orders of which the bank says nothing usable: asked about again, and never left silently."""

    _inherit = 'payment.transaction'

    sberbank_silent_since = fields.Datetime(
        string="No Answer Since",
        help="Since when the bank has given no usable answer about the order.",
        readonly=True,
        copy=False,
    )

    def _sberbank_note_silence(self, error):
        """Tell staff of an order that could not be read for long, and ask again.

        :param gateway.GatewayError error: Why there is no answer.
        :return: None
        """
        self.ensure_one()
        now = fields.Datetime.now()
        self.sberbank_silent_since = self._sberbank_get_silent_since()
        is_final = not isinstance(error, gateway.Unavailable)
        since = self.create_date if is_final else self.sberbank_silent_since
        if since <= now - PATIENCE and self.operation != 'validation':
            self._sberbank_need_attention('not_answered', translate(error.detail, self.env.lang))
        wished = timedelta(seconds=getattr(error, 'retry_after', None) or 0)
        pause = max(NEWS_PAUSE if self._sberbank_has_news() else CLAIM, wished)
        self._sberbank_schedule(between=(now + pause, now + max(pause, PATIENCE)))
        if not self.sberbank_next_ask_at:
            self._sberbank_give_up()

    def _sberbank_has_news(self):
        """Tell whether the bank has told of the order, which is not at its end here, just now.

        :rtype: bool
        """
        notified_at = self.sberbank_notified_at
        is_open = self.state in ('draft', 'pending')
        return is_open and bool(notified_at) and notified_at > fields.Datetime.now() - NEWS_AGE

    def _sberbank_get_silent_since(self):
        """Return since when nothing usable was heard. In draft, the bank has said nothing yet.

        :rtype: datetime
        """
        if self.sberbank_silent_since:
            return self.sberbank_silent_since
        if self.state == 'draft':
            return self.sberbank_registered_at or self.create_date
        return fields.Datetime.now()

    def _sberbank_end_silence(self):
        """Note that the bank has told of the order, and when it is asked about it next."""
        self.sberbank_silent_since = False
        self._sberbank_attention_solved('not_answered')
        self._sberbank_schedule()
        if self.sberbank_next_ask_at or self._sberbank_is_at_an_end():
            self._sberbank_attention_solved('given_up')
        else:
            self._sberbank_give_up()

    def _sberbank_is_at_an_end(self):
        is_refund_open = any(tx.state == 'pending' for tx in self._sberbank_get_returns())
        return self.state in ('done', 'cancel', 'error') and not is_refund_open

    def _sberbank_give_up(self):
        """Tell staff of an order that the bank is asked about no more, whatever became of it."""
        if self.operation == 'validation':
            return  # There is no money of it.
        self._sberbank_need_attention(
            'given_up',
            self.env._(
                "The bank has not said within %(days)s days what became of the order, and is asked"
                " no more.",
                days=(fields.Datetime.now() - self._sberbank_get_begin()).days,
            ),
        )

from odoo import fields, models

from .. import const
from . import payer_words


class PaymentTransaction(models.Model):
    """What follows from the bank's word, which was compared with ours before."""

    _inherit = 'payment.transaction'

    sberbank_masked_pan = fields.Char(
        string="Card",
        help="The number of the card that was paid with, its middle hidden.",
        readonly=True,
        copy=False,
    )
    sberbank_reference_number = fields.Char(
        string="RRN",
        help="The card system's number of the operation, which the bank's register names, too.",
        readonly=True,
        copy=False,
        index='btree_not_null',
    )
    sberbank_approval_code = fields.Char(
        string="Approval Code",
        help="The code by which the card's bank approved the payment.",
        readonly=True,
        copy=False,
    )
    sberbank_terminal = fields.Char(
        string="Terminal", help="The terminal at the bank.", readonly=True, copy=False
    )
    sberbank_payment_way = fields.Char(
        string="Payment Way",
        help="How the customer paid, in the bank's own word (paymentWay).",
        readonly=True,
        copy=False,
    )
    sberbank_decline_reason = fields.Char(
        string="Bank's Reason",
        help="Why the bank declined the latest attempt to pay: its code (actionCode) and its words."
        " The payer is told something calmer.",
        readonly=True,
        copy=False,
    )

    sberbank_paid_at = fields.Datetime(
        string="Paid at the Bank",
        help="When the bank took the money, by its own clock. The payment bears the date of that"
        " day in Moscow.",
        readonly=True,
        copy=False,
    )

    # === WHEN === #

    def _sberbank_get_bank_day(self):
        """Return the day on which the bank took the money, where the bank is.

        :rtype: date
        """
        moment = self.sberbank_paid_at or self.last_state_change
        in_moscow = self.with_context(tz=const.TIMEZONE)
        return fields.Datetime.context_timestamp(in_moscow, moment).date()

    def _sberbank_is_paid_today(self):
        """Tell whether the day on which the bank took the money is not over there.

        :rtype: bool
        """
        return self._sberbank_get_bank_day() == self.provider_id._sberbank_get_today()

    # === THE STATE === #

    def _sberbank_follow(self, order):
        """Set the state that the bank's word leads to. States never go backwards.

        :param gateway.Order order: The order as the bank knows it, compared with ours already.
        :return: None
        """
        self._sberbank_note_order(order)
        if self._sberbank_is_taken_in_parts(order):
            self._sberbank_set_held()
            self._sberbank_record_captures(order)
        if order.is_money_taken:
            self._sberbank_set_paid()
        elif order.is_held:
            self._sberbank_set_held()
        elif order.is_reversed or order.is_declined:
            self._sberbank_set_unpaid(order)
        elif self.state == 'draft':
            self._set_pending()
            # Other apps would tell the customer that the money is on its way. Nothing was paid.
            self.is_post_processed = True
        self._sberbank_watch_state(order)

    def _sberbank_watch_state(self, order):
        """Tell staff of a state that nothing follows from, though money may have been taken.

        :param gateway.Order order: The order as the bank knows it, compared with ours already.
        :return: None
        """
        if order.is_partly_paid and not self.sberbank_has_captures:
            self._sberbank_need_attention(
                'unclear', self.env._("The bank has taken a part of the amount, and the rest not.")
            )
        elif order.is_unknown:
            self._sberbank_need_attention(
                'unclear',
                self.env._(
                    "The bank says that the order is in state %(state)s. What that means is not"
                    " known.",
                    state=order.status,
                ),
            )
        else:
            self._sberbank_attention_solved('unclear')

    def _sberbank_set_paid(self):
        if self.state == 'done':
            return
        self._set_done(extra_allowed_states=('cancel',))
        self._sberbank_trigger_booking()

    def _sberbank_set_held(self):
        if self.state in ('draft', 'pending'):
            self._set_authorized()
        elif self.state in ('cancel', 'error'):
            self._set_authorized(extra_allowed_states=('cancel', 'error'))

    def _sberbank_set_unpaid(self, order):
        if self.state not in ('draft', 'pending', 'authorized', 'error'):
            return
        was_held = self.state == 'authorized'
        was_never_paid = (
            self.state in ('draft', 'pending')
            and order.is_declined
            and not (order.deposited_amount or order.refunded_amount)
        )
        self._set_canceled(
            state_message=self._sberbank_get_unpaid_message(order),
            extra_allowed_states=('error',),
        )
        if was_held:
            self._sberbank_note_lost_hold()
        if was_never_paid:
            self._sberbank_came_to_nothing()

    def _sberbank_get_unpaid_message(self, order):
        """Return the calm sentence for the payer; the bank's code and text are for staff."""
        if order.is_reversed:
            return payer_words.tell_payer(self, 'released')
        if self._sberbank_awaits_call_off():
            return payer_words.tell_payer(self, 'called_off')
        if order.is_expired:
            return payer_words.tell_payer(self, 'expired')
        return self._sberbank_describe_decline_to_payer(order)

    # === BESIDE THE STATE === #

    def _sberbank_note_order(self, order):
        """Keep what the bank tells about the order beside its state.

        :param gateway.Order order: The order as the bank knows it.
        :return: None
        """
        method = self._sberbank_get_payment_method(order) or self.payment_method_id
        told = {
            'provider_reference': self.provider_reference or order.order_id,
            'payment_method_id': method.id,
            'sberbank_masked_pan': order.masked_pan or self.sberbank_masked_pan,
            'sberbank_reference_number': order.reference_number or self.sberbank_reference_number,
            'sberbank_approval_code': order.approval_code or self.sberbank_approval_code,
            'sberbank_terminal': order.terminal_id or self.sberbank_terminal,
            'sberbank_payment_way': order.payment_way or self.sberbank_payment_way,
            'sberbank_decline_reason': _describe_decline(order),
            'sberbank_paid_at': self.sberbank_paid_at or _get_paid_at(order),
        }
        [known] = self.read(told, load=None)
        if news := {name: value for name, value in told.items() if value != known[name]}:
            self.write(news)

    def _sberbank_get_decline_code(self):
        """Return the bank's code for the latest attempt to pay, as it was written down.

        :return: The action code; None if the bank has told none.
        :rtype: int|None
        """
        code, _colon, _words = (self.sberbank_decline_reason or '').partition(':')
        return int(code) if code.lstrip('-').isdecimal() else None

    def _sberbank_get_payment_method(self, order):
        code = const.PAYMENT_SYSTEMS_MAPPING.get((order.payment_system or '').upper())
        way = (order.payment_way or '').upper()
        if 'SBP' in way:
            code = const.SBP
        elif way.startswith(('SBERPAY', 'SBOL')):
            code = 'sberpay'
        if not code:
            return None
        if code == self.payment_method_id.code:
            return self.payment_method_id
        # Many orders are applied in one database transaction, and paid by a handful of methods.
        known = self.env.cr.cache.setdefault('sberbank_payment_methods', {})
        if code not in known:
            known[code] = self.env['payment.method']._get_from_code(code).id
        return self.env['payment.method'].browse(known[code])


def _describe_decline(order):
    """Return the bank's code and words for an attempt to pay that failed, or False.

    :param gateway.Order order: The order as the bank knows it.
    :rtype: str|bool
    """
    if order.is_money_taken or not order.action_code:
        return False
    return f'{order.action_code}: {order.action_code_description or "?"}'


def _get_paid_at(order):
    """Return when the bank took the money, or False if it does not say so, or not yet.

    :param gateway.Order order: The order as the bank knows it.
    :rtype: datetime|bool
    """
    if not (order.is_money_taken and order.deposited_at):
        return False
    # The bank's clock may be ahead of ours; nothing is booked in the future.
    return min(order.deposited_at.replace(tzinfo=None, microsecond=0), fields.Datetime.now())

from functools import partial

import psycopg2

from odoo import fields, models

from .. import const, gateway
from ..gateway.wording import _lt
from ..log import get_logger
from ..wording import display_amount
from . import payer_words

_logger = get_logger(__name__)


class PaymentTransaction(models.Model):
    """The one way for money to be believed: ask the bank, apply what it says.

    (Who speaks is checked by the callback's controller, the only place where somebody speaks.)
    """

    _inherit = 'payment.transaction'

    sberbank_notified_at = fields.Datetime(
        string="Notified by the Bank",
        help="When the bank's latest notification of the order came.",
        readonly=True,
        copy=False,
    )

    # === ASK === #

    def _sberbank_question(self, client=None, **connection):
        """Prepare the question about the order, to be put to the bank in any thread.

        :param gateway.GatewayClient client: Whom to ask through, a new one by default.
        :param connection: Of a new one, see `_sberbank_get_client`.
        :return: Asks the bank and returns the order, a `gateway.Order`. Raises a
                 `gateway.GatewayError` if the bank gives no usable answer.
        :rtype: callable
        """
        self.ensure_one()
        if self.provider_reference:
            names = {'order_id': self.provider_reference}
        elif self.sberbank_order_number:
            names = {'order_number': self.sberbank_order_number}
        else:
            return partial(
                _raise,
                gateway.OrderNotFound(
                    _lt("The bank was never told of this transaction."), code='', message=''
                ),
            )
        try:
            client = client or self._sberbank_get_client(**connection)
        except gateway.WrongSettings as error:
            return partial(_raise, error)
        return self._sberbank_complete_question(client, partial(_ask, client, names))

    def _sberbank_ask(self, client=None, **connection):
        """Ask the bank about the order.

        :param gateway.GatewayClient client: Whom to ask through, a new one by default.
        :param connection: Of a new one, see `_sberbank_get_client`.
        :return: The order as the bank knows it now, with all that has to be compared.
        :rtype: gateway.Order
        :raise gateway.GatewayError: If the bank gave no usable answer.
        """
        return self._sberbank_question(client, **connection)()

    def _sberbank_refresh(self, client=None, **connection):
        """Ask the bank about the order and apply what it says.

        :param gateway.GatewayClient client: Whom to ask through, a new one by default.
        :param connection: Of a new client, see `_sberbank_get_client`.
        :return: The order as the bank knows it.
        :rtype: gateway.Order
        :raise gateway.GatewayError: If the bank gave no usable answer; nothing is changed then.
        """
        self.ensure_one()
        order = self._sberbank_ask(client, **connection)
        self._sberbank_apply(order)
        return order

    # === APPLY === #

    def _sberbank_apply(self, order):
        """Apply the bank's word under a row lock, in a database transaction of its own.

        :param gateway.Order order: The order as the bank knows it.
        :return: None
        :raise psycopg2.errors.SerializationFailure: If others are in the way again and again.
        """
        for tries_left in reversed(range(const.APPLYING_TRIES)):
            try:
                with self._sberbank_locked() as tx:
                    tx._process(const.PROVIDER_CODE, {'order': order})
                return
            except psycopg2.errors.SerializationFailure:
                # A worker that books a refund holds the refund's row, and not the payment's.
                if not tries_left:
                    raise

    def _extract_amount_data(self, payment_data):
        """Override of `payment` to leave the comparison of amounts to `_apply_updates`.

        The core compares only until the transaction is in error, so that the same wrong amount is
        accepted when it is delivered again.
        """
        if self.provider_code != const.PROVIDER_CODE or self.operation == 'refund':
            return super()._extract_amount_data(payment_data)
        return None

    def _apply_updates(self, payment_data):
        """Override of `payment` to update the transaction based on the bank's answer."""
        if self.provider_code != const.PROVIDER_CODE:
            super()._apply_updates(payment_data)
            return
        order = payment_data['order']
        self._sberbank_note_part(order)
        if mismatch := self._sberbank_describe_mismatch(order):
            self._sberbank_set_mismatch(mismatch)
        else:
            self._sberbank_attention_solved('mismatch')
            self._sberbank_follow(order)
            self._sberbank_follow_receipts(order)
            self._sberbank_note_returned_money(order)
            self._sberbank_note_operations(order)
            self._sberbank_watch_hold()
        self._sberbank_end_silence()

    def _sberbank_describe_mismatch(self, order):
        """Compare the order with the transaction, at every delivery anew.

        :param gateway.Order order: The order as the bank knows it.
        :return: What differs, for staff, or None if all is ours.
        :rtype: str|None
        """
        in_amounts = self._sberbank_describe_difference_in_amounts(order)
        if in_amounts and (explanation := self._sberbank_explain_amount(order)):
            in_amounts = f'{in_amounts}. {explanation}'
        differences = [self._sberbank_describe_difference_in_names(order), in_amounts]
        return '; '.join(filter(None, differences)) or None

    def _sberbank_explain_amount(self, order):
        """Return why the bank may rightly have taken less than was ordered, for staff.

        It is a person's decision all the same.

        :param gateway.Order order: The order as the bank knows it.
        :rtype: str|None
        """
        ordered = self._sberbank_get_ordered_amount()
        taken = min(filter(None, (order.amount, order.deposited_amount)), default=ordered)
        if taken >= ordered:
            return None
        rest = display_amount(self.env, ordered - taken)
        if order.is_on_credit:
            return self.env._(
                "The customer took a credit at the bank. Who bears the other %(rest)s is said in"
                " the contract with the bank.",
                rest=rest,
            )
        if order.has_bonuses:
            return self.env._(
                "The customer paid the other %(rest)s with bonus points. The bank's register says"
                " when they are paid out.",
                rest=rest,
            )
        return None

    def _sberbank_describe_difference_in_names(self, order):
        """Compare what says that it is this order.

        :param gateway.Order order: The order as the bank knows it.
        :return: What differs, for staff, or None if all is ours.
        :rtype: str|None
        """
        # What the bank left out is not compared, but one of the order's names must be there.
        compared = []
        if order.order_id and self.provider_reference:
            compared.append((
                self.env._("the bank's order id"),
                self.provider_reference,
                order.order_id,
            ))
        if order.order_number or not compared:
            compared.append((
                self.env._("order number"),
                self.sberbank_order_number,
                order.order_number,
            ))
        if order.currency:
            compared.append((self.env._("currency"), gateway.CURRENCY_NUMBER, order.currency))
        return self._sberbank_describe_differences(compared, lambda value: value or "?")

    def _sberbank_describe_difference_in_amounts(self, order):
        """Compare the amounts of the order, in kopecks.

        :param gateway.Order order: The order as the bank knows it.
        :return: What differs, for staff, or None if all is ours.
        :rtype: str|None
        """
        compared = [(self.env._("amount"), self._sberbank_get_ordered_amount(), order.amount)]
        if order.is_held and order.approved_amount is not None:
            compared.append((
                self.env._("held amount"),
                self._sberbank_get_amount(),
                order.approved_amount,
            ))
        # What was debited is the whole amount, unless part of it was reversed later on, or it is a
        # hold that is taken in parts; in all other states it is nothing.
        is_told = order.deposited_amount is not None or self.sberbank_has_captures
        is_final = self.state == 'done' and self.operation != 'validation'
        if is_told and not is_final:
            expected = self._sberbank_get_expected_taken(order)
            compared.append((self.env._("debited amount"), expected, order.taken_of(expected)))
        return self._sberbank_describe_differences(compared, self._sberbank_display_told)

    def _sberbank_display_told(self, kopecks):
        return "?" if kopecks is None else display_amount(self.env, kopecks)

    def _sberbank_describe_differences(self, compared, write=str):
        """Return what differs, for staff, or None if all is ours.

        :param list compared: What it is, ours, and the bank's.
        :param callable write: Writes ours and the bank's as staff read it.
        :rtype: str|None
        """
        differences = [
            self.env._(
                "%(what)s: %(ours)s here, %(theirs)s at the bank",
                what=what,
                ours=write(ours),
                theirs=write(theirs),
            )
            for what, ours, theirs in compared
            if ours != theirs
        ]
        return '; '.join(differences) or None

    def _sberbank_set_mismatch(self, mismatch):
        _logger.error(
            "Transaction %s does not match its order at the bank: %s", self.reference, mismatch
        )
        self._sberbank_need_attention('mismatch', mismatch)
        if self.state == 'done':
            return
        self._set_error(payer_words.tell_payer(self, 'mismatch'), extra_allowed_states=('cancel',))


def _ask(client, names):
    order = client.get_order_status_extended(**names)
    # The bank may leave out either of its names; the id says something if we know it.
    is_named = order.order_number or (order.order_id and 'order_id' in names)
    if order.amount is None or not is_named:
        raise gateway.UnexpectedAnswer(
            _lt("The bank's answer does not say which order it is about.")
        )
    return order


def _raise(error):
    raise error

from odoo import fields, models
from odoo.exceptions import UserError

from .. import const, gateway
from ..wording import describe_failure, describe_reason, display_amount


class PaymentTransaction(models.Model):
    """Money that the bank holds: to be taken, or to be released.

    The bank is looked at before it is asked to act, and again after: an answer can get lost after
    the bank has acted, and then the same click must not act twice.
    """

    _inherit = 'payment.transaction'

    sberbank_part_to_take = fields.Integer(
        string="Part to Take",
        help="How much of the hold staff asked the bank to take, in kopecks.",
        readonly=True,
        copy=False,
    )

    def action_capture(self):
        """Override of `payment` to refuse where nothing is held, in place of telling of success.

        Where something is, the others are left out, as ever: an invoice has all of its attempts.
        What the window shows of it goes along: whoever clicks twice takes nothing twice.
        """
        self.check_access('write')
        ours = self.filtered(lambda tx: tx.provider_code == const.PROVIDER_CODE)
        if ours == self and 'authorized' not in self.mapped('state'):
            raise UserError(self.env._("The bank holds no money for this transaction."))
        action = super().action_capture()
        if ours and action.get('res_model') == 'payment.capture.wizard':
            action['context'] = {**action['context'], **ours._sberbank_remember_captured()}
        return action

    def _capture(self, amount_to_capture=None):
        """Override of `payment` to complete the hold of the very order.

        There is a child only where the rest of the hold stays held, once the bank says so itself.
        """
        if self.provider_code != const.PROVIDER_CODE:
            return super()._capture(amount_to_capture=amount_to_capture)
        part = self._sberbank_get_part_to_take(amount_to_capture)
        self._sberbank_check_is_held()
        with self._sberbank_locked() as tx:  # Our snapshot may be older.
            keeps_rest = tx._sberbank_keeps_rest(part)
        if keeps_rest:
            self._sberbank_capture_part(part)
            return self
        order = self._sberbank_end_hold(
            lambda client, order_id, receipt: client.deposit(order_id, part, receipt=receipt),
            'capture',
            part,
        )
        self._sberbank_check_is_whole(order)
        if not order.is_money_taken:
            raise UserError(self.env._("The money was not taken: the hold is no more."))
        return self

    def _void(self, amount_to_void=None):
        """Override of `payment` to release the hold of the very order, without a child."""
        if self.provider_code != const.PROVIDER_CODE:
            return super()._void(amount_to_void=amount_to_void)
        if not self._sberbank_is_part(amount_to_void):
            self._sberbank_check_is_held()
        with self._sberbank_locked() as tx:  # Our snapshot may be older.
            if self._sberbank_is_part(amount_to_void) and tx._sberbank_has_released(amount_to_void):
                return self
            is_rest = tx._sberbank_is_capture_begun()
            rest = tx._sberbank_get_rest(amount_to_void) if is_rest else 0
        if is_rest:
            self._sberbank_release_rest(rest)
            return self
        self._sberbank_check_whole(amount_to_void)
        order = self.with_context(sberbank_released_here=True)._sberbank_end_hold(
            lambda client, order_id, receipt: client.reverse(order_id, receipt=receipt),
            'reversal',
            0,
        )
        self._sberbank_check_is_whole(order)
        if not (order.is_reversed or order.is_declined):
            raise UserError(self.env._("The money was taken already. Refund it instead."))
        return self

    def _sberbank_get_part_to_take(self, amount):
        """Return how much of the hold is to be taken, in kopecks.

        :param float|None amount: Roubles, or None for all of it.
        :rtype: int
        :raise UserError: If it is nothing, more than is held, or no whole number of kopecks.
        """
        held = self._sberbank_get_held()
        if amount is None:
            return held
        part = self._sberbank_read_kopecks(amount)
        if not 0 < part <= held:
            raise UserError(
                self.env._(
                    "The bank holds %(amount)s. Take no more than that, and no less than a kopeck.",
                    amount=display_amount(self.env, held),
                )
            )
        return part

    def _sberbank_check_is_held(self):
        """Make sure that there is a hold, as far as we know.

        :return: None
        :raise UserError: If there is none.
        """
        if self.state != 'authorized':
            raise UserError(self.env._("The bank holds no money for this transaction."))

    def _sberbank_check_is_whole(self, order):
        """Make sure that no part of the hold was taken while all of it was to be taken or released.

        :param gateway.Order order: The order as the bank knows it afterwards.
        :return: None
        :raise UserError: If one was.
        """
        if order.is_partly_paid:
            raise UserError(
                self.env._(
                    "A part of this hold was taken meanwhile, and nothing else. Look at the hold"
                    " again first."
                )
            )

    def _sberbank_has_released(self, amount):
        """Tell whether the bank has released a rest already: it does so when a part is taken.

        :param float amount: Roubles that are to be released.
        :rtype: bool
        """
        if self.state != 'done' or not self.sberbank_part_to_take:
            return False
        released = self._sberbank_get_ordered_amount() - self._sberbank_get_amount()
        return released > 0 and released == gateway.to_kopecks(amount)

    def _sberbank_get_rest(self, amount):
        """Return what is to be released of a hold of which parts were taken, in kopecks.

        :param float|None amount: Roubles, or None for all that is left.
        :rtype: int
        :raise UserError: If it is no whole number of kopecks.
        """
        return self._sberbank_get_held() if amount is None else self._sberbank_read_kopecks(amount)

    def _sberbank_read_kopecks(self, amount):
        """Return what staff have entered, in kopecks.

        :param float amount: Roubles.
        :rtype: int
        :raise UserError: If it is no whole number of kopecks.
        """
        try:
            return gateway.to_kopecks(amount)
        except gateway.NotWholeKopecks as error:
            raise UserError(describe_reason(self.env, error)) from error

    def _sberbank_is_part(self, amount):
        """Tell whether an amount is another one than all of it.

        :param float|None amount: Roubles, or None for all of it.
        :rtype: bool
        """
        return amount is not None and bool(self.currency_id.compare_amounts(amount, self.amount))

    def _sberbank_check_whole(self, amount):
        """Make sure that it is all of the hold that is to be released.

        :param float|None amount: Roubles, or None for all of it.
        :return: None
        :raise UserError: If it is a part.
        """
        if self._sberbank_is_part(amount):
            raise UserError(
                self.env._(
                    "A hold is released as a whole. To keep a part of it, take that part: the bank"
                    " releases the rest then."
                )
            )

    def _sberbank_end_hold(self, act, operation, part):
        """Complete or release the hold, unless it is ended already, and apply what came of it.

        :param callable act: Takes the client of the gateway, the bank's id of the order and the
            receipt, and asks the bank to act.
        :param str operation: What the receipt is of: 'capture' or 'reversal'.
        :param int part: How much is to be taken, in kopecks; it is written down before.
        :return: The order as the bank knows it afterwards, no longer held.
        :rtype: gateway.Order
        :raise UserError: If the bank refused or gave no answer.
        """
        self.ensure_one()
        self._ensure_provider_is_not_disabled()
        self._sberbank_check_is_held()
        failure = order = client = None
        try:
            client = self._sberbank_get_client()
            order = self._sberbank_ask(client)
            if mismatch := self._sberbank_describe_mismatch(order):
                self._sberbank_apply(order)  # It is on the list then, too.
                raise UserError(mismatch)
            if order.is_held:
                order_id = self._sberbank_get_order_id()
                receipt = self._sberbank_get_operation_receipt(
                    operation, part or self._sberbank_get_amount()
                )
                self._sberbank_expect_change(sberbank_part_to_take=part)
                act(client, order_id, receipt)
        except gateway.GatewayError as error:
            failure = error
            order = None
        try:
            order = self._sberbank_refresh(client)
        except gateway.GatewayError as error:
            failure = failure or error
        if failure and (order is None or order.is_held):
            raise UserError(describe_failure(self.env, failure)) from failure
        return order

    def _sberbank_note_part(self, order):  # pylint: disable=missing-return
        """Override of the ground floor to make the part of a hold that was taken the amount.

        Only the very part that staff asked for: anything else is a person's decision.
        """
        super()._sberbank_note_part(order)
        part, held = self.sberbank_part_to_take, self._sberbank_get_amount()
        if not (self.state == 'authorized' and order.is_money_taken and 0 < part < held):
            return
        if self.sberbank_has_captures:
            return  # The sum at the bank is that of all parts.
        if order.deposited_amount is None or order.taken_of(part) != part:
            return
        self._sberbank_keep_part(part)

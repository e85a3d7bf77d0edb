from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError

from .. import const, gateway
from ..wording import describe_failure, display_amount

# Card issuers release a hold after five days at the earliest.
HOLD_PATIENCE = timedelta(days=4)


class PaymentTransaction(models.Model):
    """Money that the bank holds: to be taken, to be released, or about to be lost.

    The bank is looked at before it is asked to act, and again after: an answer can get lost after
    the bank has acted, and then the same click must not act twice.
    """

    _inherit = 'payment.transaction'

    def action_capture(self):
        """Override of `payment` to refuse where nothing is held, in place of telling of success.

        Where something is, the others are left out, as ever: an invoice has all of its attempts.
        """
        self.check_access('write')
        ours = self.filtered(lambda tx: tx.provider_code == const.PROVIDER_CODE)
        if ours == self and 'authorized' not in self.mapped('state'):
            raise UserError(self.env._("The bank holds no money for this transaction."))
        return super().action_capture()

    def _capture(self, amount_to_capture=None):
        """Override of `payment` to complete the hold of the very order, without a child."""
        if self.provider_code != const.PROVIDER_CODE:
            return super()._capture(amount_to_capture=amount_to_capture)
        self._sberbank_check_whole(amount_to_capture)
        order = self._sberbank_end_hold(
            lambda client, order_id, receipt: client.deposit(
                order_id, self._sberbank_get_amount(), receipt=receipt
            ),
            'capture',
        )
        if not order.is_money_taken:
            raise UserError(self.env._("The money was not taken: the hold is no more."))
        return self

    def _void(self, amount_to_void=None):
        """Override of `payment` to release the hold of the very order, without a child."""
        if self.provider_code != const.PROVIDER_CODE:
            return super()._void(amount_to_void=amount_to_void)
        self._sberbank_check_whole(amount_to_void)
        order = self._sberbank_end_hold(
            lambda client, order_id, receipt: client.reverse(order_id, receipt=receipt),
            'reversal',
        )
        if not (order.is_reversed or order.is_declined):
            raise UserError(self.env._("The money was taken already. Refund it instead."))
        return self

    def _sberbank_check_whole(self, amount):
        """Make sure that it is all of the hold that is to be taken or released.

        :param float|None amount: Roubles, or None for all of it.
        :return: None
        :raise UserError: If it is a part.
        """
        if amount is not None and self.currency_id.compare_amounts(amount, self.amount):
            raise UserError(
                self.env._(
                    "Only all of a hold can be taken or released here. A part of it can be taken"
                    " in the bank's cabinet."
                )
            )

    def _sberbank_end_hold(self, act, operation):
        """Complete or release the hold, unless it is ended already, and apply what came of it.

        :param callable act: Takes the client of the gateway, the bank's id of the order and the
            receipt, and asks the bank to act.
        :param str operation: What the receipt is of: 'capture' or 'reversal'.
        :return: The order as the bank knows it afterwards, no longer held.
        :rtype: gateway.Order
        :raise UserError: If the bank refused or gave no answer.
        """
        self.ensure_one()
        self._ensure_provider_is_not_disabled()
        if self.state != 'authorized':
            raise UserError(self.env._("The bank holds no money for this transaction."))
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
                    operation, self._sberbank_get_amount()
                )
                self._sberbank_expect_change()
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

    def _sberbank_watch_hold(self):  # pylint: disable=missing-return
        """Override of the ground floor to tell staff of a hold that is about to be lost."""
        super()._sberbank_watch_hold()
        if self.state != 'authorized':
            self._sberbank_attention_solved('hold_waiting')
        elif self._sberbank_is_older_than(HOLD_PATIENCE):
            self._sberbank_need_attention(
                'hold_waiting',
                self.env._(
                    "%(amount)s has been held since %(date)s.",
                    amount=display_amount(self.env, self._sberbank_get_amount()),
                    date=fields.Date.to_string(self.create_date),
                ),
            )

from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from .. import const, gateway
from ..wording import describe_failure, display_amount
from .payment_transaction_schedule import EXPECTED_WITHIN

# The bank has acted by then, or never will.
UNDER_WAY = timedelta(minutes=15)


class PaymentTransaction(models.Model):
    """How a part of a hold is taken while the rest stays held, and how the rest is released then.

    The bank lets it be done again and again. So what is sent is written down before, under the
    hold's lock, together with what had been taken by then: nobody sends another part until it is
    known what came of it, and the same click takes nothing a second time.
    """

    _inherit = 'payment.transaction'

    sberbank_part_sent_at = fields.Datetime(
        string="Part Sent at",
        help="When the bank was asked to take a part of the hold, until it is known to have.",
        readonly=True,
        copy=False,
    )
    sberbank_part_sent_after = fields.Integer(
        string="Taken When the Part Was Sent",
        help="How much of the hold had been taken when the bank was last asked for a part, in"
        " kopecks.",
        readonly=True,
        copy=False,
    )

    def _sberbank_keeps_rest(self, part):
        """Tell whether the hold goes on after a part of it was taken.

        :param int part: How much is to be taken, in kopecks.
        :rtype: bool
        """
        if self._sberbank_is_capture_begun():
            return True
        is_part = part < self._sberbank_get_amount()
        return is_part and self.provider_id._sberbank_can_capture_in_parts()

    def _sberbank_is_capture_begun(self):
        """Tell whether a part of the hold was taken, or whether that is being found out.

        :rtype: bool
        """
        return self.sberbank_has_captures or self._sberbank_is_part_under_way()

    def _sberbank_is_part_under_way(self):
        """Tell whether the bank may still be about to take a part that it was asked for.

        :rtype: bool
        """
        sent_at = self.sberbank_part_sent_at
        return bool(sent_at) and fields.Datetime.now() < sent_at + UNDER_WAY

    def _sberbank_capture_part(self, part):
        """Have the bank take a part of the hold, once, and keep the rest.

        :param int part: How much, in kopecks.
        :return: None
        :raise UserError: If it was not taken, or if that is not known yet.
        """
        self._sberbank_change_hold(
            lambda client, order_id, receipt: client.deposit(order_id, part, receipt=receipt),
            part,
            self._sberbank_recall_captured(),
        )

    def _sberbank_remember_captured(self):
        """Return the context in which it is known how much of the holds was taken by now.

        :rtype: dict
        """
        # By the id as a text: it goes to the browser and back, and JSON has no other keys.
        return {'sberbank_captured': {str(tx.id): tx._sberbank_get_captured() for tx in self}}

    def _sberbank_recall_captured(self):
        """Return how much of the hold was taken when it was looked at, in kopecks.

        :rtype: int
        """
        captured = self.env.context.get('sberbank_captured')
        shown = captured.get(str(self.id)) if isinstance(captured, dict) else None
        return shown if type(shown) is int else self._sberbank_get_captured()

    def _sberbank_release_rest(self, rest):
        """Have the bank release what was not taken of the hold.

        :param int rest: How much that is, in kopecks.
        :return: None
        :raise UserError: If it was not released, or if that is not known yet.
        """
        self._sberbank_change_hold(
            # The rest was not sold: there is nothing to tell the register.
            lambda client, order_id, _receipt: client.reverse(order_id),
            0,
            self._sberbank_get_ordered_amount() - rest,
        )

    def _sberbank_change_hold(self, act, part, before):
        """Have the bank act on a hold that is taken in parts, unless it has, and apply its word.

        :param callable act: Takes the client of the gateway, the bank's id of the order and the
            receipt, and asks the bank to act.
        :param int part: How much is to be taken, in kopecks; 0 if the rest is to be released.
        :param int before: How much of the hold was taken when this was decided, in kopecks.
        :return: None
        :raise UserError: If it did not come about, or if that is not known yet.
        """
        self.ensure_one()
        self._ensure_provider_is_not_disabled()
        order_id = self._sberbank_get_order_id()
        failure = None
        try:
            client = self._sberbank_get_client()
            order = self._sberbank_ask(client)
        except gateway.GatewayError as error:
            raise UserError(describe_failure(self.env, error)) from error
        with self._sberbank_locked() as tx:
            tx._process(const.PROVIDER_CODE, {'order': order})
            if tx._sberbank_has_come_to(part, before):
                return
            obstacle = tx._sberbank_describe_mismatch(
                order
            ) or tx._sberbank_describe_capture_obstacle(order, before)
            if not obstacle:
                tx._sberbank_note_sent(part, before)
        if obstacle:
            raise UserError(obstacle)
        receipt = self._sberbank_get_part_receipt(part) if part else None
        try:
            act(client, order_id, receipt)
        except gateway.GatewayError as error:
            failure = error
            if not error.may_have_reached:
                self._sberbank_forget_sent()
        try:
            self._sberbank_refresh(client)
        except gateway.GatewayError as error:
            failure = failure or error
        self._sberbank_check_came_about(part, before, failure)

    def _sberbank_get_part_receipt(self, part):
        """Write down the receipt of a part that is about to be taken; without one, none is.

        :param int part: How much is to be taken, in kopecks.
        :rtype: gateway.Receipt|None
        :raise ValidationError: If there can be no receipt that is right.
        """
        try:
            return self._sberbank_get_operation_receipt('capture', part)
        except Exception:
            self._sberbank_forget_sent()
            raise

    # === UNDER THE LOCK === #

    def _sberbank_has_come_to(self, part, before):
        """Tell whether the bank has done what it is asked for, perhaps because of an earlier click.

        :param int part: How much was to be taken, in kopecks; 0 if the rest was to be released.
        :param int before: How much of the hold had been taken before, in kopecks.
        :rtype: bool
        """
        captured = self._sberbank_get_captured()
        if not part:
            return captured == before and self.state == ('done' if before else 'cancel')
        was_sent = (self.sberbank_part_to_take, self.sberbank_part_sent_after) == (part, before)
        return was_sent and captured >= before + part

    def _sberbank_describe_capture_obstacle(self, order, before):
        """Return why nothing can be taken or released now, for staff, or None.

        :param gateway.Order order: The order as the bank knows it.
        :param int before: How much of the hold was taken when this was decided, in kopecks.
        :rtype: str|None
        """
        captured = self._sberbank_get_captured()
        if self.state != 'authorized':
            return self.env._("The hold has ended meanwhile. Nothing was taken or released now.")
        if captured != before:
            return self.env._(
                "%(taken)s of this hold were taken meanwhile, by another click or in the bank's"
                " cabinet; %(rest)s are left. Nothing was taken or released now. Look at the hold"
                " again first.",
                taken=display_amount(self.env, captured - before),
                rest=display_amount(self.env, self._sberbank_get_held()),
            )
        if order.deposited_amount is None:
            return self.env._(
                "The bank does not tell how much of a hold was taken, so it can't be taken in parts"
                " here. Take all that you need at once, and have the rest voided."
            )
        if self._sberbank_is_part_under_way():
            return self.env._(
                "The bank was asked to take %(part)s of this hold, and it is not known yet whether"
                " it did. Try again after %(time)s.",
                part=display_amount(self.env, self.sberbank_part_to_take),
                time=format_datetime(self.env, self.sberbank_part_sent_at + UNDER_WAY),
            )
        return None

    def _sberbank_note_sent(self, part, before):
        """Write down what the bank is about to be asked for, whatever becomes of us then.

        :param int part: How much is to be taken, in kopecks; 0 if the rest is to be released.
        :param int before: How much of the hold is taken already, in kopecks.
        :return: None
        """
        self.write({
            'sberbank_next_ask_at': fields.Datetime.now() + EXPECTED_WITHIN,
            'sberbank_part_to_take': part,
            'sberbank_part_sent_after': before,
            'sberbank_part_sent_at': fields.Datetime.now() if part else False,
        })

    def _sberbank_forget_sent(self):
        """Write down that the bank certainly took nothing, so that another part may be sent."""
        with self._sberbank_locked() as tx:
            tx.write({'sberbank_part_to_take': 0, 'sberbank_part_sent_at': False})

    def _sberbank_check_came_about(self, part, before, failure):
        """Make sure that the bank says itself that it has acted.

        :param int part: How much was to be taken, in kopecks; 0 if the rest was to be released.
        :param int before: How much of the hold had been taken before, in kopecks.
        :param gateway.GatewayError|None failure: What went wrong on the way.
        :return: None
        :raise UserError: If it does not say so.
        """
        if failure and not failure.may_have_reached:
            raise UserError(describe_failure(self.env, failure)) from failure
        with self._sberbank_locked() as tx:
            # At the end of the hold, the first part may be all that was taken of it.
            is_done = tx._sberbank_has_come_to(part, before) or (
                bool(part) and tx.state == 'done' and tx._sberbank_get_amount() >= before + part
            )
        if is_done:
            return
        if failure:
            raise UserError(describe_failure(self.env, failure)) from failure
        raise UserError(
            self.env._(
                "The bank said yes, but its order does not show it yet. It is asked again by"
                " itself; look at the hold in a few minutes."
            )
        )

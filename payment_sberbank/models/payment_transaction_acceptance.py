from odoo import fields, models
from odoo.exceptions import UserError

from .. import const, gateway
from ..toasts import toast_and_reload
from ..wording import describe_failure, display_amount


class PaymentTransaction(models.Model):
    """How a person accepts that the bank took another amount than was ordered.

    For example, a hold may be completed in part in the bank's cabinet. Nothing of it is booked by
    itself; once it is accepted, it is booked like any other payment.
    """

    _inherit = 'payment.transaction'

    sberbank_accepted_by_id = fields.Many2one(
        string="Amount Accepted by", comodel_name='res.users', readonly=True, copy=False
    )

    def action_sberbank_accept_amount(self):
        """Ask the bank what it took for the order, and book that amount.

        :return: The action that tells which amount it is.
        :rtype: dict
        :raise UserError: If there is nothing to accept: nothing is changed then.
        """
        self.check_access('write')
        if len(self) != 1:
            raise UserError(self.env._("Amounts are accepted one by one: choose one payment."))
        tx = self.sudo()
        tx._sberbank_check_awaits_acceptance()
        try:
            order = tx._sberbank_ask()
        except gateway.GatewayError as error:
            raise UserError(describe_failure(tx.env, error)) from error
        tx._sberbank_check_acceptable(order)
        with tx._sberbank_locked() as locked_tx:
            locked_tx._sberbank_accept_amount(order, self.env.user)
            amount = locked_tx._sberbank_get_amount()
        return toast_and_reload(
            self.env._(
                "The bank took %(amount)s. It is booked within seconds.",
                amount=display_amount(self.env, amount),
            ),
            type='success',
        )

    def _sberbank_check_awaits_acceptance(self):
        """Make sure that it is in error: then, its data differed at the bank.

        :return: None
        :raise UserError: If it is not.
        """
        if (
            self.provider_code != const.PROVIDER_CODE
            or self.operation == 'refund'
            or self.state != 'error'
        ):
            raise UserError(self.env._("There is no amount to accept: the bank's does not differ."))

    def _sberbank_check_acceptable(self, order):
        """Make sure that it is this order, and that nothing but the amount differs.

        :param gateway.Order order: The order as the bank knows it.
        :return: None
        :raise UserError: If no amount of it may be booked.
        """
        if difference := self._sberbank_describe_difference_in_names(order):
            raise UserError(
                self.env._(
                    "More than the amount differs, so nothing is booked.\n%(difference)s",
                    difference=difference,
                )
            )
        if not self._sberbank_get_taken_amount(order):
            raise UserError(self.env._("The bank has taken no money for this order."))

    def _sberbank_accept_amount(self, order, user):
        """Make the amount that the bank took the transaction's own.

        :param gateway.Order order: The order as the bank knows it.
        :param res.users user: Who accepts it.
        :return: None
        :raise UserError: If somebody was faster.
        """
        self._sberbank_check_awaits_acceptance()
        taken = self._sberbank_get_taken_amount(order)
        self.write({
            'amount': gateway.to_roubles(taken),
            'sberbank_ordered_amount': gateway.to_roubles(order.amount),
            'sberbank_accepted_by_id': user.id,
        })
        self._process(const.PROVIDER_CODE, {'order': order})

    def _sberbank_get_taken_amount(self, order):
        """Return what the bank took for the order and did not reverse, in kopecks.

        :param gateway.Order order: The order as the bank knows it.
        :rtype: int
        """
        if not order.is_money_taken:
            return 0
        return order.amount if order.deposited_amount is None else order.deposited_amount

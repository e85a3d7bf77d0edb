from odoo import fields, models
from odoo.exceptions import UserError

from .. import const, gateway
from ..toasts import toast_and_reload
from ..wording import describe_failure


class PaymentTransaction(models.Model):
    """How a person says what came of a refund, where the bank does not.

    Some gateways tell that something was refunded, and no sum. When the answer to a refund was lost
    there, only the bank's cabinet shows whether it was made.
    """

    _inherit = 'payment.transaction'

    sberbank_refund_decided_by_id = fields.Many2one(
        string="Refund Decided by",
        comodel_name='res.users',
        help="Who looked into the bank's cabinet for the refund.",
        readonly=True,
        copy=False,
    )

    def action_sberbank_refund_made(self):
        """Record that the bank's cabinet shows the refund.

        :return: The action that tells what came of it.
        :rtype: dict
        :raise UserError: If the bank itself can tell: nothing is decided then.
        """
        return self._sberbank_decide_refund(is_made=True)

    def action_sberbank_refund_not_made(self):
        """Record that the bank's cabinet does not show the refund.

        :return: The action that tells what came of it.
        :rtype: dict
        :raise UserError: If the bank itself can tell: nothing is decided then.
        """
        return self._sberbank_decide_refund(is_made=False)

    def _sberbank_decide_refund(self, *, is_made):
        """Close a refund as a person says, unless the bank does.

        :param bool is_made: Whether the bank's cabinet shows it.
        :return: The action that tells what came of it.
        :rtype: dict
        :raise UserError: If there is nothing to decide, or the bank can be asked.
        """
        self.check_access('write')
        if len(self) != 1:
            raise UserError(self.env._("Refunds are decided one by one: choose one."))
        refund = self.sudo()
        refund._sberbank_check_undecided()
        order_tx = refund._sberbank_get_order_tx()
        try:
            order = order_tx._sberbank_ask()
        except gateway.GatewayError as error:
            raise UserError(describe_failure(self.env, error)) from error
        if not order.is_refund_untold:
            raise UserError(
                self.env._(
                    "The bank tells how much it returned, so that this is found out by itself"
                    " within two hours, or at once by the button \"Ask the Bank\" of the payment."
                )
            )
        with order_tx._sberbank_locked() as locked_order_tx:
            locked = refund.with_env(locked_order_tx.env)
            locked._sberbank_check_undecided()
            locked._sberbank_close_as(is_made, self.env.user)
        message = (
            self.env._("The refund is booked within seconds.")
            if is_made
            else self.env._("The payment can be refunded anew.")
        )
        return toast_and_reload(message, type='success')

    def _sberbank_check_undecided(self):
        """Make sure that it is a refund whose answer was lost.

        :return: None
        :raise UserError: If it is not.
        """
        if (
            self.provider_code != const.PROVIDER_CODE
            or self.operation != 'refund'
            or self.state != 'pending'
        ):
            raise UserError(self.env._("There is nothing to decide: no refund waits here."))

    def _sberbank_close_as(self, is_made, user):
        """Write down what a person saw, and who it was.

        :param bool is_made: Whether the bank's cabinet shows the refund.
        :param res.users user: The person.
        :return: None
        """
        self.sberbank_refund_decided_by_id = user.id
        order_tx = self._sberbank_get_order_tx()
        if is_made:
            self._sberbank_set_refunded()
            said = self.env._(
                "%(user)s says that the bank's cabinet shows the refund %(reference)s.",
                user=user.display_name,
                reference=self.reference,
            )
        else:
            said = self.env._(
                "%(user)s says that the bank's cabinet does not show the refund %(reference)s.",
                user=user.display_name,
                reference=self.reference,
            )
            self._set_error(said)
        self._log_message_on_linked_documents(said)
        if not order_tx._sberbank_get_pending_refunds():
            order_tx._sberbank_attention_solved('refunded')

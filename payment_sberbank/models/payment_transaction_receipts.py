from functools import partial

from odoo import models

from .. import gateway
from ..log import get_logger
from ..wording import display_amount

_logger = get_logger(__name__)

# What staff are told of, by the reason on the list: the states of the receipts that it is for.
WATCHED = {
    'receipt_failed': ('failed',),
    'receipt_late': ('late',),
    'receipt_unknown': ('unknown',),
    'receipt_by_hand': ('by_hand',),
}


class PaymentTransaction(models.Model):
    """What becomes of the receipts of an order: when they are due, what the register has done."""

    _inherit = 'payment.transaction'

    # === WHEN THEY ARE DUE === #

    def _sberbank_follow_receipts(self, order):  # pylint: disable=missing-return
        """Override of the ground floor: with the money, its receipt is on the way."""
        super()._sberbank_follow_receipts(order)
        asked_for = self.sudo().sberbank_receipt_ids.filtered(
            lambda receipt: (
                receipt.state in ('draft', 'unknown', 'not_needed')
                and receipt._has_come_about()
                and not (receipt.state == 'not_needed' and receipt._needs_none())
            )
        )
        asked_for.filtered(
            lambda receipt: receipt.operation in ('payment', 'capture', 'reversal')
        )._was_asked_for()
        self.sudo().sberbank_receipt_ids._note_excess()

    # === ASKING === #

    def _sberbank_ask_for_receipts(self, client=None, **connection):
        """Prepare the question what the register has done, to be put to the bank in any thread.

        :param gateway.GatewayClient client: Whom to ask through, a new one by default.
        :param connection: Of a new one, see `_sberbank_get_client`.
        :return: Asks the bank and returns all receipts of the order. Raises a
            `gateway.GatewayError` if the bank gives no usable answer.
        :rtype: callable
        """
        self.ensure_one()
        try:
            client = client or self._sberbank_get_client(**connection)
        except gateway.WrongSettings as error:
            return partial(_raise, error)
        return partial(_ask, client, self.provider_reference)

    def _sberbank_apply_receipts(self, answers):
        """Take down what the register has done, under a row lock.

        :param answers: All receipts of the order as the bank knows them.
        :type answers: Iterable[gateway.IssuedReceipt]
        :return: None
        """
        with self._sberbank_locked() as tx:
            strangers = tx.sberbank_receipt_ids._note_issued(answers)
            tx._sberbank_watch_strange_receipts(strangers)
            tx._sberbank_watch_receipts()

    def _sberbank_put_off_receipts(self, error):
        """Go on waiting: the bank gave no answer. What is due by law grows late all the same.

        :param gateway.GatewayError error: Why there is no answer.
        :return: None
        """
        _logger.warning("No answer of the bank about receipts of %s: %s", self.reference, error)
        with self._sberbank_locked() as tx:
            tx.sberbank_receipt_ids._grow_older()
            tx._sberbank_watch_receipts()

    # === WHAT STAFF ARE TOLD === #

    def _sberbank_watch_receipts(self):
        """Put what needs a person on the list, and take off what needs none any more.

        :return: None
        """
        for reason, states in WATCHED.items():
            receipts = self.sudo().sberbank_receipt_ids.filtered(
                lambda receipt, states=states: receipt.state in states
            )
            if receipts:
                self._sberbank_need_attention(
                    reason, '\n'.join(receipt._describe() for receipt in receipts.sorted('id'))
                )
            else:
                self._sberbank_attention_solved(reason)

    def _sberbank_watch_strange_receipts(self, strangers):
        """Tell staff of receipts that were issued, but not asked for here.

        :param list[gateway.IssuedReceipt] strangers: What the register has issued.
        :return: None
        """
        issued = [answer for answer in strangers if answer.is_done]
        if not issued:
            return
        self._sberbank_need_attention(
            'receipt_unexpected',
            '\n'.join(
                self.env._(
                    "%(number)s of %(date)s: %(amount)s",
                    number=answer.fd or answer.receipt_id,
                    date=answer.issued_at or "?",
                    amount=display_amount(self.env, answer.total or 0),
                )
                for answer in issued
            ),
        )

    def _sberbank_describe_receipts(self):
        """Return what there is of the receipts of the payment or the refund, for staff.

        :rtype: str
        """
        self.ensure_one()
        receipts = self._sberbank_get_order_tx().sudo().sberbank_receipt_ids
        if self.source_transaction_id:
            receipts = receipts.filtered(lambda receipt: receipt._is_of(self))
        return '; '.join(receipt._describe_issued() for receipt in receipts.sorted('id'))


def _ask(client, order_id):
    """Ask the bank about all receipts of an order. Touches no record: any thread may do it.

    :param gateway.GatewayClient client: Whom to ask through.
    :param str order_id: The bank's id of the order, if it has named it.
    :rtype: Sequence[gateway.IssuedReceipt]
    :raise gateway.GatewayError: If there is no usable answer.
    """
    if not order_id:
        return ()
    try:
        return client.get_receipts(order_id)
    except gateway.Refused as error:
        if isinstance(error, gateway.OrderNotFound):
            return ()  # The register has none of this order.
        raise


def _raise(error):
    raise error

from contextlib import suppress
from functools import partial

from odoo import fields, models
from odoo.exceptions import UserError

from .. import const, gateway

# As long as nothing has been paid, and nobody has given up.
OPEN_STATES = ('draft', 'pending')


class PaymentTransaction(models.Model):
    """Orders that nobody is to pay any more are called off at the bank.

    The bank is told when it is asked about the order next. If the customer was faster, it refuses,
    and the payment is one like any other.
    """

    _inherit = 'payment.transaction'

    sberbank_is_called_off = fields.Boolean(
        string="Called Off",
        help="The order is not to be paid any more: the bank is told so.",
        readonly=True,
        copy=False,
    )

    # === ACTION METHODS === #

    def action_sberbank_call_off(self):
        """Call the selected orders off at once, and tell what came of it.

        :return: The action that shows the result.
        :rtype: dict
        :raise UserError: If none of them is open.
        """
        self.check_access('write')
        open_txs = self.sudo()._sberbank_filter_open()
        if not open_txs:
            raise UserError(self.env._("None of these payments has an open order at the bank."))
        for tx in open_txs:
            with tx._sberbank_locked() as locked_tx:
                locked_tx.sberbank_is_called_off = True
        open_txs.invalidate_recordset(['sberbank_is_called_off'])
        return open_txs.with_env(self.env).action_sberbank_ask_bank()

    # === BUSINESS METHODS === #

    def _sberbank_filter_open(self):
        """Leave out what is no order of ours, and what is paid, held or dead.

        :rtype: payment.transaction
        """
        return self.filtered(
            lambda tx: (
                tx.provider_code == const.PROVIDER_CODE
                and tx.operation != 'refund'
                and tx.state in OPEN_STATES
                and tx.provider_reference
            )
        )

    def _sberbank_filter_ended_by(self, invoice):
        """Leave out what is not called off because an invoice is cancelled, or was so before.

        :param account.move invoice: The invoice, which is not cancelled yet.
        :rtype: payment.transaction
        """
        return self._sberbank_filter_open().filtered(
            lambda tx: (
                not tx.sberbank_is_called_off and tx._sberbank_is_for_nothing_left(invoice.ids)
            )
        )

    def _sberbank_is_for_nothing_left(self, leaving_ids=()):
        """Tell whether all that it was begun for is cancelled.

        :param Collection[int] leaving_ids: The ids of invoices that are about to be.
        :return: False also if it was begun for no document.
        :rtype: bool
        """
        invoices, orders = self.invoice_ids, self._sberbank_get_orders()
        staying = invoices.filtered(lambda invoice: invoice.id not in leaving_ids)
        return bool(invoices or orders) and all(
            document.state == 'cancel' for document in [*staying, *orders]
        )

    def _sberbank_call_off(self):
        """Have the job call the orders off at its next run.

        Whoever holds a row is about to hear of its order from the bank.

        :return: The orders that are called off.
        :rtype: payment.transaction
        """
        called_off = self._sberbank_filter_open().try_lock_for_update(allow_referencing=True)
        called_off.write({
            'sberbank_is_called_off': True,
            'sberbank_next_ask_at': fields.Datetime.now(),
        })
        return called_off

    def _sberbank_awaits_call_off(self):
        """Override of the ground floor to tell what nobody is to pay any more."""
        self.ensure_one()
        if not self._sberbank_filter_open():
            return False
        return self.sberbank_is_called_off or self._sberbank_is_for_nothing_left()

    def _sberbank_complete_question(self, client, question):
        """Override of the ground floor to call the order off before the bank is asked about it."""
        question = super()._sberbank_complete_question(client, question)
        if not self._sberbank_awaits_call_off():
            return question
        return partial(_call_off, client, self.provider_reference, question)

    def _sberbank_supersede_others(self):  # pylint: disable=missing-return
        """Override of the ground floor to call off what was begun for the same with another amount.

        What is for the same amount stays: the payer may be about to pay it in another window.
        """
        super()._sberbank_supersede_others()
        documents = [*self.invoice_ids, *self._sberbank_get_orders()]
        for document in documents:
            document.sudo().transaction_ids.filtered(
                lambda tx: (
                    tx.id < self.id
                    and tx.partner_id == self.partner_id
                    and tx.currency_id.compare_amounts(tx.amount, self.amount)
                )
            )._sberbank_call_off()


def _call_off(client, order_id, question):
    with suppress(gateway.Refused):  # It is being paid, or over: the question tells.
        client.decline(order_id)
    return question()

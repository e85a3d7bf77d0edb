from dataclasses import replace

from odoo import models
from odoo.exceptions import UserError

from .. import gateway, receipts
from ..toasts import toast_and_reload
from ..wording import describe_failure, describe_reason
from .account_move_second_receipt import ByHand

MAY_BE_ISSUED_BY_HAND = ('by_hand', 'failed', 'late', 'unknown')


class SberbankReceipt(models.Model):
    """A receipt that the register refused is corrected and takes the failed one's place."""

    _inherit = 'sberbank.receipt'

    def action_correct_and_send(self):
        """Send the failed receipt with what was corrected: the seller's and the customer's data.

        Of a second receipt, the lines are read anew, too. Its sum never changes: it is money.
        """
        receipt = self._for_staff()
        failed = receipt._get_valid_rows().filtered('can_be_corrected')
        if receipt.state != 'failed' or len(failed) != 1:
            raise UserError(
                self.env._(
                    "The bank takes no correction of this receipt. Issue it in the cabinet of the"
                    " cash register."
                )
            )
        receipt._send_now(failed.bank_receipt_id, receipt._correct())
        return toast_and_reload(
            receipt.problem
            or self.env._("The corrected receipt was sent. The register answers in some minutes."),
            title=self.env._("Receipt"),
        )

    def action_send(self):
        """Send a second receipt that the bank does not have yet."""
        receipt = self._for_staff()
        if receipt.operation != 'closing' or receipt.state != 'failed' or receipt.issued_ids:
            raise UserError(self.env._("This receipt was sent already."))
        receipt._send_now(None, receipt._correct())
        return toast_and_reload(
            receipt.problem
            or self.env._("The receipt was sent. The register answers in some minutes."),
            title=self.env._("Receipt"),
        )

    def action_make_anew(self):
        """Make a second receipt that could not be made, now that its reason is put right."""
        receipt = self._for_staff()
        receipt._return_to_draft()
        try:
            receipt._close(gateway.Patience())
        except gateway.GatewayError as error:
            raise UserError(describe_failure(self.env, error)) from error
        receipt.invalidate_recordset()
        states = dict(self._fields['state']._description_selection(self.env))
        return toast_and_reload(
            receipt.problem or states[receipt.state], title=self.env._("Receipt")
        )

    def _return_to_draft(self):
        """Let the receipt be made as if it had not been tried.

        :return: None
        :raise UserError: If it was sent, or is not waiting for that.
        """
        with self.transaction_id._sberbank_locked() as tx:
            receipt = self.with_env(tx.env)
            is_unmade = receipt.state == 'by_hand' and not receipt.asked_at
            if receipt.operation != 'closing' or not is_unmade:
                raise UserError(self.env._("This receipt was sent already."))
            receipt.write({'state': 'draft', 'refusal': False})
            tx._sberbank_watch_receipts()
        self.invalidate_recordset()

    def action_issued_by_hand(self):
        """Write down that the receipt was issued in the cabinet of the cash register."""
        self.check_access('read')
        self.transaction_id.check_access('write')
        for receipt in self.sudo():
            if receipt.state not in MAY_BE_ISSUED_BY_HAND:
                raise UserError(self.env._("This receipt needs no other one."))
            receipt.write({'state': 'elsewhere', 'next_ask_at': False})
            receipt.transaction_id._sberbank_watch_receipts()

    def _send_now(self, replaced_id, content):
        """Send the receipt while a person waits.

        :param str|None replaced_id: The bank's id of the failed receipt that it takes the place of.
        :param dict content: What the register is told.
        :return: None
        :raise UserError: If the bank can't be asked.
        """
        try:
            self._send(gateway.Patience(), replaced_id=replaced_id, content=content)
        except gateway.GatewayError as error:
            raise UserError(describe_failure(self.env, error)) from error
        self.invalidate_recordset()

    def _correct(self):
        """Return the content with today's data of the seller and the customer.

        :rtype: dict
        :raise UserError: If it would be no receipt, or one of another sum.
        """
        self.ensure_one()
        tx = self.transaction_id
        provider = tx.provider_id
        try:
            old = gateway.Receipt.from_dict(self.content)
            if self.operation == 'closing':
                old, _undone = self.invoice_id._sberbank_make_closing(tx, self)
            corrected = replace(
                old,
                ffd_version=gateway.FfdVersion(provider.sberbank_ffd_version),
                seller=provider._sberbank_get_seller(),
                buyer=gateway.Buyer(**tx._sberbank_get_buyer()),
            )
        except gateway.ReceiptError as error:
            raise UserError(describe_reason(self.env, error)) from error
        except (ByHand, receipts.NothingToSell) as error:
            raise UserError(
                self.env._("What was handed over has changed meanwhile. Issue it by hand.")
            ) from error
        if corrected.total != self._get_total():
            raise UserError(
                self.env._(
                    "The document has changed meanwhile: the receipt would be of another sum."
                    " Issue it in the cabinet of the cash register."
                )
            )
        return corrected.as_dict()

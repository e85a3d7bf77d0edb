from functools import partial

from odoo import fields, models

from .. import gateway
from ..wording import describe_failure, describe_reason
from .receipt_rhythm import FIRST_ASK

# What may be sent: it is certain that the register does not have it.
SENDABLE = ('draft', 'failed')


class SberbankReceipt(models.Model):
    """Receipts apart from a payment: sent once, for the bank has no key to know a repetition by.

    That it may be there is written down before the bank is asked. If the answer is lost, it stays
    unknown until the bank tells of the receipt or a person has looked.
    """

    _inherit = 'sberbank.receipt'

    def _send(self, patience, replaced_id=None, content=None):
        """Send the receipt, unless another worker has begun to.

        :param gateway.Patience patience: What is known of the bank's wish to be left alone.
        :param str replaced_id: The bank's id of the failed receipt that it takes the place of.
        :param dict content: Another content than so far.
        :return: Whether the bank took it.
        :rtype: bool
        """
        self.ensure_one()
        tx = self.transaction_id
        client = tx._sberbank_get_client()
        if not self._begin_to_send(content):
            return False
        tx._sberbank_let_go()
        self.invalidate_recordset()
        try:
            receipt = gateway.Receipt.from_dict(self.content)
            send = partial(
                client.do_receipt, tx.provider_reference, receipt, receipt_id=replaced_id
            )
            bank_id = patience.ask(tx.provider_id.id, send)
        except (gateway.GatewayError, gateway.ReceiptError) as error:
            self._note_not_sent(error)
            return False
        self._note_sent(bank_id, replaced_id)
        return True

    def _begin_to_send(self, content):
        with self.transaction_id._sberbank_locked() as tx:
            receipt = self.with_env(tx.env)
            if receipt.state not in SENDABLE:
                return False
            receipt.write({
                'state': 'unknown',
                'refusal': False,
                'asked_at': fields.Datetime.now(),
                'next_ask_at': fields.Datetime.now() + FIRST_ASK,
                'consider_at': False,
                **({'content': content} if content else {}),
            })
            return True

    def _note_not_sent(self, error):
        """Take down why the receipt was not sent, or that it is unknown whether it was.

        :param Exception error: Why there is no usable answer.
        :return: None
        """
        with self.transaction_id._sberbank_locked() as tx:
            receipt = self.with_env(tx.env)
            if isinstance(error, gateway.ReceiptError):
                receipt.write({'state': 'failed', 'refusal': describe_reason(tx.env, error)})
            elif isinstance(error, gateway.Unavailable) and receipt._may_wait(error):
                receipt.write({
                    'state': 'draft',
                    'next_ask_at': False,
                    'consider_at': fields.Datetime.now() + FIRST_ASK,
                })
            elif not error.may_have_reached:
                receipt.write({'state': 'failed', 'refusal': describe_failure(tx.env, error)})
            tx._sberbank_watch_receipts()

    def _may_wait(self, error):
        """Tell whether the job sends it by itself when the bank can be reached again.

        :param gateway.Unavailable error: Why there is no answer.
        :rtype: bool
        """
        return not error.may_have_reached and self.operation == 'closing' and not self.issued_ids

    def _note_sent(self, bank_id, replaced_id):
        with self.transaction_id._sberbank_locked() as tx:
            receipt = self.with_env(tx.env)
            receipt.state = 'sent'
            if replaced_id:
                replaced = receipt.issued_ids.filtered(
                    lambda row: row.bank_receipt_id == replaced_id
                )
                replaced.write({'is_failed': False, 'can_be_corrected': False})
            if bank_id and bank_id not in receipt.issued_ids.mapped('bank_receipt_id'):
                receipt.issued_ids.create({
                    'receipt_id': receipt.id,
                    'bank_receipt_id': bank_id,
                    'original_id': replaced_id,
                    'status': '0',
                })
            tx._sberbank_watch_receipts()

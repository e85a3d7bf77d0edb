import time
from collections import Counter

import psycopg2

from odoo import models
from odoo.fields import Command

from ..log import get_logger

_logger = get_logger(__name__)

# For how many seconds payments are finished before that is committed: their rows are locked.
MAX_SECS_UNCOMMITTED = 1

# Whose way of making a payment is known here, so that many can be made at once.
KNOWN_MAKERS = {'account_payment', 'payment_sberbank'}


class PaymentTransaction(models.Model):
    """Many payments at once, in a third of the time that they take one by one.

    Only those are booked together that nothing is special about. If one fails, it is undone for all
    of them, and each half is tried by itself. Whatever is left over has its turn alone.
    """

    _inherit = 'payment.transaction'

    # === THE MONEY === #

    def _sberbank_book_together(self):
        """Make the entries of the money of several payments, as far as that can be done together.

        :return: None
        :raise psycopg2.OperationalError: If another worker was in the way.
        """
        txs = self.try_lock_for_update(allow_referencing=True)
        txs.invalidate_recordset()
        unbooked = txs.filtered(lambda tx: tx._sberbank_is_unbooked())
        for of_company in unbooked.grouped('company_id').values():
            of_company._sberbank_prepare_booking()._sberbank_filter_plain()._sberbank_make_entries()

    def _sberbank_filter_plain(self):
        """Leave out what is to be judged by itself, and all if another app has a say in each one.

        :rtype: payment.transaction
        """
        if not KNOWN_MAKERS.issuperset(_find_makers(type(self))):
            return self.browse()
        ready = self.provider_id.filtered(lambda one: not one._sberbank_no_booking_reason())
        plain = self.filtered(lambda tx: tx.provider_id in ready and tx._sberbank_is_plain())
        payers = Counter(invoice for tx in plain for invoice in tx.invoice_ids)
        return plain.filtered(lambda tx: all(payers[invoice] == 1 for invoice in tx.invoice_ids))

    def _sberbank_is_plain(self):
        return (
            self.operation != 'refund'
            and not self.source_transaction_id
            and not self.child_transaction_ids
            and not self.sberbank_withdrawn_invoice_ids
            and all(self._sberbank_is_plain_invoice(invoice) for invoice in self.invoice_ids)
            and not self._sberbank_is_kept_apart()
        )

    def _sberbank_is_plain_invoice(self, invoice):
        return (
            invoice.state == 'posted'
            and not self._sberbank_is_withdrawn(invoice)
            and not invoice.invoice_payment_term_id.early_discount
        )

    def _sberbank_make_entries(self):
        """Make the entries for all of them or, if that fails, for each half by itself.

        :return: None
        :raise psycopg2.OperationalError: If another worker was in the way.
        """
        if len(self) < 2:  # Its own turn will tell what stands in its way.
            return
        try:
            with self.env.cr.savepoint():
                self._sberbank_create_payments()
        except psycopg2.OperationalError:
            raise
        except Exception as error:
            _logger.info("%s payments can't be booked together: %s", len(self), error)
            middle = len(self) // 2
            self[:middle]._sberbank_make_entries()
            self[middle:]._sberbank_make_entries()

    def _sberbank_create_payments(self):
        """Do for all of them what `_create_payment` does for a plain one.

        :return: None
        """
        payments = self.env['account.payment'].create([
            tx._sberbank_prepare_payment() for tx in self
        ])
        payments.action_post()
        for tx, payment in zip(self, payments, strict=True):
            tx.payment_id = payment
        settled = [tx._sberbank_get_settled_items() for tx in self if tx.invoice_ids]
        self.env['account.move.line']._reconcile_plan([items for items in settled if items[1:]])
        for tx in self:
            tx._sberbank_tell_other_day(tx.payment_id)
            tx._sberbank_attention_solved('not_bookable')

    def _sberbank_prepare_payment(self):
        """Return the values of a plain payment, as the core's `_create_payment` would have them.

        :rtype: dict
        """
        values = {
            'amount': self.amount,
            'payment_type': 'inbound',
            'currency_id': self.currency_id.id,
            'partner_id': self.partner_id.commercial_partner_id.id,
            'partner_type': 'customer',
            'journal_id': self.provider_id.journal_id.id,
            'company_id': self.provider_id.company_id.id,
            'payment_method_line_id': self.provider_id._sberbank_get_payment_method_line().id,
            'payment_token_id': self.token_id.id,
            'payment_transaction_id': self.id,
            'memo': f'{self.reference} - {self.provider_reference or ""}',
            'invoice_ids': [Command.set(self.invoice_ids.ids)],
            **self._sberbank_prepare_tags(),
        }
        terms = self.invoice_ids.line_ids.filtered(lambda line: line.display_type == 'payment_term')
        if terms:
            values['destination_account_id'] = terms[0].account_id.id
        return values

    def _sberbank_get_settled_items(self):
        """Return the items of the payment and of its invoices that settle one another.

        :rtype: account.move.line
        """
        account = self.payment_id.destination_account_id
        return (self.payment_id.move_id.line_ids + self.invoice_ids.line_ids).filtered(
            lambda line: line.account_id == account and not line.reconciled
        )

    # === WHAT IT WAS FOR === #

    def _sberbank_finish_some(self):
        """Finish booked payments, each as a whole or not at all, for about a second.

        What other apps wrap is asked for each of them.

        :return: Those that are finished, and those that could not be; others are for the next time.
        :rtype: tuple[payment.transaction, payment.transaction]
        :raise psycopg2.OperationalError: If another worker was in the way.
        """
        until = time.monotonic() + MAX_SECS_UNCOMMITTED
        finished = failed = self.browse()
        for tx in self:
            if tx._sberbank_finish_among_others():
                finished += tx
            else:
                failed += tx
            if time.monotonic() > until:
                break
        finished._sberbank_mail_booked_together()
        return finished, failed

    def _sberbank_finish_among_others(self):
        """Finish one booked payment, or undo all that was done for it.

        :return: Whether it is finished; it may be listed as not settled.
        :rtype: bool
        :raise psycopg2.OperationalError: If another worker was in the way.
        """
        if not self.payment_id:
            return False
        try:
            with self.env.cr.savepoint():
                self._sberbank_finish_again()
        except psycopg2.OperationalError:
            raise
        except Exception as error:
            _logger.info("%s has to be finished alone: %s", self.reference, error)
            return False
        return True


def _find_makers(model_class):
    """Return the modules of the classes that make a transaction's payment.

    :param type model_class: The class of the transactions in the registry.
    :rtype: set[str]
    """
    return {
        cls.__module__.removeprefix('odoo.addons.').partition('.')[0]
        for cls in model_class.mro()
        if '_create_payment' in vars(cls)
    }

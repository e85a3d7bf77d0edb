import psycopg2

from odoo import SUPERUSER_ID, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from .. import const
from ..log import get_logger

_logger = get_logger(__name__)


class PaymentTransaction(models.Model):
    """The entry of confirmed money in the ledger: once, and before anything that it was for."""

    _inherit = 'payment.transaction'

    def _sberbank_book_money(self):
        """Make the entry of the money, unless it is there. Nothing of other apps is asked for it.

        :return: Why it can't be made, for staff, who are told; or None if it is there.
        :rtype: str|None
        :raise psycopg2.OperationalError: If another worker was in the way.
        """
        self.ensure_one()
        self._sberbank_lock_rows()
        return self._sberbank_book_locked_money()

    def _sberbank_book_locked_money(self):
        """Make the entry of the money, unless it is there, in a row that is locked already.

        :return: Why it can't be made, for staff, who are told; or None if it is there.
        :rtype: str|None
        :raise psycopg2.OperationalError: If another worker was in the way.
        """
        if not self._sberbank_is_unbooked():
            return None
        tx = self._sberbank_prepare_booking()
        obstacle = (
            tx.provider_id._sberbank_no_booking_reason()
            or tx._sberbank_describe_unbooked_source()
            or tx._sberbank_make_entry()
        )
        if obstacle:
            _logger.warning("Transaction %s waits to be booked: %s", self.reference, obstacle)
            tx._sberbank_need_attention('not_bookable', obstacle)
        else:
            tx._sberbank_attention_solved('not_bookable')
        return obstacle

    def _sberbank_is_unbooked(self):
        return (
            self.provider_code == const.PROVIDER_CODE
            and self.state == 'done'
            and self.operation != 'validation'
            and not self.payment_id
            and not self.sberbank_has_captures  # Each of them is booked.
        )

    def _sberbank_prepare_booking(self):
        """Return transactions of one company as they are booked: the same, whoever's session it is.

        :rtype: payment.transaction
        """
        partner = self.company_id.partner_id
        # Nothing of the session's context is kept.
        return self.with_user(SUPERUSER_ID).with_context({  # pylint: disable=context-overridden
            'allowed_company_ids': self.company_id.ids,
            'lang': partner.lang,
            'tz': partner.tz or const.TIMEZONE,
            'sberbank_booking': True,
            'sberbank_has_turn': self.env.context.get('sberbank_has_turn'),
        })

    def _sberbank_make_entry(self):
        """Book the money, with its invoices if they are in order, else onto the account.

        :return: Why it can't be booked, for staff, or None if it is.
        :rtype: str|None
        """
        paid_tx = self._sberbank_get_documents_tx()
        paid_tx._sberbank_set_withdrawn_apart()
        if self._sberbank_is_kept_apart():
            return self._sberbank_attempt(self._sberbank_create_payment_apart)
        obstacle = self._sberbank_attempt(self._create_payment)
        if obstacle and paid_tx.invoice_ids:
            obstacle = self._sberbank_attempt(self._sberbank_create_payment_apart)
        return obstacle

    def _sberbank_create_payment_apart(self):
        """Book the money onto the customer's account, and leave its invoices alone."""
        paid_tx = self._sberbank_get_documents_tx()
        invoices = paid_tx.invoice_ids
        paid_tx.invoice_ids = False
        self._create_payment()
        paid_tx.invoice_ids = invoices

    def _create_payment(self, **extra_create_values):
        """Override of `account_payment` to tag the payment, and to date it by the bank's word.

        The discounts for early payment are ours to judge, by that day: the core would look at
        today, and would book the first account of each kind only.

        Another app that wants it made gets it made as we do it: once, and in its own company.
        """
        if self.provider_code != const.PROVIDER_CODE:
            return super()._create_payment(**extra_create_values)
        if self.state == 'done' and not self.env.context.get('sberbank_booking'):
            self._sberbank_book_money()
            return self.payment_id
        discounts = self._sberbank_prepare_discount_items(self._sberbank_find_discounts())
        judged = self.with_context(sberbank_discounts_judged=True)
        payment = super(PaymentTransaction, judged)._create_payment(**{
            **self._sberbank_prepare_tags(),
            **self._sberbank_prepare_capture_entry(),
            'write_off_line_vals': discounts,
            **extra_create_values,
        })
        self._sberbank_tell_other_day(payment)
        return payment

    def _sberbank_prepare_tags(self):
        """Return the values that mark a payment as one of the bank's: its day, what it counts as.

        :rtype: dict
        """
        return {
            'date': self._sberbank_get_bank_day(),
            'sberbank_payment_type_id': self.provider_id.sberbank_payment_type_id.id,
            'sberbank_account_id': self.provider_id.sberbank_account_id.id,
            'sberbank_is_test': self._sberbank_is_test_money(),
        }

    def _sberbank_prepare_capture_entry(self):
        """Return the values by which the entry of a part of a hold settles the hold's invoices.

        :rtype: dict
        """
        invoices = self._sberbank_get_documents_tx().invoice_ids
        if not (self._sberbank_is_capture() and invoices):
            return {}
        terms = invoices.line_ids.filtered(lambda line: line.display_type == 'payment_term')
        account = {'destination_account_id': terms[0].account_id.id} if terms else {}
        return {'invoice_ids': invoices, **account}

    def _sberbank_tell_other_day(self, payment):
        """Tell accountants why an entry does not bear the bank's day: it is locked."""
        bank_day = self._sberbank_get_bank_day()
        if payment.move_id.date == bank_day:
            return
        payment.message_post(
            body=self.env._(
                "The bank took the money on %(bank_day)s. That day is locked in the books, so the"
                " entry is dated %(date)s.",
                bank_day=format_date(self.env, bank_day),
                date=format_date(self.env, payment.move_id.date),
            )
        )

    # === TOOLS === #

    def _sberbank_attempt(self, step):
        """Do a step, or undo all of it.

        :param callable step: The step.
        :return: Why it can't be done, for staff, or None if it is done.
        :rtype: str|None
        :raise psycopg2.OperationalError: If another worker was in the way.
        """
        try:
            with self.env.cr.savepoint():
                step()
        except psycopg2.OperationalError:
            raise
        except Exception as error:
            return self._sberbank_describe_error(error)
        return None

    def _sberbank_describe_error(self, error):
        """Return what stopped a step, as staff may read it.

        :param Exception error: What was raised, by whichever app.
        :rtype: str
        """
        if isinstance(error, UserError):
            return str(error)
        _logger.error("A step for %s failed.", self.reference, exc_info=error)
        return self.env._(
            "An unexpected error (%(error)s). The server's log tells more.",
            error=type(error).__name__,
        )

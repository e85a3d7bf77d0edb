from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .. import gateway
from ..gateway.wording import _lt
from ..wording import describe_failure, translate


class NothingOwed(gateway.Refused):
    """A charge for which less is left to pay: we refuse it ourselves, and the bank is not asked."""


class PaymentTransaction(models.Model):
    """No more is charged than is owed, however often somebody asks for it.

    An invoice is open until the bank has confirmed the charge. An accountant who sees it so, or
    clicks twice, would have the card charged once more; a customer may pay in the meantime.
    """

    _inherit = 'payment.transaction'

    def _sberbank_check_debt(self):
        """Make sure, when a charge is asked for, that what is left to pay covers it.

        :return: None
        :raise UserError: If it does not, as after a second click.
        """
        if not self.invoice_ids:
            return
        # Whoever asks at the same time waits here, and is made to look anew.
        self.env.cr.execute(
            SQL(
                'UPDATE account_move SET write_date = write_date WHERE id IN %s',
                tuple(self.invoice_ids.ids),
            )
        )
        left = self._sberbank_get_left(self._sberbank_find_other_charges())
        if self.currency_id.compare_amounts(self.amount, left) > 0:
            raise UserError(
                self.env._(
                    "No more is charged than is left to pay: %(left)s, with the charges that are"
                    " under way.",
                    left=self.currency_id.format(max(left, 0)),
                )
            )

    def _sberbank_need_debt(self):
        """Make sure, before the bank is asked, that the money is owed still.

        :return: None
        :raise NothingOwed: If it is not.
        """
        if not self.invoice_ids:
            return
        # What others have written since we last looked, all of the same moment.
        self.env.invalidate_all()
        earlier = self._sberbank_find_other_charges().filtered(lambda tx: tx.id < self.id)
        if self.currency_id.compare_amounts(self.amount, self._sberbank_get_left(earlier)) > 0:
            raise NothingOwed(
                _lt("Less is left to pay than was to be charged."), code='', message=''
            )

    def _sberbank_describe_no_charge(self, error):
        """Return for staff why nothing was charged, and whether it was the bank who refused.

        :param gateway.GatewayError error: Why.
        :rtype: str
        """
        if isinstance(error, NothingOwed):
            return translate(error.detail, self.env.lang)
        return describe_failure(self.env, error)

    def _sberbank_find_other_charges(self):
        """Return the other charges for the same invoices of which the bank may still take money.

        :rtype: payment.transaction
        """
        return (self.invoice_ids.transaction_ids - self).filtered(
            lambda tx: (
                tx.state == 'pending'
                and (tx.operation == 'offline' or tx._sberbank_is_by_account())
            )
        )

    def _sberbank_get_left(self, charges):
        """Return what is left to pay of the invoices when what is under way has come.

        :param payment.transaction charges: The charges that go before this one.
        :rtype: float
        """
        coming = (self.invoice_ids.transaction_ids - self - charges).filtered(
            lambda tx: (
                tx.operation != 'refund'
                and (tx.state == 'authorized' or (tx.state == 'done' and not tx.is_post_processed))
                and not tx.payment_id
            )
        )
        owed = sum(self._sberbank_get_owed(invoice) for invoice in self.invoice_ids)
        return owed - sum((charges | coming).mapped('amount'))

    def _sberbank_get_owed(self, invoice):
        if invoice.payment_state in ('in_payment', 'paid', 'reversed'):
            return 0
        if self._sberbank_is_withdrawn(invoice):
            return 0
        # A draft that was never posted is posted when it is paid.
        return invoice.amount_residual if invoice.state == 'posted' else invoice.amount_total

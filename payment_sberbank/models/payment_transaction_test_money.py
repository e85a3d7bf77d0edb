from odoo import models
from odoo.exceptions import UserError

from .. import const

# Providers that take no money by themselves.
IDLE_PROVIDERS = ('none', 'custom')


class PaymentTransaction(models.Model):
    """Test money: seen as what it is, and kept from real debts where real money comes in, too."""

    _inherit = 'payment.transaction'

    def _sberbank_is_test_money(self):
        """Tell whether the order was paid at the bank's test gateway, by a card that anybody knows.

        :rtype: bool
        """
        self.ensure_one()
        return (
            self.provider_code == const.PROVIDER_CODE and not self._sberbank_get_order_tx().is_live
        )

    def _sberbank_is_kept_apart(self):
        """Tell whether the money may settle nothing: it is no real money, and debts here are real.

        :rtype: bool
        """
        self.ensure_one()
        if self.operation == 'refund' or not self._sberbank_is_test_money():
            return False
        if self.provider_id.sberbank_test_settles:
            return False
        live = [('state', '=', 'enabled'), ('code', 'not in', IDLE_PROVIDERS)]
        return bool(self.env['payment.provider'].sudo().search_count(live, limit=1))

    def _sberbank_get_usable_payments(self):
        """Return the posted payments whose money may settle something.

        :rtype: account.payment
        """
        usable = (self | self._sberbank_get_captures()).filtered(
            lambda tx: (
                tx.provider_code == const.PROVIDER_CODE
                and tx.operation != 'refund'
                and not tx._sberbank_is_kept_apart()
            )
        )
        return usable.payment_id.filtered(lambda payment: payment.move_id.state == 'posted')

    def _sberbank_check_test_money(self):
        """Let test money confirm no order and settle no debt beside a provider that is live.

        :return: None
        :raise UserError: If it may not.
        """
        if self._sberbank_is_kept_apart():
            raise UserError(
                self.env._(
                    "This is test money: it was paid at the bank's test address, by a test card."
                    " Real payments are taken here, too, so it settles nothing. If it shall all the"
                    " same, tick \"Test Payments Settle Debts\" on the provider %(provider)s;"
                    " otherwise cancel the payment.",
                    provider=self.provider_id.name,
                )
            )

"""What staff does with the money afterwards, in Odoo and in the bank's cabinet."""

from collections.abc import Sequence

from dev.audit.books import OdooTransaction
from dev.audit.browser import GaveUp, OdooError
from dev.audit.payer import Outcome
from dev.audit.shop import Shop
from dev.bank.process import BankError, BankProcess

#: The call that a button of Odoo makes.
METHODS = {'capture': 'deposit', 'void': 'reverse', 'refund': 'refund', 'refund_part': 'refund'}
#: How often a button is pressed when the bank's answer is lost.
PRESSES = 3


class Office:
    """The accountant and the one who has access to the bank's cabinet.

    :param shop: the shop
    :param bank: the bank
    """

    def __init__(self, shop: Shop, bank: BankProcess):
        self._shop = shop
        self._control = bank.control

    def work(
        self, outcomes: Sequence[Outcome], transactions: dict[str, OdooTransaction]
    ) -> None:
        """Do what the plan says about each order whose money is there.

        :param transactions: Odoo's, by the bank's order number
        """
        for outcome in outcomes:
            tx = transactions.get(outcome.order_number)
            if tx and outcome.payment.afterwards:
                self._do(outcome, tx)

    def _do(self, outcome: Outcome, tx: OdooTransaction) -> None:
        what = outcome.payment.afterwards
        order = self._control.order(outcome.order_id)
        is_wanted = 'HELD' if outcome.payment.contract.holds else 'DEPOSITED'
        if order['state'] != is_wanted:
            return
        if what in METHODS and not outcome.payment.contract.holds and not tx.payments:
            return
        part = max(1, int(order['amount'] * outcome.payment.afterwards_share))
        outcome.tell(f'staff: {what}')
        if what in METHODS:
            self._spoil_answer(outcome, METHODS[what])
        try:
            {
                'capture': lambda: self._press(outcome, lambda: self._shop.capture(tx.id)),
                'void': lambda: self._press(outcome, lambda: self._shop.void(tx.id)),
                'refund': lambda: self._press(
                    outcome, lambda: self._shop.refund(tx.payments[0].id, order['amount'])
                ),
                'refund_part': lambda: self._press(
                    outcome, lambda: self._shop.refund(tx.payments[0].id, part)
                ),
                'cabinet_deposit': lambda: self._control.deposit(outcome.order_id),
                'cabinet_deposit_part': lambda: self._control.deposit(outcome.order_id, part),
                'cabinet_refund': lambda: self._control.refund(outcome.order_id, part),
                'cabinet_reverse': lambda: self._control.reverse(outcome.order_id),
            }[what]()
        except (BankError, GaveUp) as error:
            outcome.tell(f'staff could not: {error}')

    def _spoil_answer(self, outcome: Outcome, method: str) -> None:
        if fault := outcome.payment.afterwards_fault:
            self._control.add_faults(outcome.payment.contract.login, {
                'fault': fault, 'method': method, 'order': outcome.order_number, 'times': 1,
            })

    def _press(self, outcome: Outcome, button) -> None:
        """Press a button, and again if Odoo says that the bank did not answer."""
        for _press in range(PRESSES):
            try:
                button()
                return
            except OdooError as error:
                outcome.tell(f'staff was told: {error}')

"""What staff does with the money afterwards, in Odoo and in the bank's cabinet."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from dev.audit.books import OdooTransaction
from dev.audit.outcome import Outcome
from dev.audit.patience import GaveUp
from dev.audit.shop import AuditShop
from dev.bank.process import BankError, BankProcess
from dev.odoo.session import OdooError

#: The call that a button of Odoo makes.
METHODS = {
    'capture': 'deposit',
    'capture_part': 'deposit',
    'void': 'reverse',
    'refund': 'refund',
    'refund_part': 'refund',
    'refund_twice': 'refund',
    'refund_and_cabinet_refund': 'refund',
    'capture_and_cabinet_reverse': 'deposit',
    'void_and_cabinet_deposit': 'reverse',
}
#: How often a button is pressed when the bank's answer is lost.
PRESSES = 3
#: How many orders are worked on side by side.
DESKS = 4


class Staff:
    """The accountant and the one who has access to the bank's cabinet.

    :param shop: the shop
    :param bank: the bank
    """

    def __init__(self, shop: AuditShop, bank: BankProcess):
        self._shop = shop
        self._control = bank.control

    def work(self, outcomes: Sequence[Outcome], transactions: dict[str, OdooTransaction]) -> None:
        """Do what the plan says about each order whose money is there.

        :param transactions: Odoo's, by the bank's order number
        """
        # An order whose money is not booked is for the verdict, not for staff.
        with_money = [
            (outcome, tx)
            for outcome in outcomes
            if outcome.payment.afterwards
            and (tx := transactions.get(outcome.order_number))
            and (tx.payments or tx.state == 'authorized')
        ]
        with ThreadPoolExecutor(max_workers=DESKS) as pool:
            for work in [pool.submit(self._do, *one) for one in with_money]:
                work.result()

    def accept(self, outcomes: Sequence[Outcome], transactions: dict[str, OdooTransaction]) -> int:
        """Accept what the bank took otherwise than ordered, where that was done on purpose.

        :param transactions: Odoo's, by the bank's order number
        :return: the kopecks that were accepted
        """
        accepted = 0
        for outcome in outcomes:
            tx = transactions.get(outcome.order_number)
            if not tx or outcome.payment.afterwards != 'cabinet_deposit_part':
                continue
            if 'mismatch' not in tx.attention:
                continue
            outcome.tell("staff: accept the bank's amount")
            self._shop.accept_amount(tx.id)
            accepted += self._control.order(outcome.order_id)['depositedAmount']
        return accepted

    def _do(self, outcome: Outcome, tx: OdooTransaction) -> None:
        order = self._control.order(outcome.order_id)
        if order['state'] != ('HELD' if outcome.payment.contract.holds else 'DEPOSITED'):
            return
        outcome.tell(f'staff: {outcome.payment.afterwards}')
        part = max(1, int(order['amount'] * outcome.payment.afterwards_share))
        try:
            if outcome.payment.afterwards in METHODS:
                self._do_in_odoo(outcome, tx, order['amount'], part)
            else:
                self._do_in_cabinet(outcome, part)
        except (BankError, GaveUp) as error:
            outcome.tell(f'staff could not: {error}')

    def _do_in_odoo(self, outcome: Outcome, tx: OdooTransaction, amount: int, part: int) -> None:
        """Press a button, or do two things in the same moment."""
        self._spoil_answer(outcome)

        def refund(kopecks: int) -> None:
            self._shop.refund(tx.payments[0].id, kopecks)

        half = max(1, part // 2)
        deeds: Sequence[Callable[[], None]] = {
            'capture': [lambda: self._shop.capture(tx.id)],
            'capture_part': [lambda: self._shop.capture(tx.id, part)],
            'void': [lambda: self._shop.void(tx.id)],
            'capture_and_cabinet_reverse': [
                lambda: self._shop.capture(tx.id),
                lambda: self._control.reverse(outcome.order_id),
            ],
            'void_and_cabinet_deposit': [
                lambda: self._shop.void(tx.id),
                lambda: self._control.deposit(outcome.order_id),
            ],
            'refund': [lambda: refund(amount)],
            'refund_part': [lambda: refund(part)],
            'refund_twice': [lambda: refund(half)] * 2,
            'refund_and_cabinet_refund': [
                lambda: refund(half),
                lambda: self._control.refund(outcome.order_id, half + 1),
            ],
        }[outcome.payment.afterwards]
        with ThreadPoolExecutor(max_workers=len(deeds)) as pool:
            for deed in [pool.submit(self._insist, outcome, deed) for deed in deeds]:
                deed.result()

    @staticmethod
    def _insist(outcome: Outcome, deed: Callable[[], None]) -> None:
        """Do something, and again if Odoo says that the bank did not answer."""
        for _press in range(PRESSES):
            try:
                deed()
                return
            except OdooError as error:
                outcome.tell(f'staff was told: {error}')

    def _do_in_cabinet(self, outcome: Outcome, part: int) -> None:
        {
            'cabinet_deposit': lambda: self._control.deposit(outcome.order_id),
            'cabinet_deposit_part': lambda: self._control.deposit(outcome.order_id, part),
            'cabinet_refund': lambda: self._control.refund(outcome.order_id, part),
            'cabinet_reverse': lambda: self._control.reverse(outcome.order_id),
            'expire': lambda: self._control.expire(outcome.order_id),
        }[outcome.payment.afterwards]()

    def _spoil_answer(self, outcome: Outcome) -> None:
        if fault := outcome.payment.afterwards_fault:
            self._control.add_faults(
                outcome.payment.contract.login,
                {
                    'fault': fault,
                    'method': METHODS[outcome.payment.afterwards],
                    'order': outcome.order_number,
                    'times': 1,
                },
            )

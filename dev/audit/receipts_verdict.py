"""The part of the comparison about receipts: every rouble has its receipt, and none has two."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dev.audit.books import OdooReceipt, OdooTransaction
from dev.audit.fault import Fault
from dev.odoo.money import in_figures

#: Why a receipt may be missing, by its state in Odoo: staff are told of it then.
TOLD = {
    'failed': 'receipt_failed',
    'late': 'receipt_late',
    'unknown': 'receipt_unknown',
    'by_hand': 'receipt_by_hand',
}
#: Which receipts are of money that comes, and that goes back.
INCOME, RETURN = {'payment', 'capture'}, {'refund', 'reversal'}


@dataclass
class ReceiptsTally:
    """What the cash registers have printed. Amounts are kopecks.

    :param income: on receipts of income
    :param taken: by the bank, where a register prints
    :param back: on receipts of return
    :param returned: by the bank, where a register prints
    :param offset: on second receipts, as paid before
    :param closed: on second receipts, as Odoo believes
    :param missing: what no receipt was printed of, as staff know: by the state of the receipt
    :param without_register: orders that were paid where none is asked for
    """

    income: int = 0
    taken: int = 0
    back: int = 0
    returned: int = 0
    offset: int = 0
    closed: int = 0
    missing: Counter[str] = field(default_factory=Counter)
    without_register: int = 0

    def __str__(self) -> str:
        missing = ', '.join(
            f'{in_figures(kopecks)} RUB {state}' for state, kopecks in sorted(self.missing.items())
        )
        return (
            f'receipts of income {in_figures(self.income)} of {in_figures(self.taken)} RUB,'
            f' of return {in_figures(self.back)} of {in_figures(self.returned)} RUB,'
            f' offset {in_figures(self.offset)} of {in_figures(self.closed)} RUB;'
            f' missing, and listed for staff: {missing or "none"};'
            f' without a register: {self.without_register} orders'
        )


class ReceiptsComparison:
    """Compares what the registers have printed about an order with its money and with Odoo."""

    def __init__(self):
        self.tally = ReceiptsTally()

    def look_at(self, line: Mapping[str, Any], tx: OdooTransaction | None) -> Iterator[Fault]:
        """Yield what is wrong with the receipts of an order.

        :param line: of the bank's ledger
        :param tx: the transaction, if Odoo knows the order
        """
        for kind, why in self._look_at(line, tx):
            yield Fault(kind, line['orderNumber'], f'receipts: {why}')

    def _look_at(
        self, line: Mapping[str, Any], tx: OdooTransaction | None
    ) -> Iterator[tuple[str, str]]:
        if not tx or not tx.has_register:
            self.tally.without_register += bool(line['taken'])
            if line['receipts']:
                yield 'wrong', f'{line["receipts"]} that nobody has asked for'
            return
        # What was held and never taken is no income, and goes back without a receipt.
        returned = line['returned'] if line['taken'] else 0
        self.tally.taken += line['taken']
        self.tally.income += line['receipt_income']
        self.tally.returned += returned
        self.tally.back += line['receipt_return']
        yield from self._compare('income', line['taken'], line['receipt_income'], tx, INCOME)
        yield from self._compare('return', returned, line['receipt_return'], tx, RETURN)
        yield from self._look_at_offset(line['receipt_offset'], tx)

    def _compare(
        self, what: str, money: int, printed: int, tx: OdooTransaction, operations: set[str]
    ) -> Iterator[tuple[str, str]]:
        receipts = [receipt for receipt in tx.receipts if receipt.operation in operations]
        done = sum(receipt.amount for receipt in receipts if receipt.state == 'done')
        if done != printed:
            yield 'wrong', f'{printed} kopecks of {what} are printed, {done} in Odoo'
        if printed > money:
            yield 'doubled', f'{printed} kopecks of {what} are printed, {money} moved'
        elif printed < money:
            yield from self._look_at_missing(what, money - printed, tx, receipts)

    def _look_at_missing(
        self, what: str, kopecks: int, tx: OdooTransaction, receipts: Sequence[OdooReceipt]
    ) -> Iterator[tuple[str, str]]:
        told = [one for one in receipts if TOLD.get(one.state) in tx.attention]
        if sum(receipt.amount for receipt in told) < kopecks:
            states = ', '.join(receipt.state for receipt in receipts) or 'none there'
            yield 'lost', f'{kopecks} kopecks of {what} have none ({states}), nobody was told'
        else:
            self.tally.missing[told[0].state] += kopecks

    def _look_at_offset(self, printed: int, tx: OdooTransaction) -> Iterator[tuple[str, str]]:
        closings = [receipt for receipt in tx.receipts if receipt.operation == 'closing']
        done = sum(receipt.offset for receipt in closings if receipt.state == 'done')
        self.tally.offset += printed
        self.tally.closed += done
        if printed != done:
            kind = 'doubled' if printed > done else 'wrong'
            yield kind, f'{printed} kopecks are offset at the register, {done} in Odoo'

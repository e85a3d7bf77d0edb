"""The story of two payments, each line of it read back from Odoo or from the bank.

What every story has is here too: the way of a payment, and the comparison of the books.
"""

from typing import Any

from dev.demo.payer import Payer, order_id
from dev.demo.reading import Reader, kopecks, roubles
from dev.demo.shop import CUSTOMERS, DemoShop
from dev.odoo.session import Page

#: What the second customer puts on the account: more than the open invoices.
TOP_UP = '5 000,00'
#: What a receipt says that the money is (tag 1214).
METHODS = {
    'full_payment': 'paid in full',
    'full_prepayment': 'prepaid in full',
    'prepayment': 'prepaid in part',
    'advance': 'an advance',
}


def tell(shop: DemoShop) -> bool:
    """Let customers pay, tell what happened, and return whether the books agree."""
    story = _InvoiceStory(shop)
    story.pay_invoice()
    story.top_up()
    return story.compare_books()


class Story:
    """What happens to a shop, told as it happens, and checked.

    :param shop: the shop
    """

    def __init__(self, shop: DemoShop):
        self.shop = shop
        self.reader = Reader(shop)
        #: Claims, and whether they hold.
        self.checks: dict[str, bool] = {}

    def pay(self, payer: Payer, page: Page) -> dict[str, Any]:
        """Let a customer pay on the bank's page, and return Odoo's payment."""
        order = self.reader.order(order_id(page))
        line(
            'The order',
            f'{order["orderNumber"]} over {kopecks(order["amount"])} is at the bank: '
            f'{order["state"]}.',
        )
        card = next(card for card in self.shop.bank.control.cards() if card['acs_code'])
        payer.pay_by_card(page, card)
        order = self.reader.order(order['orderId'])
        line(
            'The card',
            f'{card["pan"]} pays, the payer confirms it with a code: {order["state"]}, '
            f'{kopecks(order["depositedAmount"])}.',
        )
        callback = self.reader.callback(order['orderId'])
        line(
            'The callback',
            f'The bank notifies Odoo: «{callback["operation"]}», status {callback["status"]}. '
            f'Verdict: {self.reader.verdict(order["orderId"])}, '
            f'answer {callback["tries"][-1]["answer"]}.',
        )
        transaction = self.reader.transaction(order['orderId'])
        payment = self.reader.payment(transaction)
        line(
            'The payment',
            f'{payment["name"]} over {roubles(payment["amount"])} is booked into '
            f'«{payment["journal_id"][1]}»; the transaction {transaction["reference"]} is '
            f'{transaction["state"]}.',
        )
        self._show_receipt(transaction, payment)
        return payment

    def _show_receipt(self, transaction: dict[str, Any], payment: dict[str, Any]) -> None:
        """Tell of the receipt as its reader sees it."""
        receipt = self.reader.receipt(transaction)
        for item in receipt['content']['items']:
            line(
                'The receipt',
                f'{item["name"]}: {item["quantity"]} × {kopecks(item["price"])} = '
                f'{kopecks(item["amount"])}, {METHODS[item["method"]]}, '
                f'VAT {item["vat"]}.',
            )
        line(
            '',
            f'Total {roubles(receipt["amount"])}, printed {receipt["issued_at"]}: '
            f'FN {receipt["storage_number"]}, FD {receipt["document_number"]}, '
            f'FPD {receipt["fiscal_sign"]}; sent to {receipt["content"]["buyer"]["email"]}.',
        )
        line('', f'Its QR code: {receipt["qr_text"]}')
        parts = sum(item['amount'] for item in receipt['content']['items'])
        is_whole = roubles(payment['amount']) == roubles(receipt['amount']) == kopecks(parts)
        claim = 'each receipt is of the whole payment'
        self.checks[claim] = is_whole and self.checks.get(claim, True)

    def compare_books(self) -> bool:
        """Compare the bank's ledger with Odoo's, and return whether every check holds."""
        (taken, orders), (booked, payments) = self.reader.bank_total(), self.reader.odoo_total()
        title('The books')
        line('The bank', f'has taken {kopecks(taken)} in {orders} orders.')
        line('Odoo', f'has booked {kopecks(booked)} in {payments} payments.')
        printed = self.reader.receipt_total()
        line('The register', f'has printed receipts of {kopecks(printed)}.')
        self.checks['every rouble has its receipt'] = printed == taken
        self.checks['bank and Odoo have the same sum'] = taken == booked
        self.checks['and as many payments'] = orders == payments
        failed = [claim for claim, holds in self.checks.items() if not holds]
        print(
            f'\nNOT TRUE: {"; ".join(failed)}.'
            if failed
            else f'\nChecked: {"; ".join(self.checks)}.',
            flush=True,
        )
        return not failed


class _InvoiceStory(Story):
    def pay_invoice(self) -> None:
        """A customer pays an invoice by card, with 3-D Secure."""
        customer = CUSTOMERS[0]
        invoice_id = self.shop.invoices[customer][0]
        (invoice,) = self.reader.invoices([invoice_id])
        title('An invoice')
        line(
            'The customer',
            f'{invoice["partner_id"][1]} opens the invoice {invoice["name"]}, open: '
            f'{roubles(invoice["amount_residual"])}, and chooses Sberbank.',
        )
        payer = Payer(self.shop.server.url, customer)
        payment = self.pay(payer, payer.choose_sberbank(invoice_id))

        (invoice,) = self.reader.invoices([invoice_id])
        reconciliations = self.reader.reconciliations(invoice_id)
        line(
            'The invoice',
            f'{invoice["name"]} is {invoice["payment_state"]}, reconciled '
            f'{len(reconciliations)} time(s), open: {roubles(invoice["amount_residual"])}.',
        )
        self.checks['the invoice is paid'] = (
            invoice['payment_state'] in ('paid', 'in_payment') and not invoice['amount_residual']
        )
        self.checks['it was reconciled once'] = len(reconciliations) == 1 and [
            part['amount'] for part in self.reader.reconciled(payment)
        ] == [invoice['amount_total']]

    def top_up(self) -> None:
        """A customer with debts puts a round sum on the account."""
        customer = CUSTOMERS[1]
        debts = self.reader.invoices(self.shop.invoices[customer])
        owed = sum(debt['amount_residual'] for debt in debts)
        title('A top-up')
        line(
            'The customer',
            f'{debts[0]["partner_id"][1]} owes {roubles(owed)} for {len(debts)} invoices and '
            f'types in {TOP_UP} at «Top up».',
        )
        payer = Payer(self.shop.server.url, customer)
        payment = self.pay(payer, payer.top_up(TOP_UP))

        reconciled = self.reader.reconciled(payment)
        rest = payment['amount'] - sum(part['amount'] for part in reconciled)
        parts = '; '.join(
            f'{part["debit_move_id"][1]}: {roubles(part["amount"])}' for part in reconciled
        )
        still_open = self.reader.invoices(self.shop.invoices[customer])
        line('The debts', f'reconciled are {parts}.')
        line('The account', f'{roubles(rest)} remain on it for what comes.')
        self.checks['the debts are paid'] = not any(debt['amount_residual'] for debt in still_open)
        self.checks['the rest is on the account'] = roubles(rest) == roubles(
            payment['amount'] - owed
        )


def title(text: str) -> None:
    """Print what the next lines are about."""
    print(f'\n{text}', flush=True)


def line(who: str, what: str) -> None:
    """Print who does what."""
    print(f'  {who:<14}{what}', flush=True)

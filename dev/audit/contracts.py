"""The shop's contracts with the bank: one for each way that it notifies, and a trial."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Contract:
    """A login at the bank, and the payment method that leads to it in the shop.

    :param callback: how the bank notifies, as its control API takes it
    :param holds: whether payments are held first and completed by the shop
    :param vat_table: the bank's table of VAT that its cash register follows, if there is one
    :param weight: how often it is used, relative to the others
    """

    login: str
    password: str
    dialect: str
    method: str
    callback: tuple[tuple[str, Any], ...]
    holds: bool = False
    vat_table: str = ''
    weight: int = 1

    @property
    def key(self) -> str:
        """The symmetric key that notifications are signed with, if they are."""
        return dict(self.callback).get('key', '')

    @property
    def has_register(self) -> bool:
        """Whether a cash register behind the gateway issues the receipts."""
        return bool(self.vat_table)


CONTRACTS = (
    Contract(
        login='audit-api',
        password='Rbs%2026+&"ok"',
        dialect='rbs',
        method='card',
        callback=(
            ('method', 'GET'),
            ('signing', 'symmetric'),
            ('key', 'callback-key-of-the-audit'),
            ('parameters', ('mdOrder', 'orderNumber', 'operation', 'status', 'amount')),
        ),
        weight=4,
    ),
    Contract(
        login='P1234567890',
        password='Ecom%2026+&<ok>',
        dialect='ecom',
        method='sbp',
        callback=(),
        vat_table='ecom_2026',
        weight=4,
    ),
    Contract(
        login='audit_hold-api',
        password='Hold%2026+&"ok"',
        dialect='rbs',
        method='sberpay',
        callback=(('method', 'POST'), ('signing', 'asymmetric'), ('approved_first', True)),
        holds=True,
        vat_table='rbs',
        weight=2,
    ),
)

#: A contract that the shop tries out, in Test Mode, and does not offer to its customers. Its method
#: is no other's: a form has each method once, of whichever provider.
CLOSED = Contract(
    login='audit_closed-api',
    password='Closed%2026+&"ok"',
    dialect='rbs',
    method='bank_transfer',
    callback=(),
)

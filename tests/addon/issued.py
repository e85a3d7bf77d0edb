"""Receipts of tests: what the register is told, and what it says that it has issued."""

from dataclasses import replace
from decimal import Decimal
from uuid import uuid4

from odoo.addons.payment_sberbank import gateway

SELLER = gateway.Seller(
    inn='7707083893',
    email='shop@shop.example',
    tax_system=gateway.TaxSystem.OSN,
    payment_address='https://shop.example',
)
BUYER = gateway.Buyer(email='anna@customer.example')
#: Worked example A, paid in full before delivery: name, quantity, price, rate.
EXAMPLE = (
    ('Кружка', 2, 30000, gateway.Vat.TWENTY_TWO),
    ('Кружка', 1, 29999, gateway.Vat.TWENTY_TWO),
    ('Доставка', 1, 35000, gateway.Vat.TWENTY_TWO),
    ('Книга', 2, 45500, gateway.Vat.TEN),
)
ONE_LESSON = (('Lesson', 1, 10000, gateway.Vat.NONE),)


def receipt(lines=ONE_LESSON, method=gateway.Method.FULL_PREPAYMENT, **values):
    """Return the receipt of a payment.

    :param lines: Name, quantity, price in kopecks and plain rate of each.
    :param method: Tag 1214 of all lines.
    :param values: Of the receipt, or others.
    """
    items = tuple(
        gateway.Item(
            code=str(position),
            name=name,
            quantity=Decimal(quantity),
            measure=0,
            unit='шт',
            price=price,
            amount=price * quantity,
            method=method,
            subject=gateway.Subject.COMMODITY,
            vat=vat.calculated if method.is_before_transfer else vat,
            position=position,
        )
        for position, (name, quantity, price, vat) in enumerate(lines, start=1)
    )
    return gateway.Receipt(**{
        'kind': gateway.Kind.SELL,
        'ffd_version': gateway.FfdVersion.V1_05,
        'seller': SELLER,
        'buyer': BUYER,
        'items': items,
        'settlements': gateway.Settlements(cashless=sum(item.amount for item in items)),
        **values,
    })


def issued(asked, status=gateway.ReceiptStatus.DONE, **values):
    """Return what the register says of a receipt.

    :param sberbank.receipt asked: The receipt that was asked for.
    :param status: What became of it.
    :param values: What the bank tells differently.
    """
    told = gateway.IssuedReceipt(
        receipt_id=str(uuid4()), operation_id='op-1', receipt_type=asked.kind, status=status
    )
    if status is gateway.ReceiptStatus.DONE:
        told = replace(
            told,
            number='10',
            shift='3',
            issued_at='26.11.2026 10:09:31',
            total=gateway.to_kopecks(asked.amount),
            fn='9999078900004312',
            fd='133',
            fpd='1590376137',
            url='https://ofd.example/rec/9999078900004312/133/1590376137',
            ecr_number='0000000400054952',
            ofd_inn='7704211201',
        )
    elif status is gateway.ReceiptStatus.FAILED:
        told = replace(told, error_code='14', error_text='Смена истекла', recommendation=1)
    return replace(told, **values)

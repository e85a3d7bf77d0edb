"""A receipt that every gateway takes, and what the bank says that the register made of it."""

from dataclasses import replace
from decimal import Decimal

from gateway import (
    Buyer,
    FfdVersion,
    Item,
    Kind,
    Method,
    Receipt,
    Seller,
    Settlements,
    Subject,
    TaxSystem,
    Vat,
)

RECEIPT_ID = '822c6862-634c-11ee-8c99-0242ac120002'
SELLER = Seller('5027119066', 'email@shop.example', TaxSystem.OSN, 'https://shop.example')
BUYER = Buyer('payer@example.com', '+79001234567', 'ООО "Ромашка"', '7707083893')


def new_item(position=1, **values):
    """Half a kilogram of something: 10.00 roubles."""
    return Item(**{
        'code': f'SKU-{position}',
        'name': 'Виноград № 1, "без косточек"',
        'quantity': Decimal('0.4'),
        'measure': 11,
        'unit': 'кг',
        'price': 2500,
        'amount': 1000,
        'method': Method.FULL_PREPAYMENT,
        'subject': Subject.PAYMENT,
        'vat': Vat.TEN_110,
        'position': position,
        **values,
    })


def new_receipt(*items, **values):
    items = items or (new_item(),)
    total = sum(item.amount for item in items)
    return Receipt(**{
        'kind': Kind.SELL,
        'ffd_version': FfdVersion.V1_2,
        'seller': SELLER,
        'buyer': BUYER,
        'items': items,
        'settlements': Settlements(cashless=total),
        **values,
    })


def closing(receipt):
    """The receipt of the transfer, for one of the advance: all of it was paid before."""
    items = tuple(
        replace(item, method=Method.FULL_PAYMENT, subject=Subject.COMMODITY, vat=item.vat.plain)
        for item in receipt.items
    )
    return replace(receipt, items=items, settlements=Settlements(prepayment=receipt.total))


def issued_by_ecom(**values):
    """One of `receipts`: the example of the bank's OpenAPI, with a sum in roubles."""
    return {
        'receiptId': RECEIPT_ID,
        'operationId': '0ad563f9-c7ec-49ba-9062-a04de55b6f3f',
        'operationType': 'AUTHORIZATION',
        'receiptType': 'SELL',
        'receiptStatus': 3,
        'origReceiptId': '23d72f20-a770-4548-9bcc-1d1a8567e071',
        'timestamp': '11.10.2023 13:24:59',
        'groupCode': 'group_code_4612',
        'daemonCode': 'quasar',
        'deviceCode': 'KKT068508',
        'error': None,
        'payload': {
            'fiscalReceiptNumber': 10,
            'shiftNumber': 188,
            'receiptDatetime': '09.10.2023 15:08:00',
            'total': 246.5,
            'fnNumber': '9999078902013948',
            'ecrRegistrationNumber': '0000000005035122',
            'fiscalDocumentNumber': 783,
            'fiscalDocumentAttribute': 1837776948,
            'fnsSite': 'www.nalog.ru',
            'ofdInn': '7709364346',
            'ofdReceiptUrl': 'https://consumer.1-ofd.example/v1?fn=9999078902013948&n=1',
        },
        **values,
    }


def issued_by_rbs(**values):
    """One of `receipt` in the older gateway's answer."""
    return {
        'receiptStatus': 1,
        'uuid': RECEIPT_ID,
        'shift_number': 188,
        'receipt_number': 10,
        'receipt_datetime': '09.10.2023 15:08:00',
        'fn_number': '9999078902013948',
        'device_number': '0000000005035122',
        'fiscal_document_number': 783,
        'fiscal_document_attribute': 1837776948,
        'amount_total': 246.5,
        'serial_number': '5567',
        'fnsSite': 'www.nalog.ru',
        'OFD': {'name': 'Оператор', 'website': 'ofd.example', 'INN': '7709364346'},
        **values,
    }

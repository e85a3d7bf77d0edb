"""A receipt as each dialect writes it, in each version and by each table of VAT."""

import base64
import json
import re
from dataclasses import replace
from decimal import Decimal
from urllib.parse import parse_qsl

import jsonschema
import pytest
from gateway import (
    ECOM,
    RBS,
    VAT_TABLES,
    Buyer,
    FfdVersion,
    Kind,
    Method,
    ReceiptError,
    Settlements,
    Subject,
    TaxSystem,
    Vat,
)
from gateway.calls import Call

from tests.openapi import find_openapi

from .receipts import BUYER, SELLER, closing, new_item, new_receipt

TABLES = {'ecom': VAT_TABLES['ecom_2026'], 'rbs': VAT_TABLES['rbs']}
OLDEST = VAT_TABLES['ecom_1_0_7']
CARRY_RECEIPTS = [call for call in Call if 'orderBundle' in ECOM._FIELDS[call]]
V1_05 = {'ffd_version': FfdVersion.V1_05}


def test_ecom_is_told_a_receipt_of_version_1_2():
    assert ECOM.receipt_fields(Call.REGISTER, new_receipt(), OLDEST) == {
        'email': 'payer@example.com',
        'phone': '+79001234567',
        'orderBundle': {
            'ffdVersion': '1.2',
            'receiptType': 'sell',
            'company': {
                'email': 'email@shop.example',
                'sno': 'osn',
                'inn': '5027119066',
                'paymentAddress': 'https://shop.example',
            },
            'customerDetails': {'fullName': 'ООО "Ромашка"', 'inn': '7707083893'},
            'cartItems': {
                'items': [
                    {
                        'positionId': '1',
                        'itemCode': 'SKU-1',
                        'name': 'Виноград № 1, "без косточек"',
                        'quantity': {'value': 0.4, 'measure': '11'},
                        'itemPrice': 2500,
                        'itemAmount': 1000,
                        'paymentMethod': 'full_prepayment',
                        'paymentObject': '10',
                        'tax': {'taxType': 4},
                    }
                ]
            },
            'payments': [{'type': 1, 'sum': 1000}],
            'total': 1000,
        },
    }


def test_ecom_is_told_a_receipt_of_version_1_05_in_words():
    fields = ECOM.receipt_fields(Call.REGISTER, new_receipt(**V1_05), OLDEST)

    [item] = fields['orderBundle']['cartItems']['items']
    assert fields['orderBundle']['ffdVersion'] == '1.05'
    assert item['quantity'] == {'value': 0.4}
    assert (item['measurementUnit'], item['paymentObject']) == ('кг', 'payment')


def test_rbs_is_told_a_receipt_in_numbers():
    seller = replace(SELLER, tax_system=TaxSystem.PATENT)
    item = {
        'positionId': '1',
        'name': 'Виноград № 1, "без косточек"',
        'quantity': {'value': 0.4, 'measure': '11'},
        'itemAmount': 1000,
        'itemPrice': 2500,
        'itemCode': 'SKU-1',
        'tax': {'taxType': 4},
        'itemAttributes': {
            'attributes': [
                {'name': 'paymentMethod', 'value': '1'},
                {'name': 'paymentObject', 'value': '10'},
            ]
        },
    }
    receipt = new_receipt(seller=seller)

    assert RBS.receipt_fields(Call.REGISTER, receipt, TABLES['rbs']) == {
        'taxSystem': 5,
        'orderBundle': {
            'ffdVersion': '1.2',
            'customerDetails': {
                'email': 'payer@example.com',
                'phone': '79001234567',
                'fullName': 'ООО "Ромашка"',
                'inn': '7707083893',
            },
            'cartItems': {'items': [item]},
        },
    }
    v1_05 = RBS.receipt_fields(Call.DEPOSIT, replace(receipt, **V1_05), TABLES['rbs'])
    assert v1_05 == {
        'depositItems': {'items': [{**item, 'quantity': {'value': 0.4, 'measure': 'кг'}}]}
    }


def test_an_operation_on_an_order_tells_what_its_dialect_takes():
    receipt = replace(new_receipt(), kind=Kind.SELL_REFUND)

    for call in (Call.DEPOSIT, Call.REVERSE, Call.REFUND):
        assert ECOM.receipt_fields(call, receipt, OLDEST).keys() == {'orderBundle'}
    assert ECOM.receipt_fields(Call.REFUND, receipt, OLDEST)['orderBundle']['receiptType'] == (
        'sell_refund'
    )
    assert RBS.receipt_fields(Call.REFUND, receipt, TABLES['rbs']).keys() == {'refundItems'}
    assert RBS.receipt_fields(Call.REVERSE, receipt, TABLES['rbs']) == {}


def test_the_documents_of_2026_write_kinds_in_capitals():
    fields = ECOM.receipt_fields(Call.REGISTER, new_receipt(), TABLES['ecom'])

    assert fields['orderBundle']['receiptType'] == 'SELL'


def test_a_closing_receipt_tells_what_was_paid_before_in_ecom_only():
    receipt = closing(new_receipt())

    fields = ECOM.receipt_fields(Call.DO_RECEIPT, receipt, OLDEST)

    assert fields['orderBundle']['payments'] == [{'type': 2, 'sum': 1000}]
    assert fields['email'] == 'payer@example.com'
    with pytest.raises(ReceiptError, match='paid before'):
        RBS.receipt_fields(Call.DEPOSIT, receipt, TABLES['rbs'])


def test_payments_are_told_by_their_kinds():
    receipt = replace(
        new_receipt(new_item(method=Method.PARTIAL_PAYMENT, vat=Vat.TEN)),
        settlements=Settlements(cashless=600, prepayment=300, credit=100),
    )

    bundle = ECOM.receipt_fields(Call.DO_RECEIPT, receipt, OLDEST)['orderBundle']

    assert bundle['payments'] == [
        {'type': 1, 'sum': 600},
        {'type': 2, 'sum': 300},
        {'type': 3, 'sum': 100},
    ]


@pytest.mark.parametrize('subject', Subject)
def test_every_subject_is_told_by_its_number_or_its_name(subject):
    receipt = new_receipt(new_item(subject=subject))

    def told(dialect, receipt):
        fields = dialect.receipt_fields(Call.REGISTER, receipt, TABLES[dialect.code])
        return fields['orderBundle']['cartItems']['items'][0]

    assert told(ECOM, receipt)['paymentObject'] == str(subject.code)
    attributes = told(RBS, receipt)['itemAttributes']['attributes']
    assert attributes[1]['value'] == str(subject.code)
    if subject.has_1_05_name:
        assert told(ECOM, replace(receipt, **V1_05))['paymentObject'] == subject.value


def test_the_code_of_a_marked_piece_is_told_in_ecom_only():
    mark = '010460586548716221n=YGyIm\x1d91EE06"'
    item = new_item(
        subject=Subject.MARKED,
        method=Method.FULL_PAYMENT,
        vat=Vat.TEN,
        quantity=Decimal(1),
        measure=0,
        price=1000,
        mark=mark,
    )

    fields = ECOM.receipt_fields(Call.DO_RECEIPT, new_receipt(item), OLDEST)

    [told] = fields['orderBundle']['cartItems']['items']
    assert told['quantity'] == {'value': 1, 'measure': '0'}
    assert base64.b64decode(told['markCode']['gs1m']).decode() == mark
    assert told['markProcessingMode'] == '0'
    with pytest.raises(ReceiptError, match='marked piece'):
        RBS.receipt_fields(Call.DEPOSIT, new_receipt(item), TABLES['rbs'])
    with pytest.raises(ReceiptError, match='too long'):
        ECOM.receipt_fields(
            Call.DO_RECEIPT, new_receipt(replace(item, mark=mark + 'x' * 151)), OLDEST
        )


def test_the_older_gateway_sends_no_receipt_to_a_long_email():
    email = 'a' * 40 + '@b.ru'

    with_phone = RBS.receipt_fields(
        Call.REGISTER, new_receipt(buyer=Buyer(email, '+79001234567')), TABLES['rbs']
    )

    assert with_phone['orderBundle']['customerDetails'] == {'phone': '79001234567'}
    with pytest.raises(ReceiptError, match='telephone number is needed'):
        RBS.receipt_fields(Call.REGISTER, new_receipt(buyer=Buyer(email)), TABLES['rbs'])


@pytest.mark.parametrize('table', VAT_TABLES.values(), ids=VAT_TABLES)
def test_a_name_is_as_long_as_the_documents_of_the_table_allow(table):
    dialect = ECOM if table.dialect == 'ecom' else RBS

    def write(length):
        dialect.receipt_fields(Call.REGISTER, new_receipt(new_item(name='я' * length)), table)

    write(table.max_name_length)
    if table.max_name_length < 128:
        with pytest.raises(ReceiptError, match='names of 100 characters'):
            write(table.max_name_length + 1)


@pytest.mark.parametrize('vat', Vat)
@pytest.mark.parametrize('table', VAT_TABLES.values(), ids=VAT_TABLES)
def test_a_rate_is_told_by_its_code_or_nothing_is_sent(table, vat):
    dialect = ECOM if table.dialect == 'ecom' else RBS
    method = Method.ADVANCE if vat.is_calculated else Method.FULL_PAYMENT
    receipt = new_receipt(new_item(vat=vat, method=method))

    if vat not in table.codes:
        with pytest.raises(ReceiptError, match=re.escape(f'«{vat.value}»')):
            dialect.receipt_fields(Call.REGISTER, receipt, table)
        return
    fields = dialect.receipt_fields(Call.REGISTER, receipt, table)
    assert fields['orderBundle']['cartItems']['items'][0]['tax'] == {'taxType': table.codes[vat]}


@pytest.mark.parametrize('quantity', ['1', '0.001', '0.1', '1.005', '99999.999', '3.000', '33.333'])
def test_a_quantity_has_its_own_digits_on_the_wire(quantity):
    amount = int((Decimal(quantity) * 1000).to_integral_value())
    receipt = new_receipt(new_item(quantity=Decimal(quantity), price=1000, amount=amount))
    ecom, _headers = ECOM.encode(Call.DEPOSIT, ECOM.receipt_fields(Call.DEPOSIT, receipt, OLDEST))
    rbs, _headers = RBS.encode(
        Call.DEPOSIT, RBS.receipt_fields(Call.DEPOSIT, receipt, TABLES['rbs'])
    )

    digits = format(Decimal(quantity).normalize(), 'f')
    assert f'"value": {digits},' in ecom.decode()
    assert f'"value": {digits},' in dict(parse_qsl(rbs.decode()))['depositItems']


# === AGAINST THE BANK'S OPENAPI === #


@pytest.fixture(scope='module')
def schemas():
    yaml = pytest.importorskip('yaml')
    return yaml.safe_load(find_openapi().read_text('utf-8'))['components']['schemas']


class Documented:
    """A schema of the bank's file, with what is written there in its own ways put right."""

    def __init__(self, schemas):
        self._schemas = schemas

    def of(self, call):
        """Return the schemas of what a call has about its receipt."""
        properties = self._schemas[f'{call.value}Request']['properties']
        names = properties.keys() & {'email', 'phone', 'orderBundle'}
        return {name: self.resolve(properties[name]) for name in names}

    def resolve(self, node):
        if isinstance(node, list):
            return [self.resolve(part) for part in node]
        if not isinstance(node, dict):
            return node
        if '$ref' in node:
            return self.resolve(self._schemas[node['$ref'].rsplit('/', 1)[-1]])
        node = {name: self.resolve(part) for name, part in node.items() if name != 'example'}
        if node.get('type') == 'string' and 'enum' in node:
            # Codes without quotes: YAML reads them as numbers.
            node['enum'] = [str(value) for value in node['enum']]
        if node.get('type') == 'object' and 'properties' in node:
            node['additionalProperties'] = False
        if isinstance(node.get('required'), str):
            node['required'] = node['required'].split()
        if 'items' in node.get('properties', {}) and 'payments' in node.get('required', ()):
            # The file requires of the cart what it has beside the cart.
            node['required'] = ['items']
        return node


@pytest.mark.parametrize(
    'receipt',
    [
        new_receipt(),
        new_receipt(**V1_05),
        new_receipt(buyer=Buyer(phone='+79001234567')),
        closing(new_receipt(new_item(1), new_item(2))),
        replace(new_receipt(), kind=Kind.SELL_REFUND),
    ],
    ids=['1.2', '1.05', 'phone', 'closing', 'return'],
)
@pytest.mark.parametrize(
    'call',
    [
        Call.REGISTER,
        Call.REGISTER_PRE_AUTH,
        Call.DEPOSIT,
        Call.REVERSE,
        Call.REFUND,
        Call.DO_RECEIPT,
    ],
)
def test_a_receipt_is_one_of_the_bank_s_own_schema(schemas, call, receipt):
    fields = ECOM.receipt_fields(call, receipt, OLDEST)
    body, _headers = ECOM.encode(call, fields)
    documented = Documented(schemas).of(call)

    assert fields.keys() <= documented.keys()
    for name, value in json.loads(body).items():
        jsonschema.validate(value, documented[name])


def test_the_schema_would_refuse_what_is_wrong(schemas):
    fields = ECOM.receipt_fields(Call.REFUND, new_receipt(), OLDEST)
    documented = Documented(schemas).of(Call.REFUND)['orderBundle']
    item = fields['orderBundle']['cartItems']['items'][0]

    for wrong in ({'positionId': 1}, {'tax': {'taxType': 12}}, {'colour': 'red'}):
        spoilt = {**fields['orderBundle'], 'cartItems': {'items': [{**item, **wrong}]}}
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(spoilt, documented)


def test_buyers_without_a_name_leave_the_block_out():
    fields = ECOM.receipt_fields(Call.REGISTER, new_receipt(buyer=Buyer('a@b.ru')), OLDEST)

    assert 'customerDetails' not in fields['orderBundle']
    assert BUYER.name not in str(fields)
    assert 'phone' not in fields

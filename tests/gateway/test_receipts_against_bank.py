"""Receipts between the client and the stand-in bank: two readings of the same rules."""

import itertools
import json
from dataclasses import replace
from decimal import Decimal

import jsonschema
import pytest
from gateway import (
    DIALECTS,
    ECOM,
    MEASURES,
    RBS,
    VAT_TABLES,
    Buyer,
    Credentials,
    FfdVersion,
    GatewayClient,
    Kind,
    Method,
    ReceiptStatus,
    Refused,
    Settlements,
    Subject,
    Unavailable,
    Vat,
    clean_name,
)
from gateway.calls import Call
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dev.bank import ecom_carts, rbs_carts
from dev.bank.cart_schemas import ORDER_BUNDLE
from dev.bank.merchants import Merchant

from .receipts import SELLER, closing, new_item, new_receipt
from .test_calls import new_order

PASSWORD = 'p%"&+ =w1'
GOOD_CARD = '2202205000012424'
DELAY = 60
HOUR = 3600

NUMBERS = itertools.count(1)
# What the bank calls the documents that a table was taken from.
EDITIONS = {
    'ecom_2026': 'ecom-2026',
    'ecom_1_0_7': 'ecom-1.0.7',
    'ecom_1_0_4': 'ecom-1.0.4',
    'rbs': 'rbs-2026',
}


@pytest.fixture
def open_shop(bank):
    """Open a shop with a cash register, and return a client of it."""

    def open_shop(table=None, dialect=ECOM, **cash_register):
        login = f'receipts-{next(NUMBERS)}'
        if table:
            cash_register['edition'] = EDITIONS[table.code]
        bank.control.put_merchant(
            login,
            password=PASSWORD,
            dialect=dialect.code,
            name='Shop',
            fiscal=True,
            cash_register={'delay': DELAY, **cash_register},
        )
        url = bank.ecom_url if dialect is ECOM else bank.rbs_url
        client = GatewayClient(
            dialect, url, Credentials(login, PASSWORD), read_timeout=10, vat_table=table
        )
        client.login = login
        return client

    return open_shop


@pytest.fixture
def client(open_shop, dialect):
    return open_shop(dialect=dialect)


def order_of(receipt):
    return new_order(order_number=f'R-{next(NUMBERS)}', amount=receipt.total, receipt=receipt)


def pay(bank, client, receipt, *, hold=False):
    register = client.register_pre_auth if hold else client.register
    order_id = register(order_of(receipt)).order_id
    bank.control.pay(order_id, card=GOOD_CARD)
    return order_id


def receipts_of(bank, client, order_id, wait=DELAY):
    bank.control.advance(wait)
    return client.get_receipts(order_id)


def of_version(receipt, version):
    return replace(receipt, ffd_version=version)


@pytest.mark.parametrize('version', FfdVersion)
def test_a_payment_a_refund_and_their_receipts(bank, client, version):
    receipt = of_version(
        new_receipt(new_item(1), new_item(2, quantity=Decimal(3), price=33333, amount=99999)),
        version,
    )
    order_id = pay(bank, client, receipt)
    assert not any(issued.is_final for issued in client.get_receipts(order_id))

    [sale] = receipts_of(bank, client, order_id)

    assert sale.is_done
    assert sale.total == receipt.total
    [known] = bank.control.receipts(client.login)
    assert sale.qr_text(kind=Kind.SELL) == known['qr'] != ''
    assert [item['rate'] for item in known['items']] == ['10/110'] * 2

    # when
    goes_back = replace(
        receipt,
        kind=Kind.SELL_REFUND,
        items=receipt.items[:1],
        settlements=Settlements(cashless=1000),
    )
    for _repetition in range(2):
        client.refund(order_id, 1000, external_refund_id='1', receipt=goes_back)

    # then
    sale_again, refund = receipts_of(bank, client, order_id)
    assert sale_again == sale
    assert refund.total == 1000
    books = bank.control.ledger(client.login)['totals']
    assert (books['receipt_income'], books['receipt_return']) == (receipt.total, 1000)


def test_a_hold_is_taken_in_part_with_its_lines(bank, client):
    order_id = pay(bank, client, new_receipt(new_item(1), new_item(2)), hold=True)

    client.deposit(order_id, 1000, receipt=new_receipt(new_item(2)))

    [taken] = receipts_of(bank, client, order_id)
    assert (taken.is_done, taken.total) == (True, 1000)


def test_a_reversal_gives_all_back(bank, client):
    order_id = pay(bank, client, new_receipt())

    client.reverse(order_id, receipt=replace(new_receipt(), kind=Kind.SELL_REFUND))

    assert [receipt.is_done for receipt in receipts_of(bank, client, order_id)] == [True, True]
    books = bank.control.ledger(client.login)['totals']
    assert books['receipt_income'] == books['receipt_return'] == 1000


@pytest.mark.parametrize('table', VAT_TABLES.values(), ids=VAT_TABLES)
def test_every_rate_is_printed_as_itself(bank, open_shop, table):
    client = open_shop(table, DIALECTS[table.dialect])
    rates = sorted(table.codes, key=lambda vat: vat.value)
    receipt = new_receipt(
        *(
            new_item(
                position,
                vat=vat,
                method=Method.ADVANCE if vat.is_calculated else Method.FULL_PAYMENT,
            )
            for position, vat in enumerate(rates, start=1)
        )
    )

    pay(bank, client, receipt)

    [printed] = bank.control.receipts(client.login)
    assert [item['rate'] for item in printed['items']] == [vat.value for vat in rates]


def test_a_rate_of_a_newer_table_is_refused_by_an_older_account(bank, open_shop):
    client = open_shop(VAT_TABLES['ecom_1_0_7'])
    client.vat_table = VAT_TABLES['ecom_2026']

    with pytest.raises(Refused) as caught:
        client.register(order_of(new_receipt(new_item(vat=Vat.TWENTY_TWO_122))))
    assert caught.value.code == '5'


@pytest.mark.parametrize('version', FfdVersion)
def test_every_method_and_subject_is_taken(bank, client, version):
    subjects = [
        subject
        for subject in Subject
        if (subject.has_1_05_name or version is FfdVersion.V1_2) and not subject.is_marked
    ]
    items = [
        new_item(
            position,
            subject=subject,
            method=list(Method)[position % 6],
            vat=Vat.NONE,
            name=clean_name(f'Строка «{position}» — 100 % + ё №'),
        )
        for position, subject in enumerate(subjects, start=1)
    ]

    pay(bank, client, of_version(new_receipt(*items), version))

    [printed] = bank.control.receipts(client.login)
    assert [item['subject'] for item in printed['items']] == [subject.code for subject in subjects]
    assert [item['method'] for item in printed['items']] == [item.method.code for item in items]


@pytest.mark.parametrize('buyer', [Buyer('a@b.ru'), Buyer(phone='+79001234567')])
def test_one_contact_is_enough(bank, client, buyer):
    order_id = pay(bank, client, new_receipt(buyer=buyer))

    [receipt] = receipts_of(bank, client, order_id)

    assert receipt.is_done
    [printed] = bank.control.receipts(client.login)
    assert printed['contact'].lstrip('+') in (buyer.email, buyer.phone.lstrip('+'))


def test_an_account_without_a_cash_register_refuses_the_order(bank, client, dialect):
    bank.control.put_merchant(client.login, password=PASSWORD, dialect=dialect.code, name='Shop')

    with pytest.raises(Refused) as caught:
        client.register(order_of(new_receipt()))
    assert caught.value.code == '5'


# === THE NEWER GATEWAY === #


def test_an_advance_is_closed_once_with_what_was_paid_before(bank, open_shop):
    client = open_shop()
    receipt = new_receipt()
    order_id = pay(bank, client, receipt)

    receipt_id = client.do_receipt(order_id, closing(receipt))

    _advance, closed = receipts_of(bank, client, order_id)
    assert (closed.receipt_id, closed.is_done) == (receipt_id, True)
    books = bank.control.ledger(client.login)['totals']
    assert (books['receipt_income'], books['receipt_offset']) == (1000, 1000)


def test_a_lost_answer_to_do_receipt_is_found_again(bank, open_shop):
    client = open_shop()
    order_id = pay(bank, client, new_receipt())
    bank.control.faults(client.login, {'fault': 'drop_response_after_commit', 'times': 1})

    with pytest.raises(Unavailable) as caught:
        client.do_receipt(order_id, closing(new_receipt()))

    assert caught.value.may_have_reached
    assert len(client.get_receipts(order_id)) == 2


def test_a_failed_receipt_is_sent_again_when_its_time_has_come(bank, open_shop):
    client = open_shop()
    bank.control.faults(client.login, {'fault': 'receipt_exhausted', 'times': 1})
    order_id = pay(bank, client, new_receipt())
    [failed] = receipts_of(bank, client, order_id)
    assert (failed.status, failed.recommendation) == (ReceiptStatus.EXHAUSTED, 1)
    assert failed.can_be_retried
    assert not failed.can_be_corrected
    receipt_id = failed.receipt_id

    early = client.retry_receipts([receipt_id])[receipt_id]
    bank.control.advance(15 * HOUR)
    in_time = client.retry_receipts([receipt_id])[receipt_id]
    again = client.retry_receipts([receipt_id])[receipt_id]

    assert [(result.accepted, result.is_settled) for result in (early, in_time, again)] == [
        (False, False),
        (True, False),
        (False, True),
    ]
    _failed, done = receipts_of(bank, client, order_id)
    assert (done.is_done, done.original_id) == (True, receipt_id)


def test_a_failed_receipt_is_corrected(bank, open_shop):
    client = open_shop()
    bank.control.faults(client.login, {'fault': 'receipt_failed', 'times': 1})
    order_id = pay(bank, client, new_receipt())
    [failed] = receipts_of(bank, client, order_id)
    assert failed.can_be_corrected

    client.do_receipt(order_id, new_receipt(buyer=Buyer('b@c.ru')), receipt_id=failed.receipt_id)

    _failed, done = receipts_of(bank, client, order_id)
    assert (done.is_done, done.original_id) == (True, failed.receipt_id)
    with pytest.raises(Refused) as caught:
        client.do_receipt(order_id, new_receipt(), receipt_id=done.receipt_id)
    assert caught.value.code == '451'


def test_a_time_out_is_the_banks_to_repeat(bank, open_shop):
    client = open_shop()
    bank.control.faults(client.login, {'fault': 'receipt_timeout', 'times': 1})
    order_id = pay(bank, client, new_receipt())

    [waiting] = receipts_of(bank, client, order_id)
    [done] = receipts_of(bank, client, order_id, HOUR)

    assert (waiting.status, waiting.is_final) == (ReceiptStatus.FAILED, False)
    assert (done.receipt_id, done.is_done) == (waiting.receipt_id, True)


def test_a_long_receipt_is_several_of_one_operation(bank, open_shop):
    client = open_shop(max_items=2)
    order_id = pay(bank, client, new_receipt(*(new_item(n) for n in range(1, 6))))

    receipts = receipts_of(bank, client, order_id)

    assert [receipt.total for receipt in receipts] == [2000, 2000, 1000]
    assert len({receipt.operation_id for receipt in receipts}) == 1


def test_a_sum_in_kopecks_is_told_from_one_in_roubles(bank, open_shop):
    client = open_shop(total_in='kopecks')
    order_id = pay(bank, client, new_receipt())

    [receipt] = receipts_of(bank, client, order_id)

    assert receipt.total == 100_000
    assert receipt.total_of(1000) == 1000
    assert '&s=10.00&' in receipt.qr_text(1000)


def test_what_only_the_register_sees_fails_afterwards(bank, open_shop):
    client = open_shop(inn='7707083893')
    order_id = pay(bank, client, new_receipt(seller=SELLER))

    [receipt] = receipts_of(bank, client, order_id)

    assert (receipt.is_failed, receipt.recommendation) == (True, 2)
    assert 'ИНН' in receipt.error_text


# === ANY RECEIPT === #


@st.composite
def any_receipt(draw):
    """A receipt that can be: any names, prices and quantities, each version, each kind of buyer."""
    version = draw(st.sampled_from(FfdVersion))
    subjects = [
        subject
        for subject in Subject
        if (subject.has_1_05_name or version is FfdVersion.V1_2) and not subject.is_marked
    ]
    items = []
    for position in range(1, draw(st.integers(1, 4)) + 1):
        quantity = Decimal(draw(st.integers(1, 9_999_999))) / 1000
        price = draw(st.integers(1, 100_000))
        exact = quantity * price
        assume(exact % 1 != Decimal('0.5'))
        amount = int(exact.to_integral_value())
        assume(0 < amount <= 1_000_000_000)
        method = draw(st.sampled_from([method for method in Method if method.code < 7]))
        rate = draw(st.sampled_from([vat for vat in Vat if not vat.is_calculated]))
        items.append(
            new_item(
                position,
                name=clean_name(draw(st.text(min_size=1))) or 'Товар',
                code=clean_name(draw(st.text())) + str(position),
                quantity=quantity,
                price=price,
                amount=amount,
                measure=draw(st.sampled_from(sorted(MEASURES))),
                unit=clean_name(draw(st.text()), 16) or 'шт',
                subject=draw(st.sampled_from(subjects)),
                method=method,
                vat=rate.calculated if method.is_before_transfer else rate,
            )
        )
    buyer = Buyer(
        email=draw(st.sampled_from(['a@b.ru', ''])),
        phone='+79001234567',
        name=clean_name(draw(st.text())),
        inn=draw(st.sampled_from(['', '7707083893', '500100732259'])),
    )
    return of_version(new_receipt(*items, buyer=buyer), version)


@settings(max_examples=40)
@given(any_receipt())
def test_the_bank_takes_whatever_a_receipt_can_say(receipt):
    newer, older = (
        Merchant('shop', 'pass', dialect, 'Shop', fiscal=True) for dialect in ('ecom', 'rbs')
    )
    ecom = sent(ECOM, receipt)
    jsonschema.validate(ecom['orderBundle'], ORDER_BUNDLE)
    rbs = {**sent(RBS, receipt), 'amount': receipt.total}

    carts = (
        ecom_carts.read(newer, ecom['orderBundle'], amount=receipt.total, contact=ecom),
        rbs_carts.read(older, {**rbs, 'taxSystem': str(rbs['taxSystem'])}),
    )

    for cart in carts:
        assert not cart.flaws
        assert (cart.total, cart.version) == (receipt.total, receipt.ffd_version.value)
        assert [
            (
                line.name,
                line.quantity,
                line.price,
                line.amount,
                line.rate,
                line.method,
                line.subject,
            )
            for line in cart.lines
        ] == [
            (
                item.name,
                item.quantity,
                item.price,
                item.amount,
                item.vat.value,
                item.method.code,
                item.subject.code,
            )
            for item in receipt.items
        ]


def sent(dialect, receipt):
    """What goes over the wire and comes out of it."""
    table = {'ecom': VAT_TABLES['ecom_2026'], 'rbs': VAT_TABLES['rbs']}[dialect.code]
    return json.loads(json.dumps(dialect.receipt_fields(Call.REGISTER, receipt, table)))

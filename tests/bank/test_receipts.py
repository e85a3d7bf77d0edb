"""Receipts: what the cash register prints, what becomes of those that fail, and the books."""

import base64
import json
import re

import pytest
import requests

from .carts import RBS_ITEM, ecom_bundle, ecom_order, item_of, order_of, rbs_items, rbs_order
from .merchant import PASSWORD, Merchant

HOUR = 3600
DELAY = 30


@pytest.fixture
def shop(merchant: Merchant) -> Merchant:
    """A shop of either dialect with a cash register."""
    merchant.configure(fiscal=True)
    return merchant


@pytest.fixture
def ecom(ecom: Merchant) -> Merchant:
    ecom.configure(fiscal=True)
    return ecom


@pytest.fixture
def rbs(rbs: Merchant) -> Merchant:
    rbs.configure(fiscal=True)
    return rbs


def printed(shop: Merchant, wait: float = DELAY) -> list[dict]:
    """All receipts of the shop, as the bank knows them, after so many bank seconds."""
    shop.control.advance(wait)
    return shop.control.receipts(shop.login)


def ofd(shop: Merchant, method: str, **parameters) -> requests.Response:
    url = shop.bank.ecom_url.replace('/v1/', f'/ofd/v1/{method}')
    body = {'userName': shop.login, 'password': PASSWORD, **parameters}
    return requests.post(url, json=body, timeout=30)


def told(shop: Merchant, order_id: str) -> list[dict]:
    """Receipts as the shop is told of them."""
    if shop.dialect == 'rbs':
        answer = shop.call('getReceiptStatus', orderId=order_id)
        assert answer['errorCode'] == '0'
        return answer['receipt']
    response = ofd(shop, 'getReceiptStatus', orderId=order_id)
    return response.json()['receipts'] if response.status_code == 200 else []


def back(bundle: dict) -> dict:
    return {**bundle, 'receiptType': 'sell_refund'}


def half() -> dict:
    return item_of('1.2', itemAmount=5000, quantity={'value': 0.2, 'measure': '11'})


# === PRINTED === #


def test_a_payment_has_its_receipt_after_a_while(shop: Merchant):
    order_id = shop.paid(**order_of(shop.dialect))

    assert [receipt['state'] for receipt in printed(shop, 0)] == ['WAITING']
    assert [receipt['state'] for receipt in printed(shop, DELAY / 2 + 1)] == ['SENT']
    [receipt] = printed(shop)

    assert (receipt['state'], receipt['total']) == ('DONE', 10000)
    assert (receipt['operation'], receipt['kind']) == ('AUTHORIZATION', 'sell')
    assert receipt['contact'] == 'customer@testmail.ru'
    assert receipt['items'][0]['rate'] == '10/110'
    assert re.fullmatch(r't=\d{8}T\d{4}&s=100\.00&fn=\d{16}&i=\d+&fp=\d+&n=1', receipt['qr'])
    [line] = told(shop, order_id)
    if shop.dialect == 'ecom':
        assert line['receiptType'] == 'SELL'
        assert line['receiptStatus'] == 3
        assert line['payload']['total'] == 100.0
        assert line['payload']['fiscalDocumentNumber'] == receipt['printed']['document']
    else:
        assert line['amount_total'] == 100.0
        assert line['fiscal_document_number'] == receipt['printed']['document']


def test_an_unpaid_order_has_no_receipt(shop: Merchant):
    order_id = shop.order(**order_of(shop.dialect))
    shop.control.pay(order_id, outcome='declined')

    assert printed(shop) == []
    assert told(shop, order_id) == []


def test_an_order_without_a_cart_has_no_receipt(shop: Merchant):
    shop.paid()

    assert printed(shop) == []


def test_the_hold_is_printed_when_it_is_taken(shop: Merchant):
    order_id = shop.hold(**order_of(shop.dialect))
    assert printed(shop) == []
    if shop.dialect == 'ecom':
        cart = {'orderBundle': ecom_bundle(half())}
    else:
        line = {**RBS_ITEM, 'quantity': {'value': 0.2, 'measure': 'кг'}, 'itemAmount': 5000}
        cart = {'depositItems': json.dumps(rbs_items(line))}

    assert shop.code('deposit', orderId=order_id, amount=5000, **cart) == '0'

    [receipt] = printed(shop)
    assert (receipt['operation'], receipt['total']) == ('COMPLETION', 5000)


def test_a_hold_that_is_taken_as_a_whole_has_the_cart_of_the_order(shop: Merchant):
    order_id = shop.hold(**order_of(shop.dialect))
    other = shop.hold(**order_of(shop.dialect))

    shop.call('deposit', orderId=order_id, amount=10000)
    shop.call('deposit', orderId=other, amount=5000)

    [receipt] = printed(shop)
    assert (receipt['orderId'], receipt['total']) == (order_id, 10000)


def test_some_accounts_print_at_the_hold(ecom: Merchant):
    ecom.configure(fiscal=True, cash_register={'hold': 'at_hold'})
    taken, released = (ecom.hold(**ecom_order()) for _order in range(2))

    ecom.call('deposit', orderId=taken, amount=10000, orderBundle=ecom_bundle())
    ecom.call('reverse', orderId=released, orderBundle=back(ecom_bundle()))

    assert [(r['operation'], r['kind']) for r in printed(ecom)] == [
        ('PREAUTHORIZATION', 'sell'),
        ('PREAUTHORIZATION', 'sell'),
        ('REVERSAL', 'sell_refund'),
    ]


def test_a_released_hold_has_no_receipt(ecom: Merchant):
    order_id = ecom.hold(**ecom_order())

    assert ecom.code('reverse', orderId=order_id, orderBundle=back(ecom_bundle())) == '0'

    assert printed(ecom) == []


def test_what_is_left_of_a_hold_that_was_taken_in_part_has_no_receipt(rbs: Merchant):
    rbs.configure(fiscal=True, permissions={'multi_completion': True})
    order_id = rbs.hold(**rbs_order())
    line = {**RBS_ITEM, 'quantity': {'value': 0.2, 'measure': 'кг'}, 'itemAmount': 5000}
    items = json.dumps(rbs_items(line))
    rbs.call('deposit', orderId=order_id, amount=5000, depositItems=items)

    assert rbs.code('reverse', orderId=order_id) == '0'

    [receipt] = printed(rbs)
    assert (receipt['operation'], receipt['total']) == ('COMPLETION', 5000)


def test_a_refund_prints_what_goes_back_once(shop: Merchant):
    order_id = shop.paid(**order_of(shop.dialect))
    if shop.dialect == 'ecom':
        cart = {
            'orderBundle': back(ecom_bundle(half())),
            'jsonParams': {'externalRefundId': 'r1'},
        }
    else:
        line = {**RBS_ITEM, 'quantity': {'value': 0.2, 'measure': 'кг'}, 'itemAmount': 5000}
        cart = {'refundItems': json.dumps(rbs_items(line)), 'externalRefundId': 'r1'}

    for _repetition in range(2):
        assert shop.code('refund', orderId=order_id, amount=5000, **cart) == '0'

    _sale, receipt = printed(shop)
    assert (receipt['operation'], receipt['kind'], receipt['total']) == (
        'REFUND',
        'sell_refund',
        5000,
    )
    assert receipt['qr'].endswith('&n=2')
    assert receipt['contact'] == 'customer@testmail.ru'


def test_a_refund_without_a_cart_prints_nothing_in_ecom(ecom: Merchant):
    order_id = ecom.paid(**ecom_order())

    ecom.call('refund', orderId=order_id, amount=10000)

    assert len(printed(ecom)) == 1


def test_a_reversal_takes_everything_back(shop: Merchant):
    order_id = shop.paid(**order_of(shop.dialect))
    cart = {'orderBundle': back(ecom_bundle())} if shop.dialect == 'ecom' else {}

    part = shop.code('reverse', orderId=order_id, amount=5000, **cart)
    whole = shop.code('reverse', orderId=order_id, **cart)

    assert (part != '0', whole) == (True, '0')
    _sale, receipt = printed(shop)
    assert (receipt['operation'], receipt['kind'], receipt['total']) == (
        'REVERSAL',
        'sell_refund',
        10000,
    )


def test_a_second_reversal_is_refused_as_such_whatever_its_cart(ecom: Merchant):
    order_id = ecom.paid(**ecom_order())
    ecom.call('reverse', orderId=order_id, orderBundle=back(ecom_bundle()))

    assert ecom.code('reverse', orderId=order_id, orderBundle=back(ecom_bundle())) == '5'

    assert 'WRONG_STATE' in ecom.reason()
    assert len(printed(ecom)) == 2


@pytest.mark.parametrize(
    ('method', 'values', 'code'),
    [
        ('refund', {'amount': 5000, 'orderBundle': back(ecom_bundle())}, '8'),
        ('refund', {'amount': 10000, 'orderBundle': ecom_bundle()}, '5'),
        ('reverse', {'orderBundle': ecom_bundle()}, '5'),
        ('reverse', {'orderBundle': back(ecom_bundle(half()))}, '8'),
    ],
)
def test_a_cart_of_another_operation_is_refused(ecom: Merchant, method: str, values, code: str):
    order_id = ecom.paid(**ecom_order())

    assert ecom.code(method, orderId=order_id, **values) == code
    assert ecom.control.order(order_id)['state'] == 'DEPOSITED'


def test_a_receipt_that_is_too_long_is_several(ecom: Merchant):
    ecom.configure(fiscal=True, cash_register={'max_items': 2})
    items = [
        item_of('1.2', positionId=str(n), itemCode=f'c{n}', itemAmount=10000) for n in range(1, 6)
    ]
    payments = [{'type': 1, 'sum': 15000}, {'type': 2, 'sum': 35000}]
    order_id = ecom.paid(**ecom_order(ecom_bundle(*items, payments=payments)))

    receipts = printed(ecom)

    assert [receipt['total'] for receipt in receipts] == [20000, 20000, 10000]
    assert [receipt['payments'] for receipt in receipts] == [
        {'1': 15000, '2': 5000},
        {'2': 20000},
        {'2': 10000},
    ]
    assert len({receipt['operationId'] for receipt in receipts}) == 1
    assert [line['receiptStatus'] for line in told(ecom, order_id)] == [3, 3, 3]


# === FAILED === #

FAULTS = [
    ('receipt_failed', 4, 2),
    ('receipt_timeout', 4, 1),
    ('receipt_exhausted', 5, 1),
    ('receipt_bad_data', 6, 2),
]


@pytest.mark.parametrize(('fault', 'status', 'recommendation'), FAULTS)
def test_a_receipt_fails_and_says_why(ecom: Merchant, fault, status, recommendation):
    ecom.control.faults(ecom.login, {'fault': fault, 'method': 'AUTHORIZATION'})
    order_id = ecom.paid(**ecom_order())
    printed(ecom)

    [line] = told(ecom, order_id)

    assert line['receiptStatus'] == status
    assert line['error']['recommendation'] == recommendation
    assert line['error']['text']
    assert 'payload' not in line


def test_a_failure_can_be_any(ecom: Merchant):
    error = {'code': 421, 'text': 'Сломалась касса', 'type': 'driver', 'recommendation': 3}
    ecom.control.faults(ecom.login, {'fault': 'receipt_failed', 'value': error, 'times': 1})
    first, second = ecom.paid(**ecom_order()), ecom.paid(**ecom_order())
    printed(ecom)

    assert told(ecom, first)[0]['error'] == error
    assert told(ecom, second)[0]['receiptStatus'] == 3


def test_a_receipt_may_stay_on_its_way(ecom: Merchant):
    ecom.control.faults(ecom.login, {'fault': 'receipt_never'})
    ecom.paid(**ecom_order())

    assert [receipt['state'] for receipt in printed(ecom, 24 * HOUR)] == ['WAITING']


def test_the_bank_tries_again_by_itself_after_a_time_out(ecom: Merchant):
    ecom.control.faults(ecom.login, {'fault': 'receipt_timeout', 'times': 2})
    ecom.paid(**ecom_order())

    assert [receipt['state'] for receipt in printed(ecom)] == ['FAILED']
    for _repetition in range(2):
        [receipt] = printed(ecom, HOUR + 1)
    assert (receipt['state'], receipt['error']) == ('DONE', None)


def test_after_fifteen_hours_the_bank_gives_up(ecom: Merchant):
    ecom.control.faults(ecom.login, {'fault': 'receipt_timeout'})
    ecom.paid(**ecom_order())

    for _hour in range(15):
        [receipt] = printed(ecom, HOUR)
    assert receipt['state'] == 'EXHAUSTED'
    assert receipt['error']['recommendation'] == 1


def piece(mark: str) -> dict:
    """What is told of a marked piece."""
    coded = base64.b64encode(mark.encode()).decode()
    return {
        'quantity': {'value': 1, 'measure': '0'},
        'itemPrice': 10000,
        'paymentMethod': 'full_payment',
        'paymentObject': '33',
        'markCode': {'gs1m': coded},
        'markProcessingMode': '0',
    }


def test_a_marked_piece_is_printed(ecom: Merchant):
    ecom.paid(**ecom_order(ecom_bundle(item_of('1.2', **piece('010460586548716221n=YGyIm')))))

    assert [receipt['state'] for receipt in printed(ecom)] == ['DONE']


@pytest.mark.parametrize(
    ('settings', 'bundle'),
    [
        ({'versions': ['1.05']}, ecom_bundle()),
        ({'inn': '7707083893'}, ecom_bundle()),
        ({}, ecom_bundle(company={**ecom_bundle()['company'], 'inn': '5027119067'})),
        ({}, ecom_bundle(customerDetails={'inn': '7707083894'})),
        (
            {},
            ecom_bundle(
                item_of('1.2', paymentMethod='credit_payment'),
                item_of('1.2', positionId='2', itemCode='2'),
            ),
        ),
        ({}, ecom_bundle(item_of('1.2', **piece('SN-1')))),
        ({}, ecom_bundle(item_of('1.2', **piece('010460586548716321n=YGyIm')))),
    ],
    ids=['version', 'owner', 'inn', 'buyer', 'credit', 'mark', 'check digit'],
)
def test_what_the_register_alone_sees_fails_after_the_payment(ecom: Merchant, settings, bundle):
    ecom.configure(fiscal=True, cash_register=settings)
    ecom.paid(**ecom_order(bundle))

    [receipt] = printed(ecom)

    assert receipt['state'] == 'FAILED'
    assert receipt['error']['recommendation'] == 2


# === AGAIN === #


def retry(shop: Merchant, *receipt_ids: str) -> list[str]:
    answer = ofd(shop, 'retryReceipt', receiptIds=list(receipt_ids)).json()
    return [line['result'] for line in answer['retryResult']]


def test_a_failed_receipt_is_sent_again_after_fifteen_hours(ecom: Merchant):
    ecom.control.faults(ecom.login, {'fault': 'receipt_failed', 'times': 1})
    order_id = ecom.paid(**ecom_order())
    [failed] = printed(ecom)
    receipt_id = failed['receiptId']
    waiting = 'Ожидается статус регистрации в кассовом сервисе. Чек не может быть отправлен.'

    assert retry(ecom, receipt_id, 'a' * 36) == [waiting, 'Чек не найден']
    printed(ecom, 15 * HOUR)
    assert retry(ecom, receipt_id) == ['Успешно']
    assert retry(ecom, receipt_id) == ['Чек уже изменен ранее']
    _old, new = printed(ecom)
    assert retry(ecom, new['receiptId']) == ['Чек уже зарегистрирован ранее']

    old, new = told(ecom, order_id)
    assert (old['receiptStatus'], new['receiptStatus']) == (4, 3)
    assert (new['origReceiptId'], new['operationType']) == (receipt_id, 'AUTHORIZATION')


def test_a_receipt_of_another_shop_is_not_found(bank, ecom: Merchant):
    order_id = ecom.paid(**ecom_order())
    [receipt] = printed(ecom)
    stranger = Merchant(bank, ecom.login + '-b', 'ecom')
    stranger.configure(fiscal=True)

    assert retry(stranger, receipt['receiptId']) == ['Чек не найден']
    assert ofd(stranger, 'getReceiptStatus', receiptId=receipt['receiptId']).status_code == 404
    assert ofd(stranger, 'getReceiptStatus', orderId=order_id).status_code == 404


def do_receipt(shop: Merchant, order_id: str, bundle=None, **values) -> requests.Response:
    body = {'orderId': order_id, 'email': 'a@b.ru', 'orderBundle': bundle or ecom_bundle()}
    return ofd(shop, 'doReceipt', **{**body, **values})


def closing() -> dict:
    item = item_of('1.2', paymentMethod='full_payment', paymentObject='1', tax={'taxType': 2})
    return ecom_bundle(item, payments=[{'type': 2, 'sum': 10000}])


def test_a_closing_receipt_is_printed_each_time_that_it_is_asked_for(ecom: Merchant):
    order_id = ecom.paid(**ecom_order())

    answers = [do_receipt(ecom, order_id, closing()).json() for _repetition in range(2)]

    for answer in answers:
        assert answer['message'] == 'Успешно'
        assert answer['orderId'] == order_id
        assert 'errorCode' not in answer
    _first, *closings = printed(ecom)
    assert [receipt['receiptId'] for receipt in closings] == [a['receiptId'] for a in answers]
    assert all(receipt['payments'] == {'2': 10000} for receipt in closings)
    assert 'operationType' not in told(ecom, order_id)[1]


def test_a_failed_receipt_is_corrected(ecom: Merchant):
    ecom.control.faults(ecom.login, {'fault': 'receipt_failed', 'times': 1})
    order_id = ecom.paid(**ecom_order())
    [failed] = printed(ecom)
    receipt_id = failed['receiptId']

    assert do_receipt(ecom, order_id, receiptId=receipt_id).status_code == 200
    assert do_receipt(ecom, order_id, receiptId=receipt_id).status_code == 451
    _old, new = printed(ecom)
    assert (new['state'], new['original'], new['operation']) == (
        'DONE',
        receipt_id,
        'AUTHORIZATION',
    )
    assert do_receipt(ecom, order_id, receiptId=new['receiptId']).status_code == 451
    assert do_receipt(ecom, order_id, receiptId='a' * 36).status_code == 404


def test_a_receipt_that_is_only_to_be_repeated_is_not_corrected(ecom: Merchant):
    ecom.control.faults(ecom.login, {'fault': 'receipt_exhausted', 'times': 1})
    order_id = ecom.paid(**ecom_order())
    [failed] = printed(ecom)

    assert do_receipt(ecom, order_id, receiptId=failed['receiptId']).status_code == 451


@pytest.mark.parametrize(
    ('values', 'status'),
    [
        ({'email': None}, 451),
        ({'email': ''}, 451),
        ({'phone': '123'}, 451),
        ({'orderBundle': {}}, 451),
        ({'orderBundle': {**ecom_bundle(), 'total': 1}}, 451),
        ({'orderBundle': {'cartItems': ecom_bundle()['cartItems']}}, 451),
        ({'orderId': 'a' * 36}, 404),
        ({'password': 'wrong'}, 451),
        ({'colour': 'red'}, 451),
        ({'orderBundle': back(ecom_bundle())}, 200),
    ],
)
def test_what_do_receipt_refuses(ecom: Merchant, values: dict, status: int):
    order_id = ecom.paid(**ecom_order())

    response = do_receipt(ecom, order_id, **values)

    assert response.status_code == status
    assert response.json()['message']
    assert 'errorCode' not in response.json()


def test_without_a_cash_register_there_is_no_receipt_apart(ecom: Merchant):
    ecom.configure(fiscal=False)
    order_id = ecom.paid()

    assert do_receipt(ecom, order_id).status_code == 451
    response = ofd(ecom, 'getReceiptStatus', orderId=order_id)
    assert (response.status_code, response.json()) == (404, {'message': 'Чек не найден'})


def test_receipts_are_asked_for_by_one_name_and_by_state(ecom: Merchant):
    order_id = ecom.paid(**ecom_order())
    [receipt] = printed(ecom)
    number = ecom.control.order(order_id)['orderNumber']

    for name, value in (
        ('orderId', order_id),
        ('orderNumber', number),
        ('receiptId', receipt['receiptId']),
    ):
        answer = ofd(ecom, 'getReceiptStatus', **{name: value}).json()
        assert (answer['orderId'], answer['orderNumber']) == (order_id, number)
        assert len(answer['receipts']) == 1
    both = {'orderId': order_id, 'orderNumber': number}
    assert ofd(ecom, 'getReceiptStatus', **both).status_code == 451
    assert ofd(ecom, 'getReceiptStatus').status_code == 451
    assert ofd(ecom, 'getReceiptStatus', orderId=order_id, receiptStatus=3).status_code == 200
    assert ofd(ecom, 'getReceiptStatus', orderId=order_id, receiptStatus=4).status_code == 404


def test_the_services_of_receipts_have_their_own_addresses(ecom: Merchant):
    order_id = ecom.paid(**ecom_order())
    base = ecom.bank.ecom_url
    body = {'userName': ecom.login, 'password': PASSWORD, 'orderId': order_id}

    def status(url, **how):
        return requests.post(url, timeout=10, **(how or {'json': body})).status_code

    assert status(base.replace('/v1/', '/ofd/v1/getReceiptStatus')) == 200
    assert status(base.replace('/v1/', '/ofd/v1/getReceiptStatus.do')) == 404
    assert status(base + 'getReceiptStatus.do') == 404
    assert status(base + 'getReceiptStatus') == 404
    assert status(base.replace('/v1/', '/ofd/v1/getReceiptStatus'), data='{') == 400
    assert requests.get(base.replace('/v1/', '/ofd/v1/doReceipt'), timeout=10).status_code == 405


def test_receipts_of_the_older_gateway_are_asked_for_by_any_name(rbs: Merchant):
    order_id = rbs.paid(**rbs_order())
    [receipt] = printed(rbs)
    number = rbs.control.order(order_id)['orderNumber']

    for name, value in (
        ('orderId', order_id),
        ('orderNumber', number),
        ('uuid', receipt['receiptId']),
    ):
        answer = rbs.call('getReceiptStatus', **{name: value})
        assert [line['uuid'] for line in answer['receipt']] == [receipt['receiptId']]
    assert rbs.code('getReceiptStatus') == '5'
    assert rbs.code('getReceiptStatus', orderId='a' * 36) == '6'


def test_the_faults_of_any_call_meet_those_about_receipts(ecom: Merchant):
    order_id = ecom.paid(**ecom_order())
    ecom.control.faults(
        ecom.login,
        {'fault': 'http503', 'method': 'getReceiptStatus', 'times': 1},
        {'fault': 'drop_response_after_commit', 'method': 'doReceipt', 'times': 1},
    )

    assert ofd(ecom, 'getReceiptStatus', orderId=order_id).status_code == 503
    with pytest.raises(requests.ConnectionError):
        do_receipt(ecom, order_id, closing())
    assert len(printed(ecom)) == 2


# === THE BOOKS === #


def test_the_ledger_compares_receipts_with_money(ecom: Merchant):
    order_id = ecom.paid(**ecom_order())
    ecom.call('refund', orderId=order_id, amount=5000, orderBundle=back(ecom_bundle(half())))
    do_receipt(ecom, order_id, closing())
    printed(ecom)
    ecom.control.faults(ecom.login, {'fault': 'receipt_failed'})
    ecom.paid(**ecom_order())
    printed(ecom)

    books = ecom.control.ledger(ecom.login)

    first, second = books['orders']
    assert (first['receipt_income'], first['receipt_return']) == (first['taken'], first['returned'])
    assert (first['receipt_offset'], first['receipts']) == (10000, 3)
    assert (second['taken'], second['receipt_income'], second['receipts']) == (10000, 0, 0)
    totals = books['totals']
    assert (totals['receipt_income'], totals['receipt_return'], totals['receipts']) == (
        10000,
        5000,
        3,
    )


def test_a_sum_may_be_told_in_kopecks(shop: Merchant):
    shop.configure(fiscal=True, cash_register={'total_in': 'kopecks'})
    order_id = shop.paid(**order_of(shop.dialect))
    printed(shop)

    [line] = told(shop, order_id)

    total = line['payload']['total'] if shop.dialect == 'ecom' else line['amount_total']
    assert total == 10000


def test_people_can_read_receipts_on_a_page(shop: Merchant):
    shop.paid(**order_of(shop.dialect))
    printed(shop)
    shop.control.faults(
        shop.login, {'fault': 'receipt_failed', 'value': {'text': '<b>Сломалась касса</b>'}}
    )
    shop.paid(**order_of(shop.dialect))
    printed(shop)

    page = requests.get(f'{shop.bank.url}/receipts?login={shop.login}', timeout=10).text

    for text in (
        'КАССОВЫЙ ЧЕК / ПРИХОД',
        'НДС 10/110',
        'ПРЕДОПЛАТА 100 %',
        'ПЛАТЕЖ',
        'БЕЗНАЛИЧНЫМИ',
        'customer@testmail.ru',
        '&lt;b&gt;Сломалась касса&lt;/b&gt;',
        'зарегистрирован',
    ):
        assert text in page
    assert '9,09' in page
    assert page.count('<article') == 2
    other = requests.get(f'{shop.bank.url}/receipts?login=nobody', timeout=10).text
    assert 'Чеков ещё нет' in other

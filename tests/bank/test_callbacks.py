"""What shops are told, how it is signed, and how often it is repeated."""

import hashlib
import hmac

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding

from .merchant import Merchant
from .receiver import Receiver

KEY = 'a-shop-key'


def text_of(parameters: dict[str, str]) -> bytes:
    """What is signed, written once more and independently."""
    pairs = sorted(parameters.items())
    return ''.join(
        f'{name};{value};' for name, value in pairs if name not in ('checksum', 'sign_alias')
    ).encode()


def test_the_newer_gateway_posts_unsigned_json(ecom: Merchant, receiver: Receiver):
    order_id = ecom.paid(orderNumber='C1', dynamicCallbackUrl=receiver.url)

    [notice] = receiver.wait_for(1)

    assert (notice.method, notice.path) == ('POST', '/callback')
    assert notice.json == {
        'mdOrder': order_id,
        'orderNumber': 'C1',
        'operation': 'deposited',
        'status': 1,
    }


@pytest.mark.parametrize('method', ['GET', 'POST'])
def test_the_older_gateway_sends_what_was_ticked_signed(rbs: Merchant, receiver: Receiver, method):
    names = ['mdOrder', 'orderId', 'operation', 'status', 'bindingId', 'amount', 'refNum', 'refnum']
    rbs.configure(
        callback={
            'url': f'{receiver.url}?own=1',
            'method': method,
            'signing': 'symmetric',
            'key': KEY,
            'parameters': names,
            'sign_alias': 'alias',
        }
    )

    order_id = rbs.paid()

    [notice] = receiver.wait_for(1)
    parameters = notice.form if method == 'POST' else notice.query
    if method == 'GET':
        assert parameters.pop('own') == '1'
    assert notice.method == method
    assert notice.agent.startswith('Apache-HttpClient')
    assert set(parameters) == {*names, 'checksum', 'sign_alias'}
    assert (parameters['mdOrder'], parameters['orderId']) == (order_id, order_id)
    assert (parameters['operation'], parameters['status']) == ('deposited', '1')
    assert (parameters['bindingId'], parameters['amount']) == ('', '12345')
    checksum = hmac.new(KEY.encode(), text_of(parameters), hashlib.sha256).hexdigest().upper()
    assert parameters['checksum'] == checksum


def test_the_older_gateway_signs_with_its_certificate(rbs: Merchant, receiver: Receiver):
    settings = rbs.configure(callback={'url': receiver.url, 'signing': 'asymmetric'})

    rbs.paid()

    [notice] = receiver.wait_for(1)
    key = serialization.load_pem_public_key(settings['callback']['public_key'].encode())
    key.verify(
        bytes.fromhex(notice.query['checksum']),
        text_of(notice.query),
        padding.PKCS1v15(),
        hashes.SHA512(),
    )
    assert settings['callback']['certificate'].startswith('-----BEGIN CERTIFICATE-----')


def test_without_a_signature_there_is_no_checksum(rbs: Merchant, receiver: Receiver):
    rbs.configure(callback={'url': receiver.url})

    rbs.paid()

    assert set(receiver.wait_for(1)[0].query) == {'mdOrder', 'orderNumber', 'operation', 'status'}


def test_parameters_of_the_shops_own_come_back(rbs: Merchant, receiver: Receiver):
    rbs.configure(callback={'url': receiver.url, 'parameters': ['mdOrder', 'mine', 'unknown']})

    rbs.paid(jsonParams='{"mine": "a b;c"}')

    assert receiver.wait_for(1)[0].query['mine'] == 'a b;c'
    assert 'unknown' not in receiver.notices[0].query


def test_the_orders_own_address_goes_before_the_shops(merchant: Merchant, receiver: Receiver):
    merchant.configure(callback={'url': 'http://127.0.0.1:9/never'})

    order_id = merchant.paid(dynamicCallbackUrl=receiver.url)

    receiver.wait_for(1)
    [delivery] = merchant.control.order(order_id)['callbacks']
    assert delivery['url'] == receiver.url


def test_every_step_of_an_order_is_told(merchant: Merchant, receiver: Receiver):
    order_id = merchant.order('registerPreAuth', dynamicCallbackUrl=receiver.url)
    steps = [
        (lambda: merchant.control.pay(order_id, outcome='declined'), 'approved', '0'),
        (lambda: merchant.control.pay(order_id), 'approved', '1'),
        (lambda: merchant.call('deposit', orderId=order_id, amount=12345), 'deposited', '1'),
        (lambda: merchant.control.refund(order_id, 100), 'refunded', '1'),
    ]

    for count, (step, operation, status) in enumerate(steps, start=1):
        step()
        notice = receiver.wait_for(count)[-1]
        assert notice.parameters['operation'] == operation
        assert str(notice.parameters['status']) == status


@pytest.mark.parametrize(
    ('end', 'operation', 'status'),
    [
        (lambda merchant, order_id: merchant.control.expire(order_id), 'declinedByTimeout', '1'),
        (
            lambda merchant, order_id: merchant.control.pay(order_id, outcome='declined'),
            'deposited',
            '0',
        ),
    ],
    ids=['expired', 'declined'],
)
def test_what_did_not_go_well_is_told_too(merchant: Merchant, receiver, end, operation, status):
    order_id = merchant.order(dynamicCallbackUrl=receiver.url)

    end(merchant, order_id)

    parameters = receiver.wait_for(1)[0].parameters
    assert (parameters['operation'], str(parameters['status'])) == (operation, status)


def test_a_reversal_is_told(merchant: Merchant, receiver: Receiver):
    order_id = merchant.paid(dynamicCallbackUrl=receiver.url)
    receiver.wait_for(1)

    merchant.control.reverse(order_id)

    assert receiver.wait_for(2)[1].parameters['operation'] == 'reversed'


def test_only_the_operations_that_were_ticked_are_told(merchant: Merchant, receiver: Receiver):
    merchant.configure(callback={'url': receiver.url, 'operations': ['refunded']})
    order_id = merchant.paid()

    merchant.control.refund(order_id, 1)

    assert receiver.wait_for(1)[0].parameters['operation'] == 'refunded'
    assert len(merchant.control.order(order_id)['callbacks']) == 1


def test_some_installations_tell_of_the_approval_first(rbs: Merchant, receiver: Receiver):
    rbs.configure(callback={'url': receiver.url, 'approved_first': True})

    rbs.paid()

    notices = receiver.wait_for(2)
    assert {notice.query['operation'] for notice in notices} == {'approved', 'deposited'}


@pytest.mark.parametrize('answer', [500, 503, 403, 204, 302])
def test_whatever_is_not_200_is_repeated(merchant: Merchant, receiver: Receiver, answer):
    pause = {'rbs': 30, 'ecom': 60}[merchant.dialect]
    receiver.answers = [answer]
    order_id = merchant.paid(dynamicCallbackUrl=receiver.url)
    receiver.wait_for(1)
    assert merchant.control.wait_idle()
    merchant.control.advance(pause - 5)
    assert len(receiver.notices) == 1

    merchant.control.advance(6)

    first, second = receiver.wait_for(2)
    assert first.parameters == second.parameters
    assert merchant.control.wait_idle()
    [delivery] = merchant.control.order(order_id)['callbacks']
    assert delivery['outcome'] == 'delivered'
    assert [attempt['answer'] for attempt in delivery['tries']] == [answer, 200]


def test_after_three_failures_the_bank_gives_up(merchant: Merchant, receiver: Receiver):
    receiver.answers = [500, 500, 500]
    order_id = merchant.paid(dynamicCallbackUrl=receiver.url)
    for count in (1, 2, 3):
        receiver.wait_for(count)
        assert merchant.control.wait_idle()
        merchant.control.advance(61)
    assert merchant.control.wait_idle()

    [delivery] = merchant.control.order(order_id)['callbacks']
    assert delivery['outcome'] == 'failed'
    assert len(delivery['tries']) == len(receiver.notices) == 3


def test_a_shop_that_is_down_is_recorded(merchant: Merchant):
    order_id = merchant.paid(dynamicCallbackUrl='http://127.0.0.1:9/callback')

    assert merchant.control.wait_idle()

    [delivery] = merchant.control.order(order_id)['callbacks']
    assert delivery['tries'][0]['answer'] == 'ConnectionError'


def test_redirects_are_not_followed(merchant: Merchant, receiver: Receiver):
    receiver.answers = [301]

    merchant.paid(dynamicCallbackUrl=receiver.url)

    receiver.wait_for(1)
    assert merchant.control.wait_idle()
    assert [notice.path for notice in receiver.notices] == ['/callback']


def test_a_notification_is_sent_on_demand(rbs: Merchant, receiver: Receiver):
    rbs.configure(callback={'url': receiver.url, 'signing': 'symmetric', 'key': KEY})
    order_id = rbs.order()

    rbs.control.notify(order_id, 'deposited', parameters={'orderNumber': 'FORGED'})
    rbs.control.notify(order_id, 'deposited', checksum='00')
    rbs.control.notify(order_id, 'deposited', checksum='')

    signed, wrong, missing = receiver.wait_for(3)
    assert signed.query['orderNumber'] == 'FORGED'
    assert len(signed.query['checksum']) == 64
    assert wrong.query['checksum'] == '00'
    assert 'checksum' not in missing.query
    assert rbs.status(order_id)['orderStatus'] == 0

"""Links into the payer's banking applications, where the contract has them."""

import json
import re

import pytest

from .merchant import Merchant
from .receiver import Receiver

SBP = {'permissions': {'sbp': True}}
DYNAMIC = {'qrType': 'DYNAMIC_QR_SBP', 'sbp.scenario': 'C2B'}


def test_the_newer_gateway_gives_the_link_that_was_asked_for(ecom: Merchant):
    ecom.configure(**SBP)

    links = ecom.register(jsonParams=DYNAMIC)['externalParams']

    assert re.fullmatch('[A-Z0-9]{32}', links['qrcId'])
    assert links['sbpPayload'].startswith(f'https://qr.nspk.ru/{links["qrcId"]}?type=02&bank=')
    assert '&sum=12345&cur=RUB&crc=' in links['sbpPayload']
    assert 'qrcId' not in ecom.register()['externalParams']


def test_without_the_permission_the_order_has_no_link(ecom: Merchant):
    assert ecom.register(jsonParams=DYNAMIC)['externalParams'].keys() == {'sbolDeepLink'}


@pytest.mark.parametrize(
    ('asked', 'given'),
    [
        ({'qrType': 'SBERPAY_DYNAMIC_QR'}, {'sbolBankInvoiceId', 'sberPayload'}),
        ({'sberpay.qr.c2b': True}, {'sbolBankInvoiceId', 'sberPayload'}),
        ({'app2app': True, 'app.deepLink': 'shop://paid'}, {'sbolBankInvoiceId'}),
    ],
)
def test_the_banks_own_applications_have_links_of_their_own(ecom: Merchant, asked, given):
    links = ecom.register(jsonParams=asked)['externalParams']

    assert links.keys() == {'sbolDeepLink', *given}


@pytest.mark.parametrize(
    'asked',
    [
        {'qrType': 'NO_SUCH'},
        {'qrType': 'DYNAMIC_QR_SBP', 'sbp.scenario': 'C2C'},
        {'qrType': 'SUBSCRIPTION_SBP'},
        {'qrType': 'DYNAMIC_QR_SBP', 'sbp.scenario': 'C2B_SUBSCRIPTION_WITH_PAYMENT'},
    ],
)
def test_a_link_is_asked_for_as_the_documents_say(ecom: Merchant, asked):
    ecom.configure(**SBP)

    assert ecom.register(jsonParams=asked)['errorCode'] == '5'


def test_the_older_gateway_gives_a_code_for_an_order_and_tells_what_became_of_it(rbs: Merchant):
    rbs.configure(**SBP)
    order_id = rbs.order()

    code = rbs.call('sbp/c2b/qr/dynamic/get', mdOrder=order_id)
    assert (code['errorCode'], code['qrStatus']) == ('0', 'STARTED')
    assert code['qrId'] in code['payload']

    def status() -> tuple[str, str]:
        answer = rbs.call('sbp/c2b/qr/status', mdOrder=order_id, qrId=code['qrId'])
        return answer['qrStatus'], answer['transactionState']

    assert status() == ('STARTED', 'CREATED')
    rbs.control.pay(order_id, method='sbp', outcome='processing')
    assert status() == ('CONFIRMED', 'CREATED')
    rbs.control.pay(order_id, method='sbp')
    assert status() == ('ACCEPTED', 'DEPOSITED')
    assert rbs.code('sbp/c2b/qr/dynamic/get', mdOrder=order_id) == '7'


def test_the_older_gateway_gives_no_code_otherwise(rbs: Merchant):
    order_id = rbs.order()
    assert rbs.code('sbp/c2b/qr/dynamic/get', mdOrder=order_id) == '5'
    assert 'NO_PERMISSION' in rbs.reason()
    rbs.configure(**SBP)

    assert rbs.code('sbp/c2b/qr/dynamic/get') == '5'
    assert rbs.code('sbp/c2b/qr/status', mdOrder=order_id, qrId='X') == '5'
    rbs.control.expire(order_id)
    code = rbs.control.order(order_id)['orderId']
    assert rbs.code('sbp/c2b/qr/dynamic/get', mdOrder=code) == '7'


SUBSCRIPTION = {
    'qrType': 'DYNAMIC_QR_SBP',
    'sbp.scenario': 'C2B_SUBSCRIPTION_WITH_PAYMENT',
    'sbp.subscriptionPurpose': 'Занятия',
}


def subscribe(ecom: Merchant) -> dict[str, str]:
    """Have a payer's account bound; return what the status says about it."""
    order_id = ecom.order(jsonParams=SUBSCRIPTION)
    ecom.control.pay(order_id, method='sbp')
    return {line['name']: line['value'] for line in ecom.status(order_id)['attributes']}


def pay_by(ecom: Merchant, account: dict[str, str], **order) -> str:
    """Charge an account and return the order."""
    order_id = ecom.order(description='Занятия', **order)
    named = {name: account[name] for name in ('subscriptionId', 'memberId')}
    assert ecom.code('paymentOrderBySubscription', orderId=order_id, **named) == '0'
    return order_id


def test_an_account_is_bound_by_a_payment_and_charged_later(ecom: Merchant, receiver: Receiver):
    ecom.configure(
        permissions={'sbp': True, 'recurring': True},
        callback={'url': receiver.url, 'operations': ['subscriptionCreated']},
    )
    account = subscribe(ecom)

    assert account.keys() == {'mdOrder', 'qrcId', 'subscriptionId', 'memberId'}
    (told,) = [notice.json for notice in receiver.wait_for(1)]
    assert told['mdOrder'] == account['mdOrder']
    assert told['additionalParams']['subscriptionId'] == account['subscriptionId']
    assert ecom.status(pay_by(ecom, account))['orderStatus'] == 2

    ecom.control.remove_subscription(account['subscriptionId'])
    assert ecom.status(pay_by(ecom, account))['actionCode'] == -5031


def test_the_payers_bank_decides_about_charges_and_may_take_its_time(ecom: Merchant):
    ecom.configure(permissions={'sbp': True, 'recurring': True})
    account = subscribe(ecom)

    ecom.control.set_subscription(account['subscriptionId'], 116)
    status = ecom.status(pay_by(ecom, account))
    assert (status['orderStatus'], status['actionCode']) == (0, 116)

    ecom.control.set_subscription(account['subscriptionId'], -99)
    order_id = pay_by(ecom, account)
    status = ecom.status(order_id)
    assert (status['orderStatus'], status['actionCode']) == (0, -99)
    ecom.control.pay(order_id, method='sbp')
    assert ecom.status(order_id)['orderStatus'] == 2


def test_an_account_can_be_bound_for_no_money(ecom: Merchant):
    ecom.configure(permissions={'sbp': True})
    asked = {'qrType': 'SUBSCRIPTION_SBP', 'sbp.subscriptionPurpose': 'Занятия'}
    order_id = ecom.order(amount=0, jsonParams=asked)

    ecom.control.pay(order_id, method='sbp')

    status = ecom.status(order_id)
    assert (status['orderStatus'], status['amount']) == (2, 0)
    (account,) = ecom.control.subscriptions(ecom.login)
    assert account['orderId'] == order_id


def test_an_account_is_charged_only_as_the_documents_say(ecom: Merchant):
    ecom.configure(permissions={'sbp': True, 'recurring': True})
    account = subscribe(ecom)
    named = {name: account[name] for name in ('subscriptionId', 'memberId')}

    assert ecom.code('paymentOrderBySubscription', orderId=ecom.order(), **named) == '5'
    assert 'description' in ecom.reason()
    ecom.configure(permissions={'sbp': True})
    assert ecom.code('paymentOrderBySubscription', orderId=ecom.order(), **named) == '5'
    assert ecom.reason() == 'NO_PERMISSION: recurring'


def test_the_older_gateway_binds_no_account(rbs: Merchant):
    rbs.configure(**SBP)
    order_id = rbs.order(jsonParams=json.dumps(SUBSCRIPTION))

    rbs.control.pay(order_id, method='sbp')

    assert rbs.control.subscriptions(rbs.login) == []

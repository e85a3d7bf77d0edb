"""The banks that this one can be: each setting by itself, and the profiles that combine them."""

import re
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
import requests

from dev.bank.process import BankProcess
from dev.bank.profiles import PROFILES

from .merchant import PASSWORD, Merchant

README = Path(__file__).parents[2] / 'dev' / 'bank' / 'README.md'
DAY = 24 * 3600


def way_back(merchant: Merchant, order_id: str) -> str:
    response = requests.get(
        f'{merchant.bank.url}/pay/{order_id}/return', allow_redirects=False, timeout=10
    )
    return response.headers['Location']


def test_a_block_may_be_missing_for_good(merchant: Merchant):
    merchant.configure(missing_blocks=['currency', 'orderNumber'])
    new, paid = merchant.order(), merchant.paid()

    for answer in (merchant.status(new), merchant.status(paid)):
        assert not {'currency', 'orderNumber'} & answer.keys()
        assert answer['amount'] == 12345
    assert merchant.control.order(paid)['orderNumber']


@pytest.mark.parametrize(('meaning', 'told'), [('taken', 12345), ('left', 12245)])
def test_what_deposited_means_after_a_refund(merchant: Merchant, meaning: str, told: int):
    merchant.configure(deposited_means=meaning)
    order_id = merchant.paid()
    assert merchant.status(order_id)['paymentAmountInfo']['depositedAmount'] == 12345

    merchant.call('refund', orderId=order_id, amount=100)

    amounts = merchant.status(order_id)['paymentAmountInfo']
    assert (amounts['depositedAmount'], amounts['refundedAmount']) == (told, 100)
    assert merchant.control.ledger(merchant.login)['totals']['net'] == 12245


def test_a_refund_may_have_to_wait_for_the_next_day(merchant: Merchant):
    merchant.configure(refund_from='next_day')
    refunded, reversed_ = merchant.paid(), merchant.paid()

    refused = merchant.code('refund', orderId=refunded, amount=100)

    assert refused == ('7' if merchant.dialect == 'rbs' else '5')
    assert 'REFUND_TOO_EARLY' in merchant.reason()
    assert merchant.code('reverse', orderId=reversed_) == '0'
    merchant.control.advance(DAY)
    assert merchant.code('refund', orderId=refunded, amount=100) == '0'


def test_an_unpaid_order_is_in_the_wrong_state_for_a_refund_whatever_the_day(merchant: Merchant):
    merchant.configure(refund_from='next_day')

    merchant.code('refund', orderId=merchant.order(), amount=100)

    assert 'WRONG_STATE' in merchant.reason()


def test_an_order_lives_as_long_as_the_installation_says(merchant: Merchant):
    merchant.configure(life=600)
    usual, longer = merchant.order(), merchant.order(sessionTimeoutSecs=1200)

    merchant.control.advance(601)

    assert merchant.status(usual)['actionCode'] == -2007
    assert merchant.status(longer)['orderStatus'] == 0


def test_a_field_may_be_taken_and_not_heeded(rbs: Merchant):
    rbs.configure(ignored_fields=['externalRefundId'])
    order_id = rbs.paid()

    for _repetition in range(2):
        assert rbs.code('refund', orderId=order_id, amount=100, externalRefundId='1') == '0'

    assert rbs.status(order_id)['paymentAmountInfo']['refundedAmount'] == 200


@pytest.mark.parametrize('affix', ['none', 'append', 'double', 'second_question_mark'])
def test_what_is_added_to_the_way_back(merchant: Merchant, affix: str):
    merchant.configure(return_affix=affix)
    order_id = merchant.paid(returnUrl='https://shop.example.com/r?ref=1')

    address = way_back(merchant, order_id)

    own, added = address[:32], address[32:]
    assert own == 'https://shop.example.com/r?ref=1'
    once = [('orderId', order_id)] + [('lang', 'ru')] * (merchant.dialect == 'rbs')
    times = {'none': 0, 'double': 2}.get(affix, 1)
    assert parse_qsl(added.lstrip('?&')) == once * times
    assert added[:1] == {'none': '', 'second_question_mark': '?'}.get(affix, '&')


def open_shop(bank: BankProcess, login: str, **settings) -> dict:
    return bank.control.put_merchant(login, password=PASSWORD, name='Shop', **settings)


@pytest.mark.parametrize('name', PROFILES)
def test_a_shop_takes_the_settings_of_its_profile(bank: BankProcess, name: str):
    shop = open_shop(bank, 'of-profile', profile=name)

    expected = {**PROFILES[name], 'profile': name}
    for group in ('callback', 'cash_register'):
        assert expected.pop(group, {}).items() <= shop[group].items()
    assert expected.items() <= shop.items()


def test_a_shop_s_own_settings_go_first(bank: BankProcess):
    shop = open_shop(
        bank,
        'with-own',
        profile='white-label',
        deposited_means='taken',
        callback={'method': 'POST'},
    )

    assert (shop['deposited_means'], shop['return_affix']) == ('taken', 'second_question_mark')
    assert shop['callback']['method'] == 'POST'
    assert shop['callback']['parameters'] == ['mdOrder', 'operation', 'status']


def test_an_unknown_profile_or_none_without_a_dialect_is_refused(bank: BankProcess):
    for settings, complaint in (({'profile': 'no-such'}, 'profile'), ({}, 'missing dialect')):
        with pytest.raises(Exception, match=complaint):
            open_shop(bank, 'of-no-profile', **settings)


def test_the_readme_has_every_profile():
    told = re.findall(r'^\| `((?:ecom|rbs|white)-[^`]+)` \|', README.read_text('utf-8'), re.M)

    assert told == list(PROFILES)

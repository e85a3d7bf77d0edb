"""What may happen to an order, and what it does to the money. Both dialects."""

from datetime import datetime, timedelta, timezone

import pytest

from dev.bank.process import BankError

from .merchant import RETURN_URL, Merchant

MSK = timezone(timedelta(hours=3))

WRONG_STATE = {'rbs': '7', 'ecom': '5'}
NO_HOLD = {'rbs': '7', 'ecom': '7'}


def amounts(merchant: Merchant, order_id: str) -> tuple[int, str, int, int, int]:
    answer = merchant.status(order_id)
    info = answer['paymentAmountInfo']
    return (
        answer['orderStatus'],
        info['paymentState'],
        info['approvedAmount'],
        info['depositedAmount'],
        info['refundedAmount'],
    )


def test_a_new_order_has_had_no_attempt(merchant: Merchant):
    answer = merchant.status(merchant.order(description='Счёт 1', email='a@b.ru'))

    assert (answer['errorCode'], answer['orderStatus'], answer['actionCode']) == ('0', 0, -100)
    assert answer['actionCodeDescription'] == 'Не было попыток оплаты'
    assert (answer['amount'], answer['currency']) == (12345, '643')
    assert answer['orderDescription'] == 'Счёт 1'
    assert 'cardAuthInfo' not in answer
    assert ('paymentAmountInfo' in answer) is (merchant.dialect == 'rbs')


def test_a_one_stage_payment_is_deposited(merchant: Merchant):
    order_id = merchant.paid(jsonParams='{"a": "b"}' if merchant.dialect == 'rbs' else {'a': 'b'})

    answer = merchant.status(order_id)

    assert amounts(merchant, order_id) == (2, 'DEPOSITED', 12345, 12345, 0)
    assert answer['actionCode'] == 0
    assert answer['attributes'] == [{'name': 'mdOrder', 'value': order_id}]
    assert answer['merchantOrderParams'] == [{'name': 'a', 'value': 'b'}]
    assert [(line['type'], line['amount']) for line in answer['operations']] == [
        ('AUTHORIZATION', 12345)
    ]
    card = answer['cardAuthInfo']
    assert card['expiration'] == '202805'
    assert card['maskedPan'].startswith('220220')
    assert '2202205000012424' not in str(answer)
    holder = 'cardholderName' if merchant.dialect == 'rbs' else 'cardHolderName'
    assert card[holder] == 'CARDHOLDER NAME'
    assert answer['date'] <= answer['authDateTime'] == answer['depositedDate']


def test_a_hold_is_completed_in_part_and_only_once(merchant: Merchant):
    order_id = merchant.hold()
    assert amounts(merchant, order_id) == (1, 'APPROVED', 12345, 0, 0)
    assert merchant.code('deposit', orderId=order_id, amount=12346) == '5'

    assert merchant.code('deposit', orderId=order_id, amount=10000) == '0'

    assert amounts(merchant, order_id) == (2, 'DEPOSITED', 12345, 10000, 0)
    assert merchant.code('deposit', orderId=order_id, amount=2345) == NO_HOLD[merchant.dialect]
    assert merchant.code('reverse', orderId=order_id) == WRONG_STATE[merchant.dialect]
    types = [line['type'] for line in merchant.status(order_id)['operations']]
    assert types == ['PREAUTHORIZATION', 'COMPLETION']


def test_a_hold_is_released_as_a_whole(merchant: Merchant):
    order_id = merchant.hold()
    assert merchant.code('reverse', orderId=order_id, amount=1) != '0'

    assert merchant.code('reverse', orderId=order_id) == '0'

    assert amounts(merchant, order_id) == (3, 'REVERSED', 0, 0, 0)
    for method in ('reverse', 'deposit', 'refund'):
        assert merchant.code(method, orderId=order_id, amount=1) != '0'


def test_a_payment_is_reversed_on_its_day(merchant: Merchant):
    order_id = merchant.paid()

    assert merchant.code('reverse', orderId=order_id) == '0'

    assert amounts(merchant, order_id) == (3, 'REVERSED', 0, 0, 0)
    assert merchant.code('reverse', orderId=order_id) == WRONG_STATE[merchant.dialect]
    assert merchant.code('refund', orderId=order_id, amount=1) == WRONG_STATE[merchant.dialect]


def test_a_part_is_reversed_only_once(merchant: Merchant):
    order_id = merchant.paid()

    assert merchant.code('reverse', orderId=order_id, amount=345) == '0'

    assert amounts(merchant, order_id) == (2, 'DEPOSITED', 12000, 12000, 0)
    assert merchant.code('reverse', orderId=order_id, amount=1) == WRONG_STATE[merchant.dialect]
    assert merchant.code('refund', orderId=order_id, amount=12001) == '7'
    assert merchant.code('refund', orderId=order_id, amount=12000) == '0'


def test_a_payment_of_yesterday_is_refunded_and_not_reversed(merchant: Merchant):
    order_id = merchant.paid()
    merchant.control.advance(24 * 3600)

    assert merchant.code('reverse', orderId=order_id) == WRONG_STATE[merchant.dialect]
    assert merchant.code('refund', orderId=order_id, amount=12345) == '0'


def test_refunds_add_up_to_what_was_taken_and_no_further(merchant: Merchant):
    order_id = merchant.paid()

    assert merchant.code('refund', orderId=order_id, amount=5000) == '0'
    assert amounts(merchant, order_id) == (4, 'REFUNDED', 12345, 12345, 5000)
    assert merchant.code('refund', orderId=order_id, amount=7346) == '7'
    assert merchant.code('refund', orderId=order_id, amount=7345) == '0'
    assert amounts(merchant, order_id) == (4, 'REFUNDED', 12345, 12345, 12345)
    assert merchant.code('refund', orderId=order_id, amount=1) == '7'


def test_the_date_of_a_refund_is_written_as_each_dialect_does(merchant: Merchant):
    order_id = merchant.paid()
    merchant.call('refund', orderId=order_id, amount=1)

    date = merchant.status(order_id)['refundedDate']

    if merchant.dialect == 'rbs':
        assert isinstance(date, int)
    else:
        assert date.endswith('+03:00')


def test_a_refund_with_the_same_key_happens_once(merchant: Merchant):
    order_id = merchant.paid()

    def refund(amount: int, key: str) -> str:
        keyed = (
            {'externalRefundId': key}
            if merchant.dialect == 'rbs'
            else {'jsonParams': {'externalRefundId': key}}
        )
        return merchant.code('refund', orderId=order_id, amount=amount, **keyed)

    assert [refund(1000, 'k1'), refund(1000, 'k1')] == ['0', '0']
    assert refund(999, 'k1') == WRONG_STATE[merchant.dialect]
    assert refund(1000, 'k2') == '0'

    assert merchant.control.order(order_id)['refundedAmount'] == 2000
    keys = [line.get('externalRefundId') for line in merchant.status(order_id)['operations'][1:]]
    assert keys == ['k1', 'k2']


def test_nothing_is_refunded_or_completed_before_it_is_paid(merchant: Merchant):
    order_id = merchant.order()

    assert merchant.code('refund', orderId=order_id, amount=1) == WRONG_STATE[merchant.dialect]
    assert merchant.code('reverse', orderId=order_id) == WRONG_STATE[merchant.dialect]
    assert merchant.code('deposit', orderId=order_id, amount=1) == NO_HOLD[merchant.dialect]


def test_a_shop_gives_an_order_up(merchant: Merchant):
    order_id = merchant.order(orderNumber='D1')

    assert merchant.code('decline', orderNumber='D1') == '0'

    assert merchant.control.order(order_id)['state'] == 'DECLINED'
    assert merchant.code('decline', orderId=order_id) == WRONG_STATE[merchant.dialect]
    with pytest.raises(BankError, match='409'):
        merchant.control.pay(order_id)
    assert merchant.code('decline', orderId=merchant.paid()) == WRONG_STATE[merchant.dialect]


def test_three_attempts_are_all_there_are(merchant: Merchant):
    order_id = merchant.order()

    for attempt in (1, 2):
        merchant.control.pay(order_id, card='2202 2050 0006 0910')
        answer = merchant.status(order_id)
        assert (answer['orderStatus'], answer['actionCode']) == (0, 116)
        assert merchant.control.order(order_id)['attempts'] == attempt
    merchant.control.pay(order_id, card='2202202107593166')

    answer = merchant.status(order_id)
    assert (answer['orderStatus'], answer['actionCode']) == (6, -2013)
    assert answer['paymentAmountInfo']['paymentState'] == 'DECLINED'
    with pytest.raises(BankError, match='409'):
        merchant.control.pay(order_id)


def test_a_declined_attempt_may_be_followed_by_a_good_one(merchant: Merchant):
    order_id = merchant.order()
    merchant.control.pay(order_id, outcome='declined', actionCode=101)

    merchant.control.pay(order_id)

    assert amounts(merchant, order_id) == (2, 'DEPOSITED', 12345, 12345, 0)


def test_some_shops_see_6_between_two_attempts(merchant: Merchant):
    merchant.configure(declined_between_attempts=6)
    order_id = merchant.order()
    merchant.control.pay(order_id, outcome='declined')
    assert amounts(merchant, order_id)[:2] == (6, 'DECLINED')

    merchant.control.pay(order_id)

    assert amounts(merchant, order_id)[:2] == (2, 'DEPOSITED')


def test_three_d_secure_is_5_until_the_code_comes(merchant: Merchant):
    order_id = merchant.order()

    merchant.control.pay(order_id, card='2202205300068092')
    assert merchant.status(order_id)['orderStatus'] == 5
    merchant.control.pay(order_id)

    assert merchant.status(order_id)['orderStatus'] == 2


def test_a_wrong_code_costs_an_attempt(merchant: Merchant):
    order_id = merchant.order()

    merchant.control.pay(order_id, outcome='3ds_fail')

    answer = merchant.status(order_id)
    assert (answer['orderStatus'], answer['actionCode']) == (0, -2006)


@pytest.mark.parametrize('at_acs', [False, True])
def test_an_unpaid_order_dies_when_its_time_is_over(merchant: Merchant, at_acs):
    order_id = merchant.order()
    if at_acs:
        merchant.control.pay(order_id, outcome='3ds')
    merchant.control.advance(1199)
    assert merchant.status(order_id)['orderStatus'] == (5 if at_acs else 0)

    merchant.control.advance(2)

    answer = merchant.status(order_id)
    assert (answer['orderStatus'], answer['actionCode']) == (6, -2007)


def test_the_life_of_an_order_is_the_shops_choice(merchant: Merchant):
    seconds = '60' if merchant.dialect == 'rbs' else 60
    short, dated = (
        merchant.order(sessionTimeoutSecs=seconds),
        merchant.order(sessionTimeoutSecs=seconds, expirationDate='2099-12-31T23:59:59'),
    )

    merchant.control.advance(61)

    assert merchant.status(short)['orderStatus'] == 6
    assert merchant.status(dated)['orderStatus'] == 0
    # 23:59:59 in Moscow is 20:59:59 UTC.
    assert merchant.control.order(dated)['expires_at'] == 4102433999


def test_a_paid_order_outlives_its_time(merchant: Merchant):
    order_id = merchant.paid()

    merchant.control.advance(3600)

    assert merchant.status(order_id)['orderStatus'] == 2


def test_money_may_come_after_the_order_was_given_up(merchant: Merchant):
    order_id = merchant.order()
    merchant.control.expire(order_id)

    merchant.control.pay(order_id, late=True)

    assert amounts(merchant, order_id) == (2, 'DEPOSITED', 12345, 12345, 0)


def test_a_hold_completes_itself_when_it_was_asked_to(merchant: Merchant):
    in_an_hour = datetime.fromtimestamp(merchant.control.health()['now'] + 3600, MSK)
    order_id = merchant.hold(autocompletionDate=in_an_hour.strftime('%Y-%m-%dT%H:%M:%S'))
    merchant.control.advance(3500)
    assert merchant.status(order_id)['orderStatus'] == 1

    merchant.control.advance(101)

    assert amounts(merchant, order_id) == (2, 'DEPOSITED', 12345, 12345, 0)


def test_an_sbp_payment_has_no_card_and_may_take_its_time(merchant: Merchant):
    order_id = merchant.order()
    merchant.control.pay(order_id, method='sbp', outcome='processing')
    answer = merchant.status(order_id)
    assert (answer['orderStatus'], answer['actionCode']) == (0, -99)

    merchant.control.pay(order_id, method='sbp')

    card = merchant.status(order_id)['cardAuthInfo']
    assert card['paymentWay'] == 'SBP_C2B'
    assert 'maskedPan' not in card


def test_an_order_number_is_used_once_and_for_ever(merchant: Merchant):
    order_id = merchant.order(orderNumber='U1')
    merchant.control.expire(order_id)

    assert merchant.register(orderNumber='U1')['errorCode'] == '1'
    assert len(merchant.control.orders(merchant.login, 'U1')) == 1


def test_two_shops_may_use_the_same_number(rbs: Merchant, ecom: Merchant):
    assert rbs.order(orderNumber='SAME') != ecom.order(orderNumber='SAME')


def test_permissions_are_asked_for(merchant: Merchant):
    order_id = merchant.paid()
    merchant.configure(permissions={'hold': False, 'refund': False, 'reverse': False})

    assert merchant.register('registerPreAuth')['errorCode'] in ('5', '13')
    assert merchant.code('refund', orderId=order_id, amount=1) == WRONG_STATE[merchant.dialect]
    assert merchant.code('reverse', orderId=order_id) == WRONG_STATE[merchant.dialect]
    assert amounts(merchant, order_id) == (2, 'DEPOSITED', 12345, 12345, 0)


def test_a_temporary_password_opens_nothing(merchant: Merchant):
    merchant.configure(must_change_password=True)

    answer = merchant.register()

    assert answer['errorCode'] == '5'
    assert answer['errorMessage'] == 'Пользователь должен сменить свой пароль'


def test_part_of_an_order_with_a_cart_is_not_reversed(ecom: Merchant):
    order_id = ecom.paid(
        orderBundle={
            'cartItems': {
                'items': [
                    {
                        'positionId': '1',
                        'name': 'Курс',
                        'quantity': {'value': 1},
                        'itemCode': 'c1',
                        'itemPrice': 12345,
                        'itemAmount': 12345,
                    }
                ]
            }
        }
    )

    assert ecom.code('reverse', orderId=order_id, amount=1) == '5'
    assert ecom.code('reverse', orderId=order_id) == '0'


def test_the_bank_keeps_what_was_asked(merchant: Merchant):
    order = merchant.control.order(merchant.order(orderNumber='K1'))

    assert order['register']['returnUrl'] == RETURN_URL
    assert order['register']['password'] == '***'
    assert order['history'][0]['event'] == 'registered'

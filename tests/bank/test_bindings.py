"""Cards on file: how they come about, what a shop may do with them, and how they end."""

import uuid
from datetime import datetime, timedelta

import pytest
import requests

from dev.bank.clock import MSK

from .merchant import Merchant
from .receiver import Receiver

ALL = {'bindings': True, 'recurring': True, 'card_search': True, 'sbp': True, 'verify': True}
CARD = '2202205000012424'
#: Asks for a code, and its printed date is over.
CHALLENGED = '2202205300068092'
UNBIND = {'rbs': 'unBindCard', 'ecom': 'unbindCard'}
NOT_FOUND = {'rbs': '2', 'ecom': '1'}


@pytest.fixture
def merchant(merchant: Merchant) -> Merchant:
    merchant.configure(permissions=ALL)
    return merchant


@pytest.fixture
def ecom(ecom: Merchant) -> Merchant:
    ecom.configure(permissions=ALL)
    return ecom


@pytest.fixture
def rbs(rbs: Merchant) -> Merchant:
    rbs.configure(permissions=ALL)
    return rbs


def bind(merchant: Merchant, client_id: str = 'c1', **payment) -> str:
    """Have a payer's card on file and return the binding's id."""
    order_id = merchant.order(clientId=client_id)
    merchant.control.pay(order_id, **payment)
    if merchant.status(order_id)['orderStatus'] == 5:
        merchant.control.pay(order_id)
    return merchant.status(order_id)['bindingInfo']['bindingId']


def listed(merchant: Merchant, client_id: str = 'c1', **wanted) -> list[dict]:
    return merchant.call('getBindings', clientId=client_id, **wanted).get('bindings', [])


def charge(merchant: Merchant, binding_id: str, client_id: str = 'c1', **more) -> tuple[str, dict]:
    """Pay an order by a binding; return its id and the answer."""
    features = more.pop('features', None)
    order_id = merchant.order(clientId=client_id, features=features)
    answer = merchant.call(
        'paymentOrderBinding', mdOrder=order_id, bindingId=binding_id, ip='127.0.0.1', **more
    )
    return order_id, answer


def test_a_card_is_kept_when_the_order_names_its_payer(merchant: Merchant):
    binding_id = bind(merchant)

    (line,) = listed(merchant)
    assert line['bindingId'] == binding_id == str(uuid.UUID(binding_id))
    assert (line['maskedPan'], line['expiryDate']) == ('220220******2424', '202805')
    assert (line['bindingStatus'], line['paymentSystem']) == ('1', 'MIR')
    assert bind(merchant) == binding_id, 'the same card of the same payer'
    assert bind(merchant, 'c2') != binding_id
    assert CARD not in str(merchant.control.bindings(merchant.login))


@pytest.mark.parametrize(
    ('order', 'payment'),
    [
        ({}, {}),
        ({'clientId': 'c1', 'features': 'FORCE_SSL'}, {}),
        ({'clientId': 'c1'}, {'keep_card': False}),
        ({'clientId': 'c1'}, {'outcome': 'declined'}),
        ({'clientId': 'c1'}, {'method': 'sbp'}),
    ],
    ids=['no payer', 'without 3-D Secure', 'not wanted', 'not paid', 'no card'],
)
def test_a_card_is_not_kept_otherwise(merchant: Merchant, order, payment):
    order_id = merchant.order(**order)
    merchant.control.pay(order_id, **payment)

    assert 'bindingId' not in merchant.status(order_id).get('bindingInfo', {})
    assert merchant.control.bindings(merchant.login) == []


def test_a_card_can_be_kept_for_no_money(merchant: Merchant):
    order_id = merchant.order('registerPreAuth', amount=0, features='VERIFY', clientId='c1')

    merchant.control.pay(order_id)

    assert [line['clientId'] for line in merchant.control.bindings(merchant.login)] == ['c1']


@pytest.mark.parametrize('method', ['getBindings', 'bindCard', 'paymentOrderBinding'])
def test_a_contract_without_bindings_has_none_of_it(merchant: Merchant, method: str):
    binding_id = bind(merchant)
    merchant.configure(permissions={})
    needed = {
        'getBindings': {'clientId': 'c1'},
        'bindCard': {'bindingId': binding_id},
        'paymentOrderBinding': {
            'mdOrder': merchant.order(),
            'bindingId': binding_id,
            'ip': '127.0.0.1',
        },
    }

    assert merchant.code(method, **needed[method]) == '5'
    assert merchant.reason() == 'NO_PERMISSION: bindings'


def test_nobody_on_file_is_an_error_or_an_empty_list(rbs: Merchant, ecom: Merchant):
    assert rbs.code('getBindings', clientId='nobody') == '2'
    assert rbs.code('getBindings') == '1'
    assert ecom.call('getBindings', clientId='nobody')['bindings'] == []
    assert ecom.code('getBindings') == '5'


def test_a_shop_ends_a_binding_and_takes_it_up_again(merchant: Merchant):
    binding_id = bind(merchant)
    unbind = UNBIND[merchant.dialect]

    assert merchant.code(unbind, bindingId=binding_id) == '0'
    assert merchant.code(unbind, bindingId=binding_id) == '2'
    assert listed(merchant) == []
    everything = 'true' if merchant.dialect == 'rbs' else True
    (line,) = listed(merchant, showInactive=everything)
    assert line['bindingStatus'] == '0'
    order_id = merchant.order(clientId='c1')
    code = merchant.code(
        'paymentOrderBinding', mdOrder=order_id, bindingId=binding_id, ip='127.0.0.1'
    )
    assert code == '2'

    assert merchant.code('bindCard', bindingId=binding_id) == '0'
    assert merchant.code('bindCard', bindingId=binding_id) == '2'
    assert len(listed(merchant)) == 1


def test_only_its_own_bindings_are_a_shops(rbs: Merchant, ecom: Merchant):
    theirs = bind(rbs)

    for method, more in (('unbindCard', {}), ('paymentOrderBinding', {'ip': '::1'})):
        named = {'mdOrder': ecom.order(clientId='c1')} if more else {}
        assert ecom.code(method, bindingId=theirs, **named, **more) == '1'
    assert ecom.code('getBindingsByCardOrId', bindingId=theirs) == '1'


def test_an_order_is_paid_by_a_binding_of_its_payer_alone(merchant: Merchant):
    binding_id = bind(merchant)

    order_id, answer = charge(merchant, binding_id)
    assert (answer['errorCode'], answer['redirect'].startswith('http')) == ('0', True)
    status = merchant.status(order_id)
    assert (status['orderStatus'], status['cardAuthInfo']['paymentWay']) == (2, 'CARD_BINDING')
    assert status['bindingInfo'] == {'clientId': 'c1', 'bindingId': binding_id}
    _order_id, again = charge(merchant, binding_id, 'c2')
    assert again['errorCode'] == '1'
    assert 'OTHER_BINDING' in merchant.reason()
    paid_already = merchant.code(
        'paymentOrderBinding', mdOrder=order_id, bindingId=binding_id, ip='::1'
    )
    assert paid_already == {'rbs': '7', 'ecom': '5'}[merchant.dialect]


@pytest.mark.parametrize(
    ('told', 'code'), [('error', '5'), ('accepted', '0')], ids=['error', 'accepted']
)
def test_a_declined_charge_is_an_error_or_told_by_the_order(merchant: Merchant, told, code):
    merchant.configure(permissions=ALL, declined_charge=told)
    binding_id = bind(merchant)
    merchant.control.set_binding(binding_id, actionCode=116, times=1)

    order_id, answer = charge(merchant, binding_id)

    assert answer['errorCode'] == code
    assert merchant.status(order_id)['actionCode'] == 116
    assert charge(merchant, binding_id)[1]['errorCode'] == '0'


@pytest.mark.parametrize(
    ('change', 'action_code'),
    [({}, 0), ({'actionCode': 43}, 43), ({'actionCode': 239}, 239)],
    ids=['good', 'stolen', 'issuer ends it'],
)
def test_declines_are_told_apart(merchant: Merchant, change, action_code):
    binding_id = bind(merchant)
    merchant.control.set_binding(binding_id, **change)

    order_id, _answer = charge(merchant, binding_id)

    assert merchant.status(order_id)['actionCode'] == action_code


def test_the_cvc_may_be_wrong_or_have_to_be_there(merchant: Merchant):
    merchant.configure(permissions=ALL, binding_cvc=True)
    binding_id = bind(merchant)

    codes = [charge(merchant, binding_id, **given)[0] for given in ({}, {'cvc': '000'})]
    assert [merchant.status(order_id)['actionCode'] for order_id in codes] == [2004, 82]
    assert charge(merchant, binding_id, cvc='649')[1]['errorCode'] == '0'
    assert charge(merchant, binding_id, features='AUTO_PAYMENT')[1]['errorCode'] == '0'


def test_a_payer_who_is_there_may_be_asked_for_a_code(merchant: Merchant):
    binding_id = bind(merchant, card=CHALLENGED)
    assert len(listed(merchant)) == 1, 'a test card that was over already'

    order_id, answer = charge(merchant, binding_id)
    assert answer['errorCode'] == '0'
    assert merchant.status(order_id)['orderStatus'] == 5
    page = answer['formUrl' if merchant.dialect == 'ecom' else 'acsUrl']
    sent = {'PaReq': answer.get('paReq', ''), 'TermUrl': answer.get('termUrl', ''), 'MD': '1'}
    assert 'name="code"' in requests.post(page, data=sent, timeout=10).text
    requests.post(page, data={'code': '111111', 'confirm': ''}, timeout=10)
    assert merchant.status(order_id)['orderStatus'] == 2

    alone, _answer = charge(merchant, binding_id, features='AUTO_PAYMENT')
    assert merchant.status(alone)['orderStatus'] == 2


def test_the_page_of_an_order_for_one_card_asks_for_its_cvc_alone(merchant: Merchant):
    binding_id = bind(merchant)
    assert (
        merchant.register(bindingId=str(uuid.uuid4()))['errorCode'] == (NOT_FOUND[merchant.dialect])
    )
    assert merchant.register(bindingId=binding_id, clientId='c2')['errorCode'] == '1'
    answer = merchant.register(bindingId=binding_id, clientId='c1')

    page = requests.get(answer['formUrl'], timeout=10).text
    assert '220220******2424' in page
    assert 'name="pan"' not in page
    wrong = requests.post(answer['formUrl'], data={'cvc': '12'}, timeout=10).text
    assert 'id="error"' in wrong
    requests.post(answer['formUrl'], data={'cvc': '649'}, timeout=10)

    status = merchant.status(answer['orderId'])
    assert (status['orderStatus'], status['bindingInfo']['bindingId']) == (2, binding_id)


@pytest.mark.parametrize('ticked', [True, False])
def test_the_payer_decides_on_the_page_whether_the_card_is_kept(merchant: Merchant, ticked: bool):
    answer = merchant.register(clientId='c1')
    assert 'id="keep"' in requests.get(answer['formUrl'], timeout=10).text
    assert 'id="keep"' not in requests.get(merchant.register()['formUrl'], timeout=10).text
    card = {'pan': CARD, 'expiry': '05/28', 'cvc': '649', **({'keep': 'on'} if ticked else {})}

    requests.post(answer['formUrl'], data=card, timeout=10)

    assert len(merchant.control.bindings(merchant.login)) == ticked


def test_a_card_that_the_payer_took_away_is_not_the_shops_to_take_up(merchant: Merchant):
    binding_id = bind(merchant)

    merchant.control.remove_binding(binding_id, by='payer')

    code = '15' if merchant.dialect == 'ecom' else '2'
    assert merchant.code('bindCard', bindingId=binding_id) == code
    order_id = merchant.order(clientId='c1')
    named = {'mdOrder': order_id, 'bindingId': binding_id, 'ip': '::1'}
    assert merchant.code('paymentOrderBinding', **named) == code


def test_an_expired_card_is_listed_on_demand_and_declined(rbs: Merchant):
    binding_id = bind(rbs)
    now = datetime.fromtimestamp(rbs.control.health()['now'], MSK)
    this_month = now.strftime('%Y%m')
    rbs.control.set_binding(binding_id, expiry=this_month)
    assert len(listed(rbs)) == 1, 'a card is good to the end of its month'

    next_month = now.replace(day=1, hour=0, minute=0, second=0) + timedelta(days=32)
    rbs.control.advance((next_month - now).total_seconds())

    assert listed(rbs) == []
    assert listed(rbs, showExpired='true')[0]['expiryDate'] == this_month
    order_id, _answer = charge(rbs, binding_id)
    assert rbs.status(order_id)['actionCode'] == 101
    assert rbs.code('extendBinding', bindingId=binding_id, newExpiry='209913') == '5'
    assert rbs.code('extendBinding', bindingId=binding_id, newExpiry='209912') == '0'
    assert listed(rbs)[0]['expiryDate'] == '209912'


def test_the_newer_gateway_finds_a_payers_cards_by_one_of_them(ecom: Merchant):
    binding_id = bind(ecom)
    other = bind(ecom, card='2202206100040083')

    def found(**what) -> set[str]:
        lines = ecom.call('getBindingsByCardOrId', **what)['bindings']
        return {line['bindingId'] for line in lines}

    assert found(bindingId=binding_id) == {binding_id, other}
    assert found(pan=CARD) == {binding_id}
    assert CARD not in str(ecom.control.requests(login=ecom.login))
    assert ecom.code('getBindingsByCardOrId', pan=CARD, bindingId=other) == '5'
    ecom.configure(permissions={'bindings': True})
    assert ecom.code('getBindingsByCardOrId', pan=CARD) == '5'


def test_a_shop_charges_a_card_without_its_payer(ecom: Merchant):
    binding_id = bind(ecom, card=CHALLENGED)

    answer = ecom.call('recurrentPayment', orderNumber='R1', bindingId=binding_id, amount=700)

    assert answer['success'] is True
    assert answer['data']['orderNumber'] == 'R1'
    assert (answer['orderStatus']['orderStatus'], answer['orderStatus']['amount']) == (2, 700)
    assert answer['orderStatus']['bindingInfo']['bindingId'] == binding_id
    assert ecom.status(answer['data']['orderId'])['orderNumber'] == 'R1'
    again = ecom.call('recurrentPayment', orderNumber='R1', bindingId=binding_id, amount=700)
    assert (again['success'], again['error']['code']) == (False, '1')


@pytest.mark.parametrize(('told', 'success'), [('error', False), ('accepted', True)])
def test_a_charge_that_is_declined_leaves_an_order(ecom: Merchant, told: str, success: bool):
    ecom.configure(permissions=ALL, declined_charge=told)
    binding_id = bind(ecom)
    ecom.control.set_binding(binding_id, actionCode=116)

    answer = ecom.call('recurrentPayment', orderNumber='R2', bindingId=binding_id, amount=700)

    assert answer['success'] is success
    assert ('error' in answer) is not success
    assert answer['orderStatus']['actionCode'] == 116
    assert len(ecom.control.orders(ecom.login, 'R2')) == 1


@pytest.mark.parametrize(
    ('change', 'code'),
    [({'bindingId': str(uuid.uuid4())}, '1'), ({'amount': '700'}, '5'), ({'ip': '::1'}, '5')],
    ids=['unknown binding', 'wrong type', 'unknown field'],
)
def test_a_refused_charge_leaves_none(ecom: Merchant, change: dict, code: str):
    request = {'orderNumber': 'R3', 'bindingId': bind(ecom), 'amount': 700, **change}

    answer = ecom.call('recurrentPayment', **request)

    assert answer == {'success': False, 'error': answer['error']}
    assert answer['error']['code'] == code
    assert ecom.control.orders(ecom.login, 'R3') == []


def test_charges_without_the_payer_are_a_permission_of_their_own(ecom: Merchant):
    binding_id = bind(ecom)
    ecom.configure(permissions={'bindings': True})

    answer = ecom.call('recurrentPayment', orderNumber='R4', bindingId=binding_id, amount=700)
    assert answer['error']['code'] == '5'
    assert 'NO_PERMISSION: recurring' in ecom.reason()
    _order_id, answer = charge(ecom, binding_id, features='AUTO_PAYMENT')
    assert answer['errorCode'] == '5'


def test_the_older_gateway_tells_of_each_change(rbs: Merchant, receiver: Receiver):
    names = ['operation', 'bindingId', 'clientId', 'enabled']
    operations = ['bindingCreated', 'bindingActivityChanged']
    rbs.configure(
        permissions=ALL,
        callback={'url': receiver.url, 'parameters': names, 'operations': operations},
    )
    binding_id = bind(rbs)
    receiver.wait_for(1)
    rbs.call('unBindCard', bindingId=binding_id)

    told = [notice.query for notice in receiver.wait_for(2)]

    assert [(one['operation'], one['enabled']) for one in told] == [
        ('bindingCreated', 'true'),
        ('bindingActivityChanged', 'false'),
    ]
    assert {(one['bindingId'], one['clientId']) for one in told} == {(binding_id, 'c1')}


def test_the_newer_gateway_tells_of_what_its_application_does(ecom: Merchant, receiver: Receiver):
    ecom.configure(permissions=ALL, callback={'binding_url': receiver.url})
    by_card = bind(ecom)
    ecom.call('unbindCard', bindingId=by_card)
    binding_id = bind(ecom, 'c2', method='sberpay')
    receiver.wait_for(1)
    ecom.control.remove_binding(binding_id, by='payer')

    told = [notice.json for notice in receiver.wait_for(2)]

    assert told == [
        {'bindingId': binding_id, 'clientId': 'c2', 'operation': operation}
        for operation in ('bindingCreated', 'bindingDeactivated')
    ]


def test_the_staff_ends_a_binding_on_the_front_page(rbs: Merchant):
    binding_id = bind(rbs)
    assert binding_id in requests.get(rbs.bank.url, timeout=10).text

    requests.post(f'{rbs.bank.url}/bindings/{binding_id}/remove', timeout=10)

    assert rbs.control.bindings(rbs.login)[0]['removed_by'] == 'bank'

"""A temporary password of the newer gateway is changed for a permanent one."""

import pytest
import requests

from .merchant import PASSWORD, Merchant

LASTING = 'LastingPassword2026'


@pytest.fixture
def ecom(ecom: Merchant) -> Merchant:
    ecom.configure(must_change_password=True)
    return ecom


def change(ecom: Merchant, method: str = 'set-permanent-password', **fields) -> dict:
    url = ecom.bank.ecom_url.replace('/v1/', f'/accounts/v1/{method}')
    body = {'login': ecom.login, 'tmpPassword': PASSWORD, **fields}
    response = requests.post(url, json=body, timeout=10)
    assert response.status_code == 200
    return response.json()


def test_the_permanent_password_opens_what_the_temporary_one_did_not(ecom: Merchant):
    assert ecom.register()['errorCode'] == '5'

    assert change(ecom, password=LASTING) == {'login': ecom.login, 'password': LASTING}

    assert ecom.register()['errorCode'] == '5'
    assert ecom.register(password=LASTING)['errorCode'] == '0'
    assert LASTING not in str(ecom.control.requests(login=ecom.login))


def test_the_bank_makes_a_password_if_it_is_given_none(ecom: Merchant):
    password = change(ecom)['password']

    assert len(password) >= 18
    assert ecom.register(password=password)['errorCode'] == '0'


@pytest.mark.parametrize(
    'fields',
    [
        {'password': 'Short1'},
        {'password': 'no-capital-letter-1'},
        {'password': 'No-digit-in-this-password'},
        {'tmpPassword': 'wrong'},
        {'login': 'nobody'},
        {'userName': 'x'},
    ],
    ids=str,
)
def test_a_wrong_change_changes_nothing(ecom: Merchant, fields: dict):
    answer = change(ecom, **fields)

    assert answer.keys() == {'errorCode', 'description'}
    assert answer['errorCode'] == '5'
    assert ecom.control.merchant(ecom.login)['must_change_password'] is True


def test_keys_for_the_bank_s_own_library_are_in_no_contract(ecom: Merchant):
    ecom.configure()
    url = ecom.bank.ecom_url.replace('/v1/', '/accounts/v1/apikey/generate')

    answer = requests.post(url, json={'userName': ecom.login, 'password': PASSWORD}, timeout=10)

    assert answer.json() == {'errorCode': '5', 'errorMessage': 'Доступ запрещен'}

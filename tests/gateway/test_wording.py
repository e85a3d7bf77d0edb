"""What staff read of the gateway can be translated: it knows what it was put together from."""

import ast
from pathlib import Path

import gateway
import pytest
from gateway import (
    ECOM,
    RBS,
    Credentials,
    GatewayError,
    ReceiptError,
    Sentence,
    ascii_url,
    base_url_of,
    build_ca_bundle,
    load_public_key,
    reason_of,
)

FOLDER = Path(gateway.__path__[0])
ERRORS = {
    name
    for name, value in vars(gateway).items()
    if isinstance(value, type) and issubclass(value, (GatewayError, ReceiptError))
}

# Where a ValueError means that the addon itself is wrong, which no administrator can mend.
FOR_DEVELOPERS = {
    ('account_calls.py', 'charge_account'),
    ('accounts.py', '__post_init__'),
    ('calls.py', '_check'),
    ('callback.py', '_refuse_constant'),
    ('client.py', '_order_reference'),
    ('client.py', 'refund'),
    ('dialects.py', 'encode'),
    ('dialects.py', 'order_fields'),
    ('receipt_calls.py', '_need_receipt_calls'),
    ('receipt_calls.py', 'do_receipt'),
    ('receipt_calls.py', 'retry_receipts'),
    ('text.py', 'order_number'),
    ('verdicts.py', '_refuse_constant'),
    ('verdicts.py', '_unique_names'),
}


def test_a_sentence_is_a_text():
    sentence = Sentence("%(host)s is gone.", host='epay.sberbank.ru')
    assert sentence == 'epay.sberbank.ru is gone.'
    assert f'{sentence}' == 'epay.sberbank.ru is gone.'


def test_a_sentence_knows_its_parts():
    inner = Sentence("It is closed.")
    sentence = Sentence("%(host)s: %(why)s", host='host', why=inner)
    assert sentence == 'host: It is closed.'
    assert sentence.template == '%(host)s: %(why)s'
    assert sentence.values == {'host': 'host', 'why': inner}
    assert isinstance(sentence.values['why'], Sentence)


def test_a_percent_sign_of_the_bank_is_no_place():
    assert Sentence("It said %(message)s", message='100% %(no)s') == 'It said 100% %(no)s'
    assert Sentence("100 %") == '100 %'


@pytest.mark.parametrize(
    ('error', 'reason'),
    [
        (ValueError(Sentence("It is %(what)s.", what='wrong')), 'It is wrong.'),
        (OSError(13, 'Permission denied'), '[Errno 13] Permission denied'),
        (ValueError(), ''),
    ],
)
def test_the_reason_of_an_error_is_its_sentence(error, reason):
    assert reason_of(error) == reason
    has_sentence = any(isinstance(argument, Sentence) for argument in error.args)
    assert isinstance(reason_of(error), Sentence) == has_sentence


def test_an_address_brings_no_line_of_its_own():
    for address in ('shop\n2026 ERROR', 'https://\n2026 ERROR'):
        with pytest.raises(ValueError, match='address') as caught:
            ascii_url(address)
        assert '\n' not in reason_of(caught.value)


@pytest.mark.parametrize(
    ('read', 'setting', 'advice'),
    [
        (load_public_key, 'x', 'BEGIN to the line with END'),
        (load_public_key, '-----BEGIN PRIVATE KEY-----', 'Paste the certificate'),
        (build_ca_bundle, 'x', 'BEGIN to its line with END'),
        (build_ca_bundle, '-----BEGIN PRIVATE KEY-----', 'Paste only certificates'),
        (lambda url: base_url_of(url, RBS), 'https://банк.рф', 'Russian keyboard layout'),
        (lambda url: base_url_of(url, RBS), 'https://a.example:x', 'Compare it'),
        (lambda url: base_url_of(url, RBS), 'a.example', 'begin with https://'),
        (lambda url: base_url_of(url, RBS), 'https://me@a.example', 'fields of their own'),
        (lambda url: base_url_of(url, RBS), 'https://a.example/?a', 'leave out'),
        (lambda url: base_url_of(url, RBS), 'http://a.example/', 'only for this very machine'),
        (RBS.check_credentials, Credentials(), 'Enter the user name and the password'),
        (ECOM.check_credentials, Credentials(token='a'), 'takes no token. Enter the user name'),
        (ECOM.check_credentials, Credentials('ы', 'a'), 'user names are.*Russian keyboard layout'),
        (ECOM.check_credentials, Credentials('a', 'ы'), 'passwords are.*Russian keyboard layout'),
    ],
)
def test_what_is_wrong_with_a_setting_and_what_to_do_is_a_sentence(read, setting, advice):
    with pytest.raises(ValueError, match=advice) as caught:
        read(setting)
    assert isinstance(reason_of(caught.value), Sentence)


def test_what_an_administrator_can_mend_is_never_a_plain_text():
    raised = [
        (path.name, function.name, statement.exc.args[0])
        for path in FOLDER.glob('*.py')
        for function in ast.walk(ast.parse(path.read_text()))
        if isinstance(function, ast.FunctionDef)
        for statement in ast.walk(function)
        if isinstance(statement, ast.Raise)
        and isinstance(statement.exc, ast.Call)
        and getattr(statement.exc.func, 'id', None) == 'ValueError'
    ]
    plain = {
        (file, function)
        for file, function, reason in raised
        if not (isinstance(reason, ast.Call) and getattr(reason.func, 'id', None) == '_lt')
    }
    assert plain == FOR_DEVELOPERS


def test_every_failure_is_told_by_a_sentence():
    told = [
        (path.name, call.lineno, call.args[0])
        for path in FOLDER.glob('*.py')
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call) and getattr(call.func, 'id', None) in ERRORS and call.args
    ]
    assert len(told) > 20
    texts = [one for one in told if isinstance(one[2], ast.Constant | ast.JoinedStr)]
    assert not texts

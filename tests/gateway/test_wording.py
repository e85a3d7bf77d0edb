"""What staff read of the gateway can be translated: it knows what it was put together from."""

import ast
from pathlib import Path

import gateway
import pytest
from gateway import GatewayError, Sentence, ascii_url, reason_of

FOLDER = Path(gateway.__path__[0])
ERRORS = {
    name
    for name, value in vars(gateway).items()
    if isinstance(value, type) and issubclass(value, GatewayError)
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

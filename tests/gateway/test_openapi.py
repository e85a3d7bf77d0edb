"""The newer dialect, held against the bank's own OpenAPI file where there is one.

The published file is no valid YAML, so its regular layout is read instead.
"""

import json
import re

import pytest
from gateway import ECOM
from gateway.calls import Call

from tests.openapi import find_openapi

from .test_calls import new_order

# Documented by the bank after version 1.0.7.
LATER_FIELDS = {'dynamicCallbackUrl'}

REQUESTS = {call: f'{call.value}Request' for call in Call} | {
    Call.UNBIND_CARD: 'unBindCardRequest',
}


@pytest.fixture(scope='module')
def openapi():
    return find_openapi().read_text()


def schema(openapi, name):
    """Return a schema's lines, and the names of its properties."""
    block = re.search(rf'^    {name}:\n((?: {{5,}}.*\n|\n)+)', openapi, re.MULTILINE)[1]
    block = block.replace('- properties:', '  properties:')
    properties = set()
    for part in re.findall(r'^( +)properties:\n((?:\1 +.*\n|\n)+)', block, re.MULTILINE):
        lines = part[1]
        indent = min(len(line) - len(line.lstrip()) for line in lines.splitlines() if line.strip())
        properties |= set(re.findall(rf'^ {{{indent}}}(\w+):', lines, re.MULTILINE))
    return block, properties


@pytest.mark.parametrize('call', Call)
def test_every_field_that_is_sent_is_one_of_the_bank_s(openapi, call):
    _block, documented = schema(openapi, REQUESTS[call])
    sent = ECOM._FIELDS[call] | {'userName', 'password'}

    assert sent - LATER_FIELDS <= documented


@pytest.mark.parametrize('call', Call)
def test_every_field_that_the_bank_requires_can_be_sent(openapi, call):
    block, _documented = schema(openapi, REQUESTS[call])
    required = set(re.findall(r'^        - (\w+)$', block, re.MULTILINE))

    assert {'userName', 'password'} <= required
    assert required <= ECOM._FIELDS[call] | {'userName', 'password'}


def test_fields_have_the_types_and_lengths_of_the_bank(openapi):
    order = new_order(
        description='Счёт «5»',
        email='payer@example.com',
    )
    body, _headers = ECOM.encode(
        Call.REGISTER, {'userName': 'shop', 'password': 'pass', **ECOM.order_fields(order)}
    )
    types = {'string': str, 'integer': int}

    sent = json.loads(body)
    assert sent.keys() >= {'amount', 'currency', 'sessionTimeoutSecs', 'description'}
    for name in sent:
        block, _properties = schema(openapi, name)
        value = sent[name]
        assert type(value) is types[re.search(r'^ +type: (\w+)', block, re.MULTILINE)[1]]
        if isinstance(value, str):
            longest = int(re.search(r'maxLength: (\d+)', block)[1])
            shortest = int(re.search(r'minLength: (\d+)', block)[1])
            assert shortest <= len(value) <= longest

"""Our schemas of the newer gateway against the bank's own file, where somebody has it."""

import pytest
import yaml

from dev.bank import schemas
from tests.openapi import find_openapi

# In later documents of the bank, not in 1.0.7.
LATER = {'register': {'dynamicCallbackUrl'}, 'registerPreAuth': {'dynamicCallbackUrl'}}

# The file's pattern of orderNumber has lost its brackets, and a date has no pattern there.
UNCOMPARABLE = {'orderNumber', 'expirationDate', 'autocompletionDate', 'jsonParams', 'orderBundle'}


REQUESTS = {**schemas.ECOM, **schemas.OFD}


@pytest.fixture(scope='module')
def published() -> dict:
    text = find_openapi().read_text('utf-8')
    return yaml.safe_load(text)['components']['schemas']


def fields(published: dict, method: str) -> dict[str, dict]:
    request = published[f'{method}Request']
    properties = dict(request['properties'])
    for branch in request.get('oneOf', ()):
        properties.update(branch['properties'])
    return {
        name: published[schema['$ref'].rsplit('/', 1)[-1]] if '$ref' in schema else schema
        for name, schema in properties.items()
    }


@pytest.mark.parametrize('method', sorted(REQUESTS))
def test_the_same_fields_are_known_and_needed(published, method):
    ours = REQUESTS[method]

    assert set(ours['properties']) - LATER.get(method, set()) == set(fields(published, method))
    assert set(ours['required']) == set(published[f'{method}Request']['required'])
    assert ours['additionalProperties'] is False


@pytest.mark.parametrize('method', sorted(REQUESTS))
def test_no_limit_is_wider_than_the_banks(published, method):
    ours = REQUESTS[method]['properties']

    for name, theirs in fields(published, method).items():
        if name in UNCOMPARABLE:
            continue
        assert ours[name]['type'] == theirs['type'], name
        for limit in ('maxLength', 'maximum'):
            # 36 characters of a password are in later documents.
            if limit in theirs and name != 'password':
                assert ours[name][limit] <= theirs[limit], name
        for limit in ('minLength', 'minimum'):
            if limit in theirs:
                assert ours[name][limit] >= theirs[limit], name


def test_a_float_is_no_integer_and_a_mismatch_does_not_tell_the_value():
    body = {
        'userName': 'a',
        'password': 'я-secret',
        'orderNumber': '1',
        'amount': 1,
        'returnUrl': 'https://shop.example.com/',
    }

    with pytest.raises(schemas.Mismatch) as mismatch:
        schemas.check(schemas.ECOM['register'], body)

    assert 'password' in str(mismatch.value)
    assert 'secret' not in str(mismatch.value)

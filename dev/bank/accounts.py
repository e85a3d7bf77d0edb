"""The newer gateway's service for logins: a temporary password is changed for a permanent one.

Source: ``set-permanent-password`` of the bank's OpenAPI 1.0.7.
"""

import re
import secrets
import string
from collections.abc import Mapping
from typing import Any, Final

from . import schemas
from .dialect import Handler, Incoming
from .ecom import EcomDialect
from .merchants import Merchant
from .refusals import Reason, Refusal

_PASSWORD: Final = {'type': 'string', 'pattern': r'\A[ -~]+\Z', 'minLength': 1, 'maxLength': 30}
_REQUEST: Final[Mapping[str, Any]] = {
    'type': 'object',
    'properties': {
        'login': schemas.ECOM['register']['properties']['userName'],
        'tmpPassword': _PASSWORD,
        'password': {**_PASSWORD, 'minLength': 18},
    },
    'required': ['login', 'tmpPassword'],
    'additionalProperties': False,
}
_CHANGE: Final = 'set-permanent-password'
_SIGNS: Final = string.ascii_letters + string.digits


class AccountsDialect(EcomDialect):
    """The same JSON under another address, with names of its own for login and error."""

    own_methods = frozenset({_CHANGE})
    withheld_methods = frozenset({'apikey/generate'})
    bare_methods = own_methods | withheld_methods

    def further_methods(self) -> Mapping[str, Handler]:
        return {}

    def identify(self, incoming: Incoming) -> Merchant:
        if incoming.method != _CHANGE:
            return super().identify(incoming)
        given = incoming.parameters
        try:
            schemas.check(_REQUEST, given)
        except schemas.Mismatch as mismatch:
            raise Refusal(Reason.BAD_PARAMETER, str(mismatch)) from mismatch
        return self.admit(
            self.bank.merchants.by_login(given['login']),
            lambda known: known.knows_password(given['tmpPassword']),
            with_temporary=True,
        )

    def perform(self, incoming: Incoming, merchant: Merchant) -> dict[str, Any]:
        if incoming.method != _CHANGE:
            return super().perform(incoming, merchant)
        password = incoming.parameters.get('password') or _generated()
        if not (re.search('[0-9]', password) and re.search('[A-Z]', password)):
            raise Refusal(Reason.BAD_PARAMETER, 'password: a digit and a capital letter')
        with self.bank.lock:
            self.bank.merchants.set_password(merchant, password)
        return {'login': merchant.login, 'password': password}

    def refuse(self, refusal: Refusal, method: str, language: str) -> dict[str, Any]:
        answer = super().refuse(refusal, method, language)
        if method != _CHANGE:
            return answer
        return {'errorCode': answer['errorCode'], 'description': answer['errorMessage']}


def _generated() -> str:
    return f'A1{"".join(secrets.choice(_SIGNS) for _ in range(16))}'

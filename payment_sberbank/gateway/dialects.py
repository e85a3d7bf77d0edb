"""The two languages that the gateway speaks: how a call is written and an answer is read.

`RBS` is the older product (`/payment/rest/`, form fields), `ECOM` the bank's own newer gateway
(`/ecomm/gw/partner/api/v1/`, JSON). The calls and their fields have the same names in both.
"""

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping
from typing import ClassVar
from urllib.parse import urlencode

from .addresses import ascii_url, callback_obstacle
from .calls import Call, Credentials, NewOrder
from .errors import OrderNotFound, OrderNumberTaken, Refused, UnexpectedAnswer, WrongSettings
from .masking import mask
from .money import CURRENCY_NUMBER
from .text import clean_description, number_or_text
from .wording import Sentence, _lt, reason_of

__all__ = ['DIALECTS', 'ECOM', 'RBS', 'Dialect']

_MOVE_MONEY = frozenset({Call.DEPOSIT, Call.REVERSE, Call.REFUND})

# Where the gateway puts an error code, and its message.
_CODES = (('errorCode', 'errorMessage'), ('ErrorCode', 'ErrorMessage'))


class Dialect(ABC):
    """How calls are written and answers are read.

    :cvar code: Technical name.
    :cvar name: What an administrator chooses it by.
    :cvar api_path: The usual path of the API on its host.
    :cvar max_return_url_length: Of the addresses that a payer comes back to.
    :cvar max_email_length: Of the payer's e-mail.
    :cvar only_callback_port: The one port that the gateway calls shops at, if it calls one only.
    :cvar code_5_hint: What staff should check first when a call is refused with code 5.
    """

    code: str
    name: str
    api_path: str
    max_return_url_length: int
    max_email_length: int
    only_callback_port: int | None
    code_5_hint: Sentence

    @abstractmethod
    def check_credentials(self, credentials: Credentials) -> None:
        """:raise ValueError: If the dialect can't carry them; the reason is for administrators."""

    @abstractmethod
    def authentication(self, credentials: Credentials) -> dict[str, str | None]:
        """Return the fields that authenticate a call."""

    @abstractmethod
    def encode(self, call: Call, fields: Mapping[str, object]) -> tuple[bytes, dict[str, str]]:
        """Write a call's body and its headers.

        :raise ValueError: If a field is not one that the call takes.
        """

    @abstractmethod
    def refund_key(self, external_refund_id: str) -> dict[str, object]:
        """Return the fields that make a refund repeatable under the same key."""

    @abstractmethod
    def _succeeded_without_code(self, call: Call, answer: Mapping[str, object]) -> bool:
        """Tell whether an answer without any error code is a success."""

    @abstractmethod
    def _may_mean_not_found(self, call: Call, code: str) -> bool:
        """Tell whether a code other than 6 may say that the order is unknown."""

    def order_fields(self, order: NewOrder, gateway_url: str = '') -> dict[str, object]:
        """Return an order's fields; what the bank would not take, and can do without, is left out.

        :param gateway_url: The API base in use, if it matters what can be called from there.
        :raise WrongSettings: If the address to come back to is not valid, or too long for the bank.
        """
        fields = {
            'orderNumber': order.order_number,
            'amount': order.amount,
            'currency': CURRENCY_NUMBER,
            'returnUrl': self._return_url(order.return_url),
            'description': clean_description(order.description),
            'language': order.language,
            'sessionTimeoutSecs': order.session_timeout_secs,
            'dynamicCallbackUrl': self._callback_url(order.callback_url or '', gateway_url),
            'email': self._email(order.email),
        }
        return {name: value for name, value in fields.items() if value}

    def decode(self, body: bytes) -> dict[str, object]:
        """Read an answer's body, whatever its content type says.

        :raise UnexpectedAnswer: If it is not one JSON object in UTF-8.
        """
        answer = _json_or_none(body)
        if not isinstance(answer, dict):
            raise UnexpectedAnswer(
                _lt("The bank's answer is no JSON object (%(size)s bytes).", size=len(body))
            )
        return answer

    def check(
        self, call: Call, answer: Mapping[str, object], secrets: Collection[str] = ()
    ) -> None:
        """Let a success pass.

        :param secrets: The credentials' values, in case the bank's message quotes them.
        :raise Refused: If the bank said no.
        :raise UnexpectedAnswer: If it can't be told what the bank said: for example, an answer to
            a call that moves money says both that it was done and that it was not.
        """
        if call in _MOVE_MONEY and len(set(_verdicts_in(answer))) > 1:
            raise UnexpectedAnswer(
                _lt("The bank's answer to %(call)s contradicts itself.", call=call.value)
            )
        code, message = _error_in(answer)
        if code is None and not self._succeeded_without_code(call, answer):
            raise UnexpectedAnswer(
                _lt("The bank's answer to %(call)s has no errorCode.", call=call.value)
            )
        if code not in (None, '0'):
            raise self._refusal(call, code, mask(message, secrets))

    def _refusal(self, call: Call, code: str, message: str) -> Refused:
        said = {'call': call.value, 'code': code, 'message': message}
        detail = _lt("The bank refused %(call)s: code %(code)s, «%(message)s».", **said)
        if code == '5':
            detail = _lt(
                "The bank refused %(call)s: code %(code)s, «%(message)s». %(hint)s",
                **said,
                hint=self.code_5_hint,
            )
        if code == '1' and call in (Call.REGISTER, Call.REGISTER_PRE_AUTH):
            return OrderNumberTaken(detail, code=code, message=message)
        if code == '6':
            return OrderNotFound(detail, code=code, message=message)
        return Refused(
            detail,
            code=code,
            message=message,
            may_mean_not_found=self._may_mean_not_found(call, code),
        )

    def _return_url(self, url: str) -> str:
        try:
            written = ascii_url(url)
        except ValueError as error:
            raise WrongSettings(
                _lt("The payer could not come back. %(reason)s", reason=reason_of(error))
            ) from None
        if len(written) > self.max_return_url_length:
            raise WrongSettings(
                _lt(
                    "The bank takes no address of %(length)s characters to come back to, only of"
                    " %(maximum)s.",
                    length=len(written),
                    maximum=self.max_return_url_length,
                )
            )
        return written

    def callback_obstacle(self, url: str, gateway_url: str) -> str | None:
        """Tell why the bank can't call an address of ours, so that it is not told of it.

        :param gateway_url: The API base in use, if there is one yet.
        :return: A sentence for administrators, or None if nothing is known against it.
        """
        return callback_obstacle(url, only_port=self.only_callback_port, gateway_url=gateway_url)

    def _callback_url(self, url: str, gateway_url: str) -> str | None:
        return None if self.callback_obstacle(url, gateway_url) else ascii_url(url)

    def _email(self, email: str | None) -> str | None:
        fits = re.fullmatch(rf'[!-~]{{3,{self.max_email_length}}}', email or '')
        return email if fits else None


class _Rbs(Dialect):
    """Form fields; nested values are JSON texts inside of them. Unknown fields are ignored.

    Source: the documentation of Sberbank register.do and of the gateway's vendor.
    """

    code = 'rbs'
    name = "Form fields (securepayments and its relatives)"
    api_path = 'payment/rest'
    max_return_url_length = 512
    max_email_length = 40
    only_callback_port = 443
    code_5_hint = _lt(
        "Check the user name and the password, whether they belong to this gateway (test or"
        " live), and whether the temporary password was changed in the bank's cabinet."
    )

    def check_credentials(self, credentials: Credentials) -> None:
        if credentials.token:
            return
        if not credentials.username or not credentials.password:
            raise ValueError(
                _lt("Enter the user name and the password that the bank gave, or its token.")
            )

    def authentication(self, credentials: Credentials) -> dict[str, str | None]:
        if credentials.token:
            return {'token': credentials.token}
        return {'userName': credentials.username, 'password': credentials.password}

    def encode(self, call: Call, fields: Mapping[str, object]) -> tuple[bytes, dict[str, str]]:
        form = {
            name: json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value
            for name, value in fields.items()
        }
        body = urlencode(form, encoding='utf-8', errors='strict').encode('ascii')
        return body, {'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8'}

    def refund_key(self, external_refund_id: str) -> dict[str, object]:
        return {'externalRefundId': external_refund_id}

    def _succeeded_without_code(self, call: Call, answer: Mapping[str, object]) -> bool:
        # A successful register has no errorCode here. Where money moves, silence is no consent.
        match call:
            case Call.REGISTER | Call.REGISTER_PRE_AUTH:
                return bool(answer.get('orderId') and answer.get('formUrl'))
            case Call.GET_ORDER_STATUS_EXTENDED:
                return answer.get('orderStatus') is not None
            case _:
                return False

    def _may_mean_not_found(self, call: Call, code: str) -> bool:
        return False


class _Ecom(Dialect):
    """JSON with exactly the documented fields and types: anything else is refused with code 5.

    Source: bank's OpenAPI 1.0.7 and its later documentation (`dynamicCallbackUrl`).
    """

    code = 'ecom'
    name = "JSON (epay)"
    api_path = 'ecomm/gw/partner/api/v1'
    max_return_url_length = 2048
    max_email_length = 128
    only_callback_port = None
    code_5_hint = _lt(
        "Check the user name and the password, whether they belong to this gateway (test or"
        " live), and the bank's permissions; the bank gives this code to malformed fields, too."
    )

    _ORDER_FIELDS = frozenset({
        'orderNumber', 'amount', 'currency', 'returnUrl', 'description', 'language',
        'sessionTimeoutSecs', 'dynamicCallbackUrl', 'email',
    })  # fmt: skip
    _FIELDS: ClassVar = {
        Call.REGISTER: _ORDER_FIELDS,
        Call.REGISTER_PRE_AUTH: _ORDER_FIELDS,
        Call.GET_ORDER_STATUS_EXTENDED: frozenset({'orderId', 'orderNumber', 'language'}),
        Call.DEPOSIT: frozenset({'orderId', 'amount', 'language'}),
        Call.REVERSE: frozenset({'orderId', 'amount', 'language'}),
        Call.REFUND: frozenset({'orderId', 'amount', 'language', 'jsonParams'}),
        Call.DECLINE: frozenset({'orderId', 'language'}),
    }

    def check_credentials(self, credentials: Credentials) -> None:
        if credentials.token:
            raise ValueError(
                _lt("This gateway takes no token. Enter the user name and the password instead.")
            )
        if not re.fullmatch(r'[A-Za-z0-9_ -]{1,30}', credentials.username or ''):
            raise ValueError(
                _lt(
                    "This gateway's user names are 1 to 30 Latin letters, digits, spaces, dashes"
                    " and underscores. Check that yours was not typed with a Russian keyboard"
                    " layout."
                )
            )
        if not re.fullmatch(r'[ -~]{1,36}', credentials.password or ''):
            raise ValueError(
                _lt(
                    "This gateway's passwords are 1 to 36 Latin letters, digits, spaces and signs"
                    " (ASCII). Check that yours was not typed with a Russian keyboard layout."
                )
            )

    def authentication(self, credentials: Credentials) -> dict[str, str | None]:
        return {'userName': credentials.username, 'password': credentials.password}

    def encode(self, call: Call, fields: Mapping[str, object]) -> tuple[bytes, dict[str, str]]:
        if unknown := fields.keys() - self._FIELDS[call] - {'userName', 'password'}:
            raise ValueError(f"{call.value} does not take {', '.join(sorted(unknown))}.")
        body = json.dumps(fields, ensure_ascii=False).encode()
        return body, {'Content-Type': 'application/json; charset=utf-8'}

    def refund_key(self, external_refund_id: str) -> dict[str, object]:
        return {'jsonParams': {'externalRefundId': external_refund_id}}

    def _succeeded_without_code(self, call: Call, answer: Mapping[str, object]) -> bool:
        return False

    def _may_mean_not_found(self, call: Call, code: str) -> bool:
        return code == '5' and call is Call.GET_ORDER_STATUS_EXTENDED


RBS = _Rbs()
ECOM = _Ecom()
DIALECTS: dict[str, Dialect] = {dialect.code: dialect for dialect in (RBS, ECOM)}


def _error_in(answer: Mapping[str, object]) -> tuple[str | None, str]:
    """Find the error code and its message, in any of the places where the gateway puts them."""
    found: list[tuple[str | None, object]] = [
        (_error_code(answer[code_name]), answer.get(message_name))
        for code_name, message_name in _CODES
        if answer.get(code_name) is not None
    ]
    if _is_failure(answer.get('success')):
        error = answer.get('error')
        if not isinstance(error, dict) or (named := _error_code(error.get('code'))) == '0':
            raise UnexpectedAnswer(_lt("The bank reports a failure, but not which."))
        found.append((named, error.get('message')))
    code, message = min(found, key=lambda error: error[0] == '0', default=(None, ''))
    return code, message if isinstance(message, str) else ''


def _verdicts_in(answer: Mapping[str, object]) -> Iterator[bool]:
    """Find whatever says that the call was carried out (True), or that it failed (False).

    Beside the codes, some installations tell of a failure in `success`, `error` (a text, or a
    block with a code) and `processingErrorType` only, while `errorCode` is 0.
    """
    for code_name, _message_name in _CODES:
        if answer.get(code_name) is not None:
            yield _error_code(answer[code_name]) == '0'
    if answer.get('success') is not None:
        yield not _is_failure(answer['success'])
    error = answer.get('error')
    if isinstance(error, dict) and error.get('code') is not None:
        yield _error_code(error['code']) == '0'
    elif error:
        yield False
    if answer.get('processingErrorType') not in (None, '', 'NO_ERROR'):
        yield False


def _is_failure(success: object) -> bool:
    """Tell whether the field `success` is there and says anything but yes."""
    return success is not None and success is not True and success != 'true'


def _error_code(value: object) -> str:
    """:raise UnexpectedAnswer: If it is neither a whole number nor a text that holds one."""
    text = number_or_text(value)
    if text is None or not re.fullmatch(r'-?[0-9]{1,9}', text.strip()):
        raise UnexpectedAnswer(_lt("The bank's errorCode is not a number."))
    return str(int(text))


def _json_or_none(body: bytes) -> object:
    # Returns rather than raises: json's exceptions hold the body, with whatever it echoes.
    try:
        return json.loads(
            body.decode('utf-8-sig'),
            parse_constant=_refuse_constant,
            object_pairs_hook=_unique_names,
        )
    except (ValueError, RecursionError):
        return None


def _unique_names(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """:raise ValueError: If a name comes twice: which of them would be believed?"""
    names = dict(pairs)
    if len(names) != len(pairs):
        raise ValueError("A name comes twice.")
    return names


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON.")

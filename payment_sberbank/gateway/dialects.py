"""The two languages that the gateway speaks: how a call is written and an answer is read.

`RBS` is the older product (`/payment/rest/`, form fields), `ECOM` the bank's own newer gateway
(`/ecomm/gw/partner/api/v1/`, JSON). The calls and their fields have the same names in both.
"""

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from typing import ClassVar
from urllib.parse import urlencode

from .accounts import sbp_params
from .addresses import ascii_url, callback_obstacle
from .bindings import card_fields
from .bundle import ecom_receipt_fields, rbs_receipt_fields
from .calls import Call, Credentials, NewOrder
from .errors import OrderNotFound, OrderNumberTaken, Refused, UnexpectedAnswer, WrongSettings
from .issued import IssuedReceipt
from .masking import mask
from .money import CURRENCY_NUMBER
from .receipt import Receipt
from .receipt_answers import read_ecom_receipts, read_rbs_receipts
from .text import clean_description
from .transport import Reply
from .vat_tables import VatTable
from .verdicts import error_in, json_or_none, verdicts_in
from .wording import Sentence, _lt, reason_of

__all__ = ['DIALECTS', 'ECOM', 'RBS', 'Dialect']

_MOVE_MONEY = frozenset({
    Call.DEPOSIT, Call.REVERSE, Call.REFUND, Call.PAYMENT_ORDER_BINDING,
    Call.PAYMENT_ORDER_BY_SUBSCRIPTION,
})  # fmt: skip


class Dialect(ABC):
    """How calls are written and answers are read.

    :cvar code: Technical name.
    :cvar name: What an administrator chooses it by.
    :cvar api_path: The usual path of the API on its host.
    :cvar max_return_url_length: Of the addresses that a payer comes back to.
    :cvar max_email_length: Of the payer's e-mail.
    :cvar only_callback_port: The one port that the gateway calls shops at, if it calls one only.
    :cvar code_5_hint: What staff should check first when a call is refused with code 5.
    :cvar has_do_receipt: Whether a receipt can be asked for apart from a payment (`doReceipt`),
        and sent again (`retryReceipt`).
    :cvar completes_in_parts: Whether a hold can be completed several times, up to its amount, where
        the contract allows it.
    :cvar has_accounts: Whether payers can bind their accounts by SBP (subscriptions).
    """

    code: str
    name: str
    api_path: str
    max_return_url_length: int
    max_email_length: int
    only_callback_port: int | None
    code_5_hint: Sentence
    has_do_receipt: bool
    completes_in_parts: bool
    has_accounts: bool

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
    def receipt_fields(self, call: Call, receipt: Receipt, table: VatTable) -> dict[str, object]:
        """Return the fields of a call that carry its receipt.

        :raise ReceiptError: If the gateway has no way to say it, or the table no code for a rate.
        """

    @abstractmethod
    def read_receipts(self, answer: Mapping[str, object]) -> tuple[IssuedReceipt, ...]:
        """Read a successful answer to `getReceiptStatus`.

        :raise UnexpectedAnswer: If what decides about a receipt can't be read.
        """

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
        :raise ValueError: If the gateway has no accounts bound by SBP, and the order is about one.
        """
        if order.sbp and not self.has_accounts:
            raise ValueError("This gateway has no accounts bound by SBP.")
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
            **card_fields(order.card),
            'jsonParams': sbp_params(order.sbp) if order.sbp else None,
        }
        # An amount of 0 is told, too.
        return {name: value for name, value in fields.items() if value not in (None, '')}

    def url_of(self, call: Call, base_url: str) -> str:
        """Return the address of a call.

        :param base_url: The API base, with a slash at its end.
        :raise WrongSettings: If it is not one below which the call could be found.
        """
        return f'{base_url}{call.value}.do'

    def refusal_in(self, call: Call, reply: Reply) -> dict[str, object] | None:
        """Return the answer that came with an HTTP status of failure, if the bank uses those."""
        return None

    def means_no_receipt(self, refusal: Refused) -> bool:
        """Tell whether the bank refuses to tell of an order's receipts since there is none."""
        return False

    def means_no_bindings(self, refusal: Refused) -> bool:
        """Tell whether the bank refuses to list a client's cards on file since there is none."""
        return False

    def decode(self, body: bytes) -> dict[str, object]:
        """Read an answer's body, whatever its content type says.

        :raise UnexpectedAnswer: If it is not one JSON object in UTF-8.
        """
        answer = json_or_none(body)
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
        if call in _MOVE_MONEY and len(set(verdicts_in(answer))) > 1:
            raise UnexpectedAnswer(
                _lt("The bank's answer to %(call)s contradicts itself.", call=call.value)
            )
        code, message = error_in(answer)
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
    has_do_receipt = False
    completes_in_parts = True
    has_accounts = False
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

    def url_of(self, call: Call, base_url: str) -> str:
        if call is Call.UNBIND_CARD:
            return f'{base_url}unBindCard.do'  # The vendor's spelling.
        return super().url_of(call, base_url)

    def means_no_bindings(self, refusal: Refused) -> bool:
        return refusal.code == '2'

    def encode(self, call: Call, fields: Mapping[str, object]) -> tuple[bytes, dict[str, str]]:
        form = {
            name: json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value
            for name, value in fields.items()
        }
        body = urlencode(form, encoding='utf-8', errors='strict').encode('ascii')
        return body, {'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8'}

    def refund_key(self, external_refund_id: str) -> dict[str, object]:
        return {'externalRefundId': external_refund_id}

    def receipt_fields(self, call: Call, receipt: Receipt, table: VatTable) -> dict[str, object]:
        return rbs_receipt_fields(call, receipt, table)

    def read_receipts(self, answer: Mapping[str, object]) -> tuple[IssuedReceipt, ...]:
        return read_rbs_receipts(answer)

    def _succeeded_without_code(self, call: Call, answer: Mapping[str, object]) -> bool:
        # A successful register has no errorCode here. Where money moves, silence is no consent.
        match call:
            case Call.REGISTER | Call.REGISTER_PRE_AUTH:
                return bool(answer.get('orderId') and answer.get('formUrl'))
            case Call.GET_ORDER_STATUS_EXTENDED:
                return answer.get('orderStatus') is not None
            case Call.GET_RECEIPT_STATUS:
                return isinstance(answer.get('receipt'), list)
            case Call.GET_BINDINGS:
                return isinstance(answer.get('bindings'), list)
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
    has_do_receipt = True
    completes_in_parts = False
    has_accounts = True
    code_5_hint = _lt(
        "Check the user name and the password, whether they belong to this gateway (test or"
        " live), and the bank's permissions; the bank gives this code to malformed fields, too."
    )

    _ORDER_FIELDS = frozenset({
        'orderNumber', 'amount', 'currency', 'returnUrl', 'description', 'language',
        'sessionTimeoutSecs', 'dynamicCallbackUrl', 'email', 'phone', 'orderBundle',
        'clientId', 'bindingId', 'features', 'jsonParams',
    })  # fmt: skip
    _FIELDS: ClassVar = {
        Call.REGISTER: _ORDER_FIELDS,
        Call.REGISTER_PRE_AUTH: _ORDER_FIELDS,
        Call.GET_ORDER_STATUS_EXTENDED: frozenset({'orderId', 'orderNumber', 'language'}),
        Call.DEPOSIT: frozenset({'orderId', 'amount', 'language', 'orderBundle'}),
        Call.REVERSE: frozenset({'orderId', 'amount', 'language', 'orderBundle'}),
        Call.REFUND: frozenset({'orderId', 'amount', 'language', 'jsonParams', 'orderBundle'}),
        Call.DECLINE: frozenset({'orderId', 'language'}),
        Call.GET_RECEIPT_STATUS: frozenset({'orderId'}),
        Call.RETRY_RECEIPT: frozenset({'receiptIds'}),
        Call.DO_RECEIPT: frozenset({'orderId', 'receiptId', 'email', 'phone', 'orderBundle'}),
        Call.GET_BINDINGS: frozenset({'clientId'}),
        Call.PAYMENT_ORDER_BINDING: frozenset({'mdOrder', 'bindingId', 'ip', 'language'}),
        Call.UNBIND_CARD: frozenset({'bindingId'}),
        Call.PAYMENT_ORDER_BY_SUBSCRIPTION: frozenset({'orderId', 'subscriptionId', 'memberId'}),
    }
    # They are beside those of payments, and answer in another way: by HTTP statuses, which the
    # other calls do not have, and without any code.
    _RECEIPT_CALLS = frozenset({Call.GET_RECEIPT_STATUS, Call.RETRY_RECEIPT, Call.DO_RECEIPT})
    _REFUSING_STATUSES = frozenset({400, 404, 451})

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

    def receipt_fields(self, call: Call, receipt: Receipt, table: VatTable) -> dict[str, object]:
        return ecom_receipt_fields(call, receipt, table)

    def read_receipts(self, answer: Mapping[str, object]) -> tuple[IssuedReceipt, ...]:
        return read_ecom_receipts(answer)

    def url_of(self, call: Call, base_url: str) -> str:
        if call is Call.PAYMENT_ORDER_BY_SUBSCRIPTION:
            return f'{base_url}{call.value}'
        if call not in self._RECEIPT_CALLS:
            return super().url_of(call, base_url)
        parent, version, _end = base_url.rpartition('v1/')
        if not version or _end:
            raise WrongSettings(
                _lt(
                    "The address of the gateway's receipts is not known: its own must end with"
                    " /v1/, like that of the bank's epay."
                )
            )
        return f'{parent}ofd/{version}{call.value}'

    def refusal_in(self, call: Call, reply: Reply) -> dict[str, object] | None:
        if call not in self._RECEIPT_CALLS or reply.status not in self._REFUSING_STATUSES:
            return None
        answer = json_or_none(reply.body)
        if not isinstance(answer, dict) or not isinstance(answer.get('message'), str):
            return None
        return {**answer, 'errorCode': str(reply.status), 'errorMessage': answer['message']}

    def means_no_receipt(self, refusal: Refused) -> bool:
        return refusal.code == '404'

    def _succeeded_without_code(self, call: Call, answer: Mapping[str, object]) -> bool:
        return call in self._RECEIPT_CALLS and all(verdicts_in(answer))

    def _may_mean_not_found(self, call: Call, code: str) -> bool:
        return code == '5' and call is Call.GET_ORDER_STATUS_EXTENDED


RBS = _Rbs()
ECOM = _Ecom()
DIALECTS: dict[str, Dialect] = {dialect.code: dialect for dialect in (RBS, ECOM)}

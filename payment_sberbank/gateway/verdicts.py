"""What an answer of the bank says at all: its JSON, and whether it is a yes or a no."""

import json
import re
from collections.abc import Iterator, Mapping

from .errors import UnexpectedAnswer
from .text import number_or_text
from .wording import _lt

__all__ = ['error_in', 'json_or_none', 'verdicts_in']

# Where the gateway puts an error code, and its message.
_CODES = (('errorCode', 'errorMessage'), ('ErrorCode', 'ErrorMessage'))


def error_in(answer: Mapping[str, object]) -> tuple[str | None, str]:
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


def verdicts_in(answer: Mapping[str, object]) -> Iterator[bool]:
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


def json_or_none(body: bytes) -> object:
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

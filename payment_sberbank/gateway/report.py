"""What a rehearsal found, as a text without secrets that can be sent to the addon's makers."""

import json
from collections.abc import Iterator

from .calls import Credentials
from .connection import advise
from .errors import GatewayError, WrongSettings
from .masking import mask
from .rehearsal import Rehearsal, Step
from .tls import Tls

__all__ = ['advice', 'profile', 'report']


def report(rehearsal: Rehearsal, credentials: Credentials) -> str:
    """Write the report."""
    return '\n'.join(mask(line, credentials.secrets) for line in _lines(rehearsal))


def profile(rehearsal: Rehearsal) -> dict[str, object]:
    """Return the profile that makes the stand-in bank like this one."""
    return {
        'dialect': rehearsal.dialect.code,
        'unknown_fields': rehearsal.unknown_fields,
        'missing_blocks': rehearsal.missing,
        'page_host': rehearsal.page_host,
    }


def advice(rehearsal: Rehearsal) -> str:
    """Say in one sentence whether payments could be taken, and what to do if not."""
    if rehearsal.can_take_payments:
        return "Payments could be taken."
    if not (error := rehearsal.failure):
        return (
            f"No payer would be sent to {rehearsal.page_host}, which is no known host of payment"
            " pages: ask the bank about it, then add it in the provider's settings."
        )
    if other := rehearsal.works_in:
        return f"The dialect is wrong: the bank understands {other.code} with this login."
    return f"No payment could be taken. {_what_to_do(error)}"


def _what_to_do(error: GatewayError) -> str:
    if isinstance(error, WrongSettings) and not error.may_have_reached:
        return f"{error.detail} Name a file with the certificates by --ca."
    return advise(error)


def _lines(rehearsal: Rehearsal) -> Iterator[str]:
    yield f"Gateway: {rehearsal.base_url} ({rehearsal.dialect.code})"
    yield f"TLS: {_tls(rehearsal.tls)}"
    yield from map(_step_line, rehearsal.steps)
    if rehearsal.page_host:
        known = '' if rehearsal.page_hosts is None else _known(rehearsal.is_page_unknown)
        yield f"Payment page on: {rehearsal.page_host}{known}"
        yield f"The status had: {', '.join(rehearsal.present) or 'nothing'}"
        yield f"The status had not: {', '.join(rehearsal.missing) or 'nothing is missing'}"
    if rehearsal.left_open:
        yield f"May still be open at the bank: {', '.join(rehearsal.left_open)}"
    yield f"Profile: {json.dumps(profile(rehearsal))}"
    yield advice(rehearsal)


def _tls(tls: Tls) -> str:
    if tls.problem:
        return tls.problem
    return (
        f"{tls.protocol}, trusted; certificate of {tls.subject}, issued by {tls.issuer},"
        f" valid until {tls.expires:%Y-%m-%d %H:%M} UTC"
    )


def _known(is_unknown: bool) -> str:
    return ' (NOT known)' if is_unknown else ' (known)'


def _step_line(step: Step) -> str:
    status = step.exchange.http_status if step.exchange else None
    code = (step.exchange.answer or {}).get('errorCode') if step.exchange else None
    outcome = f"failed: {step.error.detail}" if step.error else "as it should"
    return f"- {step.name}: HTTP {status}, code {code}, {step.seconds:.2f} s, {outcome}"

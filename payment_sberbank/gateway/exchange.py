"""What was said to the bank and what it answered, fit to be logged, stored and shown."""

from dataclasses import dataclass

__all__ = ['Exchange']


@dataclass(frozen=True)
class Exchange:
    """One call, masked.

    :ivar method: The bank's name of the call, e.g. `getOrderStatusExtended`.
    :ivar request: The fields that were sent, masked.
    :ivar answer: The JSON object that came back, masked; None when none came.
    :ivar http_status: None when no answer came.
    :ivar duration: Seconds.
    :ivar error: Why the call failed, for staff; None when it succeeded.
    """

    method: str
    request: dict[str, object]
    answer: dict[str, object] | None
    http_status: int | None
    duration: float
    error: str | None

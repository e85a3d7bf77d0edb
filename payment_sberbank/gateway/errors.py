"""What can go wrong with a call to the bank, told apart by what the caller must do about it.

===================  ==================================================================
`Unavailable`        try later
`WrongSettings`      only an administrator can help: address, access, certificate
`Refused`            the bank processed the call and said no: read its `code`
===================  ==================================================================

Each says by `may_have_reached` whether the bank may have acted all the same. `str(error)` and
`detail` are for staff and for logs: they hold no credential and no card data. A payer is told
something calmer.
"""

__all__ = [
    'GatewayError',
    'OrderNotFound',
    'OrderNumberTaken',
    'ReceiptError',
    'Refused',
    'TooManyRequests',
    'Unavailable',
    'UnexpectedAnswer',
    'WrongSettings',
]


class GatewayError(Exception):
    """Any failure of a call to the bank's gateway.

    :ivar str detail: What happened, for staff: a `Sentence`, so that it can be translated. It never
        holds a secret.
    :ivar bool may_have_reached: Whether the bank may have carried the call out all the same. Look
        at the order then, before a call with an effect is repeated or given up.
    """

    def __init__(self, detail: str, *, may_have_reached: bool = False):
        super().__init__(detail)
        self.detail = detail
        self.may_have_reached = may_have_reached


class Unavailable(GatewayError):
    """The bank gave no usable answer. The same call may succeed later.

    `may_have_reached` is false only when the request certainly never arrived.

    :ivar int | None retry_after: Seconds that the bank asked us to wait (HTTP `Retry-After`).
    """

    def __init__(self, detail: str, *, may_have_reached: bool, retry_after: int | None = None):
        super().__init__(detail, may_have_reached=may_have_reached)
        self.retry_after = retry_after


class TooManyRequests(Unavailable):
    """HTTP 429: the bank's limit of calls is used up. The call was not carried out."""

    def __init__(self, detail: str, *, retry_after: int | None = None):
        super().__init__(detail, may_have_reached=False, retry_after=retry_after)


class UnexpectedAnswer(Unavailable):
    """An answer came, but not one that the bank documents: HTML, cut-off JSON, missing fields.

    A maintenance page and a proxy answer like that, with HTTP 200 too, after the bank acted or
    before it could.
    """

    def __init__(self, detail: str):
        super().__init__(detail, may_have_reached=True)


class WrongSettings(GatewayError):
    """Repeating is useless until an administrator changes the settings or asks the bank.

    `may_have_reached` is true when it was an HTTP status that said so: something between us and
    the gateway can answer like that after the gateway has acted.
    """


class Refused(GatewayError):
    """The bank processed the call and refused it (`errorCode` other than 0). It has no effect.

    None of the codes means that a payment failed: they are results of the *call*. The message is
    in the language of the request, so nothing may be decided on it.

    :ivar str code: The bank's `errorCode`.
    :ivar str message: The bank's `errorMessage`; for staff only.
    :ivar bool may_mean_not_found: Whether the order that was asked for may be unknown to the bank.
        True for every `OrderNotFound`, and for code 5 of the ecom dialect's
        `getOrderStatusExtended`: there code 5 says "order not found" as well as "access denied"
        and "bad parameter" (bank's OpenAPI 1.0.7). After a lost `register` it is safe to send
        the *same* order number again when this is true: the bank takes a number only once, so
        `register` answers either with the order, with `OrderNumberTaken`, or with the same
        refusal.
    """

    def __init__(self, detail: str, *, code: str, message: str, may_mean_not_found: bool = False):
        super().__init__(detail)
        self.code = code
        self.message = message
        self.may_mean_not_found = may_mean_not_found


class OrderNumberTaken(Refused):
    """`register` or `registerPreAuth` with an order number that was used before (code 1).

    A number is taken forever, also by an order that expired or was never paid.
    """


class OrderNotFound(Refused):
    """The bank knows no order with this id or number (code 6)."""

    def __init__(self, detail: str, *, code: str, message: str, may_mean_not_found: bool = True):
        super().__init__(detail, code=code, message=message, may_mean_not_found=may_mean_not_found)


class ReceiptError(ValueError):
    """A receipt can't be what it is: the register, the bank or the law would refuse it.

    Nothing was sent. Its argument is a `Sentence` for staff.
    """

"""The shops that have a contract with the bank: their logins, settings and rights."""

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from . import profiles, schemas
from .operations import Rules
from .orders import DEFAULT_LIFE
from .signing import KeyPair

RBS: Final = 'rbs'
ECOM: Final = 'ecom'

#: What the bank tells a shop about unless the shop chooses otherwise.
DEFAULT_OPERATIONS: Final = (
    'approved',
    'deposited',
    'reversed',
    'refunded',
    'declinedByTimeout',
    'subscriptionCreated',
)
DEFAULT_PARAMETERS: Final = ('mdOrder', 'orderNumber', 'operation', 'status')


@dataclass(frozen=True)
class CallbackSettings:
    """The tab «Callback-уведомления» of the shop's cabinet.

    :param str url: the static address; an order's ``dynamicCallbackUrl`` goes before it.
    :param str method: ``GET`` or ``POST`` (form), older gateway only.
    :param str signing: ``none``, ``symmetric`` or ``asymmetric``, older gateway only.
    :param tuple parameters: the names to send, older gateway only.
    :param tuple operations: what the shop wants to hear of.
    :param bool approved_first: some installations send ``approved`` before ``deposited`` of a
        one-stage payment.
    """

    url: str = ''
    method: str = 'GET'
    signing: str = 'none'
    key: str = ''
    sign_alias: str = ''
    parameters: tuple[str, ...] = DEFAULT_PARAMETERS
    operations: tuple[str, ...] = DEFAULT_OPERATIONS
    approved_first: bool = False
    #: Where the newer gateway tells of cards on file.
    binding_url: str = ''


@dataclass(frozen=True)
class Permissions:
    """What the contract allows beyond taking payments."""

    hold: bool = True
    refund: bool = True
    reverse: bool = True
    #: Links and QR codes of SBP for an order, beside the payment page.
    sbp: bool = False
    #: Cards on file.
    bindings: bool = False
    #: Orders that check a card and take nothing (``VERIFY``).
    verify: bool = False
    #: Charges of what is on file without the payer.
    recurring: bool = False
    #: Looking for cards on file by the whole number of a card.
    card_search: bool = False
    #: Completing a hold several times.
    multi_completion: bool = False
    #: Orders on credit, newer gateway.
    credit: bool = False


#: What the two shops of the demo may do.
_EVERYTHING: Final = Permissions(
    sbp=True, bindings=True, verify=True, recurring=True, card_search=True, credit=True
)


@dataclass(frozen=True)
class CashRegister:
    """The cash register that a shop has rented, as the bank's staff has set it up.

    :param str edition: of the documents about receipts, see `editions`; empty for the dialect's
        newest.
    :param float delay: bank seconds that a receipt takes.
    :param int max_items: lines of one receipt; an operation with more has several.
    :param str hold: whether an order that is held gets its receipt ``at_completion`` or
        ``at_hold``.
    :param str total_in: how an answer tells a receipt's sum: in ``roubles`` or in ``kopecks``.
    :param tuple versions: of the receipt's format that it prints.
    :param str inn: of its owner; empty for whichever a receipt says.
    """

    edition: str = ''
    delay: float = 30.0
    max_items: int = 100
    hold: str = 'at_completion'
    total_in: str = 'roubles'
    versions: tuple[str, ...] = ('1.05', '1.2')
    inn: str = ''


@dataclass(frozen=True)
class Merchant:
    """A shop. It belongs to one dialect; the other one's routes do not know its login."""

    login: str
    password: str
    dialect: str
    name: str
    token: str = ''
    theme: str = 'sim'
    currencies: tuple[str, ...] = ('643',)
    callback: CallbackSettings = CallbackSettings()
    permissions: Permissions = Permissions()
    #: Whether the account has a cash register.
    fiscal: bool = False
    cash_register: CashRegister = CashRegister()
    must_change_password: bool = False
    #: The settings that it began with, see `profiles`.
    profile: str = ''
    #: Seconds that an order lives unless the shop says otherwise.
    life: int = DEFAULT_LIFE
    #: What is added to the address that the payer goes back to; empty for what is usual.
    return_affix: str = ''
    declined_between_attempts: int = 0
    #: Whether an order number has only the signs that every edition of the documents allows.
    narrow_numbers: bool = False
    #: Fields of the documents that this shop's gateway does not take.
    unknown_fields: tuple[str, ...] = ()
    #: Fields of the documents that it takes and does not heed.
    ignored_fields: tuple[str, ...] = ()
    #: Fields and blocks that its answers about an order never have.
    missing_blocks: tuple[str, ...] = ()
    #: ``depositedAmount``: all that was ``taken``, or what is ``left`` of it after refunds.
    deposited_means: str = 'taken'
    #: Refunds are made ``at_once``, or from the ``next_day``, after the settlement.
    refund_from: str = 'at_once'
    #: Whether a part of a hold may be reversed, and a completed hold on its day.
    releases_in_parts: bool = False
    reverses_completed: bool = False
    #: Seconds after which the issuer lets a hold go; 0 for never.
    hold_life: int = 0
    #: Whether a payer who is there has to give the CVC of a card on file.
    binding_cvc: bool = False
    #: A charge of what is on file that the issuer declines is told as an ``error`` of the call, or
    #: the call is ``accepted`` and the order tells.
    declined_charge: str = 'error'
    #: Whether an order that only checked a card stays as if it were held or paid, of nothing. By
    #: the documents it is reversed at once.
    keeps_verified: bool = False
    key_pair: KeyPair | None = field(default=None, repr=False)
    demo: bool = False

    @property
    def rules(self) -> Rules:
        """What may be done with a hold and its money."""
        return Rules(
            completes_in_parts=self.permissions.multi_completion,
            releases_in_parts=self.releases_in_parts,
            reverses_completed=self.reverses_completed,
        )

    def knows_password(self, password: str) -> bool:
        return hmac.compare_digest(self.password.encode(), password.encode())

    def public_view(self) -> dict[str, Any]:
        """The settings without what has to stay secret, for the control API."""
        callback = {
            'url': self.callback.url,
            'method': self.callback.method,
            'signing': self.callback.signing,
            'sign_alias': self.callback.sign_alias,
            'parameters': list(self.callback.parameters),
            'operations': list(self.callback.operations),
            'approved_first': self.callback.approved_first,
            'binding_url': self.callback.binding_url,
        }
        if self.key_pair:
            callback['certificate'] = self.key_pair.certificate
            callback['public_key'] = self.key_pair.public_key
        return {
            'login': self.login,
            'dialect': self.dialect,
            'name': self.name,
            'theme': self.theme,
            'currencies': list(self.currencies),
            'callback': callback,
            'permissions': vars(self.permissions),
            'fiscal': self.fiscal,
            'cash_register': vars(self.cash_register),
            'must_change_password': self.must_change_password,
            'profile': self.profile,
            'life': self.life,
            'return_affix': self.return_affix,
            'declined_between_attempts': self.declined_between_attempts,
            'narrow_numbers': self.narrow_numbers,
            'unknown_fields': list(self.unknown_fields),
            'ignored_fields': list(self.ignored_fields),
            'missing_blocks': list(self.missing_blocks),
            'deposited_means': self.deposited_means,
            'refund_from': self.refund_from,
            'releases_in_parts': self.releases_in_parts,
            'reverses_completed': self.reverses_completed,
            'hold_life': self.hold_life,
            'binding_cvc': self.binding_cvc,
            'declined_charge': self.declined_charge,
            'keeps_verified': self.keeps_verified,
        }


class Merchants:
    """All shops, by login and by token."""

    def __init__(self, merchants: Iterable[Merchant] = ()):
        self._by_login: dict[str, Merchant] = {}
        self._by_token: dict[str, Merchant] = {}
        for merchant in merchants:
            self._add(merchant)

    def __iter__(self):
        return iter(list(self._by_login.values()))

    def by_login(self, login: str) -> Merchant | None:
        return self._by_login.get(login)

    def by_token(self, token: str) -> Merchant | None:
        return self._by_token.get(token) if token else None

    def put(self, login: str, settings: Mapping[str, Any]) -> Merchant:
        """Create a shop or replace its settings. Its orders stay, and so does its key pair.

        :raise schemas.Mismatch: the settings are not what they must be.
        """
        settings = profiles.complete(settings)
        schemas.check(schemas.MERCHANT, settings)
        known = self._by_login.get(login)
        if settings['dialect'] == ECOM and settings.get('permissions', {}).get('multi_completion'):
            raise schemas.Mismatch('permissions.multi_completion: the older gateway alone has it')
        merchant = _read(login, settings, known.key_pair if known else None)
        holder = self._by_token.get(merchant.token)
        if holder and holder.login != login:
            raise schemas.Mismatch("token: it belongs to another merchant")
        if known:
            self._by_token.pop(known.token, None)
        self._add(merchant)
        return merchant

    def set_password(self, merchant: Merchant, password: str):
        """Change the password for one that lasts."""
        self._add(replace(merchant, password=password, must_change_password=False))

    def _add(self, merchant: Merchant):
        self._by_login[merchant.login] = merchant
        if merchant.token:
            self._by_token[merchant.token] = merchant


def demo_merchants() -> tuple[Merchant, Merchant]:
    """One shop for each dialect, there when nothing else is configured."""
    return (
        Merchant(
            login='demo-api',
            password='Demo%2026+&"ok"',
            dialect=RBS,
            name='Школа «Ромашка»',
            callback=CallbackSettings(
                signing='symmetric',
                key='demo-callback-key-0001',
                parameters=(*DEFAULT_PARAMETERS, 'amount'),
            ),
            permissions=_EVERYTHING,
            fiscal=True,
            demo=True,
        ),
        Merchant(
            login='P0123456789',
            password='Ecom%2026+&<ok>',
            dialect=ECOM,
            name='Школа «Василёк»',
            permissions=_EVERYTHING,
            fiscal=True,
            demo=True,
        ),
    )


def _read(login: str, settings: Mapping[str, Any], key_pair: KeyPair | None) -> Merchant:
    plain = {
        name: value
        for name, value in _frozen(settings).items()
        if name not in ('callback', 'permissions', 'cash_register')
    }
    callback = _frozen(settings.get('callback', {}))
    asymmetric = callback.get('signing') == 'asymmetric'
    return Merchant(
        login=login,
        callback=CallbackSettings(**callback),
        permissions=Permissions(**settings.get('permissions', {})),
        cash_register=CashRegister(**_frozen(settings.get('cash_register', {}))),
        key_pair=(key_pair or KeyPair(f'Stand-in bank, {login}')) if asymmetric else None,
        **plain,
    )


def _frozen(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: tuple(value) if isinstance(value, list) else value for name, value in settings.items()
    }

"""The bank's published test cards and what happens to them.

Source: the table of test cards in the bank's OpenAPI 1.0.7. They exist on test stands only.
Those whose printed date is over still work, as they do at the bank.
"""

import re
from dataclasses import dataclass
from typing import Final

from . import codes

#: What the payer types on the issuer's page (ACS) of every test card that asks.
ACS_CODE: Final = '111111'


@dataclass(frozen=True)
class TestCard:
    """A card that the bank knows.

    :param str expiry: ``MM/YY`` as printed.
    :param bool challenge: the issuer asks for a code before it answers.
    :param int action_code: the issuer's answer.
    """

    __test__ = False  # not a test case, whatever its name tells a test runner

    pan: str
    expiry: str
    cvc: str
    note_ru: str
    note_en: str
    challenge: bool = False
    action_code: int = codes.APPROVED

    @property
    def grouped(self) -> str:
        return ' '.join(re.findall('.{4}', self.pan))


TEST_CARDS: Final = (
    TestCard('2202205000012424', '05/28', '649', 'МИР, без кода', 'MIR, no code asked'),
    TestCard('2202205300068092', '05/26', '583', 'МИР, с кодом', 'MIR, asks for a code', True),
    TestCard('4006800900962514', '05/26', '941', 'VISA, с кодом', 'VISA, asks for a code', True),
    TestCard(
        '5469980100048525',
        '05/26',
        '041',
        'MasterCard, с кодом',
        'MasterCard, asks for a code',
        True,
    ),
    TestCard('2202206100040083', '05/26', '061', 'МИР, не в 3-D Secure', 'MIR, not in 3-D Secure'),
    TestCard(
        '2202206000270541',
        '05/28',
        '123',
        'МИР, корпоративная, с кодом',
        'MIR, corporate, asks for a code',
        True,
    ),
    TestCard(
        '2202205000060910',
        '06/28',
        '810',
        'МИР, недостаточно средств',
        'MIR, insufficient funds',
        action_code=codes.INSUFFICIENT_FUNDS,
    ),
    TestCard(
        '2202202107593166',
        '06/22',
        '123',
        'МИР, срок истёк',
        'MIR, card expired',
        action_code=codes.CARD_EXPIRED,
    ),
)

_BY_PAN: Final = {card.pan: card for card in TEST_CARDS}


class CardEntryError(ValueError):
    """What was typed is no card. Costs no attempt.

    :param str field: ``pan``, ``expiry`` or ``cvc``.
    """

    def __init__(self, field: str):
        super().__init__(f"Invalid {field}.")
        self.field = field


@dataclass(frozen=True)
class CardEntry:
    """A card as the payer typed it, checked for form: ``month`` 1 to 12, four digits of year."""

    pan: str
    month: int
    year: int
    cvc: str

    @classmethod
    def parse(cls, pan: str, expiry: str, cvc: str, today: tuple[int, int]) -> 'CardEntry':
        """Read the fields of the payment page.

        :param str expiry: ``MM/YY``, the stroke may be missing.
        :param tuple today: year and month at the bank.
        :raise CardEntryError: a field that no card can have.
        """
        digits = re.sub(r'[\s-]', '', pan)
        if not re.fullmatch(r'[0-9]{13,19}', digits) or not passes_luhn(digits):
            raise CardEntryError('pan')
        match = re.fullmatch(r'\s*(0[1-9]|1[0-2])\s*/?\s*([0-9]{2})\s*', expiry)
        if not match:
            raise CardEntryError('expiry')
        month, year = int(match[1]), 2000 + int(match[2])
        if (year, month) < today and digits not in _BY_PAN:
            raise CardEntryError('expiry')
        if not re.fullmatch(r'[0-9]{3}', cvc.strip()):
            raise CardEntryError('cvc')
        return cls(digits, month, year, cvc.strip())

    @classmethod
    def of_test_card(cls, pan: str) -> 'CardEntry':
        """The card as its holder would type it.

        :raise KeyError: not one of the bank's test cards.
        """
        card = _BY_PAN[re.sub(r'\s', '', pan)]
        return cls(card.pan, int(card.expiry[:2]), 2000 + int(card.expiry[3:]), card.cvc)

    @property
    def expiration(self) -> str:
        """``YYYYMM``, as the gateway writes it."""
        return f'{self.year}{self.month:02d}'

    @property
    def payment_system(self) -> str:
        if self.pan.startswith('220'):
            return 'MIR'
        systems = {'4': 'VISA', '5': 'MASTERCARD', '3': 'JCB', '6': 'CUP'}
        return systems.get(self.pan[0], 'Undefined')

    def masked(self, stars: int) -> str:
        """The first six and the last four digits."""
        return f'{self.pan[:6]}{"*" * stars}{self.pan[-4:]}'


@dataclass(frozen=True)
class Verdict:
    """What the issuer does with a card: asks for a code first, then answers ``action_code``."""

    challenge: bool
    action_code: int


def verdict(entry: CardEntry) -> Verdict:
    """What the issuer says to this card. A card that nobody issued is a wrong number."""
    card = _BY_PAN.get(entry.pan)
    if not card:
        return Verdict(False, codes.WRONG_CARD_NUMBER)
    if f'{entry.month:02d}/{entry.year % 100:02d}' != card.expiry:
        return Verdict(False, codes.WRONG_CARD_PARAMETERS)
    if entry.cvc != card.cvc:
        return Verdict(False, codes.WRONG_CVC)
    return Verdict(card.challenge, card.action_code)


def challenges(entry: CardEntry) -> bool:
    """Whether the issuer of a card asks for a code."""
    card = _BY_PAN.get(entry.pan)
    return bool(card and card.challenge)


def cvc_of(entry: CardEntry) -> str:
    """What is printed on the back of a card; empty for one that nobody issued."""
    card = _BY_PAN.get(entry.pan)
    return card.cvc if card else ''


def passes_luhn(digits: str) -> bool:
    """The check digit that every card number ends with (ISO/IEC 7812-1)."""
    total = 0
    for position, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (1 + position % 2)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0

"""What the editions of the documents say about receipts in different ways.

Sources: the bank's OpenAPI 1.0.4 and 1.0.7 and its documents of 2026 (newer gateway); the wiki of
the older gateway and the documents of its vendor.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Edition:
    """One edition.

    :param dict rates: what each ``taxType`` means: ``none``, a rate, or a calculated rate.
    :param int max_name: signs of an item's name.
    :param bool capitals: whether answers write ``SELL``.
    """

    rates: Mapping[int, str]
    max_name: int = 100
    capitals: bool = False


def _rates(text: str) -> Mapping[int, str]:
    pairs = (pair.split('=') for pair in text.split())
    return {int(code): rate for code, rate in pairs}


_EVERY: Final = '0=none 1=0 2=10 '

EDITIONS: Final[Mapping[str, Edition]] = {
    'ecom-1.0.4': Edition(_rates(_EVERY + '3=10/110 4=20 5=20/120')),
    'ecom-1.0.7': Edition(_rates(_EVERY + '4=10/110 6=20 7=20/120')),
    'ecom-2026': Edition(
        _rates(_EVERY + '4=10/110 6=20 7=20/120 8=5 9=5/105 10=7 11=7/107 12=22 13=22/122'),
        max_name=128,
        capitals=True,
    ),
    'rbs-2019': Edition(_rates(_EVERY + '3=18 4=10/110 5=18/118 6=20 7=20/120')),
    'rbs-2026': Edition(
        _rates(
            _EVERY + '3=18 4=10/110 5=18/118 6=20 7=20/120'
            ' 10=5 11=5/105 12=7 13=7/107 14=22 15=22/122'
        )
    ),
}


def edition_of(name: str, dialect: str) -> Edition:
    """The edition with this name, or the newest one of the dialect."""
    return EDITIONS[name or f'{dialect}-2026']


#: ``paymentObject``: names of version 1.05 by the numbers of version 1.2; empty without a name.
SUBJECTS: Final[Mapping[int, str]] = {
    1: 'commodity',
    2: 'excise',
    3: 'job',
    4: 'service',
    5: 'gambling_bet',
    7: 'lottery',
    9: 'intellectual_activity',
    10: 'payment',
    11: 'agent_commission',
    12: 'award',
    13: 'another',
    14: 'property_right',
    15: 'non-operating_gain',
    16: 'insurance_premium',
    17: 'sales_tax',
    18: '',
    19: 'deposit',
    20: 'expense',
    21: 'pension_insurance_ip',
    22: 'pension_insurance',
    23: 'medical_insurance_ip',
    24: 'medical_insurance',
    25: 'social_insurance',
    26: 'casino_payment',
    27: '',
    31: '',
    32: '',
    33: '',
}

#: ``measure`` of version 1.2, and what a person reads for it.
MEASURES: Final[Mapping[int, str]] = {
    0: 'шт.', 10: 'г', 11: 'кг', 12: 'т', 20: 'см', 21: 'дм', 22: 'м', 30: 'кв. см',
    31: 'кв. дм', 32: 'кв. м', 40: 'мл', 41: 'л', 42: 'куб. м', 50: 'кВт·ч', 51: 'Гкал',
    70: 'сутки', 71: 'час', 72: 'мин', 73: 'с', 80: 'Кбайт', 81: 'Мбайт', 82: 'Гбайт',
    83: 'Тбайт', 255: 'ед.',
}  # fmt: skip

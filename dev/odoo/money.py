"""Amounts: Odoo's are roubles, the bank's are whole kopecks.

Shares nothing with the addon, whose arithmetic it is there to check.
"""

from decimal import Decimal


def to_kopecks(roubles: Decimal | float | None) -> int:
    """Return an amount of Odoo in kopecks."""
    return int((Decimal(str(roubles or 0)) * 100).to_integral_value())


def to_roubles(kopecks: int) -> float:
    """Return an amount of the bank as Odoo takes it."""
    return kopecks / 100


def in_figures(kopecks: int, *, point: str = '.') -> str:
    """Return an amount of the bank in roubles, without any sign of grouping or currency."""
    sign, kopecks = ('-' if kopecks < 0 else ''), abs(kopecks)
    return f'{sign}{kopecks // 100}{point}{kopecks % 100:02d}'

"""Kinds of declines."""

import pytest
from gateway import (
    Decline,
    declines,
    is_card_dead,
    kind_of_decline,
    may_pass,
)

#: `actionCode`, its kind, whether the card is dead, whether another day may do.
TABLE = [
    (116, Decline.MONEY, False, True),
    (12, Decline.LIMIT, False, False),
    (61, Decline.LIMIT, False, True),
    (65, Decline.LIMIT, False, True),
    (14, Decline.CARD, True, False),
    (41, Decline.CARD, True, False),
    (43, Decline.CARD, True, False),
    (53, Decline.CARD, True, False),
    (62, Decline.CARD, False, False),
    (101, Decline.CARD, True, False),
    (-3100, Decline.CARD, True, False),
    (82, Decline.DETAILS, False, False),
    (111, Decline.DETAILS, False, False),
    (1015, Decline.DETAILS, False, False),
    (-2006, Decline.CONFIRMATION, False, False),
    (-2019, Decline.CONFIRMATION, False, False),
    (999, Decline.CONFIRMATION, False, False),
    (107, Decline.ISSUER, False, False),
    (239, Decline.ISSUER, True, False),
    (31, Decline.LATER, False, True),
    (910, Decline.LATER, False, True),
    (-2018, Decline.LATER, False, True),
    (-2013, Decline.ATTEMPTS, False, False),
    (75, Decline.ISSUER, False, False),
    (109, Decline.MERCHANT, False, False),
    (1004, Decline.MERCHANT, False, False),
    (2016, Decline.MERCHANT, False, False),
    (-2007, Decline.OTHER, False, True),
    (71001, Decline.OTHER, False, False),
    (0, Decline.OTHER, False, False),
    (None, Decline.OTHER, False, False),
]


@pytest.mark.parametrize(('code', 'kind', 'is_dead', 'another_day'), TABLE)
def test_a_code_has_a_kind(code, kind, is_dead, another_day):
    assert (kind_of_decline(code), is_card_dead(code), may_pass(code)) == (
        kind,
        is_dead,
        another_day,
    )


def test_no_code_has_two_kinds():
    codes = [code for codes in declines._KINDS.values() for code in codes]

    assert len(codes) == len(set(codes))

"""How an amount is read that a person typed, and the settings that are made of such amounts."""

import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.exceptions import ValidationError

from odoo.addons.payment_sberbank.gateway.money import (
    NotAnAmount,
    NotRoubles,
    NotWholeKopecks,
    floor_to_kopecks,
    format_plain,
    parse_amount,
    parse_amounts,
    to_kopecks,
    to_roubles,
)

from .common import SberbankCommon

EXAMPLES = json.loads((Path(__file__).parents[1] / 'amounts.json').read_text(encoding='utf-8'))


@pytest.mark.parametrize(('text', 'kopecks'), EXAMPLES['amounts of roubles, in kopecks'].items())
def test_an_amount_is_read_as_people_write_it(text, kopecks):
    assert parse_amount(text) == kopecks


@pytest.mark.parametrize('text', [*EXAMPLES['no amounts'], '9' * 5000])
def test_nonsense_is_no_amount(text):
    with pytest.raises(NotAnAmount) as caught:
        parse_amount(text)
    assert not isinstance(caught.value, NotRoubles)


@pytest.mark.parametrize('text', EXAMPLES['amounts of other currencies'])
def test_other_currencies_are_told_apart_from_nonsense(text):
    with pytest.raises(NotRoubles):
        parse_amount(text)


@pytest.mark.parametrize('roubles', [0.1 + 0.2, 1.1 * 3, 9_999_999_999.99, 0.01, 1e-15])
def test_an_amount_of_odoo_is_its_kopecks_whatever_it_was_added_up_of(roubles):
    assert to_kopecks(roubles) == round(roubles * 100)


@pytest.mark.parametrize('roubles', [200.765, 0.005, 0.001, float('nan'), float('inf')])
def test_what_is_no_whole_number_of_kopecks_is_none(roubles):
    with pytest.raises(NotWholeKopecks):
        to_kopecks(roubles)


@given(st.integers(0, 10**12))
def test_kopecks_survive_the_way_through_odoo(kopecks):
    assert to_kopecks(to_roubles(kopecks)) == floor_to_kopecks(to_roubles(kopecks)) == kopecks


@given(st.integers(0, 10**14), st.sampled_from(',.'), st.sampled_from(['', ' ', '\u00a0']))
def test_every_amount_is_read_back_to_the_kopeck(kopecks, point, space):
    roubles = f'{kopecks // 100:,}'.replace(',', space)
    assert parse_amount(f'{roubles}{point}{kopecks % 100:02}') == kopecks
    assert parse_amount(format_plain(kopecks)) == kopecks


@given(st.text(max_size=40))
def test_any_text_is_an_amount_or_refused(text):
    with contextlib.suppress(NotAnAmount):
        assert parse_amount(text) >= 0


@pytest.mark.parametrize(
    ('text', 'kopecks'),
    [
        ('', []),
        ('1000, 3000, 5000', [100000, 300000, 500000]),
        ('1000,50; 3 000;5000', [100050, 300000, 500000]),
        ('1000, 3000,5, 5000,', [100000, 300050, 500000]),
        ('500; 500', [50000]),
    ],
)
def test_a_list_of_amounts_is_read(text, kopecks):
    assert parse_amounts(text) == kopecks


class TestTopUpSettings(SberbankCommon):
    def test_a_new_provider_offers_a_top_up_with_usual_amounts(self):
        self.assertTrue(self.provider.sberbank_topup_enabled)
        self.assertEqual(self.provider._sberbank_get_topup_amounts(), [100000, 300000, 500000])

    def test_what_is_no_amount_is_refused_by_name(self):
        with self.assertRaisesRegex(ValidationError, r'"much" among the amounts'):
            self.provider.sberbank_topup_amounts = '1000, much'

    def test_amounts_run_together_by_commas_are_refused(self):
        with self.assertRaisesRegex(ValidationError, r'1000,3000,5000'):
            self.provider.sberbank_topup_amounts = '1000,3000,5000'

    def test_an_offered_amount_outside_of_the_limits_is_refused(self):
        for limits in ({'sberbank_topup_minimum': 2000}, {'sberbank_topup_maximum': 4000}):
            with self.subTest(limits), self.assertRaisesRegex(ValidationError, "can't be offered"):
                self.provider.write(limits)

    def test_an_offered_amount_of_nothing_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "can't be offered"):
            self.provider.sberbank_topup_amounts = '0'

    def test_a_minimum_above_the_maximum_is_refused(self):
        with self.assertRaisesRegex(ValidationError, 'larger than the largest'):
            self.provider.write({
                'sberbank_topup_amounts': False,
                'sberbank_topup_minimum': 500.01,
                'sberbank_topup_maximum': 500,
            })

    def test_a_negative_limit_is_refused(self):
        with self.assertRaisesRegex(ValidationError, 'negative'):
            self.provider.sberbank_topup_minimum = -1

    def test_equal_limits_fix_the_amount(self):
        self.provider.write({
            'sberbank_topup_amounts': '750,50',
            'sberbank_topup_minimum': 750.5,
            'sberbank_topup_maximum': 750.5,
        })
        self.assertEqual(self.provider._sberbank_get_topup_limits(), (75050, 75050))

    def test_the_largest_amount_of_the_core_counts_too(self):
        self.provider.write({'sberbank_topup_maximum': 9000, 'maximum_amount': 7000})
        self.assertEqual(self.provider._sberbank_get_topup_limits(), (1, 700000))

"""What the bench makes of what it has measured."""

import json

import pytest

from dev.bench import report
from dev.bench.figures import (
    Figure,
    at_least_times,
    at_most,
    at_most_times,
    biggest_gap,
    not_measured,
    percentile,
)
from dev.bench.rounds import Rounds
from dev.bench.rows import ROWS
from dev.bench.work import Progress, watch


@pytest.mark.parametrize(
    ('percent', 'expected'), [(0, 1), (25, 1), (26, 2), (50, 2), (95, 4), (100, 4)]
)
def test_a_percentile_is_a_value_that_was_measured(percent, expected):
    assert percentile([4, 1, 3, 2], percent) == expected


def test_there_is_no_percentile_of_nothing():
    with pytest.raises(ValueError, match='nothing'):
        percentile([], 50)


@pytest.mark.parametrize(('moments', 'gap'), [([], 0), ([5], 0), ([7, 1, 2], 5)])
def test_the_biggest_gap(moments, gap):
    assert biggest_gap(moments) == gap


@pytest.mark.parametrize(
    ('goal', 'value', 'peer', 'is_met'),
    [
        (at_most(2), 2, None, True),
        (at_most(2), 2.1, None, False),
        (at_most(0), 0, None, True),
        (at_most_times(1.5), 15, 10, True),
        (at_most_times(1.5), 15.1, 10, False),
        (at_least_times(1.2), 12, 10, True),
        (at_least_times(1.2), 11.9, 10, False),
        (at_least_times(1.2), 12, None, None),
        (at_least_times(1.2), 12, 0, None),
        (at_most(2), None, 10, None),
        (None, 2, 10, None),
    ],
)
def test_whether_a_goal_is_met(goal, value, peer, is_met):
    assert Figure('what', value, '/s', peer, 'redsys', goal).is_met is is_met


FIGURES = (
    Figure('callbacks', 55.26, '/s', 126, 'redsys', at_least_times(1.2)),
    Figure('the worst /web/health', 0.254, 's', goal=at_most(1), note='6 × 503'),
    Figure('the bank', 1.732, 'ms'),
    not_measured('top-up', 'no form', at_most(7)),
)


def test_the_table():
    assert report.as_table(FIGURES).splitlines() == [
        '                         value  beside           ratio  goal      met',
        '─────────────────────  ───────  ──────  ──────  ──────  ────────  ───',
        'callbacks              55.3 /s     126  redsys  0.44 ×  ≥ 1.20 ×  NO',
        'the worst /web/health   0.25 s                          ≤ 1       yes',
        'the bank               1.73 ms',
        'top-up                       –                          ≤ 7',
        '',
        'the worst /web/health: 6 × 503',
        'top-up: not measured: no form',
    ]


def test_a_goal_that_nothing_was_measured_for_is_not_met():
    assert report.in_one_line(FIGURES) == '1 of 3 goals met'


def test_the_file(tmp_path):
    report.write_json(FIGURES, tmp_path / 'build/bench.json', processors=2)

    written = json.loads((tmp_path / 'build/bench.json').read_text(encoding='utf-8'))
    assert written['processors'] == 2
    first, *_others, last = written['figures']
    assert (first['what'], first['value'], first['peer']) == ('callbacks', 55.26, 126)
    assert (first['goal'], first['is_met']) == ('≥ 1.20 ×', False)
    assert first['ratio'] == pytest.approx(55.26 / 126)
    assert (last['value'], last['is_met']) == (None, None)


def test_what_is_compared_is_measured_in_turn():
    measured = []

    def measurement(name):
        def measure():
            measured.append(name)
            return len(measured)

        return measure

    rounds = Rounds({name: measurement(name) for name in ('ours', 'peer')}, 3)

    assert measured == ['ours', 'peer'] * 3
    assert rounds.all_of('peer') == [2, 4, 6]
    assert rounds.median('ours', float) == 3


def test_the_pace_of_work():
    progress = Progress(began=10.0, wanted=4, steps=[(11.0, 1), (14.0, 4)])

    assert progress.is_complete
    assert (progress.seconds, progress.rate, progress.gap) == (4.0, 1.0, 3.0)
    assert progress.note == ''


def test_work_that_comes_to_a_stop():
    progress = Progress(began=10.0, wanted=4, steps=[(11.0, 1)], ended=18.0)

    assert (progress.rate, progress.gap) == (1.0, 7.0)


def test_work_that_never_began():
    progress = watch(lambda: 0, 4, limit=0.1)

    assert not progress.is_complete
    assert progress.rate == 0
    assert progress.gap >= 0.1
    assert progress.note == '0 of 4 when the time was over'


def test_every_row_has_a_name_of_its_own():
    assert len({row.name for row in ROWS}) == len(ROWS) > 0

"""What came of it, for people and for programs."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from dev.bench.figures import Figure, in_short

HEADS = ('', 'value', 'beside', '', 'ratio', 'goal', 'met')
MET = {True: 'yes', False: 'NO', None: ''}


def as_table(figures: Sequence[Figure]) -> str:
    """Return a table of the figures, and what is to be said of some of them below it."""
    rows = [HEADS, *map(_cells, figures)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [_line(row, widths) for row in rows]
    lines.insert(1, '  '.join('─' * width for width in widths))
    notes = [f'{figure.what}: {figure.note}' for figure in figures if figure.note]
    return '\n'.join([*lines, *(['', *notes] if notes else [])])


def in_one_line(figures: Sequence[Figure]) -> str:
    """Return how many goals are met."""
    goals = [figure for figure in figures if figure.goal]
    met = sum(figure.is_met is True for figure in goals)
    return f'{met} of {len(goals)} goals met'


def write_json(figures: Sequence[Figure], path: Path, **about: object) -> None:
    """Write the figures to a file.

    :param about: what else to write down, of the run as a whole
    """
    lines = [
        {
            **asdict(figure),
            'goal': str(figure.goal) if figure.goal else None,
            'ratio': figure.ratio,
            'is_met': figure.is_met,
        }
        for figure in figures
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({**about, 'figures': lines}, ensure_ascii=False, indent=2)
    path.write_text(f'{text}\n', encoding='utf-8')


def _cells(figure: Figure) -> tuple[str, ...]:
    return (
        figure.what,
        f'{in_short(figure.value)} {figure.unit}'.rstrip(),
        in_short(figure.peer) if figure.peer is not None else '',
        figure.beside,
        '' if figure.ratio is None else f'{figure.ratio:.2f} ×',
        str(figure.goal or ''),
        MET[figure.is_met],
    )


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    what, value, peer, *others = (
        cell.rjust(width) if place in (1, 2, 4) else cell.ljust(width)
        for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return '  '.join((what, value, peer, *others)).rstrip()

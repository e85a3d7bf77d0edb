"""ARCHITECTURE.md tells of the code as it is."""

import re

import pytest

from dev.env.folders import ADDON, REPOSITORY
from tests.tooling.test_structure import MODELS, Floors

TEXT = (REPOSITORY / 'ARCHITECTURE.md').read_text(encoding='utf-8')
STEP = 'payment_transaction_'


@pytest.mark.parametrize('folder', ['models', 'controllers', 'gateway'])
def test_every_file_is_named_once_in_the_table_of_its_folder(folder):
    _before, _heading, table = TEXT.partition(f'| `{folder}/` | |\n')
    rows = [row.split('|')[1] for row in table.partition('\n\n')[0].splitlines()]
    named = [name for row in rows for name in re.findall(r'`(\w+\.py)`', row)]

    files = [path.name for path in (ADDON / folder).glob('*.py') if path.stem != '__init__']
    assert sorted(named) == sorted(files)


def test_every_file_beside_them_is_named():
    files = [path.name for path in ADDON.glob('*.py') if not path.stem.startswith('__')]

    assert files
    assert [name for name in files if f'`{name}`' not in TEXT] == []


def test_the_arrows_between_the_steps_are_those_of_the_code():
    _before, _heading, chapter = TEXT.partition('\n## The steps of a payment\n')
    picture = chapter.partition('\n## ')[0]
    drawn = set(re.findall(r'^    (\w+) --> (\w+)$', picture, re.MULTILINE))

    floors = Floors(MODELS)
    arrows = {
        (step.removeprefix(STEP), other.removeprefix(STEP))
        for step in floors.trees
        for other in floors.leans_on(step)
        if step.startswith(STEP) and other.startswith(STEP)
    }
    assert drawn == arrows

"""The house, read from its source: which file leans on which.

The models of Odoo meet on `self`, so that imports don't show who calls whom. Names do: every method
of ours has `_sberbank_` in its name, is defined in one file, and is called by its name.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ADDON = Path(__file__).parents[2] / 'payment_sberbank'
MODELS = ADDON / 'models'
#: What every step of a payment stands on. A name that it defines is a hook for others.
GROUND_FLOOR = 'payment_transaction'
OURS = re.compile(r'_*(action|cron|check|compute|search)?_*sberbank_\w+')
MAX_LINES = 300


class Floors:
    """Which method is defined in which file, and which file calls which.

    :param folder: The folder of the files.
    """

    def __init__(self, folder: Path):
        self.trees = {
            path.stem: ast.parse(path.read_text(encoding='utf-8'))
            for path in sorted(folder.glob('*.py'))
            if path.stem != '__init__'
        }
        self.homes: dict[str, list[str]] = {}
        for stem, tree in self.trees.items():
            for name in _defined(tree):
                self.homes.setdefault(name, []).append(stem)

    def home(self, name: str) -> str | None:
        """Return the file that a method belongs to: the ground floor, if that has a hook for it."""
        homes = self.homes.get(name, [])
        return GROUND_FLOOR if GROUND_FLOOR in homes else next(iter(homes), None)

    def leans_on(self, stem: str) -> set[str]:
        """Return the other files whose methods a file calls."""
        homes = {self.home(name) for name in _called(self.trees[stem])}
        return homes - {None, stem}

    def circle(self) -> list[str]:
        """Return files of which each leans on the next, and the last on the first; or nothing."""
        finished: set[str] = set()

        def search(stem: str, path: list[str]) -> list[str]:
            if stem in path:
                return path[path.index(stem) :]
            if stem in finished:
                return []
            for other in sorted(self.leans_on(stem)):
                if found := search(other, [*path, stem]):
                    return found
            finished.add(stem)
            return []

        return next(filter(None, (search(stem, []) for stem in self.trees)), [])


@pytest.fixture(scope='module')
def floors() -> Floors:
    return Floors(MODELS)


def test_no_file_calls_one_that_calls_back(floors):
    assert floors.circle() == []


def test_the_ground_floor_stands_on_no_step(floors):
    steps = [stem for stem in floors.leans_on(GROUND_FLOOR) if stem.startswith(GROUND_FLOOR)]
    assert steps == []


def test_a_method_is_defined_once_unless_it_is_a_hook(floors):
    twice = {
        name: homes
        for name, homes in floors.homes.items()
        if len(homes) > 1 and GROUND_FLOOR not in homes
    }
    assert twice == {}


def test_every_hook_of_the_ground_floor_is_overridden_at_most_once(floors):
    often = {
        name: homes
        for name, homes in floors.homes.items()
        if GROUND_FLOOR in homes and len(homes) > 2
    }
    assert often == {}


@pytest.mark.parametrize('path', sorted(MODELS.glob('*.py')), ids=lambda path: path.stem)
def test_a_file_can_be_read_in_one_go(path):
    limit = 200 if path.stem == 'payment_provider' else MAX_LINES
    assert len(path.read_text(encoding='utf-8').splitlines()) <= limit


def test_nobody_counts_kopecks_by_hand():
    """Only the money module knows how many kopecks a rouble has."""
    by_hand = re.compile(r'[/*]\s*100\b(?!\s*%)')
    sources = [
        path
        for path in ADDON.rglob('*')
        if path.suffix in ('.py', '.js', '.xml') and path != ADDON / 'gateway/money.py'
    ]
    found = [path.name for path in sources if by_hand.search(path.read_text(encoding='utf-8'))]
    assert sources
    assert found == []


def test_a_circle_is_found(tmp_path):
    """The test above can fail, also where the way round leads through three files."""
    for one, other in (('a', 'b'), ('b', 'c'), ('c', 'a')):
        (tmp_path / f'{one}.py').write_text(
            f'def _sberbank_{one}(self):\n    self._sberbank_{other}()\n'
        )
    assert Floors(tmp_path).circle() == ['a', 'b', 'c']


def _defined(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and OURS.fullmatch(node.name):
            yield node.name


def _called(tree: ast.AST) -> Iterator[str]:
    """Yield the methods of ours that are named, called at once or handed on to be called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and OURS.fullmatch(node.attr):
            yield node.attr


def test_only_the_gateway_and_the_addon_s_own_log_write_to_the_server_s_directly():
    """What goes through `log.py` can't forge a line; the gateway cleans what it writes itself."""
    direct = {
        path.relative_to(ADDON).parts[0]
        for path in ADDON.rglob('*.py')
        if 'logging.getLogger(' in path.read_text(encoding='utf-8')
    }

    assert direct == {'gateway', 'log.py'}

"""The script of the top-up page reads amounts as the server does: by one table of examples."""

import json
from pathlib import Path
from urllib.parse import quote

import pytest

TESTS = Path(__file__).parents[1]
EXAMPLES = json.loads((TESTS / 'amounts.json').read_text(encoding='utf-8'))
MODULE = TESTS.parent / 'payment_sberbank/static/src/money.js'


@pytest.fixture(scope='module')
def run(browser):
    """Return what runs a function of the module in a browser, for each of some values."""
    page = browser.new_page()
    address = f'data:text/javascript;charset=utf-8,{quote(MODULE.read_text(encoding="utf-8"))}'

    def call(function, values):
        return page.evaluate(
            """async ([address, name, values]) => {
                const module = await import(address);
                return values.map(value => module[name](value));
            }""",
            [address, function, values],
        )

    yield call
    page.close()


def test_an_amount_is_read_as_the_server_reads_it(run):
    amounts = EXAMPLES['amounts of roubles, in kopecks']
    assert dict(zip(amounts, run('readKopecks', list(amounts)), strict=True)) == amounts


@pytest.mark.parametrize('kind', ['no amounts', 'amounts of other currencies'])
def test_what_the_server_refuses_is_no_amount_in_the_browser(run, kind):
    read = dict(zip(EXAMPLES[kind], run('readKopecks', EXAMPLES[kind]), strict=True))
    assert {text: kopecks for text, kopecks in read.items() if kopecks is not None} == {}


def test_kopecks_become_the_nearest_roubles(run):
    kopecks = [0, 1, 10, 99, 100, 123450, 99999999999999]
    assert run('toRoubles', kopecks) == [amount / 100 for amount in kopecks]

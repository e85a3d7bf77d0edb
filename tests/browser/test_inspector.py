"""The inspector finds what it is there for: whether one sees where the focus is."""

import pytest

from .inspector import Inspector

PAGE = """<!DOCTYPE html><html lang="en"><head><title>A page</title><style>%s</style></head>
<body><main><h1>A page</h1><button>Pay</button></main></body></html>"""

SEEN = {
    'as the browser has it': '',
    'an outline': 'button:focus-visible { outline: 2px solid #000 }',
    'a ring by a shadow': 'button:focus { outline: none; box-shadow: 0 0 0 4px #00f8 }',
    'a ring beside another shadow': 'button { box-shadow: 0 1px 2px #000 }'
    ' button:focus { outline: none; box-shadow: 0 1px 2px #000, 0 0 0 4px #00f }',
}
UNSEEN = {
    'no outline': 'button { outline: none }',
    'a clear outline': 'button:focus-visible { outline: 2px solid transparent }',
    'an outline of no width': 'button:focus-visible { outline: 0 solid #000 }',
    'another colour of the text': 'button { outline: none } button:focus { color: #00f }',
    'another shade': 'button { outline: 0; background: #eee } button:focus { background: #ddd }',
    'a clear shadow': 'button:focus { outline: 0; box-shadow: 0 0 0 4px rgba(0, 0, 255, 0) }',
    'a shadow of no size': 'button:focus { outline: 0; box-shadow: 0 0 0 0 #00f }',
    'the shadow that it always has': 'button { outline: 0; box-shadow: 0 0 4px #000 }',
    'the shadow that it had': 'button { outline: 0; box-shadow: 0 0 4px #000 }'
    ' button:focus { box-shadow: none }',
}


@pytest.fixture
def look(browser):
    """Return a function that has a page with a button inspected, and returns the findings."""
    page = browser.new_page()

    def look(style: str) -> list[str]:
        inspector = Inspector(page)
        page.set_content(PAGE % style)
        inspector.look('page')
        return inspector.findings

    yield look
    page.close()


@pytest.mark.parametrize('style', SEEN.values(), ids=SEEN)
def test_a_focus_that_is_seen_is_no_finding(look, style):
    assert not look(style)


@pytest.mark.parametrize('style', UNSEEN.values(), ids=UNSEEN)
def test_a_focus_that_is_not_seen_is_a_finding(look, style):
    [finding] = look(style)

    assert 'focus is not seen' in finding
    assert 'Pay' in finding

"""Whether a page can be read and used by everybody: axe-core, narrow windows, the keyboard."""

from collections.abc import Sequence

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page

from .visitor import DESKTOP, OVERFLOW

RULES = {
    'runOnly': {
        'type': 'tag',
        'values': ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'],
    },
    'resultTypes': ['violations'],
}
MINOR = 'minor'
#: Odoo's own, on every page: for example, the choice of a language is too pale.
AROUND_A_PAGE = {'exclude': [['header'], ['footer']]}
#: What fits here needs no scrolling sideways: a small phone, and the desktop's window at 200 %.
PHONE_WINDOW = {'width': 320, 'height': 568}
ZOOMED_WINDOW = {side: pixels // 2 for side, pixels in DESKTOP['viewport'].items()}
#: More than any page has of what takes the focus.
MOST_TABS = 80

TO_THE_TOP = "document.body.tabIndex = -1; document.body.focus();"
#: Remembers what a part of the page has for the Tab key, in its order, and what is around it. One
#: has to see a ring by an outline or a shadow: another shade of a colour is no sign of the focus.
FIND_STOPS = """part => {
    const isClear = colour => /^rgba\\(.*, 0\\)$|\\/ 0%?\\)$/.test(colour);
    const isShadow = shadow =>
        (shadow.match(/-?[\\d.]+px/g) || []).some(parseFloat)
        && !isClear(shadow.match(/^[a-z]+\\(.*?\\)/)[0]);
    const look = stop => {
        const style = getComputedStyle(stop);
        const isOutlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
        return [
            isOutlined && !isClear(style.outlineColor) ? style.outline : '',
            ...style.boxShadow.split(/,(?![^(]*\\))/).map(one => one.trim()).filter(isShadow),
        ].join();
    };
    const all = 'a[href], button, input:not([type=hidden]), select, textarea';
    const stops = [...document.querySelector(part).querySelectorAll(all)].filter(
        stop => stop.checkVisibility() && !stop.disabled && stop.tabIndex >= 0
    );
    const looks = stops.map(look);
    window.stopInFocus = () => {
        const number = stops.indexOf(document.activeElement);
        const now = look(document.activeElement);
        return { number, isSeen: now !== '' && now !== looks[number] };
    };
    return stops.map(stop => stop.outerHTML.slice(0, 120));
}"""


class Inspector:
    """Looks at one page after another, and goes on from one to the next by the keyboard.

    :param page: in which the pages are opened
    """

    def __init__(self, page: Page):
        self._page = page
        self._axe = Axe()
        self._page.emulate_media(reduced_motion='reduce')
        #: What is wrong, a line for each.
        self.findings: list[str] = []

    def look(
        self,
        name: str,
        part: str = '',
        *,
        windows: Sequence[dict[str, int]] = (PHONE_WINDOW, ZOOMED_WINDOW),
    ) -> None:
        """Look at the page that is open, or at a part of it.

        :param name: what it is called in the findings
        :param part: the selector of what is ours on a page of Odoo's
        :param windows: the narrow windows that it is to fit into
        """
        self._walk(name, part or 'body')
        self._ask_axe(name, part)
        for window in windows:
            self._page.set_viewport_size(window)
            size = f'{name}, {window["width"]} px wide'
            if (pixels := self._page.evaluate(OVERFLOW)) > 0:
                self.findings.append(f'{size}: {pixels} pixels stick out of the window')
            self._ask_axe(size, part)
        self._page.set_viewport_size(DESKTOP['viewport'])

    def reach(self, target: Locator) -> None:
        """Go to a field, a button or a link by the Tab key, from the top of the page."""
        target.wait_for()
        self._page.evaluate(TO_THE_TOP)
        for _tab in range(MOST_TABS):
            self._page.keyboard.press('Tab')
            if target.evaluate('target => target === document.activeElement'):
                return
        raise AssertionError(f'{target} is not reached by the Tab key.')

    def press(self, target: Locator) -> None:
        """Go to a button or a link by the Tab key, and press Enter."""
        self.reach(target)
        self._page.keyboard.press('Enter')

    def type(self, target: Locator, text: str) -> None:
        """Go to a field by the Tab key, and type there in place of what there was."""
        self.reach(target)
        self._page.keyboard.press('ControlOrMeta+A')
        self._page.keyboard.type(text)

    def _walk(self, name: str, part: str) -> None:
        """See that the Tab key comes to each stop in its turn, and that one sees where one is."""
        self._page.evaluate(TO_THE_TOP)
        stops = self._page.evaluate(FIND_STOPS, part)
        reached: list[int] = []
        for _tab in range(MOST_TABS):
            if len(reached) == len(stops):
                break
            self._page.keyboard.press('Tab')
            stop = self._page.evaluate('stopInFocus()')
            if stop['number'] in (-1, *reached):
                continue
            reached.append(stop['number'])
            if not stop['isSeen']:
                self.findings.append(f'{name}: focus is not seen on {stops[stop["number"]]}')
        if reached != list(range(len(stops))):
            self.findings.append(f'{name}: the Tab key goes {reached} through {stops}')

    def _ask_axe(self, name: str, part: str) -> None:
        answer = self._axe.run(self._page, part or AROUND_A_PAGE, RULES).response
        for finding in answer['violations']:
            for node in finding['nodes']:
                if node['impact'] != MINOR:
                    self.findings.append(
                        f'{name}: {finding["id"]} ({node["impact"]}) {node["html"][:200]}'
                        f' {node["failureSummary"]}'
                    )

"""The description and the help show what there is: pictures, links, reasons, words of the form."""

import ast
import re
from pathlib import Path

import polib
import pytest
from lxml import html

from dev.env.folders import ADDON, REPOSITORY
from dev.screenshots import album

DESCRIPTION = ADDON / 'static/description/index.html'
HELP = ADDON / 'static/help'
PAGES = [DESCRIPTION, *sorted(HELP.glob('*.html'))]
READMES = [REPOSITORY / 'README.md', REPOSITORY / 'README.ru.md']
LANGUAGES = ('en', 'ru')
SUBJECTS = ('going_live', 'operators', 'developers')


def parsed(path: Path) -> html.HtmlElement:
    return html.document_fromstring(path.read_text(encoding='utf-8'))


def targets(path: Path) -> list[str]:
    """Return the addresses that a page leads to or shows, without those of other sites."""
    if path.suffix == '.md':
        found = re.findall(r'\]\(([^)\s]+)\)', path.read_text(encoding='utf-8'))
    else:
        found = [link for _element, _name, link, _position in parsed(path).iterlinks()]
    return [target for target in found if '//' not in target and not target.startswith('mailto:')]


def translated(language: str):
    """Return what gives a text of the source in a language."""
    if language == 'en':
        return lambda text: text
    catalogue = {entry.msgid: entry.msgstr for entry in polib.pofile(str(ADDON / 'i18n/ru.po'))}
    return catalogue.__getitem__


@pytest.fixture(scope='module')
def reasons() -> dict[str, tuple[str, str]]:
    """Return the label and the way out of each reason, read from the source."""
    labels, ways_out = {}, {}
    source = (ADDON / 'models/sberbank_attention.py').read_text(encoding='utf-8')
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.keyword) and node.arg == 'selection':
            labels = ast.literal_eval(node.value)
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == 'ways_out':
            pairs = zip(node.value.keys, node.value.values, strict=True)
            ways_out = {key.value: call.args[0].value for key, call in pairs}
    return {reason: (label, ways_out[reason]) for reason, label in labels}


@pytest.mark.parametrize('path', [*PAGES, *READMES], ids=lambda path: path.name)
def test_every_link_leads_somewhere(path):
    text = path.read_text(encoding='utf-8')
    lost = []
    for target in targets(path):
        file_name, _hash, anchor = target.partition('#')
        file = path.parent / file_name if file_name else path
        if not file.exists():
            lost.append(target)
        elif anchor and path.suffix == '.html':
            there = text if file == path else file.read_text(encoding='utf-8')
            if f'id="{anchor}"' not in there:
                lost.append(target)
    assert lost == []


def test_the_pictures_are_those_that_the_tool_takes():
    assert [path.name for path in album.present()] == album.names()
    icon = ADDON / 'static/description/icon.png'
    assert {*album.present(), icon} == {*DESCRIPTION.parent.glob('*.png')}


def test_every_picture_is_shown_in_the_description():
    assert sorted(image.get('src') for image in parsed(DESCRIPTION).iter('img')) == album.names()


def test_all_pictures_together_are_small():
    assert album.size() <= album.MOST_BYTES


def test_the_description_is_as_the_store_wants_it():
    page = parsed(DESCRIPTION)
    assert (
        page.xpath('//script | //link | //style | //iframe | //@*[starts-with(name(), "on")]') == []
    )
    assert [image for image in page.iter('img') if not image.get('alt')] == []


def test_every_page_is_there_in_both_languages():
    expected = {f'{subject}.{language}.html' for subject in SUBJECTS for language in LANGUAGES}
    assert {path.name for path in HELP.iterdir()} == {*expected, 'index.html'}


@pytest.mark.parametrize('subject', SUBJECTS)
def test_both_languages_have_the_same_parts(subject):
    # Names of fields and buttons are in italics in English, in quotation marks in Russian.
    english, russian = (
        [
            element.tag
            for element in parsed(HELP / f'{subject}.{language}.html').iter()
            if element.tag != 'em'
        ]
        for language in LANGUAGES
    )
    assert english == russian


@pytest.mark.parametrize('language', LANGUAGES)
def test_operators_read_of_each_reason_what_the_list_says(reasons, language):
    translate = translated(language)
    page = parsed(HELP / f'operators.{language}.html')
    told = {}
    for heading in page.iter('h3'):
        happened, to_do, customer = (
            part.text_content() for part in heading.getnext().findall('dd')
        )
        assert happened
        assert customer
        told[heading.get('id')] = (heading.text_content(), to_do)
    assert told == {
        reason: (translate(label), translate(way_out))
        for reason, (label, way_out) in reasons.items()
    }


def test_the_form_leads_to_the_help():
    form = (ADDON / 'views/payment_provider_views.xml').read_text(encoding='utf-8')
    assert 'href="/payment_sberbank/static/help/index.html"' in form

"""How the bank's pages are written: their templates, and amounts and moments for people."""

from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from werkzeug.wrappers import Response

from .clock import in_moscow

_HEADERS: Final = {
    'Cache-Control': 'no-store',
    'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; img-src data:",
    'Referrer-Policy': 'no-referrer',
}
_NBSP: Final = '\u00a0'


def money(kopecks: int, language: str = 'ru', currency: str = '643') -> str:
    """An amount for people: «1 234,56 ₽», or «1,234.56 ₽» in English."""
    text = f'{kopecks // 100:,}.{kopecks % 100:02d}'
    if language == 'ru':
        text = text.replace(',', _NBSP).replace('.', ',')
    return f'{text}{_NBSP}{"₽" if currency == "643" else currency}'


def render(template: str, status: int = 200, **values: Any) -> Response:
    """A page of HTML.

    :param str template: its file in ``templates/``.
    """
    page = _TEMPLATES.get_template(template).render(**values)
    return Response(page, status, mimetype='text/html', headers=_HEADERS)


def _load_templates() -> Environment:
    templates = Environment(
        loader=FileSystemLoader(Path(__file__).with_name('templates')),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters['money'] = money
    templates.filters['moment'] = lambda moment: f'{in_moscow(moment):%d.%m.%Y %H:%M:%S}'
    return templates


_TEMPLATES: Final = _load_templates()

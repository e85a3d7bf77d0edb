"""Where Odoo comes from."""

import pytest

from dev.env import debian
from dev.env.progress import Problem
from dev.odoo import source


@pytest.fixture
def odoo_home(tmp_path, monkeypatch):
    package = tmp_path / 'checkout/odoo'
    package.mkdir(parents=True)
    (package / 'release.py').write_text("version_info = (19, 0, 0, 'final', 0, '')\n")
    monkeypatch.setenv('ODOO_HOME', str(package.parent))
    return package.parent


def test_a_checkout_serves_instead_of_the_download(odoo_home):
    source.ensure()

    assert source.python_path() == odoo_home


def test_the_package_itself_may_be_named(odoo_home, monkeypatch):
    monkeypatch.setenv('ODOO_HOME', str(odoo_home / 'odoo'))

    assert source.python_path() == odoo_home


def test_another_series_is_refused(odoo_home):
    (odoo_home / 'odoo/release.py').write_text("version_info = (18, 0, 0, 'final', 0, '')\n")

    with pytest.raises(Problem, match='ODOO_HOME'):
        source.python_path()


def test_a_folder_without_odoo_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv('ODOO_HOME', str(tmp_path / 'nothing'))

    with pytest.raises(Problem, match='ODOO_HOME'):
        source.python_path()


def test_debians_mirror_is_found_in_either_format_of_sources(tmp_path, monkeypatch):
    monkeypatch.setattr(debian, 'APT_SOURCES', tmp_path)
    parts = tmp_path / 'sources.list.d'
    parts.mkdir()
    (parts / 'tool.list').write_text(
        '# deb http://off.example/debian stable main\n'
        'deb [arch=amd64 signed-by=/k.gpg] https://tool.example/apt stable main\n'
    )
    (parts / 'debian.sources').write_text(
        'Types: deb\nURIs: http://mirror.example/debian/\nSuites: trixie\nComponents: main\n'
    )
    (parts / 'debian.sources.bak').write_text('URIs: http://old.example/debian\n')

    assert debian._mirrors() == ['http://mirror.example/debian', 'https://tool.example/apt']

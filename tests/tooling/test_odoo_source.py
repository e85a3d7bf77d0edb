"""Where Odoo comes from."""

import subprocess

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


@pytest.fixture
def empty_cache(tmp_path, monkeypatch):
    """A user who has fetched nothing yet, for whom the public repository can't be reached."""
    monkeypatch.delenv('ODOO_HOME', raising=False)
    monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path / 'cache'))
    monkeypatch.setattr(source, 'PUBLIC_REPOSITORY', str(tmp_path / 'nowhere.git'))


@pytest.fixture
def public_repository(tmp_path, odoo_home, empty_cache, monkeypatch):
    """A repository of Odoo on this machine, in the place of the public one."""
    (odoo_home / 'addons/payment').mkdir(parents=True)
    (odoo_home / 'addons/payment/__init__.py').touch()
    git = ['git', '-c', 'user.name=odoo', '-c', 'user.email=odoo@odoo.example', '-C', odoo_home]
    for command in (['init', '-q', '-b', '19.0'], ['add', '.'], ['commit', '-qm', 'Odoo']):
        subprocess.run([*git, *command], check=True)
    monkeypatch.delenv('ODOO_HOME', raising=False)
    monkeypatch.setattr(source, 'PUBLIC_REPOSITORY', f'file://{odoo_home}')


def test_the_public_repository_is_cloned_where_it_can_be_reached(public_repository):
    source.ensure()

    assert (source.python_path() / 'odoo/release.py').is_file()
    assert source.addons_path() == source.python_path() / 'addons'


def test_what_was_fetched_is_used_again_without_a_question(public_repository, monkeypatch):
    source.ensure()
    monkeypatch.setattr(source, '_can_be_cloned', lambda: pytest.fail('asked again'))

    source.ensure()

    assert (source.python_path() / '.git').is_dir()


def test_debians_package_serves_where_the_repository_can_not_be_reached(empty_cache, monkeypatch):
    fetched = []
    monkeypatch.setattr(source, '_download', fetched.append)

    source.ensure()

    assert [target.name for target in fetched] == ['odoo-19.0']


def test_debians_package_serves_where_the_clone_breaks_off(
    public_repository, monkeypatch, capfd, tmp_path
):
    fetched = []
    monkeypatch.setattr(source, '_download', fetched.append)
    for file in (tmp_path / 'checkout/.git/objects').rglob('*'):
        if file.is_file():
            file.unlink()

    source.ensure()

    assert 'cloning' in capfd.readouterr().err
    assert [target.name for target in fetched] == ['odoo-19.0']
    assert not list(source.cache().glob('.odoo-*'))


def test_debians_addons_are_those_in_the_package(odoo_home):
    for folder in ('odoo/addons/payment', 'addons/payment'):
        (odoo_home / folder).mkdir(parents=True)

    assert source.addons_path() == odoo_home / 'odoo/addons'


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

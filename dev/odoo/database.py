"""Databases for runs, copied from templates that are made once.

`new` has no app at all. `base` has Odoo's accounting and payments and a company, `neighbours` other
apps beside them, `addon` is one of these with this addon, and with addons that need it where some
are asked for.
Each name holds a hash of all that the template depends on, so a changed file gets a new one.
"""

import shutil
import sys
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from psycopg2 import sql

from dev.env.folders import ADDON, cache, digest, digest_of_files
from dev.env.locks import is_leased, lease, lock
from dev.env.postgres import connected, identity
from dev.env.progress import step
from dev.odoo import command, source

PREFIX = 'payment_sberbank'
HERE = Path(__file__).parent
#: How many templates of each kind are kept, the newest ones; clones with other code share them.
KEPT_TEMPLATES = 6
#: System parameters that no two databases have in common.
SECRETS = ('database.uuid', 'database.secret')


@contextmanager
def scratch(
    purpose: str,
    *,
    with_addon: bool = True,
    neighbours: Sequence[str] = (),
    dependents: Sequence[Path] = (),
) -> Iterator[str]:
    """Give a database of its own to the block, and drop it afterwards.

    :param purpose: a word for the database's name
    :param with_addon: whether the addon is installed in it
    :param neighbours: the modules of Odoo that are installed before it
    :param dependents: the folders of addons that need it, to be installed with it
    """

    def find_template() -> str:
        base = _neighbours_template(neighbours) if neighbours else _base_template()
        return _addon_template(base, dependents) if with_addon else base

    with _copied(purpose, find_template) as name:
        yield name


@contextmanager
def new(purpose: str, language: str) -> Iterator[str]:
    """Give a database as Odoo makes a new one for Russia: without any app, and drop it afterwards.

    :param purpose: a word for the database's name
    :param language: of the administrator, an Odoo language code
    """
    with _copied(purpose, lambda: _new_template(language)) as name:
        yield name


@contextmanager
def _copied(purpose: str, find_template: Callable[[], str]) -> Iterator[str]:
    name = f'{PREFIX}_{purpose}_{uuid.uuid4().hex[:8]}'
    with lease(name):
        with lock('templates'):
            _drop_leftovers()
            _duplicate(find_template(), name)
        try:
            yield name
        finally:
            drop(name)


def drop(name: str) -> None:
    """Drop the database `name` and its attachments, whoever is connected to it."""
    with connected() as conn, conn.cursor() as cursor:
        cursor.execute(
            sql.SQL('DROP DATABASE IF EXISTS {} WITH (FORCE)').format(sql.Identifier(name))
        )
    shutil.rmtree(command.filestore(name), ignore_errors=True)


def _new_template(language: str) -> str:
    parts = [
        identity(),
        str(cache()),
        source.version(),
        language,
        (HERE / 'database.py').read_bytes(),
    ]
    return _template(f'{PREFIX}_new_{digest(parts)}', lambda name: _build_new(language, name))


def _base_template() -> str:
    recipes = [(HERE / name).read_bytes() for name in ('database.py', 'company.py')]
    # A template is one server's database and one cache's attachments.
    parts = [identity(), str(cache()), source.version(), *recipes]
    return _template(f'{PREFIX}_base_{digest(parts)}', _build_base)


def _neighbours_template(modules: Sequence[str]) -> str:
    base = _base_template()
    name = f'{PREFIX}_neighbours_{digest([base, *modules])}'
    return _template(name, lambda unfinished: _build_neighbours(base, modules, unfinished))


def _addon_template(base: str, dependents: Sequence[Path]) -> str:
    addons = (ADDON, *dependents)
    name = f'{PREFIX}_addon_{digest([base, *map(digest_of_files, addons)])}'
    return _template(name, lambda unfinished: _build_addon(base, addons, unfinished))


def _template(name: str, build: Callable[[str], None]) -> str:
    """Return `name` once there is a template of that name; nobody can connect to it."""
    if name in _databases():
        return name
    unfinished = f'{name}_unfinished'
    for leftover in (unfinished, name):
        drop(leftover)
    build(unfinished)
    command.filestore(unfinished).rename(command.filestore(name))
    names = {'before': sql.Identifier(unfinished), 'after': sql.Identifier(name)}
    with connected() as conn, conn.cursor() as cursor:
        cursor.execute(sql.SQL('ALTER DATABASE {before} ALLOW_CONNECTIONS false').format(**names))
        cursor.execute(sql.SQL('ALTER DATABASE {before} RENAME TO {after}').format(**names))
    return name


def _build_new(language: str, name: str) -> None:
    with step('database without any app'):
        config = command.write_config(name, options={'list_db': 'True'})
        create = ('db', '-c', str(config), 'init', name, '--language', language, '--country', 'RU')
        command.run_logged([sys.executable, '-m', 'odoo', *create], command.log_file(name))


def _build_base(name: str) -> None:
    with step('database with accounting and a company'):
        _install(name, 'account_payment', '--load-language=en_US,ru_RU')
        config = command.write_config(name)
        command.run_logged(
            [sys.executable, '-m', 'dev.odoo.company', str(config)], command.log_file(name)
        )


def _build_neighbours(base: str, modules: Sequence[str], name: str) -> None:
    with step(f'database with {", ".join(modules)}'):
        _duplicate(base, name)
        _install(name, ','.join(modules))


def _build_addon(base: str, addons: Sequence[Path], name: str) -> None:
    with step('database with the addon'):
        _duplicate(base, name)
        folders = ','.join(dict.fromkeys(str(addon.parent) for addon in addons))
        modules = ','.join(addon.name for addon in addons)
        _install(name, modules, f'--addons-path={folders}')


def _install(database: str, module: str, *options: str) -> None:
    options = ('-d', database, '-i', module, '--stop-after-init', '--no-http', *options)
    command.run('server', *options, database=database)


def _duplicate(template: str, name: str) -> None:
    """Copy a database and its attachments, and give the copy secrets of its own.

    It is what `odoo db duplicate` does, without the three seconds that Odoo takes to start.
    """
    names = {'template': sql.Identifier(template), 'copy': sql.Identifier(name)}
    with connected() as conn, conn.cursor() as cursor:
        cursor.execute(sql.SQL('CREATE DATABASE {copy} TEMPLATE {template}').format(**names))
    shutil.copytree(command.filestore(template), command.filestore(name))
    with connected(name) as conn, conn.cursor() as cursor:
        cursor.execute(
            'UPDATE ir_config_parameter SET value = gen_random_uuid()::text WHERE key IN %s',
            [SECRETS],
        )


def _databases() -> list[str]:
    """Return the names of the databases whose attachments are here, the newest first."""
    with connected() as conn, conn.cursor() as cursor:
        cursor.execute('SELECT datname FROM pg_database ORDER BY oid DESC')
        names = [name for (name,) in cursor.fetchall() if name.startswith(f'{PREFIX}_')]
    return [name for name in names if command.filestore(name).exists()]


def _drop_leftovers() -> None:
    """Drop what killed runs left behind, and templates that newer ones have replaced."""
    kept = dict.fromkeys(('new', 'base', 'neighbours', 'addon'), KEPT_TEMPLATES)
    for name in _databases():
        kind = name.removeprefix(f'{PREFIX}_').partition('_')[0]
        if kind in kept and not name.endswith('_unfinished'):
            kept[kind] -= 1
            if kept[kind] >= 0:
                continue
        if not is_leased(name):
            drop(name)

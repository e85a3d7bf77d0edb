"""The addon installs from its wheel, into an Odoo that knows nothing of this repository."""

import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest

from dev import wheel
from dev.env.folders import ADDON, REPOSITORY
from dev.env.postgres import connected
from dev.odoo import command, database, source


@pytest.fixture(scope='module')
def built(tmp_path_factory) -> Path:
    return wheel.build(tmp_path_factory.mktemp('dist'))


@pytest.fixture
def python(tmp_path, built) -> Path:
    """A Python with Odoo's packages, Odoo and the wheel, but without the repository."""
    folder = tmp_path / 'venv'
    venv.create(folder, symlinks=True, with_pip=False)
    (site_packages,) = folder.glob('lib/python*/site-packages')
    paths = (sysconfig.get_path('purelib'), source.python_path())
    (site_packages / 'odoo.pth').write_text('\n'.join(map(str, paths)))
    python = folder / 'bin/python'
    pip = [sys.executable, '-m', 'pip', '--python', python, 'install', '--quiet', '--no-deps']
    subprocess.run([*pip, built], check=True)
    return python


@pytest.fixture
def database_without_addon() -> Iterator[str]:
    with database.scratch('wheel', with_addon=False) as name:
        yield name


def test_the_wheel_holds_every_file_of_the_addon(built):
    shipped = {Path(name) for name in ZipFile(built).namelist()}

    files = (path for path in ADDON.rglob('*') if path.is_file())
    expected = {
        Path('odoo/addons') / path.relative_to(ADDON.parent)
        for path in files
        if '__pycache__' not in path.parts
    }
    assert expected == {path for path in shipped if path.parts[0] == 'odoo'}


def test_the_wheel_holds_the_licence_once(built):
    with ZipFile(built) as archive:
        [licence] = [name for name in archive.namelist() if Path(name).name == 'LICENSE']

        assert archive.read(licence) == (REPOSITORY / 'LICENSE').read_bytes()


def test_odoo_installs_the_addon_from_the_wheel(python, database_without_addon, tmp_path):
    config = command.write_config(database_without_addon, addons=())

    subprocess.run(
        [
            *(python, '-m', 'odoo', 'server', '-c', config, '-d', database_without_addon),
            *('-i', 'payment_sberbank', '--stop-after-init', '--no-http', '--log-level=warn'),
        ],
        cwd=tmp_path,
        check=True,
    )

    with connected(database_without_addon) as conn, conn.cursor() as cursor:
        cursor.execute("SELECT state FROM ir_module_module WHERE name = 'payment_sberbank'")
        assert cursor.fetchone() == ('installed',)
        cursor.execute(
            """
            SELECT method.name ->> 'ru_RU'
              FROM payment_method method
              JOIN ir_model_data data ON data.res_id = method.id
             WHERE (data.module, data.model) = ('payment_sberbank', 'payment.method')
            """
        )
        names = [name for (name,) in cursor.fetchall()]
    assert names
    if (ADDON / 'i18n/ru.po').exists():
        assert any(name and not name.isascii() for name in names)

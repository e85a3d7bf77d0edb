"""The addon as a Python package: `odoo.addons.payment_sberbank`, where Odoo looks for addons."""

import ast
from pathlib import Path

from setuptools import setup

NAME = 'payment_sberbank'
FOLDER = Path(__file__).resolve().parent / NAME
MANIFEST = ast.literal_eval((FOLDER / '__manifest__.py').read_text(encoding='utf-8'))
README = FOLDER.parent / 'README.md'


def packages() -> list[str]:
    """Return the Python packages of the addon, by their names inside of Odoo."""
    folders = (path.parent.relative_to(FOLDER.parent) for path in FOLDER.rglob('__init__.py'))
    return sorted(f'odoo.addons.{".".join(folder.parts)}' for folder in folders)


def data_files() -> list[str]:
    """Return all other files of the addon, relative to it: data, views, translations, static.

    Migrations are among them: their folders bear versions, and are no packages.
    """
    files = (path.relative_to(FOLDER) for path in FOLDER.rglob('*') if path.is_file())
    return sorted(file.as_posix() for file in files if _is_data(file))


def _is_data(file: Path) -> bool:
    if file.suffix == '.pyc' or any(part.startswith('.') for part in file.parts):
        return False
    return file.suffix != '.py' or not (FOLDER / file).with_name('__init__.py').exists()


setup(
    name='odoo-addon-payment-sberbank',
    version=MANIFEST['version'],
    description=MANIFEST['summary'],
    long_description=README.read_text(encoding='utf-8') if README.exists() else MANIFEST['summary'],
    long_description_content_type='text/markdown',
    author=MANIFEST['author'],
    license=MANIFEST['license'],
    license_files=[],  # It is one of the addon's files.
    url=MANIFEST['website'],
    python_requires='>=3.10',
    install_requires=MANIFEST.get('external_dependencies', {}).get('python', []),
    packages=packages(),
    package_dir={f'odoo.addons.{NAME}': NAME},
    package_data={f'odoo.addons.{NAME}': data_files()},
    zip_safe=False,
)

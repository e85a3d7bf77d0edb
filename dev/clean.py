"""Removing what runs leave behind. Standard library only."""

import shutil

from dev.folders import BUILD, REPOSITORY, cache

MADE_BY_TOOLS = (
    BUILD,
    REPOSITORY / 'dist',
    REPOSITORY / '.hypothesis',
    REPOSITORY / '.pytest_cache',
    REPOSITORY / '.ruff_cache',
)


def clean(*, everything: bool) -> None:
    """Remove what runs left in this clone.

    :param everything: also remove what all clones share: Odoo, Python packages, databases
    """
    bytecode = (path for path in REPOSITORY.rglob('__pycache__') if path.is_dir())
    packaging = REPOSITORY.glob('*.egg-info')
    for folder in (*MADE_BY_TOOLS, *bytecode, *packaging):
        shutil.rmtree(folder, ignore_errors=True)
    if everything:
        shutil.rmtree(cache())

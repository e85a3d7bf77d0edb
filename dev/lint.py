"""Checks of what is written, not of what it does."""

import subprocess

from dev.env.folders import ADDON, REPOSITORY
from dev.env.progress import say

#: A large model is split into files of one idea each, on purpose.
SPLIT_MODELS = '--disable=consider-merging-classes-inherited'
CHECKS = (
    ('Python', ['ruff', 'check', '.']),
    ('layout of Python', ['ruff', 'format', '--check', '.']),
    ('types of the gateway', ['mypy']),
    ('Odoo addon', ['pylint', SPLIT_MODELS, ADDON.name]),
    ('manifest, XML and CSV', ['oca-checks-odoo-module', ADDON.name]),
)


def run(_arguments: list[str]) -> int:
    """Run every check and return 0 only if all of them are content."""
    translations = sorted(map(str, ADDON.glob('i18n/*.po*')))
    checks = [*CHECKS, ('translations', ['oca-checks-po', *translations])]
    failed = [what for what, command in checks if not _passes(what, command)]
    if failed:
        say(f'lint failed: {", ".join(failed)}')
    return 1 if failed else 0


def _passes(what: str, command: list[str]) -> bool:
    say(f'• {what}: {command[0]}')
    return subprocess.run(command, cwd=REPOSITORY, check=False).returncode == 0

"""Chromium for the browser tests: one that is there, or Debian's."""

import os
import shutil
import subprocess

from dev.env.progress import say, step

NAMES = ('chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable')


def ensure() -> str | None:
    """Return the path of a Chromium, installed if need be and possible; else say what to do."""
    if given := os.environ.get('CHROMIUM') or _found():
        return given
    if os.geteuid() == 0 and shutil.which('apt-get'):
        _install()
    if path := _found():
        return path
    say(
        'Chromium is missing, the browser tests are skipped. '
        "Install it ('sudo apt-get install chromium'), or name one in CHROMIUM."
    )
    return None


def _found() -> str | None:
    return next(filter(None, map(shutil.which, NAMES)), None)


def _install() -> None:
    environment = {**os.environ, 'DEBIAN_FRONTEND': 'noninteractive'}
    with step('Chromium'):
        for arguments in (['update'], ['install', '--yes', '--no-install-recommends', 'chromium']):
            subprocess.run(
                ['apt-get', '-qq', *arguments],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                check=False,
            )

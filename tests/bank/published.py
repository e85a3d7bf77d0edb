"""What is in the bank's own OpenAPI."""

import functools
from pathlib import Path
from typing import Any

import yaml

from tests.openapi import find_openapi


def read_openapi() -> dict[str, Any]:
    """Return the file's content; reading it takes seconds, and is done once.

    The test is skipped where there is none.
    """
    return _read(find_openapi())


@functools.cache
def _read(path: Path) -> dict[str, Any]:
    return yaml.safe_load(path.read_text('utf-8'))

"""The bank's own OpenAPI 1.0.7, which is not part of the project: where it is, if it is there."""

import os
from pathlib import Path

import pytest

BESIDE_THE_CHECKOUT = Path(__file__).parents[2] / 'shared/openapi-ecom-1.0.7.yaml'


def find_openapi() -> Path:
    """Return the file that `SBERBANK_OPENAPI` names, or the one beside the checkout.

    The test is skipped where there is none.
    """
    path = Path(os.environ.get('SBERBANK_OPENAPI') or BESIDE_THE_CHECKOUT)
    if not path.is_file():
        pytest.skip("The bank's OpenAPI is not here: SBERBANK_OPENAPI names no file.")
    return path

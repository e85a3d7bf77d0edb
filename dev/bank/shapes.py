"""The two shapes that every schema here is made of."""

from collections.abc import Mapping
from typing import Any


def text(minimum: int, maximum: int, pattern: str = '') -> dict[str, Any]:
    """A text of so many signs, all of which match the pattern."""
    schema: dict[str, Any] = {'type': 'string', 'minLength': minimum, 'maxLength': maximum}
    if pattern:
        schema['pattern'] = rf'\A{pattern}\Z'
    return schema


def closed(properties: Mapping[str, Any], required: tuple[str, ...] = ()) -> dict[str, Any]:
    """An object that has these members and no others."""
    return {
        'type': 'object',
        'properties': dict(properties),
        'required': list(required),
        'additionalProperties': False,
    }

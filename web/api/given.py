"""The parameters of a call as far as they can be kept: no database keeps NUL and halves of surrogate pairs."""

from __future__ import annotations

from typing import Any

import orjson

from catalog.characters import keepable


def kept(data: dict[str, Any]) -> dict[str, Any]:
    """The parameters, with U+FFFD for what cannot be kept; the same object where there is nothing of that kind."""
    try:
        plain = b"\\u0000" not in orjson.dumps(data, default=str)
    except TypeError:  # half a surrogate pair, or a number beyond 64 bits
        plain = False
    return data if plain else keepable(data)

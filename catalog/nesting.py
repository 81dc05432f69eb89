"""JSON from outside, which may be nested without end; what walks through it later goes down by recursion."""

from __future__ import annotations

import json
from typing import Any

MAX_DEPTH = 32  # lists and objects inside one another


class TooDeep(ValueError):
    """The JSON is nested deeper than anything that is meant."""


def read_json(text: str) -> Any:
    """The value of a JSON text; ValueError for a text that is none, TooDeep for one that is nested too deeply."""
    try:
        value = json.loads(text)
    except RecursionError as error:
        raise TooDeep from error
    if _is_deep(value):
        raise TooDeep
    return value


def _is_deep(value: Any) -> bool:
    level = [value]
    for _ in range(MAX_DEPTH):
        inner = (item for holder in level for item in (holder.values() if isinstance(holder, dict) else holder if isinstance(holder, list) else ()))
        level = [item for item in inner if isinstance(item, dict | list)]
    return bool(level)

"""Characters that no store can hold: NUL, and halves of surrogate pairs."""

from __future__ import annotations

from typing import Any


def keepable(value: Any) -> Any:
    """The same JSON value with U+FFFD for each character that neither UTF-8 nor a database can hold."""
    if isinstance(value, str):
        return value.replace("\0", "\ufffd").encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if isinstance(value, list | tuple):
        return [keepable(item) for item in value]
    if isinstance(value, dict):
        return {keepable(key): keepable(item) for key, item in value.items()}
    return value

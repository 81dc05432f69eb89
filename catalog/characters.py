"""Characters that no store can hold: NUL, and halves of surrogate pairs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def keepable(value: Any) -> Any:
    """The same JSON value with U+FFFD for each character that neither UTF-8 nor a database can hold."""
    root = [value]
    waiting: list[list | dict] = [root]  # by hand, not by recursion: what comes from outside may be nested without end
    while waiting:
        holder = waiting.pop()
        for key, item in enumerate(holder) if isinstance(holder, list) else list(holder.items()):
            if isinstance(item, str):
                holder[key] = _kept(item)
            elif isinstance(item, list | tuple):
                holder[key] = list(item)
                waiting.append(holder[key])
            elif isinstance(item, Mapping):
                holder[key] = {_kept(name) if isinstance(name, str) else name: inner for name, inner in item.items()}
                waiting.append(holder[key])
    return root[0]


def _kept(text: str) -> str:
    return text.replace("\0", "\ufffd").encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")

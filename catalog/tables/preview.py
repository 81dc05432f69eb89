"""A look into a stored table: the first rows and a profile of each column."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """Some rows of a table; `fields` are {"name", "type"} with Table Schema types, `total` counts all rows."""

    fields: tuple[dict[str, str], ...]
    rows: list[list[Any]]
    total: int


def read_preview(path: Path, *, limit: int = 50, offset: int = 0) -> Preview:
    """Rows `offset` to `offset + limit` of a stored table."""
    raise NotImplementedError


def column_profiles(path: Path) -> list[dict[str, Any]]:
    """What each column holds."""
    raise NotImplementedError

"""A table that has been read and judged, ready to be written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: its name when stored, the label in the file, the field's descriptor (None: type not known), the unit that the file says."""

    name: str
    title: str
    descriptor: Mapping[str, Any] | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSource:
    """Where the rows are and what the columns mean.

    `rows()` starts again at the first data row each time; `keeper` holds the temporary files for as long as this
    object lives. `missing` are the texts that stand for an empty cell.
    """

    rows: Callable[[], Iterator[list[Any]]]
    columns: tuple[Column, ...]
    missing: tuple[str, ...] = ("",)
    keeper: Any = None

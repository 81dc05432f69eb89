"""From the words of a Table Schema to the types of Parquet, and from a cell's text to its value.

What a cell means is frictionless' to say: its own readers cast every spelling that it accepts. The plain spellings
of the common types are cast here first, which is the same value and much less work.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import orjson
import pyarrow as pa

from catalog.tables.source import Column

MEMO = 50_000  # different cells remembered in a column
_ARROW = {
    "integer": pa.int64(), "number": pa.float64(), "boolean": pa.bool_(), "date": pa.date32(), "datetime": pa.timestamp("us"),
    "time": pa.time64("us"), "year": pa.int32(),
}
_INTEGER = re.compile(r"-?(?:0|[1-9]\d{0,17})", re.A)
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d{1,3})?", re.A)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.A)
_DATETIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,6})?", re.A)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-][01]\d:[0-5]\d)?", re.A)


class TooBig(Exception):
    """A value that the column's Parquet type cannot hold; the column is then kept as text."""


def arrow_field(column: Column, type_name: str, *, as_text: bool = False) -> pa.Field:
    """The Parquet column, with its Table Schema type and its label as metadata."""
    kind = pa.string() if as_text else _ARROW.get(type_name, pa.string())
    unit = {"unit": column.unit} if column.unit else {}
    return pa.field(column.name, kind, metadata={"type": "string" if as_text else type_name, "title": column.title, **unit})


def caster(descriptor: Mapping[str, Any], missing: Sequence[str], *, as_text: bool = False) -> Callable[[Any], Any]:
    """A function from a cell to the value to store; None for a missing cell."""
    kind = descriptor.get("type", "string")
    absent = frozenset(descriptor.get("missingValues", missing))
    if _is_text(kind, as_text):
        return lambda cell: None if cell is None or (isinstance(cell, str) and cell in absent) else as_plain_text(cell)
    from frictionless import Field  # who only asks tables starts without it

    field = Field.from_descriptor({"name": "column", **descriptor, "constraints": {}, "missingValues": sorted(absent)})
    quick = _quick(descriptor)
    memo: dict[str, Any] = {}

    def cast(cell: Any) -> Any:
        if cell is None or (isinstance(cell, str) and cell in absent):
            return None
        if isinstance(cell, str):
            if cell in memo:
                return memo[cell]
            if len(memo) >= MEMO:
                memo.clear()
            value = quick(cell) if quick else None
            memo[cell] = _stored(field.read_cell(cell)[0] if value is None else value, kind)
            return memo[cell]
        return _stored(field.read_cell(cell)[0], kind)

    return cast


def column_caster(descriptor: Mapping[str, Any], missing: Sequence[str], *, as_text: bool = False) -> Callable[[list[Any]], list[Any]]:
    """The same as `caster`, for a list of cells of the column at once."""
    cast = caster(descriptor, missing, as_text=as_text)
    absent = frozenset(descriptor.get("missingValues", missing))

    def texts(cells: list[Any]) -> list[Any]:
        plain = set(map(type, cells)) <= {str} and unicodedata.is_normalized("NFC", "\n".join(cells))
        return [None if cell in absent else cell for cell in cells] if plain else list(map(cast, cells))

    return texts if _is_text(descriptor.get("type", "string"), as_text) else lambda cells: list(map(cast, cells))


def _is_text(kind: str, as_text: bool) -> bool:
    """Whether the column is kept as text."""
    return as_text or kind not in _ARROW


def as_plain_text(cell: Any) -> str:
    """A cell as composed text; objects and lists as JSON."""
    if isinstance(cell, str):
        return cell if cell.isascii() else unicodedata.normalize("NFC", cell)
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, dict | list):
        return orjson.dumps(cell).decode()
    return str(cell)


def infer(column: Iterable[Any], seen: set[str] | None = None) -> set[str]:
    """The types that all these cells could have, of those that `seen` leaves open.

    A whole number with a leading zero is a code and stays text. An empty column leaves everything open.
    """
    left = {"integer", "number", "boolean", "date", "datetime"} if seen is None else seen
    for cell in set(map(as_plain_text, (cell for cell in column if cell not in (None, "")))) if left else ():
        left = {name for name in left if _could_be(name, cell)}
        if not left:
            break
    return left


def narrowest(left: set[str], *, empty: bool) -> str:
    """The type to take of those left open; `string` for a column without any value."""
    if empty:
        return "string"
    return next((name for name in ("integer", "number", "boolean", "date", "datetime") if name in left), "string")


def _could_be(name: str, cell: str) -> bool:
    if name == "integer":
        return bool(_INTEGER.fullmatch(cell))
    if name == "number":
        return bool(_NUMBER.fullmatch(cell))
    if name == "boolean":
        return cell in ("true", "false", "True", "False", "TRUE", "FALSE")
    pattern, parse = (_DATE, datetime.date.fromisoformat) if name == "date" else (_DATETIME, datetime.datetime.fromisoformat)
    if not pattern.fullmatch(cell):
        return False
    try:
        parse(cell)
    except ValueError:
        return False
    return True


def _quick(descriptor: Mapping[str, Any]) -> Callable[[str], Any] | None:
    """A cast for plain spellings, None when the field has options of its own; it answers None when unsure."""
    kind = descriptor.get("type")
    if kind == "integer" and descriptor.get("bareNumber", True):
        return lambda cell: int(cell) if _INTEGER.fullmatch(cell) else None
    if kind == "number" and not {"decimalChar", "groupChar"} & set(descriptor) and descriptor.get("bareNumber", True):
        return lambda cell: float(cell) if _NUMBER.fullmatch(cell) else None
    if kind == "date" and descriptor.get("format", "default") == "default":
        return lambda cell: datetime.date.fromisoformat(cell) if _DATE.fullmatch(cell) else None
    if kind == "datetime" and descriptor.get("format", "default") == "default":
        return _quick_datetime
    return None


def _quick_datetime(cell: str) -> datetime.datetime | None:
    try:
        return datetime.datetime.fromisoformat(cell) if _MOMENT.fullmatch(cell) else None
    except ValueError:  # midnight as 24:00, which frictionless reads
        return None


def _stored(value: Any, kind: str) -> Any:
    """A cast value in the form that its Parquet type takes."""
    if kind == "number" and value is not None:
        return float(value)
    if kind in ("integer", "year") and value is not None and not -(2**63) <= value < 2**63:
        raise TooBig
    if kind == "year" and value is not None and abs(value) >= 2**31:
        raise TooBig
    if isinstance(value, datetime.datetime) and value.tzinfo:
        return value.astimezone(datetime.UTC).replace(tzinfo=None)
    if isinstance(value, datetime.time) and value.tzinfo:
        return value.replace(tzinfo=None)
    return value

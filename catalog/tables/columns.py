"""The columns of a table as it is served: their names, their types in the words of PostgreSQL, and what was said of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import orjson
import pyarrow as pa

ID, WORDS, SIGNS = "_id", "_words", "_signs"  # the number of a row, its folded words, and the signs of these, beside its own columns
ROWS_MADE = b"datastore"  # in the metadata of a table that was made row by row: its keys and the next number
_TYPES = {
    pa.string(): "text", pa.int64(): "int8", pa.int32(): "int4", pa.int16(): "int2", pa.float64(): "float8", pa.float32(): "float4", pa.bool_(): "bool", pa.date32(): "date",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """One column: `name` as it is asked for, `kind` as CKAN names its type, `title` the label in the file, `info` what a writer noted."""

    name: str
    kind: str
    title: str = ""
    info: dict[str, Any] = field(default_factory=dict)


def served_columns(schema: pa.Schema) -> tuple[Served, ...]:
    """The columns of a stored table in their order; no two have names that differ by small and big letters only."""
    own = [column for column in schema if not (is_row_made(schema) and column.name == ID)]
    names = _distinct(column.name for column in own)
    return tuple(_served(column, name) for column, name in zip(own, names, strict=True))


def is_row_made(schema: pa.Schema) -> bool:
    """Whether the table was made row by row, so that its rows have numbers of their own."""
    return ROWS_MADE in (schema.metadata or {})


def row_facts(schema: pa.Schema) -> dict[str, Any]:
    """What a table that was made row by row keeps of itself: `primary_key`, `indexes`, `next_id`; empty for any other."""
    return orjson.loads(schema.metadata[ROWS_MADE]) if is_row_made(schema) else {}


def _served(column: pa.Field, name: str) -> Served:
    facts = {key.decode(): value.decode() for key, value in (column.metadata or {}).items()}
    return Served(name=name, kind=facts.get("kind") or _kind(column.type, facts.get("type", "")), title=facts.get("title", ""),
                  info=orjson.loads(facts["info"]) if "info" in facts else {})


def _kind(arrow: pa.DataType, type_name: str) -> str:
    if pa.types.is_decimal(arrow):
        return "numeric"
    if pa.types.is_timestamp(arrow):
        return "timestamp"
    if pa.types.is_time(arrow):
        return "time"
    return "json" if type_name in ("object", "array", "geojson") else _TYPES.get(arrow, "text")


def _distinct(given: Iterable[str]) -> list[str]:
    """The names, with a number behind those that DuckDB or we would take for another."""
    taken, names = {ID, WORDS, SIGNS}, []
    for name in given:
        free, number = name or "column", 2
        while free.lower() in taken:
            free, number = f"{name or 'column'}_{number}", number + 1
        taken.add(free.lower())
        names.append(free)
    return names


def quoted(name: str) -> str:
    """A name as an identifier of SQL."""
    return '"' + name.replace('"', '""') + '"'

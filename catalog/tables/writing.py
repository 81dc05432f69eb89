"""A checked table becomes a Parquet file with real types, a batch of rows at a time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from catalog.tables.source import TableSource
from catalog.tables.types import TooBig, arrow_field, column_caster, infer, narrowest

BATCH = 16_384


def write_table(source: TableSource, target: Path) -> int:
    """Write the table as Parquet (zstd) and return the number of rows; the file appears whole or not at all.

    Types are those of the Table Schema. Columns without one take the narrowest type that every cell of the file has;
    codes with a leading zero stay text. A column with a value too big for its type is kept as text.
    """
    descriptors = _descriptors(source)
    as_text: set[int] = set()
    part = target.with_name(target.name + ".part")
    try:
        for _ in range(len(descriptors) + 1):
            try:
                rows = _write(source, descriptors, as_text, part)
            except _Column as wide:
                as_text.add(wide.position)
                continue
            os.replace(part, target)
            return rows
    finally:
        part.unlink(missing_ok=True)
    raise AssertionError("every column as text and still not written")


class _Column(Exception):
    """The position of a column that must be kept as text."""

    def __init__(self, position: int) -> None:
        super().__init__(position)
        self.position = position


def _write(source: TableSource, descriptors: list[dict[str, Any]], as_text: set[int], part: Path) -> int:
    schema = pa.schema([
        arrow_field(column, descriptor.get("type", "string"), as_text=position in as_text)
        for position, (column, descriptor) in enumerate(zip(source.columns, descriptors, strict=True))
    ])
    casters = [column_caster(descriptor, source.missing, as_text=position in as_text) for position, descriptor in enumerate(descriptors)]
    rows = 0
    with pq.ParquetWriter(part, schema, compression="zstd") as writer:
        for columns, count in _batches(source):
            arrays = [_array(cells, cast, field, position)
                      for position, (cells, cast, field) in enumerate(zip(columns, casters, schema, strict=True))]
            writer.write_batch(pa.record_batch(arrays, schema=schema))
            rows += count
    return rows


def _array(cells: list[Any], cast: Any, field: pa.Field, position: int) -> pa.Array:
    try:
        return pa.array(cast(cells), type=field.type)
    except (TooBig, OverflowError, pa.ArrowInvalid):
        raise _Column(position) from None


def _batches(source: TableSource) -> Iterator[tuple[list[list[Any]], int]]:
    """Columns of cells, some thousand rows at a time."""
    rows = source.rows()
    width = len(source.columns)
    while batch := list(islice(rows, BATCH)):
        yield [[row[position] if len(row) > position else None for row in batch] for position in range(width)], len(batch)


def _descriptors(source: TableSource) -> list[dict[str, Any]]:
    """The descriptor of each column, found from the whole file where the schema has none."""
    unknown = [position for position, column in enumerate(source.columns) if column.descriptor is None]
    left: dict[int, set[str] | None] = dict.fromkeys(unknown)
    filled = dict.fromkeys(unknown, False)
    if unknown:
        for columns, _ in _batches(source):
            for position in unknown:
                filled[position] = filled[position] or any(cell not in (None, "") for cell in columns[position])
                left[position] = infer(columns[position], left[position])
    return [
        dict(column.descriptor) if column.descriptor is not None
        else {"type": narrowest(left[position] or set(), empty=not filled[position]), **_booleans(left[position])}
        for position, column in enumerate(source.columns)
    ]


def _booleans(left: set[str] | None) -> dict[str, Any]:
    return {"trueValues": ["true", "True", "TRUE"], "falseValues": ["false", "False", "FALSE"]} if left == {"boolean"} else {}

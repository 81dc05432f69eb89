"""A look into a stored table: the first rows and a profile of each column."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

DISTINCT = 10_000
TOP = 10
BINS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """Some rows of a table; `fields` are {"name", "type", "title"} with Table Schema types, `total` counts all rows.

    Cells are JSON values: dates and times as ISO text, missing ones None.
    """

    fields: tuple[dict[str, str], ...]
    rows: list[list[Any]]
    total: int


def read_preview(path: Path, *, limit: int = 50, offset: int = 0) -> Preview:
    """Rows `offset` to `offset + limit` of a stored table; only the parts of the file that hold them are read."""
    with pq.ParquetFile(path) as file:
        fields = described_fields(file.schema_arrow)
        rows: list[list[Any]] = []
        for group, start, end in _groups(file, max(offset, 0), max(limit, 0)):
            piece = file.read_row_group(group).slice(start, end - start)
            rows.extend([as_json(value) for value in row] for row in zip(*(column.to_pylist() for column in piece.columns), strict=True))
        return Preview(fields=fields, rows=rows, total=file.metadata.num_rows)


def described_fields(schema: pa.Schema) -> tuple[dict[str, str], ...]:
    """Name, Table Schema type and label of each column, and its unit where the file says one."""
    return tuple(_described(field.name, {key.decode(): value.decode() for key, value in (field.metadata or {}).items()}) for field in schema)


def _described(name: str, facts: dict[str, str]) -> dict[str, str]:
    unit = {"unit": facts["unit"]} if facts.get("unit") else {}
    return {"name": name, "type": facts.get("type", "string"), "title": facts.get("title") or name, **unit}


def as_json(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value.as_tuple().exponent >= 0 else float(value)
    return None if isinstance(value, float) and not math.isfinite(value) else value


def column_profiles(path: Path) -> list[dict[str, Any]]:
    """What each column holds: missing, distinct (capped), min, max, and a histogram or the most frequent values.

    `distinct` counts values up to 10,000, `distinct_capped` says that there are more. `histogram` has up to 12 bins
    {"from", "to", "count"}; `top` up to ten {"value", "count"}.
    """
    with pq.ParquetFile(path) as file:
        return [
            {**field, **_profile(file.read(columns=[field["name"]]).column(0))}
            for field in described_fields(file.schema_arrow)
        ]


def _profile(column: pa.ChunkedArray) -> dict[str, Any]:
    values = column.drop_null()
    distinct = pc.count_distinct(values).as_py() if len(values) else 0
    profile: dict[str, Any] = {
        "missing": column.null_count, "rows": len(column), "distinct": min(distinct, DISTINCT), "distinct_capped": distinct > DISTINCT,
        "min": None, "max": None, "histogram": [], "top": [],
    }
    if pa.types.is_floating(values.type):
        values = values.filter(pc.is_finite(values))
    if not len(values):
        return profile
    if not pa.types.is_boolean(values.type):
        ends = pc.min_max(values).as_py()
        profile["min"], profile["max"] = as_json(ends["min"]), as_json(ends["max"])
        if isinstance(profile["max"], str) and pa.types.is_string(values.type):
            profile["min"], profile["max"] = profile["min"][:200], profile["max"][:200]
    if _is_measured(values.type) and distinct > TOP:
        profile["histogram"] = _histogram(values)
    elif distinct < len(values) or distinct <= TOP:
        profile["top"] = _top(values)
    return profile


def _is_measured(kind: pa.DataType) -> bool:
    return pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_date32(kind) or pa.types.is_timestamp(kind)


def _top(values: pa.ChunkedArray) -> list[dict[str, Any]]:
    counts = pa.Table.from_struct_array(pc.value_counts(values))
    best = counts.sort_by([("counts", "descending"), ("values", "ascending")]).slice(0, TOP).to_pylist()
    return [{"value": value[:200] if isinstance(value := as_json(entry["values"]), str) else value, "count": entry["counts"]} for entry in best]


def _histogram(values: pa.ChunkedArray) -> list[dict[str, Any]]:
    """Bins of equal width from the least to the greatest value."""
    kind = values.type
    stepped = values.cast(pa.int32()) if pa.types.is_date32(kind) else values.cast(pa.int64()) if pa.types.is_timestamp(kind) else values
    numbers = stepped.cast(pa.float64(), safe=False)
    low, high = (value.as_py() for value in pc.min_max(numbers).values())
    width = (high - low) / BINS
    if not width or not math.isfinite(width):
        return []
    bins = pc.min_element_wise(pc.floor(pc.divide(pc.subtract(numbers, low), width)), float(BINS - 1))
    counts = {int(entry["values"]): entry["counts"] for entry in pc.value_counts(bins).to_pylist()}

    def edge(number: float) -> Any:
        if pa.types.is_date32(kind):
            return (datetime.date(1970, 1, 1) + datetime.timedelta(days=round(number))).isoformat()
        if pa.types.is_timestamp(kind):
            return (datetime.datetime(1970, 1, 1) + datetime.timedelta(microseconds=round(number))).isoformat()
        return float(f"{number:.6g}")

    return [{"from": edge(low + width * number), "to": edge(low + width * (number + 1)), "count": counts.get(number, 0)} for number in range(BINS)]


def _groups(file: pq.ParquetFile, offset: int, limit: int) -> Iterator[tuple[int, int, int]]:
    """The row groups that hold the wanted rows, with the span of rows inside each."""
    before = 0
    for group in range(file.metadata.num_row_groups):
        count = file.metadata.row_group(group).num_rows
        start, end = max(offset - before, 0), min(offset + limit - before, count)
        if start < end:
            yield group, start, end
        before += count

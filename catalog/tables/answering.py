"""The cells of an answer as CKAN writes them: in JSON, and as CSV or TSV without a header."""

from __future__ import annotations

import csv
import datetime
import io
import json
import math
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any


def json_cell(value: Any, kind: str) -> Any:
    """A cell as JSON has it: numbers as numbers, moments with milliseconds, JSON as itself."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Decimal):
        return int(value) if value.as_tuple().exponent >= 0 else float(value)
    if isinstance(value, datetime.datetime):
        return value.isoformat(timespec="microseconds" if value.microsecond % 1000 else "milliseconds")
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return _parsed(value) if kind == "json" else str(value)


_AS_IT_IS = (str, int, bool, type(None))  # types of values that JSON has


def json_rows(rows: Iterable[Sequence[Any]], kinds: Sequence[str]) -> list[list[Any]]:
    """Rows with their cells as JSON has them."""
    if "json" in kinds:
        return [[json_cell(value, kind) for value, kind in zip(row, kinds, strict=True)] for row in rows]
    return [[value if type(value) in _AS_IT_IS else json_cell(value, "") for value in row] for row in rows]


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def text_cell(value: Any, kind: str) -> str:
    """A cell as CKAN writes it to CSV: `t` and `f`, JSON as JSON, nothing for a missing one."""
    if kind == "json":
        return "null" if value is None else str(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    if isinstance(value, Decimal):
        return f"{value:f}"
    return str(json_cell(value, kind))


def delimited(rows: Iterable[Sequence[Any]], kinds: Sequence[str], delimiter: str) -> str:
    """Rows as lines of CSV or TSV."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    for row in rows:
        writer.writerow([text_cell(value, kind) for value, kind in zip(row, kinds, strict=True)])
    return out.getvalue()

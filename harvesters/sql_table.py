"""Rows of a database as a CSV file that keeps their types: nothing is rounded, cut or left out."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import math
import os
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from catalog.errors import Trouble
from catalog.issues import Issue, Place
from catalog.net.transfer import megabytes

BATCH = 500  # rows in memory at a time


def write_csv(columns: Sequence[str], batches: Iterable[Sequence[Sequence[Any]]], target: Path, *, max_rows: int, max_bytes: int) -> str:
    """Write the table to `target`, which is there whole or not at all; returns the SHA-256 of its bytes (64 hex digits).

    UTF-8 with one line of names. Dates and times are ISO 8601, decimals exact, NULL an empty cell, truth `true` or `false`,
    bytes lower-case hex, arrays and objects JSON. Trouble `database-columns-alike`, `database-too-many-rows`, `too-large`.
    """
    alike = sorted({name or "–" for name in columns if not name or list(columns).count(name) > 1})
    if alike:
        raise Trouble(Issue("database-columns-alike", Place(), {"columns": ", ".join(alike)[:200]}))
    digest, size = hashlib.sha256(), 0
    part = target.with_name(f".{target.name}.part")
    try:
        with part.open("wb") as file:
            for piece in _pieces(columns, batches, max_rows):
                size += len(piece)
                if size > max_bytes:
                    raise Trouble(Issue("too-large", Place(), {"limit": megabytes(max_bytes)}))
                digest.update(piece)
                file.write(piece)
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)
    return digest.hexdigest()


def _pieces(columns: Sequence[str], batches: Iterable[Sequence[Sequence[Any]]], max_rows: int) -> Iterator[bytes]:
    yield _lines([columns])
    rows = 0
    for batch in batches:
        rows += len(batch)
        if rows > max_rows:
            raise Trouble(Issue("database-too-many-rows", Place(), {"limit": max_rows}))
        yield _lines([[cell(value) for value in row] for row in batch])


def _lines(rows: Iterable[Sequence[Any]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode("utf-8", "replace")


def cell(value: Any) -> str:
    """One value as the text of a cell, in the lexical forms of Table Schema."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float | Decimal):
        return _number(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return _duration(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    if isinstance(value, list | tuple | dict):
        return json.dumps(value, ensure_ascii=False, default=cell)
    return str(value)


def _number(value: float | Decimal) -> str:
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "INF" if value > 0 else "-INF"
    return format(value, "f") if isinstance(value, Decimal) else repr(value)


def _duration(value: timedelta) -> str:
    """ISO 8601, in days and seconds."""
    sign, value = ("-", -value) if value < timedelta() else ("", value)
    seconds = Decimal(value.seconds) + Decimal(value.microseconds) / 1_000_000
    return f"{sign}P{value.days}DT{seconds.normalize():f}S"

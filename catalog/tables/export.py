"""A stored table as text, a batch of rows at a time: CSV, JSON or NDJSON."""

from __future__ import annotations

import csv
import datetime
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pyarrow.parquet as pq

from catalog.tables.preview import as_json

BATCH = 5_000
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_PLAIN_NUMBER = re.compile(r"-\d+(?:[.,]\d+)?")


def csv_pieces(path: Path, *, bom: bool = False, excel_safe: bool = False) -> Iterator[bytes]:
    """The table as CSV, in pieces.

    `bom` lets Excel know that it is UTF-8. `excel_safe` puts an apostrophe before text cells that a spreadsheet would run as a formula;
    numbers below zero stay as they are.
    """
    with pq.ParquetFile(path) as file:
        out = io.StringIO(newline="")
        writer = csv.writer(out, lineterminator="\r\n")
        names = file.schema_arrow.names
        writer.writerow([formula_safe(name) for name in names] if excel_safe else names)
        yield (b"\xef\xbb\xbf" if bom else b"") + out.getvalue().encode()
        for batch in file.iter_batches(batch_size=BATCH):
            out.seek(0)
            out.truncate()
            for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                texts = [as_text(value) for value in row]
                writer.writerow([formula_safe(text) if isinstance(value, str) else text for text, value in zip(texts, row, strict=True)] if excel_safe else texts)
            yield out.getvalue().encode()


def json_pieces(path: Path, *, lines: bool) -> Iterator[bytes]:
    """The table as a list of objects, or with `lines` one object a line (NDJSON), in pieces."""
    with pq.ParquetFile(path) as file:
        names = file.schema_arrow.names
        yield b"" if lines else b"["
        first = True
        for batch in file.iter_batches(batch_size=BATCH):
            rows = zip(*(column.to_pylist() for column in batch.columns), strict=True)
            items = [orjson.dumps({name: as_json(value) for name, value in zip(names, row, strict=True)}) for row in rows]
            if lines:
                yield b"".join(item + b"\n" for item in items)
            elif items:
                yield (b"\n" if first else b",\n") + b",\n".join(items)
                first = False
        yield b"" if lines else b"\n]\n"


def as_text(value: Any) -> str:
    """A value as a CSV cell: a point for decimals, ISO dates, `true` and `false`, nothing for a missing one."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    return value.isoformat() if isinstance(value, datetime.date | datetime.time) else str(value)


def formula_safe(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet would run it as a formula; numbers below zero stay as they are."""
    return f"'{text}" if text.startswith(_FORMULA) and not _PLAIN_NUMBER.fullmatch(text) else text

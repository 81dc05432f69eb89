"""How many rows a table has, also where validation stopped before their end."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from typing import Any

from catalog.reading import Reading
from catalog.validation import engine
from catalog.validation.blocks import utf8_blocks
from catalog.validation.layout import Layout
from catalog.validation.native import extension


def rows_of(report: Mapping[str, Any], reading: Reading, layout: Layout) -> int | None:
    """The number of data rows: the report's own where it has it, else counted here."""
    stats = report["tasks"][0]["stats"] if report["tasks"] else {}
    if not engine.is_partial(report) and "rows" in stats:
        return stats["rows"]
    native = extension()
    if native is None or reading.dialect is None or reading.file is None or layout.by_rows:
        return sum(1 for _ in layout.body())
    return max(_records(reading, native) - layout.header_row, 0)


def _records(reading: Reading, native: Any) -> int:
    """The records of delimited text, split as `delimited.read_rows` splits them, but without making cells of them."""
    dialect = {"delimiter": reading.dialect.delimiter.encode(), "quote": b'"', "skip_space": reading.dialect.skip_initial_space}
    scanner = native.Scanner([], {**dialect, "pick": iter(())})
    with closing(utf8_blocks(reading.open, "utf-8-sig")) as blocks:
        for block in blocks:
            _take(scanner, block, False)
    _take(scanner, b"", True)
    return scanner.records


def _take(scanner: Any, block: bytes, final: bool) -> None:
    scanner.feed(block, final)
    while scanner.scan():
        pass

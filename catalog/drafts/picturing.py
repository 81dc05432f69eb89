"""A picture of a sheet: its first rows and those about the table's end, each with what it was taken for."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from catalog.reading.grid import Grid, letter
from catalog.validation import Verdict
from catalog.validation.layout import Layout
from catalog.validation.verdict import Seen

HEAD, BELOW_HEADER = 12, 4  # rows at the beginning, and rows under the header that are shown at least
BEFORE_END, AFTER_END = 2, 5  # rows about the last one of the data
MOST_HEAD = 30
COLUMNS = 16
LONGEST = 40  # characters of a cell
SHEETS = 50
HIDDEN = "•••••"


def picture(verdict: Verdict) -> dict[str, Any] | None:
    """{"sheets": [{"name", "rows", "hidden"}], "sheet", "header", "data", "columns": letters, "more": columns left off, "rows": [{"row",
    "kind", "cells"}]}; None of a file in which rows cannot be chosen. `kind`: header, data, title, outside, or that of a row that is no
    data. Cells of columns that are held are hidden."""
    seen = verdict.seen
    if seen is None or not seen.layout.grid.padded and seen.reading.dialect is None:
        return None
    layout, grids = seen.layout, seen.reading.grids
    own = _own(seen)
    counts = {number: sum(1 for _ in grid.rows()) for number, grid in enumerate(grids[:SHEETS])}
    data = _data(layout)
    hidden = {hit["column"] for hit in verdict.details.get("privacy", []) if hit["sheet"] == verdict.sheet}
    width = max(len(layout.labels), *(len(row) for row in islice(own.rows(), HEAD))) if counts else 0
    return {
        "sheets": [{"name": grid.sheet, "rows": counts[number], "hidden": grid.hidden} for number, grid in enumerate(grids[:SHEETS])],
        "sheet": own.sheet, "header": [layout.header_first or layout.header_row, layout.header_row], "data": data,
        "columns": [letter(number) for number in range(1, min(width, COLUMNS) + 1)], "more": max(width - COLUMNS, 0),
        "rows": list(_rows(own, layout, data, hidden)),
    }


def _own(seen: Seen) -> Grid:
    """The sheet of the table as it stands in the file."""
    return next((grid for grid in seen.reading.grids if grid.sheet == seen.layout.grid.sheet), seen.layout.grid)


def _data(layout: Layout) -> list[int] | None:
    """The first and the last row of data."""
    first = last = None
    for number, _ in layout.body():
        first, last = first or number, number
    return [first, last] if first else None


def _rows(grid: Grid, layout: Layout, data: list[int] | None, hidden: set[str]) -> Iterator[dict[str, Any]]:
    top, bottom = layout.header_first or layout.header_row, layout.header_row
    head = min(max(HEAD, bottom + BELOW_HEADER), MOST_HEAD)
    last = data[1] if data else head
    for number, row in enumerate(grid.rows(), start=1):
        if number > last + AFTER_END and number > head:
            return
        if not (number <= head or top <= number <= bottom or number > last - BEFORE_END):
            continue
        kind = ("header" if top <= number <= bottom else "title" if number < top else layout.skipped.get(number) or (
            "data" if data and data[0] <= number <= data[1] else "outside"))
        cells = [_text(cell) for cell in row[:COLUMNS]]
        if number > bottom:
            cells = [HIDDEN if cell and letter(at) in hidden else cell for at, cell in enumerate(cells, start=1)]
        yield {"row": number, "kind": kind, "cells": cells}


def _text(cell: Any) -> str:
    text = " ".join(str("" if cell is None else cell).split())
    return text if len(text) <= LONGEST else text[:LONGEST - 1] + "…"

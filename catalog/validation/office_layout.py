"""The layout of a sheet in which no single row is a header: titles, headers of several rows, groups and totals, notes.

`catalog.reading.sheet_tables` tells the tables; here one is chosen and becomes a `Layout` whose header is one row of labels and
whose rows that are no data are skipped, each with its kind, so that nothing is dropped without being listed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import Any

from catalog.reading.grid import Grid, is_blank
from catalog.reading.sheet_tables import SheetTable, find_tables
from catalog.validation.layout import Layout, Schema, fit, known_labels


@dataclass(frozen=True, slots=True)
class Found:
    """One table of one sheet."""

    grid: Grid
    table: SheetTable
    spans: Sequence[tuple[int, int]]  # first and last row of each of the sheet's tables

    @property
    def variants(self) -> list[list[str]]:
        """Ways to name the columns: the whole labels, and the last of their parts."""
        return [list(self.table.labels), [label.rpartition(" / ")[2] for label in self.table.labels]]


def tables_of(grids: Sequence[Grid]) -> list[Found]:
    """The tables of all sheets of a workbook, those of shown sheets first."""
    found = []
    for grid in sorted((grid for grid in grids if grid.padded), key=lambda grid: grid.hidden):
        tables = find_tables(grid.rows(), grid.merges)
        spans = [(table.header[0], table.body[1]) for table in tables if table.body]
        found += [Found(grid, table, spans) for table in tables]
    return found


def office_layout(found: Found, schema: Schema | None) -> Layout:
    """The table as a layout under the schema, whose fields its columns are named by where they are the same word."""
    table, grid = found.table, found.grid
    labels = _named(found, schema)
    left = table.columns[0]
    skipped = _skipped(found)
    shown = replace(grid, rows=partial(_rows, grid, table, labels))
    return Layout(grid=shown, header_row=table.header[1], header_first=table.header[0], labels=("",) * left + tuple(labels), schema=schema,
                  known=known_labels(labels, schema), skipped_titles=table.header[0] > 1, skipped=skipped, source=grid.rows)


def fit_of(found: Found, schema: Schema) -> float:
    """The share of the schema's fields that the table has a column for."""
    return max(fit(labels, schema) for labels in found.variants)


def _named(found: Found, schema: Schema | None) -> list[str]:
    if schema is None:
        return found.variants[0]
    return max(found.variants, key=lambda labels: fit(labels, schema))


def _skipped(found: Found) -> Mapping[int, str]:
    """The rows under the header that are no data of this table, by number, with their kinds."""
    table = found.table
    skipped = {row: kind for row, kind in table.kinds.items() if kind in ("blank", "between", "group", "subtotal", "total")}
    if table.numbering is not None:
        skipped[table.numbering] = "numbering"
    first = table.body[0] if table.body else table.header[1] + 1
    skipped |= {row: "blank" for row in range(table.header[1] + 1, first) if row not in skipped}
    if table.body:
        ends = {row: end for row, end in found.spans if row != table.header[0]}
        until = 0  # the last row of the other table that began last
        for row, cells in islice(enumerate(found.grid.rows(), start=1), table.body[1], None):
            until = ends.get(row, until)
            elsewhere = row <= until
            skipped.setdefault(row, "other-table" if elsewhere else "blank" if is_blank(cells) else "note")
    return dict(sorted(skipped.items()))


def _rows(grid: Grid, table: SheetTable, labels: Sequence[str]) -> Iterator[list[Any]]:
    """The sheet's rows, with the labels in the header's last row."""
    for number, row in enumerate(grid.rows(), start=1):
        yield [""] * table.columns[0] + list(labels) if number == table.header[1] else row

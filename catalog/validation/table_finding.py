"""Which table of a file is checked: a single row as its header where there is one, else a table as offices lay them out."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

from catalog.reading.grid import Grid
from catalog.validation.layout import FITS, Layout, Schema, find_layout, fit
from catalog.validation.office_layout import Found, fit_of, office_layout, tables_of


def find_table(grids: tuple[Grid, ...], schema: Schema | None, match: Callable[[list[str]], Schema | None], *,
               widest: int = sys.maxsize) -> Layout | None:
    """The table that fits the schema best, or the first with data; None when there is no row at all.

    Without a schema, `match` is asked for one by the labels of each likely header. RowTooWide where one has more than `widest` cells.
    """
    simple = find_layout(grids, schema, match, widest=widest)
    if simple is None or not simple.grid.padded:
        return simple
    if schema is not None:
        fitting = fit(simple.labels, schema)
        if fitting == 1 or (fitting >= FITS and not simple.skipped_titles):
            return simple
        return _fitting(tables_of(grids), schema, better_than=fitting) or simple
    return simple if simple.schema is not None else _likely(tables_of(grids), match) or simple


def _fitting(tables: Sequence[Found], schema: Schema, *, better_than: float) -> Layout | None:
    best = max(tables, key=lambda found: fit_of(found, schema), default=None)
    return office_layout(best, schema) if best is not None and fit_of(best, schema) >= max(FITS, better_than) else None


def _likely(tables: Sequence[Found], match: Callable[[list[str]], Schema | None]) -> Layout | None:
    """The first table with a schema on the registry, or else the first; None where there is none that is told for certain."""
    for found in tables:
        for labels in found.variants:
            if schema := match(labels):
                return office_layout(found, schema)
    certain = next((found for found in tables if found.table.confident), None)
    return office_layout(certain, None) if certain else None

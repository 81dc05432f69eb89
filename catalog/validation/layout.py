"""Where the table is: which sheet, which row is the header, and which column is which field.

The header is the first row with something in it, unless a later one of the first fifteen fits the schema and the
first does not; the rows above are titles. Which label is which field, `catalog.validation.mapping` tells. Where no single row of a
sheet is a header, `catalog.validation.table_finding` looks for its tables as offices lay them out.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from catalog.reading.documents import GEOMETRY
from catalog.reading.grid import Grid, Rows, is_blank, same_label
from catalog.reading.limits import RowTooWide
from catalog.validation.mapping import Known, mapped
from schemas import fold, words_of

LOOK = 15
FITS = 0.5  # share of the schema's fields that a header must have to be taken for one


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """The schema to check against: its name on the registry ("" for one from elsewhere), its descriptor, and the labels that a person
    confirmed to be fields of it (by `same_label`)."""

    name: str
    descriptor: Mapping[str, Any]
    confirmed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The table in the file. `known` says of each label that is a field which one, and by what.

    `header_row` counts from 1, and is the last row of a header of several, which begins at `header_first`; `labels` are those of the
    file, without blank ones at the end of a sheet's row. `skipped` are rows below the header that are no data, with their kinds:
    numbering, between, blank, group, subtotal, total, note. `margin` is how many empty columns of a sheet stand to the left of the table;
    `source` gives the file's own rows where `grid` gives the labels in their place.
    """

    grid: Grid
    header_row: int
    labels: tuple[str, ...]
    schema: Schema | None = None
    known: Mapping[str, Known] = field(default_factory=dict)
    skipped_titles: bool = False
    header_first: int | None = None
    skipped: Mapping[int, str] = field(default_factory=dict)
    margin: int = 0
    source: Rows | None = None

    @property
    def renamed(self) -> dict[str, str]:
        """The fields of the labels that are not the fields' own names."""
        return {label: known.field for label, known in self.known.items() if label != known.field}

    @property
    def by_rows(self) -> bool:
        """Whether the rows of the table are not simply those below one row of the file, so that no parser can be given the file as it is."""
        return self.header_first is not None or bool(self.skipped)

    def rows(self) -> Iterator[list[Any]]:
        """All rows from row 1; in a workbook those of the table are as wide as the header or wider."""
        if not self.grid.padded:
            return self.grid.rows()
        return _fitted(self.grid.rows, self.header_row, len(self.labels))

    def unlabelled(self) -> Iterator[list[Any]]:
        """All rows from row 1 as they stand in the file, the header's too."""
        return (self.source or self.grid.rows)()

    def body(self) -> Iterator[tuple[int, list[Any]]]:
        """The rows of data under the header with their numbers."""
        below = islice(enumerate(self.rows(), start=1), self.header_row, None)
        return ((number, row) for number, row in below if number not in self.skipped) if self.skipped else below

    def table_rows(self) -> Iterator[list[Any]]:
        """All rows from row 1, without the margin."""
        return (row[self.margin:] for row in self.rows()) if self.margin else self.rows()

    def descriptor(self) -> dict[str, Any] | None:
        """The schema's descriptor with the file's own labels as names where they are the fields' titles."""
        if self.schema is None:
            return None
        names = {known.field: label for label, known in self.known.items()}
        return _with_names(self.schema.descriptor, names)

    def field_name(self, label: str) -> str:
        return self.known[label].field if label in self.known else label

    def entry(self, name: str) -> Mapping[str, Any]:
        """The schema's descriptor of a field; empty where it has none of this name."""
        entries = self.schema.descriptor.get("fields", []) if self.schema else []
        return next((entry for entry in entries if entry["name"] == name), {})


def find_layout(grids: tuple[Grid, ...], schema: Schema | None, match: Callable[[list[str]], Schema | None], *,
                widest: int = sys.maxsize) -> Layout | None:
    """The table that fits the schema best, or the first with data; None when there is no row at all.

    Without a schema, `match` is asked for one by the labels of each likely header. RowTooWide where one has more than `widest` cells.
    """
    for grid in grids:
        _head(grid, widest)
    if schema is None:
        return _matched(grids, match) or _first(grids)
    found = [best for grid in grids if (best := _best_header(grid, schema))]
    if not found:
        return None
    _, number, row, grid = max(found, key=lambda entry: (entry[0], not entry[3].hidden))
    first = next(entry[0] for entry in _head(grid))
    return _layout(grid, number, row, schema, skipped=number != first)


def with_margin(layout: Layout) -> Layout:
    """The layout with the columns of a sheet before the first label as its margin, as far as no row of data has anything there."""
    margin = next((number for number, label in enumerate(layout.labels) if label.strip()), 0) if layout.grid.padded else 0
    for _, row in layout.body() if margin else ():
        margin = next((number for number, cell in enumerate(row[:margin]) if not is_blank([cell])), margin)
    return replace(layout, margin=margin)


def with_geometry(layout: Layout) -> Layout:
    """The layout of a GeoJSON file: a schema describes its properties, and the geometry stands beside them."""
    names = {entry["name"] for entry in layout.schema.descriptor.get("fields", [])} if layout.schema else {GEOMETRY}
    if GEOMETRY in names or not layout.labels or layout.labels[-1] != GEOMETRY:
        return layout
    fields = [*layout.schema.descriptor["fields"], {"name": GEOMETRY, "type": "string", "title": "Hình học (GeoJSON)"}]
    return replace(layout, schema=replace(layout.schema, descriptor={**layout.schema.descriptor, "fields": fields}))


def _matched(grids: tuple[Grid, ...], match: Callable[[list[str]], Schema | None]) -> Layout | None:
    for grid in grids:
        for position, (number, row) in enumerate(_head(grid)):
            if sum(bool(str(cell or "").strip()) for cell in row) > 1 and (schema := match([str(cell or "") for cell in row])):
                return _layout(grid, number, row, schema, skipped=position > 0)
    return None


def _first(grids: tuple[Grid, ...]) -> Layout | None:
    for grid in sorted(grids, key=lambda grid: grid.hidden):
        if head := _head(grid):
            return _layout(grid, *head[0], None, skipped=False)
    return None


def _head(grid: Grid, widest: int = sys.maxsize) -> list[tuple[int, list[Any]]]:
    """The rows that may be a header, with their numbers."""
    head = []
    for number, row in islice(enumerate(grid.rows(), start=1), LOOK):
        if len(row) > widest:
            raise RowTooWide(number, len(row), widest)
        if not is_blank(row):
            head.append((number, row))
    return head


def _best_header(grid: Grid, schema: Schema) -> tuple[float, int, list[Any], Grid] | None:
    """How well the best header of a sheet fits, its row number, its cells."""
    head = _head(grid)
    if not head:
        return None
    scored = [(fit(row, schema), number, row) for number, row in head]
    best = scored[0] if scored[0][0] >= FITS else max(scored, key=lambda entry: (entry[0], -entry[1]))
    if best[0] < FITS:
        best = scored[0]
    return (*best, grid)


def fit(row: Sequence[Any], schema: Schema) -> float:
    """The share of the schema's fields for which a row of labels has one."""
    given = {key for cell in row if cell is not None for key in (same_label(cell), fold(str(cell))) if key}
    fields = schema.descriptor.get("fields", [])
    return sum(bool(labels_of(entry) & given) for entry in fields) / max(len(fields), 1)


def labels_of(entry: Mapping[str, Any]) -> set[str]:
    """The labels by which a field may go, as they are and folded."""
    return {key for word in words_of(entry) for key in (same_label(word), fold(word)) if key}


def _layout(grid: Grid, number: int, row: list[Any], schema: Schema | None, *, skipped: bool) -> Layout:
    labels = ["" if cell is None else str(cell) for cell in row]
    while grid.padded and labels and not labels[-1].strip():
        labels.pop()
    known = known_labels(labels, schema)
    return Layout(grid=grid, header_row=number, labels=tuple(labels), schema=schema, known=known, skipped_titles=skipped)


def known_labels(labels: Sequence[str], schema: Schema | None) -> dict[str, Known]:
    """Which fields of the schema the labels stand for."""
    if schema is None:
        return {}
    return mapped(list(dict.fromkeys(labels)), schema.descriptor.get("fields", []), confirmed=schema.confirmed, near=bool(schema.name))


def _fitted(rows: Rows, header_row: int, width: int) -> Iterator[list[Any]]:
    for number, row in enumerate(rows(), start=1):
        if number < header_row:
            yield row
            continue
        end = len(row)
        while end > width and row[end - 1] in ("", None):
            end -= 1
        yield row if end == len(row) == width else row[:end] + [""] * (width - end)


def _with_names(descriptor: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """A copy of a descriptor with fields renamed, in its keys too; keys to other tables cannot be checked here."""
    def keys(value: Any) -> Any:
        return [names.get(name, name) for name in value] if isinstance(value, list) else names.get(value, value)

    copy = {**descriptor, "fields": [{**entry, "name": names.get(entry["name"], entry["name"])} for entry in descriptor.get("fields", [])]}
    if "primaryKey" in copy:
        copy["primaryKey"] = keys(copy["primaryKey"])
    own = [{**key, "fields": keys(key["fields"]), "reference": {**key["reference"], "fields": keys(key["reference"]["fields"])}}
           for key in copy.pop("foreignKeys", []) if not key.get("reference", {}).get("resource")]
    return {**copy, "foreignKeys": own} if own else copy

"""Where the table is: which sheet, which row is the header, and which column is which field.

The header is the first row with something in it, unless a later one of the first fifteen fits the schema and the
first does not; the rows above are titles. A label may be a field's name or its Vietnamese title. Where no single row of a
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

LOOK = 15
FITS = 0.5  # share of the schema's fields that a header must have to be taken for one


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """The schema to check against: its name on the registry ("" for one from elsewhere) and its descriptor."""

    name: str
    descriptor: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The table in the file. `renamed` maps a label to the field's name where the two differ.

    `header_row` counts from 1, and is the last row of a header of several, which begins at `header_first`; `labels` are those of the
    file, without blank ones at the end of a sheet's row. `skipped` are rows below the header that are no data, with their kinds:
    numbering, blank, group, subtotal, total, note. `margin` is how many empty columns of a sheet stand to the left of the table.
    """

    grid: Grid
    header_row: int
    labels: tuple[str, ...]
    schema: Schema | None = None
    renamed: Mapping[str, str] = field(default_factory=dict)
    skipped_titles: bool = False
    header_first: int | None = None
    skipped: Mapping[int, str] = field(default_factory=dict)
    margin: int = 0

    def rows(self) -> Iterator[list[Any]]:
        """All rows from row 1; in a workbook those of the table are as wide as the header or wider."""
        if not self.grid.padded:
            return self.grid.rows()
        return _fitted(self.grid.rows, self.header_row, len(self.labels))

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
        names = {name: label for label, name in self.renamed.items()}
        return _with_names(self.schema.descriptor, names)

    def field_name(self, label: str) -> str:
        return self.renamed.get(label, label)

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
    given = {same_label(cell) for cell in row if cell is not None}
    fields = schema.descriptor.get("fields", [])
    return sum(bool(labels_of(entry) & given) for entry in fields) / max(len(fields), 1)


def labels_of(entry: Mapping[str, Any]) -> set[str]:
    """The labels by which a field may go: its name and its Vietnamese title."""
    titles = entry.get("titles")
    more = [titles.get("vi")] if isinstance(titles, Mapping) else []
    return {same_label(label) for label in (entry.get("name"), entry.get("title"), *more) if label}


def _layout(grid: Grid, number: int, row: list[Any], schema: Schema | None, *, skipped: bool) -> Layout:
    labels = ["" if cell is None else str(cell) for cell in row]
    while grid.padded and labels and not labels[-1].strip():
        labels.pop()
    renamed: dict[str, str] = {}
    names = {entry["name"] for entry in schema.descriptor.get("fields", [])} if schema else set()
    given = set(labels)
    alike: dict[str, dict[str, int]] = {}  # labels that mean the same, with their places
    for place, label in enumerate(labels):
        if label not in names:
            alike.setdefault(same_label(label), {}).setdefault(label, place)
    for entry in schema.descriptor.get("fields", []) if schema else []:
        if entry["name"] in given:
            continue
        known = labels_of(entry) - {same_label(entry["name"])}
        free = [(place, label) for word in known for label, place in alike.get(word, {}).items() if label not in renamed]
        if free:
            renamed[min(free)[1]] = entry["name"]
    return Layout(grid=grid, header_row=number, labels=tuple(labels), schema=schema, renamed=renamed, skipped_titles=skipped)


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

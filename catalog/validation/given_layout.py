"""The layout as a person says it is: which sheet, which rows are the header, which the data; and how it is known again in the next file.

What was said of one file is kept as the header's text and the text below the last row, not as row numbers alone: in the next file the
table may have grown, stand lower or on another sheet. Where the kept header is nowhere, or in more than one place, nothing is taken for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import islice
from typing import Any

from catalog.errors import Trouble
from catalog.issues import Issue, Place
from catalog.reading.grid import Grid, is_blank, same_label
from catalog.reading.sheet_passing import WHOLE, PassedRow, rows_of
from catalog.reading.sheet_rows import Row, row_of
from catalog.reading.sheet_tables import table_at
from catalog.reading.vietnamese import folded
from catalog.validation.layout import Layout, Schema
from catalog.validation.office_layout import Found, office_layout

MOST_HEADER = 10  # rows that a header may have
SOUGHT = 200  # rows of a sheet in which a kept header is looked for
TOLD = 12  # sheets that are named
ENDING = 80  # characters by which the row after the data is known

Match = Callable[[list[str]], Schema | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenLayout:
    """What a person says of one file. `sheet` None is the only or first one, `header` None is looked for, `data` None is all below it.

    Rows count from 1 and are inclusive.
    """

    sheet: str | None = None
    header: tuple[int, int] | None = None
    first: int | None = None
    last: int | None = None

    def to_dict(self) -> dict[str, Any]:
        return {**asdict(self), "header": list(self.header) if self.header else None}

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> GivenLayout:
        return cls(**{**value, "header": tuple(value["header"]) if value.get("header") else None})


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptLayout:
    """What is kept of a layout for the next file of its kind: the texts of its header rows in the order of reading and where they stood,
    how many rows lie between header and data, and the beginning of the row after the data, "" where the data goes to the end and None
    where nobody said."""

    sheet: str | None
    header: tuple[int, int]
    labels: tuple[str, ...]
    gap: int = 0
    ending: str | None = None

    def to_dict(self) -> dict[str, Any]:
        return {**asdict(self), "header": list(self.header), "labels": list(self.labels)}

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> KeptLayout:
        return cls(**{**value, "header": tuple(value["header"]), "labels": tuple(value["labels"])})


def given_table(grids: Sequence[Grid], given: GivenLayout, schema: Schema | None, match: Match) -> Layout:
    """The table where it was said to be, whose header must be given. Trouble `layout-sheet-unknown`, `layout-impossible`."""
    grid = sheet_named(grids, given.sheet)
    rows = list(rows_of(grid.rows()))
    header = given.header or (1, 1)
    _refuse_impossible(grid, rows, header, given)
    table = table_at(rows, grid.merges, header, given.first, given.last)
    if given.last and table.body:
        table = replace(table, body=(table.body[0], given.last))
    return _layout(Found(grid, table, [(table.header[0], table.body[1])] if table.body else []), schema, match)


def sheet_named(grids: Sequence[Grid], name: str | None) -> Grid:
    """The sheet of that name, the first shown one for None; Trouble `layout-sheet-unknown` names those that there are."""
    if not name:
        return next((grid for grid in grids if not grid.hidden), grids[0])
    found = next((grid for grid in grids if grid.sheet is not None and same_label(grid.sheet) == same_label(name)), None)
    if found is None:
        names = [grid.sheet for grid in grids if grid.sheet]
        raise Trouble(Issue("layout-sheet-unknown", Place(sheet=name[:100]), {"sheet": name[:100], "sheets": ", ".join(names[:TOLD]) or "–"}))
    return found


def kept_of(layout: Layout, given: GivenLayout | None) -> KeptLayout:
    """What is to be kept of a layout that a person has seen; with the end of the data where the person has said it."""
    header = _header(layout)
    first = next((number for number, _ in layout.body()), header[1] + 1)
    ending = None if given is None or given.last is None else _ending(layout.grid, given.last)
    return KeptLayout(sheet=layout.grid.sheet, header=header, labels=header_texts(layout), gap=first - header[1] - 1 if given and given.first else 0, ending=ending)


def kept_table(grids: Sequence[Grid], kept: KeptLayout, schema: Schema | None, match: Match) -> Layout | None:
    """The table with the kept header, wherever it stands now; None where there is none, or more than one, or its end is not found."""
    fits = _same_place(grids, kept) or _elsewhere(grids, kept)
    if len(fits) != 1:
        return None
    grid, header = fits[0]
    first, last = header[1] + 1 + kept.gap, None
    if kept.ending is not None:
        last = _last_row(grid, first, kept.ending)
        if last is None:
            return None
    try:
        return given_table([grid], GivenLayout(sheet=grid.sheet, header=header, first=first if kept.gap else None, last=last), schema, match)
    except Trouble:
        return None


def _layout(found: Found, schema: Schema | None, match: Match) -> Layout:
    schema = schema or next((schema for labels in found.variants if (schema := match(labels))), None)
    return office_layout(found, schema)


def impossible(header: tuple[int, int], first: int, last: int | None, rows: int) -> tuple[str, str] | None:
    """Why these rows cannot be the header and the data of a sheet of so many rows, in Vietnamese and English; None where they can."""
    top, bottom = header
    checks = (
        (top < 1, "dòng đếm từ 1", "rows count from 1"),
        (top > bottom, f"dòng tên cột cuối ({bottom}) đứng trên dòng tên cột đầu ({top})", f"the last header row ({bottom}) is above the first ({top})"),
        (bottom - top >= MOST_HEADER, f"tên cột chiếm {bottom - top + 1} dòng, nhiều hơn {MOST_HEADER}", f"the header has {bottom - top + 1} rows, more than {MOST_HEADER}"),
        (bottom > rows, f"trang tính chỉ có {rows} dòng, không có dòng {bottom}", f"the sheet has only {rows} rows; there is no row {bottom}"),
        (first <= bottom, f"dòng số liệu đầu ({first}) phải ở dưới dòng tên cột cuối ({bottom})", f"the first data row ({first}) must be below the header's last row ({bottom})"),
        (first > rows, f"trang tính chỉ có {rows} dòng, không có dòng số liệu {first}", f"the sheet has only {rows} rows; there is no data row {first}"),
        (first > WHOLE, f"tên cột và dòng số liệu đầu phải nằm trong {WHOLE} dòng đầu", f"the header and the first data row must be within the first {WHOLE} rows"),
        (last is not None and last < first, f"dòng số liệu cuối ({last}) đứng trên dòng số liệu đầu ({first})", f"the last data row ({last}) is above the first ({first})"),
        (last is not None and last > rows, f"trang tính chỉ có {rows} dòng, không có dòng {last}", f"the sheet has only {rows} rows; there is no row {last}"),
    )
    return next(((vi, en) for wrong, vi, en in checks if wrong), None)


def _refuse_impossible(grid: Grid, rows: Sequence[Row | PassedRow], header: tuple[int, int], given: GivenLayout) -> None:
    """Trouble `layout-impossible` says which choice cannot be."""
    top, bottom = header
    why = impossible((top, bottom), given.first or bottom + 1, given.last, len(rows))
    if why is None and not any(row.count for row in rows[top - 1:bottom]):
        why = f"các dòng {top}–{bottom} không có tên cột nào", f"rows {top}–{bottom} hold no column name"
    if why is not None:
        raise Trouble(Issue("layout-impossible", Place(sheet=grid.sheet), {"why": why[0], "why_en": why[1]}))


def header_texts(layout: Layout) -> tuple[str, ...]:
    """The texts of the header's rows as they stand in the file."""
    first, last = _header(layout)
    return _texts(list(islice(layout.unlabelled(), first - 1, last)))


def _header(layout: Layout) -> tuple[int, int]:
    return layout.header_first or layout.header_row, layout.header_row


def _texts(rows: Sequence[Sequence[Any]]) -> tuple[str, ...]:
    return tuple(text for row in rows for text in row_of(1, row).whole.values())


def _at(window: Sequence[Sequence[Any]], header: tuple[int, int], kept: KeptLayout) -> bool:
    """Whether the kept header stands in these rows."""
    texts = _texts(window[header[0] - 1:header[1]])
    return len(texts) == len(kept.labels) and all(same_label(one) == same_label(other) for one, other in zip(texts, kept.labels, strict=True))


def _same_place(grids: Sequence[Grid], kept: KeptLayout) -> list[tuple[Grid, tuple[int, int]]]:
    named = [grid for grid in grids if grid.sheet == kept.sheet] or list(grids)[: len(grids) == 1]
    return [(grid, kept.header) for grid in named if _at(list(islice(grid.rows(), kept.header[1])), kept.header, kept)]


def _elsewhere(grids: Sequence[Grid], kept: KeptLayout) -> list[tuple[Grid, tuple[int, int]]]:
    """Every place at which the kept header stands, on the sheets that are shown."""
    height, found = kept.header[1] - kept.header[0] + 1, []
    for grid in (grid for grid in grids if not grid.hidden):
        window = list(islice(grid.rows(), SOUGHT))
        found += [(grid, (top, top + height - 1)) for top in range(1, len(window) - height + 2) if _at(window, (top, top + height - 1), kept)]
    return found


def _ending(grid: Grid, last: int) -> str:
    """The beginning of the first row with something in it after the data; "" where there is none."""
    return next((_words(row) for row in islice(grid.rows(), last, None) if not is_blank(row)), "")


def _words(row: Sequence[Any]) -> str:
    """The words of a row, without its figures, which change from file to file."""
    cells = row_of(1, row).cells.values()
    return re.sub(r"\d+", "#", folded(next(iter(cells), "")))[:ENDING]


def _last_row(grid: Grid, first: int, ending: str) -> int | None:
    """The last row with something in it before the row that ends the data; None where that row is missing, or there are several."""
    last = end = first - 1
    ends = 0
    for number, row in _numbered(grid, first):
        if is_blank(row):
            continue
        if ending and _words(row) == ending:
            ends, end = ends + 1, last if not ends else end
        last = number
    if not ending:
        return last if last >= first else None
    return end if ends == 1 and end >= first else None


def _numbered(grid: Grid, first: int) -> Iterator[tuple[int, list[Any]]]:
    return islice(enumerate(grid.rows(), start=1), first - 1, None)

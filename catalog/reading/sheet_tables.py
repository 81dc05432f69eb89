"""The tables of a sheet as offices lay them out: titles above, headers of several rows, a row of numbers under them, groups,
subtotals and totals among the rows, notes and signatures below, several tables one under another.

Only what is there is told; nothing is moved or dropped. Rows count from 1, columns from 0. The rules are those that the
published workbooks of ministries and provinces follow; where they leave a doubt, the table says so (`confident`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from catalog.reading.sheet_passing import PassedRow, rows_of
from catalog.reading.sheet_rows import Row, Span, is_header_like, is_numbering, is_subheader

MOST_HEADER = 6  # rows of one header
LOOK_BELOW = 4  # rows under a header among which the first row of the body is


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetTable:
    """One table: rows of its header, first and last row of its body, first and last column (all inclusive).

    `labels` are those of the columns, made of all rows of the header; `kinds` tells the rows of the body that are no
    data (group, subtotal, total, blank, and between the header and the body); `notes` are rows below it; `titles` above it; `unit` is what a unit line says.
    """

    header: tuple[int, int]
    body: tuple[int, int] | None
    columns: tuple[int, int]
    labels: tuple[str, ...]
    numbering: int | None = None
    kinds: dict[int, str] = field(default_factory=dict)
    titles: tuple[int, ...] = ()
    notes: tuple[int, ...] = ()
    unit: str = ""
    confident: bool = True


def find_tables(cells: Iterable[Sequence[object]], merges: Sequence[Span] = ()) -> list[SheetTable]:
    """The tables of a sheet, from top to bottom; none where nothing looks like one."""
    rows = list(rows_of(cells))
    width = _usual_width(rows)
    tables: list[SheetTable] = []
    at, above = 0, 0
    while at < len(rows):
        if not _starts(rows, at, width):
            at += 1
            continue
        table, at = _table(rows, at, merges, titles=[row for row in rows[above:at] if row.count])
        tables.append(table)
        above = at
    return tables


def table_at(rows: Sequence[Row | PassedRow], merges: Sequence[Span], header: tuple[int, int], first: int | None, last: int | None) -> SheetTable:
    """The table whose header a person has named; without a `first` row its data begins below the header and a row that numbers the
    columns, without a `last` it ends where its notes begin.

    Rows count from 1; those of the header are whole, and have a label. Groups, totals and blank rows between the first row and the
    last are no data here either, but the two that were named are.
    """
    top = rows[header[0] - 1:header[1]]
    places = [column for row in top for column in row.places]
    left, right = min(places), max(places)
    named = {first, last} - {None}
    if first is None:
        first = next((row.number + 1 for row in rows[header[1]:header[1] + 2] if is_numbering(row)), header[1] + 1)
    end, _ = (last - 1, last) if last is not None else _body_end(rows, first - 1, width=max(row.count for row in top))
    body = list(rows[first - 1:end + 1])
    kinds = _kinds(body)
    while last is None and body and kinds.get(body[-1].number) in ("total", "blank"):
        body.pop()
    numbering = next((row.number for row in rows[header[1]:first - 1] if is_numbering(row)), None)
    unit = next((row.unit for row in reversed(rows[:header[0] - 1]) if row.unit), "")
    between = {row.number: "between" for row in rows[header[1]:first - 1] if row.count and row.number != numbering}
    return SheetTable(header=header, body=(body[0].number, body[-1].number) if body else None, columns=(left, right), labels=_labels(top, left, right, merges),
                      numbering=numbering, kinds=between | {row: kind for row, kind in kinds.items() if row not in named or kind == "blank"}, unit=unit)


def _usual_width(rows: Sequence[Row]) -> int:
    """How many cells the rows of the table mostly have: the middle of those with three or more."""
    counts = sorted(row.count for row in rows if row.count >= 3)
    return counts[len(counts) // 2] if counts else max((row.count for row in rows), default=0)


def _starts(rows: Sequence[Row], at: int, width: int) -> bool:
    """Whether a header begins here: words in enough cells, and something like a body below."""
    row = rows[at]
    if not is_header_like(row, width):
        return False
    below = [other for other in rows[at + 1:at + 1 + MOST_HEADER + LOOK_BELOW] if other.count]
    return any(other.count >= 2 and (other.numbers or is_numbering(other) or other.count * 2 >= row.count) for other in below) or (
        row.count >= 3 and sum(other.count > 0 for other in below) >= 3)


def _table(rows: Sequence[Row], at: int, merges: Sequence[Span], *, titles: Sequence[Row]) -> tuple[SheetTable, int]:
    """The table whose header begins at index `at`, and the index after it."""
    end = _header_end(rows, at, merges)
    numbering = next((index for index in range(end + 1, min(end + 3, len(rows))) if is_numbering(rows[index])), None)
    first = (numbering if numbering is not None else end) + 1
    header = rows[at:end + 1]
    left = min(min(row.places) for row in header if row.count)
    right = max(max(row.places) for row in header if row.count)
    last, after = _body_end(rows, first, width=max(row.count for row in header))
    body = list(rows[first:last + 1])
    while body and not body[0].count:
        body.pop(0)
    kinds = _kinds(body)
    while body and kinds.get(body[-1].number) in ("total", "blank"):
        body.pop()
    notes = tuple(row.number for row in rows[last + 1:after] if row.count)
    unit = next((row.unit for row in reversed(titles) if row.unit), "")
    table = SheetTable(
        header=(header[0].number, header[-1].number), numbering=rows[numbering].number if numbering is not None else None,
        body=(body[0].number, body[-1].number) if body else None, columns=(left, right), labels=_labels(header, left, right, merges),
        kinds=kinds, titles=tuple(row.number for row in titles), notes=notes, unit=unit,
        confident=bool(body) and (numbering is not None or header[0].has_counter or len(header) == 1 or bool(merges)))
    return table, after


def _header_end(rows: Sequence[Row], at: int, merges: Sequence[Span]) -> int:
    """The index of the header's last row: down to where a cell of it is merged to, and on while rows go on with it."""
    numbered = next((index for index in range(at + 1, min(at + 1 + MOST_HEADER, len(rows))) if is_numbering(rows[index])), None)
    if numbered is not None and not any(row.numbers and not row.years for row in rows[at:numbered]):
        return max(index for index in range(at, numbered) if rows[index].count)  # all above the row of numbers is header
    end = at
    while end + 1 < len(rows) and end - at + 1 < MOST_HEADER:
        below = rows[end + 1]
        merged = max((span.bottom for span in merges if at <= span.top - 1 <= end and span.top != span.bottom and span.bottom - span.top < MOST_HEADER), default=0)
        header = rows[at:end + 1]
        covered = {column for span in merges if header[0].number <= span.top <= header[-1].number and span.left != span.right
                   for column in range(span.left, span.right + 1)}
        if is_numbering(below) or below.number > merged and not is_subheader(header, below, rows[end + 2:end + 4], covered):
            break
        if below.number <= merged and (below.numbers and not below.years or _is_counted(rows[at], below)):
            break  # a merged cell that reaches into the body
        end += 1
    return end


def _is_counted(header: Row, row: Row) -> bool:
    """Whether a row has a number in the column of running numbers."""
    return header.counter is not None and row.counts_at(header.counter)


def _body_end(rows: Sequence[Row], first: int, *, width: int) -> tuple[int, int]:
    """The index of the body's last row, and the index after its notes, at which another table may begin."""
    last, index = first - 1, first
    while index < len(rows):
        row = rows[index]
        if row.count and (row.is_note or row.is_signature):
            return last, _after_notes(rows, index, width)
        if last >= first and index - last > 1 and row.count and _is_another(rows, index, width):
            return last, index
        if row.count:
            last = index
        index += 1
    return last, len(rows)


def _is_another(rows: Sequence[Row], index: int, width: int) -> bool:
    """Whether, after a blank row, another table begins here or under a title of one or two cells."""
    for at in range(index, min(index + 5, len(rows))):
        if rows[at].count and is_header_like(rows[at], width) and _starts(rows, at, width) and (rows[at].has_counter or rows[at].words >= max(2, width - 1)):
            return not any(row.numbers and row.count > 2 for row in rows[index:at])
    return False


def _after_notes(rows: Sequence[Row], index: int, width: int) -> int:
    """The index after notes and signatures: where the next header begins, or the end."""
    for at in range(index + 1, len(rows)):
        row = rows[at]
        if (row.has_counter or row.words >= max(3, width - 1)) and row.words >= 2 and _starts(rows, at, width):
            return max(index + 1, at - _titles_above(rows, at, index))
    return len(rows)


def _titles_above(rows: Sequence[Row], at: int, stop: int) -> int:
    """How many rows right above a header are its titles."""
    count = 0
    while at - count - 1 > stop and rows[at - count - 1].count in (1, 2) and not rows[at - count - 1].is_note:
        count += 1
    return count


def _kinds(body: Sequence[Row]) -> dict[int, str]:
    """The rows of a body that are no data."""
    kinds: dict[int, str] = {}
    for number, row in enumerate(body):
        if not row.count:
            kinds[row.number] = "blank"
        elif row.is_total:
            kinds[row.number] = "total" if not any(other.count and not other.is_total for other in body[number + 1:]) else "subtotal"
        elif row.is_group:
            kinds[row.number] = "group"
    return kinds


def _labels(header: Sequence[Row], left: int, right: int, merges: Sequence[Span]) -> tuple[str, ...]:
    """The label of each column: what stands above it in all rows, a cell over several columns reaching as far as rows below have more."""
    columns: list[list[str]] = [[] for _ in range(left, right + 1)]
    for depth, row in enumerate(header):
        below = header[depth + 1:]
        for column in range(left, right + 1):
            label = row.whole.get(column) or _reaching(row, column, left, below, merges)
            if label and label not in columns[column - left]:
                columns[column - left].append(label)
    return tuple(" / ".join(key for key, _ in groupby(parts)) for parts in columns)


def _reaching(row: Row, column: int, left: int, below: Sequence[Row], merges: Sequence[Span]) -> str:
    """The label of a cell to the left that reaches over this column; "" where none does."""
    span = next((span for span in merges if span.top <= row.number <= span.bottom and span.left <= column <= span.right), None)
    if span is not None:
        return row.whole.get(span.left, "") if span.top == row.number else ""
    if not any(column in other.cells for other in below):
        return ""
    for place in range(column - 1, left - 1, -1):
        if place in row.cells:
            under = any(place in other.cells for other in below)
            return row.whole[place] if under or not merges else ""
    return ""

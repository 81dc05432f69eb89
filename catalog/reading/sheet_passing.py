"""The rows of a sheet of any length in bounded memory: whole where a table may begin, else only what each is by itself.

The first `WHOLE` rows are whole. Further down a table begins only after a blank row, a note or a signature; rows that are near below one of
these are whole, up to `MOST_WHOLE` of them. Of all others it is kept what they are: data, blank, a group, a total, a note, a signature.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from catalog.reading.sheet_rows import Row, row_of

WHOLE = 5_000
MOST_WHOLE = 20_000
NEAR = 24  # rows: titles, a header, and the rows under it by which it is known
_FEW, _WIDE = 2, 4  # cells: more than a note and a group have, more than signatures have
_SUMS = ("tổng", "cộng", "toàn tỉnh", "cả nước", "toàn thành phố", "total")  # one of these is in each row that does


@dataclass(frozen=True, slots=True)
class PassedRow:
    """A row, of which only is kept what it is; no header begins with it."""

    number: int
    count: int
    is_total: bool = False
    is_group: bool = False
    is_note: bool = False
    is_signature: bool = False

    whole: ClassVar[Mapping[int, str]] = {}
    cells: ClassVar[Mapping[int, str]] = {}
    words: ClassVar[int] = 0
    years: ClassVar[bool] = False
    counter: ClassVar[int | None] = None
    has_counter: ClassVar[bool] = False
    unit: ClassVar[str] = ""

    @property
    def numbers(self) -> int:
        return self.count

    def counts_at(self, column: int) -> bool:
        """Whether a running number stands there: nobody knows any more."""
        return False


def rows_of(sheet: Iterable[Sequence[object]]) -> Iterator[Row | PassedRow]:
    """All rows of a sheet, numbered from 1."""
    near, room = 0, MOST_WHOLE
    for number, cells in enumerate(sheet, start=1):
        if number <= WHOLE:
            row = row_of(number, cells)
            near = number + NEAR if _parts(row) else near
            yield row
            continue
        texts = [cell for cell in cells if isinstance(cell, str) and cell and not cell.isspace()]
        if number > near and _is_data(texts):
            yield PassedRow(number, len(texts))
            continue
        row = row_of(number, cells)
        if _parts(row):
            near = number + NEAR
        if number <= near and room:
            room -= 1
            yield row
        else:
            yield PassedRow(number, row.count, row.is_total, row.is_group, row.is_note, row.is_signature)


def _parts(row: Row) -> bool:
    """Whether a table may begin below a row."""
    return not row.count or row.is_note or row.is_signature


def _is_data(texts: Sequence[str]) -> bool:
    """Whether a row is certainly no total, group, note or signature: by its number of cells, by a number in it, and by what is said nowhere in it."""
    if len(texts) <= _WIDE and (len(texts) <= _FEW or not any(text.isdecimal() for text in texts)):
        return False
    text = "\n".join(texts).lower()
    return not any(word in text for word in _SUMS)

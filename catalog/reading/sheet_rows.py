"""One row of a sheet by itself: what kinds of cells it has, and whether it reads as a header, a total, a note, a group."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from catalog.reading.vietnamese import folded

_NUMBER = re.compile(r"[-+(]?\s*\d[\d.,\s]*\d?\s*%?\)?|[-–…]|\.{3,}")
_YEAR = re.compile(r"(19|20)\d\d")
_NUMBERING = re.compile(r"\(?\s*(\d{1,2}|[A-Z]|[IVX]{1,5})\s*\)?(\s*=.*)?")
_FORMULA = re.compile(r"\(?\d{1,2}\)?\s*=\s*[\d()+\-*/=\s]+")
_DATE = re.compile(r"\d{1,4}[/.\-]\d{1,2}[/.\-]\d{1,4}(?:[ T].*)?")
_ROMAN = re.compile(r"(?=[IVX])(X{0,3})(IX|IV|V?I{0,3})\.?")
_COUNTER = {"stt", "so tt", "tt", "so thu tu", "tt so", "no"}
_TOTAL = re.compile(r"(tổng số|tổng cộng|tổng|cộng|toàn tỉnh|cả nước|toàn thành phố|total)\s*([:(].*|\d.*|[ivx+ ]+)?|(tổng số|tổng cộng|cộng) \w+", re.IGNORECASE)
_NOTE = re.compile(r"(nguon|ghi chu|chu thich|luu y|chu y|noi nhan|note|source)( .*)?")
_NOTE_MARK = re.compile(r"\s*(\(?\*+\)?|\(\d\))\s*\S")
_SIGNATURE = re.compile(r"(nguoi lap( bieu| bang)?|lap (bang|bieu)|thu truong( don vi)?|giam doc|ke toan truong|kiem soat|chu tich|tm |kt |ky ten|ngay thang nam)( .*)?")
_DATED = ("ngay", "thang", "nam")  # in this order in the line of place and date above a signature
_LONGEST_SIGNATURE = 200  # characters
_UNIT = re.compile(r".*?(?:đvt|đơn vị(?: tính)?)\s*[:：]\s*(.+)", re.IGNORECASE)
_WIDE_NOTE = 2  # cells that a row of a note may have
_LOOKED_AT = 500  # characters of a cell


@dataclass(frozen=True, slots=True)
class Span:
    """A merged cell: first and last row from 1, first and last column from 0."""

    top: int
    bottom: int
    left: int
    right: int


@dataclass(frozen=True)
class Row:
    """A row by its number from 1 and its cells that hold something, by column from 0; `cells` are what is looked at of the `whole` ones."""

    number: int
    whole: Mapping[int, str]

    @cached_property
    def cells(self) -> Mapping[int, str]:
        return {column: text[:_LOOKED_AT] for column, text in self.whole.items()}

    @property
    def count(self) -> int:
        return len(self.cells)

    @property
    def places(self) -> list[int]:
        return list(self.cells)

    @cached_property
    def numbers(self) -> int:
        """Cells that are numbers or stand for one, or dates."""
        return sum(_NUMBER.fullmatch(text) is not None or _DATE.fullmatch(text) is not None for text in self.cells.values())

    @cached_property
    def years(self) -> bool:
        """Whether all its numbers are years, as they are in headers."""
        return all(_YEAR.fullmatch(text) for text in self.cells.values() if _NUMBER.fullmatch(text) or _DATE.fullmatch(text))

    @property
    def words(self) -> int:
        return self.count - self.numbers

    @cached_property
    def counter(self) -> int | None:
        """The column that is headed as that of running numbers."""
        return next((column for column, text in self.cells.items() if folded(text) in _COUNTER), None)

    @property
    def has_counter(self) -> bool:
        return self.counter is not None

    def counts_at(self, column: int) -> bool:
        """Whether a running number, a Roman one or a letter stands there."""
        return bool(re.fullmatch(r"\d+(\.\d+)*\.?|[A-Z]\.?", self.cells.get(column, "")) or _ROMAN.fullmatch(self.cells.get(column, "x")))

    @cached_property
    def first(self) -> str:
        return self.cells[min(self.cells)] if self.cells else ""

    @cached_property
    def is_total(self) -> bool:
        """Whether it sums up: `Tổng số`, `Cộng` at the beginning, and numbers."""
        return bool(_TOTAL.fullmatch(self._named().casefold())) and self.numbers > 0

    @cached_property
    def is_group(self) -> bool:
        """Whether it only heads the rows below: one cell of words, before it at most a Roman number or a letter."""
        texts = [self.cells[column] for column in sorted(self.cells)]
        if len(texts) == 2 and (_ROMAN.fullmatch(texts[0]) or re.fullmatch(r"[A-Z]\.?", texts[0])):
            texts = texts[1:]
        return len(texts) == 1 and not _NUMBER.fullmatch(texts[0]) and not texts[0].isdigit()

    @cached_property
    def is_note(self) -> bool:
        plain = folded(self.first)
        return self.count <= _WIDE_NOTE and bool(_NOTE.fullmatch(plain) or (_NOTE_MARK.match(self.first) and len(self.first) > 12))

    @cached_property
    def is_signature(self) -> bool:
        if self.count > 4 or any(len(text) > _LONGEST_SIGNATURE for text in self.cells.values()) or self.numbers > 0:
            return False
        texts = [folded(text) for text in self.cells.values()]
        return all(_SIGNATURE.fullmatch(text) or _is_dated(text) or text.startswith("(ky") for text in texts if text) and any(texts)

    @cached_property
    def unit(self) -> str:
        """What a line such as `Đơn vị tính: triệu đồng` says."""
        return next((found[1].strip() for text in self.cells.values() if (found := _UNIT.fullmatch(text))), "")

    def _named(self) -> str:
        """The first cell that is a word, past a running number."""
        return next((text for text in self.cells.values() if not _NUMBER.fullmatch(text) and not _ROMAN.fullmatch(text) and len(text) > 1), self.first)


def _is_dated(text: str) -> bool:
    """Whether the words for day, month and year stand in it in this order: `Vũng Tàu, ngày 15 tháng 8 năm 2023`."""
    words = iter(text.split())
    return all(word in words for word in _DATED)


def row_of(number: int, cells: Sequence[object]) -> Row:
    """A row of a grid."""
    texts = ((column, " ".join(unicodedata.normalize("NFC", str(cell)).split())) for column, cell in enumerate(cells) if cell is not None)
    return Row(number, {column: text for column, text in texts if text})


def is_header_like(row: Row, width: int) -> bool:
    """Whether it could be the first row of a header: words in at least two cells and in half of the usual number."""
    if row.count < 2 or row.is_note or row.is_signature or row.is_total or row.is_group and not row.has_counter:
        return False
    numbers = 0 if row.years else row.numbers
    if row.count == 2 and not row.has_counter and width > 2:
        return False
    return row.count - numbers >= max(2, 0.7 * row.count) and (row.has_counter or row.count * 2 >= width) and not (row.unit and row.count <= 2)


def is_numbering(row: Row) -> bool:
    """Whether it numbers the columns: `1 2 3`, `A B 1 2`, `(1) (2) (3)=(1)+(2)`."""
    if row.count < 3:
        return False
    texts = list(row.cells.values())
    if not all(_NUMBERING.fullmatch(text) or _FORMULA.fullmatch(text) for text in texts):
        return False
    numbers = [int(found[1]) for text in texts if (found := _NUMBERING.fullmatch(text)) and found[1].isdigit()]
    return len(numbers) >= 2 and numbers[0] in (1, 2) and sum(later - sooner in (0, 1) for sooner, later in zip(numbers, numbers[1:], strict=False)) >= len(numbers) - 2


def is_subheader(header: Sequence[Row], row: Row, below: Sequence[Row], covered: set[int]) -> bool:
    """Whether a row goes on with the header above it: words only, no running number, under cells that leave room for it.

    `covered` are the columns over which a cell of the header is merged with its neighbours.
    """
    top = header[0]
    if row.count == 1 and _heads_more(header, row, below):
        return True
    if row.count and covered and set(row.cells) <= covered and not row.numbers:
        return True
    if not row.count or (row.numbers and not row.years) or row.is_note or row.is_total or row.is_signature:
        return False
    if top.counter is not None and top.counter in row.cells:
        return False
    rightmost = max(max(other.cells) for other in header if other.cells)
    if not set(row.cells) <= set(range(min(top.cells), rightmost + 3)):
        return False
    filled = {column for other in header for column in other.cells}
    roomy = any(column not in top.cells for column in row.cells)
    if top.counter is not None:
        return row.count >= 2 and (roomy or _goes_on(row, below))
    under = next(other for other in reversed(header) if other.cells)
    spanned = any(column not in under.cells and column - 1 in (set(under.cells) | set(row.cells)) for column in row.cells)
    return row.count >= 2 and row.count < len(filled) + 3 and (spanned or roomy)


def _heads_more(header: Sequence[Row], row: Row, below: Sequence[Row]) -> bool:
    """Whether one cell under a cell that reaches over several columns heads cells of words in the next row."""
    column = next(iter(row.cells))
    over = next((other for other in reversed(header) if other.cells), header[0])
    under = next((other for other in below if other.count), None)
    return (column in over.cells and column + 1 not in over.cells and column + 1 < max(over.cells, default=0) and not row.numbers
            and under is not None and {column, column + 1} <= set(under.cells) and not under.numbers and set(under.cells) <= set(range(column, column + 9)))


def _goes_on(row: Row, below: Sequence[Row]) -> bool:
    """Whether, after it, rows with numbers begin: then it is the second line of labels that were cut."""
    following = [other for other in below if other.count]
    return bool(following) and following[0].numbers > 0

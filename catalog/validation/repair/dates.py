"""Dates, moments, months, quarters and years as Vietnamese offices write them.

A column proves an order of day and month when one of its cells can only be read so, and none only the other way; it is believed
of cells with the sign and the length of the year of those that prove it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from catalog.validation.repair.proposals import Reading

DMY, MDY = "date-dmy", "date-mdy"
_NUMBERS = re.compile(r"(\d{1,2})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{4}|\d{2})(?:[ T](\d{1,2})[:hg](\d{2})(?::(\d{2}))?)?")
_YEAR_FIRST = re.compile(r"(\d{4})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{1,2})")
_WORDS = re.compile(r"(?:ngày\s+)?(\d{1,2})\s+tháng\s+(\d{1,2})(?:\s+năm|\s*,|\s*/)?\s+(\d{4})", re.IGNORECASE)
_NAMED = re.compile(r"ngày\s+(.*)", re.IGNORECASE)
_MONTH = re.compile(r"(?:tháng\s+|t\s*)?(\d{1,2})(?:\s*[/.\-]\s*|\s+năm\s+)(\d{4})", re.IGNORECASE)
_MONTH_LAST = re.compile(r"(\d{4})\s*[/.]\s*(\d{1,2})")
_QUARTER = re.compile(r"(?:quý|quí|q)\s*\.?\s*([1-4]|i{1,3}|iv)(?:\s*[/.\-,]\s*|\s+)(?:năm\s+)?(\d{4})", re.IGNORECASE)
_YEAR = re.compile(r"(?:năm\s+)?(\d{4})(?:[.,]0+)?", re.IGNORECASE)
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_QUARTERS = ("{year}-Q{number}", "{year}Q{number}", "Q{number}/{year}", "Q{number}-{year}", "Quý {roman}/{year}", "Quý {number}/{year}",
             "{roman}/{year}", "{number}/{year}", "{year}-{number}")
_MONTHS = ("{year}-{number:02}", "{year}/{number:02}", "{number:02}/{year}", "{number}/{year}", "{number:02}-{year}", "T{number}/{year}")
AS_NUMBER = "month-as-number"  # 2023.1, which may be 2023.10
NEAR = 10  # years; a century is proven where one is so near to the full years of the column, and the other is not


@dataclass(slots=True)
class DateEvidence:
    """What the cells of a column say of the order of day and month, and in which years they are."""

    only: dict[str, set[tuple[str, int]]] = field(default_factory=dict)  # orders of which some cell leaves no other, and how such cells look
    years: set[int] = field(default_factory=set)
    full: int = 0  # cells with all four digits of the year

    def look(self, cell: str) -> None:
        """Learn from a cell."""
        if found := _YEAR_FIRST.match(cell):
            self.full += 1
            self.years.add(int(found[1]))
            return
        found = _NUMBERS.fullmatch(_without_word(cell))
        if not found:
            return
        first, second = int(found[1]), int(found[2])
        possible = {order for order, month, day in ((DMY, second, first), (MDY, first, second)) if 1 <= month <= 12 and 1 <= day <= 31}
        if len(possible) == 1:
            self.only.setdefault(possible.pop(), set()).add(_look(found))
        if len(found[3]) == 4:
            self.full += 1
            self.years.add(int(found[3]))

    def orders(self, look: tuple[str, int]) -> tuple[str, ...]:
        """The orders that the column still allows for a date that looks so: its sign, and the digits of its year."""
        proven = tuple(self.only)
        return proven if len(proven) == 1 and look in self.only[proven[0]] else (DMY, MDY)

    def readings(self, cell: str, kind: str) -> Iterator[Reading]:
        """The ways to read a cell as a date or a moment (`kind` is the field's type)."""
        if found := _WORDS.fullmatch(cell):
            yield from _written(int(found[1]), int(found[2]), int(found[3]), "date-words")
            return
        if (found := _YEAR_FIRST.fullmatch(cell)) and kind == "date":
            yield from _written(int(found[3]), int(found[2]), int(found[1]), "date-ymd")
            return
        found = _NUMBERS.fullmatch(_without_word(cell))
        if not found or (found[4] is not None) != (kind == "datetime"):
            return
        first, second = int(found[1]), int(found[2])
        orders = (DMY,) if _NAMED.fullmatch(cell) else self.orders(_look(found))
        for order in orders:
            day, month = (first, second) if order == DMY else (second, first)
            for year in self._years(found[3]):
                for reading in _written(day, month, year, order):
                    yield reading if kind == "date" else Reading(f"{reading.value}T{int(found[4]):02}:{found[5]}:{found[6] or '00'}", order)

    def _years(self, written: str) -> list[int]:
        if len(written) == 4:
            return [int(written)]
        both = [1900 + int(written), 2000 + int(written)]
        if self.full < 3:
            return both
        near = [year for year in both if min(self.years) - NEAR <= year <= max(self.years) + NEAR]
        return near or both


def _look(found: re.Match[str]) -> tuple[str, int]:
    return found.string[found.end(1):].strip()[0], len(found[3])


def _without_word(cell: str) -> str:
    named = _NAMED.fullmatch(cell)
    return named[1] if named else cell


def _written(day: int, month: int, year: int, rule: str) -> Iterator[Reading]:
    try:
        yield Reading(date(year, month, day).isoformat(), rule)
    except ValueError:
        return


def months(cell: str) -> Iterator[Reading]:
    """A cell as a month: `tháng 10/2023`, `10/2023`, `2023/10`; of a month that a program took for a decimal, a nought may be lost."""
    for number, year, rule in _months(cell):
        yield Reading(f"{year}-{number:02}", rule)


def months_as_text(cell: str) -> Iterator[Reading]:
    """A cell as a month, in every way that a schema's pattern may ask for it."""
    for number, year, rule in _months(cell):
        yield from (Reading(form.format(year=year, number=number), rule) for form in _MONTHS)


def _months(cell: str) -> Iterator[tuple[int, str, str]]:
    if (found := _MONTH.fullmatch(cell)) and 1 <= int(found[1]) <= 12:
        yield int(found[1]), found[2], "month"
    if found := _MONTH_LAST.fullmatch(cell):
        cut = "." in cell and len(found[2]) == 1
        yield from ((number, found[1], AS_NUMBER if cut else "month")
                    for number in ([int(found[2]), int(found[2]) * 10] if cut else [int(found[2])]) if 1 <= number <= 12)


def quarters(cell: str) -> Iterator[Reading]:
    """A cell as a quarter, in every way that a schema's pattern may ask for it."""
    if found := _QUARTER.fullmatch(cell):
        number = _ROMAN.get(found[1].lower()) or int(found[1])
        roman = next(name for name, value in _ROMAN.items() if value == number).upper()
        yield from (Reading(form.format(year=found[2], number=number, roman=roman), "quarter") for form in _QUARTERS)


def years(cell: str) -> Iterator[Reading]:
    """A cell as a year: `năm 2023`, `2023.0`."""
    if found := _YEAR.fullmatch(cell):
        yield Reading(found[1], "year")

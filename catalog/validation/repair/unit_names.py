"""Names of administrative units where the field wants their codes: which code a name had on the date of its row.

A name is known with or without its rank and signs, in any case, and without marks; never by likeness. A rank that the unit does not have is
another unit's: `thành phố Bắc Ninh` was a city inside a province. A name that one code goes with on the row's date is certain. One that does
not hold on that date is asked, with the unit that followed; one without a date is certain only if it has had the same code at all times.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from catalog.reading.vietnamese import folded
from catalog.validation.repair.proposals import Reading
from catalog.validation.repair.texts import same_word
from schemas import dated_codes
from schemas.dated_codes import Unit

Period = tuple[date, date]  # the first and the last day that a row may be of
NAME, FORMER, CURRENT, SUCCESSOR, LATER = "code-of-name", "code-former", "code-current", "code-successor", "code-later"
_SIGNS = re.compile("[^\\w\u0300\u0301\u0303\u0309\u0323]+|_+")  # all but letters, digits and tone marks
_BEFORE = {"Tỉnh": ("tỉnh",), "Thành phố": ("thành phố", "tp")}  # what may stand before a name, by rank


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What a name may be in codes, whether that has to be asked, and why, in both languages."""

    readings: tuple[Reading, ...]
    ask: bool = False
    because: Mapping[str, str] | None = None


class UnitNames:
    """The names of one list of codes by their spellings."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self._units = tuple(units)
        self._marked: dict[str, list[Unit]] = {}
        self._bare: dict[str, list[Unit]] = {}
        for unit in self._units:
            spellings = list(_spellings(unit))
            for index, key in ((self._marked, _marked), (self._bare, folded)):
                for spelling in dict.fromkeys(key(spelling) for spelling in spellings):
                    index.setdefault(spelling, []).append(unit)

    def codes(self, text: str, on: Period | None) -> Named | None:
        """The codes that a text may stand for in a row of this date; None where it is no name of the list."""
        marked, bare = _marked(text), folded(text)
        units, fits = self._marked.get(marked), True
        if units is None:
            units, fits = self._bare.get(bare), marked == bare
        if not units:
            return None
        first, last = ({unit.code for unit in units if unit.holds(day)} for day in on) if on else (set(), set())
        if on is None or first != last:
            return self._undated(units, fits)
        if first:
            return Named(readings=tuple(Reading(code, NAME) for code in sorted(first)), ask=not fits)
        return self._of_another_date(units, on[1])

    def _undated(self, units: list[Unit], fits: bool) -> Named:
        """A name in a row that nothing dates: the codes that units of this name, of whatever rank, have had, and the one that holds since."""
        steps: dict[str, Unit] = {}
        for unit in self._named_as(units):
            steps[unit.code] = unit
            since = self._following(unit, date.max)
            steps[since.code] = since
        if len(steps) == 1:
            return Named(readings=tuple(Reading(code, NAME) for code in steps), ask=not fits)
        *former, current = steps
        said = {lang: "; ".join(f"{unit.code} – {unit.full_name}" + (f" ({until} {_day(unit.last)})" if unit.last else "") for unit in steps.values())
                for lang, until in (("vi", "đến hết ngày"), ("en", "until"))}
        return Named(readings=(*(Reading(code, FORMER) for code in former), Reading(current, CURRENT)), ask=True, because={
            "vi": f"Tên “{units[0].name}” ứng với mã khác nhau tùy theo ngày của số liệu, mà ở đây không rõ ngày: {said['vi']}.",
            "en": f"The name “{units[0].name}” goes with different codes by the date of the data, which is not known here: {said['en']}."})

    def _of_another_date(self, units: list[Unit], on: date) -> Named:
        """A name that does not hold on a date: the unit that followed, or before it was there the one that had the name, or was to have it."""
        ended = [unit for unit in units if unit.last is not None and unit.last < on]
        if not ended:
            code = next((unit.code for unit in self._named_as(units) if unit.holds(on)), units[0].code)
            return Named(readings=(Reading(code, LATER),), ask=True, because={
                "vi": f"“{units[0].full_name}” chỉ có trong danh mục mã từ ngày {_day(units[0].first)}, sau ngày của dòng.",
                "en": f"“{units[0].full_name}” is in the list of codes from {_day(units[0].first)} only, after the date of the row."})
        before = ended[-1]
        after = self._following(before, on)
        return Named(readings=(Reading(after.code, SUCCESSOR),), ask=True, because={
            "vi": f"“{before.full_name}” chỉ có đến hết ngày {_day(before.last)}; vào ngày của dòng, đơn vị kế tiếp là {after.full_name}, mã {after.code}.",
            "en": f"“{before.full_name}” ended with {_day(before.last)}; on the date of the row its successor is {after.full_name}, code {after.code}."})

    def _named_as(self, units: list[Unit]) -> list[Unit]:
        """All units of the same names, of whatever rank, in the order of time."""
        names = {unit.name for unit in units}
        return [unit for unit in self._units if unit.name in names]

    def _following(self, unit: Unit, on: date) -> Unit:
        """The unit itself, or the one that it has become by a date."""
        while unit.last is not None and unit.last < on:
            unit = next(other for other in self._units if other.code in unit.successors and other.first > unit.last)
        return unit


@cache
def names_of(codes: str) -> UnitNames | None:
    """The names of a list; None where there is no such list."""
    return UnitNames(dated_codes.load(codes)) if codes in dated_codes.names() else None


def _spellings(unit: Unit) -> Iterator[str]:
    for name in (unit.name, *unit.also):
        yield name
        yield from (f"{rank} {name}" for rank in _BEFORE[unit.rank])


def _marked(text: str) -> str:
    """A text for comparing with its marks: small letters, the tone at the end of its syllable, signs as single blanks."""
    return _SIGNS.sub(" ", same_word(text)).strip()


def _day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""

"""Names of administrative units where the field wants their codes: which code a name had on the date of its row.

A name is known with or without its rank and signs, in any case, and without marks; never by likeness. A rank that the unit does not have is
another unit's: `thành phố Bắc Ninh` was a city inside a province. A name that one code goes with on the row's date is certain. One that does
not hold on that date is asked, with the unit that followed; one without a date is certain only if it has had the same code at all times.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from catalog.validation.repair.proposals import Reading
from catalog.validation.repair.spellings import Spellings
from schemas.dated_codes import Unit

Period = tuple[date, date]  # the first and the last day that a row may be of
Within = tuple[str, ...]  # the cells of a row that name what its unit lies in
NAME, FORMER, CURRENT, SUCCESSOR, LATER = "code-of-name", "code-former", "code-current", "code-successor", "code-later"


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
        self._spellings = Spellings(self._units)

    def codes(self, text: str, on: Period | None, within: Within = ()) -> Named | None:
        """The codes that a text may stand for in a row of this date; None where it is no name of the list. What it lies in tells nothing."""
        units, fits = self._spellings.find(text)
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
        said = {lang: "; ".join(f"{unit.code} – {unit.full_name}" + (f" ({until} {day_of(unit.last)})" if unit.last else "") for unit in steps.values())
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
                "vi": f"“{units[0].full_name}” chỉ có trong danh mục mã từ ngày {day_of(units[0].first)}, sau ngày của dòng.",
                "en": f"“{units[0].full_name}” is in the list of codes from {day_of(units[0].first)} only, after the date of the row."})
        before = ended[-1]
        after = self._following(before, on)
        return Named(readings=(Reading(after.code, SUCCESSOR),), ask=True, because={
            "vi": f"“{before.full_name}” chỉ có đến hết ngày {day_of(before.last)}; vào ngày của dòng, đơn vị kế tiếp là {after.full_name}, mã {after.code}.",
            "en": f"“{before.full_name}” ended with {day_of(before.last)}; on the date of the row its successor is {after.full_name}, code {after.code}."})

    def _named_as(self, units: list[Unit]) -> list[Unit]:
        """All units of the same names, of whatever rank, in the order of time."""
        names = {unit.name for unit in units}
        return [unit for unit in self._units if unit.name in names]

    def _following(self, unit: Unit, on: date) -> Unit:
        """The unit itself, or the one that it has become by a date."""
        while unit.last is not None and unit.last < on:
            unit = next(other for other in self._units if other.code in unit.successors and other.first > unit.last)
        return unit


def day_of(day: date | None) -> str:
    """A day as people write it: 30/06/2025."""
    return f"{day:%d/%m/%Y}" if day else ""

"""Names of communes and districts, which repeat: which code one had on the date of its row, in the district or province that the row names.

A name is certain where, of all units that may have stood in that place on that day, one alone has it, with its rank, and is proven for that
day; where the row names no place, it must be alone in the country and at all times, since old names live on in tables. All else is asked:
several of one name, a day on which the list proves nothing, a name without its rank that may be a district's, a unit that had ended, a row
without a date. A name that is only elsewhere, or only came later, or stands beside a place that nobody knows is a contradiction in the row; no
answer changes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache

from catalog.validation.repair.proposals import Reading
from catalog.validation.repair.spellings import Spellings, is_blank
from catalog.validation.repair.unit_names import (
    CURRENT,
    FORMER,
    NAME,
    SUCCESSOR,
    Named,
    Period,
    UnitNames,
    Within,
    day_of,
)
from schemas import dated_codes
from schemas.dated_codes import Unit

CONTRADICTED = "code-contradicted"  # of a row that says two things: one of its cells has to be mended, whatever is answered
IN = "code-in-"  # and the code of a province: of a name that is one unit's there
MOST = 6  # codes that one question names
_ALWAYS = (date.min, date.max)
_REMEMBERED = 50_000  # different texts whose units are kept


@dataclass(frozen=True, slots=True, kw_only=True)
class _Called:
    """The units that a text names, whether its marks leave no doubt of that, and whether it has no rank."""

    units: tuple[Unit, ...]
    fits: bool
    bare: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where a row says that its unit lies: one set of codes for each cell, and the cell that names no such place, if there is one."""

    codes: tuple[frozenset[str], ...]
    unknown: str = ""


class PlacedNames:
    """The names of one list by their spellings, with the lists of what its units lie in."""

    def __init__(self, units: Iterable[Unit], above: Sequence[Unit]) -> None:
        units = tuple(units)
        self._ranked, self._plain = Spellings(units, plain=False), Spellings(units, ranked=False)
        self._above, self._above_plain = Spellings(above), Spellings(above, ranked=False)
        self._above_codes = _by_code(above)
        self._own_codes = _by_code(units)
        self._parents = {unit.code: unit.parent for unit in above if unit.parent}
        self._called = lru_cache(_REMEMBERED)(self._look_up)
        self._places = lru_cache(_REMEMBERED)(self._find_places)

    def codes(self, text: str, on: Period | None, within: Within = ()) -> Named | None:
        """The codes that a text may stand for in a row of this date and place; None where it is no name of the list, or nothing is left to ask."""
        called = self._called(text)
        if not called.units:
            return None
        place = self._place(within, on or _ALWAYS)
        if on is None:
            return self._undated(called, place)
        there = [unit for unit in called.units if unit.may_hold(*on)]
        inside = [unit for unit in there if self._is_inside(unit, place)]
        if inside:
            return self._standing(text, called, inside, place, on)
        return self._ended(called, place, on) or (self._elsewhere(text, there, on) if there else self._later(called, on))

    def _look_up(self, text: str) -> _Called:
        ranked, fits = self._ranked.find(text)
        plain, plain_fits = self._plain.find(text)
        if ranked and fits and not plain_fits:
            plain = []
        return _Called(units=tuple(dict.fromkeys([*ranked, *plain])), fits=(fits or not ranked) and (plain_fits or not plain), bare=bool(plain))

    def _place(self, within: Within, on: Period) -> _Place:
        known, unknown = [], ""
        for cell in within:
            if is_blank(cell):
                continue
            codes = frozenset(unit.code for unit in self._places(cell) if unit.may_hold(*on))
            if codes:
                known.append(codes)
            else:
                unknown = unknown or cell
        return _Place(codes=tuple(known), unknown=unknown)

    def _find_places(self, cell: str) -> tuple[Unit, ...]:
        """The units above that a cell means, by code or by name."""
        named, fits = self._above.find(cell)
        return tuple(self._above_codes.get(cell, ())) or tuple(named if fits else ())

    def _is_inside(self, unit: Unit, place: _Place) -> bool:
        lies_in = {unit.parent, self._parents.get(unit.parent, "")}
        return all(codes & lies_in for codes in place.codes)

    def _standing(self, text: str, called: _Called, inside: list[Unit], place: _Place, on: Period) -> Named:
        """A name that units may have had on the day, in the place."""
        codes = sorted({unit.code for unit in inside})
        if place.unknown:
            return Named(readings=_readings(codes, CONTRADICTED), ask=True, because=_said(
                f"“{place.unknown}” không phải tên hay mã của tỉnh, huyện nào có vào ngày của dòng.",
                f"“{place.unknown}” is no name or code of a province or district on the date of the row."))
        if not place.codes and len({unit.code for unit in called.units}) > 1:
            because = self._several(text, len(codes)) if len(codes) > 1 else _said(
                f"“{text}” là tên của nhiều đơn vị vào những thời gian khác nhau; cần cột tỉnh, huyện để biết là đơn vị nào.",
                f"Several units have been called “{text}” at different times; columns of province and district would tell which is meant.")
            return Named(readings=self._by_province(text, called, inside, on) or _readings(codes, NAME), ask=True, because=because)
        doubt = self._several(text, len(codes)) if len(codes) > 1 else self._doubt(text, called, inside, on, placed=bool(place.codes))
        return Named(readings=_readings(codes, NAME), ask=doubt is not None or not called.fits, because=doubt)

    def _several(self, text: str, count: int) -> dict[str, str]:
        return _said(f"“{text}” có thể là một trong {count} đơn vị vào ngày của dòng; cần cột tỉnh, huyện để biết là đơn vị nào.",
                     f"“{text}” may be any of {count} units on the date of the row; columns of province and district would tell which is meant.")

    def _doubt(self, text: str, called: _Called, inside: list[Unit], on: Period, *, placed: bool) -> dict[str, str] | None:
        """Why the one code that is left for a name is not certain; None where nothing speaks against it."""
        if not any(unit.holds(on[0]) and unit.holds(on[1]) for unit in inside):
            return _said(f"Danh mục mã không biết chắc “{inside[0].full_name}” có vào ngày của dòng.",
                         f"The list of codes does not prove that “{inside[0].full_name}” stood on the date of the row.")
        if called.bare and (not placed or any(unit.may_hold(*on) for unit in self._above_plain.find(text)[0])):
            return _said(f"“{text}” không ghi cấp (xã, phường, thị trấn), có thể là đơn vị cấp khác.",
                         f"“{text}” does not say its rank (commune, ward, township); it may be a unit of another level.")
        return None

    def _by_province(self, text: str, called: _Called, units: list[Unit], on: Period) -> tuple[Reading, ...]:
        """What the name is in each province where it is certain once the province is said."""
        found: dict[str, list[Unit]] = {}
        for unit in units if called.fits else ():
            found.setdefault(self._parents.get(unit.parent, unit.parent), []).append(unit)
        return tuple(Reading(there[0].code, f"{IN}{province}") for province, there in sorted(found.items())
                     if len({unit.code for unit in there}) == 1 and self._doubt(text, called, there, on, placed=True) is None)

    def _elsewhere(self, text: str, there: list[Unit], on: Period) -> Named:
        """A name that is only outside of what the row says that it lies in: one of the cells is wrong."""
        codes = sorted({unit.code for unit in there})
        where = self._named_above(there[0], on) if len(codes) == 1 else ""
        return Named(readings=_readings(codes, CONTRADICTED), ask=True, because=_said(
            f"“{text}” không thuộc tỉnh, huyện ghi ở dòng này{where and f' mà thuộc {where}'}; hãy sửa ô tên hoặc ô tỉnh, huyện.",
            f"“{text}” does not lie in the province or district of this row{where and f' but in {where}'}; mend either cell."))

    def _named_above(self, unit: Unit, on: Period) -> str:
        """The names of the district and the province that a unit lies in."""
        names: list[str] = []
        code = unit.parent
        while code:
            names += [above.full_name for above in self._above_codes.get(code, ()) if above.may_hold(*on)][-1:]
            code = self._parents.get(code, "")
        return ", ".join(names)

    def _ended(self, called: _Called, place: _Place, on: Period) -> Named | None:
        """A name that had ended by the day, with what followed it."""
        before = [unit for unit in called.units if unit.latest is not None and unit.latest < on[0]]
        following = {unit: self._following(unit, on[0]) for unit in before}
        ended = [unit for unit in before if self._is_inside(unit, place) or any(self._is_inside(after, place) for after in following[unit])]
        after = {other.code: other for unit in ended for other in following[unit]}
        if len(after) == 1:
            [(code, other)], unit = after.items(), ended[-1]
            return Named(readings=(Reading(code, SUCCESSOR),), ask=True, because=_said(
                f"“{unit.full_name}” chỉ có đến hết ngày {day_of(unit.latest)}; vào ngày của dòng, đơn vị kế tiếp là {other.full_name}, mã {code}.",
                f"“{unit.full_name}” ended with {day_of(unit.latest)}; on the date of the row its successor is {other.full_name}, code {code}."))
        return Named(readings=_readings(sorted(after), SUCCESSOR), ask=True, because=_said(
            f"“{ended[-1].full_name}” chỉ có đến hết ngày {day_of(ended[-1].latest)}; có {len(after)} đơn vị kế tiếp.",
            f"“{ended[-1].full_name}” ended with {day_of(ended[-1].latest)}; {len(after)} units followed.")) if after else None

    def _later(self, called: _Called, on: Period) -> Named | None:
        """A name that came only after the day."""
        later = [unit for unit in called.units if unit.earliest > on[1]]
        return Named(readings=_readings(sorted({unit.code for unit in later}), CONTRADICTED), ask=True, because=_said(
            f"“{later[0].full_name}” chỉ có trong danh mục mã từ ngày {day_of(later[0].earliest)}, sau ngày của dòng.",
            f"“{later[0].full_name}” is in the list of codes from {day_of(later[0].earliest)} only, after the date of the row.")) if later else None

    def _undated(self, called: _Called, place: _Place) -> Named | None:
        """A name in a row that nothing dates: every code that it has had there, and those that hold since."""
        inside = [unit for unit in called.units if self._is_inside(unit, place)]
        former = {unit.code for unit in inside if unit.latest is not None}
        since = {after.code for unit in inside for after in self._following(unit, date.max)}
        if not inside:
            return None
        readings = _readings(sorted(former | since), NAME) if former == since or not former or not since else (
            *_readings(sorted(former), FORMER), *_readings(sorted(since), CURRENT))
        return Named(readings=readings, ask=True, because=_said(
            f"Mã của “{inside[0].full_name}” tùy theo ngày của số liệu, mà ở đây không rõ ngày.",
            f"The code of “{inside[0].full_name}” depends on the date of the data, which is not known here."))

    def _following(self, unit: Unit, on: date) -> list[Unit]:
        """The unit itself, or all that it has become by a date, as far as that is known."""
        found, steps = [], [unit]
        while steps:
            one = steps.pop()
            if one.latest is None or on <= one.latest:
                found.append(one)
                continue
            steps += [after for code in one.successors if (after := self._next(one, code)) is not None]
        return found

    def _next(self, unit: Unit, code: str) -> Unit | None:
        """The unit that had a successor's code on the day after another had ended."""
        day = (unit.latest or date.max) + timedelta(days=1)
        following = [other for other in self._own_codes.get(code, ()) if other.may_hold(day, day) and other is not unit]
        return min(following, key=lambda other: other.latest or date.max, default=None)


def _by_code(units: Iterable[Unit]) -> dict[str, list[Unit]]:
    found: dict[str, list[Unit]] = {}
    for unit in units:
        found.setdefault(unit.code, []).append(unit)
    return found


def _readings(codes: Sequence[str], rule: str) -> tuple[Reading, ...]:
    return tuple(Reading(code, rule) for code in codes[:MOST])


def _said(vi: str, en: str) -> dict[str, str]:
    return {"vi": vi, "en": en}


@cache
def names_of(codes: str) -> UnitNames | PlacedNames | None:
    """The names of a list; None where there is no such list."""
    if codes not in dated_codes.names():
        return None
    above = [unit for name in dated_codes.ABOVE.get(codes, ()) for unit in dated_codes.load(name)]
    return PlacedNames(dated_codes.load(codes), above) if above else UnitNames(dated_codes.load(codes))

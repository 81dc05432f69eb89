"""Official lists of codes that hold for a time: which unit had which name and code from when until when, and which unit followed it.

A list is a CSV file of `schemas/codes/` that a field names in its property `codes`. Each of its rows is one unit for as long as its name,
rank, code and parent held; the column `source` names the decision or resolution, `also` other spellings of the name and `successor` the codes
of what followed, both parted by `|`. A long list has a column `period` instead of days and source: a row of the file of its name in
`schemas/codes/periods/`, where `perhaps_from` and `perhaps_to` say on which further days the unit may have stood without proof.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "codes"
ABOVE = {"vn-commune": ("vn-district", "vn-province"), "vn-district": ("vn-province",)}  # the lists in which a list's units have their parents


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One unit of a list: valid from `first` to `last`, both included, and for good where `last` is None; `successors` are the codes of what followed.

    From `earliest` to `latest` it may have stood: what is not known to the day. `first` is `date.max` where no day is proven. `parent` is the
    code of the district or province that it lies in, where the list says so.
    """

    code: str
    rank: str
    name: str
    also: tuple[str, ...]
    parent: str
    first: date
    last: date | None
    earliest: date
    latest: date | None
    successors: tuple[str, ...]
    source: str

    def holds(self, on: date) -> bool:
        return self.first <= on and (self.last is None or on <= self.last)

    def may_hold(self, first: date, last: date) -> bool:
        """Whether it may have stood on any of these days."""
        return self.earliest <= last and (self.latest is None or first <= self.latest)

    @property
    def full_name(self) -> str:
        return f"{self.rank} {self.name}"


def names() -> list[str]:
    """The names of all lists, sorted."""
    return sorted(path.stem for path in FOLDER.glob("*.csv"))


@cache
def load(name: str) -> tuple[Unit, ...]:
    """The units of a list in the order of time; KeyError where there is no such list."""
    if name not in names():
        raise KeyError(name)
    own = FOLDER / "periods" / f"{name}.csv"
    periods = {row["period"]: _Period.of(row) for row in _rows(own)} if own.exists() else {}
    units = (_unit(row, periods[row["period"]] if "period" in row else _Period.of(row)) for row in _rows(FOLDER / f"{name}.csv"))
    return tuple(sorted(units, key=lambda unit: (unit.earliest, unit.code)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Period:
    first: date
    last: date | None
    earliest: date
    latest: date | None
    source: str

    @classmethod
    def of(cls, row: Mapping[str, str]) -> _Period:
        first, last, earliest, latest = (date.fromisoformat(text) if (text := row.get(column, "")) else None
                                         for column in ("valid_from", "valid_to", "perhaps_from", "perhaps_to"))
        proven = first or date.max
        return cls(first=proven, last=last if first else latest, earliest=earliest or proven, latest=latest or last, source=row["source"])


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _unit(row: Mapping[str, str], period: _Period) -> Unit:
    return Unit(code=row["code"], rank=row["rank"], name=row["name"], also=_parted(row["also"]), parent=row.get("parent", ""),
                first=period.first, last=period.last, earliest=period.earliest, latest=period.latest, successors=_parted(row["successor"]),
                source=period.source)


def _parted(text: str) -> tuple[str, ...]:
    return tuple(text.split("|")) if text else ()

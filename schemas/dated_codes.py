"""Official lists of codes that hold for a time: which unit had which name and code from when until when, and which unit followed it.

A list is a CSV file of `schemas/codes/` that a field names in its property `codes`. Each of its rows is one unit for as long as its name,
rank and code held; the column `source` names the decision or resolution, `also` other spellings of the name, parted by `|`.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "codes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One unit of a list: valid from `first` to `last`, both included, and for good where `last` is None; `successor` is the code of the next one."""

    code: str
    rank: str
    name: str
    also: tuple[str, ...]
    first: date
    last: date | None
    successor: str
    source: str

    def holds(self, on: date) -> bool:
        return self.first <= on and (self.last is None or on <= self.last)

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
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        units = [_unit(row) for row in csv.DictReader(file)]
    return tuple(sorted(units, key=lambda unit: (unit.first, unit.code)))


def _unit(row: dict[str, str]) -> Unit:
    return Unit(code=row["code"], rank=row["rank"], name=row["name"], also=tuple(filter(None, row["also"].split("|"))),
                first=date.fromisoformat(row["valid_from"]), last=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
                successor=row["successor"], source=row["source"])

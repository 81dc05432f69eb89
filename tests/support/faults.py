"""Puts faults into good cells as people do: one way of writing for a column, or one for each cell; says what was meant."""

from __future__ import annotations

import random
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from catalog.reading.vietnamese import folded
from catalog.validation.repair import Column

Fault = Callable[[str], str | None]
_THOUSANDS = re.compile(r"(?<=\d)(?=(?:\d{3})+$)")


def grouped(group: str, decimal: str) -> Fault:
    """A number with thousands parted by one sign and decimals by another."""
    def write(value: str) -> str:
        whole, _, rest = value.lstrip("-").partition(".")
        return ("-" if value.startswith("-") else "") + _THOUSANDS.sub(group, whole) + (decimal + rest if rest else "")
    return write


def dated(form: str) -> Fault:
    """A day in another form: `{d} {dd} {m} {mm} {y} {yy}`."""
    def write(value: str) -> str:
        day = date.fromisoformat(value)
        return form.format(d=day.day, dd=f"{day.day:02}", m=day.month, mm=f"{day.month:02}", y=day.year, yy=f"{day.year % 100:02}")
    return write


def without_marks(value: str) -> str:
    parts = unicodedata.normalize("NFD", value.replace("đ", "d").replace("Đ", "D"))
    return "".join(sign for sign in parts if not unicodedata.combining(sign))


def in_brackets(value: str) -> str | None:
    return f"({value[1:]})" if value.startswith("-") else None


WHOLE: Mapping[str, Fault] = {
    "points": grouped(".", ","), "commas": grouped(",", "."), "spaces": grouped(" ", ","), ".0": lambda v: v + ".0", ",0": lambda v: v + ",0",
    "brackets": in_brackets, "minus": lambda v: v.replace("-", "−")}
FAULTS: Mapping[str, Mapping[str, Fault]] = {
    "integer": WHOLE,
    "number": {"points": grouped(".", ","), "commas": grouped(",", "."), "spaces": grouped(" ", ","), "decimal comma": lambda v: v.replace(".", ","),
               "brackets": in_brackets, "minus": lambda v: v.replace("-", "−")},
    "date": {"dd/mm/yyyy": dated("{dd}/{mm}/{y}"), "d/m/yyyy": dated("{d}/{m}/{y}"), "dd-mm-yyyy": dated("{dd}-{mm}-{y}"), "d.m.yyyy": dated("{d}.{m}.{y}"),
             "words": dated("ngày {d} tháng {m} năm {y}"), "ngày": dated("ngày {d}/{m}/{y}"), "d/m/yy": dated("{d}/{m}/{yy}"), "yyyy/m/d": dated("{y}/{m}/{d}")},
    "boolean": {"words": lambda v: "Có" if v == "true" else "Không"},
    "yearmonth": {"tháng": lambda v: f"tháng {int(v[5:])}/{v[:4]}", "mm/yyyy": lambda v: f"{v[5:]}/{v[:4]}"},
    "year": {"năm": lambda v: f"năm {v}", ".0": lambda v: f"{v}.0"},
    "enum": {"small": str.lower, "capitals": str.upper, "apart": lambda v: unicodedata.normalize("NFD", v), "blanks": lambda v: f"  {v} ",
             "without marks": without_marks, "double blanks": lambda v: v.replace(" ", "  ")},
    "string": {"small": str.lower, "blanks": lambda v: f"{v}\u00a0", ".0": lambda v: f"{v}.0" if v.isdigit() else None,
               "blanks at hyphens": lambda v: v.replace("-", " - "), "hyphens lost": lambda v: v.replace("-", " "), "first sign lost": lambda v: v[1:],
               "zeros lost": lambda v: v.lstrip("0")}}
NOT_REPAIRABLE = {"hyphens lost", "first sign lost", "zeros lost"}  # nothing in the cell or the column says what was there


@dataclass(slots=True)
class Tally:
    """What became of the faults, by type and fault; `wrong` are certain proposals that are not what was meant."""

    outcomes: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    wrong: list[dict[str, Any]] = field(default_factory=list)
    faults: int = 0

    def share_certain(self) -> float:
        """Of the faults that the column proves a reading of, or that have only one: the share with a certain proposal."""
        certain = sum(n for (_, _, what), n in self.outcomes.items() if what == "certain")
        asked = sum(n for (_, fault, what), n in self.outcomes.items() if what in ("asked", "nothing") and fault not in NOT_REPAIRABLE)
        return certain / max(1, certain + asked)


def kind_of(entry: Mapping[str, Any]) -> str:
    return "enum" if "enum" in entry.get("constraints", {}) and entry.get("type") == "string" else entry.get("type", "string")


def good_values(entry: Mapping[str, Any], count: int, chance: random.Random) -> list[str]:
    """Values that an office may have in such a column, as the schema wants them; none for free text."""
    constraints, kind = entry.get("constraints", {}), kind_of(entry)
    if kind in ("integer", "number"):
        low, high = float(constraints.get("minimum", -10**6)), float(constraints.get("maximum", 10**9))
        digits, places = chance.randint(1, 8), chance.choice(("0.1", "0.01", "0.001", "1"))
        drawn = [min(high, low + chance.uniform(0, 10**digits)) for _ in range(count)]
        return [str(int(v)) if kind == "integer" else format(Decimal(v).quantize(Decimal(places)), "f") for v in drawn]
    if kind == "date":
        first, span = date(chance.choice((1995, 2010, 2019)), 1, 1), chance.choice((300, 3000))
        return [(first + timedelta(days=chance.randint(0, span))).isoformat() for _ in range(count)]
    if kind == "string":
        example = str(entry.get("example") or "") if "pattern" in constraints else ""
        return [re.sub(r"\d", lambda _: str(chance.randint(0, 9)), example) for _ in range(count)] if example else []
    drawn_by: dict[str, Callable[[], str]] = {
        "enum": lambda: str(chance.choice(constraints["enum"])), "boolean": lambda: chance.choice(("true", "false")),
        "yearmonth": lambda: f"{chance.randint(2010, 2024)}-{chance.randint(1, 12):02}", "year": lambda: str(chance.randint(2000, 2024))}
    return [drawn_by[kind]() for _ in range(count)] if kind in drawn_by else []


def inject(entries: Sequence[Mapping[str, Any]], count: int, seed: int) -> Tally:
    """Make columns of these fields, put `count` faults into them, and see what is proposed."""
    chance, tally = random.Random(seed), Tally()
    while tally.faults < count:
        entry = chance.choice(entries)
        column = Column(entry)
        meant = [value for value in good_values(entry, chance.choice((5, 30, 120)), chance) if column.is_valid(value)]
        if meant:
            _judge(column, kind_of(entry), list(_written(meant, FAULTS[kind_of(entry)], chance)), tally)
    return tally


def _written(meant: Sequence[str], faults: Mapping[str, Fault], chance: random.Random) -> Iterator[tuple[str, str, str | None]]:
    """What was meant, what stands in the cell, and by which fault (None for a good cell)."""
    usual, share, mixed = chance.choice(sorted(faults)), chance.choice((0.05, 0.5, 1.0)), chance.random() < 0.2
    for value in meant:
        name = chance.choice(sorted(faults)) if mixed else usual
        written = faults[name](value) if chance.random() < share else None
        yield (value, written, name) if written is not None and written not in (value, "") else (value, value, None)


def _judge(column: Column, kind: str, cells: Sequence[tuple[str, str, str | None]], tally: Tally) -> None:
    for _, written, _ in cells:
        column.look(written)
    for value, written, fault in cells:
        proposal = column.proposal(written)
        if proposal is not None and proposal.certain and not same(kind, proposal.after or "", value):
            tally.wrong.append({"kind": kind, "fault": fault, "meant": value, "written": written, "proposed": proposal.after, "rule": proposal.rule})
        if fault is not None:
            tally.faults += 1
            fine = proposal is None and column.is_valid(written)  # frictionless takes it as it stands
            what = "certain" if proposal and proposal.certain else "asked" if proposal else "fine" if fine else "nothing"
            tally.outcomes[kind, fault, what] += 1


def same(kind: str, proposed: str, meant: str) -> bool:
    if kind in ("number", "integer") and proposed and meant:
        return Decimal(proposed) == Decimal(meant)
    return proposed == meant or (kind == "enum" and folded(proposed) == folded(meant) and proposed.casefold() == meant.casefold())

"""The date of a row, from the column that the schema names for it: what a code on that row has to hold on."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from catalog.validation.repair.column import MOMENTS, Column
from catalog.validation.repair.unit_names import Period

DATED = (*MOMENTS, "yearmonth", "year")  # the types that a field of dates may have
REMEMBERED = 50_000  # different cells whose dates are kept


@dataclass(slots=True)
class RowDate:
    """The column, by its number from 0, that dates the rows; it has looked at all its cells."""

    number: int
    column: Column
    known: dict[str, Period | None] = field(default_factory=dict)

    def period(self, row: Sequence[Any]) -> Period | None:
        """The first and the last day that the row may be of; None where its cell is blank, or not certain."""
        cell = row[self.number] if self.number < len(row) else None
        if not isinstance(cell, str):
            return _period(cell, self.column.kind)
        if cell not in self.known:
            if len(self.known) >= REMEMBERED:
                self.known.clear()
            self.known[cell] = self._read(cell)
        return self.known[cell]

    def _read(self, cell: str) -> Period | None:
        proposal = self.column.proposal(cell)
        text = cell if proposal is None else proposal.after
        return _period(self.column.read(text), self.column.kind) if text is not None else None


def dating(entry: Mapping[str, Any], fields: Mapping[str, Mapping[str, Any]]) -> str:
    """The name of the field that dates the codes of another; "" where none does."""
    name = entry.get("valid_on") if "codes" in entry else None
    return name if isinstance(name, str) and fields.get(name, {}).get("type") in DATED else ""


def _period(value: Any, kind: str) -> Period | None:
    """The days of a date, a moment, a month (year, month) or a year, as frictionless and workbooks have them."""
    match value:
        case datetime():
            return value.date(), value.date()
        case date():
            return value, value
        case int() if kind == "year" and 1 <= value <= 9999:
            return date(value, 1, 1), date(value, 12, 31)
        case (int(year), int(month)) if kind == "yearmonth" and 1 <= year <= 9999 and 1 <= month <= 12:
            return date(year, month, 1), date(year, month, monthrange(year, month)[1])
    return None

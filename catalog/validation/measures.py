"""In which unit each column of a table counts, as its heading or the unit line above says, and whether the schema wants another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice

from catalog.issues import Issue, Place
from catalog.reading.grid import letter
from catalog.reading.sheet_rows import row_of
from catalog.validation.layout import Layout
from schemas.units import factor, known, unit_of

NUMBERS = ("number", "integer")
LOOKED_AT = 50  # rows above a header among which the unit line is


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One column, by its number from 0: the unit of the file, the one of the schema ("" where it says none), and by what a value is multiplied.

    `times` is None where nothing is known of that, 1 where both are the same.
    """

    column: int
    label: str
    unit: str
    wanted: str = ""
    times: Decimal | None = None

    @property
    def differs(self) -> bool:
        """Whether each value would have to be multiplied to be in the unit of the schema."""
        return self.times is not None and self.times != 1


def unit_line(layout: Layout) -> str:
    """What a line such as `Đơn vị tính: triệu đồng` above the header says; the last one where there are several, "" where there is none."""
    first = layout.header_first or layout.header_row
    above = islice(layout.unlabelled(), max(first - 1 - LOOKED_AT, 0), first - 1)
    units = [row.unit for row in (row_of(1, cells) for cells in above) if row.unit]
    return units[-1].strip(" ()[].;") if units else ""


def measures(layout: Layout) -> tuple[Measure, ...]:
    """Every column of which a unit is known: by its heading, else by the unit line where that measures what the schema's field does."""
    line = unit_line(layout)
    return tuple(_measures(layout, line))


def _measures(layout: Layout, line: str) -> Iterator[Measure]:
    for number, label in enumerate(layout.labels):
        entry = layout.entry(layout.field_name(label)) if label in layout.known else {}
        wanted = str(entry.get("unit") or "")
        own = next((unit for part in reversed(label.split(" / ")) if (unit := unit_of(part))), None)
        unit = own or (known(line) if wanted and entry.get("type") in NUMBERS and factor(line, wanted) is not None else None)
        if unit is not None:
            yield Measure(column=number, label=label, unit=unit, wanted=wanted, times=factor(unit, wanted) if wanted else None)


def to_be_said(layout: Layout, found: tuple[Measure, ...], filename: str, rows: int | None) -> list[Issue]:
    """An issue for each column whose unit is not the schema's: one that can be converted exactly, or a question."""
    issues = []
    for measure in found:
        if not measure.wanted or measure.times == 1:
            continue
        name = layout.field_name(measure.label)
        entry = layout.entry(name)
        place = Place(file=filename, sheet=layout.grid.sheet, row=layout.header_row, column=letter(measure.column + 1), field=name)
        facts = {"title": measure.label, "title_en": str((entry.get("titles") or {}).get("en", "")) or measure.label, "unit": measure.unit, "wanted": measure.wanted}
        if measure.times is None:
            issues.append(Issue("unit-unclear", place, facts))
        else:
            issues.append(Issue("unit-differs", place, {**facts, "times": f"{measure.times:f}", "count": rows or 0}))
    return issues

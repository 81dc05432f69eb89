"""Where the errors of a report are: the causes of each cell, by row and column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from catalog.validation import engine
from catalog.validation.causes import Causes
from catalog.validation.faulty import Faulty

MOST_MARKS = 100_000

Cells = Mapping[int | None, list[int]]  # by column from 0 (None is the row as a whole): the numbers of causes


@dataclass(frozen=True, slots=True)
class Marks:
    """What is wrong in cells, by row (from 1); `cut` says there was more."""

    rows: Mapping[int, Cells]
    cut: bool


def marks_of(faulty: Faulty, most: int = MOST_MARKS) -> Marks:
    """The first `most` errors of the report at their cells."""
    grouped = Causes(faulty.layout)
    numbers = {cause.key: number for number, (cause, _) in enumerate(faulty.causes)}
    rows: dict[int, dict[int | None, list[int]]] = {}
    for count, error in enumerate(engine.all_errors(faulty.report)):
        if count == most:
            return Marks(rows, cut=True)
        field = error.get("fieldNumber")
        row = error.get("rowNumber") or (faulty.layout.header_row if field else None)
        number = numbers.get(grouped.key_of(error))
        if row is not None and number is not None:
            known = rows.setdefault(row, {}).setdefault(field - 1 if field else None, [])
            known += [] if number in known else [number]
    return Marks(rows, cut=engine.is_partial(faulty.report))

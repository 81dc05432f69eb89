"""The cell that the words of a cause show, and what is to be written there: by the rules of the repair, so that both say the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalog.validation.causes import Cause
from catalog.validation.repair.column import Column

FORMS = frozenset({"date-format", "decimal-comma", "number-grouping"})  # causes whose words name what is to be written
LOOKED_AT = 50  # cells of a cause among which one with a single reading is sought
CHOICES = " | "


def example_of(cause: Cause, entry: Mapping[str, Any]) -> tuple[str, str]:
    """A cell of a cause and what is to be written there: its one reading, or else all of those of the first cell; "" where nobody can say.

    A cell is looked at alone and without the field's constraints, since only how it is written is meant.
    """
    first = cause.examples[0] if cause.examples else ""
    if cause.code not in FORMS:
        return first, ""
    form = {key: value for key, value in entry.items() if key != "constraints"}
    for cell in cause.examples[:LOOKED_AT]:
        found = _alone(form, cell)
        if found is not None and found.after:
            return cell, found.after
    found = _alone(form, first)
    return first, CHOICES.join(dict.fromkeys(reading.value for reading in found.readings)) if found else "…"


def _alone(entry: Mapping[str, Any], cell: str) -> Any:
    column = Column(entry)
    column.look(cell)
    return column.proposal(cell)

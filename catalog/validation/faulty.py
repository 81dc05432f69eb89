"""A table that did not pass, as it was read: what the repair of its cells starts from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from catalog.issues import Issue
from catalog.reading import Reading
from catalog.reading.grid import Grid
from catalog.validation.causes import Cause
from catalog.validation.layout import Layout
from catalog.validation.measures import Measure


@dataclass(frozen=True, slots=True, kw_only=True)
class Faulty:
    """The table's layout and reading (whose copies live as long as this), the report, the causes with their issues, and in which units it counts."""

    layout: Layout
    reading: Reading
    report: Mapping[str, Any]
    causes: tuple[tuple[Cause, Issue], ...]
    measures: tuple[Measure, ...] = ()

    @property
    def grid(self) -> Grid:
        """The sheet of the table as it stands in the file."""
        return next(grid for grid in self.reading.grids if grid.sheet == self.layout.grid.sheet)

"""What a row's unit lies in, from the columns that the schema names for it: a name of a commune tells nothing without its district."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catalog.validation.repair.proposals import plain
from catalog.validation.repair.unit_names import Within


@dataclass(frozen=True, slots=True)
class RowPlaces:
    """The columns, by their numbers from 0, that name provinces and districts by code or name."""

    numbers: tuple[int, ...]

    def texts(self, row: Sequence[Any]) -> Within:
        """What the row has in them, "" for a cell without anything."""
        return tuple("" if number >= len(row) or row[number] is None else plain(str(row[number])) for number in self.numbers)


def enclosing(entry: Mapping[str, Any], fields: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The names of the fields that tell what the codes of another lie in; none where it says none."""
    named = entry.get("within") if "codes" in entry else None
    return [name for name in named if isinstance(name, str) and name in fields] if isinstance(named, list) else []

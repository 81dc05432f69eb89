"""Values that may not be repeated: the primary key and unique fields, as they would be after a repair."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from catalog.validation.layout import Layout
from catalog.validation.repair.column import Column
from catalog.validation.repair.proposals import Proposal

MOST_KEYS = 2_000_000  # different values that are kept, as hashes; what would be repeated among more is not known


@dataclass(slots=True)
class Key:
    """The columns of one key by their numbers from 0, and how many rows have, or would have, each of its values."""

    columns: Mapping[int, Column]
    seen: Counter[int] = field(default_factory=Counter)

    def look(self, row: Sequence[Any], proposals: Mapping[int, Proposal]) -> None:
        """Learn from a row: its value as it stands, and as it would be."""
        if len(self.seen) < MOST_KEYS:
            self.seen.update({self._value(row, {}), self._value(row, proposals)})

    def checked(self, row: Sequence[Any], proposals: dict[int, Proposal]) -> dict[int, Proposal]:
        """The proposals for a row, where they would repeat a value of another row only to be asked about."""
        certain = [number for number in self.columns if number in proposals and proposals[number].certain]
        if not certain or (len(self.seen) < MOST_KEYS and self.seen[self._value(row, proposals)] == 1):
            return proposals
        return proposals | {number: replace(proposals[number], after=None, repeats=True) for number in certain}

    def _value(self, row: Sequence[Any], proposals: Mapping[int, Proposal]) -> int:
        """What frictionless compares: the values of the fields, or the text of a cell that is none."""
        texts = ((number, column, row[number] if number < len(row) else "") for number, column in self.columns.items())
        afters = ((column, proposals[number].after if number in proposals and proposals[number].after is not None else text)
                  for number, column, text in texts)
        return hash(tuple(column.value(text) if isinstance(text, str) else str(text) for column, text in afters))


def keys_of(layout: Layout, repaired: Mapping[int, Column]) -> list[Key]:
    """The keys that a repair of these columns, by their numbers, could repeat."""
    descriptor = layout.schema.descriptor if layout.schema else {}
    entries = {entry["name"]: entry for entry in descriptor.get("fields", [])}
    places = {layout.field_name(label): number for number, label in reversed(list(enumerate(layout.labels)))}
    primary = descriptor.get("primaryKey") or []
    wanted = [[primary] if isinstance(primary, str) else list(primary)]
    wanted += [[name] for name, entry in entries.items() if (entry.get("constraints") or {}).get("unique")]
    missing = tuple(descriptor.get("missingValues", [""]))
    found = []
    for names in wanted:
        numbers = {places[name]: name for name in names if name in places and name in entries}
        if numbers.keys() & repaired.keys():
            found.append(Key({number: repaired.get(number) or Column(entries[name], missing) for number, name in numbers.items()}))
    return found

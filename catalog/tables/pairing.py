"""Which column of a newer table is which of an older one: by name, else by its label or by the cells that it holds, where that leaves no doubt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from catalog.tables.columns import Served

MAX_PAIRS = 400  # columns of the older table times those of the newer one that are looked into for the same cells
_NUMBERS = frozenset({"int2", "int4", "int8", "float4", "float8", "numeric"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One column in both tables: its place in the older and the newer one."""

    old: int
    new: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The columns of two tables side by side; `pairs` in the order of the newer one."""

    old: tuple[Served, ...]
    new: tuple[Served, ...]
    pairs: tuple[Pair, ...]

    @property
    def added(self) -> list[Served]:
        paired = {pair.new for pair in self.pairs}
        return [column for place, column in enumerate(self.new) if place not in paired]

    @property
    def removed(self) -> list[Served]:
        paired = {pair.old for pair in self.pairs}
        return [column for place, column in enumerate(self.old) if place not in paired]

    @property
    def renamed(self) -> list[tuple[Served, Served]]:
        return [(old, new) for old, new in self._both() if old.name != new.name]

    @property
    def retyped(self) -> list[tuple[Served, Served]]:
        return [(old, new) for old, new in self._both() if old.kind != new.kind]

    def _both(self) -> list[tuple[Served, Served]]:
        return [(self.old[pair.old], self.new[pair.new]) for pair in self.pairs]

    def free(self) -> list[Pair]:
        """The pairs of columns without a partner that could be one under two names; none where there are too many to look into."""
        old = [place for place in range(len(self.old)) if place not in {pair.old for pair in self.pairs}]
        new = [place for place in range(len(self.new)) if place not in {pair.new for pair in self.pairs}]
        found = [Pair(old=a, new=b) for a in old for b in new if self.old[a].kind == self.new[b].kind]
        return found if len(found) <= MAX_PAIRS else []

    def with_certain(self, candidates: Iterable[Pair]) -> Columns:
        """With those candidates that stand against no other one."""
        listed = list(candidates)
        certain = [pair for pair in listed if sum(other.old == pair.old or other.new == pair.new for other in listed) == 1]
        return Columns(old=self.old, new=self.new, pairs=tuple(sorted([*self.pairs, *certain], key=lambda pair: pair.new)))


def paired(old: Sequence[Served], new: Sequence[Served]) -> Columns:
    """The columns that have the same name, then those that have the same label and are without a partner."""
    by_name = {column.name: place for place, column in enumerate(old)}
    named = Columns(old=tuple(old), new=tuple(new), pairs=tuple(Pair(old=by_name[column.name], new=place) for place, column in enumerate(new) if column.name in by_name))
    return named.with_certain(pair for pair in named.free() if old[pair.old].title and old[pair.old].title == new[pair.new].title)


def comparable(columns: Columns, pair: Pair, left: str, right: str) -> tuple[str, str]:
    """SQL for both cells of a pair as they can be compared: as they are where the types allow it, else as text."""
    kinds = columns.old[pair.old].kind, columns.new[pair.new].kind
    if kinds[0] == kinds[1] or set(kinds) <= _NUMBERS:
        return left, right
    return f"CAST({left} AS VARCHAR)", f"CAST({right} AS VARCHAR)"

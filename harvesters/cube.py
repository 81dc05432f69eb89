"""A statistical cube made into a tidy table: one row a cell, one column (or more) a dimension, then `value` and `status`.

A dimension gives a column of codes under its own name; beside it stand `NAME_label` where a label differs from its code,
`NAME_unit` where its categories have units, and `NAME_parent` where they are a hierarchy. `value` is empty where the
source has no number, and `status` then says why in the source's own sign. The columns `value` and `status` are always there.
Rows are in the cube's order: the last dimension changes first. They are made one by one, so that only the
source's own answer is ever in memory.
"""

from __future__ import annotations

import csv
import math
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, chain, product
from operator import mul
from pathlib import Path
from typing import Any

from catalog.errors import Trouble
from catalog.issues import Issue, Place

HEED_EVERY = 10_000  # rows
CELLS = 20_000_000  # of one table; about what a file of 1 GiB holds
MEDIA_TYPE = "text/csv"

Row = list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimension:
    """One dimension: its name, its codes in their order, and by suffix (label, unit, parent) the texts beside each code."""

    name: str
    codes: tuple[str, ...]
    label: str = ""
    beside: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def columns(self) -> list[str]:
        return [self.name, *(f"{self.name}_{suffix}" for suffix in self.beside)]

    def entries(self) -> list[tuple[str, ...]]:
        """What stands in this dimension's columns, code by code."""
        return list(zip(*([_tidy(text) for text in texts] for texts in (self.codes, *self.beside.values())), strict=True))


def labelled(labels: Sequence[str], codes: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The column of labels, where they say more than the codes."""
    return {"label": tuple(labels)} if any(label != code for label, code in zip(labels, codes, strict=True)) else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cube:
    """Dimensions and cells as JSON gives them: a list with every cell, or an object with those that the source has.

    `statuses` is such a list or object too, or one sign for all cells. A list makes a row of every cell, an object of
    those that it names (or that have a status), since the source left the others out.
    """

    dimensions: tuple[Dimension, ...]
    values: Sequence[Any] | Mapping[str, Any]
    statuses: Sequence[Any] | Mapping[str, Any] | str | None = None
    place: Place = Place()

    def rows(self) -> Iterator[Row]:
        """The cells as rows; Trouble `cube-size`, `cube-value-odd` where they are not what the dimensions say."""
        self.require_size()
        if not isinstance(self.values, Mapping):
            yield from dense_rows(self.dimensions, map(self.cell, range(len(self.values))), self.place)
            return
        entries = [dimension.entries() for dimension in self.dimensions]
        named = {*self.values, *(self.statuses if isinstance(self.statuses, Mapping) else ())}
        for position in sorted(map(int, named)):
            yield [*chain.from_iterable(at(entries, position)), *self.cell(position)]

    def require_size(self) -> None:
        """Trouble unless there are as many cells as the dimensions say, each at a place that exists."""
        size = size_of(self.dimensions)
        for cells in (self.values, self.statuses):
            if isinstance(cells, Mapping):
                if any(not _is_position(key, size) for key in cells):
                    raise Trouble(Issue("cube-position", self.place, {"size": size}))
            elif cells is not None and not isinstance(cells, str) and len(cells) != size:
                raise Trouble(Issue("cube-size", self.place, {"expected": size, "found": len(cells)}))

    def cell(self, position: int) -> tuple[str, str]:
        """Value and status at a position, as text."""
        value = self.values.get(str(position)) if isinstance(self.values, Mapping) else self.values[position]
        statuses = self.statuses
        status = (statuses or "") if statuses is None or isinstance(statuses, str) else (
            statuses.get(str(position)) if isinstance(statuses, Mapping) else statuses[position])
        if isinstance(value, bool | list | Mapping) or isinstance(status, list | Mapping):
            raise Trouble(Issue("cube-value-odd", self.place, {"position": position + 1}))
        return "" if value is None else str(value), "" if status is None else str(status)

    def rows_of(self, wanted: Sequence[Dimension]) -> Iterator[Row]:
        """The cells of these dimensions and codes in their order, whatever the order of this cube.

        Every dimension of the cube must be among the wanted ones, and every wanted code in the cube (KeyError otherwise).
        """
        self.require_size()
        strides = dict(zip((d.name for d in self.dimensions), _strides(self.dimensions), strict=True))
        positions = {d.name: {code: n for n, code in enumerate(d.codes)} for d in self.dimensions}
        steps = [[strides[d.name] * positions[d.name][code] for code in d.codes] for d in wanted]
        return dense_rows(wanted, (self.cell(sum(step)) for step in product(*steps)), self.place)


def size_of(dimensions: Sequence[Dimension]) -> int:
    """How many cells a cube has."""
    return math.prod(len(dimension.codes) for dimension in dimensions)


def header(dimensions: Sequence[Dimension]) -> Row:
    """The names of the columns, each once (a second one of the same name is `NAME_2`), at last `value` and `status`."""
    return [*unique_names([name for dimension in dimensions for name in dimension.columns]), "value", "status"]


def unique_names(names: Iterable[str]) -> list[str]:
    """Column names that tell columns apart, also where upper and lower case are the same, and from `value` and `status`."""
    taken, found = {"value", "status"}, []
    for number, name in enumerate(names, start=1):
        plain = name = _tidy(name) or f"column_{number}"
        copy = 1
        while name.lower() in taken:
            copy += 1
            name = f"{plain}_{copy}"
        taken.add(name.lower())
        found.append(name)
    return found


def dense_rows(dimensions: Sequence[Dimension], cells: Iterable[tuple[str, str]], place: Place) -> Iterator[Row]:
    """Rows of cells that come one after the other; Trouble `cube-size` when they are fewer or more than the dimensions say."""
    cells, found = iter(cells), 0
    for entry in product(*(dimension.entries() for dimension in dimensions)):
        cell = next(cells, None)
        if cell is None:
            raise Trouble(Issue("cube-size", place, {"expected": size_of(dimensions), "found": found}))
        found += 1
        yield [*chain.from_iterable(entry), *cell]
    if surplus := sum(1 for _ in cells):
        raise Trouble(Issue("cube-size", place, {"expected": found, "found": found + surplus}))


def at(entries: Sequence[Sequence[tuple[str, ...]]], position: int) -> list[tuple[str, ...]]:
    """What stands in the dimensions' columns for the cell at a position."""
    found = []
    for texts in reversed(entries):
        position, index = divmod(position, len(texts))
        found.append(texts[index])
    return found[::-1]


def write_table(target: Path, columns: Sequence[str], rows: Iterable[Row], place: Place, heed: Callable[[], None]) -> int:
    """Write CSV (UTF-8, header) as the rows come; returns their number. Trouble `cube-empty`, `cube-too-large`.

    `heed` is called now and then, and raises when the work was called off.
    """
    written = 0
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        for written, row in enumerate(rows, start=1):
            if written > CELLS:
                raise Trouble(Issue("cube-too-large", place, {"limit": CELLS}))
            if not written % HEED_EVERY:
                heed()
            writer.writerow(row)
    if not written:
        raise Trouble(Issue("cube-empty", place))
    return written


def _strides(dimensions: Sequence[Dimension]) -> list[int]:
    """How far apart two neighbours of each dimension stand among the cells."""
    sizes = [len(dimension.codes) for dimension in dimensions]
    return list(accumulate(reversed(sizes[1:]), mul, initial=1))[::-1]


def _is_position(key: Any, size: int) -> bool:
    plain = isinstance(key, str) and len(key) < 20 and key.isascii() and key.isdecimal()
    return plain and str(int(key)) == key and int(key) < size


def _tidy(text: str) -> str:
    """Composed letters (NFC), blanks and line ends made one blank."""
    return " ".join(unicodedata.normalize("NFC", text).split())

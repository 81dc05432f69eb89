"""A table that is larger than a server gives at a time: asked for in parts, joined in its own order.

The parts are cut so that one after the other they give the rows in the table's order, whatever the server's limit: the
outermost variables value by value, the next one in pieces, the inner ones whole. A server that refuses a part as too large is
asked for smaller ones. One part that fails makes the whole fail.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, product

from catalog.errors import Trouble
from catalog.issues import Issue, Place
from harvesters.cube import CELLS, Dimension, Row, header, size_of
from harvesters.px_api import Answered

VARIABLES = 200  # of one table
PARTS = 2_000  # questions for one table
SMALL = 500  # cells; who refuses so few does not mean that they are too many
_TOO_MANY = {403, 413}

Part = Sequence[Dimension]
Ask = Callable[[Part], Answered]


def joined(dimensions: Sequence[Dimension], ask: Ask, limit: int, place: Place) -> tuple[list[str], Iterator[Row]]:
    """The columns of a table and its rows, asked for as they are taken; Trouble when a part is not what was asked for."""
    if len(dimensions) > VARIABLES or size_of(dimensions) > CELLS:
        raise Trouble(Issue("cube-too-large", place, {"limit": CELLS}))
    answers = _answers(dimensions, ask, limit, place)
    first_part, first = next(answers)
    shape = _Shape(first_part, first, place)
    columns = header([*(_with_unit(d, d, has_unit=d.name in shape.units) for d in dimensions), *shape.extras])
    return columns, chain.from_iterable(shape.rows(*pair) for pair in chain([(first_part, first)], answers))


def parts(dimensions: Sequence[Dimension], limit: int) -> Iterator[tuple[Dimension, ...]]:
    """Parts of at most `limit` cells, in the table's order."""
    cut, pieces = _cut(dimensions, limit)
    outer = [_pieces(dimension, 1) for dimension in dimensions[:cut]]
    for chosen in product(*outer, _pieces(dimensions[cut], pieces)):
        yield (*chosen, *dimensions[cut + 1:])


def _cut(dimensions: Sequence[Dimension], limit: int) -> tuple[int, int]:
    """Which dimension is cut into pieces (all before it are taken value by value), and how many values a piece has."""
    for cut in range(len(dimensions)):
        inner = size_of(dimensions[cut + 1:])
        if inner <= limit or cut == len(dimensions) - 1:
            break
    return cut, max(1, limit // inner)


def _count(dimensions: Sequence[Dimension], limit: int) -> int:
    cut, pieces = _cut(dimensions, limit)
    return size_of(dimensions[:cut]) * math.ceil(len(dimensions[cut].codes) / pieces)


def _pieces(dimension: Dimension, size: int) -> list[Dimension]:
    codes, beside = dimension.codes, dimension.beside
    return [replace(dimension, codes=codes[n:n + size], beside={suffix: texts[n:n + size] for suffix, texts in beside.items()})
            for n in range(0, len(codes), size)]


def _answers(dimensions: Part, ask: Ask, limit: int, place: Place) -> Iterator[tuple[Part, Answered]]:
    """The answers to all parts, in order; a part that is refused as too large is asked for in halves."""
    asked, waiting = 0, [parts(dimensions, limit)]
    if _count(dimensions, limit) > PARTS:
        raise Trouble(Issue("cube-parts-many", place, {"limit": PARTS}))
    while waiting:
        part = next(waiting[-1], None)
        if part is None:
            waiting.pop()
            continue
        size = size_of(part)
        if size > limit:  # cut when more was thought possible
            waiting.append(parts(part, limit))
            continue
        asked += 1
        if asked > PARTS:
            raise Trouble(Issue("cube-parts-many", place, {"limit": PARTS}))
        try:
            yield part, ask(part)
        except Trouble as trouble:
            if trouble.issue.facts.get("status") not in _TOO_MANY or size <= SMALL:
                raise
            limit = size // 2
            waiting.append(parts(part, limit))


class _Shape:
    """What the first answer tells of all: variables that were not asked for, which ones have units, the table's state."""

    def __init__(self, part: Sequence[Dimension], first: Answered, place: Place) -> None:
        names = {d.name for d in part}
        self.extras = tuple(d for d in first.cube.dimensions if d.name not in names)
        self.units = {d.name for d in first.cube.dimensions if "unit" in d.beside and d.name in names}
        self.updated, self.place = first.updated, place

    def rows(self, part: Sequence[Dimension], answered: Answered) -> Iterator[Row]:
        """The rows of a part; Trouble `cube-answer-differs` when the answer has not just its variables and codes."""
        theirs = {d.name: d for d in answered.cube.dimensions}
        extras = [theirs[d.name] for d in self.extras if d.name in theirs]
        fits = (answered.updated == self.updated and len(theirs) == len(part) + len(extras) == len(part) + len(self.extras)
                and all(len(d.codes) == 1 for d in extras)
                and all(d.name in theirs and sorted(theirs[d.name].codes) == sorted(d.codes) for d in part))
        if not fits:
            raise Trouble(Issue("cube-answer-differs", self.place))
        wanted = [_with_unit(d, theirs[d.name], has_unit=d.name in self.units) for d in part]
        kept = [replace(mine, codes=d.codes, beside={suffix: d.beside.get(suffix, d.codes) for suffix in mine.beside})
                for mine, d in zip(self.extras, extras, strict=True)]
        return answered.cube.rows_of([*wanted, *kept])


def _with_unit(dimension: Dimension, theirs: Dimension, *, has_unit: bool) -> Dimension:
    """The dimension with the units that an answer gives, where the table has a column for them."""
    if not has_unit:
        return dimension
    units = dict(zip(theirs.codes, theirs.beside.get("unit", ("",) * len(theirs.codes)), strict=True))
    return replace(dimension, beside={**dimension.beside, "unit": tuple(units.get(code, "") for code in dimension.codes)})

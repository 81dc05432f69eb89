"""Sets of code points, and the alphabet in which a few of them tell each other apart.

A set is a tuple of (first, last) ranges, ascending, disjoint, not touching, both ends included. The sets of \\d, \\s and
\\w are asked of `re` itself, so that they are those of the Unicode version it knows.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

Points = tuple[tuple[int, int], ...]

LAST = 0x10FFFF
BLOCK = 64  # code points in a block of the native tables
MOST_CLASSES = 255
NEWLINE: Points = ((10, 10),)


class TooManyClasses(ValueError):
    """The sets tell more than 255 classes of code points apart."""


def union(ranges: Iterable[tuple[int, int]]) -> Points:
    """The set of all points in any of the ranges, which may overlap and come in any order."""
    found: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((first, last))
    return tuple(found)


def complement(points: Points) -> Points:
    """All other code points."""
    found, free = [], 0
    for first, last in points:
        if first > free:
            found.append((free, first - 1))
        free = last + 1
    if free <= LAST:
        found.append((free, LAST))
    return tuple(found)


@lru_cache(maxsize=16)
def category(escape: str, ascii_only: bool) -> Points:
    """The set of one of \\d, \\s, \\w, as `re` has it for text."""
    every = "".join(map(chr, range(LAST + 1)))
    flags = re.ASCII if ascii_only else re.UNICODE
    return tuple((run.start(), run.end() - 1) for run in re.compile(f"{escape}+", flags).finditer(every))


@dataclass(frozen=True, slots=True)
class Alphabet:
    """Classes 0 to `size` - 1 of code points that no set tells apart; `members[i]` are the classes of the set i.

    `starts` and `classes` are the same length: from the code point starts[j] on, the class is classes[j].
    """

    size: int
    members: tuple[tuple[int, ...], ...]
    starts: tuple[int, ...]
    classes: tuple[int, ...]

    def class_of(self, point: int) -> int:
        """The class of a code point."""
        return self.classes[bisect_right(self.starts, point) - 1]

    def blocks(self) -> tuple[list[int], bytes]:
        """The block of each 64 code points, and the classes of each block one after another.

        What lies beyond the last entry is as the last block.
        """
        rest = -(-self.starts[-1] // BLOCK)  # the first block that is all of the last class
        stop = min((rest + 1) * BLOCK, LAST + 1)
        by_point = bytearray()
        for start, end, kind in zip(self.starts, (*self.starts[1:], stop), self.classes, strict=True):
            by_point += bytes([kind]) * (end - start)
        numbers: dict[bytes, int] = {}
        index = [numbers.setdefault(bytes(by_point[at : at + BLOCK]), len(numbers)) for at in range(0, len(by_point), BLOCK)]
        while len(index) < 2:
            index.append(index[-1])
        return index, b"".join(numbers)


def alphabet(sets: Sequence[Points]) -> Alphabet:
    """The coarsest alphabet in which each set is some of the classes. Raises TooManyClasses."""
    turns: dict[int, list[int]] = {0: []}
    for number, points in enumerate(sets):
        for first, last in points:
            turns.setdefault(first, []).append(number)
            turns.setdefault(last + 1, []).append(number)
    within: set[int] = set()
    kinds: dict[frozenset[int], int] = {}
    starts, classes = [], []
    for point in sorted(turns):
        within.symmetric_difference_update(turns[point])
        if point > LAST:
            break
        kind = kinds.setdefault(frozenset(within), len(kinds))
        if len(kinds) > MOST_CLASSES:
            raise TooManyClasses
        starts.append(point)
        classes.append(kind)
    members: list[list[int]] = [[] for _ in sets]
    for signature, kind in kinds.items():
        for number in signature:
            members[number].append(kind)
    return Alphabet(len(kinds), tuple(tuple(sorted(kinds)) for kinds in members), tuple(starts), tuple(classes))

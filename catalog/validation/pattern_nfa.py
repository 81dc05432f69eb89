"""A pattern's tree as a nondeterministic automaton over sets of characters (Thompson's construction).

Greed and laziness only choose among matches and fall away; what changes whether there is one is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from re import _constants
from typing import Any

from catalog.validation.code_points import NEWLINE, Points, category
from catalog.validation.pattern_tree import SINGLE, Item, Unsupported, parse, points_of, scoped

MOST_NODES = 20_000
DEEPEST = 60

TAKE, FORK, ASSERT, MATCH = range(4)
START, LINE_END, END, BOUNDARY, NO_BOUNDARY = range(5)

_ANCHORS = {
    _constants.AT_BEGINNING: START, _constants.AT_BEGINNING_STRING: START, _constants.AT_END: LINE_END,
    _constants.AT_END_STRING: END, _constants.AT_BOUNDARY: BOUNDARY, _constants.AT_NON_BOUNDARY: NO_BOUNDARY,
}


@dataclass(slots=True)
class Nfa:
    """Nodes by number: (TAKE, set, next), (FORK, nexts, None), (ASSERT, anchor, next) or (MATCH, None, None).

    `sets` numbers the sets of characters that TAKE names; 0 is the newline alone.
    """

    nodes: list[tuple[int, Any, Any]] = field(default_factory=list)
    sets: dict[Points, int] = field(default_factory=lambda: {NEWLINE: 0})
    start: int = 0
    words: int | None = None  # the set of word characters, when boundaries of words are asked for

    def add(self, kind: int, what: Any = None, following: Any = None) -> int:
        """The number of a new node."""
        if len(self.nodes) >= MOST_NODES:
            raise Unsupported("too large")
        self.nodes.append((kind, what, following))
        return len(self.nodes) - 1

    def number_of(self, points: Points) -> int:
        """The number of a set."""
        return self.sets.setdefault(points, len(self.sets))


def nfa_of(source: str) -> Nfa:
    """The automaton of an expression. Raises Unsupported, and what `re` raises for what is none."""
    tree, flags = parse(source)
    builder = _Builder()
    match = builder.nfa.add(MATCH)
    builder.nfa.start = builder.sequence(tree, scoped(flags, 0, 0), match)
    return builder.nfa


class _Builder:
    """Builds from the end: every part is told what follows it and answers with its first node."""

    def __init__(self) -> None:
        self.nfa = Nfa()
        self._depth = 0
        self._copies = 0  # of parts, for a repeat of nothing adds no node
        self._parts: dict[Any, Callable[[Item, int, int], int]] = {
            _constants.BRANCH: self._branch, _constants.SUBPATTERN: self._group, _constants.AT: self._anchor,
            _constants.MAX_REPEAT: self._repeat, _constants.MIN_REPEAT: self._repeat,
        }
        self._parts.update(dict.fromkeys(SINGLE, self._single))

    def sequence(self, items: Sequence[Item], flags: int, following: int) -> int:
        self._depth += 1
        self._copies += 1
        if self._depth > DEEPEST or self._copies > MOST_NODES:
            raise Unsupported("too deep or too large")
        for item in reversed(list(items)):
            part = self._parts.get(item[0])
            if part is None:  # look-around, back-references, conditions, atomic groups, possessive repeats
                raise Unsupported(str(item[0]))
            following = part(item, flags, following)
        self._depth -= 1
        return following

    def _single(self, item: Item, flags: int, following: int) -> int:
        return self.nfa.add(TAKE, self.nfa.number_of(points_of(item, flags)), following)

    def _anchor(self, item: Item, flags: int, following: int) -> int:
        anchor = _ANCHORS[item[1]]
        if anchor in (BOUNDARY, NO_BOUNDARY):
            if flags & re.ASCII:
                raise Unsupported("words of ASCII")
            self.nfa.words = self.nfa.number_of(category(r"\w", False))
        return self.nfa.add(ASSERT, anchor, following)

    def _branch(self, item: Item, flags: int, following: int) -> int:
        return self.nfa.add(FORK, tuple(self.sequence(way, flags, following) for way in item[1][1]))

    def _group(self, item: Item, flags: int, following: int) -> int:
        _, added, removed, items = item[1]
        return self.sequence(items, scoped(flags, added, removed), following)

    def _repeat(self, item: Item, flags: int, following: int) -> int:
        least, most, items = item[1]
        if most is _constants.MAXREPEAT:
            loop = self.nfa.add(FORK)
            body = self.sequence(items, flags, loop)
            self.nfa.nodes[loop] = (FORK, (body, following), None)
            following = loop
        else:
            after = following
            for _ in range(most - least):
                following = self.nfa.add(FORK, (self.sequence(items, flags, following), after))
        for _ in range(least):
            following = self.sequence(items, flags, following)
        return following

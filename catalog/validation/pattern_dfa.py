"""The deterministic automaton of a nondeterministic one (subset construction), made smaller where that is cheap.

Two promises are carried along each path instead of looking ahead: after `$` nothing or one newline may follow, after
`\\Z` nothing. A path that ends without such a promise has matched whatever follows, since `match` is bound to the start only.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field

from catalog.validation.code_points import Alphabet, alphabet
from catalog.validation.pattern_nfa import ASSERT, END, FORK, LINE_END, MATCH, NO_BOUNDARY, START, TAKE, Nfa
from catalog.validation.pattern_tree import Unsupported

MOST_STATES = 5_000
MOST_CELLS = 400_000  # states times classes: 2.4 MB of tables
MOST_WORK = 600_000  # steps of the construction; about half a second
MOST_MERGING = 1_000_000  # cells of tables compared while merging

NEVER, ALWAYS = 0, 1  # the states that have decided
_FREE, _AT_LINE_END, _AT_END = range(3)  # what a path has promised; a path is 3 * node + promise

Core = tuple[frozenset[int], bool, bool]  # paths before the next character; at the start of the text; after a word character


@dataclass(slots=True)
class Dfa:
    """`steps[state][class]` is the next state; `accepts[state]` says whether the text may end there."""

    alphabet: Alphabet
    start: int
    steps: list[list[int]]
    accepts: list[bool]


@dataclass(slots=True)
class _Reached:
    """What paths come to before the next character: characters they may take, and whether they match."""

    takes: list[tuple[int, int]] = field(default_factory=list)  # set, path after it
    free: bool = False  # matched, whatever follows
    done: bool = False  # matched if the text ends here
    newline: bool = False  # matched if nothing but a newline follows


def dfa_of(nfa: Nfa) -> Dfa:
    """The deterministic automaton. Raises Unsupported beyond the limits, TooManyClasses."""
    return _merged(_Subsets(nfa).dfa())


class _Subsets:
    def __init__(self, nfa: Nfa) -> None:
        self._nfa = nfa
        self._alphabet = alphabet(list(nfa.sets))
        self._newline = self._alphabet.members[0][0]
        self._words = frozenset(self._alphabet.members[nfa.words]) if nfa.words is not None else None
        self._numbers: dict[Core, int] = {}
        self._found: list[Core] = []
        self._work = 0
        self._match = 3 * next(number for number, node in enumerate(nfa.nodes) if node[0] == MATCH)

    def dfa(self) -> Dfa:
        first: Core = (frozenset({3 * self._nfa.start}), True, False)
        size = self._alphabet.size
        start = self._number(first)
        steps, accepts = [[NEVER] * size, [ALWAYS] * size], [False, True]
        for core in self._found:  # grows on the way
            steps.append([self._number(after) for after in self._after(core)])
            accepts.append(self._accepts(core))
        return Dfa(self._alphabet, start, steps, accepts)

    def _number(self, core: Core | int) -> int:
        if isinstance(core, int):
            return core
        number = self._numbers.setdefault(core, len(self._found) + 2)
        if number == len(self._found) + 2:
            self._found.append(core)
            if number > MOST_STATES or number * self._alphabet.size > MOST_CELLS:
                raise Unsupported("too many states")
        return number

    def _after(self, core: Core) -> list[Core | int]:
        """By class of the next character: where the paths are after it, or that it is decided."""
        if self._words is None:
            reached = self._reach(core, False, False)
            return self._stepped(reached, range(self._alphabet.size))
        result: list[Core | int] = [NEVER] * self._alphabet.size
        for word in (False, True):
            classes = [kind for kind in range(self._alphabet.size) if (kind in self._words) is word]
            stepped = self._stepped(self._reach(core, word, False), classes)
            for kind, after in zip(classes, stepped, strict=True):
                result[kind] = after
        return result

    def _stepped(self, reached: _Reached, classes: range | list[int]) -> list[Core | int]:
        if reached.free:
            return [ALWAYS] * len(classes)
        paths: dict[int, set[int]] = defaultdict(set)
        for points, path in reached.takes:
            promise = path % 3
            members = self._alphabet.members[points]
            self._spend(len(members))
            for kind in members:
                if promise == _FREE:
                    paths[kind].add(path)
                elif promise == _AT_LINE_END and kind == self._newline:
                    paths[kind].add(path + 1)
        if reached.newline:
            paths[self._newline].add(self._match + _AT_END)
        return [(frozenset(paths[kind]), False, self._words is not None and kind in self._words) if kind in paths else NEVER
                for kind in classes]

    def _accepts(self, core: Core) -> bool:
        reached = self._reach(core, False, True)
        return reached.free or reached.done

    def _reach(self, core: Core, word_next: bool, at_end: bool) -> _Reached:
        """Follow forks and assertions, knowing what is before and after this place."""
        paths, at_start, word_before = core
        nodes, reached = self._nfa.nodes, _Reached()
        seen, pending = set(paths), list(paths)
        while pending:
            path = pending.pop()
            kind, what, following = nodes[path // 3]
            promise = path % 3
            self._spend(1)
            if kind == TAKE:
                reached.takes.append((what, 3 * following + promise))
                continue
            if kind == MATCH:
                reached.free |= promise == _FREE
                reached.newline |= promise == _AT_LINE_END
                reached.done = True
                continue
            if kind == ASSERT:
                promise = _promise(what, promise)
                holds = self._holds(what, at_start, word_before is not word_next, at_end)
            nexts = [3 * node + promise for node in what] if kind == FORK else [3 * following + promise] if holds else []
            pending += [after for after in nexts if after not in seen]
            seen.update(nexts)
        return reached

    @staticmethod
    def _holds(anchor: int, at_start: bool, boundary: bool, at_end: bool) -> bool:
        if anchor in (LINE_END, END):
            return True  # promised
        if anchor == START:
            return at_start
        if anchor == NO_BOUNDARY and at_start and at_end:
            return re.match(r"\B", "") is not None  # differs between releases of Python
        return boundary is (anchor != NO_BOUNDARY)

    def _spend(self, work: int) -> None:
        self._work += work
        if self._work > MOST_WORK:
            raise Unsupported("too much work")


def _promise(anchor: int, promise: int) -> int:
    if anchor == LINE_END:
        return max(promise, _AT_LINE_END)
    return _AT_END if anchor == END else promise


def _merged(dfa: Dfa) -> Dfa:
    """The same automaton with equal states merged (Moore); as it is where that would take long."""
    groups = [int(accepts) for accepts in dfa.accepts]
    count, rows = len(set(groups)), len(groups)
    for _ in range(max(1, MOST_MERGING // (rows * dfa.alphabet.size))):
        numbers: dict[tuple[int, ...], int] = {}
        groups = [numbers.setdefault((group, *[groups[after] for after in row]), len(numbers))
                  for group, row in zip(groups, dfa.steps, strict=True)]
        if len(numbers) == count:
            return _renamed(dfa, groups)
        count = len(numbers)
    return dfa


def _renamed(dfa: Dfa, groups: list[int]) -> Dfa:
    """One state for each group; the two that have decided are the first groups, as they are the first states."""
    states = sorted({group: state for state, group in enumerate(groups)}.items())
    steps = [[groups[after] for after in dfa.steps[state]] for _, state in states]
    return Dfa(dfa.alphabet, groups[dfa.start], steps, [dfa.accepts[state] for _, state in states])

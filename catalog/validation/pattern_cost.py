"""How long a text may be for `re` to be surely quick with an expression, however the text is made.

The bound counts every way in which a backtracking matcher could divide the text among the parts of the expression. It is
far above the truth for most expressions and never below it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from math import inf
from re import _constants, _parser

from catalog.validation.pattern_tree import SINGLE, Item, parse

MOST_STEPS = 1_000_000.0  # a matcher takes ten to a hundred million a second
_LENGTHS = [0, *(2**power for power in range(3, 25))]
_REPEATS = (_constants.MAX_REPEAT, _constants.MIN_REPEAT, _constants.POSSESSIVE_REPEAT)

Cost = tuple[float, float]  # in how many ways it may match from one place, in how many steps all of them are tried


@lru_cache(maxsize=64)
def quick_up_to(source: str) -> int:
    """The length in characters up to which matching takes at most a million steps; -1 when even the empty text may take more.

    Raises what re.compile raises for what is no expression.
    """
    try:
        tree, _ = parse(source)
    except RecursionError:  # a few frames deeper than where it could be compiled
        return -1
    longest = -1
    for length in _LENGTHS:
        if not _steps(tree, length) <= MOST_STEPS:
            break
        longest = length
    return longest


def _steps(tree: Sequence[Item], length: int) -> float:
    try:
        return _sequence(tree, length)[1]
    except (OverflowError, RecursionError):
        return inf


def _sequence(items: Iterable[Item], length: int) -> Cost:
    ways, steps = 1.0, 1.0
    for item in items:
        item_ways, item_steps = _item(item, length)
        steps += ways * item_steps
        ways *= item_ways
    return ways, steps


def _item(item: Item, length: int) -> Cost:
    operation, argument = item
    if operation in SINGLE or operation is _constants.AT:
        return 1.0, 1.0
    if operation is _constants.BRANCH:
        return _either(argument[1], length)
    if operation is _constants.SUBPATTERN:
        return _sequence(argument[3], length)
    if operation in _REPEATS:
        ways, steps = _repeat(argument, length)
        return (1.0, steps) if operation is _constants.POSSESSIVE_REPEAT else (ways, steps)
    if operation in (_constants.ASSERT, _constants.ASSERT_NOT):
        return 1.0, _sequence(argument[1], length)[1]
    if operation is _constants.ATOMIC_GROUP:
        return 1.0, _sequence(argument, length)[1]
    if operation is _constants.GROUPREF:
        return 1.0, 1.0 + length
    if operation is _constants.GROUPREF_EXISTS:
        return _either([way for way in argument[1:] if way is not None], length)
    return inf, inf


def _either(ways: Iterable[Iterable[Item]], length: int) -> Cost:
    costs = [_sequence(way, length) for way in ways]
    return 1.0 + sum(ways for ways, _ in costs), 1.0 + sum(steps for _, steps in costs)


def _repeat(argument: tuple[int, int, _parser.SubPattern], length: int) -> Cost:
    """Each number of rounds is a way, and each round has its own; a round of nothing ends the repeat once it has its least."""
    least, most, body = argument
    narrowest = body.getwidth()[0]
    rounds = length // narrowest + 1 if narrowest else length + least + 1
    if most is not _constants.MAXREPEAT:
        rounds = min(rounds, most)
    ways, steps = _sequence(body, length)
    if ways == 1.0:
        return rounds + 1.0, 1.0 + rounds * steps
    return ways ** (rounds + 1.0), 1.0 + steps * ways**rounds * rounds

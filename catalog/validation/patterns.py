"""A `pattern` as an automaton: one look-up a character, however the pattern is written.

What is built says exactly what frictionless says, `re.compile("^{0}$".format(pattern)).match(text)`: so `a|b` is
`^a` or `b$`, `$` lets a last newline pass, `\\d` takes the digits of every script.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from catalog.validation.code_points import BLOCK, TooManyClasses
from catalog.validation.pattern_dfa import ALWAYS, Dfa, dfa_of
from catalog.validation.pattern_nfa import nfa_of
from catalog.validation.pattern_tree import Unsupported, expression

if TYPE_CHECKING:
    from catalog.validation._native import Automaton

LONGEST = 20_000  # characters of a pattern for which one is tried

Tables = tuple[int, bytes, bytes, bytes, bytes]

_NONE_OF_OURS = (Unsupported, TooManyClasses, re.error, RecursionError, OverflowError, Warning)


@lru_cache(maxsize=64)
def automaton_of(pattern: str) -> Automaton | None:
    """The automaton of a field's `pattern`; None where there is no compiled scanner, or where frictionless must do it itself.

    That is: back-references, look-around, conditions, atomic groups, possessive repeats, (?i:…) and (?m:…), what needs
    more than 5,000 states or half a second, and what `re` refuses, which frictionless then says in its own way.
    """
    try:
        from catalog.validation._native import Automaton
    except ImportError:
        return None
    tables = tables_of(pattern)
    return Automaton(tables) if tables is not None else None


@lru_cache(maxsize=64)
def tables_of(pattern: str) -> Tables | None:
    """The tables of the native automaton: first state, acceptance by state, steps, index and blocks of classes.

    Numbers of two bytes are little-endian. None as in `automaton_of`.
    """
    if len(pattern) > LONGEST:
        return None
    try:
        dfa = dfa_of(nfa_of(expression(pattern)))
    except _NONE_OF_OURS:
        return None
    return _tables(dfa)


class PlainAutomaton:
    """The same walk through the same tables without the compiled scanner: slower than `re` on most texts, but never stuck."""

    def __init__(self, tables: Tables) -> None:
        self._start, self._accepts, steps, index, self._blocks = tables
        self._steps, self._index = _numbers(steps), _numbers(index)
        self._classes = len(self._steps) // len(self._accepts)

    def match(self, text: str) -> bool:
        """Whether re.compile("^{pattern}$").match(text) finds something."""
        state, last = self._start, len(self._index) - 1
        for point in map(ord, text):
            if state <= ALWAYS:
                break
            block = self._index[min(point // BLOCK, last)]
            state = self._steps[state * self._classes + self._blocks[block * BLOCK + point % BLOCK]]
        return bool(self._accepts[state])


def _numbers(little_endian: bytes) -> list[int]:
    return [low | high << 8 for low, high in zip(little_endian[::2], little_endian[1::2], strict=True)]


def _tables(dfa: Dfa) -> Tables:
    index, blocks = dfa.alphabet.blocks()
    steps = b"".join(after.to_bytes(2, "little") for row in dfa.steps for after in row)
    return dfa.start, bytes(dfa.accepts), steps, b"".join(block.to_bytes(2, "little") for block in index), blocks

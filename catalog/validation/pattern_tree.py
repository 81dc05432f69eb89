"""The expression that a `pattern` stands for, and the set of characters that each of its single items takes.

`re`'s own parser reads it, so that nothing is understood otherwise than by the matcher itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from re import _constants, _parser
from typing import Any

from catalog.validation.code_points import NEWLINE, Points, category, complement, union

Item = tuple[Any, Any]  # an operation of re._constants and its argument

SINGLE = frozenset({_constants.LITERAL, _constants.NOT_LITERAL, _constants.ANY, _constants.IN})
_REFUSED = re.IGNORECASE | re.MULTILINE | re.LOCALE
_ALPHABETS = re.ASCII | re.UNICODE | re.LOCALE
_CATEGORIES = {
    _constants.CATEGORY_DIGIT: (r"\d", False), _constants.CATEGORY_NOT_DIGIT: (r"\d", True),
    _constants.CATEGORY_SPACE: (r"\s", False), _constants.CATEGORY_NOT_SPACE: (r"\s", True),
    _constants.CATEGORY_WORD: (r"\w", False), _constants.CATEGORY_NOT_WORD: (r"\w", True),
}


class Unsupported(Exception):
    """The pattern says something that no automaton of ours can say, or would need too large a one."""


def expression(pattern: Any) -> str:
    """What frictionless compiles for a `pattern` (Field.create_cell_reader)."""
    return f"^{pattern}$"


def parse(source: str) -> tuple[Sequence[Item], int]:
    """The tree of an expression and its flags. Raises what re.compile raises."""
    tree = _parser.parse(source)
    return tree, tree.state.flags


def scoped(flags: int, added: int, removed: int) -> int:
    """The flags inside `(?aims-x:…)` (re._compiler._combine_flags). Raises Unsupported for those that change more than a set."""
    if added & _ALPHABETS:
        flags &= ~_ALPHABETS
    flags = (flags | added) & ~removed
    if flags & _REFUSED:
        raise Unsupported("flags")
    return flags


def points_of(item: Item, flags: int) -> Points:
    """The characters that a single item takes."""
    operation, argument = item
    if operation is _constants.LITERAL:
        return ((argument, argument),)
    if operation is _constants.NOT_LITERAL:
        return complement(((argument, argument),))
    if operation is _constants.ANY:
        return complement(() if flags & re.DOTALL else NEWLINE)
    return _points_of_set(argument, bool(flags & re.ASCII))


def _points_of_set(items: Sequence[Item], ascii_only: bool) -> Points:
    ranges: list[tuple[int, int]] = []
    negated = False
    for operation, argument in items:
        if operation is _constants.NEGATE:
            negated = True
        elif operation is _constants.LITERAL:
            ranges.append((argument, argument))
        elif operation is _constants.RANGE:
            ranges.append(argument)
        elif operation is _constants.CATEGORY and argument in _CATEGORIES:
            escape, outside = _CATEGORIES[argument]
            points = category(escape, ascii_only)
            ranges.extend(complement(points) if outside else points)
        else:
            raise Unsupported(str(operation))
    points = union(ranges)
    return complement(points) if negated else points

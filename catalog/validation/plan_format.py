"""A strptime format as the few steps that the native cells follow."""

from __future__ import annotations

import re

from catalog.validation.plan_bounds import Odd

_PIECE = re.compile(r"%(.?)|(\s+)|([^%\s]+)", re.DOTALL)
_DIRECTIVES = set("YymdHMSfz")


def steps_of(format: str) -> bytes:
    """Two bytes a step: a directive's letter and 0, a blank and 0, or "=" and a literal byte.

    Raises Odd for directives that depend on the locale or on each other, and where strptime itself would stumble.
    """
    if type(format) is not str:
        raise Odd
    steps = bytearray()
    seen: list[str] = []
    for directive, blank, literal in _PIECE.findall(format):
        if directive in _DIRECTIVES and directive:
            steps += directive.encode() + b"\0"
            seen.append(directive)
        elif blank:
            steps += b" \0"
        else:
            steps += b"".join(b"=" + bytes([byte]) for byte in _literal(directive, literal).encode())
    return bytes(_checked(steps, seen))


def _literal(directive: str, literal: str) -> str:
    if directive == "%":
        return "%"
    if directive or not literal:
        raise Odd
    return literal


def _checked(steps: bytearray, seen: list[str]) -> bytearray:
    """Each directive once; a year wherever there is a day (newer Pythons frown upon the other); the zone last."""
    if not seen or len(set(seen)) < len(seen) or {"Y", "y"} <= set(seen):
        raise Odd
    if "d" in seen and not {"Y", "y"} & set(seen):
        raise Odd
    if "z" in seen and steps[-2:] != b"z\0":
        raise Odd
    return steps

"""Hides what may be personal in a value that is repeated from a file: long numbers and private addresses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

HIDDEN = "•••"
VALUES = frozenset({"value", "values", "proposal", "example", "examples", "before", "after"})  # facts that repeat a cell
_LONG_NUMBER = re.compile(r"\d(?:[ .\-]?\d){8,}")
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")


def veiled(value: Any) -> str:
    """The text with nine digits or more cut to their ends, and mail addresses hidden; None is empty."""
    text = "" if value is None else str(value)
    return _ADDRESS.sub(HIDDEN, _LONG_NUMBER.sub(_ends, text))


def veiled_facts(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of an issue, with those that repeat a cell veiled."""
    return {key: veiled(value) if key in VALUES else value for key, value in facts.items()}


def _ends(match: re.Match[str]) -> str:
    return f"{match[0][:3]}{HIDDEN}{match[0][-2:]}"

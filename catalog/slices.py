"""Long lists of values, asked for some at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")
SLICE = 500  # in one IN (…); SQLite and PostgreSQL both allow far more


def slices(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """The values in their order, at most so many at a time as one question may name."""
    for start in range(0, len(values), SLICE):
        yield values[start:start + SLICE]

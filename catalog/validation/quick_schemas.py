"""Schemas copied faster, to the letter as frictionless copies them.

To open a table frictionless copies every field twice through its descriptor, asks each time whether the descriptor is
valid, and turns the same few names from camelCase to snake_case thousands of times. Both have the same answer for the
same question: they are remembered, while `remembering()` runs. Only that a descriptor is valid is remembered; what is
wrong with one, frictionless says each time.
"""

from __future__ import annotations

import marshal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from frictionless import Error, Field
from frictionless.metadata.metadata import ValidationContext
from frictionless.vendors import stringcase

_LONGEST = 65_536  # bytes of a descriptor that is remembered

_validate = Field.metadata_validate.__func__  # of the class method, so that any class can be given
_snakecase = stringcase.snakecase
_remembered_snakecase = lru_cache(maxsize=4096)(_snakecase)
_lock = threading.Lock()
_users = 0


@contextmanager
def remembering() -> Iterator[None]:
    """While this runs, in whichever thread, the answers are remembered; the last one out puts frictionless' own functions back."""
    _count(1)
    try:
        yield
    finally:
        _count(-1)


def _count(change: int) -> None:
    global _users  # noqa: PLW0603 - the one place that knows who is in
    with _lock:
        before, _users = _users, _users + change
        if not before:
            Field.metadata_validate = classmethod(_quick_validate)
            stringcase.snakecase = _quick_snakecase
        elif not _users:
            Field.metadata_validate = classmethod(_validate)
            stringcase.snakecase = _snakecase


def _quick_snakecase(string: str) -> str:
    return _remembered_snakecase(string) if type(string) is str else _snakecase(string)


def _quick_validate(cls: type[Field], descriptor: dict[str, Any], *, context: ValidationContext | None = None) -> Iterator[Error]:
    try:
        written = marshal.dumps(descriptor, 2)  # exact for what JSON can say: 1, 1.0 and True are told apart, lists and tuples too
    except ValueError:
        written = b""
    if written and len(written) <= _LONGEST and _is_valid(cls, written, context.datapackage_version if context else None):
        return
    yield from _validate(cls, descriptor, context=context)


@lru_cache(maxsize=1024)
def _is_valid(cls: type[Field], written: bytes, version: str | None) -> bool:
    return not list(_validate(cls, marshal.loads(written), context=ValidationContext(datapackage_version=version)))

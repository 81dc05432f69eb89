"""Hashes of cast values: equal values hash alike, as the native cells do from their bytes (`native/cells_hashes.c`).

Rows that frictionless itself has to read get their hashes here. Needs the native extension.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from catalog.validation.native import extension

INTEGER, DECIMAL, LONG, TEXT, DATE, DATETIME, AWARE_DATETIME, TIME, AWARE_TIME, TUPLE, OTHER = range(1, 12)
"""The seeds; `native/cells_internal.h` has the same numbers."""

_LIMIT = 10**18
_MICROSECOND = timedelta(microseconds=1)


def hash_value(value: Any) -> int | None:
    """A hash between 1 and 2**64 - 1 of a cast value, equal for values that Python calls equal; None for one without a hash."""
    if isinstance(value, str):
        return _hash(value.encode("utf-8", "surrogatepass"), TEXT)
    if isinstance(value, int | float | Decimal):
        return _hash_number(value)
    if isinstance(value, datetime):
        return _hash_datetime(value)
    if isinstance(value, date):
        return _hash_whole(value.year * 10000 + value.month * 100 + value.day, DATE)
    if isinstance(value, time):
        return _hash_time(value)
    if isinstance(value, tuple):
        return _hash_tuple(value)
    return _hash_other(value)


def _hash(data: bytes, seed: int) -> int:
    return _hash_bytes()(data, seed) or 1


@cache
def _hash_bytes() -> Callable[[bytes, int], int]:
    return extension().hash_bytes


def _hash_whole(value: int, seed: int) -> int:
    return _hash(struct.pack("<q", value), seed)


def _hash_number(value: int | float | Decimal) -> int | None:
    """int, bool, float and Decimal by the number itself, for they may be equal to each other."""
    if isinstance(value, int) and -_LIMIT < value < _LIMIT:
        return _hash_whole(int(value), INTEGER)
    number = Decimal(value)
    if not number.is_finite():
        return None if number.is_snan() else _hash(str(number).encode(), LONG)
    sign, digits, exponent = number.as_tuple()
    text = "".join(map(str, digits)).lstrip("0")
    if not text:
        return _hash_whole(0, INTEGER)
    exponent += len(text) - len(text.rstrip("0"))
    text = text.rstrip("0")
    if exponent >= 0 and len(text) + exponent <= 18:
        return _hash_whole(int(text) * 10**exponent * (-1 if sign else 1), INTEGER)
    if len(text) <= 18:
        return _hash(struct.pack("<qq", int(text) * (-1 if sign else 1), exponent), DECIMAL)
    return _hash(f"{sign}{text}e{exponent}".encode(), LONG)


def _hash_datetime(value: datetime) -> int:
    """By the moment in UTC where the zone is known: then the same moment in two zones is equal."""
    offset = value.utcoffset()
    clock = timedelta(hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond)
    passed = timedelta(days=value.toordinal()) + clock - (offset or timedelta())
    return _hash_whole(passed // _MICROSECOND, DATETIME if offset is None else AWARE_DATETIME)


def _hash_time(value: time) -> int:
    offset = value.utcoffset()
    clock = timedelta(hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond)
    return _hash_whole((clock - (offset or timedelta())) // _MICROSECOND, TIME if offset is None else AWARE_TIME)


def _hash_tuple(value: tuple[Any, ...]) -> int | None:
    parts = [hash_value(part) for part in value]
    if None in parts:
        return None
    return _hash(struct.pack(f"<{len(parts)}Q", *parts), TUPLE)


def _hash_other(value: Any) -> int | None:
    """None, durations and what else there is, as a dict of this process would hash them."""
    try:
        return _hash_whole(hash(value), OTHER)
    except TypeError:
        return None

"""The types that a writer of rows may name, in PostgreSQL's words, and what a given value is in each."""

from __future__ import annotations

import datetime
import json
import math
import uuid
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

import pyarrow as pa

from catalog.names import nfc

DIGITS = 38  # of a number as it is kept
_ALIASES = {
    "int": "int4", "integer": "int4", "smallint": "int2", "bigint": "int8", "float": "float8", "double precision": "float8", "real": "float4",
    "decimal": "numeric", "varchar": "text", "string": "text", "boolean": "bool", "jsonb": "json", "timestamp without time zone": "timestamp",
    "timestamp with time zone": "timestamptz",
}
_LONG = {"int2": "smallint", "int4": "integer", "int8": "bigint", "float8": "double precision", "float4": "real", "bool": "boolean"}
_BITS = {"int2": 15, "int4": 31, "int8": 63}


class WrongValue(ValueError):
    """A value that is none of its column's type; said as PostgreSQL says it."""


def kind_of(given: str) -> str | None:
    """The short name of a type, or None for one that is not known."""
    kind = _ALIASES.get(given.lower(), given.lower())
    return kind if kind in _READ else None


def guessed(values: list[Any]) -> str:
    """The type of a column of which only values are known."""
    found = {type(value) for value in values if value is not None}
    if found and found <= {bool}:
        return "bool"
    if found and found <= {int}:
        return "int8" if any(abs(value) >= 2**31 for value in values if value is not None) else "int4"
    if found and found <= {int, float}:
        return "numeric"
    return "json" if found and found <= {dict, list} else "text"


def read_value(value: Any, kind: str) -> Any:
    """The value as it is kept; None for a missing one; WrongValue where it is none of its type."""
    if value is None or value == "" and kind != "text":
        return None
    try:
        return _READ[kind](value)
    except (ValueError, TypeError, OverflowError, InvalidOperation) as error:
        if isinstance(error, WrongValue):
            raise
        raise WrongValue(f'invalid input syntax for type {_LONG.get(kind, kind)}: "{value}"') from error


def arrow_array(values: list[Any], kind: str) -> pa.Array:
    """The values of a column as they are stored; WrongValue for numbers with more digits than can be kept exactly."""
    if kind != "numeric":
        return pa.array(values, type=_ARROW.get(kind, pa.string()))
    scale = max((-value.as_tuple().exponent for value in values if value is not None), default=0)
    try:
        return pa.array(values, type=pa.decimal128(DIGITS, min(max(scale, 0), DIGITS)))
    except (pa.ArrowInvalid, ValueError) as error:
        raise WrongValue(f"a column of type numeric holds at most {DIGITS} digits") from error


def _whole(kind: str) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        if isinstance(value, float) and value != int(value):
            raise ValueError
        number = int(value)
        if not -(2 ** _BITS[kind]) <= number < 2 ** _BITS[kind]:
            raise WrongValue(f'value "{value}" is out of range for type {_LONG[kind]}')
        return number

    return read


def _exact(value: Any) -> Decimal:
    number = Decimal(repr(value) if isinstance(value, float) else str(value).strip())
    if not number.is_finite() or abs(number.adjusted()) >= DIGITS or number.as_tuple().exponent < -DIGITS:
        raise ValueError
    return number


def _finite(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError
    return number


def _truth(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    text = str(value).strip().lower()
    if text in ("true", "t", "yes", "y", "on", "1"):
        return True
    if text in ("false", "f", "no", "n", "off", "0"):
        return False
    raise ValueError


def _moment(value: Any) -> datetime.datetime:
    moment = datetime.datetime.fromisoformat(str(value).strip())
    return moment.astimezone(datetime.UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _text(value: Any) -> str:
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return nfc(("true" if value else "false") if isinstance(value, bool) else str(value))


_READ: dict[str, Callable[[Any], Any]] = {
    **{kind: _whole(kind) for kind in _BITS}, "float4": _finite, "float8": _finite, "numeric": _exact, "bool": _truth, "text": _text,
    "date": lambda value: _moment(value).date(), "timestamp": _moment, "timestamptz": _moment, "time": lambda value: datetime.time.fromisoformat(str(value)),
    "json": lambda value: json.dumps(json.loads(value) if isinstance(value, str) else value, ensure_ascii=False), "uuid": lambda value: str(uuid.UUID(str(value))),
}
_ARROW = {
    "int2": pa.int16(), "int4": pa.int32(), "int8": pa.int64(), "float4": pa.float32(), "float8": pa.float64(), "bool": pa.bool_(), "date": pa.date32(),
    "timestamp": pa.timestamp("us"), "timestamptz": pa.timestamp("us"), "time": pa.time64("us"),
}
TABLE_SCHEMA = {
    "int2": "integer", "int4": "integer", "int8": "integer", "float4": "number", "float8": "number", "numeric": "number", "bool": "boolean", "date": "date",
    "timestamp": "datetime", "timestamptz": "datetime", "time": "time",
}

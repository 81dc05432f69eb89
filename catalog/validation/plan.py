"""The plan of a field: what the native cells must know of it, taken from what frictionless' own reader answers.

A plan never says more than is certain. A bound that cannot be read, a constraint that would raise, an option that is out
of the ordinary: the plan then is of kind "unknown", and every cell that is not missing is left to frictionless.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from frictionless import Field, fields, settings

from catalog.validation import plan_bounds
from catalog.validation.plan_bounds import Odd
from catalog.validation.plan_format import steps_of
from catalog.validation.value_hash import hash_value

__all__ = ["Plan", "hash_value", "plan_of"]

Plan = dict[str, Any]

_BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
_SIGNS = re.compile(r"[^\w\s+\-.,]|[.,_ \u00a0\u202f]")
_UUID = "123e4567-e89b-12d3-a456-426614174000"


def plan_of(field: Field) -> Plan:
    """The plan for `_native.Column`, of the field as the row stream uses it, with its schema set.

    Its kind is "nothing" where not even missing values are certain, "unknown" where only they are. Never raises.
    """
    if type(field) not in _BUILT_IN:
        return {"kind": "nothing"}
    try:
        field.create_cell_reader()
        missing = _missing(field)
    except Exception:  # noqa: BLE001 - frictionless will raise the same, whatever it is
        return {"kind": "nothing"}
    try:
        return _typed(field) | missing
    except Exception:  # noqa: BLE001 - Odd, or an option that makes Python stumble: frictionless will say what comes of it
        return {"kind": "unknown"} | missing


def _missing(field: Field) -> Plan:
    """What reads as None, and whether that is allowed (`Field.create_cell_reader`)."""
    values = field.missing_values
    if not field.has_defined("missing_values") and field.schema:
        values = field.schema.missing_values
    if type(values) is not list or any(type(value) is not str for value in values):
        raise Odd
    return {
        "missing": {value.encode(): 1 for value in values},
        "numeric_missing": any(map(_is_numeric, values)),
        "required": bool(_constraint(field, "required")),
    }


def _is_numeric(text: str) -> bool:
    """Whether some int or float may print as this text."""
    with suppress(ValueError):
        float(text)
        return True
    return False


def _constraint(field: Field, name: str) -> Any:
    return field.constraints.get(name) if name in field.supported_constraints else None


def _typed(field: Field) -> Plan:
    """The part of the plan that is of the field's type; raises Odd where it has no native one."""
    make = _MAKERS.get(type(field))
    if make is None:
        raise Odd
    return make(field)


def _enum(field: Field) -> list[Any] | None:
    """The values of the enum as `Field.create_cell_reader` reads them, without those that can equal no value."""
    values = _constraint(field, "enum")
    if values is None:
        return None
    reader = field.create_value_reader()
    return [value for value in map(reader, values) if value is not None]


def _any(field: Field) -> Plan:
    values = _enum(field)
    if values is None:
        return {"kind": "any"}
    if not all(type(value) in (str, int, float, bool, list, dict, date, datetime, time) for value in values):
        raise Odd
    return {"kind": "any", "choice": _texts(value for value in values if type(value) is str)}


def _texts(values: Any) -> dict[bytes, int]:
    """Texts as bytes; one with a lone surrogate equals no cell of a file in UTF-8."""
    found = {}
    for value in values:
        with suppress(UnicodeEncodeError):
            found[value.encode()] = 1
    return found


def _string(field: Field) -> Plan:
    plan: Plan = {"kind": "string"}
    if field.format == "uuid" and field.create_value_reader()(_UUID) == _UUID:
        plan["kind"] = "uuid"
    elif field.format in ("uri", "email", "uuid", "binary", "wkt"):
        raise Odd
    values = _enum(field)
    if values is not None:
        plan["choice"] = _texts(values)
    for name, key in (("minLength", "shortest"), ("maxLength", "longest")):
        limit = _constraint(field, name)
        if limit is not None:
            if not isinstance(limit, int):
                raise Odd
            plan[key] = min(max(int(limit), 0), sys.maxsize)
            if name == "maxLength" and limit < 0:
                raise Odd
    return plan | _pattern(_constraint(field, "pattern"))


def _pattern(pattern: Any) -> Plan:
    if pattern is None:
        return {}
    if type(pattern) is not str:
        raise Odd
    from catalog.validation.patterns import automaton_of

    automaton = automaton_of(pattern)
    if automaton is None:
        raise Odd
    return {"automaton": automaton}


def _integer(field: fields.IntegerField) -> Plan:
    if type(field.bare_number) is not bool:
        raise Odd
    return {"kind": "integer", "bare": field.bare_number} | _numeric(field, floating=False)


def _number(field: fields.NumberField) -> Plan:
    if type(field.bare_number) is not bool or type(field.float_number) is not bool:
        raise Odd
    plan = {"kind": "number", "bare": field.bare_number, "floating": field.float_number}
    if {"group_char", "decimal_char", "bare_number"}.intersection(field.list_defined()):  # as the reader asks it
        plan |= _signs(field.group_char, field.decimal_char)
    return plan | _numeric(field, floating=field.float_number)


def _signs(group: Any, decimal: Any) -> Plan:
    """groupChar is taken out first, so where both are the same sign there is no decimalChar any more."""
    if type(group) is not str or type(decimal) is not str:
        raise Odd
    if not _SIGNS.fullmatch(decimal) or not decimal.isascii() or decimal in "_ ":
        raise Odd
    if group and not _SIGNS.fullmatch(group):
        raise Odd
    return {"group": group.encode(), "decimal": b"" if group == decimal else decimal.encode()}


def _numeric(field: Field, *, floating: bool) -> Plan:
    """Bounds and enum of int, Decimal and float alike."""
    plan: Plan = {}
    bounds = _bounds(field, (int, Decimal, float))
    if bounds:
        plan |= plan_bounds.of_numbers(bounds, floating=floating)
    values = _enum(field)
    if values is not None:
        plan |= plan_bounds.choice_of_numbers(values, floating=floating)
    return plan


def _bounds(field: Field, types: tuple[type, ...]) -> dict[str, Any]:
    """The bounds that the field checks, as its own reader reads them."""
    reader = field.create_value_reader()
    found = {}
    for name in _BOUNDS:
        bound = _constraint(field, name)
        if bound is not None:
            found[name] = reader(bound)
            if not isinstance(found[name], types):
                raise Odd
    return found


def _boolean(field: fields.BooleanField) -> Plan:
    """The mapping is that of `BooleanField.create_value_reader`: false values overrule true ones."""
    mapping = dict.fromkeys(field.true_values, 1) | dict.fromkeys(field.false_values, 0)
    values = _enum(field)
    texts = {text: value for text, value in mapping.items() if type(text) is str}
    spellings = {text: value for text, value in texts.items() if values is None or bool(value) in values}
    encoded = {text.encode(): value for text, value in spellings.items() if text.encode("utf-8", "ignore").decode() == text}
    return {"kind": "boolean", "spellings": encoded, "selected": values is not None}


def _date(field: Field) -> Plan:
    standard = field.format == settings.DEFAULT_FIELD_FORMAT
    steps = steps_of(settings.DEFAULT_DATE_PATTERN if standard else field.format)
    return {"kind": "date", "standard": standard, "steps": steps} | _scalars(field, date, _day)


def _datetime(field: Field) -> Plan:
    return {"kind": "datetime"} | _moment_format(field) | _scalars(field, datetime, _instant)


def _time(field: Field) -> Plan:
    return {"kind": "time"} | _moment_format(field) | _scalars(field, time, _clock)


def _moment_format(field: Field) -> Plan:
    if field.format == settings.DEFAULT_FIELD_FORMAT:
        return {"standard": True}
    return {"standard": False, "steps": steps_of(field.format)}


def _scalars(field: Field, kind: type, scalar: Callable[[Any], int]) -> Plan:
    """Bounds and enum by a whole number that grows with the value. Values with and without a zone do not compare."""
    plan: Plan = {}
    bounds, values = _bounds(field, (kind,)), _enum(field)
    if any(type(value) is not kind for value in [*bounds.values(), *(values or ())]):
        raise Odd
    zones = {_is_aware(value) for value in [*bounds.values(), *(values or ())]}
    if len(zones) > 1:
        raise Odd
    if bounds:
        plan |= plan_bounds.of_scalars({name: scalar(bound) for name, bound in bounds.items()})
    if values is not None:
        plan["choice"] = sorted({scalar(value) for value in values})
    return plan | {"aware": zones == {True}}


def _is_aware(value: Any) -> bool:
    """Whether the zone is known; raises Odd where its offset has seconds, which `time` does not compare."""
    offset = value.utcoffset() if isinstance(value, datetime | time) else None
    if offset is not None and offset % timedelta(minutes=1):
        raise Odd
    return offset is not None


def _day(value: date) -> int:
    return value.year * 10000 + value.month * 100 + value.day


def _clock(value: datetime | time) -> int:
    """Microseconds since midnight, in UTC where the zone is known."""
    clock = timedelta(hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond)
    return (clock - (value.utcoffset() or timedelta())) // timedelta(microseconds=1)


def _instant(value: datetime) -> int:
    return value.toordinal() * 86_400_000_000 + _clock(value)


def _year(field: Field) -> Plan:
    return {"kind": "year"} | _numeric(field, floating=False)


def _yearmonth(field: Field) -> Plan:
    return {"kind": "yearmonth"} | _scalars(field, fields.yearmonth.yearmonth, _month)


def _month(value: Any) -> int:
    if type(value.year) is not int or type(value.month) is not int or not 1 <= value.month <= 12 or not 0 <= value.year < 10**12:
        raise Odd
    return value.year * 12 + value.month - 1


def _geopoint(field: Field) -> Plan:
    """±180 and ±90 are themselves allowed (`GeopointField.create_value_reader`)."""
    if field.format != settings.DEFAULT_FIELD_FORMAT or _constraint(field, "enum") is not None:
        raise Odd
    longitudes = plan_bounds.table({"minimum": Decimal(-180), "maximum": Decimal(180)})
    latitudes = plan_bounds.table({"minimum": Decimal(-90), "maximum": Decimal(90)})
    return {"kind": "geopoint", "bounds": longitudes, "latitudes": latitudes}


_MAKERS: dict[type[Field], Callable[[Any], Plan]] = {
    fields.AnyField: _any, fields.StringField: _string, fields.IntegerField: _integer, fields.NumberField: _number,
    fields.BooleanField: _boolean, fields.DateField: _date, fields.DatetimeField: _datetime, fields.TimeField: _time,
    fields.YearField: _year, fields.YearmonthField: _yearmonth, fields.GeopointField: _geopoint,
}
_BUILT_IN = {
    *_MAKERS, fields.ArrayField, fields.DurationField, fields.GeojsonField, fields.ListField, fields.ObjectField,
}

"""Fields of every type with random formats, options and constraints, and cells that try to break a predicate of them.

All is drawn from a `random.Random`, so that a seed tells a case again and a million cells take minutes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from random import Random
from typing import Any

from frictionless import Field, FrictionlessException, Schema

SEEDS: dict[str, list[str]] = {
    "string": ["", "a", "xã", "Hà Nội", "phường 1", "\x00", "e\u0301", "🙂🙂", "🙂🙂🙂", "🙂" * 7, "a" * 70, "Cẩm Lệ, Đà Nẵng",
        "AB-12", "ab", "12345678", " x "],
    "any": ["", "a", "1", "1.0", "True", "None", "x", "nan"],
    "uuid": [
        "123e4567-e89b-12d3-a456-426614174000", "123E4567-E89B-12D3-A456-426614174000", "{123e4567-e89b-12d3-a456-426614174000}",
        "urn:uuid:123e4567-e89b-12d3-a456-426614174000", "123e4567e89b12d3a456426614174000",
        "123e4567-e89b-12d3-a456-42661417400g",
    ],
    "integer": [
        "0", "1", "-1", "+5", "007", " 12 ", "1_000", "٣", "１２", "1.0", "5%", "$5", "-5", "--5", "- 5", "1 000 đ", "1,000",
        "5 đ", "₫5", "5₫",
        "9223372036854775807", "9223372036854775808", "-9223372036854775809", "999999999999999999", "1000000000000000000",
        "0" * 30 + "7",
        "1" * 650, "1" * 5000, "1e3", "", " ", "-", "\t3\n", "3\x1f", "5-", "a5b", "²5", "5²", "a٣5", "5٣", "Rs. 5", "100",
        "99", "-99", "12", "10", "50",
    ],
    "number": [
        "0", "-0", "1", "1.0", "1e0", "1.5", "-1.5", ".5", "5.", "1e3", "1E+3", "1e-3", "NaN", "sNaN", "-inf", "Infinity",
        "1_0", "٣.٥", "1e999",
        "1e9999", "1e99999", "1e-9999", "0.1", "0.10", "0.10000000000000001", "0.1000000000000000055511151231257827", "1,5",
        "1.234,5", "1,234.5",
        "1 234,5", "1.5.2", "1,,5", "5,", ",5", "-,5", "$5.00", "5.5%", "5e%", "5e3%", "1.500.000 đ", "1,500,000.00",
        "9007199254740993",
        "123456789012345678", "0.123456789012345678", "1234567890.123456789", "1e18", "1e17", "1e-18", "1e-19", "100",
        "99.999999999999999",
        "100.0000000000000001", "1" * 20, "0." + "0" * 30 + "1", "+.5e-3", "-$5", "--5", "1e", "1e+", "e5", ".", "", " 2 ",
        "1'000", "1\u00a0000", "10",
    ],
    "boolean": ["true", "false", "True", "FALSE", "1", "0", "yes", "no", "có", "không", "x", "", " true", "t", "TRUE",
        "true\x00"],
    "date": [
        "2020-01-05", "2020-1-5", "2020-02-29", "2019-02-29", "2100-02-29", "2000-02-29", "0001-01-01", "0000-01-01",
        "9999-12-31", "2020-13-01",
        "2020-00-10", "2020-01-32", "2020-01-00", " 2020-01-05", "2020-01-05 ", "20200105", "05/01/2020", "5/1/2020",
        "31/12/99", "1/1/68", "1/1/69",
        "29/02/2021", "2020-01- 5", "２０２０-01-05", "2020-01-5T", "01 2020", "2020111", "31/04/2020", "2020-6-31", "2020-01-051",
    ],
    "datetime": [
        "2020-01-05T10:20:30", "2020-01-05 10:20:30", "2020-01-05T10:20:30Z", "2020-01-05T10:20:30z", "2020-01-05T10:20:30+07:00",
        "2020-01-05T10:20:30+0700", "2020-01-05T10:20:30+07", "2020-01-05T10:20:30-00:00", "2020-01-05T10:20:30.5",
        "2020-01-05T10:20:30,123456789",
        "2020-01-05T10:20:30.123456+07:00", "2020-01-05T24:00:00", "2020-01-05T24:00:01", "2020-01-05T10:20:60",
        "2020-W01-1T10:20:30",
        "2020-005T10:20:30", "20200105T102030", "2020-01-05x10:20:30", "2020-01-05T10:20", "2020-01-05T10:20:30+24:00",
        "2020-01-05T10:20:30+07:60",
        "2020-01-05T10:20:30+7:00", "2020-01-05T10:20:30 Z", "2020-01-05T10:20:30.", "2020-01-05T10:20:30.Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00", "2020-01-05T03:20:30Z", "2020-01-05T10:20:30.500000", "2020-01-05T10:20:30+00:00:00",
        "5/1/2020 9:5",
        "05/01/2020 10:20:30", "2020-01-05 10:20:30.123", "2020-01-05T10:20:30+07:00:30", "0000-01-01T00:00:00",
        "2019-02-29T00:00:00",
    ],
    "time": [
        "10:20:30", "10:20", "1:2:3", "24:00:00", "23:59:60", "23:59:61", "10:20:30Z", "10:20:30.5", "10:20:30,123456789",
        "10:20:30+07:00",
        "10:20:30-0700", "102030", "10:20:30 ", "00:00:00", "23:59:59.999999", "10:20:30.5Z", "9:05", "03:20:30Z", "10h20",
        "25:00:00",
    ],
    "year": ["2020", "0000", "9999", "+200", " 200", "1_00", "２０２０", "20", "20200", "-200", "200 ", "2000", "1999", "abcd"],
    "yearmonth": ["2020-01", "2020-1", "20-1", " 2020 - 01 ", "2020-13", "2020-00", "-1-1", "2020", "2020-01-01", "99999-1",
        "2020-001", "٣-1", "1-12"],
    "geopoint": [
        "105.85,21.03", "105.85, 21.03", " 180 ,-90", "180.0000001,0", "-180,90.00", "nan,0", "0,nan", "1e2,1", "0,90.1",
        "1,2,3", "1", ",", "1,",
        "inf,0", "[1,2]", '{"lon":1,"lat":2}', "+1,+2", "1_0,1", "٣,٣", "-180.0,-90.0", "1e-30,0", "0e99,0",
    ],
    "duration": ["P1Y", "PT1H", "P1D", "", "x"],
    "object": ["{}", '{"a":1}', "[]", "x"],
    "array": ["[]", "[1]", "{}", "x"],
    "list": ["1,2", "", "x"],
    "geojson": ['{"type":"Point","coordinates":[1,2]}', "{}"],
}

_VERSION_2 = "https://datapackage.org/profiles/2.0/tableschema.json"  # exclusive bounds are new in it
SOUND: dict[str, list[str]] = {
    "integer": ["0", "1", "-1", "5", "100", "999999999999999999", "-5"],
    "number": ["0", "1.5", "-1.5", "1e3", "0.1", "0.10", "100", "99.5", "9007199254740993", "1234.5"],
    "date": ["2020-01-05", "2000-02-29", "9999-12-31", "0001-01-01", "2020-06-30"],
    "datetime": ["2020-01-05T10:20:30", "2020-01-05T03:20:30Z", "2020-01-05T10:20:30+07:00", "2020-01-05T10:20:30.500000",
        "2000-01-01T00:00:00"],
    "time": ["10:20:30", "03:20:30Z", "10:20:30+07:00", "00:00:00", "23:59:59.999999", "10:20:30.5"],
    "year": ["2020", "2000", "1999", "0000"],
    "yearmonth": ["2020-01", "2020-1", "2000-12", "1-12"],
}
"""Bounds that frictionless can read; half the fields would have none otherwise."""

_UNREAD = ["duration", "object", "array", "list", "geojson"]  # types without a native reader
_TYPES = [type for type in SEEDS if type != "uuid" and type not in _UNREAD] * 4 + ["number"] * 8 + _UNREAD
_ALPHABET = list("0123456789+-.,eE:/ TZ%$_'\"\t\n\x00\x1c\x1f\x85") + list("aAxđ₫€٣２²\u00a0\u202f\u2003\u0301🙂𝟙\ufeff")
_MISSING = ["", "-", "NA", "n/a", "None", "0", "1", "1.0", "True", "x", "nan", "2020", "999", "không có", "2020-01-05", " "]
_PATTERNS = ["[0-9]{8}", "[A-Z]{2}-\\d+", "a|b", "\\w+ \\w+", ".*", "[^,]*", "x?", "(xã|phường) .+", "^a+$", "(?i)ab", "("]
_DAY_FORMATS = [
    "default", "%d/%m/%Y", "%Y%m%d", "%d-%m-%y", "%m/%Y", "%Y", "%d %m %Y", "%d.%m.%Y", "any", "%d/%m", "%B %Y",
    "%Y-%m-%d %H:%M", "%Y năm%%%m",
    "%y%m%d", "%Y %m", "YYYY-MM-DD", "%", "%Q", "%d%m%Y", "(%d)|%m[%Y]", "%Y-%j", " %Y ", "%Y%Y",
]
_MOMENT_FORMATS = [
    "default", "%d/%m/%Y %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S.%f", "%Y-%m-%dT%H:%M:%S%z", "%H%M%S", "%H:%M", "%Hh%M",
    "%S.%f",
    "any", "%I:%M %p", "%z", "%H:%M%z", "%Y%m%d%H%M%S", "%f", "%H %M %S", "%z %H", "%d/%m/%Y",
]


def a_field(random: Random, type: str | None = None) -> Field | None:
    """A field with its schema, as a row stream uses it; None for a descriptor that frictionless refuses."""
    descriptor = a_descriptor(random, type or random.choice(_TYPES))
    schema: dict[str, Any] = {"$schema": _VERSION_2, "fields": [descriptor]}
    if random.random() < 0.3:
        schema["missingValues"] = random.sample(_MISSING, random.randrange(4))
    try:
        return Schema.from_descriptor(schema).fields[0]
    except FrictionlessException:
        return None


def a_descriptor(random: Random, type: str) -> dict[str, Any]:
    descriptor: dict[str, Any] = {"name": "a", "type": type} | _options(random, type)
    if random.random() < 0.3:
        descriptor["missingValues"] = random.sample(_MISSING, random.randrange(5))
    constraints = dict(_constraint(random, type, name) for name in _constraint_names(random, type))
    if random.random() < 0.15:
        constraints["required"] = random.choice([True, False])
    if constraints:
        descriptor["constraints"] = constraints
    return descriptor


def _options(random: Random, type: str) -> dict[str, Any]:
    """Formats and options, more often the ordinary ones."""
    if random.random() < 0.4:
        return {}
    if type == "date":
        return {"format": random.choice(_DAY_FORMATS)}
    if type in ("datetime", "time"):
        return {"format": random.choice(_MOMENT_FORMATS)}
    if type == "geopoint":
        return {"format": random.choice(["default", "array", "object"])}
    if type == "string":
        return {"format": random.choice(["default", "email", "uri", "binary", "uuid", "uuid"])}
    if type == "integer":
        return {"bareNumber": random.random() < 0.3}
    if type == "boolean":
        return {"trueValues": random.choice([["yes", "có"], ["1"], ["true", "x"]]), "falseValues": random.choice([["no",
            "không"], ["0", "x"], []])}
    return _number_options(random) if type == "number" else {}


def _number_options(random: Random) -> dict[str, Any]:
    options: dict[str, Any] = {}
    if random.random() < 0.5:
        options["decimalChar"] = random.choice([".", ",", ",", "'", "@", "", "::", "e", "-", "1"])
    if random.random() < 0.5:
        options["groupChar"] = random.choice([",", ".", ".", " ", "'", "\u00a0", "_", "", "e", "0", "-", "::", "#"])
    if random.random() < 0.4:
        options["bareNumber"] = random.random() < 0.3
    if random.random() < 0.3:
        options["floatNumber"] = True
    return options


def _constraint_names(random: Random, type: str) -> list[str]:
    names = ["enum"]
    if type in ("integer", "number", "date", "datetime", "time", "year", "yearmonth"):
        names += ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"]
    if type == "string":
        names += ["minLength", "maxLength", "pattern"]
    return random.sample(names, min(len(names), random.choice([0, 0, 1, 1, 2, 3])))


def _constraint(random: Random, type: str, name: str) -> tuple[str, Any]:
    if name in ("minLength", "maxLength"):
        return name, random.choice([0, 1, 2, 3, 4, 5, 8, 10, 70])
    if name == "pattern":
        return name, random.choice(_PATTERNS)
    if name == "enum":
        return name, [_value(random, type) for _ in range(random.randrange(1, 6))]
    return name, _value(random, type)


def _value(random: Random, type: str) -> Any:
    """A bound or a value of an enum: mostly a text of the type, at times a value."""
    if type == "number" and random.random() < 0.6:
        return random.choice([0, 1, 1.5, 0.1, 100, -1.5, 99.5, 1e18, 1e300, 2**53 + 1, 10**19, -(10**30), "1e400", 1e-30, "0.1",
            5, 1000, 1234.5])
    if type == "integer" and random.random() < 0.6:
        return random.choice([0, 1, 5, 10, 100, -5, 1000, 10**18, 2**63, -(2**70), 1.0, 1.5, True])
    if type == "year" and random.random() < 0.5:
        return random.choice([0, 1999, 2000, 2020, 9999])
    return random.choice(SOUND.get(type, SEEDS[type]) if random.random() < 0.8 else SEEDS[type])


def some_cells(random: Random, field: Field, count: int) -> Iterator[str]:
    """Cells near to what the field takes, near to its bounds, and far from both."""
    near = [str(value) for name, bound in field.constraints.items() for value in (bound if isinstance(bound, list) else [bound])]
    own = SEEDS["uuid"] if field.format == "uuid" else SEEDS[field.type]
    for _ in range(count):
        yield _CELLS[random.randrange(len(_CELLS))](random, field, near or own, own)


def some_values(random: Random, field: Field, count: int) -> Iterator[Any]:
    """Cells of a worksheet or document: values of Python's types, near to what the field takes and far from it."""
    bounds = [bound for value in field.constraints.values() for bound in (value if isinstance(value, list) else [value])]
    numbers = [bound for bound in bounds if type(bound) in (int, float)]
    for cell in some_cells(random, field, count):
        number = random.choice(_NUMBERS + numbers * 3)
        moved = [number, number + 1, number - 1, float(number), float(number) * (1 + 1e-15), float(number) * (1 + 1e-6), -number]
        yield random.choice([random.choice(moved), random.choice(moved), random.choice(_VALUES), cell, _Shouting(cell)])


class _Shouting(str):
    """A text that prints as another one."""

    def __str__(self) -> str:
        return "NA"


_NUMBERS: list[Any] = [0, 1, -1, 5, 10, 100, 2020, 9999, 10000, 0.5, 0.1, 1.0, 1.5, 99.5, 2**53, 2**53 + 1, 2**63 - 1, -(2**63),
    2**64, 10**18, 1e18, 1e300]
_VALUES: list[Any] = [
    None, True, False, float("nan"), float("inf"), -0.0, Decimal("1.0"), Decimal("NaN"), Decimal(5), date(2020, 1, 5),
    datetime(2020, 1, 5),
    datetime(2020, 1, 5, 10, 20, 30), datetime(2020, 1, 5, tzinfo=UTC), time(10, 20), time(10, 20,
        tzinfo=timezone(timedelta(hours=7))),
    [], [1, 2], (2020, 1), (105, 21), {}, {"lon": 1, "lat": 2}, b"1", "\ud800", "1\ud800", timedelta(days=1), 1j, object,
]


def _own(random: Random, field: Field, near: list[str], own: list[str]) -> str:
    return random.choice(own)


def _near(random: Random, field: Field, near: list[str], own: list[str]) -> str:
    return random.choice(near)


def _moved(random: Random, field: Field, near: list[str], own: list[str]) -> str:
    """A bound, moved a little in its last digits or spelled otherwise."""
    cell = random.choice(near)
    try:
        number = Decimal(cell)
        step = Decimal(random.choice([1, -1, 5, -5])) * Decimal(10) ** random.choice([0, 0, -1, -2, -6, -9, -15, -17])
        moved = number + step if random.random() < 0.8 else number * 1
        return random.choice([str(moved), f"{moved:f}"[:700], f"+{moved}", f"{moved}0"])
    except ArithmeticError:
        return _mutated(random, field, near, own)


def _mutated(random: Random, field: Field, near: list[str], own: list[str]) -> str:
    cell = list(random.choice(own if random.random() < 0.6 else near))
    for _ in range(random.choice([1, 1, 1, 2, 3])):
        at = random.randrange(len(cell) + 1)
        deed = random.randrange(4)
        if deed == 0:
            cell.insert(at, random.choice(_ALPHABET))
        elif at < len(cell) and deed == 1:
            cell[at] = random.choice(_ALPHABET)
        elif at < len(cell) and deed == 2:
            cell[at] = random.choice("0123456789")
        elif at < len(cell):
            del cell[at]
    return "".join(cell)


def _foreign(random: Random, field: Field, near: list[str], own: list[str]) -> str:
    return random.choice(SEEDS[random.choice(list(SEEDS))] + _MISSING)


def _formed(random: Random, field: Field, near: list[str], own: list[str]) -> str:
    """Digits in the form of the type or of its format."""
    form = field.format if "%" in field.format else _FORMS.get(field.type, "%3")
    for directive, most in (("%Y", 9999), ("%y", 99), ("%m", 13), ("%d", 32), ("%H", 25), ("%M", 60), ("%S", 62), ("%f",
        1234567), ("%3", 1200)):
        while directive in form:
            width = random.choice([0, 0, 1, 2]) if most < 100 else random.choice([0, 4])
            number = random.choice([0, 68, 69]) if directive == "%y" and random.random() < 0.5 else random.randrange(most + 1)
            form = form.replace(directive, str(number).zfill(width), 1)
    zone = random.choice(["Z", "+0700", "+07:00", "-23:59", "+24:00", "+07:00:30", "+9900", "z", "+07"])
    return form.replace("%z", zone).replace("%%", "%")


def _random_text(random: Random, field: Field, near: list[str], own: list[str]) -> str:
    return "".join(random.choice(_ALPHABET) for _ in range(random.randrange(12)))


_FORMS = {
    "integer": "%3", "number": "%3.%d", "date": "%Y-%m-%d", "datetime": "%Y-%m-%dT%H:%M:%S", "time": "%H:%M:%S", "year": "%Y",
    "yearmonth": "%Y-%m", "geopoint": "%3.%d,%d.%3",
}
_CELLS: list[Callable[[Random, Field, list[str], list[str]], str]] = [_own, _near, _moved, _mutated, _mutated, _foreign,
    _formed, _formed, _random_text]

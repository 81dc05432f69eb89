"""The sixteen types of Table Schema: their formats and options, cells that are right, cells that are odd, bounds.

Every function takes a `random.Random`, or hypothesis' own, so that the same cells serve quick and long runs.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

Cells = Callable[[Random], str]


@dataclass(frozen=True, slots=True)
class Kind:
    """A type: `good` makes a cell of the default format; `odd` are spellings at the edge, valid or not."""

    good: Cells
    odd: tuple[str, ...]
    bounds: tuple[Any, ...] = ()
    formats: tuple[str, ...] = ("default",)
    options: tuple[dict[str, Any], ...] = ({},)
    constraints: tuple[str, ...] = ()
    good_of: dict[str, Cells] = field(default_factory=dict)  # by format


RANGE = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
WORDS = ("Hà Nội", "Đà Nẵng", "Huế", "x", "Xã Long Điền", "a b", "", "漢字", "e\u0301", "ê", "O'Brien", 'so "to"', "một, hai", "dòng\nhai",
         "😀", "-", "NA", "null", "A", "ab", "aba", "0101", "nan", "None")
PATTERNS = ("[A-Z]{2}", "a|b", "[0-9]{6}|[0-9]{8}", ".*", "x+", "[^,]*", r"\d+", r"\w+", r"[a-zà-ỹ ]+", "(?i)ha", "(", "a$", "", r"\s*x", "(a+)+$",
            "(a)(?=b)", r"[\w.]+@[\w.]+", ".", "é", "[À-ỹ]+", r"^\S+$", "a{2,3}?", r"\Bx", "(?:ab)*")
GEOJSON = ('{"type": "Point", "coordinates": [1, 2]}', '{"type":"FeatureCollection","features":[]}', '{"type":"Topology","objects":{},"arcs":[]}')
HOSTILE = ("", " ", "\t", "\u00a0", "\u2003x", "0", "-0", "+0", "00", "1", " 1", "1 ", "\n1", "1\n", "1\r", "1\r\n", "\u0661", "\uff11", "\u00b2", "1\x00", "\x00", "a\x00b",
           "\ufeff", "\ufeff1", "'", '"', '""', "'1'", ",", ";", "#", "#1", "\\", "\\N", "1e5", "1E400", "0x10", "1_000", "1__0", "_1", "1.", ".5", ".", "-",
           "+", "--5", "1,5", "1.000,5", "1 000", "NaN", "nan", "sNaN", "-sNaN", "NaN123", "INF", "inf", "-Infinity", "infinit", "null", "None", "NA", "n/a",
           "true", "TRUE", "tRue", "yes", "é", "e\u0301", "\u0130", "\u017f", "\u212a", "\U0001f600", "\u2028", "\x1c", "\x85", "\x0b1", "9" * 19, "9" * 40,
           "1" * 400, "9" * 5000, "a" * 300, "2020-01-01", "0000-00-00", "24:00:00", "[]", "{}", "[1]", '{"a": 1}', "P1D", "1,2")


def _digits(r: Random) -> str:
    return str(r.choice((0, 1, 7, 42, 100, 999, 12345, 2**31, 2**63, 10**17)) * r.choice((1, 1, -1)) + r.randint(0, 9))


def _number(r: Random) -> str:
    return f"{r.choice(('', '', '-', '+'))}{r.randint(0, 99999)}{r.choice(('', f'.{r.randint(0, 999)}', 'e3', 'E-2', '.50'))}"


def _date(r: Random) -> str:
    return f"{r.choice((1, 1900, 1999, 2020, 2024, 9999)):04}-{r.randint(1, 12):02}-{r.randint(1, 28):02}"


def _slashes(r: Random) -> str:
    return f"{r.randint(1, 28):02}/{r.randint(1, 12):02}/{r.choice((1999, 2020, 2024))}"


def _clock(r: Random) -> str:
    return f"{r.randint(0, 23):02}:{r.randint(0, 59):02}:{r.randint(0, 59):02}{r.choice(('', '', '.5', '.123456', 'Z', '+07:00', '-0530'))}"


def _plain_clock(r: Random) -> str:
    return f"{r.randint(0, 23):02}:{r.randint(0, 59):02}"


def _moment(r: Random) -> str:
    return f"{_date(r)}{r.choice('TTT t')}{_clock(r)}"


def _point(r: Random) -> str:
    return f"{r.randint(-180, 180)}{r.choice(('', '.25', '.0'))},{r.choice(('', ' '))}{r.randint(-90, 90)}{r.choice(('', '.5'))}"


def _word(r: Random) -> str:
    return r.choice(WORDS)


def _one_of(*texts: str) -> Cells:
    return lambda r: r.choice(texts)


KINDS: dict[str, Kind] = {
    "string": Kind(
        _word, bounds=("x",), odd=("a@b.vn", "http://x.vn/", "urn:x", "x", "abx", "a\n", "12345678999", "é" * 3, "e\u0301" * 3, "\U0001f600" * 2, "!!!", "YQ==", "POINT (1 2)"),
        formats=("default", "default", "default", "email", "uri", "uuid", "binary"), constraints=("minLength", "maxLength", "pattern", "pattern"),
        good_of={"email": _one_of("a@b.vn", "x.y+z@example.com"), "uri": _one_of("http://a.vn/x?y=1", "urn:isbn:1"), "binary": _one_of("YQ==", "", "!!!"),
                 "uuid": _one_of("95ecc380-afe9-11e4-9b6c-751b66dd541e", "123E4567-E89B-12D3-A456-426614174000")}),
    "integer": Kind(
        _digits, ("+5", "1_000", "\u0663", "\uff11\uff12", "1.0", " 7 ", "\u00a07", "$5", "5%", "1,000", "--5", "-$5", "5-", "0b1", "-0", "007", "1e3", "9" * 5000),
        bounds=(0, 5, -3, 100, "7", "1_0", 2**63, -(2**63), 10**30), options=({}, {}, {"bareNumber": False}, {"bareNumber": True}), constraints=RANGE),
    "number": Kind(
        _number, ("NaN", "nan", "sNaN", "INF", "-inf", "Infinity", "1_0", ".5", "5.", "1e999", "\u0663.\u0665", "1.5", "1,5", "1.000,5", "1 000", "$5.0", "5%",
                  "0.1", "0.30000000000000004", "1e-400", "1" * 40, "-0.0", "100.0000000000000000001", "99.9999999999999999999", "1..5", "1,,5"),
        bounds=(0, 5, -3, 100, "0.1", "1e3", 2**63, "NaN", "INF", 0.5), constraints=RANGE,
        options=({}, {}, {"bareNumber": False}, {"decimalChar": ","}, {"groupChar": ","}, {"decimalChar": ",", "groupChar": "."}, {"groupChar": " "},
                 {"floatNumber": True}, {"decimalChar": "."}, {"decimalChar": "٫"}, {"groupChar": "1"}, {"decimalChar": "..", "groupChar": "''"})),
    "boolean": Kind(
        _one_of("true", "false", "True", "FALSE", "1", "0"), ("tRUE", " true", "yes", "no", "có", "không", "01", "2"), bounds=(True, "true", "false"),
        options=({}, {}, {"trueValues": ["có", "yes"], "falseValues": ["không", "no"]}, {"trueValues": []}, {"trueValues": ["x"], "falseValues": ["x", ""]})),
    "date": Kind(
        _date, ("2020-1-5", "2020-02-30", "2020-02-29", "2021-02-29", "0001-01-01", "0000-01-01", "2020-01-01 ", " 2020-01-01", "20200101", "2020-001", "2020-W01-1",
                "\u0662020-01-01", "2020-01-01T00:00:00", "31/12/2020", "1/2/2020", "12-2020", "2020-1\u06f1-01", "2020- 1-01", "+2020-01-01", "2020-00-10", "10000-01-01"),
        bounds=("2000-01-01", "2020-02-29", "2020-1-5", "9999-12-31", "0001-01-01"), formats=("default", "default", "%d/%m/%Y", "%Y%m%d", "any", "%d %b %Y", "%y-%j"),
        constraints=RANGE, good_of={"%d/%m/%Y": _slashes, "%Y%m%d": lambda r: _date(r).replace("-", ""), "any": _slashes}),
    "time": Kind(
        _clock, ("24:00:00", "00:00:00,5", "23:59:60", "1:00:00", "10:00", "100000", "10:00:00.1234567", "10:00:00 ", "10:00:0", "10:00:00+7", "10:00:00-00:00", "T10:00:00",
                 "10:00:00+25:00", "10:0\u0660:00", "24:00:01"),
        bounds=("00:00:00", "12:00:00", "23:59:59"), formats=("default", "default", "%H:%M", "any", "%H:%M:%S"), constraints=RANGE,
        good_of={"%H:%M": _plain_clock, "any": _plain_clock}),
    "datetime": Kind(
        _moment, ("2020-01-01T24:00:00", "2020-01-01T10:00:00,5", "2020-W01-1T10:00:00", "2020-01-01x10:00:00", "2020-01-01T10:00", "2020-001T10:00:00Z",
                  "2020-01-01T10:00:00.1234567890", "20200101T100000", "2020-01-01T10:00:00+07", "2020-01-01T1\u0660:00:00", "2020-01-01T10:00:00ZZ",
                  "2020-01-01T24:00:01", "9999-12-31T24:00:00", "2020-01-01T10:00:00+24:00", "2020-01-01T10:00:60", "2020-1-01T10:00:00 "),
        bounds=("2000-01-01T00:00:00", "2020-01-01T10:00:00Z", "2020-01-01T10:00:00+07:00"), formats=("default", "default", "%d/%m/%Y %H:%M", "any"),
        constraints=RANGE, good_of={"%d/%m/%Y %H:%M": lambda r: f"{_slashes(r)} {_plain_clock(r)}", "any": lambda r: f"{_slashes(r)} {_plain_clock(r)}"}),
    "year": Kind(
        lambda r: str(r.randint(1000, 2030)), ("+200", " 200", "1_00", "\uff12\uff10\uff12\uff10", "999", "0000", "-200", "20.0", "12345", "20 0", "２０20"),
        bounds=(2000, "2010", 0, 9999), constraints=RANGE),
    "yearmonth": Kind(
        lambda r: f"{r.randint(1990, 2030)}-{r.randint(1, 12):02}", ("2020-1", "20-1", " 2020 - 01 ", "2020-13", "2020-00", "-2020-01", "2020-0\u0661", "1_0-1", "+5-+5", "2020"),
        bounds=("2000-01", "2020-06"), constraints=RANGE),
    "duration": Kind(_one_of("P1D", "PT1H", "P1Y2M3DT4H5M6S", "P1W", "-P1D"), ("", "P", "PT", "P1.5D", "p1d", "P1Y1W", "P1D ", "1D", "P0.5Y", "+P1M"), bounds=("P1D", "PT24H")),
    "geopoint": Kind(
        _point, ("180,90", "-180,-90", "180.0000001,0", "0,90.1", "nan,0", "1,2,3", "1;2", " 1 , 2 ", "1e2,1", "\u0661,2", "[1, 2]", "[1, 2, 3]", '{"lon": 1, "lat": 2}',
                 '{"lon": 1}', "1,", ",", "1_0,2", "inf,0", "[181, 0]", '["1", 2]', "[null, 1]", "[true, 1]"),
        bounds=("1,2",), formats=("default", "default", "array", "object"),
        good_of={"array": lambda r: f"[{_point(r)}]", "object": lambda r: json.dumps({"lon": r.randint(-180, 180), "lat": r.randint(-90, 90)})}),
    "geojson": Kind(_one_of(*GEOJSON), bounds=("{}",), odd=("{}", "[]", '{"type": "Point"}', "null", '{"type": "Point", "coordinates": ["1", 2]}'), formats=("default", "default", "topojson")),
    "object": Kind(_one_of("{}", '{"a": 1}', '{"a": {"b": [1]}}'), ("[]", "null", "{", '{"a": NaN}', ' {"a":1} ', "1"), bounds=('{"a": 1}',), constraints=("minLength", "maxLength")),
    "array": Kind(
        _one_of("[]", "[1]", '["a", "b"]', "[1, 2, 3]"), ("{}", "null", "[1,]", " [1] ", "[[1]]", "[null]", "1,2"), bounds=("[1]",), constraints=("minLength", "maxLength"),
        options=({}, {}, {"arrayItem": {"type": "integer"}}, {"arrayItem": {"type": "string", "constraints": {"minLength": 1}}})),
    "list": Kind(
        _one_of("a,b", "1,2,3", "x"), ("", ",", "1,,2", "1;2", "a", "2020-01-01,2020-02-30"), constraints=("minLength", "maxLength"),
        options=({}, {"delimiter": ";"}, {"itemType": "integer"}, {"itemType": "date", "delimiter": "|"})),
    "any": Kind(_word, ("1", "{}"), bounds=("x", "1")),
}
HASHABLE = tuple(name for name in KINDS if name not in ("array", "object", "geojson", "list"))


def cell(r: Random, descriptor: dict[str, Any], wild: float) -> str:
    """A cell for this field: of its format mostly, odd or of any kind with the chance `wild`."""
    kind = KINDS[descriptor["type"]]
    if r.random() >= wild:
        enum = descriptor.get("constraints", {}).get("enum")
        if enum and r.random() < 0.8:
            return str(r.choice(enum))
        return kind.good_of.get(descriptor.get("format", "default"), kind.good)(r)
    roll = r.random()
    if roll < 0.5:
        return r.choice(kind.odd)
    if roll < 0.8:
        return r.choice(HOSTILE)
    if roll < 0.9:
        return r.choice(KINDS[r.choice(tuple(KINDS))].odd)
    return mutated(r, kind.good(r))


def mutated(r: Random, text: str) -> str:
    """The text with one character taken out, put in, or changed."""
    at = r.randint(0, len(text))
    return text[:at] + r.choice(("", " ", "0", "-", ".", "\u0660", "\x00", "é", "'", "9", "\u3000")) + text[at + r.randint(0, 1):]


def field_descriptor(r: Random, name: str, kinds: tuple[str, ...] = tuple(KINDS)) -> dict[str, Any]:
    """A field of a random type with its format, options, missing values and constraints."""
    type_name = r.choice(kinds)
    kind = KINDS[type_name]
    made: dict[str, Any] = {"name": name, "type": type_name, **r.choice(kind.options)}
    if (chosen := r.choice(kind.formats)) != "default" or r.random() < 0.2:
        made["format"] = chosen
    if r.random() < 0.2:
        made["missingValues"] = r.choice(([], ["", "NA", "-"], ["NA"], [" ", "0"], ["None"], [{"value": "-", "label": "none"}], ["", "1"]))
    constraints = constraints_of(r, kind, made.get("format", "default"))
    if constraints:
        made["constraints"] = constraints
    return made


def constraints_of(r: Random, kind: Kind, format_name: str) -> dict[str, Any]:
    """Some constraints that the type knows; now and then one that it does not, or a bound that is none in this format."""
    made: dict[str, Any] = {}
    if r.random() < 0.25:
        made["required"] = r.random() < 0.8
    if kind.bounds and r.random() < 0.12:
        made["enum"] = [kind.good_of.get(format_name, kind.good)(r) for _ in range(r.randint(1, 4))] + ([r.choice(kind.odd)] if r.random() < 0.1 else [])
    for name in kind.constraints:
        if r.random() < 0.8:
            continue
        if name in ("minLength", "maxLength"):
            made[name] = r.choice((0, 1, 2, 3, 5))
        elif name == "pattern":
            made[name] = r.choice(PATTERNS)
        elif format_name == "default" or r.random() < 0.1:
            made[name] = r.choice(kind.bounds)
        else:
            made[name] = kind.good_of.get(format_name, kind.good)(r)
    if r.random() < 0.01:
        made[r.choice((*RANGE, "pattern", "minLength"))] = r.choice((1, "a", None))
    return made

"""An automaton says of every text what `re` says of it, both ways."""

from __future__ import annotations

import json
import re
from itertools import product
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument

from catalog.validation.patterns import PlainAutomaton, automaton_of, tables_of

SCHEMAS = Path(__file__).parents[3] / "schemas"

REALISTIC = [
    r"^\d{14}$",
    r"^([013-9]\d|2[AB1-9])\d{3}$",
    r"(?:(?:^|,)(^[A-Z]{2}[A-Z0-9]{4,33}$|Non concerné))+$",
    r"^(\d+|N/A)$",
    r"(.*?)((\d{1,2}:\d{2})-(\d{1,2}:\d{2})|24/7)",
    r"^([013-9]\d|2[AB1-9])\d{3}",
    r"^([013-9]\d|2[AB1-9])\d{3}-T-\d{3}$",
    r"https?://.+",
    r"https?://[^\s/$.?#].[^\s]*",
    r"[^@ \t\r\n]+@[^@ \t\r\n]+\.[^@ \t\r\n]+",
    r"[\w.+-]+@[\w-]+\.[\w.-]+",
    r"a|b",
    r"abc|",
    r"|abc",
    r"[0-9]{6}|[0-9]{8}",
    r"(?:02[0-9]{9}|1[89]00[0-9]{4,6})",
    r"\+?[0-9 ().-]{8,20}",
    r"[A-Z]{1,3}",
    r"[A-Za-zÀ-ỹ ]+",
    r"\w+( \w+)*",
    r"\S+",
    r"\S(.*\S)?",
    r".*",
    r".+",
    r"(?s:.*)",
    r"",
    r"\n",
    r"a\n?",
    r"^$|^a$",
    r"20[0-9]{2}(?:-(?:0[1-9]|1[0-2])|-Q[1-4]|-H[12])?",
    r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?Z?)?",
    r"([01]\d|2[0-3]):[0-5]\d",
    r"(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}",
    r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
    r"#[0-9a-f]{6}",
    r"[A-Z]{2}[0-9]{8}",
    r"[0-9]{9}([0-9]{3})?",
    r"[a-z]{31}[0-9]",
    r"[a-z]{32}",
    r"[a-z]{33}",
    r"\w{2}-\d{4}",
    r"-?\d+(\.\d+)?",
    r"\d+(?:[.,]\d+)?\s*%",
    r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?",
    r"\d{1,3}(\.\d{3})*",
    r"(?:Tỉnh|Thành phố|Quận|Huyện|Thị xã|Xã|Phường) .+",
    r"[IVXLCDM]+",
    r"(?:[0-9]{2}|[0-9]{3}|[0-9]{5})",
    r"[^,;]*",
    r"[^\d\W]+",
    r"(a+)+",
    r"(a|a)*",
    r"(a|aa)+",
    r"(.*a){8}",
    r"(x+x+)+y",
    r"\b\w+\b",
    r"\bHà\b.*",
    r".*\Bb",
    r"\Aabc\Z",
    r"(?a:\d+)",
    r"(?:a{0,3}){2}",
    r"a{2,}?",
    r"(a*)*b",
    r"(?:|a)+b",
    r"[\x00-\x1f]+",
    r"[𝔸-𝕫]+",
    r"\.[^.]{1,5}",
    r"(?P<year>\d{4})/(?P<month>\d\d)",
    r"[\s\S]",
    r"[^\s\S]",
]
UNSUPPORTED = [
    r"(a)\1",
    r"(?=a)a",
    r"(?!a)b",
    r"(?<=a)b",
    r"(a)?(?(1)b|c)",
    r"(?>a+)b",
    r"a++b",
    r"(?i:abc)",
    r"(?m:^a$)",
    r"(.*a.*){3}(.|b){14}c.{14}",
    r"a{9999}{9999}",
    "(" * 300 + ")" * 300,
    "x" * 50_000,
    r"(?:(?:){9999}){9999}",
]
INVALID = [r"(", r"[", r"a**", r"(?i)abc", r"\1", r"a{99999999999}", "*"]

TEXTS = ["".join(text) for size in range(4) for text in product("ab1 \n", repeat=size)] + [
    "12345678901234",
    "01234\n",
    "2A123-T-004",
    "FRS65,Non concerné",
    "N/A",
    "lundi 08:00-12:00",
    "24/7",
    "http://a.vn/x?y",
    "a@b.vn",
    "12345678999",
    "123456\n",
    "0912 345 678",
    "Tỉnh Cà Mau",
    "Tỉnh Cà Mau",
    "Hà Nội",
    "e\u0301",
    "٣٤",
    "１２\n",
    "2024-Q1",
    "2024-02-29T23:59",
    "255.255.255.0",
    "1.234.567",
    "-1.5e10",
    "99,5 %",
    "#00ff7f",
    "XIV",
    "aaaaab",
    "a" * 200 + "!",
    "xxxxxxy",
    "𝔸𝔹",
    "\U0010ffff",
    "\ud800",
    "a\ud800",
    "\0",
    "\x85",
    "\u2028",
    "\r\n",
    "\n\n",
    "a\n\n",
    "Hà",
    "_b",
    ".csv",
    "2024/07",
]

literals = st.sampled_from(
    [
        "a",
        "b",
        "1",
        " ",
        "\n",
        "é",
        "𝔸",
        r"\.",
        r"\d",
        r"\w",
        r"\s",
        r"\D",
        r"\W",
        r"\S",
        ".",
        "[ab]",
        "[^a]",
        r"[^\d]",
        "[à-ỹ]",
        r"[^\S\n]",
        "(?s:.)",
        r"(?a:\w)",
        "^",
        "$",
        r"\A",
        r"\Z",
        r"\b",
        r"\B",
        "",
    ]
)


def _larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    repeats = st.sampled_from(["*", "+", "?", "*?", "+?", "??", "{2}", "{0,2}", "{1,3}?", "{2,}", "{,1}", "{0}"])
    return st.one_of(
        st.tuples(inner, inner).map("".join),
        st.lists(inner, min_size=2, max_size=3).map("|".join),
        st.lists(inner, min_size=2, max_size=3).map(lambda ways: f"({'|'.join(ways)})"),
        st.tuples(inner, repeats).map(lambda parts: f"(?:{parts[0]}){parts[1]}"),
    )


expressions = st.recursive(literals, _larger, max_leaves=8)
texts = st.text(st.one_of(st.sampled_from("ab1 \n_é"), st.characters(exclude_categories=())), max_size=8)


def said_by_re(pattern: str, text: str) -> bool:
    return re.compile("^{0}$".format(pattern)).match(text) is not None  # noqa: UP030, UP032 - frictionless' own words


def the_same(pattern: str, text: str) -> bool:
    expected = said_by_re(pattern, text)
    return automaton_of(pattern).match(text) is expected and PlainAutomaton(tables_of(pattern)).match(text) is expected


@pytest.mark.parametrize("pattern", REALISTIC)
def test_a_realistic_pattern_says_what_re_says(pattern: str) -> None:
    different = [text for text in TEXTS if len(text) < 99 and not the_same(pattern, text)]
    assert not different


@given(pattern=expressions, text=texts)
@settings(max_examples=800, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@example(pattern="a|b", text="axx")
@example(pattern="a$\n", text="a\n")
@example(pattern=r"\B", text="")
def test_any_pattern_says_what_re_says(pattern: str, text: str) -> None:
    try:
        re.compile(f"^{pattern}$")
    except re.error:
        assert automaton_of(pattern) is None
        return
    if automaton_of(pattern) is not None:
        assert all(the_same(pattern, cell) for cell in (text, text + "\n", text[:1], text[::-1]))


MATCHABLE = [pattern for pattern in REALISTIC if "+)+" not in pattern and ")*" not in pattern and pattern != r"[^\s\S]"]


@given(pattern=st.sampled_from(MATCHABLE), data=st.data())
@settings(max_examples=250, deadline=None)
def test_a_matching_text_and_its_neighbours(pattern: str, data: st.DataObject) -> None:
    if said_by_re(pattern, ""):
        text = data.draw(texts)
    else:
        try:
            text = data.draw(st.from_regex(f"^{pattern}$").filter(lambda text: len(text) < 60))
        except InvalidArgument:  # no text at all matches, such as [^\s\S]
            text = data.draw(texts)
    place = data.draw(st.integers(0, len(text)))
    for cell in (text, text + "\n", text[:place] + data.draw(texts) + text[place:], text[:place] + text[place + 1 :]):
        assert the_same(pattern, cell)


@pytest.mark.parametrize("points", [range(0x3000), range(0xD700, 0x10000), range(0x1D7C0, 0x1D810), range(0x10FFF0, 0x110000)])
@pytest.mark.parametrize("pattern", [r"\d", r"\w", r"\s", r"[^\w]", ".", "[^\U0010fffe]", "[\u0041-\U0010ffff]"])
def test_every_character_is_of_its_class(pattern: str, points: range) -> None:
    automaton, expected = automaton_of(pattern), re.compile(f"^{pattern}$")
    assert [point for point in points if automaton.match(chr(point)) != bool(expected.match(chr(point)))] == []


@pytest.mark.parametrize("pattern", UNSUPPORTED + INVALID)
def test_what_frictionless_must_do_itself(pattern: str) -> None:
    assert automaton_of(pattern) is None


def test_every_pattern_of_our_schemas_has_an_automaton() -> None:
    schemas = [json.loads(path.read_text("utf-8")) for path in SCHEMAS.glob("*/schema.json")]
    patterns = {
        field["constraints"]["pattern"]
        for schema in schemas
        for field in schema["fields"]
        if "pattern" in field.get("constraints", {})
    }
    assert patterns
    assert {pattern for pattern in patterns if automaton_of(pattern) is None} == set()


def test_a_catastrophe_of_backtracking_is_none_here() -> None:
    assert automaton_of("(a+)+$").match("a" * 40 + "!") is False
    assert automaton_of("(a|a)*b").match("a" * 1_000_000) is False
    assert automaton_of("(a|aa)+$").match("a" * 1_000_000) is True


GOOD = (2, bytes([0, 1, 1]), bytes([0, 0, 1, 0, 2, 0]), bytes(4), bytes(64))


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (0, 3),
        (0, 2**31),
        (1, b""),
        (1, b"\0"),
        (1, bytes([1, 1, 0])),
        (1, bytes([0, 0, 0])),
        (1, bytes([0, 1, 2])),
        (2, b""),
        (2, bytes(5)),
        (2, bytes(8)),
        (2, bytes([0, 0, 1, 0, 3, 0])),
        (2, bytes([0, 0, 1, 0, 2, 1])),
        (2, bytes(6 * 257)),
        (3, b""),
        (3, bytes(2)),
        (3, bytes(5)),
        (3, bytes([0, 0, 1, 0])),
        (3, bytes(2 * 17409)),
        (4, b""),
        (4, bytes(63)),
        (4, bytes(65)),
        (4, bytes([0] * 63 + [1])),
    ],
)
def test_tables_that_do_not_hold_are_refused(place: int, value: int | bytes) -> None:
    from catalog.validation._native import Automaton

    assert Automaton(GOOD).match("any text") is True
    with pytest.raises(ValueError):
        Automaton((*GOOD[:place], value, *GOOD[place + 1 :]))


@pytest.mark.parametrize("wrong", [None, (), (1,), [*GOOD], (*GOOD, 1), ("2", *GOOD[1:]), (2, "01", *GOOD[2:])])
def test_what_are_no_tables_is_refused(wrong: object) -> None:
    from catalog.validation._native import Automaton

    with pytest.raises(TypeError):
        Automaton(wrong)
    with pytest.raises(TypeError):
        Automaton(GOOD).match(b"bytes")

"""The scanner's parts that no table of a few rows reaches: UTF-8 cut anywhere, what is learned, what is a row, many blocks."""

from __future__ import annotations

import csv
import io
from random import Random
from typing import Any

import pytest
from frictionless import Dialect, Schema
from frictionless.resources import TableResource
from hypothesis import given
from hypothesis import strategies as st

from catalog.validation import _native
from catalog.validation.fast_table import FastTable
from catalog.validation.plan import plan_of

EDGES = ("00", "7f", "80", "bf", "c0 80", "c1 bf", "c2 80", "df bf", "e0 9f bf", "e0 a0 80", "ed 9f bf", "ed a0 80", "ed bf bf", "ee 80 80", "ef bf bf", "f0 8f bf bf",
         "f0 90 80 80", "f4 8f bf bf", "f4 90 80 80", "f5 80 80 80", "ff", "e1 80", "f1 80 80", "c2", "c2 41", "e1 41 80", "e1 80 41", "f1 41 80 80", "f1 80 41 80", "f1 80 80 41",
         "e0 80 80", "f0 80 80 80")
SEQUENCES = st.sampled_from([bytes.fromhex(edge) for edge in EDGES] + [b"a", b"abcdefgh", "ế".encode(), "😀".encode()])


def pieces(content: bytes, size: int) -> list[bytes]:
    return [content[at:at + size] for at in range(0, len(content), size)]


def is_valid(blocks: list[bytes]) -> bool:
    scanner = _native.Scanner(None, {})
    return all(scanner.valid(block, False) for block in blocks) and scanner.valid(b"", True)


def decodes(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


@pytest.mark.parametrize("edge", EDGES)
def test_utf8_at_its_edges_is_what_python_decodes(edge):
    for before in range(9):
        content = b"x" * before + bytes.fromhex(edge)
        for after in (b"", b"y", b"y" * 9):
            for size in (1, 2, 3, 4, 100):
                assert is_valid(pieces(content + after, size)) == decodes(content + after)


@pytest.mark.parametrize("edge", EDGES)
def test_utf8_at_its_edges_is_what_python_decodes_wherever_it_stands_in_a_wide_step(edge):
    for before in range(20, 70):
        for after in (b"", b"y" * 3, "ế".encode() * 15, b"y" * 70):
            content = b"x" * before + bytes.fromhex(edge) + after
            assert is_valid([content]) == decodes(content)
            assert is_valid(pieces(content, 37)) == decodes(content)


@given(st.lists(SEQUENCES, max_size=60).map(b"".join), st.integers(1, 200))
def test_any_bytes_are_utf8_where_python_decodes_them(content, size):
    assert is_valid(pieces(content, size)) == decodes(content)


def told(scanner: Any, content: bytes, size: int = 1 << 20) -> list[tuple[Any, ...]]:
    """All doubts of a text that is fed in pieces."""
    found = []
    blocks = pieces(content, size) or [b""]
    for number, block in enumerate(blocks, start=1):
        scanner.feed(block, number == len(blocks))
        while doubts := scanner.scan():
            found += doubts
    return found


def unsure() -> Any:
    """A column of which the scanner itself knows nothing."""
    (field,) = Schema.from_descriptor({"fields": [{"name": "a", "type": "object"}]}).fields
    return _native.Column(plan_of(field))


@pytest.mark.parametrize("length", [0, 1, 2, 8, 1024])
def test_what_was_learned_is_known_and_nothing_that_resembles_it(length):
    chance = Random(length)
    texts = [b"%d" % n if length == 0 else bytes(chance.choices(b"ab", k=length - 1)) + b"%d" % (n % 10) for n in range(600)]
    learned = texts[::2]
    scanner = _native.Scanner([unsure(), unsure()], {})
    for text in learned * 2:
        scanner.learn(0, text)
    rows = [b"x,x", *(text + b"," + text for text in texts)]
    doubts = told(scanner, b"\n".join(rows))
    of_first = {row for _, row, _, _, cells in doubts for column, _, _ in cells or () if column == 0}
    assert of_first == {row for row, text in enumerate(texts, start=2) if text not in set(learned)}
    assert len(doubts) == len(rows), "nothing was learned of the second column"


def test_a_full_memory_of_texts_and_a_long_text_are_not_learned():
    scanner = _native.Scanner([unsure()], {})
    for number in range(3000):
        scanner.learn(0, b"%01000d" % number)
    scanner.learn(0, b"x" * 1025)
    rows = [b"first", b"%01000d" % 0, b"%01000d" % 2999, b"x" * 1025]
    assert [row for _, row, *_ in told(scanner, b"\n".join(rows))] == [1, 3, 4]


@pytest.mark.parametrize("size", [7, 64, 1000, 1 << 20])
def test_doubled_quotes_in_many_blocks(size):
    content = "".join(f'"{n}""{n % 7}","a""""{n}"\n' for n in range(3000))
    expected = list(csv.reader(io.StringIO(content, newline="")))
    assert [[cell.decode() for _, cell, _ in cells] for *_, cells in told(_native.Scanner(None, {"quote": b'"'}), content.encode(), size)] == expected


OF_ANY = [{"name": "a", "type": "any"}, {"name": "b", "type": "any"}]


@pytest.mark.parametrize(("options", "rows"), [
    ({}, [1, 3, 4, 7, 8]), ({"first": 2}, [1, 2, 3, 6, 7]), ({"first": 9}, []), ({"skip_blank": True}, [1, 5]), ({"comment": b"#"}, [1, 3, 4, 6, 7]),
    ({"comment_rows": [2, 3, 8]}, [1, 2, 5]), ({"comment_rows": [1]}, [1, 2, 3, 6, 7]),
])
def test_which_records_are_rows(options, rows):
    """The first of them is always shown, and so is each that has nothing in it or the wrong number of cells."""
    columns = [_native.Column(plan_of(field)) for field in Schema.from_descriptor({"fields": OF_ANY}).fields]
    content = b"1,2\n3,4\n\n,\n#,\n5,6\n7\n\n"
    scanner = _native.Scanner(columns, {"quote": b'"', **options})
    assert [row for _, row, *_ in told(scanner, content)] == rows
    assert scanner.records == 8


@pytest.mark.parametrize("schema", [{"primaryKey": ["a"]}, {"primaryKey": ["a", "b"]}, {}])
@pytest.mark.parametrize("content", [
    "a,b,c\n1,2,x\n,3,x\n4,,x\n", "a,b,c\n1,2,x\n3,4,x\n,,x\n", "a,b,c\n1,2,x\n,,x\n,,x\n5,6,x\n", "a,b,c\n,,x\n1,1,x\n1,1,x\n", "a,b,c\n1,2,x\n\n,,\n3,4,x\n,,x\n",
])
@pytest.mark.parametrize("skip_blank", [False, True])
def test_keys_of_nothing_and_blank_rows_get_the_same_report(tmp_path, schema, content, skip_blank):
    path = tmp_path / "t.csv"
    path.write_text(content, "utf-8")
    fields = [{"name": name, "type": "string"} for name in "abc"]
    reports = []
    for engine in (TableResource, FastTable):
        table = engine(path=path.name, basepath=str(tmp_path), schema=Schema.from_descriptor({"fields": fields, **schema}),
                       dialect=Dialect.from_descriptor({"skipBlankRows": skip_blank}))
        report = table.validate().to_descriptor()
        reports.append([(error["type"], error.get("rowNumber"), error["note"]) for error in report["tasks"][0]["errors"]])
    assert reports[0] == reports[1]

"""Hostile input for the types of the extension, for some seconds: `python hostile_input.py SEED SECONDS`.

Run with a sanitized extension. Beside what the sanitizers find, it holds what must be true whatever comes: a text
gives the same rows however it is cut into blocks, and the store of keys agrees with a count in Python.
"""

from __future__ import annotations

import csv
import io
import sys
import time
import warnings
from array import array
from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any

from frictionless import Schema

from catalog.validation import _native, patterns
from catalog.validation.plan import plan_of

FIELDS: tuple[dict[str, Any], ...] = (
    {"type": "integer"}, {"type": "integer", "constraints": {"minimum": -5, "maximum": 10**15}}, {"type": "integer", "bareNumber": False},
    {"type": "number"}, {"type": "number", "decimalChar": ",", "groupChar": "."}, {"type": "number", "constraints": {"minimum": "0.5", "maximum": "1e9"}},
    {"type": "string"}, {"type": "string", "constraints": {"minLength": 2, "maxLength": 9, "required": True}},
    {"type": "string", "constraints": {"pattern": "[A-ZĐ]{2}-\\d+(/x?)*"}}, {"type": "string", "constraints": {"enum": ["Hải Phòng", "Huế", ""]}},
    {"type": "string", "format": "uuid"}, {"type": "string", "format": "email"}, {"type": "boolean"}, {"type": "boolean", "trueValues": ["có"]},
    {"type": "date"}, {"type": "date", "format": "%d/%m/%Y"}, {"type": "date", "constraints": {"minimum": "2000-02-29"}}, {"type": "date", "format": "any"},
    {"type": "datetime"}, {"type": "datetime", "format": "%Y-%m-%d %H:%M"}, {"type": "time"}, {"type": "time", "format": "%H.%M"}, {"type": "year"},
    {"type": "yearmonth"}, {"type": "geopoint"}, {"type": "geopoint", "format": "array"}, {"type": "any"}, {"type": "array"}, {"type": "duration"},
)
PATTERNS = ("a|b", "[^à-ỹ]*", "\\w+\\s?\\d{2,5}", "(x(y|z)*){0,3}", ".", "", "[\\U00010000-\\U0010ffff]+", "(?i)hải", "\\bđ\\b", "[\\W_]+$")
CELLS = (
    "", "0", "-1", "+12", "007", "12345678901234567890", "1e5", "1.5", "1,5", "1.234.567,8", "NaN", "-INF", "1e999", "٣", "１２", "true", "False", "1", "có",
    "2024-02-29", "2023-02-29", "0001-01-01", "9999-12-31", "31/12/1999", "2024-02-29T23:59:60Z", "2024-01-01T10:00:00+07:00", "2024-01-01 10:00", "24:00:00",
    "10:11:12", "10.11", "2024", "-0001", "99999", "2024-13", "2024-02", "105.8,21.0", "[105.8, 21]", "200,91", "1e2,3", "AB-1/x/", "ĐH-22", "Hải Phòng", "Huế",
    "a@b.c", "123e4567-e89b-12d3-a456-426614174000", "\x00", "\ufeff1", " 1 ", "\u00a01", "1_000", "😀", "\u2028", "x" * 300, "9" * 5000, "P1Y", "[1]", "{}", "%",
)
BYTES = b'\x00\n\r",;\\\' \t\x7f\x80\xbf\xc2\xe0\xed\xf0\xf4\xff0159-:.eE+aZ'


def mutated(chance: Random, text: bytes) -> bytes:
    """The text with some bytes changed, put in, taken out or doubled."""
    out = bytearray(text)
    for _ in range(chance.choice((0, 1, 1, 2, 5, 20))):
        at = chance.randrange(len(out) + 1)
        match chance.randrange(4):
            case 0:
                out[at:at] = bytes(chance.choices(BYTES, k=chance.choice((1, 1, 3, 70))))
            case 1:
                del out[at:at + chance.choice((1, 1, 2, 9))]
            case 2:
                out[at:at + 1] = bytes([chance.choice((chance.randrange(256), chance.choice(BYTES)))])
            case _:
                out[at:at] = out[max(0, at - chance.randrange(1, 40)):at]
    return bytes(out)


def some_cell(chance: Random) -> bytes:
    if chance.random() < 0.1:
        return chance.randbytes(chance.randrange(60))
    cell = chance.choice(CELLS).encode()
    return cell if chance.random() < 0.5 else mutated(chance, cell)


def readable(chance: Random, text: bytes) -> bytes:
    """The text with what is no UTF-8 taken out or replaced, as the scanner is promised."""
    return text.decode("utf-8", chance.choice(("ignore", "replace"))).encode()


def some_field(chance: Random) -> dict[str, Any]:
    field = dict(chance.choice(FIELDS))
    if chance.random() < 0.3:
        field["missingValues"] = chance.sample(["", "-", "NA", "0", "x" * 40, "Hải"], 3)
    return field


def some_columns(chance: Random, count: int) -> list[Any]:
    schema = Schema.from_descriptor({"fields": [{"name": f"c{number}", **some_field(chance)} for number in range(count)]})
    return [_native.Column(plan_of(field)) for field in schema.fields]


def try_columns(chance: Random) -> None:
    """Any bytes, any Python value: a verdict, never more."""
    (column,) = some_columns(chance, 1)
    for _ in range(300):
        cell = readable(chance, some_cell(chance))
        assert column.check(cell) in (0, 1, 2)
        column.check(cell.decode())
        column.hash(cell.decode())
        column.check(some_cell(chance))
    for cell in (None, True, 0, -(10**30), 1.5, float("nan"), float("inf"), [], {}, (), object(), "\ud800", "a\0b", b"", 10**400):
        column.check(cell)


def try_automata(chance: Random) -> None:
    pattern = chance.choice(PATTERNS)
    if chance.random() < 0.5:
        pattern = mutated(chance, pattern.encode()).decode("utf-8", "replace")
    automaton = patterns.automaton_of(pattern)
    for _ in range(100 if automaton else 0):
        automaton.match(readable(chance, some_cell(chance)).decode())
    tables = patterns.tables_of(chance.choice(PATTERNS))
    if tables is None:
        return
    start, *parts = tables
    at = chance.randrange(4)
    parts[at] = mutated(chance, parts[at])
    try:  # tables that patterns.py never makes must be refused, or be harmless
        damaged = _native.Automaton((chance.choice((start, start + 1, 70_000, 0)), *parts))
    except (ValueError, OverflowError, TypeError):
        return
    for _ in range(50):
        damaged.match(readable(chance, some_cell(chance)).decode())


def some_text(chance: Random, columns: int, delimiter: str) -> bytes:
    """A table with the faults of real ones: ragged, blank, badly quoted, cut off."""
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=delimiter, lineterminator=chance.choice(("\n", "\r\n", "\r")),
                        quoting=chance.choice((csv.QUOTE_MINIMAL, csv.QUOTE_ALL)))
    for _ in range(chance.choice((0, 1, 3, 30, 200))):
        count = columns if chance.random() < 0.9 else chance.randrange(columns + 4)
        writer.writerow([some_cell(chance).decode("utf-8", "replace") if chance.random() < 0.3 else str(chance.randrange(10**6)) for _ in range(count)])
    text = written.getvalue().encode()
    return readable(chance, mutated(chance, text) if chance.random() < 0.7 else text[:chance.randrange(len(text) + 1)])


def pieces(chance: Random, text: bytes) -> list[bytes]:
    longest = chance.choice((1, 7, 63, 64, 65, 1000, 10**6))
    found = []
    at = 0
    while at < len(text) and len(found) < 3000:
        step = chance.randrange(longest + 1)
        found.append(text[at:at + step])
        at += step
    return [*found, text[at:]]


def rows_of(columns: list[Any] | None, options: dict[str, Any], blocks: list[bytes], learns: bool = False) -> tuple[Any, ...]:
    """All that a scanner tells of a text, which depends on the cuts if it learns meanwhile."""
    scanner = _native.Scanner(columns, options)
    rows: list[Any] = []
    for number, block in enumerate(blocks, start=1):
        scanner.feed(block, number == len(blocks))
        while found := scanner.scan():
            rows += found
            for _, _, _, _, cells in found:
                for column, text, is_group in cells or () if learns else ():
                    if len(text) % 3 == 0:
                        (scanner.learn_group if is_group else scanner.learn)(column, text)
    return rows, scanner.records, scanner.rows, scanner.left


def try_scanners(chance: Random) -> None:
    """The same text in one piece and in many gives the same rows and the same keys."""
    count = chance.choice((1, 2, 5, 12))
    columns = some_columns(chance, count) if chance.random() < 0.8 else None
    delimiter = chance.choice(",;\t|")
    options: dict[str, Any] = {"delimiter": delimiter.encode(), "first": chance.choice((1, 2, 3)), "skip_blank": chance.random() < 0.2,
                               "double_quote": chance.random() < 0.9, "skip_space": chance.random() < 0.2, "sampled": 100}
    if chance.random() < 0.9:
        options["quote"] = chance.choice((b'"', b"'"))
    if chance.random() < 0.2:
        options["escape"] = b"\\"
    if chance.random() < 0.2:
        options |= {"comment": chance.choice((b"#", b"1", "đ".encode())), "comment_rows": [1, 4]}
    if columns and chance.random() < 0.4:
        options["groups"] = [chance.sample(range(count), chance.randrange(1, count + 1))]
    text = some_text(chance, count, delimiter)
    keys = [(chance.sample(range(count), chance.randrange(1, count + 1)), chance.random() < 0.5) for _ in range(2 if columns else 0)]
    told = []
    for blocks in ([text], pieces(chance, text), pieces(chance, text)):
        stores = [_native.KeyStore(memory=4096) for _ in keys]
        given = [(store, *key) for store, key in zip(stores, keys, strict=True)]
        rows = rows_of(columns, {**options, "keys": given}, blocks)
        told.append((rows, [(len(store), list(store.candidates())) for store in stores]))
    assert told[0] == told[1] == told[2], (options, text)
    rows_of(columns, options, pieces(chance, text), learns=columns is not None)
    whole = _native.Scanner(columns, options)
    assert whole.valid(text, True)
    for block in pieces(chance, mutated(chance, text)):
        whole.valid(block, False)


def try_stores(chance: Random) -> None:
    """Any order of calls on a store that is mostly on the disk."""
    store = _native.KeyStore(memory=chance.choice((0, 4096, 10_000, 10**6)))
    model: list[int] = []
    final = 0
    for _ in range(chance.randrange(1, 30)):
        match chance.randrange(5):
            case 0:
                model.append(chance.randrange(50))
                store.push(model[-1])
            case 1:
                more = array("Q", (chance.choice((chance.randrange(99), chance.getrandbits(64))) for _ in range(chance.randrange(900))))
                model += more
                store.extend(more)
            case 2 if final < len(model):
                row = chance.randrange(final, len(model))
                model[row] = chance.getrandbits(2)
                store.set(row, model[row])
            case 3:
                final = len(model)
                store.commit()
            case _:
                count = Counter(model)
                assert list(store.candidates()) == [row for row, word in enumerate(model) if word and count[word] > 1]
    for _ in range(50):
        _native.hash_bytes(some_cell(chance), chance.getrandbits(64))


TRIALS: tuple[Callable[[Random], None], ...] = (try_columns, try_automata, try_scanners, try_scanners, try_stores)


def main(seed: int, seconds: float) -> None:
    """Run trials until the time is over; the seed of a trial that fails is in its error."""
    csv.field_size_limit(2**30)
    warnings.simplefilter("ignore", FutureWarning)  # of re, on sets in a mutated pattern
    count: Counter[str] = Counter()
    end = time.monotonic() + seconds
    number = 0
    while time.monotonic() < end:
        number += 1
        trial = TRIALS[number % len(TRIALS)]
        try:
            trial(Random(f"{seed}/{number}"))
        except Exception as error:
            error.add_note(f"{trial.__name__}(Random('{seed}/{number}'))")
            raise
        count[trial.__name__] += 1
    print(f"seed {seed}: " + ", ".join(f"{n} {name}" for name, n in sorted(count.items())))


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))

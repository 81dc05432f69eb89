"""Delimited text at its worst, and how CPython's csv reads it: the reference for the splitting of records."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from random import Random
from typing import Any

csv.field_size_limit(2**30)  # as frictionless sets it
SIGNS = ("a", "b", '"', '"', '"', ",", ",", "\n", "\n", "\r\n", "\r", " ", ";", "'", "\\", "\x00", "é", "漢", "\u2028", "\x85", "\x0c", "\t", "😀", '""', '",', ',"', '"\n', "aaaaaaaa")
DIALECTS: tuple[dict[str, Any], ...] = (
    {}, {}, {}, {"delimiter": ";"}, {"delimiter": "\t"}, {"delimiter": "|"}, {"quotechar": "'"}, {"skipinitialspace": True}, {"escapechar": "\\"},
    {"escapechar": "\\", "doublequote": False}, {"quoting": csv.QUOTE_NONE}, {"quoting": csv.QUOTE_NONE, "escapechar": "\\"},
    {"skipinitialspace": True, "escapechar": "\\"}, {"skipinitialspace": True, "quotechar": "'"}, {"delimiter": "a"}, {"quotechar": "a"}, {"delimiter": "\x00"},
)
HAND_MADE = (
    "", "\n", "\r", "\r\n", "\n\n", "\r\r", "\r\n\r\n", "\n\r", "a", "a\n", "a\r", "a\r\n", ",", ",\n", ",,\n,", '"', '""', '"""', '""""', '"\n', '"a', '"a\n', '"a\nb', '"a"\n', '"a"b\n',
    '"a" \n', ' "a"\n', 'a"b\n', 'a""b\n', '"a""b"\n', '"a""\n', '"a"",b\n', '"a","b"\n', '"a\r\nb",c\r\n', '"a\rb",c\r', '"a\nb",c\n', 'a,"b\n', 'a,"b\n\n\n', "a\r\n\rb", "a\n\rb\r\n",
    "a,b\r\n1,2\r3,4\n5,6", 'x,"y', 'x,"', 'x,""', 'x,"",', '"",""\n""\n', "a\x00b,c\x00\n\x00", '"\x00"\n', "\ufeffa,b\n", '\ufeff"a",b\n', " a, b ,c \n", '  "a", "b"\n', "'a','b'\n", "'a''b'\n",
    "a\\,b\n", "a\\\nb\n", "a\\\r\nb\n", "\\\n", "\\", '"a\\"b"\n', '"a\\', "a\\", "\\\\\n", '"a"\\b\n', '"\\\n"\n', '"a\\\n', "a\\\r", '"a\\\r\n"', 'a,\\\n,b\n', 'a,\\\r\n"b"\n', '\\"a,b"\n', '"x\\""y\n',
    ("a,b\n" * 40) + '"open', 'a;b,"c;d"\n', "漢,é\n😀,\u2028\u2029\x85\x0b\x0c\x1c\x1d\x1e\n", '"漢""é"\n', '"a"\x00\n', "a" * 63 + "\n" + "b" * 64 + "," + '"' + "c" * 65 + '"\n',
    "\n" * 65 + '"' + "\n" * 65 + '"\n', ("," * 70) + "\n", '"a" ,"b"\n', '"a"\r"b"\n', '"a"\r\n"b"', '"\r\n"\r\n', '"\r', '"\r\n', '"a\r', 'a\r"b"\r\n"c', "\r\n,\r\n", '""\r""', '"",\r\n', "a, \n", "a, ",
)


def text(r: Random, most: int = 60) -> str:
    """A random text of these signs."""
    return "".join(r.choice(SIGNS) for _ in range(r.randint(0, most)))


def reference(written: str, dialect: dict[str, Any]) -> list[list[str]]:
    """The records as csv reads them from physical lines that keep their ends, as frictionless hands them over."""
    return list(csv.reader(io.StringIO(written, newline=""), **dialect))


def options(dialect: dict[str, Any]) -> dict[str, Any]:
    """The same dialect in the scanner's words."""
    made: dict[str, Any] = {"delimiter": dialect.get("delimiter", ",").encode(), "double_quote": dialect.get("doublequote", True),
                            "skip_space": dialect.get("skipinitialspace", False)}
    if dialect.get("quoting") != csv.QUOTE_NONE:
        made["quote"] = dialect.get("quotechar", '"').encode()
    if "escapechar" in dialect:
        made["escape"] = dialect["escapechar"].encode()
    return made


def pieces(r: Random, content: bytes, longest: int) -> Iterator[bytes]:
    """The content cut at random, down to single bytes; now and then a piece of nothing."""
    at = 0
    while at < len(content):
        step = r.randint(0 if r.random() < 0.05 else 1, longest)
        yield content[at:at + step]
        at += step


def scanned(native: Any, blocks: list[bytes], dialect: dict[str, Any]) -> list[tuple[int, bytes, int, list[str]]]:
    """What the scanner splits: record number, raw bytes, physical lines so far, cells."""
    scanner = native.Scanner(None, options(dialect))
    found = []
    for at, block in enumerate(blocks or [b""]):
        scanner.feed(block, at >= len(blocks) - 1)
        while records := scanner.scan():
            found += [(number, raw, lines, [cell.decode() for _, cell, _ in cells or ()]) for number, _, lines, raw, cells in records]
    return found

"""Whole tables to validate: a schema, a file for it that is mostly right, the way it is read, and what is asked of the report."""

from __future__ import annotations

import gzip
import io
import zipfile
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from random import Random
from typing import Any

from support.field_kinds import HASHABLE, cell, field_descriptor

VERSION_2 = "https://datapackage.org/profiles/2.0"  # exclusive bounds and fieldsMatch are of version 2
NAMES = ("id", "tên", "ngày", "Giá trị", "a", "b", "ID", "x y")
LINE_ENDS = ("\n", "\n", "\n", "\r\n", "\r\n", "\r")
ENCODINGS = (None, None, "utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "windows-1258", "latin-1", "cp1252", "utf-32")
ERRORS = ("type-error", "constraint-error", "blank-row", "missing-cell", "extra-cell", "unique-error", "primary-key", "missing-label", "extra-label", "blank-label",
          "incorrect-label", "foreign-key", "row-error", "cell-error", "#table", "#row", "#cell", "#header", "#label", "byte-count", "encoding-error")
CHECKS: tuple[dict[str, Any], ...] = (
    {"type": "duplicate-row"}, {"type": "row-constraint", "formula": "a == b"}, {"type": "table-dimensions", "maxRows": 3}, {"type": "ascii-value"},
    {"type": "forbidden-value", "fieldName": "id", "values": ["1", 1]}, {"type": "sequential-value", "fieldName": "id"}, {"type": "truncated-value"},
    {"type": "required-value", "fieldName": "a", "values": ["x"]}, {"type": "deviated-cell"}, {"type": "deviated-value", "fieldName": "id"},
)
DIALECTS: tuple[dict[str, Any], ...] = (
    {"csv": {"delimiter": ";"}}, {"csv": {"delimiter": "\t"}}, {"csv": {"delimiter": "|"}}, {"csv": {"skipInitialSpace": True}}, {"csv": {"quoteChar": "'"}},
    {"csv": {"escapeChar": "\\"}}, {"csv": {"escapeChar": "\\", "doubleQuote": False}}, {"csv": {"doubleQuote": False}}, {"csv": {"quoteChar": ""}},
    {"csv": {"delimiter": ",", "quoteChar": '"', "skipInitialSpace": False}}, {"csv": {"delimiter": ","}}, {"csv": {"lineTerminator": "\n"}}, {"csv": {"nullSequence": "\\N"}},
    {"commentChar": "#"}, {"commentChar": "1"}, {"commentRows": [1]}, {"commentRows": [2, 4]}, {"skipBlankRows": True}, {"headerRows": [2]}, {"headerRows": [1, 2]},
    {"headerRows": [1, 2], "headerJoin": ":"}, {"headerRows": []}, {"header": False}, {"headerCase": False}, {"headerRows": [3], "commentChar": "#"},
    {"csv": {"delimiter": "é"}}, {"csv": {"delimiter": ";;"}}, {"csv": {"quoteChar": "é"}}, {"csv": {"delimiter": "漢"}}, {"csv": {"delimiter": " "}},
)


@dataclass(slots=True)
class Case:
    """A table and how it is validated. `content` are the bytes of the file `name`; or `data` is given in line."""

    schema: dict[str, Any] | None = None
    name: str = "table.csv"
    content: bytes = b""
    data: list[Any] | None = None
    dialect: dict[str, Any] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)   # of the resource: encoding, bytes, hash …
    detector: dict[str, Any] = field(default_factory=dict)
    checklist: dict[str, Any] = field(default_factory=dict)
    limits: dict[str, Any] = field(default_factory=dict)
    listening: bool = False                                 # with on_row
    other: tuple[dict[str, Any], bytes] | None = None       # schema and file of a second resource of the same package


def case(r: Random) -> Case:
    """One table of any sort."""
    fields = [field_descriptor(r, name) for name in r.sample(NAMES, r.randint(1, 5))]
    made = Case(schema={"fields": fields})
    if r.random() < 0.95:
        made.schema = {"$schema": f"{VERSION_2}/tableschema.json", **made.schema}
    _keys(r, made)
    _asked(r, made)
    if r.random() < 0.06:
        made.data = _inline(r, fields)
        return made
    _way(r, made)
    rows = _rows(r, made)
    _filed(r, made, rows)
    return made


def _keys(r: Random, made: Case) -> None:
    schema = made.schema or {}
    names = [each["name"] for each in schema["fields"]]
    if r.random() < 0.15:
        schema["missingValues"] = r.choice((["", "NA"], ["-"], [], ["", "0", "nan"]))
    if r.random() < 0.2:
        schema["primaryKey"] = r.sample(names, min(len(names), r.choice((1, 1, 2))))
    if r.random() < 0.2:
        for each in schema["fields"]:
            if r.random() < 0.5 and (each["type"] in HASHABLE or r.random() < 0.1):
                each.setdefault("constraints", {})["unique"] = True
    if r.random() < 0.1:
        _foreign_key(r, made, names)
    if r.random() < 0.15:
        schema["fieldsMatch"] = r.choice(("exact", "equal", "subset", "superset", "partial"))
    if r.random() < 0.02:
        made.schema = None
    elif r.random() < 0.02:
        schema["fields"].append(dict(schema["fields"][0]))


def _foreign_key(r: Random, made: Case, names: list[str]) -> None:
    schema = made.schema or {}
    width = min(len(names), r.choice((1, 1, 2)))
    if r.random() < 0.4:
        schema["foreignKeys"] = [{"fields": r.sample(names, width), "reference": {"resource": "", "fields": r.sample(names, width)}}]
        return
    mine = [each for each in schema["fields"] if each["type"] in HASHABLE][:1] or schema["fields"][:1]
    theirs = {"fields": [{key: value for key, value in each.items() if key != "constraints"} for each in mine]}
    lines = [",".join(_quoted(each["name"]) for each in mine), *(",".join(_quoted(cell(r, each, 0.1)) for each in mine) for _ in range(r.randint(0, 8)))]
    made.other = (theirs, "\n".join(lines).encode("utf-8", "replace"))
    keys = [each["name"] for each in mine]
    schema["foreignKeys"] = [{"fields": keys, "reference": {"resource": "other", "fields": keys}}]
    made.options["name"] = "table"


def _asked(r: Random, made: Case) -> None:
    if r.random() < 0.5:
        made.limits["limit_errors"] = r.choice((0, 1, 1, 2, 3, 10, 1000))
    if r.random() < 0.1:
        made.limits["limit_rows"] = r.choice((0, 1, 2, 5, 100, 150))
    if r.random() < 0.12:
        made.checklist[r.choice(("pickErrors", "skipErrors"))] = r.sample(ERRORS, r.randint(1, 4))
    if r.random() < 0.06:
        made.checklist["checks"] = [dict(r.choice(CHECKS))]
    made.listening = r.random() < 0.04
    if r.random() < 0.05:
        made.detector = r.choice(({"schema_sync": True}, {"sample_size": 2}, {"buffer_size": 50}, {"schema_patch": {"fields": {"a": {"type": "string"}}}},
                                  {"field_type": "string"}, {"sample_size": 1000}))
    if r.random() < 0.05:
        made.options.update(r.choice(({"bytes": 10}, {"rows": 3}, {"fields": 2}, {"hash": "md5:0"}, {"hash": "sha256:" + "0" * 64}, {"hash": "0" * 32}, {"hash": "sha1:1"})))


def _way(r: Random, made: Case) -> None:
    if r.random() < 0.12:
        made.name = "table.tsv"
    if r.random() < 0.4:
        made.dialect = dict(r.choice(DIALECTS))
        if r.random() < 0.3:
            made.dialect = {**made.dialect, **r.choice(DIALECTS)}
    if r.random() < 0.4:
        made.options["encoding"] = r.choice(ENCODINGS)


def _inline(r: Random, fields: list[dict[str, Any]]) -> list[Any]:
    objects = (None, 1, 0, -5, 2**70, 1.5, 2.0, float("nan"), float("inf"), True, False, Decimal("1.50"), date(2020, 1, 2), datetime(2020, 1, 2),
               datetime(2020, 1, 2, 3, 4, 5), "x", "", "1", [1, 2], {"a": 1}, (1, 2), b"x")
    rows: list[Any] = [[r.choice(objects) if r.random() < 0.5 else cell(r, each, 0.2) for each in fields] for _ in range(r.randint(0, 12))]
    if r.random() < 0.2:
        return [dict(zip((each["name"] for each in fields), row, strict=False)) for row in rows]
    ragged = [row[: r.randint(0, len(row))] + r.choice(([], [None], ["x", 1])) if r.random() < 0.1 else row for row in rows]
    return [[each["name"] for each in fields], *ragged]


def _header(r: Random, fields: list[dict[str, Any]]) -> list[str]:
    labels = [each["name"] for each in fields]
    if r.random() < 0.85:
        return labels
    at = r.randint(0, len(labels) - 1)
    return r.choice((
        labels[::-1], labels[:at], [*labels, "thêm"], [*labels[:at], "", *labels[at + 1:]], [*labels[:at], labels[0], *labels[at + 1:]],
        [label.swapcase() for label in labels], [" " + label for label in labels], ["", *labels], [], [*labels[:at], "khác", *labels[at + 1:]],
    ))


def _rows(r: Random, made: Case) -> list[list[str] | None]:
    """The lines of the file, header first; None is a blank line."""
    fields = made.schema["fields"] if made.schema else [{"name": name, "type": "string"} for name in ("a", "b")]
    count = r.choice((0, 1, 2, 3, 3, 5, 5, 8, 12, 30, 98, 99, 100, 101, 130, 250, 900))
    wild = r.choice((0.0, 0.0, 0.01, 0.05, 0.2, 0.6) if count < 500 else (0.0, 0.01))
    ragged = r.choice((0.0, 0.0, 0.0, 0.01, 0.1))
    rows: list[list[str] | None] = [_header(r, fields)]
    for _ in range(len(made.dialect.get("headerRows", [1])[:1]) and made.dialect.get("headerRows", [1])[0] - 1):
        rows.insert(0, r.choice((["# lời đầu"], ["", ""], None, _header(r, fields))))
    cheap = Random(r.getrandbits(32)) if count > 12 else r
    keyed = bool(made.schema and (made.schema.get("primaryKey") or any(each.get("constraints", {}).get("unique") for each in fields)))
    for number in range(count):
        row = [cell(cheap, each, wild) for each in fields]
        if keyed and cheap.random() < 0.9:
            row = [str(number) if each["type"] in ("integer", "number", "string", "any") else text for each, text in zip(fields, row, strict=True)]
        if ragged and cheap.random() < ragged:
            rows.append(cheap.choice((None, [], row[:-1], [*row, ""], [*row, "x", "y"], [""] * len(row), ["#", *row[1:]], [" "])))
        else:
            rows.append(row)
    return rows


def _quoted(text: str, delimiter: str = ",", quote: str = '"', always: bool = False) -> str:
    if quote and (always or any(mark in text for mark in (delimiter, quote, "\n", "\r"))):
        return quote + text.replace(quote, quote * 2) + quote
    return text


def _written(r: Random, made: Case, rows: list[list[str] | None]) -> str:
    control = made.dialect.get("csv", {})
    delimiter = control.get("delimiter") or ("\t" if made.name.endswith("tsv") else r.choice((",", ",", ",", ";")))
    quote, end = control.get("quoteChar", '"'), r.choice(LINE_ENDS)
    always, careless, mixed, space = (r.random() < chance for chance in (0.15, 0.1, 0.1, 0.1))
    cheap = Random(r.getrandbits(32)) if len(rows) > 12 else r
    lines = []
    for row in rows:
        texts = []
        for text in row or []:
            bare = careless and cheap.random() < 0.1
            written = text if bare else _quoted(text, delimiter, quote, always and cheap.random() < 0.7)
            if careless and cheap.random() < 0.05:
                written = cheap.choice((quote + written, written + quote, written[:1] + quote + written[1:], quote + written + quote + "x", " " + quote + written + quote, "\\" + written))
            texts.append((" " if space and texts else "") + written)
        lines.append(delimiter.join(texts) + (cheap.choice(("\n", "\r\n", "\r", "\n\n")) if mixed else end))
    text = "".join(lines)
    return text.rstrip("\r\n") if r.random() < 0.2 else text


def _filed(r: Random, made: Case, rows: list[list[str] | None]) -> None:
    """The bytes of the file: written, lengthened past the borders of samples and blocks, encoded, damaged, packed."""
    text = _written(r, made, rows)
    if r.random() < 0.12 and len(rows) > 2:
        text = _lengthened(r, text)
    if len(text) > 20_000 and made.limits.get("limit_errors", 0) in (0, 1000) and r.random() < 0.9:
        made.limits["limit_errors"] = r.choice((5, 50, 150))  # an error costs frictionless a hundred rows
    codec = made.options.get("encoding") or r.choice(("utf-8", "utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16", "windows-1258", "latin-1"))
    if len(text) > 30_000 and codec not in ("utf-16", "utf-8-sig"):
        made.options["encoding"] = codec  # the guess of an encoding is slow on long files
    content = text.encode(codec if r.random() < 0.95 else "utf-8", r.choice(("replace", "ignore")))
    if r.random() < 0.25:
        content = damaged(r, content)
    _packed(r, made, content)
    if made.options.get("encoding", "") is None:
        del made.options["encoding"]


def _lengthened(r: Random, text: str) -> str:
    """At least as long as wanted by repeating its later half, so that bad cells are met on both sides of each border."""
    wanted = r.choice((8_000, 8_192, 16_500, 70_000, 140_000))
    keep = text.splitlines(keepends=True)
    body = "".join(keep[len(keep) // 2:]) or "x\n"
    return text + body * (max(0, wanted - len(text)) // len(body) + 1)


def damaged(r: Random, content: bytes) -> bytes:
    """The bytes with a few flipped, put in or taken out: anywhere, at either end, about the borders of 8,192."""
    for _ in range(r.choice((1, 1, 2, 3))):
        size = len(content)
        near = min(size, max(0, 8192 * r.randint(1, max(1, size // 8192)) + r.randint(-3, 3)))
        at = r.choice((near, r.randint(0, size), r.randint(0, size), 0, size))
        put = r.choice((b"\x00", b"\xff", b"\x80", b"\xc3", b"\xe1\xbb", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc0\x80", b"\xef\xbb\xbf", b'"', b"'", b"\r", b"\n", b"\r\n", b",", b"\\",
                        b"\x1a", b"\xe2\x80\xa8", b"\xc2\x85", b"\x0c"))
        way = r.randint(0, 3)
        if way == 0:
            content = content[:at] + put + content[at:]
        elif way == 1:
            content = content[:at] + content[at + r.randint(1, 3):]
        elif way == 2:
            content = content[:at] + put + content[at + len(put):]
        elif size:
            flipped = bytearray(content)
            flipped[min(at, size - 1)] ^= 1 << r.randint(0, 7)
            content = bytes(flipped)
    return content


def _packed(r: Random, made: Case, content: bytes) -> None:
    roll = r.random()
    if roll < 0.05:
        content = gzip.compress(content, mtime=0)
        made.name += ".gz"
    elif roll < 0.09:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr(zipfile.ZipInfo(made.name), content)
        content = packed.getvalue()
        made.name += ".zip"
    made.content = damaged(r, content) if roll < 0.09 and r.random() < 0.15 else content

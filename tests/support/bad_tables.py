"""Tables in which something is wrong: together they bring out every error that frictionless finds by itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import frictionless
from frictionless.resources import TableResource

FIELDS = [
    {"name": "id", "type": "integer", "constraints": {"required": True, "minimum": 1, "maximum": 900}},
    {"name": "ma", "type": "string", "constraints": {"pattern": "[A-Z]{2}[0-9]*", "minLength": 2, "maxLength": 6, "unique": True}},
    {"name": "loai", "type": "string", "constraints": {"enum": ["Mầm non", "Tiểu học"]}},
    {"name": "so", "type": "number", "constraints": {"minimum": 0}},
    {"name": "ngay", "type": "date", "constraints": {"minimum": "2000-01-01"}},
    {"name": "cha", "type": "integer"},
]
KEYS = {"primaryKey": ["id"], "foreignKeys": [{"fields": "cha", "reference": {"resource": "", "fields": "id"}}]}
HEADER = "id,ma,loai,so,ngay,cha\n"
BODY = (
    "1,AB1,Mầm non,1.5,2024-01-31,\n"
    "x,ab,Trung học,-1,31/12/2024,1\n"  # a wrong type, and each of several rules
    "\n,,,,,\n"  # two kinds of blank rows
    "3,AB1,Tiểu học,1,2024-01-31,77\n"  # not unique; a reference to nothing
    "3,ABCDEFGH,,NaN,1999-12-31,3\n"  # key repeated
    ",AC\n"  # short, and without its key
    "5,AD,Mầm non,2,2024-02-29,,thừa,\"hai\nhàng\"\n"
    "1000,Đ,{b} {{a}} %s,1e400,,5\n"  # what a template might trip over
)


@dataclass(frozen=True, kw_only=True)
class BadTable:
    """A file's bytes, None for a file that is not there, and how it is opened; `options` are those of TableResource."""

    name: str
    content: bytes | None
    schema: dict[str, Any] | None = None
    options: dict[str, Any] = field(default_factory=dict)

    def resource(self, folder: Path) -> TableResource:
        """The resource, new each time; its file is written into the folder once."""
        path = folder / f"{self.name}.csv"
        if self.content is not None and not path.exists():
            path.write_bytes(self.content)
        schema = frictionless.Schema.from_descriptor(self.schema) if self.schema else None
        return TableResource(path=path.name, basepath=str(folder), schema=schema, dialect=frictionless.Dialect(header_rows=[1]), **self.options)


def bad_tables() -> list[BadTable]:
    """All of them, one without a fault, and some that make frictionless raise."""
    plain, keyed = {"fields": FIELDS}, {"fields": FIELDS, **KEYS}
    body = HEADER + BODY
    return [
        BadTable(name="good", content=(HEADER + BODY[:BODY.index("\n") + 1]).encode(), schema=keyed),
        BadTable(name="cells", content=body.encode(), schema=plain),
        BadTable(name="keys", content=body.encode(), schema=keyed),
        BadTable(name="no-schema", content=body.encode()),
        BadTable(name="many", content=(HEADER + BODY * 40).encode(), schema=keyed),
        BadTable(name="labels", content=("id,,loai,loai,ngày,cha,thừa\n" + BODY).encode(), schema=plain),
        BadTable(name="missing-label", content=("id,ma\n" + BODY).encode(), schema=keyed),
        BadTable(name="blank-header", content=(",,\n" + BODY).encode(), schema=plain),
        BadTable(name="unmatched", content=b"a,b\n1,2\n",
                 schema={"$schema": "https://datapackage.org/profiles/2.0/tableschema.json", **plain, "fieldsMatch": "partial"}),
        BadTable(name="empty", content=b""),
        BadTable(name="header-alone", content=HEADER.encode(), schema=plain),
        BadTable(name="encoding-late", content=(HEADER + BODY * 60).encode() + b"\xff\xfe,\n", schema=plain, options={"encoding": "utf-8"}),
        BadTable(name="encoding-early", content=b"id,ma\n1,\xff\n", schema=plain, options={"encoding": "utf-8"}),
        BadTable(name="counts", content=body.encode(), schema=plain, options={"bytes": 3, "fields": 2, "rows": 4, "hash": "sha256:00"}),
        BadTable(name="other-hash", content=body.encode(), schema=plain, options={"hash": "crc:00"}),
        BadTable(name="no-such-file", content=None, schema=plain),
        BadTable(name="bad-pattern", content=body.encode(), schema={"fields": [{"name": "id", "type": "string", "constraints": {"pattern": "("}}]}),
        BadTable(name="no-such-reference", content=body.encode(),
                 schema={"fields": FIELDS, "foreignKeys": [{"fields": ["cha"], "reference": {"resource": "khac", "fields": ["id"]}}]}),
    ]


def outcome(call: Callable[..., object], *arguments: object) -> object:
    """What a call gives, or the class and the words of what it raises."""
    try:
        return call(*arguments)
    except Exception as error:  # noqa: BLE001 - whatever it is, both ways must raise it
        return type(error), str(error)


def written(descriptor: dict[str, Any]) -> str:
    """A report as the bytes it is stored as, order of keys included, without the time it took."""
    for part in (descriptor, *descriptor["tasks"]):
        part["stats"]["seconds"] = 0
    return json.dumps(descriptor, ensure_ascii=False)


def tables_and_limits() -> Iterator[tuple[BadTable, int]]:
    """Each table with limits of errors that are reached in the header, in a row, at a row's end, or never."""
    for table in bad_tables():
        for limit in (0, 1, 3, 1000):
            yield table, limit

"""Files that no catalogue should have to open, and the good ones that they replace."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

import schemas
from support.web_server import Route, redirect, reply, silent, streamed
from support.workbooks import locked, ods, xls, xlsx, zipped

CSV = "ma,ten,so_luong\nA1,Chợ Vũng Tàu,12\nA2,Chợ Bà Rịa,7\n".encode()
TABLE = [["ma", "ten", "so_luong"], ["A1", "Chợ Vũng Tàu", 12], ["A2", "Chợ Bà Rịa", 7]]
GOOD: dict[str, Callable[[], bytes]] = {
    "csv": lambda: CSV,
    "xlsx": lambda: xlsx({"T9": TABLE}),
    "xls": lambda: xls(TABLE),
    "ods": lambda: ods(TABLE),
    "zip": lambda: zipped({"cho.csv": CSV}),
    "json": lambda: b'[{"ma": "A1", "ten": "Ch\xe1\xbb\xa3", "so_luong": 12}]',
    "geojson": lambda: b'{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"ma": "A1"}, "geometry": null}]}',
}
PAGE = "<!DOCTYPE html><html><body>Đăng nhập</body></html>"


@dataclass(frozen=True, kw_only=True)
class BadFile:
    """What a good file turns into; `code` is to be said of it, `kept` whether its bytes came here whole and are kept apart."""

    ending: str
    code: str
    route: Callable[[], Route]
    kept: bool = True
    schema: str | None = None
    own_server: bool = False


def good_file(bad: BadFile) -> bytes:
    """What the file was before: a small table, or the schema's own sample."""
    if bad.schema is None:
        return GOOD[bad.ending]()
    sample = (schemas.load(bad.schema).folder / "valid.csv").read_bytes()
    return sample if bad.ending == "csv" else json.dumps(list(csv.DictReader(io.StringIO(sample.decode("utf-8-sig"))))).encode()


def turns_into(ending: str, code: str, body: bytes | str | Callable[[], bytes], schema: str | None = None) -> BadFile:
    """A file with other bytes, sent as it should be."""
    return BadFile(ending=ending, code=code, schema=schema, route=lambda: reply(body() if callable(body) else body))


def fails(code: str, route: Callable[[], Route], own_server: bool = False) -> BadFile:
    """A CSV file that does not come whole."""
    return BadFile(ending="csv", code=code, route=route, kept=False, own_server=own_server)


def bomb() -> bytes:
    """64 MiB of zeros in 64 KiB."""
    return zipped({"cho.csv": bytes(1 << 26)})


def liar() -> bytes:
    """A zip whose entry is larger than it says."""
    data = bytearray(zipped({"cho.csv": b"a,b\n" * 100_000}))
    size = (400_000).to_bytes(4, "little")
    return bytes(data.replace(size, (40).to_bytes(4, "little")))


def crowded() -> bytes:
    """A zip with more entries than anybody packs."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(2_500):
            archive.writestr(f"{number}.csv", "")
    return out.getvalue()


def nul_in_cell() -> bytes:
    """The good file with a NUL in a cell that must hold a number, so that the NUL is also in what is said of it."""
    good = good_file(BadFile(ending="json", code="", route=lambda: reply(""), schema="cho-sieu-thi"))
    return good.replace(b'"12500"', b'"12\\u0000500"')


BAD_FILES: dict[str, BadFile] = {
    "zip-bomb": turns_into("zip", "archive-bomb", bomb),
    "workbook-bomb": turns_into("xlsx", "archive-bomb", lambda: zipped({"xl/workbook.xml": "", "xl/worksheets/sheet1.xml": bytes(1 << 26)})),
    "zip-that-lies": turns_into("zip", "archive-broken", liar),
    "crowded-zip": turns_into("zip", "archive-bomb", crowded),
    "nested-zip": turns_into("zip", "archive-nested", lambda: zipped({"trong.zip": zipped({"cho.csv": CSV})})),
    "hidden-zip": turns_into("zip", "archive-nested", lambda: zipped({"cho.csv": zipped({"cho.csv": CSV})})),
    "zip-that-climbs": turns_into("zip", "archive-unsafe-name", lambda: zipped({"../../etc/cho.csv": CSV})),
    "zip-without-table": turns_into("zip", "archive-without-table", lambda: zipped({"anh.png": b"\x89PNG"})),
    "cut-zip": turns_into("zip", "archive-broken", lambda: GOOD["zip"]()[:60]),
    "password": turns_into("xlsx", "workbook-password", locked),
    "old-password": turns_into("xls", "workbook-password", lambda: xls(TABLE, password=True)),
    "broken-workbook": turns_into("xlsx", "workbook-broken", lambda: zipped({"xl/workbook.xml": "<workbook"})),
    "broken-ods": turns_into("ods", "archive-broken", lambda: GOOD["ods"]()[:300]),
    "one-column": turns_into("csv", "delimiter-unknown", b"ma_dia_diem\nCHO-001\nCHO-002\n", schema="cho-sieu-thi"),
    "other-column": turns_into("csv", "delimiter-unknown", "ma^ten^so_luong\nA1^Chợ^12\n".encode()),
    "empty": turns_into("csv", "file-empty", b""),
    "blank": turns_into("csv", "file-empty", b" \n\n \n"),
    "empty-workbook": turns_into("xlsx", "file-empty", b""),
    "nul": turns_into("csv", "nul-bytes", CSV[:30] + b"\0" + CSV[30:]),
    "no-encoding": turns_into("csv", "encoding-unknown", b"ma,ten\nA1,\xff\xfe\x81\x8d\nA2,\x9d\x90\xc3\x28\n"),
    "endless-line": turns_into("csv", "line-too-long", lambda: b"a,b\n" + b"x" * (17 << 20)),
    "ragged": turns_into("csv", "cell-missing", b"ma,ten,so_luong\nA1,x\nA2\n"),
    "page-as-xls": turns_into("xls", "html-instead-of-table", PAGE),
    "page-as-csv": turns_into("csv", "html-instead-of-table", PAGE),
    "page-as-json": turns_into("json", "html-instead-of-table", PAGE),
    "pdf-as-csv": turns_into("csv", "format-mismatch", b"%PDF-1.7 \n%\xe2\xe3"),
    "broken-json": turns_into("json", "document-broken", b'[{"ma": "A1", "ten'),
    "bottomless-json": turns_into("json", "document-broken", b"[" * 100_000 + b"]" * 100_000),
    "half-sign-json": turns_into("json", "document-broken", b'[{"ma": "\\ud800"}]'),
    "json-without-table": turns_into("json", "json-without-table", b'{"ma": 1}'),
    "no-features": turns_into("geojson", "geojson-without-features", b'{"type": "FeatureCollection"}'),
    "nul-in-cell": turns_into("json", "cell-type", nul_in_cell, schema="cho-sieu-thi"),
    "cut-short": fails("cut-short", lambda: streamed({"Content-Length": "1000"}, CSV, 1)),
    "longer": fails("length-wrong", lambda: streamed({"Content-Length": "16"}, CSV, 1)),
    "redirect-private": fails("redirect-private", lambda: redirect("http://10.1.2.3/cho.csv")),
    "redirect-round": fails("redirect-loop", lambda: lambda handler: redirect(handler.path)(handler)),
    "gone": fails("http-status", lambda: reply("", status=404)),
    "forbidden": fails("http-status", lambda: reply("", status=403)),
    "silent": fails("time-out", lambda: silent(4), own_server=True),
    "drips": fails("too-slow", lambda: streamed({}, b"a", 100, 0.05), own_server=True),
    "gigabyte": fails("too-large", lambda: streamed({}, b"0" * (1 << 16), 1 << 14)),
    "declared-gigabyte": fails("too-large", lambda: streamed({"Content-Length": str(1 << 30)}, b"a", 1)),
    "not-compressed": fails("undecodable", lambda: reply(CSV, content_encoding="gzip")),
}

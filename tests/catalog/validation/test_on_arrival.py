"""What is said of a download while it comes is what is said of the file once it is here."""

from __future__ import annotations

import gzip
import json
import threading
from functools import partial

import pytest
from support import workbooks
from support.web_server import WebServer, reply, streamed, web_server

from catalog.errors import Trouble
from catalog.net import Limits, Net
from catalog.validation import Cancelled, check
from catalog.validation import on_arrival as module
from catalog.validation.on_arrival import Arrival

SCHEMA = {
    "fields": [
        {"name": "ma", "type": "integer", "constraints": {"required": True}},
        {"name": "ten", "title": "Tên trường", "type": "string", "constraints": {"maxLength": 22}},
        {"name": "ngay", "type": "date"},
    ]
}
KEYED = {**SCHEMA, "primaryKey": ["ma"]}
PIECE = 3001  # bytes that the server sends at a time; it falls into the midst of rows and letters


def table(rows: int, *, header: str = "ma,ten,ngay", bad_every: int = 0) -> str:
    lines = [header]
    for row in range(rows):
        bad = bad_every and row % bad_every == bad_every - 1
        lines.append(f"{'x' if bad else row},Trường Hòa Long {row},2024-01-{row % 28 + 1:02}")
    return "\n".join(lines) + "\n"


LONG = table(9000)  # longer than what is looked at before the first row
PHONES = table(9000, header="ma,dien_thoai,ngay").replace("Trường Hòa Long ", "09012345")
FILES: dict[str, tuple[bytes, dict]] = {
    "clean": (LONG.encode(), {}),
    "marked": (LONG.encode("utf-8-sig"), {}),
    "keys": (LONG.encode(), {"schema": KEYED}),
    "repeated-keys": ((LONG + "7,x,2024-01-01\n").encode(), {"schema": KEYED}),
    "no-schema": (LONG.encode(), {"schema": None}),
    "few-errors": (table(9000, bad_every=800).encode(), {}),
    "limit-early": (table(9000, bad_every=2).encode(), {"limit_errors": 5}),
    "limit-late": (table(9000, bad_every=1700).encode(), {"limit_errors": 5}),
    "limit-at-the-end": (table(9000, bad_every=1800).encode(), {"limit_errors": 5}),
    "ragged": ((LONG + "\n\n1\n1,2,3,4\n").encode(), {}),
    "header-errors": (table(9000, header="ma,,ma").encode(), {}),
    "titles": (("BÁO CÁO\n\n" + table(9000, header="ma,Tên trường,ngay")).encode(), {}),
    "phones": (PHONES.encode(), {"schema": None}),
    "tabs": (LONG.replace(",", "\t").encode(), {}),
    "semicolons": (LONG.replace(",", "; ").encode(), {}),
    "carriage-returns": (LONG.replace("\n", "\r").encode(), {}),
    "unterminated-quote": ((LONG + '9,"x,2024-01-01\n' + LONG).encode(), {}),
    "wide-rows": (b"a,b\n" + b"1," + b"x" * 20_000 + b"\n" + b"2,3\n" * 30 + (b"1," + b"y" * 20_000 + b"\n") * 30, {"schema": None}),
    "short": (b"ma,ten,ngay\n1,a,2024-01-01\n", {}),
    "one-byte": (b"a", {}),
    "header-alone": (b"ma,ten,ngay\n", {}),
    "empty": (b"", {}),
    "blank": (b"\n \n\n", {}),
    "utf-16": (LONG.encode("utf-16"), {}),
    "windows-1258": (LONG.replace("Trường Hòa", "Trư\u01a1\u0300ng Hoa\u0300").encode("cp1258"), {}),
    "windows-1258-late": (LONG.encode() + "9,Trư\u01a1\u0300ng Hoa\u0300 Tho\u0323,2024-01-01\n".encode("cp1258"), {}),
    "apart": (LONG.replace("ò", "o\u0300").encode(), {}),
    "nul": (LONG.encode() + b"\0", {}),
    "bad-byte": (LONG.encode() + b"9,\xff\xfe\x81,2024-01-01\n", {}),
    "cut-letter": (LONG.encode()[: LONG.encode().rindex("ò".encode()) + 1], {}),
    "gz": (gzip.compress(LONG.encode()), {}),
    "zip": (workbooks.zipped({"a.csv": LONG}), {}),
    "xlsx": (workbooks.xlsx({"T": [["ma", "ten", "ngay"], [1, "x", workbooks.Day(45565)]]}), {}),
    "json": (json.dumps([{"ma": 1, "ten": "x", "ngay": "2024-01-01"}]).encode(), {}),
    "page": (b"<!DOCTYPE html><html>" + b" " * 9000, {}),
    "pdf": (b"%PDF-1.7\n" + b"x" * 9000, {}),
    "not-a-schema": (LONG.encode(), {"schema": {"fields": [{"name": "ma", "type": "no-such-type"}]}}),
    "bad-pattern": (LONG.encode(), {"schema": {"fields": [{"name": "ma", "type": "string", "constraints": {"pattern": "("}}]}}),
}


@pytest.fixture
def server():
    with web_server() as server:
        yield server


def net(server: WebServer, **limits) -> Net:
    return Net(allow_hosts=[f"127.0.0.1:{server.server_port}"], limits=Limits(**{"retries": 0, "backoff": 0.01, **limits}))


def arrival(server: WebServer, tmp_path, path: str = "/a.csv", *, retries: int = 0, **more) -> Arrival:
    return Arrival(**{"fetch": partial(net(server, retries=retries).download, server.url(path)), "path": tmp_path / "spool", "filename": path[1:],
                      "schema": SCHEMA, **more})


def in_pieces(data: bytes):
    def route(handler) -> None:
        handler.send_response(200)
        handler.send_header("content-length", str(len(data)))
        handler.end_headers()
        for start in range(0, len(data), PIECE):
            handler.wfile.write(data[start : start + PIECE])
            handler.wfile.flush()

    return route


def said(verdict) -> dict:
    report = json.loads(json.dumps(verdict.report))
    for part in (report, *report.get("tasks", [])):
        if "stats" in part:
            part["stats"]["seconds"] = 0
    names = ("state", "format", "encoding", "sheet", "schema", "fields", "rows", "errors", "issues", "details")
    return {"report": report, **{name: getattr(verdict, name) for name in names}}


@pytest.mark.parametrize("name", FILES)
def test_every_file_gets_the_verdict_of_the_whole(name, server, tmp_path):
    data, options = FILES[name]
    server.routes["/a.csv"] = in_pieces(data)
    options = {"schema": SCHEMA, **options}
    early, filename = arrival(server, tmp_path, **options).verdict()
    (tmp_path / "whole").write_bytes(data)
    whole = check(tmp_path / "whole", filename="a.csv", **options)
    assert filename == "a.csv"
    assert said(early) == said(whole)
    assert bool(early.table) == bool(whole.table)
    if early.table:
        assert list(early.table.rows()) == list(whole.table.rows())


def test_only_what_is_not_plain_is_checked_a_second_time(server, tmp_path, monkeypatch):
    again = []
    monkeypatch.setattr(module, "check", lambda path, **asked: again.append(path) or check(path, **asked))
    for name in ("clean", "marked", "keys", "few-errors", "tabs", "ragged", "phones", "wide-rows", "windows-1258-late", "xlsx"):
        data, options = FILES[name]
        server.routes[f"/{name}"] = in_pieces(data)
        arrival(server, tmp_path, f"/{name}", filename="a.csv", **options).verdict()
        assert len(again) == (name in ("windows-1258-late", "xlsx")), name
        again.clear()


def test_rows_are_counted_before_the_last_byte_is_sent(server, tmp_path):
    counted = threading.Event()
    data = (table(40_000) + table(40_000).partition("\n")[2]).encode()  # more than two blocks of the scanner

    def route(handler) -> None:
        handler.send_response(200)
        handler.send_header("content-length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data[:-20])
        handler.wfile.flush()
        assert counted.wait(20)
        handler.wfile.write(data[-20:])

    server.routes["/a.csv"] = route
    verdict, _ = arrival(server, tmp_path, progress=lambda rows: counted.set()).verdict()
    assert (verdict.state, verdict.rows) == ("valid", 80_000)


def test_what_the_server_says_of_the_file_counts(server, tmp_path):
    server.routes["/x"] = reply(LONG.replace(",", "\t"), content_disposition='attachment; filename="bang.tsv"')
    seen = []
    verdict, filename = arrival(server, tmp_path, "/x", coming=seen.append).verdict()
    assert (verdict.format, verdict.state, filename) == ("TSV", "valid", "bang.tsv")
    assert seen[0].begun.declared == seen[0].size == len(LONG.encode())


@pytest.mark.parametrize("sent", [0, 5, 20_000, 300_000])
def test_a_download_that_breaks_is_a_trouble_of_the_download(sent, server, tmp_path):
    data = LONG.encode()[:sent]
    server.routes["/a.csv"] = streamed({"content-length": "9000000"}, data, 1)
    with pytest.raises(Trouble) as caught:
        arrival(server, tmp_path).verdict()
    assert caught.value.issue.code == "cut-short"
    with pytest.raises(Trouble) as caught:
        arrival(server, tmp_path, "/none.csv").verdict()
    assert caught.value.issue.code == "http-status"


def test_a_server_that_drips_past_the_time_of_the_call_is_too_slow(server, tmp_path):
    server.routes["/a.csv"] = streamed({}, b"ma,ten,ngay\n", 200, pause=0.02)
    slow = net(server, total_download=0.5)
    with pytest.raises(Trouble) as caught:
        arrival(server, tmp_path, fetch=partial(slow.download, server.url("/a.csv"))).verdict()
    assert caught.value.issue.code == "too-slow"


@pytest.mark.parametrize("first", [LONG.encode()[:50], LONG.encode()[:280_000], LONG.encode("utf-16")[:9000], b"PK\x03\x04" + b"x" * 9000])
def test_a_download_that_begins_anew_is_checked_anew(first, server, tmp_path):
    answers = [streamed({"content-length": "9000000"}, first, 1), in_pieces(FILES["few-errors"][0])]
    server.routes["/a.csv"] = lambda handler: answers.pop(0)(handler)
    early, _ = arrival(server, tmp_path, retries=1).verdict()
    (tmp_path / "whole").write_bytes(FILES["few-errors"][0])
    assert said(early) == said(check(tmp_path / "whole", filename="a.csv", schema=SCHEMA))


@pytest.mark.parametrize("schema", [SCHEMA, KEYED, None])
def test_the_wish_to_stop_ends_it_and_leaves_no_thread(schema, server, tmp_path):
    server.routes["/a.csv"] = streamed({}, LONG.encode(), 50, pause=0.02)
    stop = threading.Event()
    with pytest.raises(Cancelled):
        arrival(server, tmp_path, schema=schema, cancelled=stop.is_set, progress=lambda rows: stop.set(), coming=lambda file: schema or stop.set()).verdict()
    for thread in threading.enumerate():
        if thread.name in ("arriving", "screening"):
            thread.join(10)
            assert not thread.is_alive()

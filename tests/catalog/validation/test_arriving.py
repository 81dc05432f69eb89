"""A file is worked on while it comes over the network."""

from __future__ import annotations

import hashlib
import threading
from functools import partial

import pytest
from support.web_server import reply, streamed, web_server

from catalog.errors import Trouble
from catalog.net import Limits, Net
from catalog.reading.survey import Survey
from catalog.validation.arriving import arriving, steadily
from catalog.validation.verdict import Cancelled

PIECE = b"1,V\xc5\xa9ng T\xc3\xa0u\n" * 500


@pytest.fixture
def server():
    with web_server() as server:
        yield server


def net(server, **limits) -> Net:
    return Net(allow_hosts=[f"127.0.0.1:{server.server_port}"], limits=Limits(**{"retries": 0, "backoff": 0.01, **limits}))


def whole(file) -> bytes:
    with file.open() as stream:
        return stream.read()


def test_the_first_bytes_are_read_before_the_last_are_sent(server, tmp_path):
    seen = threading.Event()

    def route(handler) -> None:
        handler.send_response(200)
        handler.send_header("content-type", "text/csv")
        handler.send_header("content-disposition", 'attachment; filename="b.csv"')
        handler.end_headers()
        handler.close_connection = True
        handler.wfile.write(PIECE)
        handler.wfile.flush()
        assert seen.wait(10)
        handler.wfile.write(PIECE)

    server.routes["/a"] = route
    with arriving(partial(net(server).download, server.url("/a")), tmp_path / "spool") as file, file.open() as stream:
        assert stream.read(len(PIECE)) == PIECE
        assert (file.head().filename, file.head().media_type, file.head().digests, file.ended) == ("b.csv", "text/csv", None, False)
        seen.set()
        assert stream.read() == PIECE
        assert file.digests().sha256 == hashlib.sha256(PIECE * 2).hexdigest()


def test_the_download_answers_with_both_digests(server, tmp_path):
    server.routes["/a"] = reply(PIECE)
    got = net(server).download(server.url("/a"), tmp_path / "file")
    assert (got.digests.md5, got.sha256, got.size) == (hashlib.md5(PIECE).hexdigest(), hashlib.sha256(PIECE).hexdigest(), len(PIECE))


def test_what_breaks_the_download_is_raised_where_the_file_is_read(server, tmp_path):
    server.routes["/cut"] = streamed({"content-length": str(len(PIECE) * 9)}, PIECE, 2)
    for path, code in (("/cut", "cut-short"), ("/none", "http-status")):
        with (pytest.raises(Trouble) as caught, arriving(partial(net(server).download, server.url(path)), tmp_path / "spool") as file):
            whole(file)
        assert caught.value.issue.code == code


def test_a_download_that_starts_again_is_worked_on_again(server, tmp_path):
    answers = [streamed({"content-length": str(len(PIECE) * 9)}, PIECE, 2), reply(b"id,ten\n" + PIECE)]
    server.routes["/a"] = lambda handler: answers.pop(0)(handler)
    surveys: list[Survey] = []

    def watched_by():
        surveys.append(Survey(2**24))
        return surveys[-1].update

    with arriving(partial(net(server, retries=1).download, server.url("/a")), tmp_path / "spool", watched_by=watched_by) as file:
        assert steadily(file, whole) == b"id,ten\n" + PIECE
        assert file.digests().size == len(PIECE) + 7
    assert len(surveys) == 2 and surveys[-1].finish()


def test_leaving_early_stops_the_download(server, tmp_path):
    server.routes["/endless"] = streamed({}, PIECE, 100_000, pause=0.001)
    with arriving(partial(net(server).download, server.url("/endless")), tmp_path / "spool") as file, file.open() as stream:
        stream.read(10)
    assert not file.ended and file.size < len(PIECE) * 100_000
    assert not any(thread.name == "arriving" for thread in threading.enumerate())


def test_the_wish_to_stop_is_heard_while_nothing_comes(server, tmp_path):
    server.routes["/slow"] = streamed({}, b"a,b\n", 20, pause=0.02)
    stop = threading.Event()
    with (pytest.raises(Cancelled), arriving(partial(net(server).download, server.url("/slow")), tmp_path / "spool", cancelled=stop.is_set) as file,
          file.open() as stream):
        stream.read(4)
        stop.set()
        stream.read()

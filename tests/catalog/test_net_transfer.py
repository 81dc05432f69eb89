"""What comes back: sizes, times, encodings, and servers that do not behave."""

from __future__ import annotations

import gzip
import hashlib
import threading
import time
import zlib

import ckanapi
import pytest
from support.web_server import Handler, WebServer, raw_server, reply, streamed, web_server

from catalog.errors import Trouble
from catalog.issues import say
from catalog.net import Limits, Net, World

FAST = Limits(connect=1, read=0.3, total=1, total_download=1, retries=0, interval=0, max_bytes=1 << 20, max_download=2 << 20)


@pytest.fixture
def server():
    with web_server() as server:
        yield server


@pytest.fixture
def net() -> Net:
    return Net(("127.0.0.1",), limits=FAST)


def code(call, *args, **kwargs) -> str:
    with pytest.raises(Trouble) as caught:
        call(*args, **kwargs)
    for language in ("vi", "en"):
        assert "…" not in say(caught.value.issue, language).what
    return caught.value.issue.code


def test_a_body_comes_back_with_its_headers_and_address(server: WebServer, net: Net):
    server.routes["/a"] = reply("dữ liệu", content_type="text/plain; charset=utf-8", etag='"1"')
    answer = net.get(server.url("/a"), params={"q": "học phí", "n": 1})
    assert (answer.status, answer.body.decode(), answer.headers["etag"]) == (200, "dữ liệu", '"1"')
    assert answer.url.endswith("/a?q=h%E1%BB%8Dc+ph%C3%AD&n=1")


def test_connections_are_kept_for_the_next_call(server: WebServer, net: Net):
    ports = []

    def route(handler: Handler) -> None:
        ports.append(handler.client_address[1])
        reply("ok")(handler)

    server.routes["/"] = route
    net.get(server.url())
    net.get(server.url())
    assert len(set(ports)) == 1


def test_a_server_that_never_answers_is_left(net: Net):
    done = threading.Event()
    with raw_server(lambda connection: done.wait(5)) as port:
        assert code(net.get, f"http://127.0.0.1:{port}/") == "time-out"
        done.set()


def test_a_body_that_drips_is_stopped_at_the_end_of_the_call(server: WebServer, net: Net, tmp_path):
    server.routes["/"] = streamed({}, b"x", 100, 0.05)
    assert code(net.get, server.url()) == "too-slow"
    assert code(net.download, server.url(), tmp_path / "file") == "too-slow"
    assert list(tmp_path.iterdir()) == []


def test_headers_that_drip_are_stopped_too(net: Net):
    def talk(connection):
        connection.recv(4096)
        for byte in b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200:
            connection.sendall(bytes([byte]))
            time.sleep(0.02)

    with raw_server(talk) as port:
        assert code(net.get, f"http://127.0.0.1:{port}/") == "too-slow"


def test_chunks_that_drip_are_stopped_too(net: Net):
    def talk(connection):
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(100):
            connection.sendall(b"1;" + b"e" * 3)
            time.sleep(0.05)

    with raw_server(talk) as port:
        assert code(net.get, f"http://127.0.0.1:{port}/") == "too-slow"


def test_a_body_shorter_than_declared_is_cut_short(server: WebServer, net: Net, tmp_path):
    server.routes["/"] = streamed({"Content-Length": "1000"}, b"a,b\n1,2\n", 1)
    assert code(net.get, server.url()) == "cut-short"
    assert code(net.download, server.url(), tmp_path / "file") == "cut-short"
    assert list(tmp_path.iterdir()) == []


def test_chunks_without_their_end_are_cut_short(net: Net):
    def talk(connection):
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")

    with raw_server(talk) as port:
        assert code(net.get, f"http://127.0.0.1:{port}/") == "cut-short"


def test_a_body_longer_than_declared_is_not_taken_for_whole(server: WebServer, net: Net, tmp_path):
    server.routes["/"] = streamed({"Content-Length": "8"}, b"a,b\n1,2\n3,4\n", 1)
    assert code(net.get, server.url()) == "length-wrong"
    assert code(net.download, server.url(), tmp_path / "file") == "length-wrong"
    assert list(tmp_path.iterdir()) == []


def test_a_declared_size_beyond_the_limit_is_refused_before_the_body(server: WebServer, net: Net):
    server.routes["/"] = streamed({"Content-Length": str(1 << 40)}, b"x", 1)
    assert code(net.get, server.url()) == "too-large"


def test_an_endless_body_is_refused_at_the_limit(server: WebServer, net: Net, tmp_path):
    sent = []

    def route(handler: Handler) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.close_connection = True
        for _ in range(1024):  # 1 GiB, if anybody took it
            handler.wfile.write(bytes(1 << 20))
            sent.append(1)

    server.routes["/"] = route
    assert code(net.get, server.url()) == "too-large"
    assert code(net.download, server.url(), tmp_path / "file") == "too-large"
    assert len(sent) < 40
    assert list(tmp_path.iterdir()) == []


def test_a_compressed_bomb_is_refused_at_the_limit(server: WebServer, net: Net):
    squeezed = zlib.compressobj(9, wbits=31)
    bomb = b"".join(squeezed.compress(bytes(1 << 20)) for _ in range(200)) + squeezed.flush()
    assert len(bomb) < 300_000
    server.routes["/"] = reply(bomb, content_encoding="gzip")
    server.routes["/twice"] = reply(gzip.compress(bomb), content_encoding="gzip, gzip")
    assert code(net.get, server.url()) == "too-large"
    assert code(net.get, server.url("/twice")) == "too-large"


def test_compressed_answers_are_read(server: WebServer, net: Net):
    server.routes["/"] = reply(gzip.compress("xin chào".encode()), content_encoding="gzip")
    assert net.get(server.url()).body.decode() == "xin chào"


def test_what_is_said_to_be_compressed_and_is_not(server: WebServer, net: Net):
    server.routes["/"] = reply("not gzip at all", content_encoding="gzip")
    assert code(net.get, server.url()) == "undecodable"


def test_what_does_not_speak_http(net: Net):
    with raw_server(lambda connection: connection.sendall(b"220 mail.example.vn ESMTP\r\n")) as port:
        assert code(net.get, f"http://127.0.0.1:{port}/") == "cut-short"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 418, 500, 501, 300, 305])
def test_any_other_status_is_trouble_without_the_body(server: WebServer, net: Net, status):
    server.routes["/"] = reply("<script>secret of the server</script>", status=status)
    with pytest.raises(Trouble) as caught:
        net.get(server.url())
    assert caught.value.issue.code == "http-status"
    assert caught.value.issue.facts["status"] == status
    assert "secret" not in str(caught.value.issue.to_dict())


@pytest.mark.parametrize(("body", "expected"), [
    ("<!doctype html><title>Đăng nhập</title>", "not-json"), ("  \n<html>", "not-json"), ("", "answer-empty"), (" \r\n", "answer-empty"),
    ('{"a": 1,}', "json-broken"), ('{"a"', "json-broken"), ("[" * 100_000, "json-broken"), ('{"a":"' + "\n" + '"}', "json-broken"),
    (b'{"a": "\xe0\xe1"}', "json-broken"), ("OK", "json-broken")])
def test_an_answer_that_is_no_json(server: WebServer, net: Net, body, expected):
    server.routes["/"] = reply(body, content_type="application/json")
    assert code(net.get_json, server.url()) == expected


def test_the_place_of_broken_json_is_told(server: WebServer, net: Net):
    server.routes["/"] = reply('{"a": 1,\n "b": tru}')
    with pytest.raises(Trouble) as caught:
        net.get_json(server.url())
    assert caught.value.issue.facts == {"line": 2, "position": 7}


@pytest.mark.parametrize(("body", "expected"), [
    ("\ufeff[1]", [1]), ('{"a": NaN, "b": [Infinity]}', {"a": None, "b": [None]}), ('["\\ud83d x", "\\u0000"]', ["\ufffd x", "\ufffd"]),
    ("[123456789012345678901234567890]", [1.2345678901234568e29]), ("[" * 300 + "]" * 300, ...), ('"ch\\u00ed"', "chí")])
def test_json_that_others_choke_on_is_read(server: WebServer, net: Net, body, expected):
    server.routes["/"] = reply(body)
    found = net.get_json(server.url())
    assert expected is ... or found == expected


def test_json_in_utf_16_is_read(server: WebServer, net: Net):
    server.routes["/"] = reply('{"tên": "Trường học"}'.encode("utf-16"))
    assert net.get_json(server.url()) == {"tên": "Trường học"}


def test_a_download_is_whole_hashed_and_named(server: WebServer, net: Net, tmp_path):
    data = "mã,tên\n1,Vũng Tàu\n".encode()
    server.routes["/t%E1%BB%87p.csv"] = reply(data, content_type="text/csv", etag='"7"', last_modified="Mon, 30 Sep 2024 05:00:00 GMT")
    got = net.download(server.url("/tệp.csv"), tmp_path / "x")
    assert (tmp_path / "x").read_bytes() == data
    assert (got.status, got.sha256, got.size) == ("new", hashlib.sha256(data).hexdigest(), len(data))
    assert (got.filename, got.media_type, got.etag, got.last_modified) == ("tệp.csv", "text/csv", '"7"', "Mon, 30 Sep 2024 05:00:00 GMT")
    assert server.asked[0][2]["accept-encoding"] == "identity"


@pytest.mark.parametrize(("disposition", "name"), [
    ('attachment; filename="so lieu.csv"', "so lieu.csv"), ("attachment; filename*=UTF-8''s%E1%BB%91%20li%E1%BB%87u.csv", "số liệu.csv"),
    ('attachment; filename="số liệu.csv"', "số liệu.csv"), ('attachment; filename="../../etc/passwd"', "passwd"),
    ('attachment; filename="C:\\\\a\\\\b.csv"', "b.csv"), ('attachment; filename=".."', "a.csv"), ("inline", "a.csv"), ("", "a.csv")])
def test_the_name_of_a_download_is_only_ever_a_label(server: WebServer, net: Net, tmp_path, disposition, name):
    server.routes["/d/a.csv"] = reply("x", content_disposition=disposition.encode().decode("latin-1"))
    assert net.download(server.url("/d/a.csv"), tmp_path / "x").filename == name


def test_what_has_not_changed_is_not_fetched_again(server: WebServer, net: Net, tmp_path):
    def route(handler: Handler) -> None:
        same = handler.headers["if-none-match"] == '"7"' or handler.headers["if-modified-since"] == "then"
        reply(b"" if same else b"data", status=304 if same else 200, etag='"7"')(handler)

    server.routes["/"] = route
    assert net.download(server.url(), tmp_path / "x").status == "new"
    again = net.download(server.url(), tmp_path / "y", etag='"7"')
    assert (again.status, again.etag, (tmp_path / "y").exists()) == ("not-modified", '"7"', False)
    assert net.download(server.url(), tmp_path / "z", last_modified="then").status == "not-modified"


def test_a_head_is_asked_by_get_where_head_is_refused(server: WebServer, net: Net):
    def route(handler: Handler) -> None:
        if handler.command == "HEAD":
            return reply("", status=405)(handler)
        return reply("abc", etag='"1"')(handler)

    server.routes["/"] = route
    answer = net.head(server.url())
    assert (answer.headers["etag"], answer.headers["content-length"], answer.body) == ('"1"', "3", b"")
    assert [asked[0] for asked in server.asked] == ["HEAD", "GET"]


def test_ckanapi_speaks_through_the_same_guard(server: WebServer, net: Net):
    server.routes["/api/action/status_show"] = reply('{"success": true, "result": {"ckan_version": "2.12.0"}}')
    server.routes["/api/action/package_list"] = reply("x" * (2 << 20))
    with ckanapi.RemoteCKAN(server.url().rstrip("/"), session=net.session()) as portal:
        assert portal.call_action("status_show")["ckan_version"] == "2.12.0"
        assert code(portal.call_action, "package_list") == "too-large"
    with ckanapi.RemoteCKAN("http://127.0.0.2:81", session=net.session()) as inside:
        assert code(inside.call_action, "status_show") in {"port-refused", "address-private"}


def test_a_client_library_sees_every_status_and_no_redirect_is_followed(server: WebServer, net: Net):
    server.routes |= {"/no": reply('{"error": 1}', status=409), "/away": reply("", status=302, location="http://10.0.0.1/")}
    with net.session() as session:
        assert (session.get(server.url("/no")).status_code, session.get(server.url("/no")).json()) == (409, {"error": 1})
        assert session.get(server.url("/away")).status_code == 302


def test_time_is_that_of_the_clock_that_is_handed_in(server: WebServer):
    seconds = iter(range(0, 100_000, 60))
    net = Net(("127.0.0.1",), limits=Limits(total=100, retries=0, interval=0), world=World(monotonic=lambda: next(seconds)))
    server.routes["/"] = reply("x" * 1000)
    assert code(net.get, server.url()) == "too-slow"


def test_a_local_folder_is_read_below_itself_only(net: Net, tmp_path):
    folder = tmp_path / "dữ liệu"
    folder.mkdir()
    (folder / "a b.csv").write_text("x\n1\n")
    (tmp_path / "secret.csv").write_text("secret")
    (folder / "out.csv").symlink_to(tmp_path / "secret.csv")
    opened = net.local_folder(folder.as_uri())
    assert [path.name for path in opened.files(recursive=False)] == ["a b.csv", "out.csv"]
    url = (folder / "a b.csv").as_uri()
    got = net.download(url, tmp_path / "copy")
    assert (got.status, got.filename, (tmp_path / "copy").read_text()) == ("new", "a b.csv", "x\n1\n")
    assert net.download(url, tmp_path / "again", etag=got.etag).status == "not-modified"
    assert code(net.download, (folder / "out.csv").as_uri(), tmp_path / "no") == "folder-left"
    assert code(net.download, folder.as_uri() + "/../secret.csv", tmp_path / "no") in {"folder-left", "url-not-http"}
    assert code(net.download, "file:///etc/passwd", tmp_path / "no") == "url-not-http"
    assert code(Net().download, url, tmp_path / "no") == "url-not-http"
    assert not (tmp_path / "no").exists()

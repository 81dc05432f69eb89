"""Questions that are posted: under the same guard, limits and manners as everything that goes out."""

from __future__ import annotations

import json

import pytest
from support.web_server import Handler, WebServer, redirect, reply, silent, streamed, web_server

from catalog.errors import Trouble
from catalog.net import Limits, Net

FAST = Limits(connect=1, read=0.3, total=1, retries=1, backoff=0.01, interval=0, max_bytes=1 << 20)
QUESTION = {"query": [{"code": "Địa phương", "values": ["077"]}]}


@pytest.fixture
def server():
    with web_server() as server:
        yield server


@pytest.fixture
def net() -> Net:
    return Net(("127.0.0.1",), limits=FAST)


def echo(handler: Handler) -> None:
    said = {"method": handler.command, "path": handler.path, "type": handler.headers.get("content-type")}
    if handler.command == "POST":
        said["body"] = json.loads(handler.posted)
    reply(json.dumps(said))(handler)


def code(call, *args, **kwargs) -> str:
    with pytest.raises(Trouble) as caught:
        call(*args, **kwargs)
    return caught.value.issue.code


def test_the_question_arrives_in_utf_8_and_the_answer_is_read(server: WebServer, net: Net):
    server.routes["/t"] = echo
    said = net.post_json(server.url("/t"), QUESTION, params={"lang": "vi"})
    assert said == {"method": "POST", "path": "/t?lang=vi", "type": "application/json", "body": QUESTION}


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_asked_the_same_question(server: WebServer, net: Net, status):
    server.routes["/old"], server.routes["/new"] = redirect("/new", status), echo
    assert net.post_json(server.url("/old"), QUESTION)["body"] == QUESTION


def test_where_it_says_see_other_the_answer_is_fetched(server: WebServer, net: Net):
    server.routes["/ask"], server.routes["/answer"] = redirect("/answer", 303), echo
    assert net.post_json(server.url("/ask"), QUESTION)["method"] == "GET"


@pytest.mark.parametrize("to", ["http://10.1.2.3/", "http://127.0.0.2/", "file:///etc/passwd", "http://[::1]/"])
def test_a_question_is_led_no_further_than_a_fetch(server: WebServer, net: Net, to):
    server.routes["/"] = redirect(to, 307)
    assert code(net.post_json, server.url(), QUESTION) in ("redirect-private", "redirect-broken")


@pytest.mark.parametrize("url", ["http://10.0.0.1/", "http://0x7f.1/", "ftp://example.vn/", "http://[::1/"])
def test_a_question_goes_to_public_addresses_only(net: Net, url):
    assert code(net.post_json, url, QUESTION) in ("address-private", "address-odd", "url-not-http", "url-broken")


def test_asking_again_is_safe_so_a_passing_failure_is_asked_again(server: WebServer, net: Net):
    left = [1]

    def route(handler: Handler) -> None:
        left[0] -= 1
        reply("", status=503)(handler) if left[0] >= 0 else echo(handler)

    server.routes["/"] = route
    assert net.post_json(server.url(), QUESTION)["body"] == QUESTION
    assert [method for method, _, _ in server.asked] == ["POST", "POST"]


@pytest.mark.parametrize(("route", "expected"), [
    (reply("", status=403), "http-status"), (reply("<html>"), "not-json"), (reply(""), "answer-empty"),
    (reply('{"a": '), "json-broken"),
    (streamed({}, b"0" * (1 << 16), 64), "too-large"), (streamed({"Content-Length": "1000"}, b"{}", 1), "cut-short"),
    (silent(0.6), "time-out")])
def test_bad_answers_are_what_they_are_for_a_fetch(server: WebServer, net: Net, route, expected):
    server.routes["/"] = route
    assert code(net.post_json, server.url(), QUESTION) == expected


def test_a_download_may_say_which_kind_it_wants(server: WebServer, net: Net, tmp_path):
    server.routes["/data"] = reply("a")
    net.download(server.url("/data"), tmp_path / "f", headers={"Accept": "text/csv"})
    net.download(server.url("/data"), tmp_path / "f")
    assert [headers["accept"] for _, _, headers in server.asked] == ["text/csv", "*/*"]

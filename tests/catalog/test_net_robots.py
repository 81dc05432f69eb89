"""robots.txt, as RFC 9309 has it: what a host allows a crawler, and what it means when the file cannot be had."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.web_server import WebServer, redirect, reply, web_server

from catalog.errors import Trouble
from catalog.net import Limits, Net, World

LIMITS = Limits(connect=1, read=1, total=5, retries=0, interval=0)


class Hand:
    """A clock that the test moves by hand; sleeping moves it too."""

    def __init__(self) -> None:
        self.now, self.slept = 1000.0, []

    def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 3))
        self.now += seconds


@pytest.fixture
def server() -> Iterator[WebServer]:
    with web_server() as server:
        yield server


@pytest.fixture
def hand() -> Hand:
    return Hand()


@pytest.fixture
def net(hand: Hand) -> Net:
    return Net(("127.0.0.1",), limits=LIMITS, world=World(monotonic=lambda: hand.now, sleep=hand.sleep))


def verdict(net: Net, url: str) -> str:
    """`allowed`, or the code of what is said."""
    try:
        net.require_crawlable(url)
    except Trouble as trouble:
        return trouble.issue.code
    return "allowed"


def asked(server: WebServer) -> list[str]:
    return [path for _, path, _ in server.asked]


@pytest.mark.parametrize(("robots", "path", "expected"), [
    ("User-agent: *\nDisallow: /", "/a/", "robots-disallowed"),
    ("User-agent: *\nDisallow: /\nAllow: /so-lieu/", "/so-lieu/a.csv", "allowed"),
    ("User-agent: *\nDisallow: /\n\nUser-agent: HaiDang\nAllow: /", "/a/", "allowed"),
    ("User-agent: *\nAllow: /\n\nUser-agent: haidang\nDisallow: /rieng/", "/rieng/a.csv", "robots-disallowed"),
    ("User-agent: *\nAllow: /\n\nUser-agent: haidang\nDisallow: /rieng/", "/chung/a.csv", "allowed"),
    ("User-agent: HaiDangKhac\nDisallow: /", "/a/", "allowed"),
    ("User-agent: *\nDisallow: /*.csv$", "/so-lieu/a.csv", "robots-disallowed"),
    ("User-agent: *\nDisallow: /*.csv$", "/so-lieu/a.csv.zip", "allowed"),
    ("\ufeffUser-agent: *\r\nDisallow: /chợ/", "/ch%E1%BB%A3/a.csv", "robots-disallowed"),
    ("<!DOCTYPE html><html>Trang không tồn tại</html>", "/a/", "allowed"),
    ("", "/a/", "allowed"),
])
def test_what_the_file_allows(server: WebServer, net: Net, robots, path, expected):
    server.routes["/robots.txt"] = reply(robots, content_type="text/plain; charset=utf-8")
    assert verdict(net, server.url(path)) == expected


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_a_file_that_is_not_there_allows_everything(server: WebServer, net: Net, status):
    server.routes["/robots.txt"] = reply("User-agent: *\nDisallow: /", status=status)
    assert verdict(net, server.url("/a/")) == "allowed"


@pytest.mark.parametrize(("status", "code"), [(500, "robots-unreadable"), (502, "robots-unreadable"), (503, "host-busy"), (429, "host-busy")])
def test_a_server_that_fails_on_the_file_allows_nothing(server: WebServer, net: Net, status, code):
    server.routes["/robots.txt"] = reply("", status=status)
    assert verdict(net, server.url("/a/")) == code


def test_a_redirect_is_followed_and_a_circle_is_no_file(server: WebServer, net: Net):
    server.routes |= {"/robots.txt": redirect("/r.txt"), "/r.txt": reply("User-agent: *\nDisallow: /a/")}
    assert verdict(net, server.url("/a/")) == "robots-disallowed"
    with web_server() as other:
        other.routes["/robots.txt"] = redirect("/robots.txt")
        assert verdict(net, other.url("/a/")) == "allowed"


def test_the_file_is_read_once_an_hour_for_each_host(server: WebServer, net: Net, hand: Hand):
    server.routes["/robots.txt"] = reply("User-agent: *\nDisallow: /a/")
    assert {verdict(net, server.url(path)) for path in ("/a/", "/a/b")} == {"robots-disallowed"}
    assert asked(server) == ["/robots.txt"]
    with web_server() as other:
        assert verdict(net, other.url("/a/")) == "allowed", "another port is another server"
    hand.now += 3601
    server.routes["/robots.txt"] = reply("")
    assert verdict(net, server.url("/a/")) == "allowed"


def test_a_crawl_delay_lies_between_all_calls_to_that_host_and_is_bounded(server: WebServer, net: Net, hand: Hand):
    server.routes |= {"/robots.txt": reply("User-agent: *\nCrawl-delay: 4"), "/": reply("ok")}
    net.require_crawlable(server.url())
    for _ in range(3):
        net.get(server.url())
    assert hand.slept == [4.0, 4.0, 4.0], "the reading of the file was a call as well"
    server.routes["/robots.txt"] = reply("User-agent: *\nCrawl-delay: 86400")
    hand.now += 3601
    net.require_crawlable(server.url())
    hand.slept.clear()
    net.get(server.url())
    assert hand.slept == [30.0]
    server.routes["/robots.txt"] = reply("")
    hand.now += 3601
    net.require_crawlable(server.url())
    hand.slept.clear()
    net.get(server.url())
    assert hand.slept == [], "a host that no longer asks for it is no longer asked slowly"


def test_we_ask_by_the_name_that_the_file_calls_us(server: WebServer, net: Net):
    net.require_crawlable(server.url("/a/"))
    assert server.asked[0][2]["user-agent"].startswith("HaiDang/")

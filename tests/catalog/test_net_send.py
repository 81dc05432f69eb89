"""Sending bytes to a URL: once, to that address alone, under the same guard as everything else."""

import pytest
from support.web_server import redirect, reply, web_server

from catalog.errors import Trouble
from catalog.net import Limits, Net

FAST = Limits(connect=1, read=1, total=5, retries=2, backoff=0.01, interval=0, failures=100)


def refused(net: Net, url: str) -> str:
    with pytest.raises(Trouble) as caught:
        net.post(url, b"{}")
    return caught.value.issue.code


def test_what_is_posted_arrives_as_it_is():
    got = []

    def route(handler):
        got.append((handler.command, handler.posted))
        reply("da nhan", status=202)(handler)

    with web_server() as server:
        server.routes["/hook"] = route
        answer = Net(("127.0.0.1",), limits=FAST).post(server.url("/hook"), "đèn biển".encode(), headers={"X-Ky": "t=1"})
        assert (answer.status, answer.body) == (202, b"da nhan")
        assert got == [("POST", "đèn biển".encode())]
        assert server.asked[0][2]["x-ky"] == "t=1" and "authorization" not in server.asked[0][2]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(status):
    with web_server() as server:
        server.routes["/hook"], server.routes["/there"] = redirect("/there", status), reply("ok")
        assert refused(Net(("127.0.0.1",), limits=FAST), server.url("/hook")) == "http-status"
        assert [path for _, path, _ in server.asked] == ["/hook"]


@pytest.mark.parametrize(("answer", "code"), [
    (reply("", status=500), "http-status"), (reply("", status=503), "host-busy"), (reply("x" * 70_000), "too-large"),
    (reply("short", content_length="100"), "cut-short"),
])
def test_it_is_asked_once_whatever_the_answer(answer, code):
    with web_server() as server:
        server.routes["/hook"] = answer
        assert refused(Net(("127.0.0.1",), limits=FAST), server.url("/hook")) in (code, "time-out", "too-slow")
        assert len(server.asked) == 1


@pytest.mark.parametrize(("url", "code"), [
    ("http://127.0.0.1/hook", "address-private"), ("http://169.254.169.254/latest", "address-private"), ("file:///etc/passwd", "url-not-http"),
    ("http://0x7f.1/", "address-odd"), ("http://example.vn:25/", "port-refused"),
])
def test_it_goes_only_where_everything_else_may_go(url, code):
    assert refused(Net(limits=FAST), url) == code

"""Manners towards hosts, and hosts that are not there."""

from __future__ import annotations

import socket
import threading

import pytest
from support.web_server import Handler, WebServer, reply, web_server

from catalog.errors import Trouble
from catalog.issues import Issue
from catalog.net import Limits, Net, World
from catalog.net.guard import Guard
from catalog.net.politeness import Politeness


class Hand:
    """A clock and a sleep that the test moves by hand."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 3))
        self.now += seconds

    def world(self, **more) -> World:
        return World(monotonic=lambda: self.now, sleep=self.sleep, chance=lambda: 0.5, **more)


@pytest.fixture
def server():
    with web_server() as server:
        yield server


@pytest.fixture
def hand() -> Hand:
    return Hand()


def issue(call, *args) -> Issue:
    with pytest.raises(Trouble) as caught:
        call(*args)
    return caught.value.issue


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def failing_first(times: int, status: int, **headers: str):
    left = [times]

    def route(handler: Handler) -> None:
        left[0] -= 1
        reply("", status=status, **headers)(handler) if left[0] >= 0 else reply("ok")(handler)

    return route


def test_the_pause_that_a_busy_server_asks_for_is_kept(server: WebServer, hand: Hand):
    server.routes["/"] = failing_first(2, 429, retry_after="7")
    assert Net(("127.0.0.1",), world=hand.world()).get(server.url()).body == b"ok"
    assert hand.slept == [7.0, 7.0]


def test_a_date_in_retry_after_counts_from_the_servers_own_clock(server: WebServer, hand: Hand):
    def route(handler: Handler) -> None:
        handler.date_time_string = lambda timestamp=None: "Mon, 30 Sep 2024 05:00:00 GMT"
        failing(handler)

    failing = failing_first(1, 503, retry_after="Mon, 30 Sep 2024 05:00:09 GMT")
    server.routes["/"] = route
    Net(("127.0.0.1",), world=hand.world()).get(server.url())
    assert hand.slept == [9.0]


def test_a_server_that_asks_for_too_long_a_pause_is_left_alone_until_then(server: WebServer, hand: Hand):
    server.routes["/"] = reply("", status=503, retry_after="5400")
    net = Net(("127.0.0.1",), world=hand.world())
    found = issue(net.get, server.url())
    assert (found.code, found.facts["status"], found.facts["minutes"]) == ("host-busy-long", 503, 90)
    assert issue(net.get, server.url("/other")).facts["remembered"]
    assert (hand.slept, len(server.asked)) == ([], 1)
    server.routes["/"] = reply("ok")
    hand.now += 5401
    assert net.get(server.url()).body == b"ok"


def test_a_server_that_asks_for_years_is_asked_again_the_next_day(server: WebServer, hand: Hand):
    server.routes["/"] = reply("", status=429, retry_after="999999999")
    net = Net(("127.0.0.1",), world=hand.world())
    assert issue(net.get, server.url()).code == "host-busy-long"
    hand.now += 86_401
    assert "remembered" not in issue(net.get, server.url()).facts


def test_while_a_host_asks_for_a_pause_no_other_call_goes_there(server: WebServer, hand: Hand):
    server.routes |= {"/busy": failing_first(1, 429, retry_after="7"), "/": reply("ok")}
    net = Net(("127.0.0.1",), limits=Limits(retries=0), world=hand.world())
    assert issue(net.get, server.url("/busy")).code == "host-busy"
    assert net.get(server.url()).body == b"ok"
    assert hand.slept == [7.0]


def test_after_its_rest_a_host_is_tried_by_one_call_and_the_others_do_as_it_finds():
    """Eight threads come back to a host that is still dead: one connection is tried, not eight."""
    tried, port, now = [], closed_port(), [1000.0]

    def resolve(host, port, *_):
        tried.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    net = Net(("dead.vn",), limits=Limits(rest=300, retries=0, per_host=8), world=World(resolve=resolve, monotonic=lambda: now[0]))
    for _ in range(3):
        issue(net.get, f"http://dead.vn:{port}/")
    now[0] += 301
    found, before = [], len(tried)
    threads = [threading.Thread(target=lambda: found.append(issue(net.get, f"http://dead.vn:{port}/"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(tried) - before == 1
    assert sorted(one.facts.get("remembered", False) for one in found) == [False] + [True] * 7


def test_waiting_for_ones_turn_is_not_held_against_the_server(server: WebServer, hand: Hand):
    server.routes |= {"/busy": failing_first(1, 429, retry_after="29"), "/": reply("ok")}
    net = Net(("127.0.0.1",), limits=Limits(retries=0, total=10), world=hand.world())
    assert issue(net.get, server.url("/busy")).code == "host-busy"
    assert net.get(server.url()).body == b"ok"


def test_a_source_that_is_asked_gently_is_asked_one_call_at_a_time_with_a_pause(server: WebServer, hand: Hand):
    server.routes["/"] = reply("ok")
    net = Net(("127.0.0.1",), world=hand.world())
    gentle = net.gently(2.5)
    for one in (gentle, gentle, net, gentle):
        one.get(server.url())
    assert hand.slept == [2.5, 2.5], "the call between them counts too"
    assert net.gently(0) is net


def test_a_conversation_that_is_no_web_call_keeps_the_pause_too(hand: Hand):
    gentle = Net(("127.0.0.1",), world=hand.world()).gently(2.5)
    target = gentle.elsewhere("sftp://127.0.0.1:22/", {"sftp": 22})
    for _ in range(3):
        with gentle.turn(target):
            pass
    assert hand.slept == [2.5, 2.5]


def test_passing_failures_are_tried_again_with_growing_pauses(server: WebServer, hand: Hand):
    server.routes["/"] = failing_first(2, 502)
    assert Net(("127.0.0.1",), world=hand.world()).get(server.url()).body == b"ok"
    assert hand.slept == [0.5, 1.0]


def test_attempts_are_bounded(server: WebServer, hand: Hand):
    server.routes["/"] = reply("", status=502)
    found = issue(Net(("127.0.0.1",), world=hand.world()).get, server.url())
    assert (found.code, found.facts["status"], len(server.asked)) == ("http-status", 502, 3)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 500])
def test_failures_that_do_not_pass_are_not_tried_again(server: WebServer, hand: Hand, status):
    server.routes["/"] = reply("", status=status)
    issue(Net(("127.0.0.1",), world=hand.world()).get, server.url())
    assert len(server.asked) == 1


def test_pauses_never_outlast_the_call(server: WebServer, hand: Hand):
    server.routes["/"] = reply("", status=429, retry_after="20")
    assert issue(Net(("127.0.0.1",), limits=Limits(total=30), world=hand.world()).get, server.url()).code == "host-busy"
    assert hand.slept == [20.0]


def test_a_dead_host_is_left_alone_and_its_cause_remembered(hand: Hand):
    port = closed_port()
    net = Net(("127.0.0.1",), limits=Limits(rest=300), world=hand.world())
    first = issue(net.get, f"http://127.0.0.1:{port}/0.csv")
    assert first.code == "host-unreachable"
    waited = len(hand.slept)
    for n in range(3000):
        found = issue(net.get, f"http://127.0.0.1:{port}/{n}.csv")
        assert (found.code, found.facts["remembered"], found.place.url) == ("host-unreachable", True, f"http://127.0.0.1:{port}/{n}.csv")
    assert len(hand.slept) == waited


def test_a_host_that_came_back_is_asked_again_after_its_rest(server: WebServer, hand: Hand):
    server.routes["/"] = reply("ok")
    answers = [socket.gaierror(socket.EAI_NONAME, "unknown"), [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", server.server_port))]]

    def resolve(*_):
        answer = answers.pop(0)
        if isinstance(answer, OSError):
            raise answer
        return answer

    net = Net(("back.vn",), limits=Limits(rest=300), world=hand.world(resolve=resolve))
    url = server.url(host="back.vn")
    assert "remembered" not in issue(net.get, url).facts
    assert issue(net.get, url).facts["remembered"]
    hand.now += 301
    assert net.get(url).body == b"ok"


def test_a_name_that_leads_nowhere_is_looked_up_once(hand: Hand):
    asked = []

    def resolve(host, port, *_):
        asked.append(host)
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    net = Net(world=hand.world(resolve=resolve))
    assert {issue(net.get, f"https://gone.vn/{n}").code for n in range(100)} == {"host-unknown"}
    assert asked == ["gone.vn"]
    assert issue(net.get, "https://other.vn/").code == "host-unknown", "another host is not suspected"
    assert asked == ["gone.vn", "other.vn"]


def test_a_host_that_is_busy_for_every_file_is_left_alone_after_some(server: WebServer, hand: Hand):
    server.routes["/"] = reply("", status=503)
    net = Net(("127.0.0.1",), limits=Limits(failures=3), world=hand.world())
    for _ in range(100):
        assert issue(net.get, server.url()).code == "host-busy"
    assert len(server.asked) == 9, "three calls of three attempts"


def test_one_broken_file_does_not_condemn_its_host(server: WebServer, hand: Hand):
    server.routes["/good"] = reply("ok")
    net = Net(("127.0.0.1",), world=hand.world())
    for _ in range(20):
        issue(net.get, server.url("/missing"))
    assert net.get(server.url("/good")).body == b"ok"


def test_a_public_host_gets_a_pause_between_calls_and_ones_own_does_not(hand: Hand):
    limits, world = Limits(interval=0.2), hand.world()
    guard = Guard(("own.vn",), world)
    politeness = Politeness(limits, world, guard)
    for url, pauses in (("https://own.vn/", []), ("https://public.vn/", [0.2, 0.2])):
        for _ in range(3):
            with politeness.turn(guard.target(url)):
                pass
        assert hand.slept == pauses


def test_only_so_many_calls_reach_a_host_at_once(server: WebServer):
    here, most, lock = [0], [0], threading.Lock()
    gate = threading.Event()

    def route(handler: Handler) -> None:
        with lock:
            here[0] += 1
            most[0] = max(most[0], here[0])
            if here[0] == 2:
                gate.set()
        gate.wait(5)
        with lock:
            here[0] -= 1
        reply("ok")(handler)

    server.routes["/"] = route
    net = Net(("127.0.0.1",), limits=Limits(per_host=2))
    threads = [threading.Thread(target=net.get, args=(server.url(),)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert most == [2]
    assert len(server.asked) == 8

"""What an address answers, and what that means: each lie of a server, told over a real socket."""

from __future__ import annotations

import pytest
from support.web_server import Handler, WebServer, redirect, reply, silent, web_server

from catalog.links.probing import probe
from catalog.net import Limits, Net

CSV = "ma,ten\nA1,Chợ\n"
PAGE = "<!DOCTYPE html><html><head><title>{}</title></head><body><h1>{}</h1></body></html>"


@pytest.fixture
def server():
    with web_server() as server:
        yield server


@pytest.fixture
def net() -> Net:
    return Net(("127.0.0.1",), limits=Limits(retries=0, connect=1, read=0.5, total=3, failures=100))


def by_method(head, get):
    """A route that answers HEAD and GET each in its own way."""
    def route(handler: Handler) -> None:
        (head if handler.command == "HEAD" else get)(handler)

    return route


def judged(net: Net, server: WebServer, route, *, format: str = "CSV", path: str = "/data/cho.csv", trusted: str = ""):
    server.routes[path] = route
    return probe(net, server.url(path), format=format, trusted=trusted)


def page(title: str, status: int = 200, **headers: str):
    return reply(PAGE.format(title, title), status=status, content_type="text/html; charset=utf-8", **headers)


def test_a_file_that_is_there_is_fine(net, server):
    found = judged(net, server, reply(CSV, content_type="text/csv", etag='"1"'))
    assert (found.status, found.method, found.http_status) == ("ok", "GET", 200)


def test_head_alone_is_enough_where_it_says_what_it_said_when_the_bytes_were_looked_at(net, server):
    route = reply(CSV, content_type="text/csv", etag='"1"')
    first = judged(net, server, route)
    server.asked.clear()
    again = judged(net, server, route, trusted=first.seen)
    assert (again.status, again.method) == ("ok", "HEAD")
    assert [method for method, _, _ in server.asked] == ["HEAD"]
    changed = judged(net, server, reply(CSV, content_type="text/csv", etag='"2"'), trusted=first.seen)
    assert changed.method == "GET"


def test_a_long_address_is_compared_whole_and_shown_cut(net, server):
    long = "/data/" + "a" * 600
    assert judged(net, server, reply(CSV, content_type="text/csv"), path=f"{long}.csv").status == "ok"
    found = judged(net, server, redirect(server.url(f"{long}.csv")), path=f"{long}-cu.csv")
    assert found.status == "moved" and len(found.leads_to) == 500


def test_a_server_that_marks_nothing_is_always_asked_for_the_bytes(net, server):
    route = reply(CSV, content_type="text/csv")
    found = judged(net, server, route)
    assert found.seen == ""
    assert judged(net, server, route, trusted=found.seen).method == "GET"


@pytest.mark.parametrize("status", [404, 410, 405, 501, 403, 400, 500])
def test_head_that_refuses_is_overruled_by_get_that_gives(net, server, status):
    found = judged(net, server, by_method(reply("", status=status), reply(CSV, content_type="text/csv")))
    assert (found.status, found.method) == ("ok", "GET")


def test_head_that_never_answers_is_overruled_by_get_that_gives(net, server):
    found = judged(net, server, by_method(silent(1.2), reply(CSV, content_type="text/csv")))
    assert (found.status, found.method) == ("ok", "GET")


def test_head_that_says_yes_is_overruled_by_get_that_says_no(net, server):
    found = judged(net, server, by_method(reply(CSV, content_type="text/csv", etag='"1"'), reply("", status=404)))
    assert (found.status, found.method, found.http_status, found.reason) == ("broken", "GET", 404, "missing")


@pytest.mark.parametrize(("status", "reason"), [(404, "missing"), (410, "missing"), (401, "sign-in"), (403, "sign-in"), (500, "server"), (400, "refused")])
def test_a_plain_refusal_is_broken_and_says_why_in_both_languages(net, server, status, reason):
    found = judged(net, server, page("Lỗi", status=status))
    assert (found.status, found.reason, found.http_status) == ("broken", reason, status)
    assert str(status) in found.why[0] and str(status) in found.why[1]


def test_429_is_unknown_and_asked_once(net, server):
    found = judged(net, server, reply("", status=429, retry_after="3600"))
    assert (found.status, found.http_status, found.pause) == ("unknown", 429, 3600)
    assert len(server.asked) == 1


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_fault_that_asks_for_patience_is_unknown(net, server, status):
    found = judged(net, server, reply("", status=status, retry_after="120"))
    assert (found.status, found.pause) == ("unknown", 120)


@pytest.mark.parametrize("route", [
    page("Access denied", status=403, cf_ray="8a1b"), page("403 Forbidden", status=403, server="cloudflare"),
    page("Forbidden", status=403, x_sucuri_id="11"), page("Vui lòng nhập captcha", status=403), page("Request blocked", status=406),
    page("Just a moment..."), page("Attention Required! | Cloudflare"),
])
def test_a_firewall_that_answers_for_the_server_is_unknown(net, server, route):
    assert judged(net, server, route).status == "unknown"


@pytest.mark.parametrize("title", ["Không tìm thấy trang", "404 - Not Found", "Trang không tồn tại", "KHÔNG TÌM THẤY", "Page not found", "Nội dung đã bị gỡ"])
@pytest.mark.parametrize("format", ["CSV", "HTML", ""])
def test_a_page_of_regret_with_status_200_is_seen(net, server, title, format):
    found = judged(net, server, page(title), format=format, path="/trang")
    assert (found.status, found.reason) == ("soft-404", "says-not-found")
    assert title in found.why[0]


@pytest.mark.parametrize("format", ["CSV", "XLSX", "PDF", "csv", ".json"])
def test_a_web_page_where_data_was_promised_is_seen(net, server, format):
    found = judged(net, server, page("Sở Y tế"), format=format, path="/x")
    assert (found.status, found.reason) == ("soft-404", "page")


def test_a_web_page_that_calls_itself_text_is_seen_all_the_same(net, server):
    assert judged(net, server, reply(PAGE.format("a", "a"), content_type="text/csv")).reason == "page"


def test_the_ending_of_the_address_promises_where_no_format_is_said(net, server):
    assert judged(net, server, page("Sở Y tế"), format="").reason == "page"


def test_a_web_page_where_a_page_was_promised_is_fine(net, server):
    for format in ("HTML", "", "API"):
        assert judged(net, server, page("Cổng dữ liệu"), format=format, path="/gioi-thieu").status == "ok"


def test_a_redirect_to_the_home_page_is_seen(net, server):
    server.routes["/"] = page("Sở Y tế")
    for format in ("CSV", "HTML"):
        found = judged(net, server, redirect("/"), format=format)
        assert (found.status, found.reason, found.leads_to) == ("soft-404", "home", server.url("/"))


@pytest.mark.parametrize("where", ["/dang-nhap?ve=cho.csv", "/account/login", "/sso/start", "/Login.aspx?ReturnUrl=x"])
def test_a_redirect_to_a_sign_in_page_is_seen(net, server, where):
    server.routes[where.partition("?")[0]] = page("Hệ thống")
    assert judged(net, server, redirect(where)).reason == "to-sign-in"


def test_a_redirect_to_the_file_elsewhere_has_moved(net, server):
    server.routes["/moi/cho.csv"] = reply(CSV, content_type="text/csv")
    found = judged(net, server, redirect("/moi/cho.csv", status=301))
    assert (found.status, found.leads_to) == ("moved", server.url("/moi/cho.csv"))


def test_a_file_without_a_byte_is_seen(net, server):
    assert judged(net, server, reply("", content_type="text/csv")).reason == "empty"


def test_only_the_first_bytes_are_read(net, server):
    found = judged(net, server, by_method(reply("", status=405), reply(b"x" * 3_000_000, content_type="text/csv")))
    assert found.status == "ok"


def test_nobody_there_is_broken_and_asked_once(net):
    with web_server() as gone:
        url = gone.url("/cho.csv")
    found = probe(net, url, format="CSV")
    assert (found.status, found.reason, found.method) == ("broken", "host-unreachable", "HEAD")
    assert found.why[0] and found.why[1]


def test_an_address_of_a_private_network_is_broken_for_the_public():
    found = probe(Net(), "http://10.1.2.3/cho.csv", format="CSV")
    assert (found.status, found.reason) == ("broken", "address-private")


def test_a_host_that_is_left_alone_just_now_is_unknown(server):
    impatient = Net(("127.0.0.1",), limits=Limits(retries=0, connect=1, read=0.3, total=1, failures=1))
    found = judged(impatient, server, silent(1))
    again = judged(impatient, server, reply(CSV))
    assert (found.status, again.status) == ("unknown", "unknown")
    assert len(server.asked) == 1


@pytest.mark.parametrize(("asked", "pause"), [("9" * 20, None), ("Mon, 30 Sep 2024 05:02:00 GMT", 120.0), ("bald", None),
                                              ("Mon, 30 Sep 2024 05:02:00 +99999999999999", None)])
def test_a_pause_of_any_form_is_understood_or_passed_over(net, server, asked, pause):
    found = judged(net, server, dated(reply("", status=500, retry_after=asked)))
    assert (found.status, found.pause) == ("unknown", pause)


def dated(route):
    """The route, on a server whose clock stands at noon in Vietnam."""
    def on_that_day(handler: Handler) -> None:
        handler.date_time_string = lambda: "Mon, 30 Sep 2024 05:00:00 GMT"
        route(handler)

    return on_that_day


def test_an_unusual_port_which_we_do_not_ask_is_unknown_and_left_alone_for_a_day():
    found = probe(Net(), "http://mo.example.vn:8081/cho.csv", format="CSV")
    assert (found.status, found.reason, found.pause) == ("unknown", "port-refused", 86_400)


def test_a_redirect_to_an_unusual_port_is_unknown_and_one_into_a_private_network_is_broken(net, server):
    to_port = judged(net, server, redirect("http://mo.example.vn:8081/cho.csv"))
    assert (to_port.status, to_port.reason) == ("unknown", "redirect-private")
    inside = judged(net, server, redirect("http://10.1.2.3/cho.csv"))
    assert (inside.status, inside.reason) == ("broken", "redirect-private")


def test_a_server_that_asks_for_a_long_patience_after_a_fine_head_is_unknown(net, server):
    found = judged(net, server, by_method(reply(CSV), reply("", status=503, retry_after="7200")))
    assert (found.status, found.reason, found.pause) == ("unknown", "host-busy-long", 7200)

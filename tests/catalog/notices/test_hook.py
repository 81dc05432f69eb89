"""Notices on their way to a webhook, and the list of all that were kept."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from support.noticing import add_agency, add_source, later, run, ways
from support.participating import promise
from support.web_server import redirect, reply, web_server

from catalog.notices.listing import WantedNotices, notices
from catalog.notices.watching import watch

SECRET = "bi-mat-chung-cua-hai-ben"


def hooked(site, url: str, **settings):
    return replace(site, settings=replace(site.settings, webhook_url=url, webhook_secret=SECRET, escalate_days=30, **settings))


def test_a_webhook_gets_what_is_new_signed(site):
    run(site, add_source(site, add_agency(site)), "host-unknown", host="h")
    got = []

    def route(handler):
        got.append((handler.posted, dict(handler.headers)))
        reply("", status=204)(handler)

    with web_server() as server:
        server.routes["/hook"] = route
        for minutes in (0, 1, 200):
            watch(later(hooked(site, server.url("/hook")), minutes=minutes))
    [(body, headers)] = got
    stamp, given = (part.split("=", 1)[1] for part in headers["X-Haidang-Signature"].split(","))
    assert given == hmac.new(SECRET.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    assert abs(time.time() - int(stamp)) < 60
    [notice] = json.loads(body)["notices"]
    assert (notice["kind"], notice["agency"], notice["code"], notice["title"]["en"]) == ("source-down", "so-yt", "host-unknown", "Source down")
    assert notice["url"].startswith("http://haidang.test/runs/") and "@so-yt.test" not in body.decode()
    assert [(way.channel, way.address, way.state) for way in ways(site)] == [("webhook", "", "sent")]


@pytest.mark.parametrize(("answer", "code"), [
    (reply("<html>bi-mat", status=500), "http-status"), (redirect("http://127.0.0.1/elsewhere"), "http-status"), (reply("", status=503), "host-busy"),
])
def test_a_webhook_that_fails_is_tried_again_and_given_up_after_a_week(site, answer, code):
    run(site, add_source(site, add_agency(site)), "host-unknown", host="h")
    with web_server() as server:
        server.routes["/khoa-bi-mat"] = answer
        house = hooked(site, server.url("/khoa-bi-mat"))
        watch(house)
        watch(later(house, seconds=30))
        assert len(server.asked) == 1
        [way] = ways(site)
        assert (way.state, way.reason["code"], way.next_at - house.clock.now()) == ("queued", code, timedelta(minutes=1))
        assert "bi-mat" not in json.dumps(way.reason)
        watch(later(house, days=8))
        assert [(way.state, way.attempts) for way in ways(site)] == [("failed", 2)]


def test_a_webhook_in_a_private_network_must_be_allowed(site):
    run(site, add_source(site, add_agency(site)), "host-unknown", host="h")
    with web_server() as server:
        house = hooked(site, server.url("/hook"), allow_hosts=())
        watch(house)
        assert server.asked == [] and ways(site)[0].reason["code"] in ("port-refused", "address-private")


def test_the_list_is_paged_and_picked(site):
    run(site, add_source(site, add_agency(site)), "host-unknown", host="data.so-yt.test")
    other = add_agency(site, "so-khac")
    with site.writing() as session:
        for number in range(60):
            promise(session, other, f"bo-{number:02}", site.clock.today() + timedelta(days=3))
    watch(site)
    with site.reading() as session:
        mine = notices(session, WantedNotices(agency_id=other), page=2)
        assert (mine.total, mine.pages, len(mine.items)) == (60, 2, 10)
        assert notices(session).total == 61
        [down] = notices(session, WantedNotices(kind="source-down")).items
        assert notices(session, WantedNotices(source_id=down.source_id)).total == 1
        assert down.texts["vi"].startswith("Từ 12:00 30/09/2024 chưa thu thập được nguồn “Nguồn nguon” của Cơ quan so-yt.")
        assert down.path.startswith("/runs/") and down.ended is None and down.deliveries == [] and "HAIDANG_MAIL_URL" in down.untold["vi"]
        assert notices(session, WantedNotices(standing=True)).total == 61

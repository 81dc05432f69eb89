"""Notices on their way by mail: delayed by a server that is down, never lost, refused in words."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from support.mail_server import authority, mail_server
from support.noticing import add_agency, add_source, later, mailing, run, ways
from support.participating import promise
from support.web_server import raw_server

from catalog.clock import FrozenClock
from catalog.models import Agency, Notice
from catalog.notices import sending
from catalog.notices.listing import notices
from catalog.notices.watching import watch


@pytest.fixture
def mailbox():
    with mail_server() as mailbox:
        yield mailbox


@pytest.fixture
def house(site, mailbox):
    """A site that can send mail, whose one source is down."""
    house = mailing(site, mailbox.port)
    run(house, add_source(house, add_agency(house)), "host-unknown", host="data.so-yt.test")
    return house


def states(site) -> list[tuple[str, str, int]]:
    return [(way.address, way.state, way.attempts) for way in ways(site)]


def test_a_mail_server_that_is_down_delays_and_loses_nothing(house, mailbox):
    down = replace(house, settings=replace(house.settings, mail_url="smtp://127.0.0.1:1"))
    moment, tried = house.clock.now(), []
    for _ in range(9):
        watch(replace(down, clock=FrozenClock(moment - timedelta(seconds=1))))  # before its time nothing is tried
        watch(replace(down, clock=FrozenClock(moment)))
        tried.append(round((moment - house.clock.now()).total_seconds() / 60))
        moment = ways(house)[0].next_at
    assert tried == [0, 1, 3, 7, 15, 31, 63, 123, 183]
    [way] = ways(house)
    assert (way.state, way.reason["code"]) == ("queued", "mail-unreachable") and mailbox.messages == []
    assert watch(later(house, hours=9)).sent.sent == 1
    assert states(house) == [("dulieu@so-yt.test", "sent", 10)] and ways(house)[0].reason is None
    watch(later(house, hours=10))
    assert len(mailbox.messages) == 1


def test_what_came_while_the_server_was_down_comes_in_one_mail(house, mailbox):
    down = replace(house, settings=replace(house.settings, mail_url="smtp://127.0.0.1:1"))
    watch(down)
    with house.writing() as session:
        agency = session.scalar(select(Agency.id))
        promise(session, agency, "truong-hoc", house.clock.today())
    run(later(down, hours=1), add_source(house, agency, "them"), "http-status", host="h", status=500)
    watch(later(down, hours=1))
    watch(later(house, hours=9))
    assert len(mailbox.messages) == 1 and {way.state for way in ways(house)} == {"sent"} and len(ways(house)) == 3


def test_a_refused_address_fails_with_its_reason_and_the_team_is_told(house, mailbox):
    house = replace(house, settings=replace(house.settings, mail_team="doi@haidang.test"))
    mailbox.refuse["dulieu@so-yt.test"] = "550 no such person"
    watch(house)
    assert states(house) == [("dulieu@so-yt.test", "failed", 1)]
    for hours in (1, 2, 3):
        watch(later(house, hours=hours))
    assert states(house) == [("dulieu@so-yt.test", "failed", 1), ("doi@haidang.test", "sent", 1)]
    with house.reading() as session:
        [line] = notices(session).items
        assert line.untold is None
        assert "không nhận địa chỉ" in line.deliveries[0].reason["vi"] and "550" in line.deliveries[0].reason["en"]
        assert "no such person" not in json.dumps([each.reason for each in line.deliveries])


def test_a_corrected_address_is_told_what_still_stands(house, mailbox):
    mailbox.refuse["dulieu@so-yt.test"] = "550 no such person"
    watch(house)
    with house.writing() as session:
        assert session.scalar(select(Notice.untold)) == "refused"
        session.scalar(select(Agency)).contact_email = "moi@so-yt.test"
    watch(later(house, hours=1))
    assert [receivers for _, receivers in mailbox.envelopes] == [["moi@so-yt.test"]]


def test_a_grey_list_is_waited_for(house, mailbox):
    mailbox.refuse["dulieu@so-yt.test"] = "451 come back later"
    watch(house)
    assert [(way.state, way.reason["code"]) for way in ways(house)] == [("queued", "mail-address-refused")]
    mailbox.refuse = {}
    watch(later(house, minutes=1))
    assert states(house) == [("dulieu@so-yt.test", "sent", 2)]


def test_one_message_that_breaks_the_server_does_not_keep_back_the_others(house, mailbox):
    for number in range(3):
        run(house, add_source(house, add_agency(house, f"so-{number}"), f"them-{number}"), "host-unknown", host="h")
    mailbox.refuse["dulieu@so-yt.test"] = "421 I am leaving"
    for minutes in range(4):
        watch(later(house, minutes=minutes))
    found = {address: state for address, state, _ in states(house)}
    assert found.pop("dulieu@so-yt.test") == "queued" and set(found.values()) == {"sent"} and len(found) == 3
    assert len(mailbox.messages) == 3


def test_a_worker_that_dies_while_sending_leaves_it_to_be_sent_after_the_lease(house, mailbox, monkeypatch):
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(sending, "_mark", killed)
        watch(house)
    assert len(mailbox.messages) == 1 and states(house) == [("dulieu@so-yt.test", "sending", 1)]
    watch(later(house, minutes=9))
    sending.hurry(house)
    watch(later(house, minutes=9))
    assert len(mailbox.messages) == 1
    watch(later(house, minutes=11))
    assert states(house) == [("dulieu@so-yt.test", "sent", 2)]
    assert len({message["Message-ID"] for message in mailbox.messages}) == 1


def test_a_certificate_that_cannot_be_trusted_is_told_in_words_and_nothing_is_sent(house, tmp_path):
    trusted = authority(tmp_path)
    with mail_server(trusted.context("localhost")) as mailbox:
        wrong = replace(house, settings=replace(house.settings, mail_url=f"smtp://u:mat-khau@localhost:{mailbox.port}"))
        assert watch(wrong).sent.waiting == 1
        with house.reading() as session:
            reason = notices(session).items[0].deliveries[0].reason
        assert "Chứng thư của máy chủ thư" in reason["vi"] and "cannot be trusted" in reason["en"] and "mat-khau" not in str(reason)
        assert mailbox.messages == []
        right = replace(house, settings=replace(house.settings, mail_url=f"smtp://localhost:{mailbox.port}?ca={trusted.pem}"))
        assert watch(later(right, minutes=1)).sent.sent == 1 and len(mailbox.messages) == 1


def test_names_from_outside_become_neither_headers_nor_html(site, mailbox):
    house = mailing(site, mailbox.port)
    evil = 'Sở "Y tế"\r\nBcc: ke-xau@evil.test\r\n\r\n<script>alert(1)</script>\u202e'
    agency = add_agency(house, lead_name=evil)
    with house.writing() as session:
        session.get_one(Agency, agency).names[0].name_vi = evil
    source = add_source(house, agency)
    run(house, source, "host-unknown", host="<img src=x onerror=alert(1)>\r\n.\r\nMAIL FROM:<x>")
    for days in (0, 7):
        watch(later(house, days=days))
    assert sorted(receivers[0] for _, receivers in mailbox.envelopes) == ["dulieu@so-yt.test", "lanhdao@so-yt.test"]
    for message in mailbox.messages:
        assert "Bcc" not in message and len(message["To"].addresses) == 1 and "ke-xau" in message["To"].addresses[0].display_name
        page = message.get_body(("html",)).get_content()
        assert "<script" not in page and "<img" not in page and "&lt;script&gt;" in page
        assert "\u202e" not in message.get_body(("plain",)).get_content()


def test_a_digest_is_whole_in_both_forms_and_both_languages(house, mailbox):
    watch(house)
    [message] = mailbox.messages
    assert message["Auto-Submitted"] == "auto-generated" and message["From"].addresses[0].addr_spec == "dulieu@haidang.test"
    assert message.get_content_type() == "multipart/alternative"
    for kind in ("plain", "html"):
        body = message.get_body((kind,)).get_content()
        assert "Kính gửi Cơ quan so-yt" in body and "http://haidang.test/runs/" in body and "thôi nhận" in body and "get no more mail" in body
        assert body.index("Kính gửi") < body.index("In English")


def test_a_mail_server_that_never_answers_costs_a_bounded_time(house):
    with raw_server(lambda connection: time.sleep(2)) as port:
        watched = watch(replace(house, settings=replace(house.settings, mail_url=f"smtp://127.0.0.1:{port}")))
    assert watched.sent.waiting == 1 and ways(house)[0].reason["code"] in ("mail-time-out", "mail-broken-off")

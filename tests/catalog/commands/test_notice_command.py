"""`haidang notice`, as somebody types it, and the settings that it needs."""

from __future__ import annotations

import json
from datetime import datetime

import pytest
from click.testing import CliRunner
from support.mail_server import authority, mail_server
from support.noticing import add_agency, add_source, run

from catalog import settings as settings_module
from catalog.cli import build
from catalog.clock import day_and_hour
from catalog.errors import UsageError
from catalog.mail_server import is_address
from catalog.mail_server import mail_server as parsed
from catalog.notices.sending import MOST_MAILS


@pytest.fixture
def haidang(settings):
    """Type a command on the test's site; further settings are given by name."""
    env = {"HAIDANG_VAR": str(settings.var), "HAIDANG_DATABASE_URL": settings.database_url, "HAIDANG_STORAGE_URL": settings.storage_url}

    def type_(*words: str, **more: str):
        return CliRunner(env={**env, **{f"HAIDANG_{name.upper()}": value for name, value in more.items()}}).invoke(build(), list(words))
    return type_


def test_notices_are_sent_and_listed(site, haidang):
    run(site, add_source(site, add_agency(site)), "host-unknown", host="h")
    with mail_server() as mailbox:
        mail = {"mail_url": f"smtp://localhost:{mailbox.port}", "mail_from": "dulieu@haidang.test"}
        sent = haidang("notice", "send", "--json", **mail)
        assert (sent.exit_code, json.loads(sent.stdout)) == (0, {"written": 1, "sent": 1, "waiting": 0, "failed": 0})
        assert len(mailbox.messages) == 1
    shown = json.loads(haidang("notice", "list", "--json").stdout)
    assert shown["total"] == 1 and shown["notices"][0]["deliveries"][0]["state"] == "sent"
    assert haidang("notice", "list").stdout.startswith(day_and_hour(datetime.fromisoformat(shown["notices"][0]["created"])))
    assert "Nguồn nguon" in haidang("notice", "list", "--agency", "so-yt", "--source", "nguon", "--kind", "source-down", "--standing").stdout
    assert json.loads(haidang("notice", "list", "--kind", "data-lapsing", "--json").stdout)["total"] == 0


def test_everything_that_waits_is_sent_however_many_there_are_to_be_told(site, haidang):
    for number in range(MOST_MAILS + 5):
        run(site, add_source(site, add_agency(site, f"so-{number:02}"), f"nguon-{number:02}"), "host-unknown", host="h")
    with mail_server() as mailbox:
        mailbox.refuse["dulieu@so-00.test"] = "451 come back later"
        sent = haidang("notice", "send", "--json", mail_url=f"smtp://localhost:{mailbox.port}", mail_from="dulieu@haidang.test")
        assert (sent.exit_code, json.loads(sent.stdout)) == (1, {"written": MOST_MAILS + 5, "sent": MOST_MAILS + 4, "waiting": 1, "failed": 0})
        assert len(mailbox.messages) == MOST_MAILS + 4


def test_what_could_not_be_sent_leaves_with_one_and_the_list_says_why(site, haidang):
    run(site, add_source(site, add_agency(site)), "host-unknown", host="h")
    sent = haidang("notice", "send", mail_url="smtp://127.0.0.1:1", mail_from="dulieu@haidang.test")
    assert sent.exit_code == 1 and "còn chờ: 1" in sent.stdout
    assert "chưa kết nối được" in haidang("notice", "list").stdout


def test_a_test_mail_arrives_or_says_why_not(site, haidang, tmp_path):
    trusted = authority(tmp_path)
    with mail_server(trusted.context("localhost")) as mailbox:
        url = f"smtp://localhost:{mailbox.port}"
        done = haidang("notice", "test", "toi@so-yt.test", "--json", mail_url=f"{url}?ca={trusted.pem}", mail_from="dulieu@haidang.test")
        assert json.loads(done.stdout) == {"sent": "toi@so-yt.test"} and len(mailbox.to("toi@so-yt.test")) == 1
        refused = haidang("notice", "test", "toi@so-yt.test", mail_url=url, mail_from="dulieu@haidang.test")
        assert refused.exit_code == 1 and "Chứng thư của máy chủ thư" in refused.stderr and len(mailbox.messages) == 1


@pytest.mark.parametrize("words", [("test", "toi@so-yt.test"), ("test", "không phải thư"), ("list", "--kind", "x"), ("list", "--agency", "x"), ("list", "--source", "x")])
def test_what_cannot_be_asked_leaves_with_two(site, haidang, words):
    assert haidang("notice", *words).exit_code == 2


@pytest.mark.parametrize(("given", "name"), [
    ({"MAIL_URL": "http://mail.test"}, "HAIDANG_MAIL_URL"), ({"MAIL_URL": "smtp://"}, "HAIDANG_MAIL_URL"), ({"MAIL_URL": "smtp://u:mat-khau@h:0"}, "HAIDANG_MAIL_URL"),
    ({"MAIL_URL": "smtp://u:mat-khau@h:port"}, "HAIDANG_MAIL_URL"), ({"MAIL_URL": "smtp://u:mat-khau@[::1"}, "HAIDANG_MAIL_URL"),
    ({"MAIL_URL": "smtp://u:mat-khau@h?tls=off"}, "HAIDANG_MAIL_URL"), ({"MAIL_URL": "smtps://localhost?tls=off"}, "HAIDANG_MAIL_URL"),
    ({"MAIL_URL": "smtp://localhost?verify=no"}, "HAIDANG_MAIL_URL"), ({"MAIL_URL": "smtp://localhost?ca=/khong-co"}, "HAIDANG_MAIL_URL"),
    ({"MAIL_URL": "smtp://u%0d%0aX:mat-khau@h"}, "HAIDANG_MAIL_URL"), ({"MAIL_URL": "smtp://h"}, "HAIDANG_MAIL_FROM"),
    ({"MAIL_URL": "smtp://h", "MAIL_FROM": "a@b\r\nBcc: x@y"}, "HAIDANG_MAIL_FROM"), ({"MAIL_TEAM": "doi"}, "HAIDANG_MAIL_TEAM"),
    ({"WEBHOOK_URL": "ftp://h", "WEBHOOK_SECRET": "s" * 40}, "HAIDANG_WEBHOOK_URL"), ({"WEBHOOK_URL": "https://h"}, "HAIDANG_WEBHOOK_SECRET"),
    ({"ESCALATE_DAYS": "0"}, "HAIDANG_ESCALATE_DAYS"), ({"ESCALATE_DAYS": "-1"}, "HAIDANG_ESCALATE_DAYS"), ({"ESCALATE_DAYS": "³"}, "HAIDANG_ESCALATE_DAYS"),
    ({"ESCALATE_DAYS": "7" * 5_000}, "HAIDANG_ESCALATE_DAYS"), ({"HOST_CALLS": "1" * 5_000}, "HAIDANG_HOST_CALLS"), ({"HOST_CALLS": "0"}, "HAIDANG_HOST_CALLS"),
])
def test_settings_that_could_never_work_stop_the_start_without_telling_a_secret(tmp_path, given, name):
    with pytest.raises(UsageError) as caught:
        settings_module.load({f"HAIDANG_{key}": value for key, value in given.items()}, tmp_path)
    for words in (caught.value.vi, caught.value.en):
        assert name in words and "mat-khau" not in words


def test_settings_keep_their_secrets_to_themselves(tmp_path):
    loaded = settings_module.load({"HAIDANG_MAIL_URL": "smtp://dulieu%40tinh.test:mat%2Fkhau@mail.tinh.test", "HAIDANG_WEBHOOK_URL": "https://h/khoa",
                                   "HAIDANG_WEBHOOK_SECRET": "bi-mat-bi-mat-bi-mat", "HAIDANG_SECRET_KEY": "khau-0123456789-abcdefghi-jklmnop",
                                   "HAIDANG_DATABASE_URL": "postgresql://u:mat-khau@kho/haidang", "HAIDANG_STORAGE_URL": "s3://u:bi-mat@kho/tep"}, tmp_path)
    server = parsed(loaded.mail_url)
    assert (server.host, server.port, server.user, server.password, server.tls) == ("mail.tinh.test", 587, "dulieu@tinh.test", "mat/khau", True)
    assert (loaded.mail_from, loaded.escalate_days) == ("dulieu@tinh.test", 7)
    for shown in (repr(loaded), repr(server)):
        assert "khau" not in shown and "bi-mat" not in shown and "khoa" not in shown


@pytest.mark.parametrize(("text", "good"), [
    ("dulieu@so-yt.gov.vn", True), ("a+b@localhost", True), ("a@b\n", False), ("a b@c", False), ("<a@b.vn>", False), ("a@b@c", False),
    ("sở@y.vn", False), ("a@sở.vn", False), ("a" * 65 + "@b.vn", False), ("a@" + "b" * 260, False), ("", False), ("a@b..vn", False),
])
def test_an_address_is_a_plain_one(text, good):
    assert is_address(text) is good

"""The way out for mail: verified TLS or nothing, bounded waits, and plain words without what the server said."""

from __future__ import annotations

import socket
import time

import pytest
from support.mail_server import authority, mail_server
from support.web_server import raw_server

from catalog.errors import Trouble
from catalog.issues import say
from catalog.mail_server import mail_server as parsed
from catalog.net import Limits, mail_session

MESSAGE = b"From: a@haidang.test\r\nTo: b@so-yt.test\r\nSubject: thu\r\n\r\nXin chao\r\n"
IMPATIENT = Limits(connect=1, read=0.5, total=1.0)


@pytest.fixture(scope="module")
def trusted(tmp_path_factory):
    return authority(tmp_path_factory.mktemp("ca"))


def send(url: str, to: str = "b@so-yt.test", limits: Limits = IMPATIENT) -> None:
    with mail_session(parsed(url), "haidang.test", limits) as session:
        session.send("a@haidang.test", to, MESSAGE)


def refused(url: str, **kwargs) -> dict:
    with pytest.raises(Trouble) as caught:
        send(url, **kwargs)
    issue = caught.value.issue
    for language in ("vi", "en"):
        said = say(issue, language)
        assert "…" not in said.what + said.mend and "mat-khau" not in said.what + said.mend
    return {"code": issue.code, **issue.facts}


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_mail_travels_under_tls_that_is_verified(trusted, scheme):
    with mail_server(trusted.context("127.0.0.1"), implicit=scheme == "smtps", login=True) as mailbox:
        send(f"{scheme}://haidang:dung-mat-khau@127.0.0.1:{mailbox.port}?ca={trusted.pem}", limits=Limits(total=20))
        assert [message["Subject"] for message in mailbox.to("b@so-yt.test")] == ["thu"]
        assert mailbox.logins == [(b"haidang", b"dung-mat-khau")]


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_a_certificate_of_an_unknown_authority_is_refused_in_words(trusted, scheme):
    with mail_server(trusted.context("127.0.0.1"), implicit=scheme == "smtps") as mailbox:
        found = refused(f"{scheme}://u:mat-khau@127.0.0.1:{mailbox.port}", limits=Limits(total=20))
        assert found["code"] == "mail-tls-bad" and "certificate" in found["reason"]
        assert mailbox.messages == [] and mailbox.logins == []


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_a_certificate_of_another_name_is_refused_in_words(trusted, scheme):
    with mail_server(trusted.context("mail.khac.test"), implicit=scheme == "smtps") as mailbox:
        found = refused(f"{scheme}://u:mat-khau@127.0.0.1:{mailbox.port}?ca={trusted.pem}", limits=Limits(total=20))
        assert found["code"] == "mail-tls-bad" and "IP address mismatch" in found["reason"]
        assert mailbox.messages == [] and mailbox.logins == []


def test_without_tls_mail_stays_on_this_machine(monkeypatch):
    with mail_server() as mailbox:
        send(f"smtp://localhost:{mailbox.port}", limits=Limits(total=20))
        assert len(mailbox.messages) == 1
        plain = socket.getaddrinfo
        monkeypatch.setattr(socket, "getaddrinfo", lambda host, *args, **kwargs: plain("127.0.0.1", *args, **kwargs))
        assert refused(f"smtp://u:mat-khau@mail.tinh.test:{mailbox.port}", limits=Limits(total=20))["code"] == "mail-no-tls"
        assert len(mailbox.messages) == 1 and mailbox.logins == []


def test_tls_may_be_left_out_on_this_machine_where_its_certificate_is_home_made(trusted):
    with mail_server(trusted.context("localhost")) as mailbox:
        send(f"smtp://localhost:{mailbox.port}?tls=off", limits=Limits(total=20))
        assert len(mailbox.messages) == 1


def test_a_wrong_password_is_said_without_it(trusted):
    with mail_server(trusted.context("127.0.0.1"), login=True) as mailbox:
        found = refused(f"smtp://u:sai-mat-khau@127.0.0.1:{mailbox.port}?ca={trusted.pem}", limits=Limits(total=20))
        assert (found["code"], found["status"]) == ("mail-login-refused", 535)
        assert mailbox.messages == []


@pytest.mark.parametrize(("answer", "status"), [("550 nobody here <script>", 550), ("451 later", 451)])
def test_an_address_that_is_refused_is_told_by_its_number(answer, status):
    with mail_server() as mailbox:
        mailbox.refuse["b@so-yt.test"] = answer
        found = refused(f"smtp://127.0.0.1:{mailbox.port}", limits=Limits(total=20))
        assert (found["code"], found["status"]) == ("mail-address-refused", status)
        mailbox.refuse, mailbox.broken = {}, "554 looks like spam"
        found = refused(f"smtp://127.0.0.1:{mailbox.port}", limits=Limits(total=20))
        assert (found["code"], found["status"]) == ("mail-refused", 554)


def talker(*pieces: bytes, pause: float = 0.0, times: int = 1):
    def talk(connection: socket.socket) -> None:
        for _ in range(times):
            for piece in pieces:
                connection.sendall(piece)
                time.sleep(pause)
        time.sleep(3)
    return talk


@pytest.mark.parametrize(("talk", "code"), [
    (talker(), "mail-time-out"),
    (talker(b"2", pause=0.2, times=20), "mail-time-out"),
    (talker(b"250-so it goes on\r\n" * 20_000, times=10_000), "mail-time-out"),
    (talker(b"554 go away\r\n"), "mail-server-busy"),
    (talker(b"HTTP/1.1 400 Bad Request\r\n\r\n"), "mail-broken-off"),
    (talker(b"\x00\xff" * 9_000), "mail-broken-off"),
    (lambda connection: None, "mail-broken-off"),
])
def test_a_server_that_is_none_costs_a_bounded_time(talk, code):
    with raw_server(talk) as port:
        assert refused(f"smtp://127.0.0.1:{port}")["code"] in (code, "mail-server-busy")


def test_a_server_that_is_not_there_is_said_to_be_so():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert refused(f"smtp://127.0.0.1:{port}") == {"code": "mail-unreachable", "host": "127.0.0.1", "port": port}


def test_a_server_with_no_way_of_signing_in_that_we_know_is_said_to_refuse_us():
    def talk(connection: socket.socket) -> None:
        with connection.makefile("rb") as asked:
            connection.sendall(b"220 mail.test\r\n")
            asked.readline()
            connection.sendall(b"250-mail.test\r\n250 AUTH GSSAPI\r\n")
            asked.readline()

    with raw_server(talk) as port:
        found = refused(f"smtp://u:mat-khau@localhost:{port}?tls=off")
        assert (found["code"], found["status"]) == ("mail-login-refused", 504)

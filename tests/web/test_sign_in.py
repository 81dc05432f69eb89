"""Signing in to act: a session that can be ended from either side, and forms that no other site can send."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from support.acting import GUARD, guard_of, person, press, sign_in, token
from support.seeding import add_source
from support.visiting import visitor

from catalog import sign_ins
from catalog.clock import FrozenClock
from catalog.models import SignIn, Source
from catalog.site import Site
from catalog.tokens import revoke_tokens


def later(site: Site, **span: int) -> Site:
    """The same site some time later."""
    return replace(site, clock=FrozenClock(site.clock.now() + timedelta(**span)))


def cookie(client) -> str | None:
    found = client.get_cookie("haidang")
    return found.value if found else None


def test_who_reads_gets_no_cookie_and_no_form_that_acts(site):
    add_source(site, url="http://127.0.0.1:9/")
    client = visitor(site)
    for path in ("/runs", "/runs/source/nguon", "/runs/notices", "/"):
        answer = client.get(path)
        assert "Set-Cookie" not in answer.headers and "/desk/" not in answer.text, path


def test_a_token_signs_in_and_the_page_says_who_acts(site):
    client = visitor(site)
    answer = sign_in(client, token(site, "Chị Hà"))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/runs")
    page = client.get("/runs")
    assert "Chị Hà" in page.text and "Đăng xuất" in page.text and "Đã đăng nhập." in page.text
    assert page.headers["Cache-Control"] == "private, no-store"
    assert "Đã đăng nhập." not in client.get("/runs").text  # said once


def test_the_cookie_is_for_this_site_alone_and_says_nothing(site):
    client = visitor(site)
    secret = token(site)
    guarded = guard_of(client, "/account/sign-in")
    before = cookie(client)
    said = client.post("/account/sign-in", data={"token": secret, "csrf_token": guarded}).headers["Set-Cookie"]
    assert "HttpOnly" in said and "SameSite=Lax" in said and "Secure" not in said and "Path=/" in said
    assert cookie(client) != before and secret not in said  # rotated: what somebody planted before is worth nothing
    with site.reading() as session:
        assert session.query(SignIn).one().key_sha256 not in said


def test_on_https_the_cookie_goes_over_https_only(site):
    safe = replace(site, settings=replace(site.settings, site_url="https://localhost"))
    client = visitor(safe)
    page = client.get("/account/sign-in", base_url="https://localhost")
    fields = {"token": token(site), "csrf_token": GUARD.search(page.text)[1]}
    answer = client.post("/account/sign-in", data=fields, base_url="https://localhost", headers={"Referer": "https://localhost/account/sign-in"})
    assert answer.status_code == 303
    assert "; Secure" in page.headers["Set-Cookie"] and "; Secure" in answer.headers["Set-Cookie"]


def test_the_guard_of_a_form_is_new_after_signing_in(site):
    client = visitor(site)
    secret = token(site)
    old = guard_of(client, "/account/sign-in")
    sign_in(client, secret)
    assert client.post("/account/sign-out", data={"csrf_token": old}).status_code == 400


def test_a_wrong_token_is_refused_in_words_and_repeated_nowhere(site):
    client = visitor(site)
    answer = sign_in(client, "khong-phai-ma")
    assert answer.status_code == 403 and "chưa đúng hoặc đã bị thu hồi" in answer.text and "khong-phai-ma" not in answer.text
    assert 'aria-invalid="true"' in answer.text


def test_attempts_are_slowed_down_for_who_fails_and_for_nobody_else(site):
    client = visitor(site)
    for _ in range(sign_ins.ATTEMPTS):
        assert sign_in(client, "sai").status_code == 403
    good = token(site)
    answer = sign_in(client, good)
    assert answer.status_code == 429 and "15 phút" in answer.text
    elsewhere = client.post("/account/sign-in", data={"token": good, "csrf_token": guard_of(client, "/account/sign-in")},
                            environ_base={"REMOTE_ADDR": "203.0.113.7"})
    assert elsewhere.status_code == 303
    again = visitor(later(site, minutes=16))
    assert sign_in(again, good).status_code == 303


def test_only_a_proxy_of_this_machine_is_believed_about_who_asks(site):
    from web.account import asker

    app = visitor(site).application
    for peer, named, expected in (("127.0.0.1", "203.0.113.7", "203.0.113.7"), ("127.0.0.1", "1.1.1.1, 203.0.113.7", "203.0.113.7"),
                                  ("198.51.100.2", "203.0.113.7", "198.51.100.2"), ("127.0.0.1", "<x>", "127.0.0.1")):
        with app.test_request_context("/", environ_base={"REMOTE_ADDR": peer}, headers={"X-Forwarded-For": named}):
            assert asker() == expected


def test_signing_out_makes_a_copied_cookie_worthless(site):
    client = person(site)
    copied = cookie(client)
    press(client, "/account/sign-out")
    assert "Đăng xuất" not in client.get("/runs").text
    thief = visitor(site)
    thief.set_cookie("haidang", copied)
    assert "Đăng xuất" not in thief.get("/runs").text


def test_a_revoked_token_is_signed_out_at_once(site):
    client = person(site)
    with site.writing() as session:
        revoke_tokens(session, "Chị Hà", site.clock.now())
    assert "Đăng xuất" not in client.get("/runs").text
    assert client.get("/desk/sources/new").status_code == 303


def test_a_session_ends_by_itself(site):
    secret = token(site)
    client = visitor(site)
    sign_in(client, secret)
    copied = cookie(client)
    tomorrow = visitor(later(site, hours=13))
    tomorrow.set_cookie("haidang", copied)
    assert "Đăng xuất" not in tomorrow.get("/runs").text


@pytest.mark.parametrize("path", ["/desk/sources/new", "/desk/sources/nguon/edit", "/desk/sources/nguon/remove"])
def test_who_has_not_signed_in_is_led_to_the_sign_in_and_back(site, path):
    add_source(site, url="http://127.0.0.1:9/")
    client = visitor(site)
    answer = client.get(path)
    assert answer.status_code == 303 and answer.headers["Location"].startswith("/account/sign-in?next=")
    assert "Việc này cần đăng nhập" in client.get(answer.headers["Location"]).text
    assert sign_in(client, token(site), next=path).headers["Location"] == path


@pytest.mark.parametrize("where", ["https://evil.test/", "//evil.test/", "/\\evil.test", "javascript:alert(1)", "/a\nb"])
def test_nobody_is_sent_elsewhere_after_signing_in(site, where):
    assert sign_in(visitor(site), token(site), next=where).headers["Location"] == "/runs"


@pytest.mark.parametrize("path", ["/desk/sources/nguon/pause", "/desk/sources/nguon/run", "/desk/sources/nguon/remove", "/desk/sources/new",
                                  "/account/sign-out", "/account/sign-in"])
def test_no_form_is_taken_without_its_guard(site, path):
    add_source(site, url="http://127.0.0.1:9/")
    client = person(site)
    for fields in ({}, {"csrf_token": "x"}):
        answer = client.post(path, data=fields)
        assert answer.status_code == 400 and "Biểu mẫu này đã cũ" in answer.text
    with site.reading() as session:
        assert session.query(Source).one().state == "active"


def test_the_api_knows_no_cookie_and_stays_so_whatever_was_asked_before(site):
    """One request must never take the guard off for those that follow."""
    client = person(site)
    call = "/api/3/action/package_create"
    assert client.post(call, json={"name": "moi"}).status_code == 403  # the cookie gives no right to write
    written = client.post("/api/3/action/package_search", json={}, headers={"Authorization": token(site, "Máy")})
    assert written.status_code == 200 and "Set-Cookie" not in written.headers
    assert client.post("/account/sign-out", data={}).status_code == 400
    guarded = {rule.endpoint for rule in client.application.url_map.iter_rules() if "POST" in rule.methods}
    assert {endpoint for endpoint in guarded if not endpoint.startswith(("account.", "desk.", "decisions.", "onward.", "uploads."))} == {"ckan.action", "exchange.oai_pmh"}  # the latter only reads


def test_no_form_is_endless(site):
    client = visitor(site)
    answer = client.post("/account/sign-in", data={"token": "x" * 300_000, "csrf_token": guard_of(client, "/account/sign-in")})
    assert answer.status_code == 413

"""Errors as people and programs are told them."""

from __future__ import annotations

import logging
import re

import pytest
from support.visiting import visitor

from catalog.errors import Invalid, NotAuthorized, NotFound, SearchRefused, Trouble
from catalog.issues import Issue, codes

RAISED = {"/hong/khong-thay": NotFound(), "/hong/cam": NotAuthorized(), "/hong/sai": Invalid({"name": "thiếu"}), "/hong/tim": SearchRefused("dấu ngoặc"),
          "/hong/loi": ZeroDivisionError("secret of the house"), "/api/hong": ZeroDivisionError("secret of the house")}


@pytest.fixture
def client(site):
    client = visitor(site)

    def fail():
        from flask import request

        raise RAISED[request.path]

    for path in RAISED:
        client.application.add_url_rule(path, endpoint=path.replace("/", "-"), view_func=fail)
    return client


STATUS = {"/khong-co": 404, "/hong/khong-thay": 404, "/hong/cam": 403, "/hong/sai": 400, "/hong/tim": 400, "/hong/loi": 500}


@pytest.mark.parametrize(("lang", "where", "home"), [("vi", "Ở đâu", "Về trang chủ"), ("en", "Where", "To the first page")])
def test_each_error_says_what_where_and_how_to_go_on_in_both_languages(client, lang, where, home):
    for path, status in STATUS.items():
        answer = client.get(path + ("?lang=en" if lang == "en" else ""))
        assert answer.status_code == status and f'<html lang="{lang}">' in answer.text, path
        assert where in answer.text and path in answer.text and home in answer.text
        assert answer.headers["Cache-Control"] == "no-store" and 'content="noindex"' in answer.text


def test_a_wrong_method_says_which_are_right(client):
    answer = client.post("/")
    assert answer.status_code == 405 and "GET" in answer.headers["Allow"] and "không nhận cách gọi" in answer.text


def test_a_mistake_of_ours_is_told_by_a_number_that_stands_in_the_log(client, caplog):
    with caplog.at_level(logging.ERROR):
        answer = client.get("/hong/loi")
    number = re.search(r"<code>([0-9A-F]{8})</code>", answer.text)[1]
    assert "secret of the house" not in answer.text and "Đội nền tảng" in answer.text
    assert number in caplog.text and "secret of the house" in caplog.text


def test_a_program_is_told_in_json(client, caplog):
    wrong = client.get("/api/hong")
    assert wrong.status_code == 500 and wrong.get_json()["success"] is False and "secret" not in wrong.text
    assert re.fullmatch(r"[0-9A-F]{8}", wrong.get_json()["error"]["reference"])
    assert client.get("/api/khong-co").get_json()["error"]["__type"] == "Not Found Error"


def test_trouble_outside_is_said_in_the_words_of_its_code(client):
    code = sorted(codes())[0]

    def trouble():
        raise Trouble(Issue(code))

    client.application.add_url_rule("/hong/ngoai", view_func=trouble)
    answer = client.get("/hong/ngoai")
    assert answer.status_code in (400, 503) and "Ai xử lý" in answer.text


def test_an_address_in_an_error_is_text(client):
    answer = client.get("/%3Cscript%3Ealert(1)%3C/script%3E")
    assert "<script>alert" not in answer.text and "&lt;script&gt;" in answer.text


def test_a_broken_store_still_gives_a_page(client, site, monkeypatch):
    site.engine.dispose()
    monkeypatch.setattr(type(site), "reading", lambda self: 1 / 0)
    answer = client.get("/")
    assert answer.status_code == 500 and "Mã tra cứu" in answer.text


def test_every_answer_forbids_what_no_page_needs(client):
    for path in ("/", "/dataset", "/khong-co", "/api/docs"):
        headers = client.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff" and "Referrer-Policy" in headers


def test_no_page_needs_what_is_forbidden(client):
    for path in ("/", "/dataset", "/dataset?q=khong+co+gi", "/api/docs", "/khong-co"):
        text = client.get(path).text
        assert not re.search(r"\sstyle=|<style|\son[a-z]+=|<script(?! src=)", text), path

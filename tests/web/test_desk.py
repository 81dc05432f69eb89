"""Acts on the pages: each does what the command of the same name does, says so, and can be undone."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from support.acting import account_client, guard_of, person, press
from support.people import people
from support.portal import Portal, serving
from support.seeding import add_source
from support.stepping import step_through as harvest
from support.visiting import visitor

from catalog import jobs
from catalog.models import Account, Agency, Evidence, Preview, Removal, Run, Source, new_id
from catalog.source_secrets import unsealed
from catalog.sources import remember_connectors

DECLARED = {
    "ckan": {"title": {"vi": "Cổng CKAN", "en": "CKAN portal"}, "options": [
        {"name": "query", "vi": "Chỉ lấy bộ khớp", "en": "Only what matches", "default": None, "choices": [], "required": False, "secret": False},
        {"name": "copy", "vi": "Chép tệp", "en": "Copy files", "default": "tables", "choices": ["tables", "none"], "required": False, "secret": False}]},
    "closed": {"title": {"vi": "Cổng kín", "en": "Closed portal"}, "options": [
        {"name": "place", "vi": "Kho nào", "en": "Which store", "default": None, "choices": [], "required": True, "secret": False},
        {"name": "key", "vi": "Khóa", "en": "Key", "default": None, "choices": [], "required": True, "secret": True, "lines": True}]},
    "drop": {"title": {"vi": "Tự nộp", "en": "Handed in"}, "options": [], "own_scheme": "upload", "placed": True},
    "directory": {"title": {"vi": "Thư mục", "en": "Folder"}, "options": []},
}
GOOD = {"connector": "ckan", "name": "so-y-te-moi", "title": "Cổng Sở Y tế", "agency": "so-y-te", "url": "http://127.0.0.1:9/", "often": "daily",
        "at": "02:30", "option:query": "nước", "option:copy": ""}


@pytest.fixture
def source(site):
    """The id of a source, on a site whose worker has told its connectors."""
    jobs.migrate_queue(site.settings)
    with site.writing() as session:
        remember_connectors(session, DECLARED)
    return add_source(site, url="http://127.0.0.1:9/")


@pytest.fixture
def client(site, source):
    return person(site)


def row(site, name: str = "nguon") -> Source | None:
    with site.reading() as session:
        return session.scalar(select(Source).where(Source.name == name))


def count(site, table) -> int:
    with site.reading() as session:
        return session.scalar(select(func.count()).select_from(table))


def test_run_now_queues_a_run_once_and_leads_to_it(site, client):
    first = press(client, "/desk/sources/nguon/run")
    assert first.status_code == 303 and first.headers["Location"].startswith("/runs/")
    page = client.get(first.headers["Location"]).text
    assert "Đã xếp hàng một lượt thu thập" in page and "Chưa có bộ chạy nào hoạt động" in page and "Hủy lượt này" in page
    again = press(client, "/desk/sources/nguon/run")
    assert again.headers["Location"] == first.headers["Location"] and count(site, Run) == 1
    assert "đang được thu thập" in client.get(again.headers["Location"]).text


def test_run_again_forced_looks_at_everything_anew(site, client):
    press(client, "/desk/sources/nguon/run", forced="yes")
    with site.reading() as session:
        assert session.scalar(select(Run.forced)) is True


def test_a_run_is_called_off_and_one_that_has_ended_cannot_be(site, client):
    where = press(client, "/desk/sources/nguon/run").headers["Location"]
    run_id = where.rsplit("/", 1)[1]
    with site.writing() as session:
        session.get_one(Run, run_id).status = "running"
    press(client, f"/desk/runs/{run_id}/cancel")
    assert "Đang hủy" in client.get(where).text
    with site.writing() as session:
        run = session.get_one(Run, run_id)
        assert run.cancel_requested
        run.status, run.finished_at = "cancelled", site.clock.now()
    press(client, f"/desk/runs/{run_id}/cancel")
    assert "không còn gì để hủy" in client.get(where).text


def test_pause_and_remove_are_undone_by_one_press(site, client):
    before = count(site, Evidence)
    for act, state, undo in (("pause", "paused", "Cho chạy tiếp"), ("remove", "removed", "Khôi phục nguồn")):
        page = press(client, f"/desk/sources/nguon/{act}")
        assert row(site).state == state and undo in client.get(page.headers["Location"]).text
        press(client, "/desk/sources/nguon/resume")
        assert row(site).state == "active"
    assert count(site, Evidence) >= before


def test_removing_asks_first_and_a_removed_source_can_only_come_back(site, client):
    assert "Dữ liệu đã công bố từ nguồn này vẫn còn" in client.get("/desk/sources/nguon/remove").text
    assert row(site).state == "active"
    press(client, "/desk/sources/nguon/remove")
    for path in ("run", "pause", "preview"):
        assert press(client, f"/desk/sources/nguon/{path}").status_code == 404
    assert "/runs/source/nguon" not in client.get("/runs").text


def test_the_form_asks_for_what_the_connector_declares(client):
    kinds = client.get("/desk/sources/new").text
    assert "Cổng CKAN" in kinds and "connector=closed" in kinds
    form = client.get("/desk/sources/new?connector=closed&lang=en").text
    assert "Which store" in form and "<textarea" in form and "required" in form
    assert 'name="url"' in form and 'name="url"' not in client.get("/desk/sources/new?connector=drop").text
    assert "Sở Y tế" in client.get("/desk/sources/new?connector=ckan").text


def test_where_no_worker_ever_started_the_form_says_who_must_act(site, client):
    with site.writing() as session:
        remember_connectors(session, {})
    page = client.get("/desk/sources/new").text
    assert "chưa có bộ chạy nào từng khởi động" in page and "haidang worker" in page


def test_a_new_source_is_saved_as_the_command_saves_it(site, client):
    answer = press(client, "/desk/sources/new", **GOOD)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/runs/source/so-y-te-moi")
    saved = row(site, "so-y-te-moi")
    assert (saved.options, saved.schedule, saved.state, saved.title) == ({"query": "nước"}, "30 2 * * *", "active", "Cổng Sở Y tế")
    page = client.get("/runs/source/so-y-te-moi").text
    assert "Đã lưu nguồn" in page and "hằng ngày lúc 02:30" in page and "nước" in page and "Chỉ lấy bộ khớp" in page


@pytest.mark.parametrize(("changed", "field"), [
    ({"name": "Tên có dấu"}, "name"), ({"name": "nguon"}, "name"), ({"agency": "khong-co"}, "agency"), ({"url": "ftp://x"}, "url"), ({"url": "/etc"}, "url"),
    ({"connector": "directory", "url": "/etc"}, "url"), ({"connector": "directory", "url": "file:///etc"}, "url"),
    ({"option:copy": "all"}, "option-copy"), ({"often": "other", "cron": "61 * * * *"}, "schedule"), ({"often": "other", "cron": "x"}, "schedule"),
])
def test_what_cannot_be_saved_says_why_beside_the_field_and_keeps_what_was_typed(site, client, changed, field):
    answer = press(client, "/desk/sources/new", **{**GOOD, **changed})
    assert answer.status_code == 422 and f'id="e-{field}"' in answer.text and "Cổng Sở Y tế" in answer.text
    assert count(site, Source) == 1


def test_a_secret_is_neither_kept_open_nor_shown_again(site, client):
    fields = {**GOOD, "connector": "closed", "option:place": "kho", "option:key": "bi-mat-123"}
    answer = press(client, "/desk/sources/new", **fields)
    assert answer.status_code == 303 and "bi-mat-123" not in answer.text
    saved = row(site, GOOD["name"])
    assert unsealed(site.settings, saved.id, saved.secrets) == {"key": "bi-mat-123"} and "bi-mat-123" not in f"{saved.options}{saved.secrets}"
    for path in (f"/runs/source/{GOOD['name']}", f"/desk/sources/{GOOD['name']}/edit"):
        assert "bi-mat-123" not in client.get(path).text
    press(client, f"/desk/sources/{GOOD['name']}/edit", **{**fields, "option:key": ""})
    assert unsealed(site.settings, saved.id, row(site, GOOD["name"]).secrets) == {"key": "bi-mat-123"}, "what is not typed again stays"


def test_a_private_key_of_many_lines_arrives_whole(site, client):
    key = "-----BEGIN KEY-----\n" + "\n".join("x" * 64 for _ in range(50)) + "\n-----END KEY-----\n"
    press(client, "/desk/sources/new", **{**GOOD, "connector": "closed", "option:place": "kho", "option:key": key.replace("\n", "\r\n")})
    saved = row(site, GOOD["name"])
    assert unsealed(site.settings, saved.id, saved.secrets) == {"key": key}
    answer = press(client, "/desk/sources/nguon/edit", **{**GOOD, "option:query": "x" * 70_000})
    assert answer.status_code == 422 and 'id="e-option-query"' in answer.text


ACTS = ("run", "pause", "resume", "remove", "removal", "links", "preview", "edit")


def test_an_account_acts_only_for_agencies_in_which_it_may_write(site, source):
    people(site)
    theirs = {name: account_client(site, name) for name in ("nam", "minh", "jane", "root")}
    with site.writing() as session:
        agency = session.scalars(select(Agency).where(Agency.slug == "so-du-lich")).one()
        session.add(Source(name="nguon-khac", agency_id=agency.id, connector="ckan", url="http://127.0.0.1:9/", created=site.clock.now()))
    for who in ("nam", "minh"):
        for act in ACTS:
            assert press(theirs[who], f"/desk/sources/nguon/{act}", **GOOD).status_code == 403, (who, act)
        for path in ("/desk/sources/new", "/desk/sources/nguon/edit", "/desk/sources/nguon/remove"):
            assert theirs[who].get(path).status_code == 403, (who, path)
        assert press(theirs[who], "/desk/sources/new", **GOOD).status_code == 403
        assert "/desk/" not in theirs[who].get("/runs").text + theirs[who].get("/runs/source/nguon").text
    assert row(site).state == "active" and count(site, Run) == count(site, Preview) == 0
    for who in ("jane", "root"):
        assert press(theirs[who], "/desk/sources/nguon/pause").status_code == 303
    for act in ACTS:
        assert press(theirs["jane"], f"/desk/sources/nguon-khac/{act}", **GOOD).status_code == 403, act
    for path, fields in (("/desk/sources/new", {**GOOD, "agency": "so-du-lich"}), ("/desk/sources/nguon/edit", {**GOOD, "agency": "so-du-lich"})):
        assert press(theirs["jane"], path, **fields).status_code == 403, "no source is given to an agency for which one may not act"
    assert "so-du-lich" not in theirs["jane"].get("/desk/sources/new?connector=ckan").text
    run_id = press(theirs["root"], "/desk/sources/nguon-khac/run").headers["Location"].rsplit("/", 1)[1]
    assert press(theirs["jane"], f"/desk/runs/{run_id}/cancel").status_code == 403
    assert press(theirs["root"], f"/desk/runs/{run_id}/cancel").status_code == 303
    tried = press(theirs["root"], "/desk/sources/nguon-khac/preview").headers["Location"]
    assert (theirs["jane"].get(tried).status_code, theirs["root"].get(tried).status_code) == (403, 200)


def test_a_closed_account_is_signed_out_at_once(site, source):
    people(site)
    jane = account_client(site, "jane")
    assert "Đăng xuất" in jane.get("/runs").text
    with site.writing() as session:
        session.scalars(select(Account).where(Account.name == "jane")).one().state = "deleted"
    assert "Đăng xuất" not in jane.get("/runs").text
    answer = jane.post("/desk/sources/nguon/pause", data={"csrf_token": guard_of(jane, "/account/sign-in")})
    assert answer.headers["Location"].startswith("/account/sign-in") and row(site).state == "active"


@pytest.mark.parametrize(("decision", "said"), [("confirm", "Đã xác nhận"), ("refuse", "Đã bác")])
def test_a_question_about_a_shrunken_listing_is_answered_in_the_name_of_who_pressed(site, source, decision, said):
    people(site)
    with site.writing() as session:
        session.add(Removal(source_id=source, run_id=new_id(), asked_at=site.clock.now(), before=9, missing=[]))
    jane = account_client(site, "jane")
    answer = press(jane, "/desk/sources/nguon/removal", decision=decision, reason="Đã hỏi Sở")
    assert answer.status_code == 303 and said in jane.get(answer.headers["Location"]).text
    with site.reading() as session:
        kept = session.scalars(select(Removal)).one()
    assert (kept.decision, kept.decided_by, kept.reason) == ("confirmed" if decision == "confirm" else "refused", "jane", "Đã hỏi Sở")


def test_all_that_a_question_is_about_is_named(site):
    with serving(Portal(70)) as portal:
        add_source(site, url=portal.url, copy="none")
        harvest(site)
        portal.count = 5
        harvest(site)
    page = visitor(site).get("/runs/source/nguon").text
    shown, more = page.split("45 bộ nữa")
    assert shown.count("/dataset/bo-du-lieu-") == 20 and more.count("/dataset/bo-du-lieu-") == 45
    assert "Chỉ nêu tên" not in page


def test_editing_keeps_the_name_and_a_pause(site, client):
    press(client, "/desk/sources/nguon/pause")
    form = client.get("/desk/sources/nguon/edit").text
    assert 'name="name"' not in form and "http://127.0.0.1:9/" in form
    press(client, "/desk/sources/nguon/edit", **{**GOOD, "name": "khac", "minimum": "12", "often": "other", "cron": "5 4 * * 1-5"})
    saved = row(site)
    assert (saved.title, saved.schedule, saved.expectations, saved.state) == ("Cổng Sở Y tế", "5 4 * * 1-5", {"minimum": 12}, "paused")
    assert row(site, "khac") is None
    assert "5 4 * * 1-5" in client.get("/desk/sources/nguon/edit").text


def test_a_dry_run_is_ordered_for_the_worker_and_its_page_waits(site, client):
    answer = press(client, "/desk/sources/nguon/preview")
    page = client.get(answer.headers["Location"])
    assert "Đang chờ bộ chạy" in page.text and "data-wait" in page.text and "Chưa có gì được lưu hay công bố" in page.text
    assert client.get(answer.headers["Location"] + "/state.json").get_json() == {"finished": False}
    assert press(client, "/desk/sources/nguon/preview").headers["Location"] == answer.headers["Location"]


def test_a_draft_is_tried_without_being_saved_and_its_secret_is_not_written_down(site, client):
    answer = press(client, "/desk/sources/new", **GOOD, **{"try": "yes"})
    assert answer.status_code == 303 and count(site, Source) == 1
    with site.reading() as session:
        assert session.scalar(select(Preview.draft))["options"] == {"query": "nước"}
    assert press(client, "/desk/sources/new", **{**GOOD, "connector": "directory", "url": "/etc", "try": "yes"}).status_code == 422


FOUND = {"total": 2, "issues": [], "records": [{"identifier": "a", "title": "<b>Một</b>", "issues": [
    {"code": "cell-type", "place": {}, "facts": {"title": "Số", "count": 1, "at": "B2", "example": "079201001234", "expected": "x"}}],
    "resources": [{"url": "http://x/a.csv", "name": "", "format": "CSV", "state": "invalid", "schema": None, "rows": 3, "errors": 1}]}],
    "forecast": {"listed": 2, "created": 1, "updated": 1, "unchanged": 0, "skipped": 0, "missing": 5, "archived": 0, "whole": True, "cut": None, "issues": [],
                 "stop": {"code": "source-shrank", "place": {"url": "http://x"}, "facts": {"missing": 5, "before": 7}}, "grace_days": 7}}


@pytest.mark.parametrize(("state", "answer", "words"), [
    ("done", FOUND, ["Chạy thật thì sẽ", "1 bản ghi", "dừng lại để hỏi, không gỡ gì", "&lt;b&gt;Một&lt;/b&gt;", "079•••34"]),
    ("failed", {"issue": {"code": "source-empty", "place": {"url": "http://x"}, "facts": {}}}, ["Chưa xem được nguồn"]),
    ("failed", {"reference": "abc123"}, ["Lỗi ở phía hệ thống", "abc123", "Đội nền tảng"]),
])
def test_what_a_dry_run_found_is_told_in_words(site, client, source, state, answer, words):
    with site.writing() as session:
        preview = Preview(source_id=source, asked_by="a", asked_at=site.clock.now(), expires=site.clock.now(), state=state, answer=answer,
                          finished_at=site.clock.now())
        session.add(preview)
        session.flush()
    page = client.get(f"/desk/previews/{preview.id}").text
    for word in words:
        assert word in page, word
    assert "079201001234" not in page
    assert visitor(site).get(f"/desk/previews/{preview.id}").status_code == 303


@pytest.mark.parametrize("path", ["/desk/sources/khong-co/edit", "/desk/previews/x", "/desk/previews/00000000-0000-0000-0000-000000000000"])
def test_what_is_not_there_is_not_found(client, path):
    assert client.get(path).status_code == 404


def test_acts_need_a_post(client):
    for path in ("/desk/sources/nguon/run", "/desk/sources/nguon/pause"):
        assert client.get(path).status_code == 405
    assert guard_of(client, "/runs")

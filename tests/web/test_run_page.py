"""The pages of sources and runs: every counter is the length of the list behind it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from support.published import HOSTILE, issue, sow
from support.visiting import visitor

from catalog import attention, runs
from catalog.issues import codes
from catalog.models import IssueRow, Run, RunRecord, Source, Staged


@pytest.fixture
def sown(site, tmp_path):
    return sow(site, tmp_path)


@pytest.fixture
def client(site):
    return visitor(site)


@pytest.fixture
def going(site, sown):
    """A run in its middle: 30 records done in the last half minute, 60 still staged."""
    now = site.clock.now()
    with site.writing() as session:
        run = Run(source_id=sown.source, status="running", stage="validate", gathered_all=True, expected=500, queued_at=now - timedelta(hours=2),
                  started_at=now - timedelta(hours=2), heartbeat_at=now)
        session.add(run)
        session.flush()
        session.add_all([RunRecord(run_id=run.id, identifier=f"r{n}", outcome="created", at=now - timedelta(seconds=30)) for n in range(30)])
        session.add_all([Staged(run_id=run.id, seq=n, identifier=f"s{n}", raw={}, raw_hash="0" * 64) for n in range(60)])
        return run.id


def test_the_list_says_how_many_need_somebody_and_who(client, sown):
    text = client.get("/runs").get_data(as_text=True)
    for words in ("1 nguồn cần người xử lý", "Không có lượt nào đang chạy", "Sở Y tế", "hằng ngày lúc 02:00", "Cơ quan nguồn", "API CKAN"):
        assert words in text, words
    assert HOSTILE not in text and "&lt;script&gt;alert(1)" in text


def test_the_list_says_when_each_source_runs_next_and_nothing_of_one_that_is_paused(client, site, sown):
    with site.writing() as session:
        source = session.get_one(Source, sown.source)
        source.due_after = site.clock.now()
    assert "lần tới" in client.get("/runs").get_data(as_text=True)
    with site.writing() as session:
        session.get_one(Source, sown.source).state = "paused"
    assert "lần tới" not in client.get("/runs").get_data(as_text=True)


def test_a_run_shows_what_became_of_its_records_and_why(client, sown):
    text = client.get(f"/runs/{sown.run}").get_data(as_text=True)
    assert "3/3" in re.sub(r"<[^>]+>", "", text) and "Chưa công bố được" in text and "Vấn đề, gộp theo nguyên nhân" in text
    assert HOSTILE not in text and "&lt;script&gt;alert(1)" in text
    assert "data-reload" not in text  # a finished run does not ask again


def test_an_old_run_of_which_unchanged_records_are_only_a_number_says_so(client, site, sown):
    with site.writing() as session:
        session.get_one(Run, sown.run).condensed = 7
    assert "7 bản ghi không đổi chỉ còn lưu số lượng" in client.get(f"/runs/{sown.run}").get_data(as_text=True)
    text = client.get(f"/runs/{sown.run}?outcome=unchanged").get_data(as_text=True)
    assert "7 bản ghi không đổi chỉ còn lưu số lượng" in text and "Chưa có bản ghi nào" not in text
    assert "10/10" in re.sub(r"<[^>]+>", "", text)


def test_every_counter_is_the_length_of_its_list(client, site, sown):
    with site.reading() as session:
        counters = runs.counters(session, [sown.run])[sown.run]
        for outcome, count in counters.outcomes.items():
            assert runs.records_of(session, sown.run, outcome=outcome).total == count
        for severity, count in counters.severities.items():
            assert runs.issues_of(session, sown.run, severity=severity).total == count
        causes = runs.causes(session, sown.run)
        assert [(cause.code, cause.count) for cause in causes] == [("title-missing", 2), ("source-shrank", 1)]
        assert sum(cause.count for cause in causes) == counters.issues == runs.issues_of(session, sown.run).total
        assert sum(cause.count for cause in attention.open_causes(session)) == attention.open_issue_list(session, attention.Wanted()).total
    for query in ("outcome=created", "code=title-missing", "severity=error"):
        assert client.get(f"/runs/{sown.run}?{query}").status_code == 200


def test_progress_counts_what_is_done_and_staged_and_the_rate_is_that_of_the_last_minute(client, going):
    answer = client.get(f"/runs/{going}/progress.json")
    told = answer.get_json()
    assert (told["done"], told["expected"], told["percent"], told["finished"]) == (30, 90, 33, False)
    assert (told["rate"], told["eta"], told["eta_words"]) == (0.5, 120, "khoảng 2 phút")
    assert told["outcomes"] == {"created": 30} and answer.headers["Cache-Control"] == "no-store"


def test_a_running_run_reads_without_a_script(client, going):
    text = client.get(f"/runs/{going}").get_data(as_text=True)
    for words in ("Làm mới", 'role="progressbar"', 'aria-valuenow="30"', "33%", "khoảng 2 phút", "Kiểm tra từng ô", f"haidang harvest --cancel {going}"):
        assert words in text, words
    assert "http-equiv" not in text
    assert "1 lượt đang chạy" in client.get("/runs").get_data(as_text=True)


def test_a_run_whose_size_nobody_knows_promises_no_end(client, site, sown, going):
    with site.writing() as session:
        run = session.get(Run, going)
        run.gathered_all, run.expected = False, None
    told = client.get(f"/runs/{going}/progress.json").get_json()
    assert (told["expected"], told["percent"], told["eta"]) == (None, None, None)


def test_the_same_trouble_in_two_runs_is_open_once(site, sown):
    now = site.clock.now()
    with site.writing() as session:
        source = session.get(Source, sown.source)
        again = Run(source_id=source.id, status="succeeded-with-issues", queued_at=now)
        session.add(again)
        session.flush()
        session.add(issue(source, again.id, "title-missing", now, identifier="bo-0"))
    with site.reading() as session:
        assert attention.open_issue_list(session, attention.Wanted(code="title-missing")).total == 2
        assert attention.source_states(session)[0].waiting == {"agency": 3}


def test_closed_issues_ask_nobody(client, site, sown):
    with site.writing() as session:
        for row in session.query(IssueRow):
            row.closed_at = site.clock.now()
    assert "0 nguồn cần người xử lý" in client.get("/runs").get_data(as_text=True)
    assert "Không có vấn đề nào đang mở" in client.get("/runs/issues").get_data(as_text=True)


def test_a_cell_that_an_issue_repeats_shows_no_personal_number(client, site, sown):
    with site.writing() as session:
        for row in session.query(IssueRow):
            row.code, row.facts = "cell-type", {"title": "Số", "count": 1, "at": "B2", "example": "079201001234", "expected": "x"}
    for path in ("/runs/issues", f"/runs/{sown.run}", "/organization/so-y-te", "/dataset/tuyen-xe-buyt"):
        text = client.get(path).get_data(as_text=True)
        assert "079201001234" not in text and "079•••34" in text, path


def test_long_lists_come_in_pages(client, site, sown):
    with site.writing() as session:
        session.add_all([RunRecord(run_id=sown.run, identifier=f"z{n:03}", outcome="unchanged", at=site.clock.now()) for n in range(60)])
    first, second = (client.get(f"/runs/{sown.run}?outcome=unchanged&page={n}").get_data(as_text=True) for n in (1, 2))
    assert "z000" in first and "z059" not in first and "z059" in second


@pytest.mark.parametrize("path", ["/runs/x", "/runs/00000000-0000-0000-0000-000000000000", "/runs/x/progress.json", "/runs/all?source=khong-co",
                                  "/runs/issues?source=khong-co"])
def test_what_is_not_there_is_not_found(client, sown, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/runs?who=x", "/runs/all", "/runs/all?page=999", "/runs/all?page=-1", "/runs/all?source=nguon-y-te", "/runs/issues",
                                  "/runs/issues?code=x", "/runs/issues?who=agency&source=nguon-y-te"])
def test_lists_bear_any_question(client, sown, path):
    answer = client.get(path)
    assert answer.status_code == 200 and HOSTILE not in answer.get_data(as_text=True)


def test_every_code_of_an_issue_is_explained_and_reached_from_the_issue(client, sown):
    page = client.get("/runs/codes").get_data(as_text=True)
    assert [name for name in codes() if page.count(f'id="{name}"') != 1] == []
    assert "Issue codes" in client.get("/runs/codes?lang=en").get_data(as_text=True)
    linked = re.findall(r'/runs/codes[^"#]*#([a-z0-9-]+)"', client.get(f"/runs/{sown.run}?severity=error").get_data(as_text=True))
    assert linked and set(linked) <= set(codes())

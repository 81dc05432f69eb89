"""The page of one source, its notices, the chart of days and the lists as CSV."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from support.acting import person
from support.published import HOSTILE, sow
from support.visiting import visitor

from catalog.activity import Day
from catalog.models import IssueRow, Notice, NoticeDelivery, Run, Source
from catalog.sources import remember_connectors
from web.runs import chart

DECLARED = {"ckan": {"title": {"vi": "Cổng CKAN", "en": "CKAN"}, "options": [
    {"name": "key", "vi": "Khóa", "en": "Key", "default": None, "choices": [], "required": False, "secret": True}]}}


@pytest.fixture
def sown(site, tmp_path):
    return sow(site, tmp_path)


@pytest.fixture
def notice(site, sown):
    """A notice of the source that still stands, on its way to somebody."""
    now = site.clock.now()
    with site.writing() as session:
        row = Notice(kind="source-down", subject=f"source:{sown.source}", episode="1", audience="contact", agency_id=sown.agency, source_id=sown.source,
                     facts={"since": "30/09/2024", "source": HOSTILE, "agency": "Sở Y tế"}, created=now)
        row.deliveries.append(NoticeDelivery(channel="mail", address="dau-moi@so-yt.test", role="contact", state="sent", created=now, next_at=now, sent_at=now))
        session.add(row)


def read(answer) -> list[list[str]]:
    assert answer.mimetype == "text/csv" and answer.data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))


def test_a_source_shows_its_runs_its_way_and_who_must_act(site, sown):
    page = visitor(site).get("/runs/source/nguon-y-te").text
    for words in ("Sở Y tế", "API CKAN", "hằng ngày lúc 02:00", "Các lượt gần nhất", f"/runs/{sown.run}", "Cơ quan nguồn", "Chưa có thông báo nào"):
        assert words in page, words
    assert HOSTILE not in page


def test_what_should_be_secret_is_never_shown_even_where_it_stands_among_the_options(site, sown):
    with site.writing() as session:
        remember_connectors(session, DECLARED)
        session.get_one(Source, sown.source).options = {"key": "bi-mat-123", "license": "cc-by"}
    for client in (visitor(site), person(site)):
        page = client.get("/runs/source/nguon-y-te").text
        assert "bi-mat-123" not in page and "đã đặt, không hiện" in page and "cc-by" in page
    assert "bi-mat-123" not in client.get("/desk/sources/nguon-y-te/edit").text


def test_notices_are_read_by_all_and_addresses_by_those_who_have_signed_in(site, sown, notice):
    for path in ("/runs/notices", "/runs/notices?source=nguon-y-te&standing=yes", "/runs/source/nguon-y-te"):
        page = visitor(site).get(path).text
        assert "Nguồn ngừng hoạt động" in page and "dau-moi@" not in page and HOSTILE not in page, path
        assert "dau-moi@so-yt.test" in person(site).get(path).text, path
    assert "Source down" in visitor(site).get("/runs/notices?lang=en").text
    assert visitor(site).get("/runs/notices?source=khong-co").status_code == 404


def test_the_issues_of_a_run_are_a_table_for_a_spreadsheet(site, sown):
    head, *rows = read(visitor(site).get(f"/runs/{sown.run}/issues.csv"))
    assert head[:2] == ["severity", "code"] and [row[1] for row in rows] == ["title-missing", "source-shrank", "title-missing"]
    assert visitor(site).get("/runs/00000000-0000-0000-0000-000000000000/issues.csv").status_code == 404


def test_no_cell_of_a_table_is_a_formula_and_personal_numbers_are_veiled(site, sown):
    with site.writing() as session:
        for row in session.query(IssueRow):
            row.identifier, row.code = "=HYPERLINK(1)", "cell-type"
            row.facts = {"title": "Số", "count": 1, "at": "B2", "example": "079201001234", "expected": "x"}
    text = visitor(site).get(f"/runs/{sown.run}/issues.csv").data.decode()
    assert "079201001234" not in text and "'=HYPERLINK(1)" in text and ",=HYPERLINK" not in text


def test_what_thirty_days_met_is_on_the_page_and_in_the_table(site, sown):
    page = visitor(site).get("/runs").text
    assert "Bảng lỗi, 30 ngày" in page and "14 ngày qua" in page
    assert [row[0:5:4] for row in read(visitor(site).get("/runs/issues.csv"))[1:]] == [["title-missing", "2"], ["source-shrank", "1"]]


def test_a_source_that_never_ran_says_so(site, sown):
    with site.writing() as session:
        for row in session.query(Run):
            session.delete(row)
    assert "Chưa chạy lần nào" in visitor(site).get("/runs/source/nguon-y-te").text
    assert "14 ngày qua" not in visitor(site).get("/runs").text


def test_the_columns_stand_on_the_ground_and_their_heights_are_their_runs(clock):
    days = [Day(day=clock.today() - timedelta(days=back), good=6, part=2, bad=back) for back in (1, 0)]
    drawing = chart.draw(days, chart.LARGE)
    assert [count for _, count in drawing.grid] == [0, 5, 10]
    for column, day in zip(drawing.columns, days, strict=True):
        assert sum(height for _, _, height in column.parts) == pytest.approx((drawing.ground - chart.LARGE.top) * day.total / 10, abs=0.2)
        assert column.top == pytest.approx(drawing.ground - sum(height for _, _, height in column.parts), abs=0.2)
        assert [kind for kind, _, _ in column.parts] == ["r-ok", "r-part", *(["r-fail"] if day.bad else [])]
    assert chart.draw([Day(day=clock.today())], chart.SMALL).columns[0].parts == []


@pytest.mark.parametrize(("most", "top"), [(0, 2), (2, 2), (3, 4), (5, 10), (11, 20), (33, 40), (150, 200), (401, 1000)])
def test_the_scale_ends_at_a_round_number(clock, most, top):
    assert chart.draw([Day(day=clock.today(), good=most)], chart.LARGE).grid[-1][1] == top

"""Repairs are ranked by what they change: steps of participation first, then datasets that are good again, then errors."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from sqlalchemy import event, select
from support.acting import account_client
from support.holding import hand_in
from support.people import people
from support.seeding import add_source

import schemas
from catalog import jobs
from catalog.cli import build
from catalog.fixes import ranked
from catalog.models import Agency, IssueRow


@pytest.fixture
def agency(site) -> Agency:
    jobs.migrate_queue(site.settings)
    add_source(site, url="upload:nguon", connector="upload")
    with site.reading() as session:
        return session.scalars(select(Agency).where(Agency.slug == "so-y-te")).one()


def faulty(site) -> None:
    """Two tables with a date as it is written here, one of which has a blank key too, and one with a phone number."""
    header, *rows = schemas.load("cho-sieu-thi").valid_sample.read_text("utf-8").splitlines()
    dated = [row.replace("2024-06-30", "30/06/2024") for row in rows]
    hand_in(site, "\n".join([header, *dated]), "mot.csv")
    hand_in(site, "\n".join([header, *[dated[0].replace("CHO-001", ""), *dated[1:]]]), "hai.csv")
    hand_in(site, "ten,SĐT,Email\n" + "".join(f"Cửa hàng {n},090123{n:04d},an{n}@gmail.com\n" for n in range(1000, 1010)), "ba.csv")


def test_what_changes_most_comes_first_and_the_counts_come_from_the_issues(site, agency):
    faulty(site)
    with site.reading() as session:
        found = ranked(session, agency, site.clock.today())
        counted = sum(row.facts["count"] for row in session.scalars(select(IssueRow).where(IssueRow.code == "date-format", IssueRow.closed_at.is_(None))))
    by_code = {fix.example.code: fix for fix in found}
    dates = by_code["date-format"]
    assert (dates.errors, dates.datasets, dates.back) == (counted, 2, 1) and dates.errors > 2
    assert (by_code["personal-data"].back, by_code["personal-data"].datasets, by_code["personal-data"].errors) == (1, 1, 0)
    other = next(fix for fix in found if fix.example.code.startswith("cell-") or fix.example.code.startswith("row-"))
    assert other.back == 0 and found.index(dates) < found.index(other)
    assert [len(fix.steps) for fix in found] == sorted((len(fix.steps) for fix in found), reverse=True)
    assert any("valid" in fix.steps for fix in found)


def test_the_questions_to_the_store_do_not_grow_with_the_issues(site, agency):
    def questions() -> int:
        count = 0

        def counts(*_):
            nonlocal count
            count += 1
        event.listen(site.engine, "before_cursor_execute", counts)
        with site.reading() as session:
            ranked(session, session.scalars(select(Agency).where(Agency.slug == "so-y-te")).one(), site.clock.today())
        event.remove(site.engine, "before_cursor_execute", counts)
        return count

    faulty(site)
    few = questions()
    for number in range(4):
        hand_in(site, f"ten,SĐT{number}\n" + "".join(f"Cửa hàng {n},090123{n:04d}\n" for n in range(1000, 1010)), f"them-{number}.csv")
    assert questions() == few


def test_an_agency_without_faults_hears_what_its_steps_lack(site, agency):
    with site.reading() as session:
        found = ranked(session, agency, site.clock.today())
    assert found and all(fix.errors == 0 for fix in found) and any(fix.steps for fix in found)


def test_the_command_and_the_page_say_the_same(site, agency, monkeypatch):
    people(site)
    faulty(site)
    for name, value in (("VAR", site.settings.var), ("DATABASE_URL", site.settings.database_url), ("STORAGE_URL", site.settings.storage_url),
                        ("SECRET_KEY", site.settings.secret_key)):
        monkeypatch.setenv(f"HAIDANG_{name}", str(value))
    told = json.loads(CliRunner().invoke(build(), ["fixes", "so-y-te", "--json"]).stdout)
    assert {fix["code"] for fix in told} >= {"date-format", "personal-data"}
    words = CliRunner().invoke(build(), ["fixes", "so-y-te", "--lang", "en"]).stdout
    assert words.startswith("1. ") and "datasets valid again" in words
    assert CliRunner().invoke(build(), ["fixes", "khong-co"]).exit_code == 2
    jane = account_client(site, "jane")
    assert jane.get("/desk/fixes").headers["Location"].endswith("/desk/fixes/so-y-te")
    page = jane.get("/desk/fixes/so-y-te").text
    assert page.index("date-format") < page.index("</table>") and "Bộ hợp lệ trở lại" in page
    assert jane.get("/desk/fixes/so-noi-vu").status_code == 403 and jane.get("/desk/fixes/khong-co").status_code == 404
    assert account_client(site, "minh").get("/desk/fixes").status_code == 403

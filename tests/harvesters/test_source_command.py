"""`haidang source add` and `preview`, given what cannot be used."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select
from support.commands import haidang
from support.harvesting import environment
from support.portal import Portal, serving
from support.seeding import add_source
from support.sites import site_on
from support.stepping import step_through

from catalog.cli import build
from catalog.clock import HANOI, FrozenClock
from catalog.models import Source
from catalog.models.base import Base
from catalog.net import Limits
from catalog.rechecking import TESTS
from catalog.site import Site


@pytest.fixture(scope="module")
def quiet_site(request, tmp_path_factory) -> Iterator[Site]:
    """A site for what is refused before anything is asked of a database; each test finds it as the one before."""
    with site_on("sqlite", request, tmp_path_factory.mktemp("sources"), Limits()) as site:
        add_source(site, url="http://127.0.0.1:9/")
        yield site


def counts(site: Site) -> dict[str, int]:
    with site.reading() as session:
        return {table.name: session.scalar(select(func.count()).select_from(table)) for table in Base.metadata.sorted_tables}


@pytest.fixture
def portal():
    with serving(Portal(3, file_every=1)) as portal:
        yield portal


GOOD = {"--agency": "so-y-te", "--connector": "ckan", "--url": "http://127.0.0.1:9/"}


def words(name: str = "moi", **changed: str) -> list[str]:
    options = {**GOOD, **{f"--{key}": value for key, value in changed.items()}}
    return ["source", "add", name, *(word for pair in options.items() for word in pair)]


@pytest.mark.parametrize(("given", "vi", "en"), [
    (words("Tên có dấu"), "Tên nguồn", "cannot be used"),
    (words(agency="khong-co"), "Sổ bộ cơ quan chưa có", "no agency"),
    (words(connector="ftp"), "Không có kiểu kết nối", "no connector"),
    (words(option="khong-co=1"), "không có tùy chọn", "no option"),
    (words(option="khong-co"), "chưa đúng", "wrong"),
    (words(option="copy=maybe"), "chỉ nhận", "is one of"),
    (words(url="ftp://127.0.0.1/"), "http hoặc https", "http and https"),
    (words(url="javascript:alert(1)"), "http hoặc https", "http and https"),
    (words(url="http://10.1.2.3/"), "mạng nội bộ", "private address"),
    (words(url="http://0x7f000001/"), "lối khác thường", "unusual spelling"),
    (words(url="http://[::1/"), "viết chưa đúng", "malformed"),
    (words(url="so-yte.example.vn"), "viết chưa đúng", "malformed"),
    (words(url="http://so-yte.example.vn:22/"), "cổng 22", "port 22"),
    (words(connector="file", url="/etc/passwd"), "viết chưa đúng", "malformed"),
    (words(connector="file", url="file:///etc/passwd"), "http hoặc https", "http and https"),
    (words(url="http://ten:mat-khau@so-yte.example.vn/"), "trong địa chỉ", "in the address"),
    (words(schedule="mỗi đêm"), "Không hiểu lịch", "schedule"),
    (words(schedule="0 2 * * *", blackout="8-17"), "Không hiểu giờ", "blackout"),
    (["source", "preview"], "Cần tên nguồn", "Give a source's name"),
    (["source", "preview", "khong-co"], "Không có nguồn nào tên", "no source named"),
])
def test_what_cannot_be_used_is_refused_in_both_languages_and_nothing_is_saved(quiet_site, given, vi, en):
    before = counts(quiet_site)
    result = CliRunner().invoke(build(), given, env=environment(quiet_site.settings))
    assert result.exit_code == 2, result.stderr
    assert vi in result.stderr
    assert en in result.stderr
    assert result.stdout == ""
    assert counts(quiet_site) == before


def test_a_good_source_is_saved_and_saved_again_when_it_changes(site):
    add_source(site, url="http://127.0.0.1:9/")
    assert haidang(site, *words()).returncode == 0
    assert haidang(site, *words(url="http://127.0.0.1:8/", option="copy=none")).returncode == 0
    with site.reading() as session:
        source = session.scalars(select(Source).where(Source.name == "moi")).one()
    assert (source.url, source.options) == ("http://127.0.0.1:8/", {"copy": "none"})


@pytest.mark.parametrize("connector", ["directory", "iso-folder"])
def test_a_folder_of_this_machine_is_saved(site, tmp_path, connector):
    add_source(site, url="http://127.0.0.1:9/")
    result = haidang(site, *words(connector=connector, url=str(tmp_path)))
    assert result.returncode == 0, result.stderr


def test_a_schedule_is_echoed_shown_and_stops_with_the_source(site):
    add_source(site, url="http://127.0.0.1:9/")
    added = haidang(site, *words(schedule="daily", blackout="01:00-04:30", hours="2"))
    assert added.returncode == 0, added.stderr
    assert "Lượt tới theo lịch: 04:30" in added.stderr
    assert "Next run by its schedule: 04:30" in added.stderr

    def shown() -> dict:
        return json.loads(haidang(site, "source", "show", "moi", "--json").stdout)

    first = shown()
    assert (first["schedule"], first["expectations"], first["last_skipped"]) == ("0 2 * * *", {"hours": 2.0, "blackout": "01:00-04:30"}, None)
    following = datetime.fromisoformat(first["next_run"])
    assert (following > datetime.now(UTC), f"{following.astimezone(HANOI):%H:%M}") == (True, "04:30")
    assert haidang(site, "source", "pause", "moi").returncode == 0
    assert shown()["next_run"] is None
    with site.writing() as session:
        session.scalars(select(Source).where(Source.name == "moi")).one().due_after -= timedelta(days=9)
    assert haidang(site, "source", "resume", "moi").returncode == 0
    assert shown()["next_run"] == first["next_run"], "what was due during the pause is not made up for"
    assert {row["name"]: row["next_run"] for row in json.loads(haidang(site, "source", "list", "--json").stdout)} == {
        "moi": first["next_run"], "nguon": None}


def test_the_preview_of_a_good_source_saves_nothing(site, portal):
    add_source(site, url=portal.url)
    before = counts(site)
    result = haidang(site, "source", "preview", "nguon", "--json", "--limit", "2")
    seen = json.loads(result.stdout)
    assert (result.returncode, seen["total"], len(seen["records"]), seen["issues"]) == (0, 3, 2, [])
    assert [resource["state"] for record in seen["records"] for resource in record["resources"]] == ["valid", "valid"]
    assert counts(site) == before
    assert not (site.settings.var / "files").exists() or list((site.settings.var / "files").rglob("*")) == []


def test_the_preview_of_a_dead_source_says_why_and_saves_nothing(site, portal):
    portal.replies["/api/3/action/package_search"] = (200, "text/html", b"<html>bao tri</html>")
    add_source(site, url=portal.url)
    before = counts(site)
    result = haidang(site, "source", "preview", "nguon", "--json")
    said = json.loads(result.stdout)
    assert result.returncode == 1
    assert said["records"] == []
    assert [(issue["code"], bool(issue["vi"]), bool(issue["en"])) for issue in said["issues"]] == [("not-json", True, True)]
    spoken = haidang(site, "source", "preview", "nguon")
    assert spoken.returncode == 1
    assert "Cơ quan nguồn" in spoken.stderr
    assert "The agency at the source" in spoken.stderr
    assert counts(site) == before


def test_show_tells_which_tests_found_the_records_of_the_last_run_unchanged(site, portal):
    add_source(site, url=portal.url)
    step_through(site)
    step_through(replace(site, clock=FrozenClock(site.clock.now() + timedelta(days=1))))
    shown = haidang(site, "source", "show", "nguon", "--json")
    assert shown.returncode == 0, shown.stderr
    last = json.loads(shown.stdout)["last_run"]
    assert sum(last["decided"].values()) == last["counts"]["unchanged"] == 3
    assert set(last["decided"]) <= set(TESTS)


@pytest.mark.parametrize("pause", ["-1", "61", "nhanh", "nan"])
def test_a_pause_that_is_no_number_of_seconds_is_refused(quiet_site, pause):
    refused = haidang(quiet_site, "source", "add", "moi", "--agency", "so-y-te", "--connector", "ckan", "--url", "https://a.example.vn", "--option", f"pause={pause}")
    assert refused.returncode == 2
    assert "pause" in refused.stderr and "60" in refused.stderr

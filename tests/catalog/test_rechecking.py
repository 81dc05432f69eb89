"""Which test tells that a file has not changed, and how soon it is looked at again; end to end, on both databases."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from support.seeding import add_source
from support.stepping import step_through
from support.web_server import Handler, WebServer, reply, web_server

from catalog import rechecking, runs
from catalog.clock import FrozenClock
from catalog.models import FileCheck, IssueRow, Resource, RunRecord, Version
from catalog.site import Site

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOW = datetime(2024, 9, 30, 5, tzinfo=UTC)
OLD_DATE = "Mon, 02 Sep 2024 05:00:00 GMT"


class FileServer:
    """A data.json with one file, and how its server speaks of the file's state."""

    def __init__(self, server: WebServer) -> None:
        self.server, self.body, self.headers, self.honest = server, b"a,b\n1,2\n", {"etag": '"1"'}, True
        server.routes["/bang.csv"] = self.answer
        self.list()

    def list(self, **more: str) -> None:
        entry = {"identifier": "bo-1", "title": "Bộ 1", "distribution": [{"downloadURL": self.server.url("/bang.csv"), "format": "CSV"}], **more}
        self.server.routes["/data.json"] = reply(json.dumps({"dataset": [entry]}))

    def answer(self, handler: Handler) -> None:
        asked = (handler.headers["if-none-match"], handler.headers["if-modified-since"])
        same = self.headers.get("etag") == asked[0] if asked[0] else self.headers.get("last_modified") == asked[1] is not None
        reply(b"" if same else self.body, status=304 if same else 200, content_type="text/csv", **self.headers)(handler)

    @property
    def calls(self) -> list[dict[str, str]]:
        """The headers of each time that the file was asked for."""
        return [headers for _, path, headers in self.server.asked if path == "/bang.csv"]


@pytest.fixture
def source() -> Iterator[FileServer]:
    with web_server() as server:
        yield FileServer(server)


@pytest.fixture
def harvested(site: Site, source: FileServer) -> Site:
    add_source(site, url=source.server.url("/data.json"), connector="dcat-us")
    assert step_through(site)["counts"] == {"created": 1}
    return site


def later(site: Site, span: timedelta) -> Site:
    """The same site so much later."""
    return replace(site, clock=FrozenClock(site.clock.now() + span))


def outcome(site: Site, *, forced: bool = False) -> tuple[str, str | None] | Any:
    """What became of the one record in a run now, and the test that decided."""
    run = step_through(site, forced=forced)
    with site.reading() as session:
        return session.execute(select(RunRecord.outcome, RunRecord.decided).where(RunRecord.run_id == run["run"])).one()


def check(site: Site) -> FileCheck:
    with site.reading() as session:
        return session.scalars(select(FileCheck)).one()


@pytest.mark.parametrize(("headers", "decided"), [
    ({"etag": '"1"'}, "etag"), ({"etag": 'W/"1"'}, "etag"), ({"last_modified": OLD_DATE}, "last-modified"),
    ({"etag": '"1"', "last_modified": OLD_DATE}, "etag"), ({}, "hash")])
def test_the_test_that_decided_is_kept(site, source, headers, decided):
    source.headers = headers
    add_source(site, url=source.server.url("/data.json"), connector="dcat-us")
    step_through(site)
    assert outcome(later(site, HOUR)) == ("unchanged", decided)
    assert check(site).decided == decided
    with site.reading() as session:
        run_id = session.scalars(select(RunRecord.run_id).where(RunRecord.outcome == "unchanged")).one()
        assert runs.decided_by(session, run_id) == {decided: 1}
        assert [line.decided for line in runs.records_of(session, run_id).items] == [decided]


def test_an_etag_that_changes_each_time_leaves_it_to_the_hash(harvested, source):
    for n in range(2, 5):
        source.headers = {"etag": f'"{n}"'}
        assert outcome(later(harvested, n * HOUR)) == ("unchanged", "hash")
        assert check(harvested).etag == f'"{n}"'
    with harvested.reading() as session:
        assert len(list(session.scalars(select(Version)))) == 1


def test_bytes_that_change_are_updated_and_no_test_is_named(harvested, source):
    source.body, source.headers = b"a,b\n1,3\n", {"etag": '"2"'}
    assert outcome(later(harvested, HOUR)) == ("updated", None)


def test_a_moment_of_change_that_may_still_be_passing_is_not_relied_on(site, source):
    """A file changed in the second in which it was fetched may change again within it (RFC 9110, 8.8.2.2)."""
    add_source(site, url=source.server.url("/data.json"), connector="dcat-us")

    def just_now(handler: Handler) -> None:
        reply(source.body, last_modified=handler.date_time_string())(handler)

    source.server.routes["/bang.csv"] = just_now
    step_through(site)
    assert check(site).last_modified is None
    assert outcome(later(site, HOUR)) == ("unchanged", "hash")


@pytest.mark.parametrize(("etag", "days"), [('"1"', 30), ('W/"1"', 7)])
def test_a_server_is_believed_for_so_long_and_then_the_file_is_fetched(site, source, etag, days):
    source.headers = {"etag": etag}
    add_source(site, url=source.server.url("/data.json"), connector="dcat-us")
    step_through(site)
    assert outcome(later(site, (days - 1) * DAY)) == ("unchanged", "etag")
    assert outcome(later(site, (days + 8) * DAY)) == ("unchanged", "hash")
    assert "if-none-match" not in source.calls[-1]
    assert outcome(later(site, (days + 16) * DAY))[0] == "unchanged"
    assert ("if-none-match" in source.calls[-1]) == (days == 30), "what was fetched is believed anew"


def test_a_server_that_lies_is_found_out_said_so_and_not_believed_again(harvested, source):
    source.body = b"a,b\n1,3\n"  # the ETag stays
    assert outcome(later(harvested, HOUR)) == ("unchanged", "etag"), "which nobody can see"
    assert outcome(later(harvested, 40 * DAY)) == ("updated", None)
    with harvested.reading() as session:
        assert [(row.code, row.who) for row in session.scalars(select(IssueRow).where(IssueRow.closed_at.is_(None)))] == [("validator-lies", "agency")]
    source.body = b"a,b\n1,4\n"
    assert outcome(later(harvested, 40 * DAY + HOUR)) == ("updated", None)
    assert "if-none-match" not in source.calls[-1]
    source.body, source.headers = b"a,b\n1,5\n", {"etag": '"5"'}
    assert outcome(later(harvested, 41 * DAY)) == ("updated", None)
    assert outcome(later(harvested, 41 * DAY + HOUR)) == ("unchanged", "etag"), "it told a change, so it is believed again"
    with harvested.reading() as session:
        assert list(session.scalars(select(IssueRow.code).where(IssueRow.closed_at.is_(None)))) == []


def test_what_never_changes_is_asked_for_ever_less_often(harvested, source):
    """Harvested every six hours, later every day, later still every third day: on which days the file was asked for."""
    days = [*(n / 4 for n in range(1, 13)), *range(4, 32), *range(33, 70, 3)]
    asked_on = []
    for day in days:
        before = len(source.calls)
        step_through(later(harvested, day * DAY))
        asked_on += [day] if len(source.calls) > before else []
    assert asked_on[:4] == [0.25, 0.5, 0.75, 1], "at every harvest at first"
    assert asked_on[4:8] == [1.5, 2, 2.5, 3], "every twelve hours"
    assert asked_on[8:33] == list(range(4, 29)), "every day"
    assert [b - a for a, b in zip(asked_on[33:], asked_on[34:], strict=False)] == [9, 9, 9], "no sooner than after a week"
    source.body, source.headers = b"a,b\n9,9\n", {"etag": '"9"'}
    source.list(modified="2025-05-01")
    assert outcome(later(harvested, 70 * DAY)) == ("updated", None), "a listing that says something new is looked into at once"
    before = len(source.calls)
    step_through(later(harvested, 70 * DAY + HOUR))
    assert len(source.calls) == before + 1, "what has changed is asked for at every harvest again"


def test_a_forced_run_asks_whether_it_is_due_or_not(harvested, source):
    step_through(later(harvested, 150 * DAY))
    before = len(source.calls)
    assert outcome(later(harvested, 151 * DAY)) == ("unchanged", "listing")
    assert len(source.calls) == before
    outcome(later(harvested, 151 * DAY), forced=True)
    assert len(source.calls) == before + 1
    assert "if-none-match" not in source.calls[-1]


def test_a_file_that_failed_is_not_left_alone(harvested, source):
    step_through(later(harvested, 150 * DAY))
    source.list(modified="2025-01-01")
    source.server.routes["/bang.csv"] = reply("", status=404)
    step_through(later(harvested, 151 * DAY))
    source.server.routes["/bang.csv"] = source.answer
    before = len(source.calls)
    step_through(later(harvested, 151 * DAY + 2 * HOUR))
    assert len(source.calls) == before + 1
    with harvested.reading() as session:
        assert session.scalars(select(Resource.reachable)).one() is True


def version(age: timedelta, state: str = "published") -> Version:
    return Version(state=state, created=NOW - age)


@pytest.mark.parametrize(("quiet", "frequency", "pause"), [
    (HOUR, "", timedelta()), (DAY, "", 12 * HOUR), (4 * DAY, "", DAY), (28 * DAY, "", 7 * DAY), (120 * DAY, "", 30 * DAY), (4000 * DAY, "once", 30 * DAY),
    (4000 * DAY, "daily", 12 * HOUR), (4000 * DAY, "weekly", 3.5 * DAY), (4000 * DAY, "monthly", 15.5 * DAY), (4000 * DAY, "annual", 30 * DAY)])
def test_the_pause_grows_and_never_outlasts_half_of_what_was_promised(quiet, frequency, pause):
    assert rechecking.pause(quiet, frequency) == pause


def test_only_what_is_good_and_quiet_is_left_alone():
    assert rechecking.due_at(version(200 * DAY), "", NOW) == NOW + 30 * DAY * 7 / 8
    assert rechecking.due_at(version(HOUR), "", NOW) is None
    assert rechecking.due_at(version(200 * DAY, "refused"), "", NOW) is None
    assert rechecking.due_at(None, "", NOW) is None


def test_every_test_has_words_in_both_languages():
    assert set(rechecking.WORDS) == set(rechecking.TESTS)
    assert all(vi and en for vi, en in rechecking.WORDS.values())

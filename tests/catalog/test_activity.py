"""What the runs of some days say together; every figure is the length of the list behind it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from support.published import sow

from catalog import activity
from catalog.models import IssueRow, Run, Worker

HOUR = timedelta(hours=1)


def test_runs_are_counted_on_the_day_in_vietnam_on_which_they_ended(site, tmp_path):
    sown = sow(site, tmp_path)  # one run that left issues, ended at noon
    evening = datetime(2024, 9, 29, 17, 30, tzinfo=UTC)  # 00:30 on the 30th in Vietnam
    with site.writing() as session:
        for status, ended in (("succeeded", evening), ("failed", evening - HOUR), ("lost", evening - HOUR), ("cancelled", evening), ("running", None)):
            session.add(Run(source_id=sown.source, status=status, queued_at=evening - HOUR, finished_at=ended))
    with site.reading() as session:
        days = activity.days(session, site.clock.today(), 14)
    assert len(days) == 14 and days[-1].day == site.clock.today()
    assert [(day.good, day.part, day.bad) for day in days[-2:]] == [(0, 0, 2), (1, 1, 0)]
    assert sum(day.total for day in days[:-2]) == 0


def test_what_runs_met_adds_up_to_their_issues(site, tmp_path):
    sow(site, tmp_path)
    with site.reading() as session:
        found = activity.met(session, site.clock.now() - timedelta(days=30))
        assert [(one.code, one.count, one.sources, one.source.name) for one in found] == [("title-missing", 2, 1, "nguon-y-te"), ("source-shrank", 1, 1, "nguon-y-te")]
        assert sum(one.count for one in found) == session.query(IssueRow).count()
        assert activity.met(session, site.clock.now()) == []


def test_a_worker_is_missed_only_where_work_waits(site, tmp_path):
    sown = sow(site, tmp_path)
    now = datetime.now(UTC)
    waiting = [Run(source_id=sown.source, status="queued", queued_at=now)]
    with site.writing() as session:
        session.add(Worker(executor_id="w", started_at=now - HOUR, beat_at=now - timedelta(minutes=2)))
    with site.reading() as session:
        assert activity.silent_since(session, waiting, now) == now - timedelta(minutes=2)
        assert activity.silent_since(session, [], now) is None
        assert activity.silent_since(session, waiting, now - timedelta(minutes=2)) is None

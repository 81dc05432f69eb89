"""One minute of a worker: what is due is ordered, what is lost is ended, what is wrong is told, what is old goes; each by itself."""

from __future__ import annotations

import time

from alembic import command
from sqlalchemy import select, text
from support.harvesting import PATIENCE, start_worker, wait
from support.noticing import later
from support.noticing import run as finished
from support.portal import Portal, serving
from support.scheduling import add_scheduled, ordering, runs

from catalog import db, jobs
from catalog.models import Notice, Run, RunPage, RunRecord, SiteFact, Source, new_id
from catalog.site import Site
from catalog.tick import keep_time, run_errands


def furnish(site: Site) -> str:
    """A source that is due, whose last run failed a day ago; and another, whose run nobody is doing. Returns the id of that run."""
    source_id = add_scheduled(site, "*/5 * * * *")
    finished(site, source_id, "host-unknown", host="h")
    with site.writing() as session:
        agency_id = session.get_one(Source, source_id).agency_id
        other = Source(name="khac", agency_id=agency_id, connector="file", url="http://127.0.0.1:9/", created=site.clock.now())
        session.add(other)
        session.flush()
        lost = Run(id=new_id(), source_id=other.id, status="running", queued_at=site.clock.now(), started_at=site.clock.now())
        session.add(lost)
        return lost.id


def test_a_tick_does_everything_that_is_due_and_a_second_one_nothing_more(site):
    lost = furnish(site)
    there = later(site, minutes=30)
    with ordering(there) as orderer:
        for _ in range(2):
            keep_time(there, orderer)
            run_errands(there, orderer)
            with site.reading() as session:
                assert session.get_one(Run, lost).status == "lost"
                assert sorted(session.scalars(select(Notice.kind))) == ["source-down", "source-down"]
                assert session.get_one(SiteFact, "retention_day").value == "2024-09-30"
            assert sorted(run.status for run in runs(site)) == ["failed", "lost", "queued"]


def test_what_breaks_in_one_part_stops_no_other(site, caplog):
    lost = furnish(site)
    with site.writing() as session:
        session.execute(text("DROP TABLE notice_delivery"))
    there = later(site, minutes=30)
    with ordering(there) as orderer:
        keep_time(there, orderer)
        run_errands(there, orderer)
    assert [record.message.partition(";")[0] for record in caplog.records] == ["tick: notices broke"]
    with site.reading() as session:
        assert session.get_one(Run, lost).status == "lost"
        assert session.get_one(SiteFact, "retention_day").value == "2024-09-30"
    assert "queued" in {run.status for run in runs(site)}


def test_a_worker_harvests_by_the_clock_without_being_asked(site, tmp_path):
    with serving(Portal(3)) as portal:
        add_scheduled(site, url=portal.url)
        jobs.migrate_queue(site.settings)
        worker = start_worker(site.settings, tmp_path / "worker.log")
        try:
            deadline = time.monotonic() + PATIENCE
            while not runs(site):
                assert worker.poll() is None and time.monotonic() < deadline, (tmp_path / "worker.log").read_text()
                time.sleep(0.05)
            (run,) = runs(site)
            assert wait(site, run.id) == "succeeded"
        finally:
            worker.terminate()
            assert worker.wait(30) == 0
    assert run.due_at is not None
    with site.reading() as session:
        assert session.scalar(select(Source.due_after)) == run.due_at


def test_the_migration_to_runs_by_the_clock_loses_no_run(site):
    run_id = finished(site, add_scheduled(site))
    with site.writing() as session:
        session.add_all([RunRecord(run_id=run_id, identifier="bo", outcome="created", at=site.clock.now()),
                         RunPage(run_id=run_id, number=0, next_cursor=None, first_seq=1, last_seq=1)])
    configuration = db._alembic(site.engine)
    command.downgrade(configuration, "0003_notices")
    command.upgrade(configuration, "head")
    with site.reading() as session:
        run = session.get_one(Run, run_id)
        assert (run.status, run.due_at, run.condensed) == ("succeeded", None, 0)
        assert session.get(RunRecord, (run_id, "bo")) is not None
        assert session.get(RunPage, (run_id, 0)) is not None

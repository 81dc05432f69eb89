"""Runs that nobody is doing any more: put back for another worker, or ended as lost; never left hanging."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from support.harvesting import order_run
from support.scheduling import ordering
from support.seeding import add_source

from catalog import jobs, workers
from catalog.issues import Issue, say
from catalog.lost import mind_runs
from catalog.models import Evidence, IssueRow, Run, Source, Staged, Worker
from catalog.site import Site
from harvesters.run import Harvest


@pytest.fixture
def run_id(site) -> str:
    """A run that is queued, of a source that nobody serves."""
    add_source(site, url="http://127.0.0.1:9/")
    return order_run(site)


def begun(site: Site, run_id: str, executor_id: str, *, version: str = jobs.WORKFLOW_VERSION, status: str = "PENDING") -> None:
    """As if a worker had begun the run."""
    with site.writing() as session:
        session.get_one(Run, run_id).status = "running"
        session.add(Staged(run_id=run_id, seq=1, identifier="bo-1", raw={}, raw_hash=""))
        work = jobs.workflows(session)
        session.execute(update(work).where(work.c.workflow_uuid == jobs.workflow_id(run_id)).values(
            status=status, executor_id=executor_id, application_version=version))


def worker(site: Site, executor_id: str, *, silent: timedelta = timedelta(), version: str = jobs.WORKFLOW_VERSION) -> None:
    with site.writing() as session:
        now = workers.store_time(session)
        session.add(Worker(executor_id=executor_id, started_at=now - timedelta(days=1), beat_at=now - silent, version=version))


def work_of(site: Site, run_id: str) -> str:
    """What the queue says of the work of a run."""
    with site.reading() as session:
        work = jobs.workflows(session)
        return session.scalar(select(work.c.status).where(work.c.workflow_uuid == jobs.workflow_id(run_id)))


def assert_lost(site: Site, run_id: str, reason: str) -> None:
    """Lost, with its issue and its evidence, nothing left on the staging table, and a new run possible at once."""
    with site.reading() as session:
        run = session.get_one(Run, run_id)
        issue = session.scalars(select(IssueRow).where(IssueRow.run_id == run_id)).one()
        assert (run.status, run.finished_at is not None) == ("lost", True)
        assert (issue.code, issue.who, issue.closed_at) == ("run-lost", "platform", None)
        assert reason in say(Issue(issue.code, facts=issue.facts), "en").what
        assert session.scalar(select(Staged.identifier)) is None
        assert session.scalar(select(Evidence.cause).where(Evidence.kind == "harvest", Evidence.until.is_(None))) == "run-lost"
    assert order_run(site) != run_id


def test_a_run_that_waits_for_a_worker_is_not_lost(site, run_id):
    with ordering(site) as orderer:
        assert (mind_runs(site, orderer).adopted, mind_runs(site, orderer).lost) == (0, ())


def test_the_run_of_a_worker_that_lives_is_left_to_it(site, run_id):
    begun(site, run_id, "noi-khac")
    worker(site, "noi-khac", silent=workers.DEAD_AFTER - timedelta(seconds=30))
    with ordering(site) as orderer:
        minded = mind_runs(site, orderer)
    assert (minded.adopted, minded.lost, work_of(site, run_id)) == (0, (), "PENDING")


def test_the_run_of_a_dead_worker_goes_back_into_its_turn_once(site, run_id):
    begun(site, run_id, "noi-khac")
    worker(site, "noi-khac", silent=workers.DEAD_AFTER + timedelta(seconds=30))
    with ordering(site) as orderer:
        assert mind_runs(site, orderer).adopted == 1
        again = mind_runs(site, orderer)
    assert (again.adopted, again.lost, work_of(site, run_id)) == (0, (), "ENQUEUED")
    with site.reading() as session:
        assert session.get_one(Run, run_id).status == "running"


def test_the_run_of_a_worker_that_left_in_order_is_taken_over_at_once(site, run_id):
    begun(site, run_id, "noi-khac")
    with ordering(site) as orderer:
        assert mind_runs(site, orderer).adopted == 1


def test_a_run_whose_work_is_gone_is_lost(site, run_id):
    begun(site, run_id, "noi-khac")
    with ordering(site) as orderer:
        orderer.forget([jobs.workflow_id(run_id)])
        assert mind_runs(site, orderer).lost == (run_id,)
        assert mind_runs(site, orderer).lost == ()
    assert_lost(site, run_id, "no longer holds")


@pytest.mark.parametrize("status", ["ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"])
def test_a_run_whose_work_was_given_up_is_lost(site, run_id, status):
    begun(site, run_id, "noi-khac", status=status)
    worker(site, "noi-khac")
    with ordering(site) as orderer:
        assert mind_runs(site, orderer).lost == (run_id,)
    assert_lost(site, run_id, "gave it up")


def test_a_run_of_another_version_is_lost_when_its_last_worker_is_dead_and_no_comeback_takes_it_up(site, run_id):
    begun(site, run_id, "cu", version="0")
    worker(site, "cu", version="0")
    with ordering(site) as orderer:
        assert mind_runs(site, orderer).lost == ()
        with site.writing() as session:
            session.get_one(Worker, "cu").beat_at -= timedelta(hours=1)
        assert mind_runs(site, orderer).lost == (run_id,)
    assert_lost(site, run_id, "another version")
    assert work_of(site, run_id) == "CANCELLED"


def test_whoever_comes_back_to_a_lost_run_does_no_harm(site, run_id):
    begun(site, run_id, "noi-khac", status="ERROR")
    with ordering(site) as orderer:
        mind_runs(site, orderer)
    harvest = Harvest(site)
    with site.writing() as session:
        harvest.begin(session, run_id)
        harvest.abandon(session, run_id)
        assert harvest.finish(session, run_id, None) == "lost"
    assert harvest.read_page(run_id, 0, None)["last"] == 0
    assert harvest.prepare(run_id, 1, 1) == []
    assert_lost(site, run_id, "gave it up")
    with site.reading() as session:
        assert session.scalar(select(Source.state)) == "active"

"""Pain 9: a database that grows with every run: what is old is cleared away; what remains is there whole and counts as before."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from support.harvesting import harvest
from support.noticing import later
from support.portal import Portal, serving
from support.scheduling import end, ordering
from support.seeding import add_source

from catalog import jobs, previews, retention
from catalog.models import (
    Dataset,
    Evidence,
    IssueRow,
    Known,
    Notice,
    Run,
    RunPage,
    RunRecord,
    SkippedDue,
    Source,
    Staged,
    Version,
    Worker,
    new_id,
)
from catalog.previews import Asked
from catalog.runs import counters, progress
from catalog.site import Site
from catalog.workers import silent, store_time


def old_run(site: Site, source_id: str, days: int, *, unchanged: int = 3, updated: int = 1, code: str | None = None, is_open: bool = False) -> str:
    """A run that ended so many days ago, with records, a page and perhaps an issue."""
    then = site.clock.now() - timedelta(days=days)
    with site.writing() as session:
        run = Run(id=new_id(), source_id=source_id, status="succeeded", queued_at=then, started_at=then, finished_at=then, gathered_all=True)
        session.add(run)
        session.flush()
        session.add(RunPage(run_id=run.id, number=0, next_cursor=None, first_seq=1, last_seq=updated))
        outcomes = ["unchanged"] * unchanged + ["updated"] * updated
        session.add_all(RunRecord(run_id=run.id, identifier=f"bo-{n}", outcome=outcome, at=then) for n, outcome in enumerate(outcomes))
        if code:
            session.add(IssueRow(fingerprint=code, run_id=run.id, source_id=source_id, code=code, stage="run", severity="warning", who="agency",
                                 first_seen=then, last_seen=then, closed_at=None if is_open else then))
        return run.id


def tally(site: Site, run_id: str) -> tuple[dict[str, int], int]:
    """The outcomes and the issues of a run as they are counted."""
    with site.reading() as session:
        counted = counters(session, [run_id])[run_id]
        assert progress(session, session.get_one(Run, run_id), site.clock.now()).done == counted.done
        return dict(counted.outcomes), counted.issues


def rows(site: Site, *models: type) -> dict[str, int]:
    with site.reading() as session:
        return {model.__tablename__: session.scalar(select(func.count()).select_from(model)) for model in models}


@pytest.fixture
def few(site, monkeypatch) -> Site:
    """A site on which a source keeps at least two runs, and a transaction takes two rows."""
    monkeypatch.setattr(retention, "LEAST_RUNS", 2)
    monkeypatch.setattr(retention, "ROWS", 2)
    monkeypatch.setattr(retention, "RUNS", 2)
    return site


def test_unchanged_records_become_a_number_and_the_counters_stay(few):
    source_id = add_source(few, url="http://127.0.0.1:9/")
    old, fresh = old_run(few, source_id, 31, unchanged=7), old_run(few, source_id, 29, unchanged=7)
    before = [tally(few, old), tally(few, fresh)]
    with ordering(few) as orderer:
        cleared = retention.clear(few, orderer)
    assert (cleared.unchanged_records, cleared.pages, cleared.runs) == (7, 1, 0)
    assert [tally(few, old), tally(few, fresh)] == before == [({"unchanged": 7, "updated": 1}, 0)] * 2
    assert rows(few, RunRecord, RunPage) == {"run_record": 1 + 8, "run_page": 1}


def test_old_runs_go_but_never_the_last_ones_nor_one_with_an_open_issue(few):
    source_id = add_source(few, url="http://127.0.0.1:9/")
    gone = [old_run(few, source_id, days, code="source-shrank" if days % 2 else None) for days in range(500, 505)]
    kept = [old_run(few, source_id, 600, code="source-empty", is_open=True), old_run(few, source_id, 400), old_run(few, source_id, 399)]
    counted = [tally(few, run_id) for run_id in kept]
    with ordering(few) as orderer:
        foreseen = retention.foreseen(few)
        cleared = retention.clear(few, orderer)
        assert retention.clear(few, orderer) == retention.Cleared()
    assert foreseen == cleared
    assert cleared.runs == len(gone)
    with few.reading() as session:
        assert set(session.scalars(select(Run.id))) == set(kept)
        assert [(row.code, row.run_id) for row in session.scalars(select(IssueRow))] == [("source-empty", kept[0])]
    assert [tally(few, run_id) for run_id in kept] == counted


def test_a_run_that_is_still_going_is_never_touched(few):
    source_id = add_source(few, url="http://127.0.0.1:9/")
    run_id = old_run(few, source_id, 900)
    with few.writing() as session:
        session.get_one(Run, run_id).status = "running"
        session.add(Staged(run_id=run_id, seq=1, identifier="bo-9", raw={}, raw_hash=""))
    old_run(few, source_id, 1)
    old_run(few, source_id, 1)
    with ordering(few) as orderer:
        assert retention.clear(few, orderer) == retention.Cleared()
    assert rows(few, Staged) == {"staged": 1}


def test_ended_notices_and_skipped_due_times_go_and_what_stands_stays(few):
    source_id = add_source(few, url="http://127.0.0.1:9/")
    long_ago = few.clock.now() - timedelta(days=400)
    with few.writing() as session:
        for episode, ended in (("a", long_ago), ("b", None), ("c", few.clock.now())):
            session.add(Notice(kind="source-down", subject=f"source:{source_id}", episode=episode, audience="team", facts={}, created=long_ago, ended=ended))
        session.add_all(SkippedDue(source_id=source_id, due_at=moment, run_id=new_id(), at=moment) for moment in (long_ago, few.clock.now()))
    with ordering(few) as orderer:
        cleared = retention.clear(few, orderer)
    assert (cleared.notices, cleared.skipped_dues) == (1, 1)
    assert rows(few, Notice, SkippedDue) == {"notice": 2, "skipped_due": 1}


def test_dry_runs_go_with_what_the_durable_engine_noted_of_them(few):
    source_id, far = add_source(few, url="http://127.0.0.1:9/"), later(few, days=2)
    with ordering(few) as orderer:
        with few.writing() as session:
            previews.order(few, orderer, session, Asked(by="An", source_id=source_id))
        with few.writing() as session:
            work = jobs.workflows(session)
            session.execute(update(work).values(status="SUCCESS"))
        assert retention.clear(few, orderer) == retention.Cleared()
        foreseen = retention.foreseen(far)
        assert foreseen == retention.clear(far, orderer) == retention.Cleared(workflows=1, previews=1)
    with few.reading() as session:
        assert session.scalar(select(func.count()).select_from(work)) == 0


def test_a_worker_that_died_is_missed_for_a_week(few):
    with few.writing() as session:
        now = store_time(session)
        session.add_all(Worker(executor_id=name, started_at=now - ago, beat_at=now - ago) for name, ago in (
            ("lâu", timedelta(days=8)), ("mới", timedelta(days=6)), ("sống", timedelta())))
    with ordering(few) as orderer:
        assert retention.clear(few, orderer).workers == 1
    with few.reading() as session:
        assert [row.executor_id for row in silent(session)] == ["mới"]


def test_the_settings_say_how_long(few):
    source_id = add_source(few, url="http://127.0.0.1:9/")
    for days in (12, 11, 5, 4):
        old_run(few, source_id, days)
    short = replace(few, settings=replace(few.settings, keep_runs=10, keep_records=90))
    with ordering(short) as orderer:
        assert retention.clear(short, orderer).runs == 2


def test_identity_versions_and_evidence_outlive_the_notes_of_the_durable_engine(site):
    lasting = (Known, Dataset, Version, Evidence, Source, Run, RunRecord)
    with serving(Portal(7, file_every=2, page=3)) as portal:
        add_source(site, url=portal.url)
        first, second = harvest(site), harvest(site)
        before = rows(site, *lasting)
        assert rows(site, Version)["version"] == 4
        far = later(site, days=3)
        with ordering(far) as orderer:
            assert retention.clear(far, orderer) == retention.Cleared(workflows=2)
            assert retention.clear(far, orderer) == retention.Cleared()
        assert rows(site, *lasting) == before
        with site.reading() as session:
            work = jobs.workflows(session)
            assert session.scalar(select(func.count()).select_from(work)) == 0
        assert (first["counts"], second["counts"]) == ({"created": 7}, {"unchanged": 7})
        assert harvest(far)["counts"] == {"unchanged": 7}


def test_it_is_done_once_a_day(few):
    source_id = add_source(few, url="http://127.0.0.1:9/")
    end(few, old_run(few, source_id, 0))
    with ordering(few) as orderer:
        assert retention.daily(few, orderer) is not None
        assert retention.daily(later(few, hours=1), orderer) is None
        assert retention.daily(later(few, days=1), orderer) is not None

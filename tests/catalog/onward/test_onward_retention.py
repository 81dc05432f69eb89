"""Old runs to targets are cleared away, but never the last ones, nor what a target has."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select, update
from support.targets import aim

from catalog import jobs, retention
from catalog.models import Onward, OnwardRun, new_id
from catalog.onward import orders


def test_old_runs_to_targets_go_but_never_the_last_nor_what_is_known_of_datasets(site, monkeypatch):
    monkeypatch.setattr(retention, "LEAST_RUNS", 2)
    target, now = aim(site, "http://127.0.0.1:9", "khoa"), site.clock.now()
    with site.writing() as session:
        for days in (400, 401, 402, 403, 1):
            session.add(OnwardRun(id=new_id(), target_id=target.id, status="succeeded", queued_at=now - timedelta(days=days)))
        session.add(Onward(target_id=target.id, dataset_id=new_id(), name="x", remote_name="x", state="sent", tried_at=now - timedelta(days=500)))
    jobs.migrate_queue(site.settings)
    orderer = jobs.Jobs(site)
    try:
        foreseen = retention.foreseen(site)
        assert foreseen == retention.clear(site, orderer) == retention.Cleared(onward_runs=3)
        with site.reading() as session:
            assert [session.scalar(select(func.count()).select_from(model)) for model in (OnwardRun, Onward)] == [2, 1]
        with site.writing() as session:
            run = orders.order(site, session, orderer, target, "x")
        with site.writing() as session:
            session.get_one(OnwardRun, run.id).status = "succeeded"
            session.get_one(OnwardRun, run.id).queued_at = now - timedelta(days=3)
            session.execute(update(jobs.workflows(session)).values(status="SUCCESS"))
        assert retention.clear(site, orderer) == retention.Cleared(workflows=1, onward_runs=1)  # the one of 400 days ago is no longer among the last two
    finally:
        orderer.close()

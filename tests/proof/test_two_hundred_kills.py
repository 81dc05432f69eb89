"""The heavy proof: 200 kill -9 at random moments of every stage, with one worker on each database and with three on PostgreSQL."""

from __future__ import annotations

import random
import time
from collections import Counter, defaultdict
from itertools import pairwise

import pytest
from sqlalchemy import func, select
from support.crew import Crew, add_sources, at_once, order_idle, wait_for_all
from support.marked_worker import STAGES
from support.portal import Portal, serving
from support.px_server import PxServer
from support.web_server import web_server

from catalog import jobs
from catalog.models import Agency, Change, Dataset, Evidence, Run, RunRecord, Source, Staged, Version
from harvesters.worker import CONCURRENT

KILLS = 200
LARGE, SMALL = 240, 12


@pytest.mark.parametrize(("database_url", "workers"), [("sqlite", 1), ("postgresql", 1), ("postgresql", 3)], indirect=["database_url"])
def test_two_hundred_kills_lose_nothing_double_nothing_and_break_no_limit(site, tmp_path, workers):
    chance, started, most = random.Random(200 + workers), time.monotonic(), Counter()
    with serving(Portal(LARGE, file_every=4, page=60)) as large, serving(Portal(SMALL, file_every=3, page=6)) as small, web_server() as server:
        PxServer(limit=18).serve(server)
        counts = sow(site, large.url, small.url, server.url("/api/v1/vi/dan-so"))
        jobs.migrate_queue(site.settings)
        orderer, crew = jobs.Jobs(site), Crew(site, tmp_path, workers)
        try:
            for number in range(KILLS):
                large.title_suffix = small.title_suffix = f" {number}"
                order_idle(site, orderer)
                print(f"{number + 1:3}: {crew.kill_one(chance)}", flush=True)
                most |= Counter(at_once(site))
            wait_for_all(site)
        finally:
            crew.dismiss()
            orderer.close()
    with site.reading() as session:
        runs = session.scalar(select(func.count()).select_from(Run))
    print(f"\n{site.engine.dialect.name}, {workers} worker(s): {KILLS} kills in {time.monotonic() - started:.0f} s, {runs} runs, "
          f"{sum(counts.values())} datasets; died at {dict(crew.hit.most_common())}; at once at most {dict(most)}")
    assert set(STAGES) <= crew.hit.keys()
    assert max(most.values()) <= CONCURRENT
    assert_each_once(site, counts)
    assert_agencies_took_turns(site)


def sow(site, large: str, small: str, table: str) -> dict[str, int]:
    """Six agencies, one of them with two sources; returns how many datasets each source has."""
    few = [f"it-{number}" for number in range(1, 5)]
    add_sources(site, {"lon": ("so-y-te", "ckan", large), "lon-cung-so": ("so-y-te", "ckan", small),
                       **{name: (f"so-{name}", "ckan", small) for name in few}, "bang": ("cuc-thong-ke", "px-web", table)})
    return {"lon": LARGE, "lon-cung-so": SMALL, **dict.fromkeys(few, SMALL), "bang": 1}


def assert_each_once(site, counts: dict[str, int]) -> None:
    """Every run ended well with each of its records once; every dataset, name, version and open fact is there once."""
    with site.reading() as session:
        names = dict(session.execute(select(Source.id, Source.name)).all())
        assert set(session.scalars(select(Run.status))) <= {"succeeded", "succeeded-with-issues"}
        recorded = session.execute(select(Run.id, Run.source_id, func.count(RunRecord.identifier)).join(
            RunRecord, RunRecord.run_id == Run.id, isouter=True).group_by(Run.id, Run.source_id)).all()
        assert [(run_id, n) for run_id, source_id, n in recorded if n != counts[names[source_id]]] == []
        held = dict(session.execute(select(Dataset.source_id, func.count()).where(Dataset.state == "active").group_by(Dataset.source_id)).all())
        assert {names[source_id]: n for source_id, n in held.items()} == counts
        assert session.scalar(select(func.count(Dataset.name.distinct()))) == sum(counts.values())
        assert session.scalar(select(func.count()).select_from(Staged)) == 0
        doubled = select(Version.resource_id, Version.sha256).where(Version.state == "published").group_by(
            Version.resource_id, Version.sha256).having(func.count() > 1)
        assert session.execute(doubled).all() == []
        open_twice = select(Evidence.dataset_id, Evidence.kind).where(Evidence.until.is_(None), Evidence.dataset_id.is_not(None)).group_by(
            Evidence.dataset_id, Evidence.kind).having(func.count() > 1)
        assert session.execute(open_twice).all() == []
        assert session.scalar(select(func.count(Change.dataset_id.distinct()))) == sum(counts.values())


def assert_agencies_took_turns(site) -> None:
    """No run of an agency began before the one before it had ended."""
    turns = defaultdict(list)
    with site.reading() as session:
        for slug, began, ended in session.execute(select(Agency.slug, Run.started_at, Run.finished_at).join(
                Source, Source.agency_id == Agency.id).join(Run, Run.source_id == Source.id)):
            turns[slug].append((began, ended))
    for slug, runs in turns.items():
        for (_, ended), (began, _) in pairwise(sorted(runs)):
            assert ended <= began, slug

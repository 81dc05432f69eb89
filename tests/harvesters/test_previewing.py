"""A dry run in the worker: what a full run would do, said before it is done, and nothing saved but the answer."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from support.harvesting import harvest
from support.portal import Portal, serving
from support.seeding import add_source

from catalog import jobs, previews
from catalog.errors import UsageError
from catalog.models import Dataset, Known, Preview, Run, Source
from catalog.previews import Asked
from catalog.sources import connectors
from harvesters.previewing import look
from harvesters.worker import working


@pytest.fixture
def portal():
    with serving(Portal(6)) as portal:
        yield portal


def ask(site, asked: Asked) -> str:
    jobs.migrate_queue(site.settings)
    orderer = jobs.Jobs(site)
    try:
        with site.writing() as session:
            return previews.order(site, orderer, session, asked).id
    finally:
        orderer.close()


def put(site, asked: Asked) -> Preview:
    """A preview in the store without any queue."""
    with site.writing() as session:
        preview = Preview(source_id=asked.source_id, draft=asked.draft, asked_by=asked.by, asked_at=site.clock.now(),
                          expires=site.clock.now() + previews.KEPT)
        session.add(preview)
        session.flush()
        return preview


def ahead(site, source_id: str, **draft) -> dict:
    return look(site, put(site, Asked(by="a", source_id=source_id, draft=draft or None)).id)["forecast"]


def figures(forecast: dict) -> dict[str, int]:
    return {key: forecast[key] for key in ("created", "updated", "unchanged", "missing", "archived")}


def test_the_worker_answers_and_saves_nothing_else(site, portal):
    source_id = add_source(site, url=portal.url)
    preview_id = ask(site, Asked(by="An", source_id=source_id))
    assert ask(site, Asked(by="An", source_id=source_id)) == preview_id  # asked twice, looked at once
    with working(site):
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            with site.reading() as session:
                preview = session.get_one(Preview, preview_id)
            if preview.state not in previews.OPEN:
                break
            time.sleep(0.05)
    assert preview.state == "done" and len(preview.answer["records"]) == 5
    assert figures(preview.answer["forecast"]) == {"created": 6, "updated": 0, "unchanged": 0, "missing": 0, "archived": 0}
    with site.reading() as session:
        assert [session.scalar(select(func.count()).select_from(table)) for table in (Run, Known, Dataset)] == [0, 0, 0]
    assert connectors(site)["ckan"]["title"]["vi"]  # what the pages need of the connectors


def test_a_draft_is_looked_at_without_being_added(site, portal):
    add_source(site, url=portal.url)
    answer = look(site, put(site, Asked(by="An", draft={"connector": "ckan", "url": portal.url, "options": {}})).id)
    assert answer["forecast"]["created"] == 6
    with site.reading() as session:
        assert session.scalar(select(func.count()).select_from(Source)) == 1


def test_what_is_known_and_the_same_is_left_and_other_options_mean_other_work(site, portal):
    source_id = add_source(site, url=portal.url)
    harvest(site)
    assert figures(ahead(site, source_id)) == {"created": 0, "updated": 0, "unchanged": 6, "missing": 0, "archived": 0}
    changed = ahead(site, source_id, connector="ckan", url=portal.url, options={"license": "cc-by"})
    assert figures(changed) == {"created": 0, "updated": 6, "unchanged": 0, "missing": 0, "archived": 0}


def test_a_shrunken_source_is_said_to_stop_and_ask(site, portal):
    source_id = add_source(site, url=portal.url)
    harvest(site)
    portal.count = 2
    forecast = ahead(site, source_id)
    assert forecast["stop"]["code"] == "source-shrank" and forecast["stop"]["facts"] == {"missing": 4, "before": 6, "source": "nguon"}
    assert figures(forecast)["archived"] == 0


def test_what_has_been_gone_for_the_grace_would_be_archived(site, portal):
    source_id = add_source(site, url=portal.url)
    harvest(site)
    gone = portal.dataset(5)["id"]
    with site.writing() as session:
        session.get_one(Known, (source_id, gone)).missing_since = site.clock.now() - timedelta(days=8)
    portal.count = 5
    assert figures(ahead(site, source_id)) == {"created": 0, "updated": 0, "unchanged": 5, "missing": 0, "archived": 1}


def test_a_source_that_cannot_be_read_says_why(site):
    source_id = add_source(site, url="http://127.0.0.1:9/")
    answer = look(site, put(site, Asked(by="An", source_id=source_id)).id)
    assert answer["issue"]["code"] and "records" not in answer


def test_a_wrong_option_is_said_in_words(site, portal):
    source_id = add_source(site, url=portal.url, nonsense="1")
    assert look(site, put(site, Asked(by="An", source_id=source_id)).id)["issue"]["code"] == "source-misconfigured"


def test_too_many_that_wait_are_refused_and_old_ones_go(site, portal):
    add_source(site, url=portal.url)
    for _ in range(previews.WAITING):
        put(site, Asked(by="An", draft={"connector": "ckan", "url": portal.url}))
    with pytest.raises(UsageError):
        ask(site, Asked(by="An", draft={"connector": "ckan", "url": portal.url}))
    with site.writing() as session:
        for row in session.scalars(select(Preview)):
            row.expires = site.clock.now()
    kept = ask(site, Asked(by="An", draft={"connector": "ckan", "url": portal.url}))
    with site.reading() as session:
        assert list(session.scalars(select(Preview.id))) == [kept]

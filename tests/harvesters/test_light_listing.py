"""Light listings from order to end: only what changed is asked for in full, and nothing is lost by it, on both databases."""

from __future__ import annotations

import json
import time
from datetime import timedelta

import pytest
from sqlalchemy import select
from support.harvesting import order_run, start_worker, wait
from support.killing import assert_all_there
from support.portal import Portal, serving
from support.seeding import add_source
from support.stepping import step_through as harvest

from catalog.clock import FrozenClock
from catalog.models import Dataset, IssueRow, Known, Source
from catalog.site import Site, open_site

FIRST, COUNT = 4, 30  # datasets on the first page, which is always asked for in full; datasets of the portal
GOOD = b"ma,ten,so_luong\nA1,Cho Vung Tau,12\nA2,Cho Ba Ria,7\n"


@pytest.fixture
def portal():
    with serving(Portal(COUNT, page=FIRST, light=True)) as portal:
        portal.datasets = [portal.dataset(n) for n in range(COUNT)]
        yield portal


def in_full(portal: Portal) -> list[str]:
    """The identifiers that were asked for in full since the last look, beside the first page."""
    asked = [query.get("fq", query.get("id", "")) for action, query in portal.asked if "fq" in query or action == "package_show"]
    portal.asked.clear()
    return [dataset["id"] for dataset in portal.datasets or () if any(dataset["id"] in text for text in asked)]


def change(portal: Portal, number: int, *, moved: bool = True, **values) -> None:
    date = {"metadata_modified": f"2024-10-{number:02}T10:00:00.123999"} if moved else {}
    portal.datasets[number] = {**portal.datasets[number], **date, **values}


def titles(site: Site) -> dict[str, str]:
    with site.reading() as session:
        return dict(session.execute(select(Dataset.identifier, Dataset.title)).all())


def open_codes(site: Site) -> list[str]:
    with site.reading() as session:
        return list(session.scalars(select(IssueRow.code).where(IssueRow.closed_at.is_(None)).order_by(IssueRow.id)))


def test_only_what_has_a_new_date_is_asked_for_in_full(site, portal):
    add_source(site, url=portal.url)
    assert harvest(site)["counts"] == {"created": COUNT}
    assert len(in_full(portal)) == COUNT - FIRST
    assert harvest(site)["counts"] == {"unchanged": COUNT}
    assert in_full(portal) == []
    change(portal, 20, title="Tên mới")
    assert harvest(site)["counts"] == {"updated": 1, "unchanged": COUNT - 1}
    assert in_full(portal) == ["dataset-000020"]
    assert titles(site)["dataset-000020"] == "Tên mới"
    assert harvest(site)["counts"] == {"unchanged": COUNT}
    assert in_full(portal) == []


def test_steps_taken_again_after_a_crash_leave_nothing_twice(site, portal):
    add_source(site, url=portal.url)
    assert harvest(site, twice=True)["counts"] == {"created": COUNT}
    change(portal, 20, title="Tên mới")
    assert harvest(site, twice=True)["counts"] == {"updated": 1, "unchanged": COUNT - 1}
    assert harvest(site, twice=True)["counts"] == {"unchanged": COUNT}


def test_a_new_date_on_the_same_answer_changes_nothing(site, portal):
    add_source(site, url=portal.url)
    harvest(site)
    portal.datasets[9] = {**portal.datasets[9], "relationships_as_subject": ["another"]}
    with site.writing() as session:
        session.get(Known, (session.scalar(select(Source.id)), "dataset-000009")).mark = "another"
    portal.asked.clear()
    assert harvest(site)["counts"] == {"unchanged": COUNT}
    assert in_full(portal) == ["dataset-000009"]


def test_forcing_asks_for_everything_in_full(site, portal):
    """The date of a dataset does not change with its organisation; forcing is for that."""
    add_source(site, url=portal.url)
    harvest(site)
    change(portal, 20, moved=False, organization={"title": "Sở Công Thương"})
    in_full(portal)
    assert harvest(site)["counts"] == {"unchanged": COUNT}
    assert in_full(portal) == []
    assert harvest(site, forced=True)["counts"] == {"updated": COUNT}
    assert len(in_full(portal)) == COUNT - FIRST
    with site.reading() as session:
        extras = session.scalar(select(Dataset.extras).where(Dataset.identifier == "dataset-000020"))
    assert {"key": "origin_organization", "value": "Sở Công Thương"} in extras


def test_a_file_that_changes_behind_its_address_is_seen_though_the_date_is_the_same(site, portal):
    portal.datasets.append(portal.with_files(zz_cho=GOOD))
    add_source(site, url=portal.url)
    harvest(site)
    portal.replies["/files/zz_cho.csv"] = (200, "text/csv", GOOD + b"A3,Cho Long Dien,5\n")
    in_full(portal)
    assert harvest(site)["counts"] == {"updated": 1, "unchanged": COUNT}
    assert in_full(portal) == ["zz_cho"]


def test_new_options_ask_for_everything_anew(site, portal):
    add_source(site, url=portal.url)
    harvest(site)
    with site.writing() as session:
        session.scalars(select(Source)).one().options = {"theme": "y-te"}
    in_full(portal)
    assert harvest(site)["counts"] == {"updated": COUNT}
    assert len(in_full(portal)) == COUNT - FIRST


def test_the_same_marks_at_another_address_prove_nothing(site, portal):
    add_source(site, url=portal.url)
    harvest(site)
    with site.writing() as session:
        session.scalars(select(Source)).one().url = portal.url + "/api/3/"
    in_full(portal)
    assert harvest(site)["counts"] == {"unchanged": COUNT}
    assert len(in_full(portal)) == COUNT - FIRST


def test_incremental_may_be_switched_off(site, portal):
    add_source(site, url=portal.url, incremental="no")
    assert harvest(site)["counts"] == {"created": COUNT}
    assert not any("fl" in query for _, query in portal.asked)
    assert in_full(portal) == []


def test_a_record_that_cannot_be_had_in_full_keeps_what_is_live_and_has_not_vanished(site, portal):
    add_source(site, url=portal.url)
    harvest(site)
    change(portal, 20, title="Tên mới")
    broken = {**portal.datasets[20]}
    refused = json.dumps({"success": False, "error": {"__type": "Authorization Error"}}).encode()
    portal.replies["/api/3/action/package_show"] = (403, "application/json", refused)
    listed = portal.answer

    def hides(path: str, query: dict) -> tuple[int, str, bytes]:
        if query.get("fq", [""])[0].startswith("id:("):
            return portal._found([], 0)
        return listed(path, query)

    portal.answer = hides
    run = harvest(site)
    assert (run["status"], run["counts"]) == ("succeeded-with-issues", {"rejected": 1, "unchanged": COUNT - 1})
    assert open_codes(site) == ["ckan-dataset-refused"]
    with site.reading() as session:
        known = session.get(Known, (session.scalar(select(Source.id)), "dataset-000020"))
        dataset = session.scalar(select(Dataset).where(Dataset.identifier == "dataset-000020"))
    assert (known.missing_since, known.mark, dataset.state, dataset.title) == (None, None, "active", "Bộ dữ liệu số 20")
    assert broken["id"] == dataset.identifier
    portal.answer, portal.replies = listed, {}
    assert harvest(site)["counts"] == {"updated": 1, "unchanged": COUNT - 1}
    assert open_codes(site) == []
    assert titles(site)["dataset-000020"] == "Tên mới"


def test_a_portal_that_stops_answering_in_detail_rejects_what_changed_and_says_why(site, portal):
    add_source(site, url=portal.url)
    harvest(site)
    change(portal, 20, title="Tên mới")
    change(portal, 21, title="Tên mới")
    listed = portal.answer
    portal.answer = lambda path, query: (503, "text/plain", b"busy") if "fq" in query else listed(path, query)
    run = harvest(site)
    assert run["counts"] == {"rejected": 2, "unchanged": COUNT - 2}
    assert set(open_codes(site)) == {"host-busy"}
    assert set(titles(site).values()) == {f"Bộ dữ liệu số {n}" for n in range(COUNT)}


def test_what_vanished_and_came_back_is_asked_for_again(site, portal):
    add_source(site, url=portal.url)
    harvest(site)
    gone = portal.datasets.pop()
    harvest(site)
    assert open_codes(site) == ["dataset-vanished"]
    later = open_site(site.settings, clock=FrozenClock(site.clock.now() + timedelta(days=8)))
    assert harvest(later)["counts"] == {"unchanged": COUNT - 1, "archived": 1}
    portal.datasets.append(gone)
    in_full(portal)
    assert harvest(later)["counts"] == {"created": 1, "unchanged": COUNT - 1}
    assert in_full(portal) == [gone["id"]]
    later.engine.dispose()


def test_an_older_answer_than_the_listed_date_is_asked_for_again(site, portal):
    """A cache before the portal may give yesterday's answer; its own date is what is remembered."""
    add_source(site, url=portal.url)
    harvest(site)
    stale = dict(portal.datasets[20])
    change(portal, 20, title="Tên mới")
    listed = portal.answer

    def cached(path: str, query: dict) -> tuple[int, str, bytes]:
        return portal._found([stale], 1) if "fq" in query else listed(path, query)

    portal.answer = cached
    assert harvest(site)["counts"] == {"unchanged": COUNT}
    portal.answer = listed
    assert harvest(site)["counts"] == {"updated": 1, "unchanged": COUNT - 1}
    assert titles(site)["dataset-000020"] == "Tên mới"


def test_a_preview_asks_in_full_for_nothing_but_the_first_page(site, portal):
    from harvesters.preview import preview_source

    shown = preview_source(site, Source(name="x", connector="ckan", url=portal.url, options={}, expectations={}), 3)
    assert [record["title"] for record in shown["records"]] == [f"Bộ dữ liệu số {n}" for n in range(3)]
    assert sum("fl" not in parameters for _, parameters in portal.asked) == 1  # the forecast needs marks only
    assert shown["forecast"]["whole"] and shown["forecast"]["created"] == portal.count


def test_a_killed_worker_asks_again_for_what_was_not_finished(site, tmp_path):
    with serving(Portal(600, page=150, light=True)) as portal:
        add_source(site, url=portal.url)
        run_id = order_run(site)
        worker = start_worker(site.settings, tmp_path / "worker.log")
        try:
            while sum("fq" in query for _, query in portal.asked) < 2:
                assert worker.poll() is None
                time.sleep(0.02)
            worker.kill()
            worker.wait()
            worker = start_worker(site.settings, tmp_path / "worker.log")
            status = wait(site, run_id)
        finally:
            worker.terminate()
            worker.wait(timeout=30)
    assert status == "succeeded"
    assert_all_there(site, run_id, 600)

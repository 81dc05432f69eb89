"""A run from its order to its end: counters equal lists, nothing that goes wrong takes anything off the site."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest
from sqlalchemy import Engine, event, func, select
from support.harvesting import harvest, order_run
from support.portal import Portal, serving
from support.seeding import add_source

from catalog import jobs, workers
from catalog.clock import FrozenClock
from catalog.models import Dataset, IssueRow, Known, Resource, RunRecord, Version
from catalog.site import Site, open_site

GOOD = "ma,ten,so_luong\nA1,Chợ Vũng Tàu,12\nA2,Chợ Bà Rịa,7\n".encode()
BETTER = GOOD + "A3,Chợ Long Điền,5\n".encode()
RAGGED = b"ma,ten,so_luong\nA1,x\nA2,y,3,4,5\n"


@pytest.fixture
def portal():
    with serving(Portal(12, page=5)) as portal:
        yield portal


def codes(site: Site, *, still_open: bool = True) -> list[str]:
    with site.reading() as session:
        query = select(IssueRow.code).order_by(IssueRow.id)
        return list(session.scalars(query.where(IssueRow.closed_at.is_(None)) if still_open else query))


def datasets(site: Site) -> dict[str, Dataset]:
    with site.reading() as session:
        return {dataset.identifier: dataset for dataset in session.scalars(select(Dataset))}


@pytest.fixture
def later(site):
    """The same site some days later."""
    opened = []

    def open_later(days: int) -> Site:
        opened.append(open_site(site.settings, clock=FrozenClock(site.clock.now() + timedelta(days=days))))
        return opened[-1]

    yield open_later
    for one in opened:
        one.engine.dispose()


def test_everything_is_published_once_and_the_second_run_finds_nothing_new(site, portal):
    add_source(site, url=portal.url)
    first, second = harvest(site), harvest(site)
    assert first["counts"] == {"created": 12}
    assert second["counts"] == {"unchanged": 12}
    assert second["status"] == "succeeded"
    assert {dataset.state for dataset in datasets(site).values()} == {"active"}


def test_a_worker_that_stops_lets_what_is_being_written_down_be_written(site, portal):
    add_source(site, url=portal.url)

    def slowly(connection, cursor, statement, parameters, context, many):
        if statement.startswith("UPDATE") and "workflow_status" in statement:
            time.sleep(0.3)

    event.listen(Engine, "before_cursor_execute", slowly)
    try:
        harvest(site)
        left = [thread.name for thread in threading.enumerate() if thread.name.startswith("dbos-executor-")]
    finally:
        event.remove(Engine, "before_cursor_execute", slowly)
    assert not left


def test_counters_equal_lists(site, portal):
    portal.file_every = 3
    add_source(site, url=portal.url)
    run = harvest(site)
    with site.reading() as session:
        records = session.scalar(select(func.count()).select_from(RunRecord).where(RunRecord.run_id == run["run"]))
        issues = session.scalar(select(func.count()).select_from(IssueRow).where(IssueRow.run_id == run["run"]))
    assert (records, issues) == (run["records"], sum(run["issues"].values()))


def test_a_changed_answer_updates_its_dataset_only(site, portal):
    add_source(site, url=portal.url)
    harvest(site)
    before = datasets(site)
    portal.datasets = [{**portal.dataset(n), **({"title": "Tên mới"} if n == 4 else {})} for n in range(12)]
    assert harvest(site)["counts"] == {"updated": 1, "unchanged": 11}
    after = datasets(site)
    assert after["dataset-000004"].title == "Tên mới"
    assert after["dataset-000004"].name == before["dataset-000004"].name


def test_a_file_that_fails_is_kept_apart_and_the_last_good_one_stays_live(site, portal):
    portal.datasets = [portal.with_files(cho=GOOD)]
    add_source(site, url=portal.url)
    harvest(site)
    portal.replies["/files/cho.csv"] = (200, "text/csv", RAGGED)
    run = harvest(site)
    assert run["counts"] == {"rejected": 1}
    with site.reading() as session:
        resource = session.scalar(select(Resource))
        versions = list(session.scalars(select(Version).order_by(Version.number)))
        live = session.get(Version, resource.version_id)
    assert [(v.number, v.state) for v in versions] == [(1, "published"), (2, "refused")]
    assert site.files.get(live.sha256) == GOOD
    assert site.files.get(versions[1].sha256) == RAGGED
    assert versions[1].report_sha256 is not None
    assert datasets(site)["cho"].state == "active"


def test_a_good_file_after_a_refused_one_goes_live_and_closes_the_issues(site, portal):
    portal.datasets = [portal.with_files(cho=RAGGED)]
    add_source(site, url=portal.url)
    assert harvest(site)["counts"] == {"rejected": 1}
    assert datasets(site)["cho"].state == "draft"
    assert codes(site)
    portal.replies["/files/cho.csv"] = (200, "text/csv", BETTER)
    assert harvest(site)["counts"] == {"created": 1}
    assert datasets(site)["cho"].state == "active"
    assert codes(site) == []


def test_an_unchanged_file_is_asked_for_again_and_left_alone(site, portal):
    portal.datasets = [portal.with_files(cho=GOOD)]
    add_source(site, url=portal.url)
    harvest(site)
    asked = portal.requests.count("/files/cho.csv")
    assert harvest(site)["counts"] == {"unchanged": 1}
    assert portal.requests.count("/files/cho.csv") > asked
    with site.reading() as session:
        assert session.scalar(select(func.count()).select_from(Version)) == 1


def test_a_file_that_cannot_be_had_stays_a_link_with_an_issue(site, portal):
    portal.datasets = [portal.with_files(cho=GOOD)]
    portal.replies["/files/cho.csv"] = (404, "text/html", b"no")
    add_source(site, url=portal.url)
    run = harvest(site)
    assert run["counts"] == {"created": 1}
    assert codes(site) == ["http-status"]
    assert harvest(site)["counts"] == {"unchanged": 1}


@pytest.mark.parametrize(("status", "kind", "body"), [
    (200, "text/html", b"<html><body>Bao tri</body></html>"),
    (200, "application/json", b'{"success": true, "result": {"count": 12, "results": [{"id"'),
    (503, "text/plain", b"down"),
    (200, "application/json", b""),
    (200, "application/json", b'{"success": true, "result": {"count": 0, "results": []}}'),
    (200, "application/json", b'["not", "an", "answer"]'),
])
def test_an_answer_that_cannot_be_used_takes_nothing_off_the_site(site, portal, status, kind, body):
    add_source(site, url=portal.url)
    harvest(site)
    for action in ("package_search", "package_list"):
        portal.replies[f"/api/3/action/{action}"] = (status, kind, body)
    run = harvest(site)
    assert run["status"] in ("failed", "succeeded-with-issues")
    assert codes(site)
    assert {dataset.state for dataset in datasets(site).values()} == {"active"}
    with site.reading() as session:
        assert session.scalar(select(func.count()).select_from(Known).where(Known.missing_since.is_not(None))) == 0


def test_a_failed_run_closes_its_issue_when_the_source_is_back(site, portal):
    add_source(site, url=portal.url)
    for action in ("package_search", "package_list"):
        portal.replies[f"/api/3/action/{action}"] = (503, "text/plain", b"down")
    assert harvest(site)["status"] == "failed"
    portal.replies.clear()
    assert harvest(site)["status"] == "succeeded"
    assert codes(site) == []


def test_the_same_identifier_twice_is_taken_once_and_said(site, portal):
    portal.datasets = [portal.dataset(1), portal.dataset(2), {**portal.dataset(1), "title": "Lần thứ hai"}]
    add_source(site, url=portal.url)
    run = harvest(site)
    assert run["counts"] == {"created": 2, "skipped": 1}
    assert codes(site) == ["duplicate-identifier"]
    assert datasets(site)["dataset-000001"].title != "Lần thứ hai"


def test_a_missing_identifier_is_said_and_the_others_go_on(site, portal):
    nameless = {k: v for k, v in portal.dataset(1).items() if k not in ("id", "name")}
    portal.datasets = [nameless, portal.dataset(2)]
    add_source(site, url=portal.url)
    run = harvest(site)
    assert run["counts"] == {"created": 1, "skipped": 1}
    assert len(codes(site)) == 1


def test_names_that_collide_after_folding_get_names_of_their_own(site, portal):
    portal.datasets = [{**portal.dataset(n), "name": None, "title": title} for n, title in enumerate(("Đường bộ", "Dương bò", "duong bo"))]
    add_source(site, url=portal.url)
    harvest(site)
    assert sorted(dataset.name for dataset in datasets(site).values()) == ["duong-bo", "duong-bo-2", "duong-bo-3"]


def test_hostile_titles_are_kept_as_text_and_long_ones_are_cut_with_a_word(site, portal):
    portal.datasets = [{**portal.dataset(1), "title": "<script>alert(1)</script>"}, {**portal.dataset(2), "title": "dài " * 2_500}]
    add_source(site, url=portal.url)
    assert harvest(site)["counts"] == {"created": 2}
    found = datasets(site)
    assert found["dataset-000001"].title == "<script>alert(1)</script>"
    assert len(found["dataset-000002"].title) == 1_000
    assert codes(site) == ["title-too-long"]


def test_a_shrunken_source_is_not_deleted_without_approval(site, portal, later):
    add_source(site, url=portal.url)
    harvest(site)
    portal.count = 6
    run = harvest(site)
    assert codes(site) == ["source-shrank"]
    assert run["counts"] == {"unchanged": 6}
    harvest(later(30))
    assert {dataset.state for dataset in datasets(site).values()} == {"active"}


def test_a_source_below_its_minimum_says_so(site, portal):
    add_source(site, url=portal.url, minimum=20)
    harvest(site)
    assert codes(site) == ["source-below-minimum"]


def test_a_dataset_that_vanished_is_archived_after_the_grace_and_comes_back_at_its_address(site, portal, later):
    add_source(site, url=portal.url)
    harvest(site)
    name = datasets(site)["dataset-000011"].name
    portal.count = 11
    harvest(site)
    assert codes(site) == ["dataset-vanished"]
    assert datasets(site)["dataset-000011"].state == "active"
    assert harvest(later(8))["counts"] == {"unchanged": 11, "archived": 1}
    gone = datasets(site)["dataset-000011"]
    assert (gone.state, gone.archived_reason) == ("deleted", "not-at-source")
    portal.count = 12
    harvest(later(9))
    back = datasets(site)["dataset-000011"]
    assert (back.state, back.name, back.archived_at) == ("active", name, None)
    with site.reading() as session:
        assert session.scalar(select(func.count()).select_from(Dataset)) == 12


def test_a_run_that_is_called_off_keeps_what_it_has_and_says_cancelled(site, portal):
    add_source(site, url=portal.url)
    run_id = order_run(site)
    with site.writing() as session:
        assert jobs.cancel(session, run_id)
    from support.harvesting import wait

    from harvesters.harvest_command import results
    from harvesters.worker import working

    with working(site):
        assert wait(site, run_id) == "cancelled"
    assert results(site, [run_id])[0]["counts"] == {}
    assert harvest(site)["counts"] == {"created": 12}


def test_a_second_run_of_the_same_source_is_refused_in_words(site, portal):
    add_source(site, url=portal.url)
    order_run(site)
    with pytest.raises(jobs.Busy) as refusal:
        order_run(site)
    assert "đang được thu thập" in refusal.value.vi
    assert "being harvested" in refusal.value.en


def test_a_second_worker_of_the_same_name_is_refused(site):
    from catalog.errors import UsageError

    with workers.worker_lock(site.settings):
        assert workers.worker_alive(site)
        with pytest.raises(UsageError, match="HAIDANG_EXECUTOR_ID"), workers.worker_lock(site.settings):
            pass
    assert not workers.worker_alive(site)


def test_forcing_does_again_what_has_not_changed(site, portal):
    add_source(site, url=portal.url)
    harvest(site)
    assert harvest(site, forced=True)["counts"] == {"updated": 12}


def test_a_listing_that_is_not_whole_archives_nothing(site, portal, later):
    add_source(site, url=portal.url)
    harvest(site)
    nameless = {key: value for key, value in portal.dataset(11).items() if key not in ("id", "name")}
    portal.datasets = [*(portal.dataset(n) for n in range(11)), nameless]
    harvest(site)
    harvest(later(30))
    assert datasets(site)["dataset-000011"].state == "active"


def test_a_link_that_cannot_be_used_is_left_out_and_the_dataset_published(site, portal):
    bad = {"id": "x", "name": "x", "format": "HTML", "url": "javascript:alert(1)"}
    portal.datasets = [{**portal.dataset(1), "resources": [bad, *portal.dataset(1)["resources"]]}]
    add_source(site, url=portal.url)
    assert harvest(site)["counts"] == {"created": 1}
    assert codes(site) == ["link-dropped"]
    with site.reading() as session:
        assert session.scalar(select(func.count()).select_from(Resource)) == 1


def test_a_title_that_is_no_name_gets_one(site, portal):
    portal.datasets = [{**portal.dataset(1), "name": None, "title": "Search"}, {**portal.dataset(2), "name": "new"}]
    add_source(site, url=portal.url)
    harvest(site)
    assert sorted(dataset.name for dataset in datasets(site).values()) == ["new-2", "search-2"]


def test_a_file_that_could_not_be_had_is_tried_again_an_hour_later(site, portal, later):
    portal.datasets = [portal.with_files(cho=GOOD)]
    good = portal.replies.pop("/files/cho.csv")
    add_source(site, url=portal.url)
    harvest(site)
    portal.replies["/files/cho.csv"] = good
    assert harvest(site)["counts"] == {"unchanged": 1}
    assert harvest(later(1))["counts"] == {"updated": 1}
    assert codes(site) == []
    with site.reading() as session:
        assert session.scalar(select(Resource.reachable)) is True


def test_a_file_that_is_gone_for_a_while_keeps_its_last_version_and_comes_back(site, portal, later):
    portal.datasets = [portal.with_files(cho=GOOD)]
    add_source(site, url=portal.url)
    harvest(site)
    good = portal.replies.pop("/files/cho.csv")
    assert harvest(site)["counts"] == {"updated": 1}
    assert codes(site) == ["http-status"]
    with site.reading() as session:
        resource = session.scalar(select(Resource))
        assert (resource.reachable, site.files.get(session.get(Version, resource.version_id).sha256)) == (False, GOOD)
    portal.replies["/files/cho.csv"] = good
    harvest(later(1))
    assert codes(site) == []
    with site.reading() as session:
        assert session.scalar(select(Resource.reachable)) is True
        assert session.scalar(select(func.count()).select_from(Version)) == 1


def test_a_folder_of_this_machine_is_published_without_telling_where_it_lies(site, tmp_path):
    folder = tmp_path / "noi-bo"
    folder.mkdir()
    (folder / "chợ.csv").write_bytes(GOOD)
    add_source(site, url=str(folder), connector="directory")
    assert harvest(site)["counts"] == {"created": 1}
    with site.reading() as session:
        resource = session.scalar(select(Resource))
        assert site.files.get(session.get(Version, resource.version_id).sha256) == GOOD
        assert "noi-bo" not in resource.url
    (folder / "chợ.csv").write_bytes(BETTER)
    assert harvest(site)["counts"] == {"updated": 1}
    assert harvest(site)["counts"] == {"unchanged": 1}


def test_a_hostile_listing_of_files_stops_nothing(site, portal):
    links = "".join(f'<a href="{href}">x</a>' for href in ("cho.csv", "a%00b.csv", f"{'d' * 600}.csv", "%ff%fe.csv"))
    portal.replies["/kho/"] = (200, "text/html", f"<html><title>Index of /kho</title><body>{links}</body></html>".encode())
    portal.replies["/kho/cho.csv"] = (200, "text/csv", GOOD)
    add_source(site, url=f"{portal.url}/kho/", connector="directory")
    run = harvest(site)
    assert run["status"] == "succeeded-with-issues"
    assert "fault" not in codes(site)
    assert "run-fault" not in codes(site)
    assert "identifier-too-long" in codes(site)
    assert datasets(site)["cho.csv"].state == "active"

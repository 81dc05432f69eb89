"""Pain 4: duplicates after re-harvest. Identity is the source's identifier, once; what moved is followed; what is twice is said."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from support.harvesting import harvest
from support.keeping import BETTER, GOOD, datasets, days_later, open_codes
from support.portal import Portal, serving
from support.seeding import add_source
from support.stepping import step_through
from support.web_server import reply, web_server

from catalog import db
from catalog.addresses import dataset_at
from catalog.models import (
    Agency,
    Dataset,
    IssueRow,
    Known,
    OldName,
    Resource,
    Run,
    RunRecord,
    Source,
    Version,
    new_id,
)
from harvesters.run import Harvest


@pytest.fixture
def portal():
    with serving(Portal(12, page=5)) as portal:
        yield portal


@pytest.fixture
def other_portal():
    with serving(Portal(12, page=5)) as portal:
        yield portal


@pytest.fixture
def later():
    with days_later() as later:
        yield later


def second_source(site, url, name="nguon-2", agency="so-noi-vu") -> str:
    with site.writing() as session:
        owner = session.scalar(select(Agency).where(Agency.slug == agency))
        source = Source(name=name, agency_id=owner.id, connector="ckan", url=url, options={}, created=site.clock.now(), expectations={})
        session.add(source)
        session.flush()
        return source.id


def twin_issues(site) -> list[IssueRow]:
    with site.reading() as session:
        return list(session.scalars(select(IssueRow).where(IssueRow.code == "dataset-in-two-sources", IssueRow.closed_at.is_(None))))


# --- one identity ---


def test_the_database_itself_refuses_a_second_dataset_of_an_identifier(site, portal):
    source_id = add_source(site, url=portal.url)
    ready, outcomes = threading.Barrier(2), []

    def write(name: str) -> None:
        now = site.clock.now()
        ready.wait()
        try:
            with db.transaction(site.engine) as session:
                session.add(Dataset(name=name, title="Chợ", source_id=source_id, identifier="cho", metadata_created=now, metadata_modified=now))
            outcomes.append("written")
        except IntegrityError:
            outcomes.append("refused")

    threads = [threading.Thread(target=write, args=(name,)) for name in ("cho-1", "cho-2")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["refused", "written"]


def test_two_runs_at_once_of_the_same_source_leave_every_dataset_once(site, portal):
    source_id = add_source(site, url=portal.url)
    harvest_of = Harvest(site)
    run_ids = [new_id(), new_id()]
    with site.writing() as session:
        session.add_all(Run(id=run_id, source_id=source_id, queued_at=site.clock.now(), started_at=site.clock.now()) for run_id in run_ids)
    pages = [harvest_of.read_page(run_id, 0, None) for run_id in run_ids]
    records = [harvest_of.prepare(run_id, page["first"], page["last"]) for run_id, page in zip(run_ids, pages, strict=True)]
    ready = threading.Barrier(2)

    def take_in(run_id, batch) -> None:
        ready.wait()
        for attempt in range(2):  # a worker takes a chunk again, record by record, when it broke
            try:
                with site.writing() as session:
                    harvest_of.take_in(session, run_id, batch)
                return
            except IntegrityError:
                assert attempt == 0

    threads = [threading.Thread(target=take_in, args=pair) for pair in zip(run_ids, records, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with site.reading() as session:
        assert session.scalar(select(func.count()).select_from(Dataset)) == len(records[0])
        assert session.scalar(select(func.count()).select_from(RunRecord)) == 2 * len(records[0])


def test_forgetting_the_history_of_runs_forgets_no_identity(site, portal):
    add_source(site, url=portal.url)
    step_through(site)
    before = {name: dataset.id for name, dataset in datasets(site).items()}
    with site.writing() as session:
        for run in session.scalars(select(Run)):
            session.delete(run)
    portal.title_suffix = " (mới)"
    assert step_through(site)["counts"] == {"updated": 12}
    assert {name: dataset.id for name, dataset in datasets(site).items()} == before


# --- what moved or was renamed keeps its address ---


def test_another_title_leaves_the_address_as_it_is(site, portal):
    portal.datasets = [{**portal.dataset(n), "name": None} for n in range(3)]
    add_source(site, url=portal.url)
    step_through(site)
    before = {name: dataset.name for name, dataset in datasets(site).items()}
    portal.datasets = [{**portal.dataset(n), "name": None, "title": f"Tên khác hẳn {n}"} for n in range(3)]
    step_through(site)
    assert {name: dataset.name for name, dataset in datasets(site).items()} == before


def test_a_source_at_another_address_keeps_every_identity_and_every_file(site, portal, other_portal):
    portal.datasets = [portal.with_files(cho=GOOD), portal.dataset(1)]
    add_source(site, url=portal.url)
    step_through(site)
    before = datasets(site)
    other_portal.datasets = [other_portal.with_files(cho=GOOD), other_portal.dataset(1)]
    with site.writing() as session:
        session.execute(update(Source).values(url=other_portal.url))
    step_through(site)
    after = datasets(site)
    for name, dataset in before.items():
        assert (after[name].id, after[name].name) == (dataset.id, dataset.name)
        assert [resource.id for resource in after[name].resources] == [resource.id for resource in dataset.resources]
        assert all(resource.url.startswith(other_portal.url) for resource in after[name].resources)
    with site.reading() as session:
        assert session.scalar(select(func.count()).select_from(Version)) == 1


def test_an_identifier_that_changes_is_followed_by_the_bytes_of_the_files(site, portal):
    portal.datasets = [portal.with_files(cho=GOOD), *(portal.dataset(n) for n in range(1, 10))]
    add_source(site, url=portal.url)
    step_through(site)
    before = datasets(site)["cho"]
    moved = {**portal.with_files(cho_moi=GOOD), "title": "Chợ, hệ thống mới"}
    portal.datasets = [moved, *portal.datasets[1:]]
    run = step_through(site)
    assert run["counts"] == {"updated": 1, "unchanged": 9}
    after = datasets(site)
    assert "cho" not in after
    one = after["cho_moi"]
    assert (one.id, one.name, one.title, one.state) == (before.id, before.name, "Chợ, hệ thống mới", "active")
    assert [resource.id for resource in one.resources] == [resource.id for resource in before.resources]
    assert one.resources[0].url.endswith("/files/cho_moi.csv")
    assert open_codes(site) == ["dataset-moved"]
    with site.reading() as session:
        assert [version.number for version in session.scalars(select(Version))] == [1]
        assert session.get(Known, (one.source_id, "cho")) is None
        assert session.get(Known, (one.source_id, "cho_moi")).dataset_id == one.id
        late = session.scalars(select(OldName)).one()
        assert dataset_at(session, late.name).dataset.id == one.id


def test_what_was_followed_goes_on_with_new_versions_and_the_run_after_finds_nothing_new(site, portal):
    portal.datasets = [portal.with_files(cho=GOOD), *(portal.dataset(n) for n in range(1, 10))]
    add_source(site, url=portal.url)
    step_through(site)
    resource_id = datasets(site)["cho"].resources[0].id
    portal.datasets = [portal.with_files(cho_moi=GOOD), *portal.datasets[1:]]
    step_through(site)
    assert step_through(site)["counts"] == {"unchanged": 10}
    portal.replies["/files/cho_moi.csv"] = (200, "text/csv", BETTER)
    assert step_through(site)["counts"] == {"updated": 1, "unchanged": 9}
    with site.reading() as session:
        versions = session.scalars(select(Version).order_by(Version.number)).all()
        assert [(version.number, version.resource_id) for version in versions] == [(1, resource_id), (2, resource_id)]
        assert session.get(Resource, resource_id).version_id == versions[1].id
    assert site.search.refresh() is None


def test_an_identifier_that_changes_is_followed_by_the_addresses_of_the_files_though_they_are_updated(site, portal):
    portal.datasets = [portal.with_files(cho=GOOD), *(portal.dataset(n) for n in range(1, 10))]
    add_source(site, url=portal.url)
    step_through(site)
    before = datasets(site)["cho"]
    portal.replies["/files/cho.csv"] = (200, "text/csv", BETTER)
    portal.datasets = [{**portal.datasets[0], "id": "ma-moi", "name": "ma-moi"}, *portal.datasets[1:]]
    step_through(site)
    one = datasets(site)["ma-moi"]
    assert (one.id, one.name) == (before.id, before.name)
    with site.reading() as session:
        versions = session.scalars(select(Version).where(Version.resource_id == before.resources[0].id).order_by(Version.number)).all()
        assert [version.number for version in versions] == [1, 2]
        assert session.get(Resource, before.resources[0].id).version_id == versions[1].id


def test_what_was_wrong_under_the_former_identifier_ends_when_it_is_followed(site, portal):
    whole = portal.with_files(cho=GOOD)
    lost = {"id": "mat", "name": "mat", "format": "CSV", "url": f"{portal.url}/files/mat.csv"}
    portal.datasets = [{**whole, "resources": [*whole["resources"], lost]}, *(portal.dataset(n) for n in range(1, 10))]
    add_source(site, url=portal.url)
    step_through(site)
    assert open_codes(site) == ["http-status"]
    portal.datasets = [portal.with_files(cho_moi=GOOD), *portal.datasets[1:]]
    step_through(site)
    assert open_codes(site) == ["dataset-moved"]


def test_a_portal_that_changes_every_identifier_is_followed_whole_instead_of_asking(site, portal):
    add_source(site, url=portal.url)
    step_through(site)
    before = {dataset.title: (dataset.id, dataset.name) for dataset in datasets(site).values()}
    portal.datasets = [{**portal.dataset(n), "id": f"moi-{n}"} for n in range(12)]
    assert step_through(site)["counts"] == {"updated": 12}
    assert {dataset.title: (dataset.id, dataset.name) for dataset in datasets(site).values()} == before
    assert open_codes(site) == ["dataset-moved"] * 12


def test_where_it_could_be_several_it_is_new_and_that_is_said(site, portal):
    portal.datasets = [portal.with_files(cho=GOOD), portal.with_files(sieu_thi=GOOD), *(portal.dataset(n) for n in range(2, 14))]
    add_source(site, url=portal.url)
    step_through(site)
    portal.datasets = [portal.with_files(ca_hai=GOOD), *portal.datasets[2:]]
    step_through(site)
    after = datasets(site)
    assert {"cho", "sieu_thi", "ca_hai"} <= set(after)
    assert open_codes(site) == ["dataset-move-unclear", "dataset-vanished", "dataset-vanished"]


def test_what_all_datasets_of_a_source_link_to_tells_nothing(site, portal):
    manual = [{"id": "r", "name": "Hướng dẫn", "format": "PDF", "url": "https://so.example.vn/huong-dan.pdf"}]
    portal.datasets = [{**portal.dataset(n), "resources": manual} for n in range(10)]
    add_source(site, url=portal.url)
    step_through(site)
    portal.datasets = [*portal.datasets[:9], {**portal.dataset(99), "resources": manual}]
    step_through(site)
    assert open_codes(site) == ["dataset-vanished"]
    assert len(datasets(site)) == 11


def test_a_manual_that_two_sources_link_to_makes_no_twins(site, portal, other_portal):
    manual = [{"id": "r", "name": "Hướng dẫn", "format": "PDF", "url": "https://so.example.vn/huong-dan.pdf"}]
    portal.datasets = [{**portal.dataset(0), "resources": manual}]
    other_portal.datasets = [{**other_portal.dataset(1), "resources": manual}]
    add_source(site, url=portal.url)
    second_source(site, other_portal.url)
    harvest(site)
    harvest(site, "nguon-2")
    assert twin_issues(site) == []


def test_a_new_dataset_beside_a_vanished_one_that_is_not_like_it_is_new(site, portal):
    add_source(site, url=portal.url)
    step_through(site)
    portal.datasets = [*(portal.dataset(n) for n in range(11)), portal.dataset(99)]
    step_through(site)
    assert len(datasets(site)) == 13
    assert open_codes(site) == ["dataset-vanished"]


def test_a_file_renamed_in_a_folder_keeps_its_address_and_its_versions(site):
    with web_server() as server:
        def listing(*names):
            rows = "".join(f'<a href="{name}">{name}</a>  2024-09-30 10:00  12K\n' for name in names)
            server.routes["/files/"] = reply(f'<html><h1>Index of /files/</h1><pre><a href="../">../</a>\n{rows}</pre></html>')

        for name in ("cho-2023.csv", "cho.csv"):
            server.routes[f"/files/{name}"] = reply(GOOD, content_type="text/csv")
        listing("cho-2023.csv")
        add_source(site, url=server.url("/files/"), connector="directory")
        step_through(site)
        before = datasets(site)["cho-2023.csv"]
        listing("cho.csv")
        step_through(site)
        after = datasets(site)
    assert set(after) == {"cho.csv"}
    assert (after["cho.csv"].id, after["cho.csv"].name) == (before.id, before.name)


def test_an_agency_that_is_merged_takes_its_datasets_along_and_no_address_dies(site, portal):
    portal.datasets = [portal.dataset(n) for n in range(3)]
    add_source(site, url=portal.url)
    step_through(site)
    before = {name: (dataset.id, dataset.name, dataset.published_by) for name, dataset in datasets(site).items()}
    with site.writing() as session:
        heir = session.scalar(select(Agency).where(Agency.slug == "so-noi-vu"))
        session.scalar(select(Agency).where(Agency.slug == "so-y-te")).valid_to = date(2024, 9, 29)
        session.execute(update(Source).values(agency_id=heir.id))
    portal.title_suffix = " (sau sáp nhập)"
    portal.datasets = [portal.dataset(n) for n in range(3)]
    step_through(site)
    assert {name: (dataset.id, dataset.name, dataset.published_by) for name, dataset in datasets(site).items()} == before
    assert {dataset.owner_org for dataset in datasets(site).values()} == {heir.id}


# --- the same from two sources ---


def test_the_same_bytes_from_two_sources_are_said_once_on_the_later_one(site, portal, other_portal):
    portal.datasets = [portal.with_files(cho=GOOD)]
    other_portal.datasets = [{**other_portal.with_files(cho_2=GOOD), "title": "Danh sách chợ", "name": "danh-sach-cho"}]
    add_source(site, url=portal.url)
    second_source(site, other_portal.url)
    harvest(site)
    assert harvest(site, "nguon-2")["counts"] == {"created": 1}
    (said,) = twin_issues(site)
    first, second = datasets(site)["cho"], datasets(site)["cho_2"]
    assert (said.dataset_id, said.facts["other"], said.severity, said.who) == (second.id, first.id, "warning", "catalogue")
    assert said.facts["other_url"] == f"http://haidang.test/dataset/{first.name}"
    assert {first.state, second.state} == {"active"}
    portal.title_suffix = " (mới)"
    portal.datasets = [{**portal.datasets[0], "title": "Chợ, tên mới"}]
    harvest(site)
    assert [each.dataset_id for each in twin_issues(site)] == [second.id]


def test_the_same_address_of_a_file_is_noticed_however_it_is_written(site, portal, other_portal):
    link = {"id": "r", "name": "KML", "format": "KML"}
    portal.datasets = [{**portal.dataset(0), "resources": [{**link, "url": "https://so.example.vn:443/tai%20lieu/a.kml?b=1&a=2"}]}]
    other_portal.datasets = [{**other_portal.dataset(1), "resources": [{**link, "url": "http://SO.example.vn/tai lieu/a.kml?a=2&b=1#trang-2"}]}]
    add_source(site, url=portal.url)
    second_source(site, other_portal.url)
    harvest(site)
    harvest(site, "nguon-2")
    (said,) = twin_issues(site)
    assert "address" in said.facts["why_en"]


def test_the_same_title_counts_within_one_agency_only(site, portal, other_portal):
    portal.datasets = [{**portal.dataset(0), "title": "Danh sách chợ"}]
    other_portal.datasets = [{**other_portal.dataset(1), "title": "DANH SÁCH  CHỢ."}]
    add_source(site, url=portal.url)
    second_source(site, other_portal.url)
    second_source(site, other_portal.url, name="nguon-3", agency="so-y-te")
    harvest(site)
    harvest(site, "nguon-2")
    assert twin_issues(site) == []
    harvest(site, "nguon-3")
    with site.reading() as session:
        third = session.scalar(select(Source.id).where(Source.name == "nguon-3"))
    said = twin_issues(site)
    assert [each.source_id for each in said] == [third]


def test_what_is_no_longer_twice_is_no_longer_said(site, portal, other_portal, later):
    portal.datasets = [portal.with_files(cho=GOOD), portal.dataset(1)]
    other_portal.datasets = [{**other_portal.with_files(cho_2=GOOD), "title": "Danh sách chợ"}, other_portal.dataset(7)]
    add_source(site, url=portal.url)
    second_source(site, other_portal.url)
    harvest(site)
    harvest(site, "nguon-2")
    assert len(twin_issues(site)) == 1
    portal.replies["/files/cho.csv"] = (200, "text/csv", BETTER)
    harvest(site)
    harvest(site, "nguon-2")
    assert twin_issues(site) == []


def test_many_alike_within_one_source_are_no_matter_for_a_clerk(site, portal):
    portal.file_every = 1
    add_source(site, url=portal.url)
    step_through(site)
    assert twin_issues(site) == []

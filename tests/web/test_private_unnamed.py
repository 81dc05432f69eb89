"""No public page or service names a private dataset; who acts for its agency sees its own."""

from __future__ import annotations

import json

import pytest
from support.acting import account_client
from support.people import people
from support.published import issue, sow
from support.visiting import visitor

from catalog import evidence, removals
from catalog.models import Dataset, IssueRow, Removal, Resource, Run, RunRecord, Source
from web.mcp.tools import Tools

SECRET = "bi-mat"  # stands in everything that would name the private dataset


@pytest.fixture
def sown(site, tmp_path):
    """A published catalogue in which one more dataset is private, with a run that rejected it."""
    found = sow(site, tmp_path)
    people(site)
    now = site.clock.now()
    with site.writing() as session:
        source = session.get_one(Source, found.source)
        dataset = Dataset(name=f"{SECRET}-ten", title=f"Tên {SECRET}", owner_org=found.agency, published_by=found.agency, private=True,
                          license_id="cc-by", source_id=source.id, identifier=f"{SECRET}-ma", metadata_created=now, metadata_modified=now)
        dataset.resources.append(Resource(position=0, name="Tệp", format="CSV", url=f"http://nguon.test/{SECRET}.csv", created=now, metadata_modified=now))
        session.add(dataset)
        session.flush()
        session.add(RunRecord(run_id=found.run, identifier=dataset.identifier, outcome="rejected", at=now, dataset_id=dataset.id))
        for number, dataset_id in enumerate((dataset.id, None)):  # one knows its dataset, the other its identifier only
            row = issue(source, found.run, "cell-type", now, identifier=dataset.identifier, dataset_id=dataset_id)
            row.fingerprint, row.place = f"{SECRET}{number}", {"url": f"http://nguon.test/{SECRET}.csv", "file": f"{SECRET}.csv", "column": "B"}
            row.facts = {"title": f"Cột {SECRET}", "title_en": SECRET, "count": 1, "at": "B2", "example": SECRET, "expected": SECRET}
            session.add(row)
        session.add(Removal(source_id=source.id, run_id=found.run, asked_at=now, before=2, missing=["bo-1", dataset.identifier]))
        for row in session.query(IssueRow).filter(IssueRow.code != "cell-type"):
            row.closed_at = now  # so that the oldest open issue is that of the private dataset
        session.flush()
        evidence.record_source(session, source.id, now)
        evidence.record_datasets(session, [dataset.id], now)
    return found


def pages(sown) -> list[str]:
    run, source = f"/runs/{sown.run}", "/runs/source/nguon-y-te"
    return ["/runs", "/runs/issues", "/runs/issues?code=cell-type", "/runs/issues.csv", "/runs/all", "/runs/notices", run, f"{run}?outcome=rejected",
            f"{run}?code=cell-type", f"{run}?severity=error", f"{run}/issues.csv", f"{run}/progress.json", source]


def others() -> list[str]:
    return ["/", "/dataset", "/dataset?q=mat", "/organization", "/organization/so-y-te", "/participation", "/participation/changes", "/participation.json", "/participation.csv", "/group/giao-thong", "/data.json",
            "/catalog.ttl", "/catalog.jsonld", "/feeds/dataset.atom", "/feeds/organization/so-y-te.atom", "/sitemap.xml",
            "/oai?verb=ListRecords&metadataPrefix=oai_dc", "/api/3/action/package_search?q=mat", "/api/3/action/package_list",
            "/api/3/action/resource_search?query=url:csv", "/api/3/action/current_package_list_with_resources", "/api/3/action/status_show",
            "/api/3/action/organization_show?id=so-y-te&include_datasets=true", "/api/3/action/package_autocomplete?q=bi"]


def test_no_page_names_a_private_dataset_to_a_stranger(site, sown):
    for client in (visitor(site), account_client(site, "nam")):
        for path in (*pages(sown), *others()):
            answer = client.get(path)
            assert answer.status_code == 200, path
            assert SECRET not in answer.get_data(as_text=True), path


def test_no_page_names_a_private_dataset_that_was_purged(site, sown):
    with site.writing() as session:
        session.delete(session.query(Dataset).filter_by(private=True).one())
        session.delete(session.query(IssueRow).filter_by(code="cell-type", dataset_id=None).one())
        session.delete(session.query(Removal).one())
    for path in pages(sown):
        assert SECRET not in visitor(site).get(path).get_data(as_text=True), path


def test_who_acts_for_the_agency_reads_of_its_own_private_datasets(site, sown):
    client = account_client(site, "jane")
    run = f"/runs/{sown.run}"
    for path in ("/runs/issues", run, f"{run}?outcome=rejected", f"{run}?code=cell-type", f"{run}/issues.csv", "/runs/source/nguon-y-te",
                 "/organization/so-y-te"):
        assert SECRET in client.get(path).get_data(as_text=True), path


def test_what_is_hidden_is_counted_and_said_to_be_hidden(site, sown):
    run = f"/runs/{sown.run}"
    assert "2 vấn đề, để lâu nhất trước" in visitor(site).get("/runs/issues").text
    assert "không công khai" in visitor(site).get(f"{run}?outcome=rejected").text
    assert "An issue of a dataset that is not public." in visitor(site).get("/runs/issues?lang=en").text


def test_a_run_that_goes_on_names_no_private_dataset(site, sown):
    with site.writing() as session:
        session.get_one(Run, sown.run).status = "running"
    for path in ("/runs", f"/runs/{sown.run}", f"/runs/{sown.run}/progress.json"):
        assert SECRET not in visitor(site).get(path).get_data(as_text=True), path


def test_assistants_are_told_of_no_private_dataset(site, sown):
    tools = Tools(site)
    told = [tools.get_agency("so-y-te"), tools.participation(only_lagging=False), tools.search_datasets("mat"), tools.search_datasets()]
    assert SECRET not in json.dumps(told, ensure_ascii=False) and told[0]["open_issues"][0]["code"] == "cell-type"
    assert told[0]["sources"][0]["datasets"] == 1 and told[3]["count"] == 1


def test_facets_count_public_datasets_only(site, sown):
    found = visitor(site).get("/api/3/action/package_search?facet.field=[%22organization%22,%22res_format%22,%22license_id%22]").get_json()["result"]
    assert found["facets"]["organization"] == {"so-y-te": 1} and found["facets"]["license_id"] == {"cc-by": 1}


def test_the_question_of_a_short_listing_names_private_datasets_to_who_runs_the_house(site, sown):
    with site.reading() as session:
        question = removals.open_question(session, sown.source)
        assert [name for name, _ in removals.titles(session, question, lambda agency_id: agency_id == sown.agency)] == [f"{SECRET}-ten", "tuyen-xe-buyt"]
        assert [name for name, _ in removals.titles(session, question, lambda agency_id: False)] == ["tuyen-xe-buyt"]

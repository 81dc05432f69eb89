"""The OAI-PMH repository: every verb, every refusal, listings that go on, tombstones; harvested by our own connector."""

from __future__ import annotations

from datetime import timedelta

import pytest
from lxml import etree
from sqlalchemy import select
from support.exchanging import fill, rdf, served
from support.harvesting import harvest
from support.publishing import call, publish
from support.seeding import add_agency
from support.sites import site_on
from support.visiting import visitor

from catalog.exchange import oai_listing
from catalog.models import Dataset, Source
from catalog.net import Limits

O = {"o": "http://www.openarchives.org/OAI/2.0/", "dc": "http://purl.org/dc/elements/1.1/"}  # noqa: E741 - as the protocol is called


@pytest.fixture
def name(site) -> str:
    return fill(site)


def ask(site, **arguments: str):
    answer = visitor(site).get("/oai", query_string={key.rstrip("_"): value for key, value in arguments.items()})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/xml; charset=utf-8")
    return etree.fromstring(answer.data)


def error(root) -> str:
    return root.find("o:error", O).get("code")


def all_of(site, verb: str, **arguments: str) -> list:
    """Every record or header of a listing, page by page."""
    found, root = [], ask(site, verb=verb, **arguments)
    while True:
        found += root.xpath(f"o:{verb}/o:record|o:{verb}/o:header", namespaces=O)
        token = root.findtext(f"o:{verb}/o:resumptionToken", namespaces=O)
        if not token:
            return found
        root = ask(site, verb=verb, resumptionToken=token)


def test_it_says_who_it_is_what_it_has_and_in_which_sets(site, name):
    identify = ask(site, verb="Identify").find("o:Identify", O)
    assert identify.findtext("o:protocolVersion", namespaces=O) == "2.0"
    assert identify.findtext("o:baseURL", namespaces=O) == "http://haidang.test/oai"
    assert identify.findtext("o:deletedRecord", namespaces=O) == "transient"
    assert ask(site, verb="ListMetadataFormats").xpath("//o:metadataPrefix/text()", namespaces=O) == ["oai_dc", "dcat"]
    sets = ask(site, verb="ListSets").xpath("//o:setSpec/text()", namespaces=O)
    assert set(sets) == {"organization:so-y-te", "organization:ubnd-huyen-con-dao", "group:y-te", "group:du-lich", "group:hanh-chinh"}


def test_a_record_is_given_in_dublin_core_and_in_dcat(site, name):
    dataset_id = call(site, "package_show", id=name)["id"]
    wanted = f"oai:haidang.test:{dataset_id}"
    record = ask(site, verb="GetRecord", metadataPrefix="oai_dc", identifier=wanted)
    assert record.xpath("//dc:title/text()", namespaces=O) == ["Phòng khám tư nhân", "Private clinics"]
    assert record.xpath("//dc:identifier/text()", namespaces=O) == ["http://haidang.test/dataset/phong-kham"]
    described = ask(site, verb="GetRecord", metadataPrefix="dcat", identifier=wanted).find(".//o:metadata", O)[0]
    alone = rdf(visitor(site).get(f"/dataset/{name}.xml").data, "xml")
    assert len(rdf(etree.tostring(described), "xml")) == len(alone)
    assert set(ask(site, verb="GetRecord", metadataPrefix="dcat", identifier=wanted).xpath("//o:setSpec/text()", namespaces=O)) == {
        "organization:so-y-te", "group:y-te"}


def test_a_listing_goes_on_by_signed_tokens_and_names_each_record_once(site, name, monkeypatch):
    monkeypatch.setattr(oai_listing, "PAGE", 3)
    for number in range(4):
        publish(site, name=f"bo-{number}", title=f"Bộ {number}")
    gone = call(site, "package_show", id="bo-0")["id"]
    call(site, "package_delete", user="tester", id=gone)
    records = all_of(site, "ListRecords", metadataPrefix="oai_dc")
    found = [record.findtext("o:header/o:identifier", namespaces=O) for record in records]
    assert len(found) == len(set(found)) == 8
    deleted = [record for record in records if record.find("o:header", O).get("status") == "deleted"]
    assert [record.findtext("o:header/o:identifier", namespaces=O) for record in deleted] == [f"oai:haidang.test:{gone}"]
    assert deleted[0].find("o:metadata", O) is None
    assert [header.findtext("o:identifier", namespaces=O) for header in all_of(site, "ListIdentifiers", metadataPrefix="dcat")] == found
    token = ask(site, verb="ListRecords", metadataPrefix="oai_dc").find(".//o:resumptionToken", O)
    assert (token.get("completeListSize"), token.get("cursor")) == ("8", "0")
    for spoilt in (token.text[:-2], "x", "", token.text.replace(".", "A.", 1)):
        assert error(ask(site, verb="ListRecords", resumptionToken=spoilt)) == "badResumptionToken"


def test_a_listing_can_be_of_a_set_and_of_a_time(site, name):
    with site.writing() as session:
        old = session.scalars(select(Dataset).where(Dataset.name == "du-lieu-xau")).one()
        old.metadata_modified -= timedelta(days=10)  # 20 September 2024

    def count(**arguments: str) -> int:
        return len(all_of(site, "ListIdentifiers", metadataPrefix="oai_dc", **arguments))

    assert count(set="group:y-te") == 1
    assert count(set="organization:so-y-te") == 2
    assert count(from_="2024-09-21") == 3
    assert count(until="2024-09-20") == 1
    assert count(from_="2024-09-30T05:00:00Z", until="2024-09-30T05:00:00Z") == 3
    assert error(ask(site, verb="ListRecords", metadataPrefix="oai_dc", from_="2025-01-01")) == "noRecordsMatch"
    assert error(ask(site, verb="ListRecords", metadataPrefix="oai_dc", set="group:khac")) == "noRecordsMatch"


@pytest.mark.parametrize(("arguments", "code"), [
    ({}, "badVerb"), ({"verb": "Nuke"}, "badVerb"), ({"verb": "Identify", "x": "1"}, "badArgument"), ({"verb": "ListRecords"}, "badArgument"),
    ({"verb": "ListRecords", "metadataPrefix": "marc"}, "cannotDisseminateFormat"),
    ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "hôm qua"}, "badArgument"),
    ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "9999-12-31", "until": "9999-12-31"}, "badArgument"),
    ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2024-01-01", "until": "2024-01-01T00:00:00Z"}, "badArgument"),
    ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2024-02-01", "until": "2024-01-01"}, "badArgument"),
    ({"verb": "GetRecord", "metadataPrefix": "oai_dc", "identifier": "oai:x:\x00\x0b"}, "idDoesNotExist"),
    ({"verb": "ListMetadataFormats", "identifier": "x"}, "idDoesNotExist"), ({"verb": "ListSets", "resumptionToken": "x"}, "badResumptionToken"),
])
def test_a_request_that_makes_no_sense_is_refused_in_the_protocols_words(site, name, arguments, code):
    root = etree.fromstring(visitor(site).post("/oai", data=arguments).data)
    assert error(root) == code
    assert code not in ("badVerb", "badArgument") or not root.find("o:request", O).attrib


def test_an_argument_given_twice_is_refused(site, name):
    assert error(etree.fromstring(visitor(site).get("/oai?verb=Identify&verb=Identify").data)) == "badVerb"
    assert error(etree.fromstring(visitor(site).get("/oai?verb=ListRecords&metadataPrefix=oai_dc&set=a&set=b").data)) == "badArgument"


@pytest.mark.parametrize("prefix", ["oai_dc", "dcat"])
def test_our_own_connector_harvests_it_over_http_and_finds_it_unchanged(site, request, tmp_path_factory, monkeypatch, prefix):
    monkeypatch.setattr(oai_listing, "PAGE", 3)
    with site_on("sqlite", request, tmp_path_factory.mktemp("origin"), Limits()) as origin:
        name = fill(origin)
        with served(origin) as url, site.writing() as session:
            session.add(Source(name="nguon", agency_id=add_agency(site, session).id, connector="oai-pmh", url=f"{url}/oai",
                               options={"copy": "none", "prefix": prefix}, created=site.clock.now()))
            session.commit()
            assert harvest(site)["counts"] == {"created": 4}
            assert harvest(site)["counts"] == {"unchanged": 4}
            call(origin, "package_delete", user="tester", id=name)
            assert harvest(site)["counts"].get("unchanged") == 3
    with site.reading() as session:
        assert "Phòng khám tư nhân" in set(session.scalars(select(Dataset.title)))

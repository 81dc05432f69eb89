"""The catalogue in RDF: complete, in the profile's shape, page by page, whatever texts and addresses sources write."""

from __future__ import annotations

import pytest
from rdflib import DCAT, DCTERMS, RDF, Graph, Literal, URIRef
from rdflib.compare import to_isomorphic
from rdflib.namespace import SH, SKOS, Namespace
from sqlalchemy import event
from support.exchanging import SHAPES, fill, violations
from support.exchanging import rdf as read_rdf
from support.publishing import call, publish
from support.visiting import visitor

from catalog.models import Dataset
from web.exchange import rdf

HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")
CNT, VCARD = Namespace("http://www.w3.org/2011/content#"), Namespace("http://www.w3.org/2006/vcard/ns#")
TYPES = {"ttl": "text/turtle; charset=utf-8", "xml": "application/rdf+xml", "jsonld": "application/ld+json"}
READ_AS = {"ttl": "turtle", "xml": "xml", "jsonld": "json-ld"}


@pytest.fixture
def name(site) -> str:
    return fill(site)


def graph_at(client, path: str, extension: str = "ttl", status: int = 200) -> Graph:
    answer = client.get(path)
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == TYPES[extension]
    return read_rdf(answer.data, READ_AS[extension])


@pytest.mark.parametrize("extension", list(TYPES))
def test_the_whole_catalogue_keeps_the_shapes_of_dcat_ap_3(site, name, extension):
    graph = graph_at(visitor(site), f"/catalog.{extension}", extension)
    assert violations(graph) == []
    assert len(set(graph.subjects(RDF.type, DCAT.Dataset))) == 4


def test_every_property_of_the_profiles_classes_is_one_that_its_shapes_know(site, name):
    odd = {"spatial": '{"type":"Polygon","coordinates":[[[107,10],[108,11],[107,10]]]}', "temporal": "2023/..", "issued": "hôm qua", "modified": "2023-13-45",
           "spatial_uri": "http://tỉnh nào/đ"}
    publish(site, name="khong-giay-phep", title="Không giấy phép, không đầu mối", resources=[{"url": "http://nguồn.test/đường/tệp.csv"}],
            extras=[{"key": key, "value": value} for key, value in odd.items()])
    graph, shapes = graph_at(visitor(site), "/catalog.ttl"), Graph().parse(SHAPES / "dcat_ap_3.ttl")
    known = {kind: {shapes.value(rule, SH.path) for rule in shapes.objects(shape, SH.property)} for shape, kind in shapes.subject_objects(SH.targetClass)}
    beside = {(SKOS.Concept, SKOS.inScheme), (DCTERMS.Location, SKOS.prefLabel), (VCARD.Kind, VCARD.hasURL), (DCAT.Distribution, CNT.characterEncoding)}
    written = {(kind, said) for node, kind in graph.subject_objects(RDF.type) if kind in known for said in graph.predicates(node)}
    assert {pair for pair in written if pair[1] not in known[pair[0]] and pair[1] != RDF.type and not pair[1].startswith(str(HYDRA))} == beside
    assert violations(graph) == []


def test_the_three_forms_say_the_same(site, name):
    client = visitor(site)
    for path in ("/catalog", f"/dataset/{name}", "/dataset/du-lieu-xau"):
        graphs = [graph_at(client, f"{path}.{extension}", extension) for extension in TYPES]
        for graph in graphs:  # only the address of the page itself tells them apart
            for subject in [*graph.subjects(RDF.type, HYDRA.PagedCollection)]:
                for triple in [*graph.triples((subject, None, None)), *graph.triples((None, None, subject))]:
                    graph.remove(triple)
        assert to_isomorphic(graphs[0]) == to_isomorphic(graphs[1]) == to_isomorphic(graphs[2]), path


def test_a_dataset_is_described_with_the_public_registers(site, name):
    graph = graph_at(visitor(site), f"/dataset/{name}.ttl")
    [node] = graph.subjects(RDF.type, DCAT.Dataset)
    authority = "http://publications.europa.eu/resource/authority/"
    assert set(graph.objects(node, DCTERMS.title)) == {Literal("Phòng khám tư nhân", lang="vi"), Literal("Private clinics", lang="en")}
    assert URIRef(authority + "data-theme/HEAL") in set(graph.objects(node, DCAT.theme))
    assert URIRef("http://haidang.test/group/y-te") in set(graph.objects(node, DCAT.theme))
    assert graph.value(node, DCTERMS.accrualPeriodicity) == URIRef(authority + "frequency/MONTHLY")
    assert graph.value(node, DCTERMS.accessRights) == URIRef(authority + "access-right/PUBLIC")
    assert graph.value(graph.value(node, DCTERMS.spatial), SKOS.prefLabel) == Literal("Vũng Tàu", lang="vi")
    period = graph.value(node, DCTERMS.temporal)
    assert (str(graph.value(period, DCAT.startDate)), str(graph.value(period, DCAT.endDate))) == ("2023-01-01", "2023-12")
    [file] = graph.objects(node, DCAT.distribution)
    assert graph.value(file, DCTERMS["format"]) == URIRef(authority + "file-type/CSV")
    assert graph.value(file, DCAT.mediaType) == URIRef("https://www.iana.org/assignments/media-types/text/csv")
    assert graph.value(file, DCTERMS.license) == URIRef(authority + "licence/CC_BY_4_0")
    assert graph.value(file, DCTERMS.conformsTo) == URIRef("http://haidang.test/schema/co-so-kham-chua-benh")
    assert str(graph.value(file, DCAT.byteSize)) == "123"
    assert str(graph.value(file, DCAT.downloadURL)).endswith("/download/B%E1%BA%A3ng%20k%C3%AA.csv")
    assert "minh hoạ" in graph_at(visitor(site), f"/dataset/{name}.ttl").serialize()  # what is made up says so


def test_an_address_that_is_no_address_leads_to_our_page_of_the_file(site, name):
    graph = graph_at(visitor(site), "/dataset/du-lieu-xau.ttl")
    [node] = graph.subjects(RDF.type, DCAT.Dataset)
    leads = {str(address) for file in graph.objects(node, DCAT.distribution) for address in graph.objects(file, DCAT.accessURL)}
    assert "http://xn--ngun-dy5a.test/t%E1%BB%87p%20s%E1%BB%91%201.csv?q=a%20b&c=%5B1%5D#ph%E1%BA%A7n" in leads
    assert "http://x.test:8080/b.csv" in leads  # without the credentials
    assert len([lead for lead in leads if lead.startswith("http://haidang.test/dataset/du-lieu-xau/resource/")]) == 3
    assert all(lead.isascii() and " " not in lead for lead in leads)


def test_pages_follow_each_other_and_hold_each_dataset_once(site, name, monkeypatch):
    monkeypatch.setattr(rdf, "PAGE", 2)
    publish(site, name="them-mot", title="Thêm một")
    client, found, address = visitor(site), [], "/catalog.xml"
    while address:
        graph = graph_at(client, address.removeprefix("http://haidang.test"), "xml")
        assert violations(graph) == []
        [view] = graph.subjects(RDF.type, HYDRA.PartialCollectionView)
        assert int(graph.value(view, HYDRA.totalItems)) == 5
        assert str(graph.value(view, HYDRA.first)).endswith("page=1") and str(graph.value(view, HYDRA.last)).endswith("page=3")
        found += graph.subjects(RDF.type, DCAT.Dataset)
        address = str(graph.value(view, HYDRA.next) or "")
        assert address == str(graph.value(view, HYDRA.nextPage) or "")
    assert len(found) == len(set(found)) == 5
    assert client.get("/catalog.xml?page=4").status_code == 404
    assert [client.get(f"/catalog.xml?page={page}").status_code for page in ("0", "x", "-1", "²", "9" * 9)] == [400] * 5


def test_only_what_changed_since_is_listed(site, name):
    from datetime import timedelta

    with site.writing() as session:
        for dataset in session.query(Dataset):
            dataset.metadata_modified -= timedelta(days=30 if dataset.name != name else 0)
    client = visitor(site)
    graph = graph_at(client, "/catalog.ttl?modified_since=2024-09-29")
    assert len(set(graph.subjects(RDF.type, DCAT.Dataset))) == 1
    [view] = graph.subjects(RDF.type, HYDRA.PagedCollection)
    assert str(view) == "http://haidang.test/catalog.ttl?modified_since=2024-09-29&page=1"
    assert len(set(graph_at(client, "/catalog.ttl?modified_since=2030-01-01").subjects(RDF.type, DCAT.Dataset))) == 0
    assert len(set(graph_at(client, "/catalog.ttl?modified_since=2024-01-01T00:00:00%2B07:00").subjects(RDF.type, DCAT.Dataset))) == 4
    assert [client.get(f"/catalog.ttl?modified_since={text}").status_code for text in ("x", "0001-01-01T00:00:00%2B23:00", "{}")] == [400] * 3


def test_the_page_of_a_dataset_leads_whoever_asks_for_rdf_to_it(site, name):
    client = visitor(site)
    for accept, ending in (("text/turtle", "ttl"), ("application/rdf+xml;q=0.9, text/html;q=0.5", "xml"), ("application/ld+json", "jsonld")):
        answer = client.get(f"/dataset/{name}", headers={"Accept": accept})
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/dataset/{name}.{ending}")
        assert "Accept" in answer.headers["Vary"]
        assert client.get("/", headers={"Accept": accept}).headers["Location"] == f"/catalog.{ending}"
        assert client.get("/catalog", headers={"Accept": accept}).headers["Location"] == f"/catalog.{ending}"
    assert client.get("/catalog").headers["Location"] == "/dataset"
    for accept in ("*/*", "text/html,application/xhtml+xml,*/*;q=0.8", "application/json", ""):
        answer = client.get(f"/dataset/{name}", headers={"Accept": accept})
        assert (answer.status_code, answer.mimetype) == (200, "text/html")
        assert "Accept" in answer.headers["Vary"]


def test_old_names_lead_on_and_what_is_not_public_is_not_there(site, name):
    client = visitor(site)
    dataset_id = call(site, "package_show", id=name)["id"]
    assert client.get(f"/dataset/{dataset_id}.ttl").status_code == 200
    publish(site, name="rieng", title="Riêng", private=True)
    assert client.get("/dataset/rieng.ttl").status_code == 404
    assert "rieng" not in client.get("/catalog.ttl").text
    call(site, "package_delete", user="tester", id=name)
    assert client.get(f"/dataset/{name}.ttl").status_code == 410
    assert name not in client.get("/catalog.ttl").text


def test_a_page_asks_the_store_a_fixed_number_of_questions(site, name):
    asked: list[str] = []
    event.listen(site.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    client = visitor(site)

    def questions() -> int:
        asked.clear()
        assert client.get("/catalog.ttl").status_code == 200
        return len(asked)

    few = questions()
    for number in range(20):
        publish(site, name=f"bo-{number}", title=f"Bộ {number}", resources=[{"url": f"http://x.test/{number}.csv", "format": "CSV"}])
    assert questions() == few


def test_a_document_that_has_not_changed_is_not_sent_again(site, name):
    client = visitor(site)
    first = client.get("/catalog.jsonld")
    assert client.get("/catalog.jsonld", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    assert first.headers["Access-Control-Allow-Origin"] == "*"


def test_the_shapes_notice_what_is_missing(site, name):
    graph = graph_at(visitor(site), f"/dataset/{name}.ttl")
    [node] = graph.subjects(RDF.type, DCAT.Dataset)
    graph.remove((node, DCTERMS.title, None))
    [file] = graph.objects(node, DCAT.distribution)
    graph.remove((file, DCAT.accessURL, None))
    graph.add((file, DCTERMS.license, URIRef("http://x.test/")))
    assert {line.split(" | ")[1] for line in violations(graph)} == {str(DCTERMS.title), str(DCAT.accessURL), str(DCTERMS.license)}

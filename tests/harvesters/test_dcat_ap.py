"""DCAT-AP catalogues in RDF: the same whatever the format, paged by Hydra, and what servers make of them."""

from __future__ import annotations

import json

import pytest
from support.sources import code_of
from support.web_server import Handler, WebServer, redirect, reply

from catalog.gathering import hash_raw
from catalog.net import Net
from harvesters import rdf_reading
from harvesters.base import Gathered, SourceSpec, every_page
from harvesters.dcat_ap import DcatAp

PREFIXES = """@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> . @prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix vcard: <http://www.w3.org/2006/vcard/ns#> . @prefix adms: <http://www.w3.org/ns/adms#> . @prefix hydra: <http://www.w3.org/ns/hydra/core#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix spdx: <http://spdx.org/rdf/terms#> .
"""
TURTLE = PREFIXES + """
<https://so.example.vn/c> a dcat:Catalog ; dcat:dataset <https://so.example.vn/d/1> .
<https://so.example.vn/d/1> a dcat:Dataset ; dct:title "Chợ"@vi , "Markets"@en ; dct:identifier "cho" ; dct:modified "2024-09-01"^^xsd:date ;
  dct:publisher [ a foaf:Agent ; foaf:name "Sở Công Thương" ] ; dcat:contactPoint [ a vcard:Kind ; vcard:fn "Phòng" ; vcard:hasEmail <mailto:a@b.vn> ] ;
  dcat:distribution [ dcat:downloadURL <https://so.example.vn/1.csv> ; dcat:byteSize 12 ] .
"""
XML = """<?xml version="1.0" encoding="utf-8"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dcat="http://www.w3.org/ns/dcat#" xmlns:dct="http://purl.org/dc/terms/"
  xmlns:foaf="http://xmlns.com/foaf/0.1/" xmlns:vcard="http://www.w3.org/2006/vcard/ns#">
<dcat:Catalog rdf:about="https://so.example.vn/c"><dcat:dataset>
  <dcat:Dataset rdf:about="https://so.example.vn/d/1"><dct:title xml:lang="en">Markets</dct:title><dct:title xml:lang="vi">Chợ</dct:title>
    <dct:identifier>cho</dct:identifier><dct:modified rdf:datatype="http://www.w3.org/2001/XMLSchema#date">2024-09-01</dct:modified>
    <dct:publisher><foaf:Agent foaf:name="Sở Công Thương"/></dct:publisher>
    <dcat:contactPoint><vcard:Kind><vcard:hasEmail rdf:resource="mailto:a@b.vn"/><vcard:fn>Phòng</vcard:fn></vcard:Kind></dcat:contactPoint>
    <dcat:distribution><rdf:Description><dcat:downloadURL rdf:resource="https://so.example.vn/1.csv"/>
      <dcat:byteSize rdf:datatype="http://www.w3.org/2001/XMLSchema#integer">12</dcat:byteSize></rdf:Description></dcat:distribution>
  </dcat:Dataset></dcat:dataset></dcat:Catalog></rdf:RDF>"""
JSON_LD = json.dumps({"@context": {"dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/", "foaf": "http://xmlns.com/foaf/0.1/",
                                   "vcard": "http://www.w3.org/2006/vcard/ns#"}, "@graph": [
    {"@id": "https://so.example.vn/c", "@type": "dcat:Catalog", "dcat:dataset": {"@id": "https://so.example.vn/d/1"}},
    {"@id": "https://so.example.vn/d/1", "@type": "dcat:Dataset", "dct:identifier": "cho",
     "dct:title": [{"@value": "Markets", "@language": "en"}, {"@value": "Chợ", "@language": "vi"}],
     "dct:modified": {"@value": "2024-09-01", "@type": "http://www.w3.org/2001/XMLSchema#date"},
     "dct:publisher": {"@id": "_:s", "@type": "foaf:Agent", "foaf:name": "Sở Công Thương"}, "dcat:contactPoint": {"@id": "_:p"},
     "dcat:distribution": {"dcat:downloadURL": {"@id": "https://so.example.vn/1.csv"}, "dcat:byteSize": 12}},
    {"@id": "_:p", "@type": "vcard:Kind", "vcard:fn": "Phòng", "vcard:hasEmail": {"@id": "mailto:a@b.vn"}}]})
ABOUT, RDF, DCAT, DCT = "<https://so.example.vn/d/1>", "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "http://www.w3.org/ns/dcat#", "http://purl.org/dc/terms/"
TRIPLES = f"""{ABOUT} <{RDF}type> <{DCAT}Dataset> .
{ABOUT} <{DCT}title> "Ch\\u1EE3"@vi .
{ABOUT} <{DCT}title> "Markets"@en .
{ABOUT} <{DCT}identifier> "cho" .
{ABOUT} <{DCT}modified> "2024-09-01"^^<http://www.w3.org/2001/XMLSchema#date> .
{ABOUT} <{DCT}publisher> _:a .
_:a <{RDF}type> <http://xmlns.com/foaf/0.1/Agent> .
_:a <http://xmlns.com/foaf/0.1/name> "Sở Công Thương" .
{ABOUT} <{DCAT}contactPoint> _:b .
_:b <{RDF}type> <http://www.w3.org/2006/vcard/ns#Kind> .
_:b <http://www.w3.org/2006/vcard/ns#fn> "Phòng" .
_:b <http://www.w3.org/2006/vcard/ns#hasEmail> <mailto:a@b.vn> .
{ABOUT} <{DCAT}distribution> _:c .
_:c <{DCAT}downloadURL> <https://so.example.vn/1.csv> .
_:c <{DCAT}byteSize> "12"^^<http://www.w3.org/2001/XMLSchema#integer> .
"""
FORMS = {"text/turtle": TURTLE, "application/rdf+xml": XML, "application/ld+json": JSON_LD, "application/n-triples": TRIPLES}


def connector(server: WebServer, net: Net, path: str = "/c", **options: str) -> DcatAp:
    return DcatAp(SourceSpec(name="x", url=server.url(path), options=options), net)


def gathered(server: WebServer, net: Net, body: str, path: str = "/c", **headers: str) -> list[Gathered]:
    server.routes[path] = reply(body, **headers)
    return [item for page in every_page(connector(server, net, path)) for item in page.items]


def turtle(server: WebServer, net: Net, body: str) -> list[Gathered]:
    return gathered(server, net, PREFIXES + body, content_type="text/turtle")


def test_a_catalogue_says_the_same_in_every_format(server: WebServer, net: Net):
    found = [gathered(server, net, body, content_type=media_type) for media_type, body in FORMS.items()]
    assert [[item.identifier for item in items] for items in found] == [["cho"]] * 4
    assert len({hash_raw(items[0].raw) for items in found}) == 1
    record = connector(server, net).describe(found[0][0])
    metadata, resource = record.metadata, record.resources[0]
    assert (metadata["title"], metadata["title_en"], metadata["author"]) == ("Chợ", "Markets", "Sở Công Thương")
    assert (metadata["maintainer"], metadata["maintainer_email"]) == ("Phòng", "a@b.vn")
    assert (resource.url, resource.last_modified, resource.extras["byte_size"]) == ("https://so.example.vn/1.csv", "2024-09-01T00:00:00", "12")


@pytest.mark.parametrize(("path", "media_type", "form"), [
    ("/c", "text/turtle", "text/turtle"), ("/c.ttl", "text/plain", "text/turtle"), ("/c", "application/octet-stream", "text/turtle"),
    ("/c", "text/html", "application/rdf+xml"), ("/c.rdf", "application/xml", "application/rdf+xml"), ("/c", "text/turtle", "application/rdf+xml"),
    ("/c.jsonld", "text/plain", "application/ld+json"), ("/c", "application/json", "application/ld+json"),
    ("/c", "application/rdf+xml", "application/ld+json"), ("/c.nt", "text/plain", "application/n-triples"), ("/c", "application/xml", "text/turtle")])
def test_the_format_is_known_by_media_type_ending_and_content(server: WebServer, net: Net, path, media_type, form):
    assert [item.identifier for item in gathered(server, net, "\ufeff" + FORMS[form], path, content_type=media_type)] == ["cho"]


def test_a_node_without_address_changes_nothing_in_the_next_run(server: WebServer, net: Net):
    other = TURTLE.replace('"Chợ"@vi , "Markets"@en', '"Markets"@en , "Chợ"@vi').replace("[ a foaf:Agent ; foaf:name", "_:z . _:z a foaf:Agent ; foaf:name")
    other = other.replace('"Sở Công Thương" ] ; dcat:contact', '"Sở Công Thương" . <https://so.example.vn/d/1> dcat:contact')
    assert hash_raw(turtle(server, net, TURTLE)[0].raw) == hash_raw(turtle(server, net, other)[0].raw)


def test_identity_is_the_identifier_then_the_address_then_the_notation(server: WebServer, net: Net):
    body = """<http://a/1> a dcat:Dataset ; dct:title "a" ; dct:identifier "1" . <http://a/2> a dcat:Dataset ; dct:title "b" ; dct:identifier "9", "http://a/2" .
        <http://a/3> a dcat:Dataset ; dct:title "c" . [] a dcat:Dataset ; dct:title "d" ; adms:identifier [ skos:notation "n4" ] .
        [] a dcat:Dataset ; dct:title "e" ; dct:identifier "5" . [] a dcat:Dataset ; dct:title "Không mã" ."""
    server.routes["/c"] = reply(PREFIXES + body, content_type="text/turtle")
    page = connector(server, net).page(None)
    assert [item.identifier for item in page.items] == ["1", "5", "http://a/2", "http://a/3", "n4"]
    assert [(issue.code, issue.facts["title"]) for issue in page.issues] == [("identifier-missing", "Không mã")]


def test_a_dataset_that_is_only_named_is_said(server: WebServer, net: Net):
    server.routes["/c"] = reply(PREFIXES + '<http://a/c> a dcat:Catalog ; dcat:dataset <http://a/1>, <http://a/2> . <http://a/1> dct:title "a" .', content_type="text/turtle")
    page = connector(server, net).page(None)
    assert ([item.identifier for item in page.items], page.total) == (["http://a/1"], 2)
    assert [(issue.code, issue.facts["identifier"]) for issue in page.issues] == [("dataset-not-described", "http://a/2")]


def test_services_and_series_belong_to_their_datasets(server: WebServer, net: Net):
    body = """<http://a/1> a dcat:Dataset ; dct:title "a" ; dcat:inSeries <http://a/s> . <http://a/2> a dcat:Dataset ; dct:title "b" .
        <http://a/s> a dcat:DatasetSeries ; dct:title "Chuỗi" ; dcat:seriesMember <http://a/2> .
        <http://a/api> a dcat:DataService ; dct:title "API" ; dcat:endpointURL <http://a/api/v1> ; dcat:servesDataset <http://a/1> .
        <http://a/alone> a dcat:DataService ; dct:title "Lẻ" ; dcat:endpointURL <http://a/alone/v1> ."""
    items = turtle(server, net, body)
    records = [connector(server, net).describe(item) for item in items]
    assert [item.identifier for item in items] == ["http://a/1", "http://a/2", "http://a/alone"]
    assert [[(resource.url, resource.format) for resource in record.resources] for record in records] == [
        [("http://a/api/v1", "API")], [], [("http://a/alone/v1", "API")]]
    assert [{extra["key"]: extra["value"] for extra in record.metadata["extras"]}.get("series") for record in records] == ["Chuỗi", "Chuỗi", None]


def paged(server: WebServer, net: Net, pages: dict[str, str], start: str = "/1"):
    for path, body in pages.items():
        server.routes[path] = reply(PREFIXES + body.replace("SELF", server.url()), content_type="text/turtle")
    found = list(every_page(connector(server, net, start)))
    return [item.identifier for page in found for item in page.items], found[-1]


def part(number: int, following: str = "", total: str = "", name: str = "next") -> str:
    more = f"; hydra:{name} {following} " if following else ""
    count = f"; hydra:totalItems {total} " if total else ""
    return f'<http://a/{number}> a dcat:Dataset ; dct:title "a" . <SELFv{number}> a hydra:PartialCollectionView {more}{count} .'


@pytest.mark.parametrize(("following", "name"), [("<SELF2>", "next"), ("<2>", "next"), ('"SELF2"', "nextPage"), ('"/2"', "next"), ('"SELF2"^^xsd:anyURI', "next")])
def test_hydra_leads_from_page_to_page(server: WebServer, net: Net, following, name):
    listed, last = paged(server, net, {"/1": part(1, following, "2", name), "/2": part(2, "", "2")})
    assert (listed, last.total, last.shortfall, last.cursor) == (["http://a/1", "http://a/2"], 2, None, None)


@pytest.mark.parametrize("pages", [
    {"/1": part(1, "<SELF1>")}, {"/1": part(1, "<SELF2>"), "/2": part(2, "<SELF2>")}, {"/1": part(1, "<SELF2>"), "/2": part(1, "<SELF3>"), "/3": part(3)},
    {"/1": part(1, "<SELF2>"), "/2": part(2, "<SELF1>")}, {"/1": part(1, "<SELF2>"), "/2": part(2, "<SELF3>"), "/3": part(3, "<SELF4>"), "/4": part(4, "<SELF2>")}])
def test_a_page_that_comes_again_ends_the_listing(server: WebServer, net: Net, pages):
    listed, last = paged(server, net, pages)
    assert last.shortfall.code == "hydra-page-repeated"
    assert len(listed) <= 3 * len(pages)


def test_a_last_page_that_leads_to_itself_is_no_trouble_where_all_are_there(server: WebServer, net: Net):
    listed, last = paged(server, net, {"/1": part(1, "<SELF2>", "2"), "/2": part(2, "<SELF2>", "2")})
    assert (listed, last.shortfall) == (["http://a/1", "http://a/2"], None)


def test_a_listing_that_lacks_what_it_promises_proves_nothing(server: WebServer, net: Net):
    _, last = paged(server, net, {"/1": part(1, "<SELF2>", "5"), "/2": part(2, "", "5")})
    assert (last.shortfall.code, last.shortfall.facts) == ("listing-incomplete", {"found": 2, "total": 5})


def test_a_listing_that_changes_under_paging_proves_nothing(server: WebServer, net: Net):
    _, last = paged(server, net, {"/1": part(1, "<SELF2>", "2"), "/2": part(2, "", "3")})
    assert last.shortfall.code == "hydra-total-changed"


@pytest.mark.parametrize(("following", "code"), [
    ('"http://[::1/x"', "url-broken"), ('"http://a:b/x"', "url-broken"), ('"javascript:x"', "url-not-http"), ('"file:///etc/passwd"', "url-not-http"),
    ('"http://khong-co.invalid/2"', "host-unknown"), ('"//[x"', "url-broken"), ('"không phải địa chỉ"', "http-status")])
def test_a_next_page_that_is_no_address_ends_the_listing_with_an_issue(server: WebServer, net: Net, following, code):
    assert code_of(paged, server, net, {"/1": part(1, following)}) == code


def test_a_page_on_a_private_address_is_not_asked_for(server: WebServer, net: Net):
    server.routes["/1"] = reply(PREFIXES + part(1, "<http://10.1.2.3/2>"), content_type="text/turtle")
    dcat = connector(server, net, "/1")
    assert code_of(dcat.page, dcat.page(None).cursor) == "address-private"


def test_a_document_with_many_datasets_is_asked_for_once(server: WebServer, net: Net):
    body = "".join(f'<http://a/{number:04}> a dcat:Dataset ; dct:title "a" .\n' for number in range(1100))
    server.routes["/c"] = reply(PREFIXES + body, content_type="text/turtle")
    pages = list(every_page(connector(server, net)))
    assert [len(page.items) for page in pages] == [500, 500, 100]
    assert len(server.asked) == 1


def with_context(context: object) -> str:
    return json.dumps({"@context": context, "@id": "http://a/1", "@type": "Dataset", "title": "Chợ", "identifier": "1"})


OWN_CONTEXT = {"Dataset": "http://www.w3.org/ns/dcat#Dataset", "title": "http://purl.org/dc/terms/title", "identifier": "http://purl.org/dc/terms/identifier"}


@pytest.mark.parametrize("context", [
    "https://www.w3.org/ns/dcat.jsonld", "https://semiceu.github.io/DCAT-AP/releases/2.1.1/dcat-ap_2.1.1.jsonld",
    "https://project-open-data.cio.gov/v1.1/schema/catalog.jsonld", OWN_CONTEXT, [OWN_CONTEXT, "https://www.w3.org/ns/hydra/core"],
    {"@version": 1.1, "@import": "https://www.w3.org/ns/dcat.jsonld"}])
def test_known_contexts_are_read_without_asking_for_them(server: WebServer, net: Net, context):
    assert [item.identifier for item in gathered(server, net, with_context(context), content_type="application/ld+json")] == ["1"]
    assert len(server.asked) == 1


@pytest.mark.parametrize("context", [
    "http://evil.example.vn/c.json", "file:///etc/passwd", "http://10.0.0.1/c", [{}, "http://evil.example.vn/c.json"],
    {"@import": "http://evil.example.vn/c.json"}, {"a": {"@id": "http://a/a", "@context": "http://evil.example.vn/c.json"}}])
def test_another_context_is_refused(server: WebServer, net: Net, context):
    server.routes["/c"] = reply(with_context(context), content_type="application/ld+json")
    assert code_of(connector(server, net).page, None) == "jsonld-context-refused"
    inner = {"@context": OWN_CONTEXT, "@id": "http://a/2", "http://a/p": [{"@context": None, "http://a/q": {"@context": context}}]}
    server.routes["/c"] = reply(json.dumps(inner), content_type="application/ld+json")
    assert code_of(connector(server, net).page, None) == "jsonld-context-refused"


def test_the_sources_own_context_is_asked_for(server: WebServer, net: Net):
    server.routes["/context.jsonld"] = reply(json.dumps({"@context": ["more.jsonld", {"title": OWN_CONTEXT["title"]}]}))
    server.routes["/more.jsonld"] = reply(json.dumps({"@context": {**OWN_CONTEXT, "title": "http://a/other"}}))
    items = gathered(server, net, with_context("context.jsonld"), content_type="application/ld+json")
    assert items[0].raw["title"] == ["Chợ"]
    server.routes["/more.jsonld"] = redirect("http://10.0.0.1/more.jsonld")
    assert code_of(connector(server, net).page, None) == "redirect-private"


def test_a_context_elsewhere_is_asked_for_where_the_operator_allows_it(server: WebServer, net: Net):
    elsewhere = server.url("/context.jsonld", host="localhost")
    server.routes["/context.jsonld"] = reply(json.dumps({"@context": OWN_CONTEXT}))
    server.routes["/c"] = reply(with_context(elsewhere), content_type="application/ld+json")
    assert code_of(connector(server, net).page, None) == "jsonld-context-refused"
    allowed = Net(("127.0.0.1", "localhost"), limits=net.limits)
    assert connector(server, allowed, contexts=f"https://x.vn/a {elsewhere}").page(None).items[0].identifier == "1"


def test_entities_of_xml_are_refused(server: WebServer, net: Net):
    for doctype in ('<!DOCTYPE rdf:RDF [<!ENTITY a "b">]>', '<!DOCTYPE rdf:RDF SYSTEM "http://127.0.0.1/a.dtd">'):
        server.routes["/c"] = reply(XML.replace("<rdf:RDF", doctype + "<rdf:RDF"), content_type="application/rdf+xml")
        assert code_of(connector(server, net).page, None) == "rdf-with-dtd"
        server.routes["/c"] = reply(doctype + XML.partition("?>")[2])
        assert code_of(connector(server, net).page, None) == "rdf-with-dtd"


@pytest.mark.parametrize(("body", "code"), [
    (TURTLE[:-3], "rdf-broken"), (TURTLE + "<a", "rdf-broken"), (XML[:-20], "rdf-broken"), (JSON_LD[:-5], "json-broken"), (TRIPLES + "x", "rdf-broken"),
    (PREFIXES + "<a> dct:creator " + "[ dct:creator " * 5000, "rdf-broken"), (PREFIXES, "listing-of-another-kind"),
    ("<html><body>" + TURTLE, "listing-of-another-kind"), ('<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"/>', "listing-of-another-kind"),
    ('{"@context": {"a": "b:", "b": "a:"}, "a:b": {"@id": [7]}, "@graph": {"@list": [[{}]]}}', "rdf-broken"), ('[{"a": 1}]', "listing-of-another-kind")])
def test_what_cannot_be_read_is_said(server: WebServer, net: Net, body, code):
    media_type = next((name for name, form in FORMS.items() if body[:30] == form[:30]), "")
    server.routes["/c"] = reply(body, content_type=media_type)
    assert code_of(connector(server, net).page, None) == code


def test_the_line_of_a_fault_is_told(server: WebServer, net: Net):
    server.routes["/c"] = reply(PREFIXES + "<a> a dcat:Dataset .\n<b> a a a .\n", content_type="text/turtle")
    with pytest.raises(rdf_reading.Trouble) as caught:
        connector(server, net).page(None)
    assert caught.value.issue.facts == {"format": "Turtle", "line": 5}
    assert "a a a" not in str(caught.value) + repr(caught.value.__cause__)


def test_more_statements_than_a_page_has_are_refused(server: WebServer, net: Net, monkeypatch):
    monkeypatch.setattr(rdf_reading, "STATEMENTS", 10)
    for media_type, body in FORMS.items():
        server.routes["/c"] = reply(body, content_type=media_type)
        assert code_of(connector(server, net).page, None) == "rdf-too-large"


def test_values_stay_as_they_are_written(server: WebServer, net: Net):
    body = """<http://a/1> a dcat:Dataset ; dct:title "a\\u0000b" ; dct:description "x\\uD800y" ; dct:modified "hôm qua"^^xsd:date ;
        dcat:distribution [ dcat:accessURL <http://a/1.csv> ; dcat:byteSize "1E999999999"^^xsd:decimal ] ."""
    raw = turtle(server, net, body)[0].raw
    assert raw["distribution"][0]["byteSize"] == [{"@value": "1E999999999", "@type": "http://www.w3.org/2001/XMLSchema#decimal"}]
    assert raw["modified"] == [{"@value": "hôm qua", "@type": "http://www.w3.org/2001/XMLSchema#date"}]
    assert (raw["title"], raw["description"]) == (["a\ufffdb"], ["x\ufffdy"])


def test_rounds_in_what_is_said_of_a_dataset_end(server: WebServer, net: Net):
    body = """<http://a/1> a dcat:Dataset ; dct:title "a" ; dct:relation <http://a/2>, <http://a/1> ; dct:publisher _:p . _:p foaf:name "P" ; dct:source _:p, _:q .
        _:q dct:source _:p . <http://a/2> a dcat:Dataset ; dct:title "b" ; dct:relation <http://a/1> ; dct:creator ( "x" "y" ) ."""
    first, second = turtle(server, net, body)
    assert first.raw["relation"] == [{"@id": "http://a/1", "title": ["a"]}, {"@id": "http://a/2", "title": ["b"]}]
    assert (first.raw["publisher"][0]["name"], second.raw["creator"]) == (["P"], ["x", "y"])


def test_a_dataset_that_leads_everywhere_is_said_and_stops_no_other(server: WebServer, net: Net):
    web = "".join(f"<http://w/{a}> dct:relation {', '.join(f'<http://w/{b}>' for b in range(30))} .\n" for a in range(30))
    server.routes["/c"] = reply(PREFIXES + web + '<http://a/1> a dcat:Dataset ; dct:title "a" ; dct:relation <http://w/0> . <http://a/2> a dcat:Dataset ; dct:title "b" .',
                                content_type="text/turtle")
    page = connector(server, net).page(None)
    assert ([item.identifier for item in page.items], [issue.code for issue in page.issues]) == (["http://a/2"], ["record-too-deep"])


def test_xml_inside_a_value_is_read_as_its_text(server: WebServer, net: Net):
    body = XML.replace("<dct:identifier>", '<dct:description rdf:parseType="Literal">Các <b>chợ</b>\n của tỉnh</dct:description><dct:identifier>')
    assert gathered(server, net, body, content_type="application/rdf+xml")[0].raw["description"] == ["Các chợ của tỉnh"]


def test_relative_addresses_are_of_where_the_document_was_found(server: WebServer, net: Net):
    server.routes["/old"] = redirect("/new/c.ttl")
    server.routes["/new/c.ttl"] = reply(PREFIXES + '<#a> a dcat:Dataset ; dct:title "a" ; dcat:landingPage <p> .')
    item = connector(server, net, "/old").page(None).items[0]
    assert (item.identifier, item.raw["landingPage"]) == (server.url("/new/c.ttl#a"), [{"@id": server.url("/new/p")}])


def test_a_catalogue_in_schema_org_is_read(server: WebServer, net: Net):
    body = {"@context": "https://schema.org/", "@type": "DataCatalog", "dataset": [{
        "@type": "Dataset", "@id": "http://a/1", "name": "Chợ", "keywords": ["chợ"], "license": "https://creativecommons.org/licenses/by/4.0/",
        "distribution": {"@type": "DataDownload", "contentUrl": "http://a/1.csv", "encodingFormat": "text/csv"}}]}
    dcat = connector(server, net)
    record = dcat.describe(gathered(server, net, json.dumps(body), content_type="application/ld+json")[0])
    assert (record.metadata["title"], record.metadata["license_id"], record.resources[0].format) == ("Chợ", "cc-by", "CSV")


def test_pages_follow_each_other_after_a_restart_at_each(server: WebServer, net: Net):
    def route(handler: Handler) -> None:
        number = int(handler.params.get("p", 1))
        reply(PREFIXES + part(number, f"<c?p={number + 1}>" if number < 6 else "", "6"), content_type="text/turtle")(handler)

    server.routes["/c"] = route
    cursor, listed = None, []
    while True:
        page = connector(server, net).page(cursor)
        listed += [item.identifier for item in page.items]
        if (cursor := page.cursor and json.loads(json.dumps(page.cursor))) is None:
            break
    assert listed == [f"http://a/{number}" for number in range(1, 7)]
    assert page.shortfall is None

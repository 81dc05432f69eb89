"""CSW catalogues: paging by positions, servers that count in their own way, refusals, and questions as documents."""

from __future__ import annotations

import pytest
from defusedxml import ElementTree
from support.library_answers import csw_answer, csw_exception, iso_19139
from support.sources import code_of
from support.web_server import Handler, WebServer, redirect, reply

from catalog.errors import Trouble
from catalog.issues import say
from catalog.net import Limits, Net
from harvesters.base import SourceSpec, every_page
from harvesters.csw import CatalogueService

CORE = ('<csw:Record xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dct="http://purl.org/dc/terms/"><dc:identifier>dc-1</dc:identifier>'
        '<dc:title>Bản đồ</dc:title><dct:abstract>Mô tả</dct:abstract><dct:references scheme="OGC:WMS">http://mo.example.vn/wms</dct:references>'
        '<dct:references scheme="WWW:DOWNLOAD-1.0-http--download">http://mo.example.vn/x.csv</dct:references></csw:Record>')


def service(server: WebServer, net: Net, path: str = "/csw", **options) -> CatalogueService:
    return CatalogueService(SourceSpec(name="x", url=server.url(path), options=options), net)


def iso(name: str) -> str:
    return iso_19139(name, f"Bộ {name}")


def serve(server: WebServer, names: list[str], size: int, following, total=None) -> None:
    """A server with `size` records a page; `following(start, count)` is its nextRecord."""

    def route(handler: Handler) -> None:
        start = int(handler.params["startPosition"])
        found = names[start - 1:start - 1 + size]
        reply(csw_answer(map(iso, found), len(names) if total is None else total(start), following(start, len(found))))(handler)

    server.routes["/csw"] = route


def harvested(connector: CatalogueService):
    pages = list(every_page(connector))
    return [item.identifier for page in pages for item in page.items], pages


NAMES = [f"r{n}" for n in range(7)]


def test_what_is_asked_for(server: WebServer, net: Net):
    serve(server, ["a"], 50, lambda start, count: 0)
    harvested(service(server, net, "/csw?service=CSW&request=GetCapabilities&kho=1", cql="dc:type = 'dataset'"))
    url = server.asked[0][1]
    for part in ("kho=1", "request=GetRecords", "version=2.0.2", "outputSchema=http%3A%2F%2Fwww.isotc211.org%2F2005%2Fgmd", "elementSetName=full",
                 "startPosition=1", "maxRecords=50", "constraint=dc%3Atype+%3D+%27dataset%27", "constraintLanguage=CQL_TEXT", "resultType=results"):
        assert part in url
    assert "GetCapabilities" not in url


@pytest.mark.parametrize("following", [
    lambda start, count: start + count if start + count <= 7 else 0, lambda start, count: start + count, lambda start, count: None,
    lambda start, count: 1, lambda start, count: "many"], ids=["by the book", "past the end", "left out", "backwards", "no number"])
def test_servers_that_tell_the_next_page_in_their_own_way_are_read_to_the_end(server: WebServer, net: Net, following):
    serve(server, NAMES, 3, following)
    names, pages = harvested(service(server, net))
    assert names == NAMES
    assert (pages[-1].total, pages[-1].shortfall) == (7, None)


def test_records_that_the_server_passes_over_are_a_shortfall(server: WebServer, net: Net):
    """GeoNetwork leaves out what it cannot write in the schema asked for, and counts it all the same."""
    serve(server, NAMES, 2, lambda start, count: start + 3 if start + 3 <= 7 else 0)
    names, pages = harvested(service(server, net))
    assert names == ["r0", "r1", "r3", "r4", "r6"]
    assert dict(pages[-1].shortfall.facts) == {"found": 5, "total": 7}


def test_an_end_before_the_end_is_a_shortfall(server: WebServer, net: Net):
    serve(server, NAMES, 3, lambda start, count: 0)
    _, pages = harvested(service(server, net))
    assert pages[-1].shortfall.code == "listing-incomplete"


def test_a_server_that_knows_no_positions_is_not_asked_for_ever(server: WebServer, net: Net):
    for total in (7, "many"):
        server.routes["/csw"] = reply(csw_answer(map(iso, "abc"), total, 4))
        names, pages = harvested(service(server, net))
        assert (names, len(pages), pages[-1].cursor) == (["a", "b", "c"], 2, None)
        assert pages[-1].shortfall.code == "listing-incomplete"


@pytest.mark.parametrize(("totals", "expected"), [({1: 7, 4: 6, 7: 6}, "listing-changed"), ({1: 5, 4: 7, 7: 7}, None), ({1: 7, 4: 9, 7: 9}, "listing-incomplete")])
def test_a_number_of_matches_that_changes_under_paging(server: WebServer, net: Net, totals, expected):
    serve(server, NAMES[:6] if totals[7] == 6 else NAMES, 3, lambda start, count: None, totals.get)
    _, pages = harvested(service(server, net))
    issue = pages[-1].shortfall
    assert (issue and issue.code) == expected


def test_an_empty_page_in_the_middle_ends_with_a_shortfall(server: WebServer, net: Net):
    serve(server, NAMES, 3, lambda start, count: start + 3, lambda start: 20)
    _, pages = harvested(service(server, net))
    assert dict(pages[-1].shortfall.facts) == {"found": 7, "total": 20}


@pytest.mark.parametrize(("code", "told"), [("InvalidParameterValue", "InvalidParameterValue"), ("words of the server", "–")])
def test_an_exception_is_told_in_words_that_are_not_the_servers(server: WebServer, net: Net, code, told):
    server.routes["/csw"] = reply(csw_exception(code))
    with pytest.raises(Trouble) as caught:
        service(server, net).page(None)
    what = say(caught.value.issue, "vi").what
    assert told in what
    assert "words" not in what


@pytest.mark.parametrize("refusal", [csw_exception("OperationNotSupported"), 400, 405, 500])
def test_a_server_that_takes_only_documents_is_asked_by_one_to_the_end(server: WebServer, net: Net, refusal):
    asked = []

    def route(handler: Handler) -> None:
        if handler.command != "POST":
            reply(refusal if isinstance(refusal, str) else "", status=refusal if isinstance(refusal, int) else 200)(handler)
            return
        root = ElementTree.fromstring(handler.posted)
        start, rows = int(root.get("startPosition")), int(root.get("maxRecords"))
        asked.append((start, root.get("outputSchema"), [text.text for text in root.iter() if text.tag.endswith("CqlText")]))
        found = [f"r{n}" for n in range(120)][start - 1:start - 1 + rows]
        reply(csw_answer(map(iso, found), 120, start + rows if start + rows <= 120 else 0))(handler)

    server.routes["/csw"] = route
    names, pages = harvested(service(server, net, cql="a < 'b & c'"))
    assert (len(names), len(pages), pages[-1].shortfall) == (120, 3, None)
    assert asked[1] == (51, "http://www.isotc211.org/2005/gmd", ["a < 'b & c'"])
    assert [one[0] for one in server.asked] == ["GET", "POST", "POST", "POST"]


def test_a_refusal_of_both_ways_is_the_first_ones(server: WebServer, net: Net):
    server.routes["/csw"] = reply("no", status=404)
    assert code_of(service(server, net).page, None) == "http-status"


def test_version_three_has_a_namespace_of_its_own(server: WebServer, net: Net):
    server.routes["/csw"] = reply(csw_answer([iso("a")], 1, 0, "3.0.0"))
    names, pages = harvested(service(server, net, version="3.0.0", records="dublin-core"))
    assert (names, pages[-1].shortfall) == (["a"], None)
    assert "outputSchema=http%3A%2F%2Fwww.opengis.net%2Fcat%2Fcsw%2F3.0" in server.asked[0][1]


def test_dublin_core_with_its_links_is_read_too(server: WebServer, net: Net):
    server.routes["/csw"] = reply(csw_answer([CORE], 1, 0))
    connector = service(server, net, records="dublin-core")
    record = connector.describe(connector.page(None).items[0])
    assert (record.identifier, record.metadata["title"], record.metadata["notes"]) == ("dc-1", "Bản đồ", "Mô tả")
    assert [(file.format, file.url) for file in record.resources] == [("WMS", "http://mo.example.vn/wms"), ("CSV", "http://mo.example.vn/x.csv")]


def test_what_is_no_metadata_is_an_issue_and_costs_nothing_else(server: WebServer, net: Net):
    foreign = '<fc:FC_FeatureCatalogue xmlns:fc="urn:x"><fc:name>x</fc:name></fc:FC_FeatureCatalogue>'
    server.routes["/csw"] = reply(csw_answer([iso("a"), foreign, iso_19139("", "Không mã"), "<note>x</note>"], 4, 0))
    page = service(server, net).page(None)
    assert [item.identifier for item in page.items] == ["a"]
    assert [issue.code for issue in page.issues] == ["metadata-of-another-standard", "identifier-missing", "record-not-an-object"]
    assert page.shortfall is None


@pytest.mark.parametrize("body", ["<a/>", '<csw:GetRecordsResponse xmlns:csw="urn:x"/>', '<Capabilities xmlns="http://www.opengis.net/cat/csw/2.0.2"/>'])
def test_another_answer_of_the_protocol_is_no_listing(server: WebServer, net: Net, body):
    server.routes["/csw"] = reply(body)
    assert code_of(service(server, net).page, None) == "listing-of-another-kind"


def test_a_page_that_comes_again_is_told_where_the_server_says_no_total(server: WebServer, net: Net):
    server.routes["/csw"] = reply(csw_answer(map(iso, ["a", "b"]), "", 3))
    names, pages = harvested(service(server, net))
    assert (names, pages[-1].shortfall.code) == (["a", "b"], "listing-incomplete")


def test_a_question_as_a_document_is_asked_again_after_the_pause_that_the_server_wants(server: WebServer):
    answers = iter([reply(csw_exception("OperationNotSupported"), status=405), reply("", status=503, retry_after="0"),
                    reply(csw_answer(map(iso, ["a"]), 1, 0))])
    server.routes["/csw"] = lambda handler: next(answers)(handler)
    assert harvested(service(server, Net(("127.0.0.1",), limits=Limits(retries=1, backoff=0.01))))[0] == ["a"]
    assert [method for method, *_ in server.asked] == ["GET", "POST", "POST"]


def test_a_question_as_a_document_follows_a_redirect_to_no_private_address(server: WebServer, net: Net):
    routes = {"GET": reply("", status=405), "POST": redirect("http://10.1.2.3/csw", status=307)}
    server.routes["/csw"] = lambda handler: routes[handler.command](handler)
    assert code_of(service(server, net).page, None) in {"address-private", "http-status"}
    assert [method for method, *_ in server.asked] == ["GET", "POST"]

"""OAI-PMH repositories: paging by tokens, deleted records, refusals, and tokens that expire or lead in circles."""

from __future__ import annotations

import json

import pytest
from support.kinds.library import entry, serve_oai
from support.library_answers import (
    dublin_core,
    iso_19139,
    oai_answer,
    oai_deleted,
    oai_document,
    oai_record,
    oai_refusal,
)
from support.sources import code_of
from support.web_server import Handler, WebServer, reply

from catalog.errors import Trouble
from catalog.issues import say
from catalog.net import Net
from harvesters.base import SourceSpec, every_page
from harvesters.oai_pmh import OaiRepository


def repository(server: WebServer, net: Net, path: str = "/oai", **options) -> OaiRepository:
    return OaiRepository(SourceSpec(name="x", url=server.url(path), options=options), net)


def record(name: str) -> str:
    return oai_record(name, dublin_core(title=f"Bộ {name}"))


def serve_pages(server: WebServer, pages: dict[str, str]) -> None:
    """Answers by token; the listing starts at the token ''."""
    server.routes["/oai"] = lambda handler: reply(pages[handler.params.get("resumptionToken", "")])(handler)


def harvested(connector: OaiRepository):
    pages = list(every_page(connector))
    return [item.identifier for page in pages for item in page.items], pages


def test_what_is_asked_for_is_the_listing_in_one_format_and_one_set(server: WebServer, net: Net):
    serve_pages(server, {"": oai_answer([record("a")], "t&1/ă"), "t&1/ă": oai_answer([record("b")])})
    names, _ = harvested(repository(server, net, "/oai?verb=Identify&set=x&page=kho", set="mo:y-te", prefix="oai_datacite"))
    assert names == ["a", "b"]
    assert [asked[1] for asked in server.asked] == [
        "/oai?page=kho&verb=ListRecords&metadataPrefix=oai_datacite&set=mo%3Ay-te", "/oai?page=kho&verb=ListRecords&resumptionToken=t%261%2F%C4%83"]


def test_deleted_records_are_not_listed_and_not_missed(server: WebServer, net: Net):
    serve_pages(server, {"": oai_answer([record("a"), oai_deleted("b")], "t", 4), "t": oai_answer([oai_deleted("c"), record("d")], "", 4)})
    names, pages = harvested(repository(server, net))
    assert names == ["a", "d"]
    assert (pages[-1].total, pages[-1].shortfall, pages[0].total) == (2, None, 3)


def test_nothing_that_matches_is_an_empty_list(server: WebServer, net: Net):
    server.routes["/oai"] = reply(oai_refusal("noRecordsMatch"))
    page = repository(server, net).page(None)
    assert (page.items, page.total, page.shortfall) == ((), 0, None)


@pytest.mark.parametrize(("error", "code", "told"), [
    ("badArgument", "oai-refused", "badArgument"), ("badVerb", "oai-refused", "badVerb"), ("noSetHierarchy", "oai-without-sets", "y-te"),
    ("idDoesNotExist", "oai-refused", "idDoesNotExist"), ("<script>", "oai-refused", "–"), ("badResumptionToken", "oai-refused", "badResumptionToken")])
def test_a_refusal_is_told_in_words_that_are_not_the_servers(server: WebServer, net: Net, error, code, told):
    server.routes["/oai"] = reply(oai_refusal(error.replace("<", "&lt;")))
    connector = repository(server, net, set="y-te")
    with pytest.raises(Trouble) as caught:
        connector.page(None)
    what = say(caught.value.issue, "en").what
    assert caught.value.issue.code == code
    assert told in what
    assert "words of the server" not in what + repr(caught.value)


def test_a_format_that_is_not_offered_is_told_with_those_that_are(server: WebServer, net: Net):
    offered = "".join(f"<metadataFormat><metadataPrefix>{name}</metadataPrefix></metadataFormat>" for name in ("oai_dc", "marc21", "datacite"))

    def route(handler: Handler) -> None:
        listed = handler.params["verb"] == "ListMetadataFormats"
        reply(oai_document(f"<ListMetadataFormats>{offered}</ListMetadataFormats>") if listed else oai_refusal("cannotDisseminateFormat"))(handler)

    server.routes["/oai"] = route
    with pytest.raises(Trouble) as caught:
        repository(server, net, prefix="dcat_ap").page(None)
    issue = caught.value.issue
    assert (issue.code, dict(issue.facts)) == ("oai-format-not-offered", {"prefix": "dcat_ap", "offered": "datacite, oai_dc"})


@pytest.mark.parametrize("error", ["badResumptionToken", "badArgument"])
def test_a_token_that_expired_is_replaced_by_walking_to_the_same_place(server: WebServer, net: Net, error):
    """Every walk gets tokens of its own, as from a repository that keeps them for a minute."""
    names, sessions = [f"r{n}" for n in range(7)], [0]

    def route(handler: Handler) -> None:
        token = handler.params.get("resumptionToken")
        if token is None:
            sessions[0] += 1
            token = f"{sessions[0]}-0"
        session, start = map(int, token.split("-"))
        if session != sessions[0]:
            reply(oai_refusal(error))(handler)
            return None
        following = f"{session}-{start + 2}" if start + 2 < len(names) else ""
        return reply(oai_answer(map(record, names[start:start + 2]), following, len(names)))(handler)

    server.routes["/oai"] = route
    connector = repository(server, net)
    second = connector.page(connector.page(None).cursor)
    sessions[0] += 1  # all tokens expire
    rest = [connector.page(second.cursor)]
    while rest[-1].cursor:
        rest.append(repository(server, net).page(rest[-1].cursor))
    assert [item.identifier for page in rest for item in page.items] == ["r4", "r5", "r6"]
    assert (rest[-1].total, rest[-1].shortfall) == (7, None)


def test_a_token_that_expired_in_a_listing_that_has_changed_ends_it_with_a_shortfall(server: WebServer, net: Net):
    pages = {"": oai_answer([record("a")], "t"), "t": oai_answer([record("b")], "u"), "u": oai_answer([record("c")])}
    serve_pages(server, pages)
    connector = repository(server, net)
    cursor = connector.page(connector.page(None).cursor).cursor
    pages |= {"u": oai_refusal("badResumptionToken"), "t": oai_answer([record("x")], "v"), "v": oai_answer([record("c")])}
    page = connector.page(cursor)
    assert (page.items, page.cursor, page.shortfall.code, page.shortfall.facts["found"]) == ((), None, "oai-token-expired", 2)


def test_a_repository_that_takes_none_of_its_tokens_ends_with_a_shortfall(server: WebServer, net: Net):
    serve_pages(server, {"": oai_answer([record("a")], "t", 9), "t": oai_refusal("badResumptionToken")})
    names, pages = harvested(repository(server, net))
    assert (names, pages[-1].shortfall.code) == (["a"], "oai-token-expired")
    assert len(server.asked) < 6


def test_a_page_that_repeats_ends_the_listing_with_a_shortfall(server: WebServer, net: Net):
    serve_pages(server, {"": oai_answer([record("a")], "t"), "t": oai_answer([record("b")], "u"), "u": oai_answer([record("b")], "u")})
    names, pages = harvested(repository(server, net))
    assert (names, pages[-1].shortfall.code, pages[-1].shortfall.facts["found"]) == (["a", "b"], "listing-incomplete", 2)


def test_pages_that_go_round_in_a_circle_end_with_a_shortfall(server: WebServer, net: Net):
    serve_pages(server, {"": oai_answer([record("a")], "1"), **{str(n): oai_answer([record(f"b{n}")], str(n % 3 + 1)) for n in (1, 2, 3)}})
    _, pages = harvested(repository(server, net))
    assert pages[-1].shortfall.code == "listing-incomplete"
    assert len(pages) < 20


def test_empty_pages_without_end_are_left(server: WebServer, net: Net):
    serve_pages(server, {"": oai_answer([record("a")], "t"), "t": oai_answer([], "t")})
    _, pages = harvested(repository(server, net))
    assert (pages[-1].shortfall.code, len(pages)) == ("listing-incomplete", 3)


def test_a_listing_that_gives_less_than_it_says_ends_with_a_shortfall(server: WebServer, net: Net):
    serve_pages(server, {"": oai_answer([record("a")], "t", 5), "t": oai_refusal("noRecordsMatch")})
    _, pages = harvested(repository(server, net))
    assert dict(pages[-1].shortfall.facts) == {"found": 1, "total": 5}


@pytest.mark.parametrize("nothing", [oai_refusal("noRecordsMatch"), oai_answer([])])
def test_nothing_behind_a_token_is_a_shortfall_unless_all_had_come(server: WebServer, net: Net, nothing):
    serve_pages(server, {"": oai_answer([record("a")], "t"), "t": nothing})
    _, pages = harvested(repository(server, net))
    assert dict(pages[-1].shortfall.facts) == {"found": 1, "total": "> 1"}
    serve_pages(server, {"": oai_answer([record("a")], "t", 1), "t": nothing})
    _, pages = harvested(repository(server, net))
    assert (pages[-1].total, pages[-1].shortfall) == (1, None)


def test_a_listing_that_shrinks_on_the_way_ends_with_a_shortfall(server: WebServer, net: Net):
    serve_pages(server, {"": oai_answer([record("a")], "t", 3), "t": oai_answer([record("b")], "", 2)})
    _, pages = harvested(repository(server, net))
    assert (pages[-1].shortfall.code, dict(pages[-1].shortfall.facts)) == ("listing-changed", {"before": 3, "total": 2})


@pytest.mark.parametrize("size", ["", "-1", "many", "１２", "9" * 40, "1.5"])
def test_a_size_that_is_none_is_not_believed(server: WebServer, net: Net, size):
    body = oai_answer([record("a")], "", 7).replace('completeListSize="7"', f'completeListSize="{size}"')
    server.routes["/oai"] = reply(body)
    page = repository(server, net).page(None)
    assert (page.total, page.shortfall, len(page.items)) == (1, None, 1)


def test_an_answer_that_was_cut_off_is_no_shorter_listing(server: WebServer, net: Net):
    whole = oai_answer(map(record, "abc"))
    server.routes["/oai"] = reply(whole[:whole.index("Bộ c")])
    assert code_of(repository(server, net).page, None) == "xml-broken"


def test_records_of_several_formats_are_read_and_foreign_ones_named(server: WebServer, net: Net):
    records = [oai_record("iso", iso_19139("x", "Bản đồ")), oai_record("marc", '<record xmlns="http://www.loc.gov/MARC21/slim"><leader/></record>'),
               oai_record("", dublin_core(title="Không mã")), record("dc"), "<record>nothing</record>",
               "<record><header><identifier>bare</identifier></header></record>"]
    server.routes["/oai"] = reply(oai_answer(records))
    page = repository(server, net).page(None)
    assert {item.identifier: item.raw["standard"] for item in page.items} == {"iso": "iso-19139", "dc": "dublin-core", "bare": ""}
    assert [issue.code for issue in page.issues] == ["metadata-of-another-standard", "identifier-missing", "record-not-an-object"]
    assert "marc" in say(page.issues[0], "vi").what
    assert "Không mã" in say(page.issues[1], "vi").what


def test_the_cursor_stays_small_however_long_the_listing(server: WebServer, net: Net):
    connector = OaiRepository(serve_oai(server, [entry(n) for n in range(600)]), net)
    cursors = [page.cursor for page in every_page(connector) if page.cursor]
    assert max(map(len, cursors)) < 300
    assert json.loads(cursors[-1])["seen"] == 550

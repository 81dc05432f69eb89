"""Documents in RDF that were written to keep a reader busy, to fill its memory, or to send it elsewhere; and large ones that are sound."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support.web_server import WebServer, reply

from catalog.errors import Trouble
from catalog.net import Net
from harvesters import dcat_ap_graph, jsonld_contexts, rdf_reading
from harvesters.base import SourceSpec
from harvesters.dcat_ap import DcatAp

PREFIXES = "@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .\n"
XML = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:t="http://t/">'
DCAT = "https://www.w3.org/ns/dcat.jsonld"


def statements(text: str, media_type: str = "text/turtle") -> dict[str, Any]:
    return rdf_reading.read(text.encode(), media_type, "http://h/c", lambda _: False, lambda address: pytest.fail(address))


def refused(text: str, media_type: str = "text/turtle") -> dict[str, Any]:
    with pytest.raises(Trouble) as caught:
        statements(text, media_type)
    return {"code": caught.value.issue.code, **caught.value.issue.facts}


def listing(text: str) -> dcat_ap_graph.Listing:
    found = dcat_ap_graph.listing(statements(PREFIXES + text), "http://h/c")
    assert found is not None
    return found


@pytest.mark.parametrize("text", [
    '<a:b> <c:d> "' + "\\n" * 60_000 + '" .', '<a:b> <c:d> """\n' + "\\u0041" * 60_000 + '""" .', "@prefix t: <http://t/> .\n<a:b> t:" + "a\\-" * 60_000 + " 1 ."])
def test_a_line_of_escapes_is_refused_with_its_number(text):
    assert refused(text) == {"code": "rdf-broken", "format": "Turtle", "line": 1 if text.startswith("<a:b> <c:d> \"\\") else 2}


def test_escapes_on_many_lines_are_read():
    found = statements("".join(f'<a:{number}> <c:d> "\\u0041\\n\\"" .\n' for number in range(20_000)))
    assert len(found) == 20_000
    assert found["a:7"][0][1].text == 'A\n"'


def test_a_long_text_on_one_line_of_ntriples_is_read_whole():
    text = "POLYGON((" + "108.1 12.5, " * 100_000
    assert statements(f'<a:b> <c:d> "{text}" .\n', "application/n-triples")["a:b"][0][1].text == text
    assert refused("<a:b> <c:d> " + "x" * 2_000_000, "application/n-triples")["code"] == "rdf-broken"


def test_long_texts_and_many_prefixes_of_xml_are_read():
    found = statements(f"{XML}<t:A rdf:about='a:b'><t:x>{'một &amp; hai' * 100_000}</t:x><t:y> 1 <t:B rdf:about='a:c'><t:z>trong</t:z></t:B> </t:y></t:A></rdf:RDF>",
                       "application/rdf+xml")
    assert dict(found["a:b"])["http://t/x"].text == "một & hai" * 100_000
    assert dict(found["a:b"])["http://t/y"] == "a:c"
    assert dict(found["a:c"])["http://t/z"].text == "trong"
    prefixes = " ".join(f'xmlns:p{number}="http://p/{number}"' for number in range(10_000))
    assert dict(statements(f"{XML}<t:A {prefixes} rdf:about='a:b' p9:x='1'/></rdf:RDF>", "application/rdf+xml")["a:b"])["http://p/9x"].text == "1"


@pytest.mark.parametrize("text", ["<a:b> <c:d> " + "[ <c:d> " * 50_000, "<a:b> <c:d> " + "( " * 50_000, '<a:b> <c:d> "' + "a" * 1_000_000, "<a:b> <c:d> " + "1" * 1_000_000])
def test_what_never_ends_is_broken(text):
    assert refused(text)["code"] == "rdf-broken"


@pytest.mark.parametrize("document", [
    {"@graph": [{"@context": DCAT, "@id": "a:b"}] * 200}, {"@context": [[DCAT] * 50] * 50}, {"@graph": [{"@context": {f"t{number}": "a:b" for number in range(200)}}] * 200}])
def test_contexts_without_end_are_refused(document, monkeypatch):
    monkeypatch.setattr(jsonld_contexts, "TERMS", 20_000)
    assert refused(json.dumps(document), "application/ld+json")["code"] == "rdf-too-large"


def test_contexts_that_multiply_each_other_are_refused():
    levels = {f"http://h/{level}": {"@context": [f"http://h/{level + 1}"] * 300} for level in range(6)} | {"http://h/6": {"@context": {"t": "a:b"}}}
    with pytest.raises(Trouble) as caught:
        rdf_reading.read(b'{"@context": "/0", "@id": "a:b", "t": "x"}', "application/ld+json", "http://h/c", lambda _: True, levels.__getitem__)
    assert caught.value.issue.code == "rdf-too-large"


@pytest.mark.parametrize("hide", [
    lambda context: {"@context": {"t": {"@id": "a:t", "@value": 1, "@context": context}}, "@id": "a:b", "t": {"x": 1}},
    lambda context: {"@id": "a:b", "a:c": {"@value": "x", "@context": context}},
    lambda context: {"@id": "a:b", "a:c": {"@value": {"@context": context}}},
    lambda context: {"@id": "a:b", "@reverse": {"a:c": {"@list": [{"@context": [[context]]}]}}},
    lambda context: {"@context": {"@context": {"@import": context}}, "@id": "a:b"},
    lambda context: {"@context": {"@import": {"@context": context}}, "@id": "a:b"}])
def test_no_context_is_asked_for_wherever_it_hides(server: WebServer, net: Net, hide):
    elsewhere = server.url("/elsewhere", host="localhost")
    server.routes["/c"] = reply(json.dumps(hide(elsewhere)), content_type="application/ld+json")
    with pytest.raises(Trouble) as caught:
        DcatAp(SourceSpec(name="x", url=server.url("/c")), net).page(None)
    assert caught.value.issue.code in ("jsonld-context-refused", "listing-of-another-kind", "rdf-broken")
    assert [path for _, path, _ in server.asked] == ["/c"]


def test_a_service_of_its_own_for_each_of_many_datasets():
    found = listing("".join(f"<d:{number:05}> a dcat:Dataset ; dct:title 'x' . <s:{number}> a dcat:DataService ; dcat:servesDataset <d:{number:05}> .\n"
                            for number in range(5_000)))
    assert (len(found.items), found.items[17].raw["service"]) == (5_000, [{"@id": "s:17", "@type": ["DataService"]}])


def test_one_service_for_many_datasets_stays_as_it_is_when_one_is_added():
    def served(number: int) -> dcat_ap_graph.Listing:
        datasets = [f"<d:{one}>" for one in range(number)]
        return listing(f"<s:1> a dcat:DataService ; dcat:endpointURL <http://a/api> ; dcat:servesDataset {', '.join(datasets)} .\n"
                       + "".join(f"{one} a dcat:Dataset ; dct:title 'x' .\n" for one in datasets))

    before, after = served(3_000), served(3_001)
    now = {item.identifier: item.raw for item in after.items}
    assert all(now[item.identifier] == item.raw for item in before.items)
    assert before.items[0].raw["service"] == [{"@id": "s:1", "@type": ["DataService"], "endpointURL": [{"@id": "http://a/api"}]}]


@pytest.mark.parametrize("shared", [
    "".join(f"<a:1> dct:title 'n{number}' .\n" for number in range(500)),
    "<a:1> <http://www.w3.org/1999/02/22-rdf-syntax-ns#rest> <a:1> ; <http://www.w3.org/1999/02/22-rdf-syntax-ns#first> " + ", ".join(map(str, range(500))) + " .\n"])
def test_what_every_dataset_shares_is_bounded(monkeypatch, shared):
    monkeypatch.setattr(dcat_ap_graph, "LOOKED_AT", 20_000)
    datasets = "".join(f"<d:{number}> a dcat:Dataset ; dct:title 'x' ; dct:publisher <a:1> .\n" for number in range(100))
    with pytest.raises(Trouble) as caught:
        listing(datasets + shared)
    assert (caught.value.issue.code, caught.value.issue.facts) == ("rdf-too-large", {"limit": 20_000})
    assert len(listing(datasets).items) == 100

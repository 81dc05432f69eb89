"""Socrata sites: a catalogue that is scrolled, or paged up to its limit, and assets of every kind."""

from __future__ import annotations

import json

import pytest
from support.kinds.socrata import CATALOGUE, asset_of, entry, serve
from support.sources import code_of
from support.web_server import Handler, WebServer, redirect, reply, web_server

from catalog.net import Limits, Net
from harvesters.base import Gathered, SourceSpec, every_page
from harvesters.socrata import Socrata


def site(server: WebServer, net: Net, secrets=None, **options) -> Socrata:
    return Socrata(SourceSpec(name="x", url=server.url("/browse?q=1"), options=options, secrets=secrets or {}), net)


def harvest(connector: Socrata):
    pages = list(every_page(connector))
    said = [issue.code for page in pages for issue in (*page.issues, *([page.shortfall] if page.shortfall else ()))]
    return [item.identifier for page in pages for item in page.items], said, pages


def describe(raw, **options):
    return Socrata(SourceSpec(name="x", url="https://mo.example.vn/", options=options), Net()).describe(Gathered(identifier="abcd-1234", raw=raw))


def extras(record) -> dict[str, str]:
    return {extra["key"]: extra["value"] for extra in record.metadata["extras"]}


def test_an_asset_in_our_words(server: WebServer, net: Net):
    serve(server, [entry(3)])
    connector = site(server, net)
    item = connector.page(None).items[0]
    assert "page_views" not in item.raw
    record = connector.describe(item)
    metadata, resource = record.metadata, record.resources[0]
    assert (metadata["title"], metadata["notes"], metadata["tags"], metadata["groups"]) == ("Bộ dữ liệu 3", "Mô tả", ["chợ"], ["y-te"])
    assert (metadata["license_id"], metadata["frequency"], metadata["author"], metadata["maintainer_email"]) == ("cc-by", "monthly", "Sở Y tế", "mo@example.vn")
    assert extras(record) == {"Frequency": "Monthly", "origin_modified": "2024-09-01T00:00:00", "columns": "Tên", "origin_type": "dataset"}
    assert (resource.url, resource.format) == (server.url("/api/views/0003-aaaa/rows.csv?accessType=DOWNLOAD"), "CSV")
    assert resource.last_modified == "2024-09-01T00:00:00"


def test_only_the_datasets_of_the_domain_itself_are_asked_for(server: WebServer, net: Net):
    serve(server, [entry(0)])
    site(server, net).page(None)
    site(server, net, assets="all").page(None)
    assert [path for _, path, _ in server.asked] == [f"{CATALOGUE}?domains=127.0.0.1&only=datasets&limit=100&scroll_id=", f"{CATALOGUE}?domains=127.0.0.1&limit=100&scroll_id="]


def by_position(server: WebServer, number: int, *, says: int | None = ..., deaf: bool = False) -> None:
    """A site that refuses to be scrolled, and gives at most 10,000 by position."""
    def route(handler: Handler) -> None:
        start = 0 if deaf else int(handler.params.get("offset", 0))
        if "scroll_id=" in handler.path and not deaf or start + int(handler.params["limit"]) > 10_000:
            return reply('{"error": "no"}', status=400)(handler)
        found = [asset_of({"id": f"{n:05}", "title": "a"}) for n in range(start, min(start + 100, number))]
        return reply(json.dumps({"results": found, "resultSetSize": number if says is ... else says}))(handler)

    server.routes[CATALOGUE] = route


@pytest.mark.parametrize(("number", "says", "said"), [(250, 250, []), (250, None, []), (250, 300, ["listing-incomplete"]), (10_000, 10_000, []),
                                                      (10_050, 10_050, ["listing-limited"]), (10_050, None, ["listing-limited"])])
def test_a_site_that_refuses_to_be_scrolled_is_paged_up_to_its_limit(server: WebServer, net: Net, number, says, said):
    by_position(server, number, says=says)
    found, issues, _ = harvest(site(server, net))
    assert (len(found), len(set(found)), issues) == (min(number, 10_000), min(number, 10_000), said)


def test_more_than_ten_thousand_are_scrolled(server: WebServer, net: Net):
    serve(server, [{"id": f"{n:05}", "title": "a"} for n in range(10_150)])
    found, said, pages = harvest(site(server, net))
    assert (len(set(found)), said, pages[-1].total) == (10_150, [], 10_150)


def test_a_page_that_repeats_ends_the_listing(server: WebServer, net: Net):
    by_position(server, 300, deaf=True)
    found, said, _ = harvest(site(server, net))
    assert (len(found), said, len(server.asked)) == (100, ["listing-incomplete"], 2)
    connector = site(server, net)
    assert connector.page(connector.page(None).cursor).items == ()


def test_a_site_that_takes_no_notice_of_scrolling_is_paged_by_position(server: WebServer, net: Net):
    """Otherwise its first page would be the most read, and the next ones those that come after the last of them by name."""
    assets = [asset_of({"id": f"{(7 * n) % 250:05}", "title": "a"}) for n in range(250)]

    def route(handler: Handler) -> None:
        found = sorted(assets, key=lambda one: one["resource"]["id"]) if "order" in handler.params else assets
        start = int(handler.params.get("offset", 0))
        reply(json.dumps({"results": found[start:start + 100], "resultSetSize": 250}))(handler)

    server.routes[CATALOGUE] = route
    found, said, _ = harvest(site(server, net))
    assert (len(set(found)), len(found), said) == (250, 250, [])


def test_records_without_identifiers_cannot_lead_on(server: WebServer, net: Net):
    server.routes[CATALOGUE] = reply(json.dumps({"results": [{"resource": {"name": "a"}}] * 100, "resultSetSize": 300}))
    found, said, _ = harvest(site(server, net))
    assert (found, said) == ([], ["identifier-missing"] * 100 + ["listing-incomplete"])


def test_the_token_goes_to_the_site_and_nowhere_else(server: WebServer, net: Net):
    serve(server, [entry(0)])
    site(server, net).page(None)
    connector = site(server, net, secrets={"app_token": "bi-mat"})
    connector.page(None)
    assert ["x-app-token" in headers for _, _, headers in server.asked] == [False, True]
    with web_server() as other:
        serve(other, [entry(0)])
        server.routes[CATALOGUE] = redirect(other.url(CATALOGUE))
        connector.page(None)
        assert "x-app-token" not in other.asked[0][2]
    server.routes[CATALOGUE] = reply('{"error": "bi-mat"}', status=403)
    with pytest.raises(Exception) as caught:  # noqa: B017, PT011
        connector.page(None)
    assert "bi-mat" not in repr(caught.value) + repr(caught.value.issue) + repr(connector)


def test_a_refusal_that_is_not_about_scrolling_is_trouble(server: WebServer):
    net = Net(("127.0.0.1",), limits=Limits(retries=0))
    for status in (403, 404, 429):
        server.routes[CATALOGUE] = reply("{}", status=status)
        assert code_of(site(server, net).page, None) in ("http-status", "host-busy")
    server.routes[CATALOGUE] = reply('{"error": "no"}', status=400)
    assert code_of(site(server, net).page, None) == "http-status"


@pytest.mark.parametrize(("raw", "expected"), [
    ({"id": "abcd-1234", "type": "file", "blob_mime_type": "application/pdf; charset=binary"}, [("https://mo.example.vn/download/abcd-1234/application%2Fpdf", "PDF")]),
    ({"id": "abcd-1234", "type": "map", "lens_view_type": "geo"}, [("https://mo.example.vn/api/geospatial/abcd-1234?method=export&format=GeoJSON", "GEOJSON")]),
    ({"id": "abcd-1234", "type": "federated_href", "metadata": {"access_points": {"text/html": "https://x/"}, "additional_access_points": [
        7, {"title": "CSV", "urls": {"text/csv": "https://x/a.csv", "text/html": "https://x/"}}]}}, [("https://x/", "HTML"), ("https://x/a.csv", "CSV")]),
    ({"id": "abcd-1234", "type": "story", "permalink": "https://mo.example.vn/d/abcd-1234"}, [("https://mo.example.vn/d/abcd-1234", "HTML")]),
    ({"id": "a/../b", "type": "dataset"}, [("https://mo.example.vn/api/views/a%2F..%2Fb/rows.csv?accessType=DOWNLOAD", "CSV")]),
    ({"type": "dataset"}, [("https://mo.example.vn/api/views/abcd-1234/rows.csv?accessType=DOWNLOAD", "CSV")])])
def test_assets_of_every_kind_lead_to_their_files(raw, expected):
    assert [(one.url, one.format) for one in describe(raw).resources] == expected


@pytest.mark.parametrize(("name", "expected"), [
    ("Public Domain", "other-pd"), ("Public Domain U.S. Government", "other-pd"), ("Creative Commons 1.0 Universal (Public Domain Dedication)", "cc-zero"),
    ("Creative Commons Attribution | Share Alike 4.0 International", "cc-by-sa"), ("Creative Commons Attribution 3.0 Unported", "cc-by"),
    ("Creative Commons Attribution | Noncommercial 3.0 Unported", "cc-nc"), ("Creative Commons Attribution | No Derivative Works 4.0", "other-closed"),
    ("Open Database License", "odc-odbl"), ("See Terms of Use", ""), ("", "")])
def test_licences_as_socrata_names_them(name, expected):
    record = describe({"title": "a", "metadata": {"license": name}})
    assert record.metadata["license_id"] == expected
    assert [issue.code for issue in record.issues] == (["licence-unknown"] if name == "See Terms of Use" else [])


@pytest.mark.parametrize(("key", "value", "expected", "said"), [
    ("Refresh-Frequency_Frequency", "Daily", "daily", []), ("Informacion-de-Datos_Frecuencia-de-Actualizacion", "Anual", "annual", []),
    ("Update_Update-Frequency", "at full moon", "", ["frequency-unknown"]), ("Radio_Frequency-Band", "5 GHz", "", []), ("Thong-tin_Tan-suat-cap-nhat", "Hằng tháng", "monthly", [])])
def test_frequencies_are_found_in_the_sites_own_fields(key, value, expected, said):
    record = describe({"title": "a", "classification": {"domain_metadata": [7, {"key": "Department_Name", "value": "x"}, {"key": key, "value": value}]}})
    assert (record.metadata["frequency"], [issue.code for issue in record.issues]) == (expected, said)
    assert extras(record)["Name"] == "x"

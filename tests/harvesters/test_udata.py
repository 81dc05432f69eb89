"""udata portals: paging by their own pages, what is hidden, what robots write, and the words of the French portal."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support.kinds.udata import DATASETS, entry, serve
from support.web_server import Handler, WebServer, reply

from catalog.net import Net
from harvesters.base import Gathered, Page, SourceSpec, every_page
from harvesters.udata import Udata


def connected(server: WebServer, net: Net, path: str = "/", **options: str) -> Udata:
    return Udata(SourceSpec(name="x", url=server.url(path), options=options), net)


def read(server: WebServer, net: Net, **options: str) -> tuple[list[str], list[str], list[Page]]:
    pages = list(every_page(connected(server, net, **options)))
    said = [issue.code for page in pages for issue in (*page.issues, *([page.shortfall] if page.shortfall else ()))]
    return [item.identifier for page in pages for item in page.items], said, pages


def described(**values: Any):
    raw = Udata(SourceSpec(name="x", url="https://x.example.vn"), Net())._item({**entry(0), **values}).raw
    return Udata(SourceSpec(name="x", url="https://x.example.vn"), Net()).describe(Gathered(identifier="x", raw=raw))


def extras(record) -> dict[str, str]:
    return {extra["key"]: extra["value"] for extra in record.metadata["extras"]}


def paged(*pages: Any):
    """Answers by their page; each a list of rows, a total, and whether a next page is told of."""
    def route(handler: Handler) -> None:
        number = int(handler.params["page"])
        if number > len(pages):
            return reply('{"message": "Not found"}', status=404)(handler)
        rows, total, more = pages[number - 1]
        told = {} if more is None else {"next_page": "https://elsewhere.example.vn/?page=2" if more else None}
        return reply(json.dumps({"data": rows, "total": total, **told}))(handler)
    return route


def test_the_portal_is_asked_for_the_oldest_first(server: WebServer, net: Net):
    serve(server, [entry(0)])
    read(server, net, organization="534f", tag="chợ")
    assert server.asked[0][1] == f"{DATASETS}?page=1&page_size=100&sort=created&organization=534f&tag=ch%E1%BB%A3"


@pytest.mark.parametrize("path", ["", "/", "/fr/", "/fr/datasets/", "/datasets/", "/api", "/api/1", "/api/1/datasets/", "/api/2/datasets/search/", "/fr/organizations/x/"])
def test_the_api_is_found_from_any_usual_address(server: WebServer, net: Net, path):
    serve(server, [entry(0)])
    assert len(connected(server, net, path).page(None).items) == 1


def test_pages_are_counted_by_us_wherever_the_portal_says_the_next_one_is(server: WebServer, net: Net):
    server.routes[DATASETS] = paged(([entry(0)], 2, True), ([entry(1)], 2, False))
    found, said, _ = read(server, net)
    assert (len(found), said, len(server.asked)) == (2, [], 2)


@pytest.mark.parametrize(("pages", "found", "said"), [
    ([([entry(0)], 5, False)], 1, ["listing-incomplete"]),
    ([([entry(0)], 5, True), ([entry(0)], 5, True)], 1, ["listing-incomplete"]),
    ([([entry(0)], 5, True), ([], 5, False)], 1, ["listing-incomplete"]),
    ([([entry(0)], 2, True)], 1, ["listing-incomplete"]),
    ([([entry(0)], 3, True), ([entry(2)], 2, False)], 2, ["listing-changed"]),
    ([([entry(0)], 1, True), ([], 1, True)], 1, []),
    ([([entry(0)], 2, None), ([entry(1)], 2, None)], 2, []),
    ([([entry(0)], None, True), ([entry(1)], "many", False)], 2, []),
    ([([entry(0)], None, None)], 1, [])])
def test_a_listing_ends_where_it_ends_and_says_what_it_lacks(server: WebServer, net: Net, pages, found, said):
    server.routes[DATASETS] = paged(*pages)
    got, issues, _ = read(server, net)
    assert (len(got), issues) == (found, said)


def test_archived_deleted_and_private_datasets_are_left_out(server: WebServer, net: Net):
    serve(server, [entry(0), {**entry(1), "archived": "2024-01-01T00:00:00"}, {**entry(2), "deleted": "2024-01-01"}, {**entry(3), "private": True}])
    found, said, pages = read(server, net)
    assert (found, said, pages[-1].total) == ([entry(0)["id"]], [], 4)


def test_what_robots_write_does_not_make_a_dataset_change(server: WebServer, net: Net):
    serve(server, [entry(0)])
    first = connected(server, net).page(None)
    changed = entry(0) | {"metrics": {"views": 10**6}, "quality": {"score": 1}, "last_modified": "2024-10-01T00:00:00", "extras": {"check:date": "x"}}
    changed["resources"][0] |= {"metrics": {"views": 9}, "extras": {"check:date": "2024-10-01", "analysis:checksum": "x"}, "preview_url": "https://x"}
    serve(server, [changed])
    assert connected(server, net).page(None) == first


def test_a_dataset_in_our_words():
    record = described(contact_points=[{"name": "Phòng Kế hoạch", "email": "mo@example.vn"}])
    metadata, (resource,) = record.metadata, record.resources
    assert (metadata["name"], metadata["title"], metadata["notes"], metadata["tags"]) == ("bo-du-lieu-0", "Bộ dữ liệu 0", "Mô tả", ["chợ", "siêu thị"])
    assert (metadata["license_id"], metadata["frequency"], metadata["author"]) == ("cc-by", "monthly", "Sở Y tế")
    assert (metadata["maintainer"], metadata["maintainer_email"]) == ("Phòng Kế hoạch", "mo@example.vn")
    assert (extras(record)["spatial"], extras(record)["temporal"]) == ("vn:province:77 / vn:commune", "2024-01-01T00:00:00+00:00 / 2024-12-31T00:00:00+00:00")
    assert (resource.url, resource.format, resource.media_type, resource.schema) == ("https://so-yte.example.vn/0.csv", "csv", "text/csv", "truong-hoc")
    assert resource.extras == {"origin_id": "r-1", "origin_checksum": "sha1:" + "ab" * 20, "origin_size": "120", "origin_kind": "main"}
    assert (resource.last_modified, record.issues) == ("2024-09-01T00:00:00", ())


@pytest.mark.parametrize(("written", "expected", "codes"), [
    ("unknown", "", []), ("punctual", "once", []), ("semiannual", "biannual", []), ("fourTimesADay", "daily", []), ("threeTimesAYear", "quarterly", []),
    ("HOURLY", "daily", []), ("quinquennial", "irregular", []), ("lúc trăng tròn", "", ["frequency-unknown"]), (None, "", [])])
def test_frequencies_in_the_portals_words(written, expected, codes):
    record = described(frequency=written)
    assert (record.metadata["frequency"], [issue.code for issue in record.issues]) == (expected, codes)


@pytest.mark.parametrize(("written", "expected", "codes"), [
    ("lov2", "other-open", []), ("fr-lo", "other-open", []), ("odc-odbl", "odc-odbl", []), ("notspecified", "", []), (None, "", []),
    ({"id": "lov2", "title": "Licence Ouverte"}, "other-open", []), ("riêng", "", ["licence-unknown"])])
def test_licences_in_the_portals_words(written, expected, codes):
    record = described(license=written)
    assert (record.metadata["license_id"], [issue.code for issue in record.issues]) == (expected, codes)


def test_a_person_may_publish_too():
    assert described(organization=None, owner={"first_name": "An", "last_name": "Nguyễn"}).metadata["author"] == "An Nguyễn"


def test_a_file_without_an_address_of_its_own_is_had_at_its_lasting_one():
    assert described(resources=[{"title": "a", "latest": "https://x.example.vn/r/1"}]).resources[0].url == "https://x.example.vn/r/1"

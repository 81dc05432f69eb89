"""OpenDataSoft portals: paging and what lies beyond it, exports that are whole or are not made, keys that stay with the portal."""

from __future__ import annotations

import gc
import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from support.kinds.opendatasoft import CATALOGUE, entry, serve
from support.seeding import add_source
from support.sources import code_of
from support.stepping import step_through
from support.web_server import Handler, WebServer, redirect, reply, streamed

from catalog.net import Net
from catalog.record import Made
from harvesters import opendatasoft_listing
from harvesters.base import Gathered, Maker, Page, SourceSpec, every_page
from harvesters.opendatasoft import OpenDataSoft
from harvesters.opendatasoft_file import rows_of
from harvesters.opendatasoft_listing import elements

TABLE = "ma,ten\nA1,\"Chợ\nVũng Tàu\"\nA2,Chợ Bà Rịa\n".encode()
EXPORT = f"{CATALOGUE}/datasets/bo-00000/exports/csv"


def connected(server: WebServer, net: Net, key: str = "", **options: str) -> OpenDataSoft:
    return OpenDataSoft(SourceSpec(name="x", url=server.url(), options=options, secrets={"api_key": key} if key else {}), net)


def read(server: WebServer, net: Net, **options: str) -> tuple[list[str], list[str], list[Page]]:
    pages = list(every_page(connected(server, net, **options)))
    said = [issue.code for page in pages for issue in (*page.issues, *([page.shortfall] if page.shortfall else ()))]
    return [item.identifier for page in pages for item in page.items], said, pages


def described(**values: Any):
    raw = opendatasoft_listing.listed(entry(0), "https://x").raw
    return OpenDataSoft(SourceSpec(name="x", url="https://mo.example.vn"), Net()).describe(Gathered(identifier="x", raw={**raw, **values}))


def test_pages_are_asked_for_in_an_order(server: WebServer, net: Net):
    serve(server, [entry(n) for n in range(3)])
    read(server, net, where='publisher = "Sở Y tế"')
    assert server.asked[0][1] == (f"{CATALOGUE}/datasets?limit=100&offset=0&order_by=dataset_id"
                                  "&where=publisher+%3D+%22S%E1%BB%9F+Y+t%E1%BA%BF%22")


@pytest.mark.parametrize("path", ["", "/", "/explore/", "/explore/?disjunctive.theme", "/explore/dataset/x/table/", "/api/explore/v2.1/catalog/datasets",
                                  "/api/v2/", "/pages/home/", "/page/x"])
def test_the_api_is_found_from_any_usual_address(server: WebServer, net: Net, path):
    serve(server, [entry(0)])
    assert len(OpenDataSoft(SourceSpec(name="x", url=server.url(path)), net).page(None).items) == 1


@pytest.fixture
def beyond(server: WebServer, monkeypatch) -> list[dict[str, Any]]:
    """A portal with more datasets than its paging reaches."""
    monkeypatch.setattr(opendatasoft_listing, "REACH", 200)
    entries = [entry(n) for n in range(430)]
    serve(server, entries, reach=200)
    return entries


def test_beyond_the_reach_of_paging_the_whole_catalogue_is_exported_once(server: WebServer, net: Net, beyond):
    found, said, pages = read(server, net)
    assert (len(set(found)), len(found), said, len(pages), pages[-1].total) == (430, 430, [], 5, 430)
    assert [path.partition("?")[0] for _, path, _ in server.asked] == [f"{CATALOGUE}/datasets", f"{CATALOGUE}/exports/json"]


def test_an_export_goes_on_behind_the_last_dataset_after_a_restart(server: WebServer, net: Net, beyond):
    pages = list(every_page(connected(server, net)))
    for page, following in zip(pages, pages[1:], strict=False):
        assert connected(server, net).page(json.loads(json.dumps(page.cursor))) == following
    del beyond[3]  # what comes behind moves up
    again = connected(server, net).page(pages[1].cursor)
    assert [item.identifier for item in again.items] == [item.identifier for item in pages[2].items]


def test_an_export_with_less_than_the_portal_counts_is_told_so(server: WebServer, net: Net, beyond):
    server.routes[f"{CATALOGUE}/exports/json"] = reply(json.dumps(beyond[:300]))
    found, said, _ = read(server, net)
    assert (len(found), said) == (300, ["listing-incomplete"])


def test_an_export_leaves_no_file_behind(server: WebServer, net: Net, beyond, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    connector = connected(server, net)
    connector.page(None)
    assert list(tmp_path.iterdir()) == []
    file = connector._listing._export._file
    del connector
    gc.collect()
    assert file.closed


@pytest.mark.parametrize(("body", "code"), [
    (b"<html>", "not-json"), (b"", "listing-of-another-kind"), (b"{}", "listing-of-another-kind"), (b"[", "json-broken"), (b'[{"dataset_id": "a"}', "json-broken"),
    (b'[{"dataset_id": "a"}, {"b', "json-broken"), (b'[{"dataset_id": "\xff"}]', "json-broken"), (b"[" * 100_000, "json-broken")])
def test_an_export_that_is_none_is_trouble(server: WebServer, net: Net, beyond, body, code):
    server.routes[f"{CATALOGUE}/exports/json"] = reply(body)
    assert code_of(connected(server, net).page, None) == code


def test_elements_of_any_length_come_one_by_one(tmp_path: Path):
    values = [{"a": "ă" * length} for length in (0, 1, 65_530, 65_536, 200_000)] + [7, "x", None, [], {"n": "\\u0000"}]
    path = tmp_path / "x.json"
    for text in (json.dumps(values), json.dumps(values, ensure_ascii=False, indent=2), "\ufeff" + json.dumps(values)):
        path.write_text(text, encoding="utf-8")
        assert list(elements(path, "https://x")) == values
    path.write_text('[{"a": "\\u0000\\ud800", "n": NaN}]')
    assert list(elements(path, "https://x")) == [{"a": "��", "n": None}]


def test_a_portal_that_repeats_its_page_neither_loops_nor_doubles(server: WebServer, net: Net):
    server.routes[f"{CATALOGUE}/datasets"] = reply(json.dumps({"total_count": 500, "results": [entry(n) for n in range(100)]}))
    found, said, _ = read(server, net)
    assert (len(found), said, len(server.asked)) == (100, ["listing-incomplete"], 2)


def test_a_listing_that_shrinks_or_outgrows_paging_while_it_is_read_says_so(server: WebServer, net: Net, monkeypatch):
    monkeypatch.setattr(opendatasoft_listing, "REACH", 300)
    counts = iter((250, 240, 240))

    def route(handler: Handler) -> None:
        start = int(handler.params["offset"])
        reply(json.dumps({"total_count": next(counts), "results": [entry(n) for n in range(start, min(start + 100, 240))]}))(handler)

    server.routes[f"{CATALOGUE}/datasets"] = route
    assert read(server, net)[1] == ["listing-changed"]
    counts = iter((250, 400, 400))
    server.routes[f"{CATALOGUE}/datasets"] = lambda handler: reply(json.dumps(
        {"total_count": next(counts), "results": [entry(int(handler.params["offset"]) + n) for n in range(100)]}))(handler)
    found, said, _ = read(server, net)
    assert (len(found), said) == (300, ["listing-incomplete"])


def test_a_dataset_keeps_its_identity_when_its_name_changes(server: WebServer, net: Net):
    serve(server, [{**entry(0), "dataset_uid": "da_abc123"}, {"dataset": {**entry(1), "dataset_uid": "da_old"}}])
    assert read(server, net)[0] == ["da_abc123", "da_old"]


def test_what_only_chosen_users_may_see_is_left_out(server: WebServer, net: Net):
    serve(server, [entry(0), {**entry(1), "visibility": "restricted"}])
    found, said, pages = read(server, net)
    assert (found, said, pages[-1].total) == (["bo-00000"], [], 2)


def test_counters_of_readers_do_not_make_a_dataset_change(server: WebServer, net: Net):
    serve(server, [entry(0)])
    first = connected(server, net).page(None)
    changed = entry(0)
    changed["metas"] |= {"explore": {"download_count": 10**6}, "default": {**changed["metas"]["default"], "metadata_processed": "2024-10-01"}}
    serve(server, [changed])
    assert connected(server, net).page(None) == first


def test_a_dataset_in_our_words():
    record = described()
    metadata, (table,) = record.metadata, record.resources
    assert (metadata["name"], metadata["title"], metadata["notes"], metadata["tags"]) == ("bo-00000", "Bộ dữ liệu 0", "Mô tả", ["chợ", "siêu thị"])
    assert (metadata["license_id"], metadata["groups"], metadata["frequency"], metadata["author"]) == ("cc-by", ["y-te"], "monthly", "Sở Y tế")
    assert (metadata["maintainer"], metadata["maintainer_email"]) == ("Phòng Kế hoạch", "mo@example.vn")
    assert metadata["url"] == "https://mo.example.vn/explore/dataset/bo-00000/"
    assert table.url == ("https://mo.example.vn/api/explore/v2.1/catalog/datasets/bo-00000/exports/csv?delimiter=%2C&with_bom=false&use_labels=false")
    assert table.recipe == {"dataset": "bo-00000", "format": "csv", "state": "2024-09-01T01:02:03.456000+00:00 2", "rows": 2}
    assert (table.format, table.media_type, table.last_modified, record.issues) == ("CSV", "text/csv", "2024-09-01T01:02:03.456000", ())


@pytest.mark.parametrize(("name", "url", "expected"), [
    ("Licence Ouverte v2.0 (Etalab)", None, "other-open"), ("Open Database License (ODbL)", None, "odc-odbl"), ("CC BY-SA", None, "cc-by-sa"),
    ("Giấy phép mở", "https://creativecommons.org/licenses/by/4.0/deed.vi", "cc-by"), (None, None, "")])
def test_licences_by_name_or_address(name, url, expected):
    record = described(license=name, license_url=url)
    assert (record.metadata["license_id"], record.issues) == (expected, ())


def test_a_licence_that_nobody_knows_is_said():
    assert [issue.code for issue in described(license="Nhà làm", license_url=None).issues] == ["licence-unknown"]


def test_geometry_is_given_as_geojson_too():
    record = described(fields=[{"name": "vi_tri", "type": "geo_point_2d"}, {"name": "a", "type": 7}, "x"])
    assert [resource.format for resource in record.resources] == ["CSV", "GEOJSON"]


@pytest.mark.parametrize("hidden", [{"has_records": False}, {"data_visible": False}])
def test_without_records_only_attachments_and_links_are_given(hidden):
    record = described(**hidden, attachments=[{"id": "so_do_pdf", "title": "sơ đồ.pdf", "mimetype": "application/pdf", "url": "odsfile://x"}],
                       alternative_exports=[{"id": "gtfs", "title": "GTFS", "mimetype": "application/zip", "url": "https://so-gtvt.example.vn/gtfs.zip"}, "x", {}])
    base = "https://mo.example.vn/api/explore/v2.1/catalog/datasets/bo-00000/"
    assert [(r.url, r.format, r.name, r.recipe) for r in record.resources] == [
        (f"{base}attachments/so_do_pdf", "PDF", "sơ đồ.pdf", None), ("https://so-gtvt.example.vn/gtfs.zip", "", "GTFS", None)]
    assert [issue.code for issue in record.issues] == ["value-of-another-kind", "file-without-address"]


def make(server: WebServer, net: Net, target: Path, mark: str | None = None, **recipe: Any) -> Made | None:
    connector = connected(server, net)
    assert isinstance(connector, Maker)
    return connector.make({"dataset": "bo-00000", "format": "csv", "state": "s", "rows": 2, **recipe}, target, mark)


def test_an_export_is_saved_as_it_comes(server: WebServer, net: Net, tmp_path: Path):
    server.routes[EXPORT] = reply(TABLE, content_type="text/csv")
    assert make(server, net, tmp_path / "x") == Made(filename="bo-00000.csv", media_type="text/csv", mark="s")
    assert (tmp_path / "x").read_bytes() == TABLE
    assert [path for _, path, _ in server.asked] == [f"{EXPORT}?delimiter=%2C&with_bom=false&use_labels=false"]


def test_an_export_is_not_asked_for_again_until_the_portal_has_new_data(server: WebServer, net: Net, tmp_path: Path):
    assert make(server, net, tmp_path / "x", mark="s") is None
    assert server.asked == []
    server.routes[EXPORT] = reply(TABLE)
    assert make(server, net, tmp_path / "x", mark="s", state="t").mark == "t"
    assert make(server, net, tmp_path / "x", mark="s", state="").mark is None


@pytest.mark.parametrize(("rows", "counted", "code"), [
    (2, None, None), (None, None, None), (1, None, None), (3, 2, None), (3, 3, "export-short"), (3, "x", "export-short")])
def test_a_table_that_lacks_rows_is_not_taken(server: WebServer, net: Net, tmp_path: Path, rows, counted, code):
    server.routes[EXPORT] = reply(TABLE)
    server.routes[f"{CATALOGUE}/datasets/bo-00000/records"] = reply(json.dumps({"total_count": counted, "results": []}))
    if code is None:
        assert make(server, net, tmp_path / "x", rows=rows)
    else:
        assert code_of(lambda: make(server, net, tmp_path / "x", rows=rows)) == code


def test_a_table_that_is_kept_from_us_is_not_taken_for_an_empty_one(server: WebServer, net: Net, tmp_path: Path):
    server.routes[EXPORT] = reply("ma,ten\n")
    server.routes[f"{CATALOGUE}/datasets/bo-00000/records"] = reply('{"total_count": 0, "results": []}')
    assert code_of(lambda: make(server, net, tmp_path / "x", rows=150)) == "export-short"
    assert make(server, net, tmp_path / "x", rows=0)


@pytest.mark.parametrize("route", [reply("", status=500), streamed({"Content-Length": "1000"}, TABLE, 1)])
def test_an_export_that_fails_is_trouble(server: WebServer, net: Net, tmp_path: Path, route):
    server.routes[EXPORT] = route
    assert code_of(lambda: make(server, net, tmp_path / "x")) in ("http-status", "cut-short")
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize(("body", "whole"), [
    (b'{"type": "FeatureCollection", "features": []}\n', True), (b'\xef\xbb\xbf{"a": 1}', True), (b'{"features": [{"type"', False), (b"<html>}", False), (b"", False)])
def test_geojson_that_is_cut_off_is_not_taken(server: WebServer, net: Net, tmp_path: Path, body, whole):
    server.routes[f"{CATALOGUE}/datasets/bo-00000/exports/geojson"] = reply(body)
    if whole:
        assert make(server, net, tmp_path / "x", format="geojson").filename == "bo-00000.geojson"
    else:
        assert code_of(lambda: make(server, net, tmp_path / "x", format="geojson")) == "export-cut"


@pytest.mark.parametrize(("body", "rows"), [
    (b"a\n", 0), (b"a", 0), (b"", -1), (b"a\n1\n2", 2), (b'a\r\n"x\r\ny ""z"" "\r\n', 1), (b"a\n" + b'"' + b"\n" * (3 << 20) + b'"\n', 1), (b"a\n" + b"1\n" * (1 << 20), 1 << 20)])
def test_rows_are_counted_as_a_reader_of_csv_counts_them(tmp_path: Path, body, rows):
    (tmp_path / "x").write_bytes(body)
    assert rows_of(tmp_path / "x") == rows


def test_the_key_goes_to_the_portal_and_nowhere_else(server: WebServer, net: Net, tmp_path: Path):
    serve(server, [entry(0)])
    server.routes[EXPORT] = redirect(server.url("/elsewhere", host="localhost"))
    server.routes["/elsewhere"] = reply(TABLE)
    both = Net(("127.0.0.1", "localhost"), limits=net.limits)
    connector = connected(server, both, key=" bí-mật ".replace("í", "i").replace("ậ", "a"))
    connector.page(None)
    connector.make({"dataset": "bo-00000", "format": "csv", "rows": 2}, tmp_path / "x", None)
    assert [headers.get("authorization") for _, _, headers in server.asked] == ["Apikey bi-mat", "Apikey bi-mat", None]
    assert "bi-mat" not in repr(connector.__dict__)


def test_a_key_that_can_be_none_is_said_without_being_shown(server: WebServer, net: Net):
    with pytest.raises(Exception, match="source-misconfigured") as caught:
        connected(server, net, key="a\r\nX-Other: b").page(None)
    assert "X-Other" not in repr(caught.value.issue)
    assert server.asked == []


def test_a_portal_end_to_end_asks_for_an_export_only_when_the_data_is_new(site):
    from support.web_server import web_server

    with web_server() as server:
        entries = [entry(0)]
        add_source(site, url=serve(server, entries).url, connector="opendatasoft")
        server.routes[EXPORT] = reply(TABLE, content_type="text/csv")
        assert step_through(site)["counts"] == {"created": 1}
        assert step_through(site, twice=True)["counts"] == {"unchanged": 1}
        assert sum(EXPORT in path for _, path, _ in server.asked) == 1
        server.routes[EXPORT] = reply(TABLE + "A3,Chợ Long Điền\n".encode(), content_type="text/csv")
        entries[0]["metas"]["default"] |= {"data_processed": "2024-09-29T00:00:00+00:00", "records_count": 3}
        assert step_through(site)["counts"] == {"updated": 1}
        entries[0]["metas"]["default"] |= {"data_processed": "2024-09-30T00:00:00+00:00", "records_count": 9}
        server.routes[f"{CATALOGUE}/datasets/bo-00000/records"] = reply('{"total_count": 9}')
        run = step_through(site)
        assert (run["status"], run["counts"]) == ("succeeded-with-issues", {"updated": 1})

"""Folders of ISO 19139 on the web and on this machine, and single documents."""

from __future__ import annotations

import pytest
from support.calling_off import ends_soon, patient
from support.iso_records import full
from support.library_answers import csw_answer, iso_19139
from support.sources import code_of
from support.web_server import WebServer, reply, silent

from catalog.net import Net
from harvesters import iso_folder, web_folder
from harvesters.base import SourceSpec, every_page
from harvesters.iso_folder import IsoFolder


def folder(url: str, net: Net, **options) -> IsoFolder:
    return IsoFolder(SourceSpec(name="x", url=url, options=options), net)


def listed(*names: str) -> str:
    return "<html><pre>" + "".join(f'<a href="{name}">{name}</a>\n' for name in names) + "</pre></html>"


def found(connector: IsoFolder):
    pages = list(every_page(connector))
    return [item.identifier for page in pages for item in page.items], [issue for page in pages for issue in page.issues], pages[-1]


def serve(server: WebServer) -> None:
    server.routes |= {
        "/waf/": reply(listed("../", "?C=M;O=A", "a.xml", "khong-ma.xml", "doc.pdf", "sub/", "http://elsewhere.vn/x.xml")),
        "/waf/a.xml": reply(full()), "/waf/khong-ma.xml": reply(iso_19139("", "Không mã")), "/waf/sub/": reply(listed("b.XML", "deep/")),
        "/waf/sub/b.XML": reply(iso_19139("b", "Bộ b")), "/waf/sub/deep/": reply(listed("c.xml")), "/waf/sub/deep/c.xml": reply(iso_19139("c", "Bộ c"))}


def test_documents_are_records_under_their_own_identifiers_or_their_paths(server: WebServer, net: Net):
    serve(server)
    connector = folder(server.url("/waf/"), net)
    names, issues, page = found(connector)
    assert (names, issues, page.total, page.shortfall) == (["vn-rung-01", "khong-ma.xml"], [], 2, None)
    record = connector.describe(page.items[0])
    assert {"key": "metadata_document", "value": server.url("/waf/a.xml")} in record.metadata["extras"]


def test_sub_folders_are_read_where_wanted(server: WebServer, net: Net):
    serve(server)
    names, issues, _ = found(folder(server.url("/waf/"), net, recursive="true", pattern="?.xml; *.json"))
    assert (sorted(names), issues) == (["b", "c", "vn-rung-01"], [])


def test_a_maze_of_folders_ends_with_a_shortfall(server: WebServer, net: Net):
    serve(server)
    for depth in range(12):
        server.routes["/waf/" + "x/" * depth] = reply(listed("x/", "a.xml"))
        server.routes["/waf/" + "x/" * depth + "a.xml"] = reply(iso_19139(f"d{depth}", "Bộ"))
    names, _, page = found(folder(server.url("/waf/"), net, recursive="true"))
    assert len(names) == web_folder.DEPTH + 1
    assert page.shortfall.code == "listing-incomplete"


def test_a_document_that_cannot_be_read_is_an_issue_at_its_address(server: WebServer, net: Net):
    serve(server)
    server.routes["/waf/"] = reply(listed("a.xml", "b.xml", "c.xml", "d.xml", "e.xml", "f.xml"))
    server.routes |= {"/waf/b.xml": reply(full()[:-20]), "/waf/c.xml": reply("<metadata><idinfo/></metadata>"), "/waf/d.xml": reply("<html>Đăng nhập"),
                      "/waf/e.xml": reply('<!DOCTYPE a SYSTEM "http://127.0.0.1:1/x"><a/>')}
    names, issues, _ = found(folder(server.url("/waf/"), net))
    assert names == ["vn-rung-01"]
    assert [(issue.code, issue.place.url[-5:]) for issue in issues] == [
        ("xml-broken", "b.xml"), ("metadata-of-another-standard", "c.xml"), ("listing-of-another-kind", "d.xml"), ("xml-with-dtd", "e.xml"),
        ("http-status", "f.xml")]


def test_a_single_document_by_its_address(server: WebServer, net: Net):
    server.routes |= {"/one.xml": reply(full()), "/csw": reply(csw_answer([iso_19139("a", "A"), iso_19139("b", "B"), iso_19139("", "C")], 3, 0)),
                      "/no.xml": reply('<?xml version="1.0"?><metadata/>'), "/cut.xml": reply(full()[:900])}
    assert found(folder(server.url("/one.xml"), net))[0] == ["vn-rung-01"]
    names, issues, _ = found(folder(server.url("/csw?request=GetRecords"), net))
    assert (names, [issue.code for issue in issues]) == (["a", "b"], ["identifier-missing"])
    assert code_of(folder(server.url("/no.xml"), net).page, None) == "metadata-of-another-standard"
    assert code_of(folder(server.url("/cut.xml"), net).page, None) == "xml-broken"


def test_a_folder_of_this_machine(tmp_path, net: Net):
    (tmp_path / "sub").mkdir()
    (tmp_path / "a.xml").write_text(full(), "utf-8")
    (tmp_path / "sub" / "b.xml").write_text(iso_19139("b", "Bộ b"), "utf-8")
    (tmp_path / "c.xml").write_text("<a", "utf-8")
    (tmp_path / "out.xml").symlink_to("/etc/hostname")
    names, issues, page = found(folder(str(tmp_path), net, recursive="true"))
    assert (names, [(issue.code, issue.place.file) for issue in issues]) == (
        ["vn-rung-01", "b"], [("xml-broken", "c.xml"), ("folder-left", "out.xml")])
    assert "metadata_document" not in str(page.items[0].raw)
    assert found(folder(tmp_path.as_uri(), net))[0] == ["vn-rung-01"]


def test_a_document_beyond_all_measure_is_refused(tmp_path, net: Net, monkeypatch):
    monkeypatch.setattr(iso_folder, "MAX_BYTES", 1000)
    (tmp_path / "a.xml").write_text(full(), "utf-8")
    names, issues, _ = found(folder(str(tmp_path), net))
    assert (names, [issue.code for issue in issues]) == ([], ["too-large"])


@pytest.mark.parametrize("gone", ["/waf/a.xml", "/waf/sub/"])
def test_a_host_that_goes_away_ends_the_listing(server: WebServer, net: Net, gone):
    serve(server)
    server.routes[gone] = lambda handler: setattr(handler, "close_connection", True)
    assert code_of(folder(server.url("/waf/"), net, recursive="true").page, None) == "cut-short"


def test_a_folder_whose_reading_is_called_off_is_left_within_seconds(server: WebServer, tmp_path):
    names = [f"{number}.xml" for number in range(9)]
    server.routes |= {"/waf/": reply(listed(*names)), **{f"/waf/{name}": silent(25) for name in names}}
    net = patient(str(tmp_path))
    assert ends_soon(net, lambda: len(server.asked) > 4, folder(server.url("/waf/"), net).page, None)
    (tmp_path / "a.xml").write_text(full())
    looks = iter([False, True])
    assert ends_soon(net, lambda: next(looks), folder(str(tmp_path), net).page, None)

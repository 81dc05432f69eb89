"""Folders of files on web servers of several makes, and on this machine."""

from __future__ import annotations

import json

import pytest
from support.sources import code_of
from support.web_server import Handler, WebServer, reply

from catalog.net import Net
from harvesters.base import SourceSpec, every_page
from harvesters.directory import Directory

APACHE = """<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN"><html><head><title>Index of /so-lieu</title></head><body><h1>Index of /so-lieu</h1>
<table><tr><th><a href="?C=N;O=D">Name</a></th><th><a href="?C=M;O=A">Last modified</a></th></tr>
<tr><td><a href="/">Parent Directory</a></td><td>&nbsp;</td></tr>
<tr><td><a href="ch%E1%BB%A3.csv">chợ.csv</a></td><td align="right">2024-09-30 10:00  </td><td align="right">1.2K</td></tr>
<tr><td><a href="nam/">nam/</a></td><td align="right">2024-09-30 10:00  </td><td>  - </td></tr>
<tr><td><a href="bang.xlsx">bang.xlsx</a></td><td align="right">2024-08-01 07:30  </td><td align="right"> 12K</td></tr></table></body></html>"""
NGINX = """<html><head><title>Index of /so-lieu/</title></head><body><h1>Index of /so-lieu/</h1><hr><pre><a href="../">../</a>
<a href="nam/">nam/</a>                 30-Sep-2024 10:00       -
<a href="bang.xlsx">bang.xlsx</a>            01-Aug-2024 07:30   12345
<a href="ch%E1%BB%A3.csv">chợ.csv</a>              30-Sep-2024 10:00    1200
</pre><hr></body></html>"""
IIS = """<html><head><title>127.0.0.1 - /so-lieu/</title></head><body><H1>127.0.0.1 - /so-lieu/</H1><hr>
<pre><A HREF="/">[To Parent Directory]</A><br><br> 9/30/2024 10:00 AM        &lt;dir&gt; <A HREF="/so-lieu/nam/">nam</A><br>
 8/1/2024  7:30 AM        12345 <A HREF="/so-lieu/bang.xlsx">bang.xlsx</A><br>
 9/30/2024 10:00 AM         1200 <A HREF="/so-lieu/ch%E1%BB%A3.csv">chợ.csv</A><br></pre><hr></body></html>"""
PYTHON = """<!DOCTYPE HTML><html lang="en"><head><title>Directory listing for /so-lieu/</title></head><body><h1>Directory listing for /so-lieu/</h1><hr><ul>
<li><a href="bang.xlsx">bang.xlsx</a></li><li><a href="ch%E1%BB%A3.csv">chợ.csv</a></li><li><a href="nam/">nam/</a></li></ul><hr></body></html>"""


def directory(server: WebServer, net: Net, path: str = "/so-lieu/", **options) -> Directory:
    return Directory(SourceSpec(name="x", url=server.url(path), options=options), net)


def found(connector: Directory):
    pages = list(every_page(connector))
    return [item for page in pages for item in page.items], [issue for page in pages for issue in page.issues]


@pytest.mark.parametrize("page", [APACHE, NGINX, IIS, PYTHON], ids=["apache", "nginx", "iis", "python"])
def test_listings_of_every_make_are_read(server: WebServer, net: Net, page):
    server.routes["/so-lieu/"] = reply(page, content_type="text/html; charset=utf-8")
    for name in ("ch%E1%BB%A3.csv", "bang.xlsx"):
        server.routes[f"/so-lieu/{name}"] = reply("x", last_modified="Mon, 30 Sep 2024 03:00:00 GMT", etag='"9"')
    items, issues = found(directory(server, net))
    assert ([item.identifier for item in items], issues) == (["bang.xlsx", "chợ.csv"], [])
    assert items[1].raw["url"] == server.url("/so-lieu/ch%E1%BB%A3.csv")
    heads = [asked for asked in server.asked if asked[0] == "HEAD"]
    assert len(heads) == (2 if page == PYTHON else 0), "files are asked only where the listing has no dates"


def test_a_change_in_the_listing_changes_the_record(server: WebServer, net: Net):
    raws = []
    for page in (APACHE, APACHE.replace("2024-08-01 07:30", "2024-08-02 07:30"), APACHE.replace("12K", "13K")):
        server.routes["/so-lieu/"] = reply(page)
        raws.append(found(directory(server, net))[0])
    assert raws[0][0] != raws[1][0] != raws[2][0]
    assert raws[0][1] == raws[1][1] == raws[2][1]


@pytest.mark.parametrize(("page", "moment"), [(APACHE, "2024-08-01T07:30:00"), (NGINX, "2024-08-01T07:30:00"), (IIS, None)])
def test_the_date_beside_a_file_is_taken_where_its_order_is_certain(server: WebServer, net: Net, page, moment):
    server.routes["/so-lieu/"] = reply(page)
    connector = directory(server, net)
    record = connector.describe(found(connector)[0][0])
    assert (record.metadata["title"], record.resources[0].format, record.resources[0].last_modified) == ("bang", "XLSX", moment)


def test_nothing_outside_the_folder_is_taken(server: WebServer, net: Net):
    links = ["/khac/a.csv", "../a.csv", "b/../../a.csv", "%2e%2e/a.csv", "http://example.vn/so-lieu/a.csv", "//example.vn/so-lieu/a.csv", "javascript:x.csv",
             "a.csv?C=N", "http://[::1/a.csv", "file:///etc/a.csv", "mailto:a@b.csv", "#a.csv", "trong.csv", "./trong.csv", "trong.csv#x"]
    server.routes["/so-lieu/"] = reply("".join(f'<a href="{link}">x</a> 2024-01-01 00:00 1K\n' for link in links))
    assert [item.identifier for item in found(directory(server, net))[0]] == ["trong.csv"]


def test_sub_folders_are_read_where_wanted_and_circles_end(server: WebServer, net: Net):
    server.routes["/so-lieu/"] = reply(APACHE)
    server.routes["/so-lieu/nam/"] = reply('<a href="../">..</a><a href="/so-lieu/">home</a><a href="./">.</a><a href="2024.csv">x</a> 2024-01-01 00:00 1K')
    assert [item.identifier for item in found(directory(server, net, recursive="true"))[0]] == ["bang.xlsx", "chợ.csv", "nam/2024.csv"]
    assert [asked[1] for asked in server.asked] == ["/robots.txt", "/so-lieu/", "/so-lieu/nam/"]


def test_only_data_files_are_taken_or_what_the_pattern_says(server: WebServer, net: Net):
    names = ["a.csv", "B.CSV", "c.pdf", "d.html", "e.zip", "f", "g.parquet", "README.txt", "metadata.json"]
    server.routes["/so-lieu/"] = reply("".join(f'<a href="{name}">x</a> 2024-01-01 00:00 1K\n' for name in names))
    server.routes["/so-lieu/metadata.json"] = reply("{}")
    assert [item.identifier for item in found(directory(server, net))[0]] == ["B.CSV", "a.csv", "e.zip", "g.parquet"]
    assert [item.identifier for item in found(directory(server, net, pattern="*.csv; readme.*"))[0]] == ["B.CSV", "README.txt", "a.csv"]


def test_a_folder_without_its_last_slash_is_the_same_folder(server: WebServer, net: Net):
    server.routes["/so-lieu"] = reply(APACHE)
    assert found(directory(server, net, "/so-lieu"))[0][0].raw["url"] == server.url("/so-lieu/bang.xlsx")


WORDS = {"title": "Danh sách chợ", "title_en": "Markets", "description": "Chợ trong tỉnh", "tags": ["chợ"], "theme": "cong-thuong", "license": "cc-by",
         "frequency": "annual", "schema": "cho-sieu-thi", "illustrative": True}


@pytest.mark.parametrize(("name", "body"), [
    ("metadata.json", json.dumps({"chợ.csv": WORDS})), ("metadata.json", json.dumps({"files": {"chợ.csv": WORDS}})),
    ("metadata.json", json.dumps([{"file": "chợ.csv", **WORDS}])),
    ("metadata.csv", "\ufefffile,title,title_en,description,tags,theme,license,frequency,schema,illustrative\nchợ.csv,Danh sách chợ,Markets,"
                     "Chợ trong tỉnh,chợ,cong-thuong,cc-by,annual,cho-sieu-thi,true\nkhông-có.csv,x,,,,,,,,\n")])
def test_a_metadata_file_says_what_the_listing_cannot(server: WebServer, net: Net, name, body):
    server.routes["/so-lieu/"] = reply(APACHE + f'<a href="{name}">x</a> 2024-01-01 00:00 1K')
    server.routes[f"/so-lieu/{name}"] = reply(body)
    connector = directory(server, net, license="cc-zero", illustrative="false")
    items, issues = found(connector)
    assert ([item.identifier for item in items], issues) == (["bang.xlsx", "chợ.csv"], [])
    bare, full = (connector.describe(item) for item in items)
    assert (bare.metadata["title"], bare.metadata["license_id"]) == ("bang", "cc-zero")
    assert (full.metadata["title"], full.metadata["title_en"], full.metadata["notes"]) == ("Danh sách chợ", "Markets", "Chợ trong tỉnh")
    assert (full.metadata["tags"], full.metadata["groups"], full.metadata["license_id"]) == (["chợ"], ["cong-thuong"], "cc-by")
    assert (full.metadata["frequency"], full.metadata["illustrative"], full.resources[0].schema) == ("annual", True, "cho-sieu-thi")


@pytest.mark.parametrize(("name", "body", "code"), [
    ("metadata.json", "<html>", "not-json"), ("metadata.json", "{", "json-broken"), ("metadata.json", "7", "listing-of-another-kind"),
    ("metadata.csv", b"file,title\nch\xee.csv,x\n", "sidecar-unreadable")])
def test_a_broken_metadata_file_loses_no_data_file(server: WebServer, net: Net, name, body, code):
    server.routes["/so-lieu/"] = reply(APACHE + f'<a href="{name}">x</a> 2024-01-01 00:00 1K')
    server.routes[f"/so-lieu/{name}"] = reply(body)
    items, issues = found(directory(server, net))
    assert (len(items), [issue.code for issue in issues]) == (2, [code])


def test_a_file_that_does_not_answer_is_listed_all_the_same(server: WebServer, net: Net):
    server.routes["/so-lieu/"] = reply(PYTHON)
    server.routes["/so-lieu/bang.xlsx"] = reply("x", etag='"1"')
    items, issues = found(directory(server, net))
    assert ([item.identifier for item in items], issues) == (["bang.xlsx", "chợ.csv"], [])
    assert ("etag" in items[0].raw, "etag" in items[1].raw) == (True, False)


def test_a_host_that_goes_away_in_mid_listing_ends_the_listing(server: WebServer, net: Net):
    def gone(handler: Handler) -> None:
        handler.close_connection = True

    server.routes |= {"/so-lieu/": reply(PYTHON), "/so-lieu/bang.xlsx": gone}
    assert code_of(directory(server, net).page, None) == "cut-short"


def test_a_folder_of_this_machine_is_read_in_the_same_way(net: Net, tmp_path):
    folder = tmp_path / "dữ liệu"
    (folder / "nam").mkdir(parents=True)
    (folder / "chợ 1.csv").write_text("a\n1\n")
    (folder / "nam" / "2024.csv").write_text("a\n1\n")
    (folder / ".hidden.csv").write_text("x")
    (folder / "metadata.json").write_text(json.dumps({"chợ 1.csv": {"title": "Chợ"}}))
    (tmp_path / "outside.csv").write_text("secret")
    (folder / "link.csv").symlink_to(tmp_path / "outside.csv")
    for url in (str(folder), folder.as_uri()):
        connector = Directory(SourceSpec(name="x", url=url, options={"recursive": "true"}), net)
        items, issues = found(connector)
        assert [item.identifier for item in items] == ["chợ 1.csv", "nam/2024.csv"]
        assert [(issue.code, issue.place.file) for issue in issues] == [("folder-left", "link.csv")]
        record = connector.describe(items[0])
        assert record.metadata["title"] == "Chợ"
        got = net.download(record.resources[0].location, tmp_path / "copy")
        assert (got.filename, (tmp_path / "copy").read_text()) == ("chợ 1.csv", "a\n1\n")


def test_a_folder_that_is_not_there_is_said_so(net: Net, tmp_path):
    assert code_of(Directory(SourceSpec(name="x", url=str(tmp_path / "none")), net).page, None) == "folder-missing"


def test_what_robots_txt_keeps_from_us_is_left_and_is_not_taken_for_gone(server: WebServer, net: Net):
    server.routes |= {"/so-lieu/": reply(APACHE), "/robots.txt": reply("User-agent: HaiDang\nDisallow: /so-lieu/bang")}
    page = directory(server, net).page(None)
    assert [item.identifier for item in page.items] == ["chợ.csv"]
    assert (page.shortfall.code, page.shortfall.place.url) == ("robots-disallowed", server.url("/so-lieu/bang.xlsx"))
    assert not any(path.startswith("/so-lieu/bang") for _, path, _ in server.asked)


def test_a_folder_that_robots_txt_keeps_from_us_is_not_entered(server: WebServer, net: Net):
    server.routes |= {"/so-lieu/": reply(APACHE), "/robots.txt": reply("User-agent: *\nDisallow: /so-lieu/")}
    assert code_of(directory(server, net).page, None) == "robots-disallowed"
    assert [path for _, path, _ in server.asked] == ["/robots.txt"]

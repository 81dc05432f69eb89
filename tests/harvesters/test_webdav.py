"""A WebDAV folder is read whole with its credentials, which go to no other server; against a real server, and a lying one."""

from __future__ import annotations

import json

import pytest
from support.calling_off import ends_soon, patient
from support.harvesting import harvest
from support.kinds.folders import FILE, FOLDER, ROOT, multistatus
from support.seeding import add_source
from support.sources import code_of
from support.web_server import redirect, reply, silent, streamed, web_server
from support.webdav_server import PASSWORD, USER, DavServer, webdav_server

from catalog.errors import UsageError
from catalog.models import Source
from catalog.net import Net
from catalog.source_secrets import sealed
from harvesters.base import SourceSpec, every_page
from harvesters.connectors import connect

GOOD = "ma,ten\nA1,Chợ Vũng Tàu\n".encode()
NAMES = ["100%.csv", "a#b?c.csv", "chợ Bà Rịa.csv", "năm 2024/quý 1/chợ.csv", "năm 2024/chợ.xlsx"]


@pytest.fixture
def dav(tmp_path):
    for name in NAMES:
        path = tmp_path / "may" / "du-lieu" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(GOOD)
    with webdav_server(tmp_path / "may") as server:
        yield server


def source(dav: DavServer, path: str = "/du-lieu", password: str = PASSWORD, **options: str) -> SourceSpec:
    return SourceSpec(name="nguon", url=dav.url(path), secrets={"password": password}, options={"user": USER, "recursive": "true", **options})


def listing(net: Net, spec: SourceSpec):
    pages = list(every_page(connect("webdav", spec, net)))
    return [item.identifier for page in pages for item in page.items], [issue.code for page in pages for issue in page.issues]


def recipe(net: Net, spec: SourceSpec, name: str):
    connector = connect("webdav", spec, net)
    return connector.describe(next(item for item in connector.page(None).items if item.identifier == name)).resources[0].recipe


def test_every_file_below_the_folder_is_listed_whatever_its_letters(dav, net):
    assert listing(net, source(dav)) == (sorted(NAMES), [])
    assert listing(net, source(dav, "/du-lieu/", recursive="false")) == (["100%.csv", "a#b?c.csv", "chợ Bà Rịa.csv"], [])
    assert {method for method, *_ in dav.asked} == {"PROPFIND"}


@pytest.mark.parametrize("name", NAMES)
def test_a_file_comes_whole_and_is_not_fetched_again_while_it_is_the_same(dav, net, tmp_path, name):
    wanted = recipe(net, source(dav), name)
    connector = connect("webdav", source(dav), net)
    made = connector.make(wanted, tmp_path / "ra", None)
    assert (tmp_path / "ra").read_bytes() == GOOD
    asked = len(dav.asked)
    assert connector.make(wanted, tmp_path / "ra2", made.mark) is None
    assert len(dav.asked) == asked


def test_a_metadata_file_speaks_for_the_files_beside_it(dav, net, tmp_path):
    (tmp_path / "may" / "du-lieu" / "năm 2024" / "metadata.csv").write_text("file,title,license\nchợ.xlsx,Chợ 2024,cc-by\n")
    connector = connect("webdav", source(dav), net)
    records = {item.identifier: connector.describe(item) for item in connector.page(None).items}
    assert records["năm 2024/chợ.xlsx"].metadata["title"] == "Chợ 2024"
    assert records["năm 2024/chợ.xlsx"].resources[0].url == dav.url("/du-lieu/n%C4%83m%202024/ch%E1%BB%A3.xlsx")


def test_a_run_publishes_the_files_and_the_next_one_finds_nothing_new(site, dav, tmp_path):
    source_id = add_source(site, url=dav.url("/du-lieu"), connector="webdav", user=USER, pattern="*.csv", recursive="true")
    with site.writing() as session:
        session.get_one(Source, source_id).secrets = sealed(site.settings, source_id, {"password": PASSWORD})
    first, second = harvest(site), harvest(site)
    (tmp_path / "may" / "du-lieu" / "100%.csv").write_bytes(GOOD * 2)
    third = harvest(site)
    assert (first["counts"], second["counts"], third["counts"]) == ({"created": 4}, {"unchanged": 4}, {"updated": 1, "unchanged": 3})
    assert all(proven for *_, proven in dav.asked)


def test_a_wrong_password_is_refused_by_the_server_and_told(dav, net):
    assert code_of(connect("webdav", source(dav, password="sai"), net).page, None) == "http-status"


def test_a_folder_that_is_not_there_is_told(dav, net):
    assert code_of(connect("webdav", source(dav, "/khong-co"), net).page, None) == "http-status"


def test_a_link_in_a_circle_ends_and_the_listing_says_that_it_falls_short(dav, net, tmp_path):
    (tmp_path / "may" / "du-lieu" / "vong").symlink_to(tmp_path / "may" / "du-lieu")
    pages = list(every_page(connect("webdav", source(dav), net)))
    assert pages[0].shortfall.code == "folder-a-maze"
    assert {item.identifier for page in pages for item in page.items} >= set(NAMES)


@pytest.mark.parametrize("href", ["http://evil.example.vn/dav/x.csv", "//evil.example.vn/dav/x.csv", "/dav/../kin/x.csv", "/dav/%2e%2e/x.csv", "/kin/x.csv",
                                  "/dav/a/b.csv", "/dav/a%2fb.csv", "/dav/..%5cx.csv", "ftp://127.0.0.1/dav/x.csv", "http://[::1/x.csv", "/dav/a%00.csv"])
def test_an_entry_that_lies_elsewhere_is_an_issue_and_never_asked_for(server, net, href):
    server.routes[ROOT] = reply(multistatus((ROOT, FOLDER), (href, FILE.format(tag=1)), (ROOT + "tot.csv", FILE.format(tag=2))), status=207)
    spec = SourceSpec(name="nguon", url=server.url(ROOT), options={"user": USER}, secrets={"password": PASSWORD})
    assert listing(net, spec) == (["tot.csv"], ["folder-left"])
    assert [path for _, path, _ in server.asked] == [ROOT]


def test_credentials_never_go_to_another_server(server, net, tmp_path):
    with web_server() as other:
        other.routes["/x/"] = reply(multistatus(("/x/", FOLDER)), status=207)
        other.routes["/x.csv"] = reply(b"a\n1\n")
        server.routes[ROOT] = redirect(other.url("/x/"), status=307)
        server.routes[ROOT + "x.csv"] = redirect(other.url("/x.csv"))
        spec = SourceSpec(name="nguon", url=server.url(ROOT), options={"user": USER}, secrets={"password": PASSWORD})
        connector = connect("webdav", spec, net)
        connector.page(None)
        connector.make({"path": "x.csv", "where": server.url(ROOT + "x.csv"), "mark": "1"}, tmp_path / "ra", None)
        assert [method for method, *_ in other.asked] == ["PROPFIND", "GET"]
        assert all("authorization" not in headers for *_, headers in other.asked)
        assert all("authorization" in headers for *_, headers in server.asked)
        assert code_of(connector.make, {"path": "x.csv", "where": other.url("/x.csv"), "mark": "2"}, tmp_path / "ra", None) == "folder-left"


def test_an_answer_with_a_document_type_is_not_expanded(server, net):
    server.routes[ROOT] = reply('<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><multistatus xmlns="DAV:">&a;</multistatus>', status=207)
    assert code_of(connect("webdav", SourceSpec(name="x", url=server.url(ROOT)), net).page, None) == "xml-with-dtd"


def test_a_sub_folder_that_fails_makes_the_listing_fall_short(server, net):
    server.routes[ROOT] = reply(multistatus((ROOT, FOLDER), (ROOT + "kin/", FOLDER), (ROOT + "tot.csv", FILE.format(tag=2))), status=207)
    server.routes[ROOT + "kin/"] = reply("no", status=403)
    page = connect("webdav", SourceSpec(name="x", url=server.url(ROOT), options={"recursive": "true"}), net).page(None)
    assert ([item.identifier for item in page.items], page.shortfall.code) == (["tot.csv"], "http-status")


def test_without_credentials_none_are_sent(server, net):
    server.routes[ROOT] = reply(multistatus((ROOT, FOLDER)), status=207)
    connect("webdav", SourceSpec(name="x", url=server.url(ROOT)), net).page(None)
    assert "authorization" not in server.asked[0][2]
    assert server.asked[0][2]["depth"] == "1"


@pytest.mark.parametrize(("options", "secrets"), [({"user": "a:b"}, {}), ({}, {"password": "x"})])
def test_credentials_that_cannot_be_sent_are_refused(net, options, secrets):
    with pytest.raises(UsageError):
        connect("webdav", SourceSpec(name="x", url="http://127.0.0.1/", options=options, secrets=secrets), net)


def test_no_part_of_a_record_holds_the_password(dav, net):
    connector = connect("webdav", source(dav), net)
    page = connector.page(None)
    told = repr(page) + json.dumps([connector.describe(item).to_dict() for item in page.items]) + repr(source(dav))
    assert PASSWORD not in told


@pytest.mark.parametrize("route", [silent(25), streamed({"Content-Type": "application/xml"}, b" ", 250, 0.1)], ids=["silent", "dripping"])
def test_a_walk_that_is_called_off_ends_within_seconds(server, route):
    server.routes[ROOT] = reply(multistatus((ROOT, FOLDER), (ROOT + "con/", FOLDER)), status=207)
    server.routes[ROOT + "con/"] = route
    net = patient()
    spec = SourceSpec(name="nguon", url=server.url(ROOT), options={"recursive": "true"})
    assert ends_soon(net, lambda: any(path == ROOT + "con/" for _, path, _ in server.asked), connect("webdav", spec, net).page, None)

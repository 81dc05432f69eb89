"""One file by its address."""

from __future__ import annotations

from support.web_server import Handler, WebServer, reply

from catalog.net import Net
from harvesters.base import SourceSpec
from harvesters.file import FileByUrl


def raw(server: WebServer, net: Net, **options):
    return FileByUrl(SourceSpec(name="x", url=server.url("/truong-hoc_2024.csv"), options=options), net).page(None).items[0].raw


def test_its_marks_are_those_that_the_server_gives(server: WebServer, net: Net):
    server.routes["/truong-hoc_2024.csv"] = reply("a,b\n", content_type="text/csv", etag='"1"', last_modified="Mon, 30 Sep 2024 05:00:00 GMT")
    assert raw(server, net) == {"url": server.url("/truong-hoc_2024.csv"), "etag": '"1"', "last_modified": "Mon, 30 Sep 2024 05:00:00 GMT", "size": "4",
                                "media_type": "text/csv", "says": {}}
    assert [asked[0] for asked in server.asked] == ["HEAD"]


def test_without_marks_the_bytes_themselves_tell(server: WebServer, net: Net):
    server.routes["/truong-hoc_2024.csv"] = reply("a,b\n1,2\n")
    first = raw(server, net)
    assert raw(server, net) == first
    server.routes["/truong-hoc_2024.csv"] = reply("a,b\n1,3\n")
    assert raw(server, net)["sha256"] != first["sha256"]


def test_a_server_that_refuses_head_is_asked_by_get(server: WebServer, net: Net):
    def route(handler: Handler) -> None:
        (reply("", status=405) if handler.command == "HEAD" else reply("a,b\n", etag='"2"'))(handler)

    server.routes["/truong-hoc_2024.csv"] = route
    assert raw(server, net)["etag"] == '"2"'


def test_what_its_options_say_is_the_dataset(server: WebServer, net: Net):
    server.routes["/truong-hoc_2024.csv"] = reply("a,b\n", etag='"1"', last_modified="Mon, 30 Sep 2024 05:00:00 GMT", content_type="text/csv; charset=utf-8")
    options = {"title": "Trường học", "title_en": "Schools", "description": "Mô tả", "tags": "trường, lớp", "schema": "truong-hoc", "license": "cc-by"}
    connector = FileByUrl(SourceSpec(name="x", url=server.url("/truong-hoc_2024.csv"), options=options), net)
    record = connector.describe(connector.page(None).items[0])
    metadata, resource = record.metadata, record.resources[0]
    assert (metadata["title"], metadata["title_en"], metadata["notes"], metadata["tags"]) == ("Trường học", "Schools", "Mô tả", ["trường", "lớp"])
    assert (metadata["license_id"], resource.schema, resource.format, resource.media_type) == ("cc-by", "truong-hoc", "CSV", "text/csv")
    assert (resource.name, resource.last_modified) == ("truong-hoc_2024.csv", "2024-09-30T05:00:00")


def test_a_new_title_in_the_options_is_a_change(server: WebServer, net: Net):
    server.routes["/truong-hoc_2024.csv"] = reply("a,b\n", etag='"1"')
    assert raw(server, net, title="A") != raw(server, net, title="B")


def test_without_a_title_the_name_of_the_file_is_one(server: WebServer, net: Net):
    server.routes["/truong-hoc_2024.csv"] = reply("a,b\n", etag='"1"')
    connector = FileByUrl(SourceSpec(name="x", url=server.url("/truong-hoc_2024.csv")), net)
    assert connector.describe(connector.page(None).items[0]).metadata["title"] == "truong hoc 2024"

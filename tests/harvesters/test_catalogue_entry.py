"""Which format stands behind a link, and which link is a page for people."""

from __future__ import annotations

import pytest

from harvesters.base import Gathered
from harvesters.catalogue_entry import described, format_of


@pytest.mark.parametrize(("link", "of_all", "expected"), [
    ({"url": "http://x.vn/a.csv"}, [], "CSV"), ({"url": "http://x.vn/a.csv?v=2"}, ["GML"], "CSV"), ({"url": "http://x.vn/a", "format": "csv"}, [], "CSV"),
    ({"url": "http://x.vn/a", "media_type": "text/csv; charset=utf-8"}, [], "CSV"), ({"url": "http://x.vn/a", "format": "Comma-Separated Values"}, [], "CSV"),
    ({"url": "http://x.vn/ows?SERVICE=WMS&request=GetCapabilities"}, [], "WMS"), ({"url": "http://x.vn/a", "protocol": "OGC:WFS-2.0.0"}, ["CSV"], "WFS"),
    ({"url": "http://x.vn/wfs?service=WFS&request=GetFeature&outputFormat=csv"}, [], "CSV"),
    ({"url": "http://x.vn/wfs?service=WFS&request=GetFeature&outputFormat=application/json"}, [], "JSON"),
    ({"url": "http://x.vn/wfs?service=WFS&request=GetFeature"}, [], "WFS"), ({"url": "http://x.vn/wfs?service=WFS&request=GetFeature&outputFormat=application/gml%2Bxml"}, [], "GML"),
    ({"url": "http://x.vn/api", "protocol": "OGC API - Features"}, [], "OGC API"), ({"url": "http://x.vn/api", "protocol": "OGC:OGC-API-Features-items"}, [], "OGC API"),
    ({"url": "http://x.vn/arcgis/rest/services/a/MapServer/0"}, [], "ArcGIS"), ({"url": "http://x.vn/thredds/dodsC/a"}, [], "OPeNDAP"),
    ({"url": "http://x.vn/geoserver/wms"}, [], "WMS"), ({"url": "http://x.vn/wms-gioi-thieu", "protocol": "WWW:LINK"}, [], "HTML"),
    ({"url": "http://x.vn/a.zip"}, ["ESRI Shapefile"], "SHP"), ({"url": "http://x.vn/a.zip"}, ["Shapefile", "CSV"], "ZIP"),
    ({"url": "http://x.vn/tai/1", "function": "download"}, ["CSV"], "CSV"), ({"url": "http://x.vn/tai/1", "function": "download"}, ["CSV", "XLSX"], ""),
    ({"url": "http://x.vn/tai/1", "protocol": "WWW:DOWNLOAD-1.0-http--download"}, ["GeoJSON"], "GeoJSON"), ({"url": "ftp://x.vn/a/"}, [], ""),
    ({"url": "http://x.vn/"}, ["CSV"], "HTML"), ({"url": "http://x.vn/gioi-thieu.html"}, [], "HTML"), ({"url": "http://[::1"}, [], "HTML"), ({}, [], "")])
def test_the_format_behind_a_link(link, of_all, expected):
    assert format_of(link, of_all) == expected


def test_the_first_page_is_where_people_are_sent_and_the_others_stay_links():
    links = [{"url": "http://x.vn/a.csv"}, {"url": "http://x.vn/trang"}, {"url": "http://x.vn/khac"}]
    record = described(Gathered(identifier="x", raw={"links": links}), {})
    assert (record.metadata["url"], [file.url for file in record.resources]) == ("http://x.vn/trang", ["http://x.vn/a.csv", "http://x.vn/khac"])
    named = described(Gathered(identifier="x", raw={"links": links, "page": "http://x.vn/that"}), {})
    assert (named.metadata["url"], len(named.resources)) == ("http://x.vn/that", 3)


def test_an_endless_text_on_rights_is_read_in_no_time():
    for text in ("-" * 200_000 + "x", " " * 200_000 + "x", "none " * 40_000, "http://" * 30_000):
        assert described(Gathered(identifier="x", raw={"licences": [text]}), {}).metadata["license_id"] == ""

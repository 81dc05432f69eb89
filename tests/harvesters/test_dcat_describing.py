"""What DCAT's objects say, in the catalogue's words: languages, registers' codes, licences, addresses."""

from __future__ import annotations

from typing import Any

import pytest

from harvesters import dcat_words as words
from harvesters.base import Gathered
from harvesters.dcat_describing import describe

EU = "http://publications.europa.eu/resource/authority/"
IANA = "https://www.iana.org/assignments/media-types/"


def said(**entry: Any):
    return describe(Gathered(identifier="x", raw=entry), {})


def extras(record) -> dict[str, str]:
    return {extra["key"]: extra["value"] for extra in record.metadata["extras"]}


def tagged(**texts: str) -> list[dict[str, str]]:
    return [{"@value": text, "@language": language.replace("_", "-")} for language, text in texts.items()]


@pytest.mark.parametrize(("title", "expected", "english"), [
    (tagged(en="Markets", fr="Marchés", vi="Chợ"), "Chợ", "Markets"), (tagged(en="Markets", fr="Marchés"), "Markets", "Markets"),
    (tagged(fr="Marchés", de="Märkte"), "Marchés", ""), (["Chợ", *tagged(en="Markets")], "Chợ", "Markets"), ({"en": "Markets", "vi": "Chợ"}, "Chợ", "Markets"),
    (tagged(vi_VN="Chợ", en_GB="Markets"), "Chợ", "Markets"), ("Chợ", "Chợ", ""), ([], "", ""), (None, "", ""), (7, "7", "")])
def test_vietnamese_comes_first_then_the_sources_own_tongue_then_english(title, expected, english):
    metadata = said(title=title).metadata
    assert (metadata["title"], metadata["title_en"]) == (expected, english)


def test_keywords_are_those_of_one_tongue():
    assert said(keyword=tagged(vi="chợ", en="market")).metadata["tags"] == ["chợ"]
    assert said(keyword=["chợ, siêu thị"]).metadata["tags"] == ["chợ", "siêu thị"]
    assert said(keyword=["a, b", "c"]).metadata["tags"] == ["a, b", "c"]


@pytest.mark.parametrize(("given", "expected"), [
    (EU + "frequency/MONTHLY", "monthly"), (EU + "frequency/ANNUAL_2", "biannual"), (EU + "frequency/BIENNIAL", "irregular"), (EU + "frequency/NEVER", "once"),
    (EU + "frequency/UNKNOWN", ""), (EU + "frequency/DAILY_2", "daily"), ("http://purl.org/cld/freq/quarterly", "quarterly"), ("R/P1Y", "annual"),
    ({"prefLabel": tagged(en="weekly")}, "weekly"), ("hằng tháng", "monthly"), ([], "")])
def test_frequencies(given, expected):
    record = said(accrualPeriodicity=[{"@id": given}] if isinstance(given, str) and "://" in given else given)
    assert (record.metadata["frequency"], record.issues) == (expected, ())


@pytest.mark.parametrize(("given", "expected"), [
    (EU + "licence/CC_BY_4_0", "cc-by"), (EU + "licence/CC0", "cc-zero"), (EU + "licence/CC_BYSA_4_0", "cc-by-sa"), (EU + "licence/CC_BYNC_4_0", "cc-nc"),
    (EU + "licence/ODC_BL", "odc-odbl"), ("https://creativecommons.org/licenses/by/4.0/", "cc-by"), ("CC-BY-4.0", "cc-by"), ("ODC-PDDL-1.0", "odc-pddl"),
    ({"@id": "http://a/l", "exactMatch": [{"@id": EU + "licence/CC0"}]}, "cc-zero"), ({"title": ["CC BY 4.0"]}, "cc-by")])
def test_licences_of_datasets_and_of_files(given, expected):
    assert said(license=given).metadata["license_id"] == expected
    record = said(distribution=[{"downloadURL": "http://a/1.csv", "license": given}, {"downloadURL": "http://a/2.csv"}])
    assert record.metadata["license_id"] == expected
    assert record.resources[0].extras["license"] == expected


def test_an_unknown_licence_is_kept_word_for_word():
    record = said(distribution=[{"downloadURL": "http://a/1.csv", "license": {"@id": "http://a/l", "title": ["Giấy phép riêng"]}}])
    assert ([issue.code for issue in record.issues], record.metadata["license_id"], extras(record)["license_source"]) == (["licence-unknown"], "", "Giấy phép riêng")


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_of_several_licences_the_least_open_counts(order):
    files = [{"downloadURL": "http://a/1.csv", "license": "cc-by"}, {"downloadURL": "http://a/2.csv", "license": "https://creativecommons.org/licenses/by-nc/4.0/"}]
    record = said(distribution=[files[number] for number in order])
    assert ([issue.code for issue in record.issues], record.metadata["license_id"]) == (["licences-differ"], "cc-nc")


def test_rights_stand_for_a_licence_only_where_they_name_one():
    assert said(rights="https://creativecommons.org/licenses/by/4.0/").metadata["license_id"] == "cc-by"
    record = said(rights="Mọi quyền được bảo lưu")
    assert (record.metadata["license_id"], record.issues) == ("", ())


@pytest.mark.parametrize(("part", "form", "media_type"), [
    ({"mediaType": {"@id": IANA + "text/csv"}}, "CSV", "text/csv"), ({"format": {"@id": EU + "file-type/XLSX"}}, "XLSX", None),
    ({"format": {"@id": EU + "file-type/RDF_TURTLE"}}, "TTL", None), ({"format": "text/csv"}, "CSV", "text/csv"), ({"format": "csv"}, "CSV", None),
    ({"format": {"label": ["GeoJSON"]}}, "GeoJSON", None), ({"format": EU + "file-type/GEOJSON", "mediaType": "application/geo+json"}, "GeoJSON", "application/geo+json"),
    ({"format": EU + "file-type/WMS_SRVC"}, "WMS", None), ({"format": EU + "file-type/OP_DATPRO", "mediaType": "text/csv"}, "CSV", "text/csv"), ({}, "", None)])
def test_formats_and_media_types(part, form, media_type):
    resource = said(distribution=[{"downloadURL": "http://a/x", **part}]).resources[0]
    assert (resource.format, resource.media_type) == (form, media_type)


def test_themes_are_known_by_code_and_by_label():
    record = said(theme=[{"@id": EU + "data-theme/HEAL"}, {"@id": "http://a/1", "prefLabel": [*tagged(en="Transport"), *tagged(vi="Đi lại")]},
                         {"@id": EU + "data-theme/TECH"}, "Bóng đá"])
    assert (record.metadata["groups"], extras(record)["theme_source"]) == (["y-te", "giao-thong"], EU + "data-theme/TECH, Bóng đá")


def test_files_are_what_can_be_downloaded_else_where_one_comes_by_them():
    record = said(distribution=[
        {"title": "A", "downloadURL": [{"@id": "http://a/1.csv"}, {"@id": "http://a/2.csv"}], "accessURL": {"@id": "http://a/trang"}},
        {"title": "B", "accessURL": "http://a/3.csv"}, {"title": "C", "accessService": {"endpointURL": {"@id": "http://a/api"}}}, {"@id": "http://a/d"}])
    assert [(resource.name, resource.url, resource.format) for resource in record.resources] == [
        ("A", "http://a/1.csv", ""), ("A", "http://a/2.csv", ""), ("B", "http://a/3.csv", ""), ("C", "http://a/api", "API")]
    assert record.resources[0].extras["access_url"] == "http://a/trang"
    assert [(issue.code, issue.facts["name"]) for issue in record.issues] == [("file-without-address", "http://a/d")]


def test_a_file_keeps_its_schema_checksum_size_and_dates():
    resource = said(modified="2024-01-01", distribution=[{
        "downloadURL": "http://a/1.csv", "conformsTo": [{"@id": "https://mo.example.vn/schema/truong-hoc"}], "byteSize": "12", "issued": "2023-01-01",
        "checksum": {"checksumValue": "ab", "algorithm": {"@id": "http://spdx.org/rdf/terms#checksumAlgorithm_sha256"}},
        "compressFormat": {"@id": IANA + "application/gzip"}}]).resources[0]
    assert (resource.schema, resource.last_modified) == ("truong-hoc", "2024-01-01T00:00:00")
    assert resource.extras == {"byte_size": "12", "issued": "2023-01-01", "conforms_to": "https://mo.example.vn/schema/truong-hoc", "checksum": "ab",
                               "checksum_algorithm": "checksumAlgorithm_sha256", "compression": "application/gzip"}


def test_what_has_no_place_of_its_own_is_kept():
    record = said(accessRights={"@id": EU + "access-right/PUBLIC"}, spatial={"prefLabel": tagged(vi="Vũng Tàu")}, provenance={"label": ["Sổ bộ"]},
                  temporal={"startDate": "2024-01-01", "endDate": "2024-12-31"}, inSeries={"@id": "http://a/s", "title": "Chuỗi"}, language=["vi", "en"],
                  publisher={"@id": "http://a/so", "name": "Sở"}, landingPage={"@id": "http://a/p", "accessURL": "http://a/trang"})
    assert extras(record) == {
        "access_rights": EU + "access-right/PUBLIC", "spatial": "Vũng Tàu", "provenance": "Sổ bộ", "temporal": "2024-01-01/2024-12-31", "series": "Chuỗi",
        "language": "vi, en", "publisher_uri": "http://a/so"}
    assert (record.metadata["url"], record.metadata["author"]) == ("http://a/trang", "Sở")


def test_addresses_and_names_of_anything():
    for odd in (None, 7, True, [], {}, [[]], {"@id": {"@id": 1}}, {"prefLabel": {"a": {}}}, [None, {"@value": None}], {"@value": {"a": 1}}):
        assert isinstance(words.address(odd), str)
        assert isinstance(words.name(odd), str)
        assert isinstance(words.place(odd) + words.period(odd) + words.licence(odd) + words.frequency(odd) + words.file_format(odd), str)

"""ISO 19115 in both XML forms, in our words."""

from __future__ import annotations

import json

import pytest
from support.iso_records import INSIDE, full, online, part3
from support.library_answers import csw_answer, iso_19139

from catalog.errors import Trouble
from catalog.fitting import fit
from catalog.record import Record
from harvesters import catalogue_entry
from harvesters import iso_19139 as reader
from harvesters.base import Gathered
from harvesters.xml_answers import parsed

POLYGON = ("<gmd:extent><gmd:EX_Extent><gmd:geographicElement><gmd:EX_BoundingPolygon><gmd:polygon><g:Polygon xmlns:g='http://www.opengis.net/gml/3.2'>"
           "<g:exterior><g:LinearRing><g:pos>x y</g:pos></g:LinearRing></g:exterior></g:Polygon></gmd:polygon></gmd:EX_BoundingPolygon>"
           "</gmd:geographicElement></gmd:EX_Extent></gmd:extent>")


def read(text: str) -> Record:
    root = parsed(text.encode(), "u", "x")
    raw = json.loads(json.dumps(reader.entry(next(reader.metadata_in(root)))))
    return fit(catalogue_entry.described(Gathered(identifier="x", raw=raw), {}))


def extras(record: Record) -> dict[str, str]:
    return {extra["key"]: extra["value"] for extra in record.metadata["extras"]}


def test_everything_that_a_record_says_is_read():
    record = read(full())
    metadata = record.metadata
    assert record.issues == ()
    assert (metadata["title"], metadata["title_en"], metadata["notes"]) == ("Bản đồ rừng", "Forest map", "Bản đồ rừng.")
    assert (metadata["author"], metadata["maintainer"], metadata["maintainer_email"]) == ("Sở Nông nghiệp", "Phòng Kỹ thuật", "mo@example.vn")
    assert (metadata["license_id"], metadata["frequency"], metadata["groups"]) == ("cc-by", "biannual", ["nong-nghiep"])
    assert (metadata["tags"], metadata["url"]) == (["rừng", "gỗ"], "http://mo.example.vn/gioi-thieu")
    assert [(file.name, file.format) for file in record.resources] == [("Dịch vụ", "WFS"), ("Tệp", "SHP"), ("Bảng", "CSV")]
    assert extras(record) | {
        "origin_standard": "iso-19139", "spatial": "107.2,15.9,108.1,16.8", "temporal": "2020-01-01/2023-12-31", "origin_created": "2020-01-01",
        "origin_modified": "2024-05-01", "origin_metadata_modified": "2024-09-01T00:00:00", "language": "vie", "theme_source": "biota",
        "access_rights": "otherRestrictions"} == extras(record)


@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_part_three_is_read_in_both_its_versions(version):
    text = part3(version)
    assert reader.identifier_of(parsed(text.encode(), "u", "x")) == "vn-nuoc-01"
    record = read(text)
    metadata = record.metadata
    assert record.issues == ()
    assert (metadata["title"], metadata["title_en"], metadata["notes"], metadata["author"]) == ("Nước mặt", "Water", "Quan trắc.", "Sở Tài nguyên")
    assert (metadata["license_id"], metadata["frequency"], metadata["groups"], metadata["tags"]) == ("cc-by-sa", "quarterly", ["moi-truong"], ["nước"])
    assert [(file.name, file.format, file.url) for file in record.resources] == [("Bảng", "CSV", "http://mo.example.vn/nuoc.csv")]
    assert extras(record) | {"issued": "2024-01-02", "origin_standard": "iso-19115-3"} == extras(record)


def test_the_vietnamese_words_come_first_whatever_the_records_language():
    text = full().replace(">vie<", ">eng<").replace('codeListValue="eng"', 'codeListValue="vie"')
    assert (read(text).metadata["title"], read(text).metadata["title_en"]) == ("Forest map", "Bản đồ rừng")


def test_an_anchor_stands_for_a_text_anywhere():
    text = full().replace("<gmd:fileIdentifier><gco:CharacterString>vn-rung-01</gco:CharacterString>",
                          '<gmd:fileIdentifier><gmx:Anchor xlink:href="http://x.vn">vn-rung-01</gmx:Anchor>')
    text = text.replace("<gco:CharacterString>Sở Nông nghiệp</gco:CharacterString>", "<gmx:Anchor>Sở Nông nghiệp</gmx:Anchor>")
    assert reader.identifier_of(parsed(text.encode(), "u", "x")) == "vn-rung-01"
    assert read(text).metadata["author"] == "Sở Nông nghiệp"


def test_the_swiss_profile_is_read_as_what_it_extends():
    text = full().replace("gmd:MD_Metadata", "che:CHE_MD_Metadata").replace("gmd:MD_DataIdentification", "che:CHE_MD_DataIdentification").replace(
        'xmlns:srv=', 'xmlns:che="http://www.geocat.ch/2008/che" xmlns:srv=')
    assert read(text).metadata["author"] == "Sở Nông nghiệp"


def test_a_service_is_found_at_its_connect_point_once():
    point = online("http://mo.example.vn/wms?request=GetCapabilities").replace("gmd:onLine", "srv:connectPoint")
    inside = ("<srv:serviceType><gco:LocalName>OGC:WMS</gco:LocalName></srv:serviceType>" + "".join(
        f"<srv:containsOperations><srv:SV_OperationMetadata>{point}</srv:SV_OperationMetadata></srv:containsOperations>" for _ in range(3)))
    text = iso_19139("a", "Dịch vụ bản đồ", inside=inside).replace("gmd:MD_DataIdentification", "srv:SV_ServiceIdentification")
    assert [(file.format, file.url) for file in read(text).resources] == [("WMS", "http://mo.example.vn/wms?request=GetCapabilities")]


def test_an_interval_of_its_own_counts_where_the_code_says_nothing():
    own = "<gmd:userDefinedMaintenanceFrequency><gts:TM_PeriodDuration xmlns:gts='urn:g'>P1Y</gts:TM_PeriodDuration></gmd:userDefinedMaintenanceFrequency>"
    text = full().replace('"biannually"', '"unknown"').replace("</gmd:MD_MaintenanceInformation>", f"{own}</gmd:MD_MaintenanceInformation>")
    assert read(text).metadata["frequency"] == "annual"


@pytest.mark.parametrize(("words", "expected"), [
    ("Dùng theo https://creativecommons.org/licenses/by/4.0/deed.vi, xin cảm ơn.", ("cc-by", [])), ("none", ("", [])),
    ("http://inspire.ec.europa.eu/metadata-codelist/LimitationsOnPublicAccess/noLimitations", ("", [])),
    ("Chỉ dùng nội bộ", ("", ["licence-unknown"]))])
def test_terms_are_a_licence_only_where_they_name_one(words, expected):
    record = read(iso_19139("a", "Bộ", constraint=words, links=["http://mo.example.vn/a.csv"]))
    assert (record.metadata["license_id"], [issue.code for issue in record.issues]) == expected
    assert extras(record)["constraints"] == words


def test_a_record_that_breaks_the_standard_is_read_as_far_as_it_goes():
    assert read(iso_19139("a", "Bộ", inside=POLYGON + INSIDE)).metadata["author"] == "Sở Nông nghiệp"
    assert read(iso_19139("a", None)).metadata["title"] == "x"
    empty = '<gmd:MD_Metadata xmlns:gmd="http://www.isotc211.org/2005/gmd"/>'
    assert [issue.code for issue in read(empty).issues] == ["title-missing", "no-files"]


def test_what_owslib_cannot_read_is_told_with_its_identifier(monkeypatch):
    monkeypatch.setattr(reader, "_UNUSED", set())
    with pytest.raises(Trouble) as caught:
        read(iso_19139("vn-01", "Bộ", inside=POLYGON))
    assert (caught.value.issue.code, caught.value.issue.facts["identifier"]) == ("iso-unreadable", "vn-01")


def test_records_are_found_in_what_wraps_them_and_only_theirs():
    wrapped = parsed(csw_answer([full(), part3()], 2, 0).encode(), "u", "x")
    assert [reader.identifier_of(one) for one in reader.metadata_in(wrapped)] == ["vn-rung-01", "vn-nuoc-01"]
    assert list(reader.metadata_in(parsed(b'<a><MD_Metadata xmlns="http://www.interlis.ch/INTERLIS2.3"/></a>', "u", "x"))) == []

"""What a repository's record says, in each of the formats that it may be written in."""

from __future__ import annotations

import json

import pytest
from support.library_answers import dublin_core

from catalog.fitting import fit
from catalog.record import Record
from harvesters import catalogue_entry
from harvesters.base import Gathered
from harvesters.oai_records import entry
from harvesters.xml_answers import parsed

DATACITE = """<resource xmlns="http://datacite.org/schema/kernel-4"><identifier identifierType="DOI">10.5281/zenodo.1</identifier>
<creators><creator><creatorName>Trần Văn A</creatorName></creator><creator><creatorName>Lê Thị B</creatorName></creator></creators>
<titles><title xml:lang="en">Rain</title><title xml:lang="vi">Lượng mưa</title><title titleType="Subtitle">phụ</title></titles><publisher>Đại học</publisher>
<publicationYear>2024</publicationYear><subjects><subject>mưa</subject><subject>Environment</subject></subjects>
<contributors><contributor contributorType="ContactPerson"><contributorName>Phòng Dữ liệu</contributorName></contributor></contributors>
<dates><date dateType="Updated">2024-05-01</date><date dateType="Issued">2024-02-01</date></dates><language>vi</language>
<resourceType resourceTypeGeneral="Dataset">Bảng</resourceType>
<alternateIdentifiers><alternateIdentifier alternateIdentifierType="URL">https://kho.example.vn/files/mua.csv</alternateIdentifier>
<alternateIdentifier alternateIdentifierType="local">kho-1</alternateIdentifier></alternateIdentifiers>
<relatedIdentifiers><relatedIdentifier relatedIdentifierType="URL" relationType="HasPart">https://kho.example.vn/files/tram.xlsx</relatedIdentifier>
<relatedIdentifier relatedIdentifierType="URL" relationType="Cites">https://other.example.vn/x.csv</relatedIdentifier></relatedIdentifiers>
<rightsList><rights rightsURI="info:eu-repo/semantics/openAccess">Open Access</rights>
<rights rightsURI="https://creativecommons.org/licenses/by/4.0/legalcode">CC BY</rights></rightsList>
<descriptions><description descriptionType="Abstract">&lt;p&gt;Mưa theo &lt;b&gt;ngày&lt;/b&gt;.&lt;/p&gt;</description></descriptions></resource>"""
DCAT = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dcat="http://www.w3.org/ns/dcat#" xmlns:dct="http://purl.org/dc/terms/"
 xmlns:foaf="http://xmlns.com/foaf/0.1/" xmlns:vcard="http://www.w3.org/2006/vcard/ns#"><dcat:Catalog><dcat:dataset><dcat:Dataset rdf:about="http://mo.example.vn/1">
<dct:title xml:lang="en">Markets</dct:title><dct:title xml:lang="vi">Chợ</dct:title><dct:description xml:lang="vi">Danh sách chợ</dct:description>
<dcat:keyword>chợ</dcat:keyword><dcat:theme rdf:resource="http://publications.europa.eu/resource/authority/data-theme/HEAL"/>
<dct:publisher><foaf:Agent><foaf:name>Sở Công Thương</foaf:name></foaf:Agent></dct:publisher>
<dct:accrualPeriodicity rdf:resource="http://publications.europa.eu/resource/authority/frequency/MONTHLY"/>
<dcat:contactPoint rdf:nodeID="c"/><dcat:landingPage rdf:resource="http://mo.example.vn/cho"/><dct:modified>2024-05-01</dct:modified>
<dcat:distribution rdf:resource="http://mo.example.vn/1/csv"/><dcat:distribution><dcat:Distribution><dcat:accessURL rdf:resource="http://mo.example.vn/ban-do"/>
<dct:format>HTML</dct:format></dcat:Distribution></dcat:distribution></dcat:Dataset></dcat:dataset></dcat:Catalog>
<vcard:Organization rdf:nodeID="c"><vcard:fn>Phòng Thương mại</vcard:fn><vcard:hasEmail rdf:resource="mailto:mo@example.vn"/></vcard:Organization>
<rdf:Description rdf:about="http://mo.example.vn/1/csv"><rdf:type rdf:resource="http://www.w3.org/ns/dcat#Distribution"/><dct:title>Bảng</dct:title>
<dcat:downloadURL rdf:resource="http://mo.example.vn/tai/1"/><dcat:mediaType rdf:resource="https://www.iana.org/assignments/media-types/text/csv"/>
<dct:license rdf:resource="http://creativecommons.org/publicdomain/zero/1.0/"/></rdf:Description></rdf:RDF>"""
QUALIFIED = """<qdc:qualifieddc xmlns:qdc="http://dspace.org/qualifieddc/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/">
<dc:title>Bộ</dc:title><dcterms:abstract>Mô tả</dcterms:abstract><dcterms:modified>2024-01-01</dcterms:modified>
<dcterms:license>cc-by-sa-4.0</dcterms:license><dc:rights>Chỉ đọc</dc:rights></qdc:qualifieddc>"""


def read(text: str) -> Record:
    raw = json.loads(json.dumps(entry(parsed(text.encode(), "u", "x"))))
    return fit(catalogue_entry.described(Gathered(identifier="x", raw=raw), {}))


def extras(record: Record) -> dict[str, str]:
    return {extra["key"]: extra["value"] for extra in record.metadata["extras"]}


def files(record: Record) -> list[tuple[str, str]]:
    return [(file.format, file.url) for file in record.resources]


def test_dublin_core():
    record = read(dublin_core(
        title="Chợ", creator=["Sở Công Thương", "Chi cục"], subject=["chợ; siêu thị", "Economy"], description=["Danh sách.", "Cả huyện."],
        publisher="Tỉnh", date=["2023", "2024"], type="Dataset", format="text/csv", language="vi", coverage="Tỉnh",
        identifier=["ISSN 1", "doi:10.1000/182", "http://mo.example.vn/tai/cho"], relation=["http://mo.example.vn/cho.csv", "http://khac.vn/bai"],
        rights=["info:eu-repo/semantics/openAccess", "http://creativecommons.org/licenses/by/4.0/"]))
    metadata = record.metadata
    assert record.issues == ()
    assert (metadata["title"], metadata["notes"], metadata["author"]) == ("Chợ", "Danh sách.\n\nCả huyện.", "Sở Công Thương; Chi cục")
    assert (metadata["tags"], metadata["groups"], metadata["license_id"]) == (["chợ", "siêu thị", "Economy"], ["tai-chinh"], "cc-by")
    assert metadata["url"] == "https://doi.org/10.1000/182"
    assert files(record) == [("CSV", "http://mo.example.vn/cho.csv")]
    assert extras(record) | {"issued": "2023; 2024", "origin_type": "Dataset", "coverage": "Tỉnh", "language": "vi", "publisher": "Tỉnh",
                             "origin_identifiers": "ISSN 1", "origin_standard": "dublin-core"} == extras(record)


def test_qualified_dublin_core_names_its_licence_first():
    record = read(QUALIFIED)
    assert (record.metadata["license_id"], record.metadata["notes"], extras(record)["origin_modified"]) == ("cc-by-sa", "Mô tả", "2024-01-01")


@pytest.mark.parametrize("wrap", ["{}", '<oai_datacite xmlns="http://schema.datacite.org/oai/oai-1.1/"><payload>{}</payload></oai_datacite>'])
def test_datacite(wrap):
    record = read(wrap.format(DATACITE))
    metadata = record.metadata
    assert record.issues == ()
    assert (metadata["title"], metadata["title_en"], metadata["notes"]) == ("Lượng mưa", "Rain", "Mưa theo ngày.")
    assert (metadata["author"], metadata["maintainer"], metadata["license_id"]) == ("Trần Văn A; Lê Thị B", "Phòng Dữ liệu", "cc-by")
    assert (metadata["groups"], metadata["url"]) == (["moi-truong"], "https://doi.org/10.5281/zenodo.1")
    assert files(record) == [("CSV", "https://kho.example.vn/files/mua.csv"), ("XLSX", "https://kho.example.vn/files/tram.xlsx")]
    assert extras(record) | {"issued": "2024-02-01", "origin_modified": "2024-05-01", "publisher": "Đại học", "origin_identifiers": "kho-1"} == extras(record)


def test_dcat_with_its_nodes_apart():
    record = read(DCAT)
    metadata = record.metadata
    assert record.issues == ()
    assert (metadata["title"], metadata["title_en"], metadata["notes"], metadata["author"]) == ("Chợ", "Markets", "Danh sách chợ", "Sở Công Thương")
    assert (metadata["maintainer"], metadata["maintainer_email"], metadata["url"]) == ("Phòng Thương mại", "mo@example.vn", "http://mo.example.vn/cho")
    assert (metadata["license_id"], metadata["frequency"], metadata["groups"]) == ("cc-zero", "monthly", ["y-te"])
    assert files(record) == [("CSV", "http://mo.example.vn/tai/1"), ("HTML", "http://mo.example.vn/ban-do")]


def test_nodes_that_point_at_each_other_come_to_an_end():
    circle = DCAT.replace('<vcard:fn>Phòng Thương mại</vcard:fn>', '<vcard:fn rdf:nodeID="c"/>')
    assert read(circle).metadata["title"] == "Chợ"


@pytest.mark.parametrize("text", [
    '<record xmlns="http://www.loc.gov/MARC21/slim"/>', '<mods xmlns="http://www.loc.gov/mods/v3"><titleInfo/></mods>', "<resource><title/></resource>",
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>', '<oai_datacite xmlns="http://schema.datacite.org/oai/oai-1.1/"/>'])
def test_what_is_not_read_is_none(text):
    assert entry(parsed(text.encode(), "u", "x")) is None

"""An SDMX service: its dataflows, and the same table from each of the formats that services speak."""

from __future__ import annotations

import csv
import json
import re
import tracemalloc
from pathlib import Path

import pytest
from support.kinds.cubes import KINDS, dataflow, structures
from support.sources import code_of
from support.web_server import Handler, WebServer, reply

from catalog.issues import Place
from catalog.net import Net
from harvesters import sdmx_data
from harvesters.base import SourceSpec, every_page
from harvesters.sdmx import Sdmx
from harvesters.sdmx_structure import Structure

DATA, FLOW = "/rest/data/CTK,DF_CHO,1.0/all", "/rest/dataflow/CTK/DF_CHO/1.0"
MESSAGE = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message"
GENERIC = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/data/generic"
CSV = """DATAFLOW,FREQ,REF_AREA,TIME_PERIOD,OBS_VALUE,OBS_STATUS,UNIT
CTK:DF_CHO(1.0),A,747,2022,12,,CHO
CTK:DF_CHO(1.0),A,747,2023,,M,CHO
CTK:DF_CHO(1.0),A,748,2023,7.50,P,CHO
"""
TABLE = [["FREQ", "FREQ_label", "REF_AREA", "REF_AREA_label", "TIME_PERIOD", "value", "status", "UNIT", "UNIT_label"],
         ["A", "Năm", "747", "Vũng Tàu", "2022", "12", "", "CHO", "Chợ"],
         ["A", "Năm", "747", "Vũng Tàu", "2023", "", "M", "CHO", "Chợ"],
         ["A", "Năm", "748", "", "2023", "7.50", "P", "CHO", "Chợ"]]


def codelist(name: str, **codes: str) -> str:
    inner = "".join(f'<str:Code id="{code.lstrip("_")}"><com:Name xml:lang="en">{label} (en)</com:Name>'
                    f'<com:Name xml:lang="vi">{label}</com:Name></str:Code>'
                    for code, label in codes.items())
    return f'<str:Codelist id="{name}" agencyID="CTK" version="1.0"><com:Name xml:lang="en">List</com:Name>{inner}</str:Codelist>'


def enumeration(name: str) -> str:
    return ("<str:LocalRepresentation><str:Enumeration>"
            f'<Ref id="{name}" agencyID="CTK" version="1.0" class="Codelist"/></str:Enumeration></str:LocalRepresentation>')


# FREQ has its code list from its concept, REF_AREA its own, UNIT one that is referred to by a URN.
STRUCTURE = structures(
    f"<str:Dataflows>{dataflow({'id': 'DF_CHO'})}</str:Dataflows>"
    f"<str:Codelists>{codelist('CL_FREQ', A='Năm')}{codelist('CL_AREA', _747='Vũng Tàu')}"
    f"{codelist('CL_UNIT', CHO='Chợ')}</str:Codelists>"
    '<str:Concepts><str:ConceptScheme id="CS" agencyID="CTK" version="1.0">'
    '<str:Concept id="FREQ"><com:Name>F</com:Name><str:CoreRepresentation>'
    '<str:Enumeration><Ref id="CL_FREQ" agencyID="CTK" version="1.0"/></str:Enumeration></str:CoreRepresentation></str:Concept>'
    "</str:ConceptScheme></str:Concepts>"
    '<str:DataStructures><str:DataStructure id="DSD_CHO" agencyID="CTK" version="1.0"><str:DataStructureComponents>'
    '<str:DimensionList id="DimensionDescriptor">'
    '<str:Dimension id="FREQ" position="1"><str:ConceptIdentity>'
    '<Ref id="FREQ" maintainableParentID="CS" maintainableParentVersion="1.0" agencyID="CTK"/>'
    "</str:ConceptIdentity></str:Dimension>"
    f'<str:Dimension id="REF_AREA" position="2">{enumeration("CL_AREA")}</str:Dimension>'
    '<str:TimeDimension id="TIME_PERIOD" position="3"/></str:DimensionList>'
    '<str:AttributeList><str:Attribute id="OBS_STATUS"/><str:Attribute id="UNIT"><str:LocalRepresentation><str:Enumeration>'
    "<URN>urn:sdmx:org.sdmx.infomodel.codelist.Codelist=CTK:CL_UNIT(1.0)</URN></str:Enumeration></str:LocalRepresentation>"
    '<str:AttributeRelationship><str:Dimension><Ref id="FREQ"/></str:Dimension></str:AttributeRelationship>'
    "</str:Attribute></str:AttributeList>"
    "</str:DataStructureComponents></str:DataStructure></str:DataStructures>")


def value(name: str, text: str) -> str:
    return f'<g:Value id="{name}" value="{text}"/>'


def message(kind: str, inner: str, footer: str = "",
    header: str = '<mes:Structure dimensionAtObservation="TIME_PERIOD"/>') -> str:
    return (f'<?xml version="1.0" encoding="UTF-8"?><mes:{kind} xmlns:mes="{MESSAGE}" '
            f'xmlns:g="{GENERIC}" xmlns:x="urn:x"><mes:Header>{header}'
            f"</mes:Header>{inner}{footer}</mes:{kind}>")


def observation(year: str, number: str, status: str = "") -> str:
    said = f"<g:Attributes>{value('OBS_STATUS', status)}</g:Attributes>" if status else ""
    return f'<g:Obs><g:ObsDimension value="{year}"/><g:ObsValue value="{number}"/>{said}</g:Obs>'


def series(area: str, inner: str) -> str:
    return (f"<g:Series><g:SeriesKey>{value('FREQ', 'A')}{value('REF_AREA', area)}</g:SeriesKey>"
            f"<g:Attributes>{value('UNIT', 'CHO')}</g:Attributes>{inner}</g:Series>")


def flat(area: str, year: str, number: str, status: str) -> str:
    key = value("FREQ", "A") + value("REF_AREA", area) + value("TIME_PERIOD", year)
    return (f'<g:Obs><g:ObsKey>{key}</g:ObsKey><g:ObsValue value="{number}"/>'
            f"<g:Attributes>{value('OBS_STATUS', status) if status else ''}{value('UNIT', 'CHO')}</g:Attributes></g:Obs>")


SERIES = message("GenericData", "<mes:DataSet>" + series("747", observation("2022", "12") + observation("2023", "NaN", "M"))
                 + series("748", observation("2023", "7.50", "P")) + "</mes:DataSet>")
FLAT = message("GenericData",
    f"<mes:DataSet>{flat('747', '2022', '12', '')}{flat('747', '2023', 'NaN', 'M')}"
               f"{flat('748', '2023', '7.50', 'P')}</mes:DataSet>",
               header='<mes:Structure dimensionAtObservation="AllDimensions"/>')
SPECIFIC = message("StructureSpecificData", """<mes:DataSet x:dataScope="DataStructure" action="Replace">
    <x:Group x:type="Sibling" REF_AREA="747" UNIT="CHO"/><x:Group x:type="Sibling" REF_AREA="748" UNIT="CHO"/>
    <x:Series FREQ="A" REF_AREA="747"><x:Obs TIME_PERIOD="2022" OBS_VALUE="12"/>
    <x:Obs TIME_PERIOD="2023" OBS_VALUE="NaN" OBS_STATUS="M"/></x:Series>
    <x:Series FREQ="A" REF_AREA="748"><x:Obs TIME_PERIOD="2023" OBS_VALUE="7.50" OBS_STATUS="P"/></x:Series></mes:DataSet>""")
FORMATS = {
    "csv": CSV, "csv with semicolons": CSV.replace(",", ";"), "csv with a mark": "\ufeff" + CSV.replace("\n", "\r\n"),
    "csv 2.0": CSV.replace("DATAFLOW", "STRUCTURE,STRUCTURE_ID,ACTION").replace("CTK:DF_CHO(1.0)", "dataflow,CTK:DF_CHO(1.0),I"),
    "csv of Eurostat": CSV.replace("DATAFLOW", "DATAFLOW,LAST UPDATE").replace("(1.0)",
    "(1.0),01/09/24 23:00:00").replace("OBS_STATUS", "OBS_FLAG"),
    "generic": SERIES, "generic, flat": FLAT, "structure-specific": SPECIFIC,
    "generic time series": SERIES.replace("GenericData", "GenericTimeSeriesData"),
    "2.0 generic": re.sub('<g:ObsDimension value="([0-9]+)"/>', r"<g:Time>\1</g:Time>", SERIES).replace("<g:Value id=", "<g:Value concept="),
    "2.0 compact": SPECIFIC.replace("StructureSpecificData", "CompactData"),
}


def connector(server: WebServer, net: Net, path: str = "/rest", **options) -> Sdmx:
    return Sdmx(SourceSpec(name="nguon", url=server.url(path), options=options), net)


def serve(server: WebServer, data: str | bytes, structure: str | None = STRUCTURE) -> None:
    listing = structures(f"<str:Dataflows>{dataflow({'id': 'DF_CHO'})}</str:Dataflows>")
    server.routes |= {"/rest/dataflow/all/all/latest": reply(listing), DATA: reply(data)}
    if structure is not None:
        server.routes[FLOW] = reply(structure)


def recipe_of(one: Sdmx) -> dict:
    return json.loads(json.dumps(one.describe(one.page(None).items[0]).resources[0].recipe))


def made(one: Sdmx, folder: Path) -> list[list[str]]:
    assert one.make(recipe_of(one), folder / "t.csv", None) is not None
    with (folder / "t.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


@pytest.mark.parametrize("path", ["/rest", "/rest/", "/rest/dataflow/all/all/latest", "/rest/data/CTK,X,1.0/all?x=1"])
def test_every_dataflow_is_a_dataset_in_both_languages(server: WebServer, net: Net, path):
    flow = dataflow({"id": "DF_CHO", "names": {"en": "Markets & shops", "vi": "Chợ  và\n cửa hàng"}})
    flow = flow.replace("<str:Structure>", '<com:Description xml:lang="vi">Mô tả</com:Description><str:Structure>')
    server.routes["/rest/dataflow/all/all/latest"] = reply(structures(f"<str:Dataflows>{flow}</str:Dataflows>"))
    one = connector(server, net, path)
    item = one.page(None).items[0]
    record = one.describe(item)
    assert item.identifier == "CTK:DF_CHO"
    assert [record.metadata[key] for key in ("title", "title_en", "notes", "author")] == ["Chợ và cửa hàng", "Markets & shops",
        "Mô tả", "CTK"]
    assert (record.resources[0].url, record.metadata["version"]) == (server.url(DATA), "1.0")
    assert connector(server, net, language="en").page(None).items[0].raw["title"] == "Markets & shops"


def test_of_several_versions_the_newest_is_taken(server: WebServer, net: Net):
    entries = [{"id": "A", "version": version} for version in ("1.9", "1.10", "1.2")] + [{"id": "A", "agency": "BYT"}]
    one = Sdmx(KINDS["sdmx"].serve(server, entries), net)
    assert [(item.identifier, item.raw["version"]) for page in every_page(one) for item in page.items] == [("BYT:A", "1.0"),
        ("CTK:A", "1.10")]


def test_one_agency_may_be_chosen(server: WebServer, net: Net):
    server.routes["/rest/dataflow/CTK/all/latest"] = reply(structures(""))
    assert connector(server, net, agency="CTK").page(None).total == 0


@pytest.mark.parametrize("name", FORMATS)
def test_the_table_is_the_same_from_every_format(server: WebServer, net: Net, tmp_path, name):
    serve(server, FORMATS[name])
    assert made(connector(server, net), tmp_path) == TABLE


@pytest.mark.parametrize("name", FORMATS)
def test_without_a_structure_the_table_has_no_labels(server: WebServer, net: Net, tmp_path, name):
    serve(server, FORMATS[name], structure=None)
    rows = made(connector(server, net), tmp_path)
    assert set(rows[0]) == {"FREQ", "REF_AREA", "TIME_PERIOD", "value", "status", "UNIT"}
    assert [dict(zip(rows[0], row, strict=True)) for row in rows[1:]] == [
        {name: text for name, text in zip(TABLE[0], row, strict=True) if not name.endswith("_label")} for row in TABLE[1:]]


def test_labels_are_in_the_language_that_is_wanted(server: WebServer, net: Net, tmp_path):
    serve(server, CSV)
    assert made(connector(server, net, language="en"), tmp_path)[1][1] == "Năm (en)"


def test_csv_is_asked_for_and_a_service_without_it_is_asked_for_xml(server: WebServer, net: Net, tmp_path):
    serve(server, CSV)
    wanted = []

    def route(handler: Handler) -> None:
        wanted.append(handler.headers["accept"])
        reply("", status=406)(handler) if "csv" in wanted[-1] else reply(SERIES)(handler)

    server.routes[DATA] = route
    assert made(connector(server, net), tmp_path) == TABLE
    assert wanted[0].startswith("application/vnd.sdmx.data+csv")
    assert wanted[1] == "application/vnd.sdmx.genericdata+xml;version=2.1"


@pytest.mark.parametrize(("headers", "condition"), [({"etag": '"7"'}, "if-none-match"),
    ({"last_modified": "Mon, 30 Sep 2024 01:00:00 GMT"}, "if-modified-since")])
def test_what_has_not_changed_is_not_made_again(server: WebServer, net: Net, tmp_path, headers, condition):
    serve(server, CSV)

    def route(handler: Handler) -> None:
        reply("", status=304)(handler) if condition in {name.lower() for name in handler.headers} else reply(CSV,
            **headers)(handler)

    server.routes[DATA] = route
    one = connector(server, net)
    mark = one.make(recipe_of(one), tmp_path / "t", None).mark
    assert one.make(recipe_of(one), tmp_path / "t", mark) is None
    assert connector(server, net, language="en").make(recipe_of(one), tmp_path / "t", mark) is not None


FOOTER = '<mes:Footer><mes:Message code="{}" severity="{}"><com:Text xmlns:com="urn:c">x</com:Text></mes:Message></mes:Footer>'


@pytest.mark.parametrize(("data", "code"), [
    (SERIES[:-40], "sdmx-broken"), (SERIES[:900], "sdmx-broken"), ("<a" * 90_000, "sdmx-broken"),
    ("<a>" * 90_000, "cube-of-another-kind"),
    (SERIES.replace("<mes:DataSet>", "<mes:DataSet>" + "<a>" * 60_000), "sdmx-broken"),
    ('<!DOCTYPE a [<!ENTITY b "c">]>' + SERIES[38:], "sdmx-broken"),
    ('<!DOCTYPE a SYSTEM "file:///etc/passwd">' + SERIES[38:], "sdmx-broken"),
    (SERIES.replace("UTF-8", "x-none"), "sdmx-broken"), ("<!doctype html><title>Đăng nhập</title>", "sdmx-broken"),
    ("<html><body/></html>", "cube-of-another-kind"), (STRUCTURE, "cube-of-another-kind"), ("", "cube-of-another-kind"),
    ('{"data": {"dataSets": []}}', "cube-of-another-kind"), ("a,b\n1,2\n", "cube-of-another-kind"),
    ("OBS_VALUE,A,A\n1,2,3\n", "cube-of-another-kind"),
    (CSV + "CTK:DF_CHO(1.0),A,7", "sdmx-row-odd"), (CSV + 'CTK,A,"7', "sdmx-row-odd"),
    (CSV.encode() + b"CTK,A,747,2024,1,,\xff\n", "sdmx-row-odd"),
    (CSV.partition("\n")[0] + "\n", "cube-empty"), (message("GenericData", "<mes:DataSet/>"), "cube-empty"),
    (message("GenericData", "<mes:DataSet>" + series("747", observation("2022", "1")) + "</mes:DataSet>",
    FOOTER.format("413", "Information")), "sdmx-refused"),
    (message("GenericData", "<mes:DataSet>" + series("747", observation("2022", "1")) + "</mes:DataSet>",
    FOOTER.format("x", "Error")), "sdmx-refused"),
    (f'<mes:Error xmlns:mes="{MESSAGE}"><mes:ErrorMessage code="130"/></mes:Error>', "sdmx-refused"),
    (f'<mes:Error xmlns:mes="{MESSAGE}"/>', "sdmx-refused"),
    (message("StructureSpecificData", "<mes:DataSet><x:Obs " + " ".join(f'A{n}="1"' for n in range(600)) + "/></mes:DataSet>"),
    "cube-too-large")])
def test_data_that_is_not_whole_makes_no_table(server: WebServer, net: Net, tmp_path, data, code):
    serve(server, data)
    one = connector(server, net)
    assert code_of(one.make, recipe_of(one), tmp_path / "t", None) == code


def test_a_remark_under_the_data_is_no_refusal(server: WebServer, net: Net, tmp_path):
    serve(server, SERIES.replace("</mes:GenericData>", FOOTER.format("100", "Information") + "</mes:GenericData>"))
    assert made(connector(server, net), tmp_path) == TABLE


@pytest.mark.parametrize(("listing", "code"), [
    (structures("<str:Dataflows>")[:-60], "sdmx-broken"), (f'<mes:Error xmlns:mes="{MESSAGE}"/>', "sdmx-refused"),
    (SERIES, "listing-of-another-kind"), ("<!-- a -->" * 40 + "<html/>", "listing-of-another-kind")])
def test_a_listing_that_is_none_is_refused(server: WebServer, net: Net, listing, code):
    server.routes["/rest/dataflow/all/all/latest"] = reply(listing)
    assert code_of(connector(server, net).page, None) == code


def test_a_structure_that_fails_for_now_makes_no_table_without_labels(server: WebServer, net: Net, tmp_path):
    serve(server, CSV)
    server.routes[FLOW] = reply("", status=500)
    one = connector(server, net)
    assert code_of(one.make, recipe_of(one), tmp_path / "t", None) == "http-status"


def test_memory_does_not_grow_with_the_data(tmp_path):
    one = "<x:Series FREQ='A' REF_AREA='{0}'>" + "".join(f"<x:Obs TIME_PERIOD='{year}' OBS_VALUE='1'/>" for year in range(1900,
        2000)) + "</x:Series>"
    path = tmp_path / "data.xml"
    path.write_text(message("StructureSpecificData",
        "<mes:DataSet>" + "".join(one.format(n) for n in range(80)) + "</mes:DataSet>"), "utf-8")
    tracemalloc.start()
    try:
        _, rows = sdmx_data.table(path, Place(), Structure())
        count = sum(1 for _ in rows)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 8_000
    assert peak < 1 << 20


def test_a_key_of_a_group_that_stands_in_a_series_is_no_end_of_the_reading(server: WebServer, net: Net, tmp_path):
    odd = f"<g:Group><g:Series><g:GroupKey>{value('REF_AREA', '747')}</g:GroupKey></g:Series></g:Group>"
    serve(server, message("GenericData", f"<mes:DataSet>{odd}{series('747', observation('2022', '12'))}</mes:DataSet>"))
    one = connector(server, net)
    assert [row[:5] for row in made(one, tmp_path)] == [TABLE[0][:5], ["A", "Năm", "747", "Vũng Tàu", "2022"]]

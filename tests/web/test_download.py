"""Downloads: the original bytes, conversions, older versions; and what must never be handed out."""

from __future__ import annotations

import io
import json

import pyarrow.parquet as pq
import pytest
from sqlalchemy import update
from support.published import CSV, HOSTILE, sow
from support.visiting import visitor

from catalog.models import Resource, Version


@pytest.fixture
def sown(site, tmp_path):
    return sow(site, tmp_path)


@pytest.fixture
def client(site):
    return visitor(site)


@pytest.fixture
def folder(sown):
    return f"/dataset/tuyen-xe-buyt/resource/{sown.resource}/download"


def guarded(answer):
    return (answer.headers["X-Content-Type-Options"] == "nosniff" and "sandbox" in answer.headers["Content-Security-Policy"]
            and answer.headers["Content-Disposition"].startswith("attachment"))


def test_the_original_bytes_come_back_under_their_own_name(client, folder):
    answer = client.get(f"{folder}/tuyen.csv")
    assert answer.data == CSV + b"03,C\n"
    assert answer.headers["Content-Disposition"].endswith("filename*=UTF-8''tuy%E1%BA%BFn%20xe%20bu%C3%BDt%202.csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"  # never the type that the source claimed
    assert guarded(answer)


def test_the_short_address_leads_to_the_file(client, folder):
    answer = client.get(folder)
    assert answer.status_code == 302 and answer.location.endswith(".csv")
    assert client.get(answer.location).data.startswith(b"ma_tuyen")


def test_a_part_can_be_asked_for_and_an_unchanged_file_is_not_sent_again(client, folder):
    whole = client.get(f"{folder}/tuyen.csv")
    part = client.get(f"{folder}/tuyen.csv", headers={"Range": "bytes=0-7"})
    assert (part.status_code, part.data) == (206, b"ma_tuyen")
    again = client.get(f"{folder}/tuyen.csv", headers={"If-None-Match": whole.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_an_older_public_version_can_be_had(client, folder):
    assert client.get(f"{folder}/tuyen.csv?version=1").data == CSV


@pytest.mark.parametrize("number", ["3", "99", "0", "-1", "x", "1e9", "1' OR 1=1"])
def test_a_refused_version_or_none_is_never_handed_out(client, folder, number):
    assert client.get(f"{folder}/tuyen.csv", query_string={"version": number}).status_code == 404
    assert client.get(folder, query_string={"version": number}).status_code == 404


def test_a_held_version_is_never_handed_out_even_when_a_row_points_at_it(client, site, sown, folder):
    with site.writing() as session:
        held = session.query(Version).filter_by(resource_id=sown.resource, number=3).one()
        held.state = "held"
        session.execute(update(Resource).where(Resource.id == sown.resource).values(version_id=held.id, url="javascript:alert(1)"))
    assert client.get(f"{folder}/tuyen.csv").status_code == 404


def test_a_file_that_was_never_good_does_not_lead_to_its_source_either(client, site, sown, folder):
    with site.writing() as session:
        session.execute(update(Resource).where(Resource.id == sown.resource).values(version_id=None, state="draft"))
    assert client.get(folder).status_code == 404


def test_the_table_comes_as_csv_json_ndjson_and_parquet(client, folder):
    typed = client.get(f"{folder}/x.csv?typed=1")
    assert typed.data.splitlines()[0] == b"ma_tuyen,ten_tuyen,cu_ly" and b"20.5" in typed.data
    rows = json.loads(client.get(f"{folder}/x.json").data)
    assert [row["cu_ly"] for row in rows] == [20.5, None, 3.25]
    lines = client.get(f"{folder}/x.ndjson").data.splitlines()
    assert len(lines) == 3 and json.loads(lines[2])["ten_tuyen"] == "C"
    answer = client.get(f"{folder}/x.parquet")
    assert pq.read_table(io.BytesIO(answer.data)).num_rows == 3
    assert all(guarded(client.get(f"{folder}/x.{kind}")) for kind in ("json", "ndjson", "parquet"))


def test_the_variant_for_excel_disarms_formulas_and_says_that_it_is_utf_8(client, folder):
    data = client.get(f"{folder}/x.csv?excel=1").data
    assert data.startswith(b"\xef\xbb\xbf")
    assert b"'=HYPERLINK" in data


def test_a_conversion_is_not_made_again_for_who_has_it(client, folder):
    first = client.get(f"{folder}/x.json")
    assert client.get(f"{folder}/x.json", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    assert client.head(f"{folder}/x.json").data == b""


@pytest.mark.parametrize("name", ["x.exe", "x.html", "x", "x.svg", ".csv.html"])
def test_what_cannot_be_made_is_not_found(client, folder, name):
    assert client.get(f"{folder}/{name}").status_code == 404


def test_a_table_of_a_version_without_one_cannot_be_made(client, folder):
    assert client.get(f"{folder}/x.json?version=1").status_code == 404


def test_a_link_leads_to_its_source_and_a_link_that_is_no_web_address_nowhere(client, sown):
    answer = client.get(f"/dataset/tuyen-xe-buyt/resource/{sown.link}/download")
    assert answer.status_code == 302 and answer.location == "http://nguon.test/trang"
    assert client.get(f"/dataset/tuyen-xe-buyt/resource/{sown.bare}/download").status_code == 404


@pytest.mark.parametrize("name", [f"a{HOSTILE}.html", "..\\..\\a.html", "a\r\nSet-Cookie: x=1.html", "a\"; filename=b.html", "\u202ecod.html"])
def test_a_hostile_file_name_stays_a_name_and_a_page_stays_a_file(client, site, folder, name):
    with site.writing() as session:
        session.execute(update(Version).where(Version.number == 2).values(filename=name))
    answer = client.get(f"{folder}/trang.html")
    assert answer.status_code == 200 and guarded(answer)
    assert answer.headers["Content-Type"] == "application/octet-stream"
    disposition = answer.headers["Content-Disposition"]
    assert not any(sign in disposition for sign in ("\r", "\n", "<", "\\..", "\u202e")) and "Set-Cookie" not in answer.headers

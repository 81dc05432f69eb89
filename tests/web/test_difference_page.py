"""The page of what changed between two versions: reached from the versions, read without colours, closed to what is not public."""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy import select
from support.two_versions import two_versions
from support.visiting import visitor

from catalog.models import Dataset, Version


@pytest.fixture
def made(site, tmp_path):
    return two_versions(site, tmp_path)


@pytest.fixture
def client(site):
    return visitor(site)


@pytest.fixture
def address(made):
    return f"/dataset/tuyen-xe-buyt/resource/{made.resource}/diff"


def words(html: str) -> str:
    """The text of a page."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_the_versions_of_a_file_lead_to_it(client, made, address):
    page = client.get(f"/dataset/tuyen-xe-buyt/resource/{made.resource}").text
    assert f'href="{address}?to=2"' in page
    assert f"{address}?to=1" not in page and f"{address}?to=3" not in page and f"{address}?to=4" not in page  # first, refused, no table


def test_rows_are_told_by_sign_and_word_and_changed_cells_before_and_after(client, address):
    answer = client.get(f"{address}?to=2&key=ma_dia_diem")
    assert answer.status_code == 200 and "<script>" not in answer.text.partition("Từng dòng")[2].partition("</table>")[0]
    text = words(answer.text)
    assert "Từ bản 1 ngày" in text and "Cột thêm: nam" in text and "Cột bỏ: ghi_chu" in text
    assert "± Sửa dòng 2" in text and "trước là Chợ B &lt;script&gt; nay là Chợ B mới" in text and "trước là 20 nay là trống" in text
    assert "− Bỏ dòng 3 03 Chợ C" in text and "+ Thêm dòng 3 04 =Chợ D 7" in text
    assert "Chợ A" not in text.partition("Từng dòng")[2]


def test_in_english(client, address):
    text = words(client.get(f"{address}?key=ma_dia_diem&lang=en").text)
    assert "± Changed row 2" in text and "Columns added: nam" in text


def test_one_kind_alone_and_by_all_cells(client, address):
    only = client.get(f"{address}?key=ma_dia_diem&change=added").text
    assert only.count("<tr class=") == 1 and '<tr class="added">' in only
    assert client.get(f"{address}?by=content").text.count('<tr class="removed">') == 2


def test_pages_of_many_rows(client, site, made, address, tmp_path):
    pq.write_table(pa.table({"ma_dia_diem": [f"m{number}" for number in range(120)]}), tmp_path / "many.parquet")
    with site.writing() as session:
        session.scalars(select(Version).where(Version.resource_id == made.resource, Version.number == 2)).one().table_sha256 = site.files.put(tmp_path / "many.parquet")
    seen, at = 0, f"{address}?change=added"
    while at:
        page = client.get(at).text
        seen += page.count('<tr class="added">')
        following = re.search(r'rel="next" href="([^"]+)"', page)
        at = following[1].replace("&amp;", "&") if following else ""
    assert seen == 120


def test_long_texts_are_shown_where_they_differ(client, site, made, address, tmp_path):
    for number, end in ((1, "a"), (2, "b")):
        pq.write_table(pa.table({"k": [1], "t": ["x" * 1000 + end]}), tmp_path / "long.parquet")
        with site.writing() as session:
            session.scalars(select(Version).where(Version.resource_id == made.resource, Version.number == number)).one().table_sha256 = site.files.put(tmp_path / "long.parquet")
    page = client.get(f"{address}?key=k").text
    assert "xxa</del>" in page and "xxb</ins>" in page and "x" * 400 not in page


@pytest.mark.parametrize("query", ["?from=3", "?to=3", "?to=99", "?from=x", "?key=khong_co", "?key=nam"])
def test_what_cannot_be_compared_is_said_and_nothing_of_a_refused_version_shown(client, address, query):
    answer = client.get(address + query)
    assert (answer.status_code, "Chưa so sánh được" in answer.text, "bi-mat" in answer.text) == (400, True, False)
    assert "<select" in answer.text


def test_a_file_with_one_version_has_nothing_to_compare(client, made):
    assert "chưa có gì để so sánh" in client.get(f"/dataset/tuyen-xe-buyt/resource/{made.other}/diff").text


@pytest.mark.parametrize("change", [{"private": True}, {"state": "draft"}, {"state": "deleted"}])
def test_strangers_see_nothing_of_what_is_not_public(client, site, made, address, change):
    assert client.get(address).status_code == 200
    with site.writing() as session:
        for name, value in change.items():
            setattr(session.get_one(Dataset, made.dataset), name, value)
    answer = client.get(address)
    assert answer.status_code in (404, 410) and "Chợ" not in answer.text

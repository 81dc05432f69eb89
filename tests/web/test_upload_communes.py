"""Names of communes that repeat are one question on the page of a draft, which the name of a province answers for the whole column."""

from __future__ import annotations

import csv
import io
import re
from html import unescape

import pytest
from support.uploading import check, clerk, press, sent
from support.visiting import Visitor

import schemas


@pytest.fixture
def client(site) -> Visitor:
    return clerk(site)


def test_one_answer_puts_the_wards_of_a_province_into_code(site, client):
    where = sent(site, client, table("Phường 1", "P. 2", "Phường Thắng Tam"))
    page = unescape(client.get(where + "/report").text)
    assert "Đơn vị thuộc Tỉnh Bà Rịa - Vũng Tàu (mã 77)" in page and "có thể là một trong" in page
    assert "Units of Tỉnh Bà Rịa - Vũng Tàu (code 77)" in unescape(client.get(where + "/report?lang=en").text)
    number = re.search(r'name="answer:(\d+)" value="in-77"', page)[1]
    after = check(site, press(client, where + "/answers", **{f"answer:{number}": "in-77"}))
    rows = csv.DictReader(io.StringIO(client.get(after + "/file/corrected").data.decode("utf-8-sig")))
    assert [row["ma_don_vi_hanh_chinh"] for row in rows][:3] == ["26506", "26509", "26508"]


def table(*names: str) -> bytes:
    """The sample of markets, dated to a day of 2024, with names of communes instead of codes in its first rows."""
    with schemas.load("cho-sieu-thi").valid_sample.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row, name in zip(rows, names, strict=False):
        row |= {"ma_don_vi_hanh_chinh": name, "ngay_cap_nhat": "2024-04-01"}
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()

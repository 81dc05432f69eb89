"""A unit is read from a heading where it certainly is one, and converted only to a unit of the same thing."""

from __future__ import annotations

from decimal import Decimal

import pytest

import schemas
from schemas import units


@pytest.mark.parametrize(("heading", "rest", "unit"), [
    ("Tổng vốn (tỷ đồng)", "Tổng vốn", "tỷ đồng"), ("Tổng vốn (tỉ đồng)", "Tổng vốn", "tỷ đồng"), ("Vốn (ĐVT: Tr.đ)", "Vốn", "triệu đồng"), ("Vốn, triệu đồng", "Vốn", "triệu đồng"),
    ("Giá (1000 đồng)", "Giá", "nghìn đồng"), ("Giá (1.000đ)", "Giá", "nghìn đồng"), ("Giá [VNĐ]", "Giá", "đồng"), ("Diện tích (m2)", "Diện tích", "m²"),
    ("Diện tích - ha", "Diện tích", "ha"), ("Sản lượng (nghìn tấn)", "Sản lượng", "nghìn tấn"), ("Dân số (ngàn người)", "Dân số", "nghìn người"), ("Tỷ lệ (%)", "Tỷ lệ", "%"),
    ("Ghi chú (nếu có)", "Ghi chú (nếu có)", None), ("Tên xã, phường", "Tên xã, phường", None), ("(triệu đồng)", "(triệu đồng)", None), ("", "", None), ("x" * 400 + " (ha)", "x" * 400 + " (ha)", None),
])
def test_the_unit_of_a_heading(heading, rest, unit):
    assert (units.without_unit(heading), units.unit_of(heading)) == (rest, unit)


@pytest.mark.parametrize(("given", "wanted", "times"), [
    ("triệu đồng", "tỷ đồng", "0.001"), ("Tr.đ", "đồng", "1000000"), ("ha", "m²", "10000"), ("tấn", "kg", "1000"), ("tấn/ha", "tạ/ha", "10"), ("đồng", "đồng", "1"),
    ("phút", "giờ", None), ("giờ", "phút", "60"), ("triệu đồng", "ha", None), ("thùng", "tấn", None), ("%", "triệu đồng", None),
])
def test_by_what_a_value_is_multiplied(given, wanted, times):
    assert units.factor(given, wanted) == (Decimal(times) if times else None)


def test_every_unit_of_the_schemas_is_known_and_stands_in_the_title_where_that_names_one():
    for schema in schemas.all_schemas():
        for field in schema.fields:
            if "unit" in field:
                assert units.known(field["unit"]) == field["unit"], field["name"]
            assert units.unit_of(field["title"]) in (None, field.get("unit")), field["name"]

"""A label is taken for a field for a reason that can be named, and for no field where it could be two."""

from __future__ import annotations

import pytest

import schemas
from catalog.validation import check
from catalog.validation.mapping import Known, mapped
from catalog.validation.told import Told

MARKETS = schemas.load("cho-sieu-thi").fields
OPENING = [{"name": "gio_mo_cua", "title": "Giờ mở cửa"}, {"name": "gio_dong_cua", "title": "Giờ đóng cửa"}, {"name": "ngay_bat_dau", "title": "Ngày bắt đầu"}]


def one(label: str, entries=MARKETS, **more) -> Known | None:
    return mapped([label], entries, near=True, **more).get(label)


@pytest.mark.parametrize(("label", "field", "why"), [
    ("ten_dia_diem", "ten_dia_diem", "name"), ("Tên địa điểm", "ten_dia_diem", "title"), ("TÊN ĐỊA ĐIỂM", "ten_dia_diem", "title"),
    ("Ten dia diem", "ten_dia_diem", "title"), ("Name", "ten_dia_diem", "title"), ("Diện tích (m2)", "dien_tich_m2", "title"),
    ("Tên chợ, siêu thị", "ten_dia_diem", "alias"), ("xã - phường", "ten_don_vi_hanh_chinh", "alias"), ("Trạng thia", "trang_thai", "near"),
    ("Năm bắt đầu hoat độgn", "nam_hoat_dong", "near"),
])
def test_a_label_is_known_by_its_best_reason(label, field, why):
    assert one(label) == Known(field, why)


@pytest.mark.parametrize("label", ["Giờ vào cửa", "Ngày kết thúc", "Giờ", "Ghi chú", "", "Giờ mở cửa 2", "12", "Giờ mờ"])
def test_what_is_only_somewhat_like_a_field_is_none(label):
    assert one(label, OPENING) is None


def test_a_label_that_could_be_two_fields_is_none():
    twins = [{"name": "a", "title": "Số hồ sơ"}, {"name": "b", "title": "Số hồ sơ"}]
    assert one("Số hồ sơ", twins) is None


def test_a_field_takes_one_label_and_the_better_reason_wins():
    assert mapped(["Tên chợ", "Tên địa điểm"], MARKETS) == {"Tên địa điểm": Known("ten_dia_diem", "title")}
    assert mapped(["Tên chợ", "ten_dia_diem"], MARKETS) == {"ten_dia_diem": Known("ten_dia_diem", "name")}


def test_what_a_person_confirmed_goes_before_all_but_the_name_of_another_field():
    assert one("Ghi chú", confirmed={"ghi chú": "loai"}) == Known("loai", "confirmed")
    assert mapped(["Chợ", "Loại"], MARKETS, confirmed={"chợ": "loai"}) == {"Chợ": Known("loai", "confirmed")}
    assert one("hang", confirmed={"hang": "loai"}) == Known("hang", "name")
    assert one("Ghi chú", confirmed={"ghi chú": "khong_co"}) is None


def test_names_of_a_schema_from_elsewhere_are_taken_as_they_are():
    entries = [{"name": "id", "type": "integer"}, {"name": "Full Name", "type": "string"}]
    assert mapped(["ID", "full name"], entries) == {}


def test_a_table_is_known_by_what_its_labels_were_confirmed_to_be(tmp_path):
    text = schemas.load("cho-sieu-thi").valid_sample.read_text("utf-8").replace("ma_dia_diem", "Số hiệu")
    (tmp_path / "a.csv").write_text(text, "utf-8")
    assert check(tmp_path / "a.csv", filename="a.csv").schema is None
    known = check(tmp_path / "a.csv", filename="a.csv", told=Told(columns={"cho-sieu-thi": {"số hiệu": "ma_dia_diem"}}))
    assert (known.schema, known.state) == ("cho-sieu-thi", "valid") and "labels-confirmed" in [issue.code for issue in known.issues]

"""The loader: names, one schema, and which schema a table follows."""

from __future__ import annotations

import csv
import dataclasses
import subprocess
import sys

import pytest

import schemas


def test_names_are_sorted_and_a_caller_cannot_spoil_them():
    names = schemas.names()
    assert names == sorted(names)
    names.clear()
    assert schemas.names()


def test_an_unknown_name_and_a_path_are_refused():
    for name in ("khong-co", "../catalog", "", "truong-hoc/"):
        with pytest.raises(KeyError):
            schemas.load(name)


def test_a_schema_is_frozen_and_read_once():
    schema = schemas.load("truong-hoc")
    assert schema is schemas.load("truong-hoc")
    with pytest.raises(dataclasses.FrozenInstanceError):
        schema.theme = "khac"
    assert schema.title == {"vi": "Trường học", "en": "Schools"}
    assert schema.required[:3] == ["ma_truong", "ten_truong", "nam_hoc"]


def test_importing_the_loader_brings_in_no_other_part_and_not_frictionless():
    code = "import sys, schemas; print([m for m in sys.modules if m.split('.')[0] in ('catalog', 'web', 'harvesters', 'frictionless')])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"


def test_labels_without_marks_in_capitals_and_out_of_order_still_match():
    labels = [field["title"] for field in schemas.load("co-so-luu-tru").fields]
    plain = [schemas.fold(label).upper() for label in reversed(labels)]
    assert schemas.match(plain) == "co-so-luu-tru"


def test_a_table_that_lacks_a_required_column_matches_nothing():
    labels = [field["name"] for field in schemas.load("tuyen-xe-buyt").fields if field["name"] != "gia_ve"]
    assert schemas.match(labels) is None


def test_a_table_without_an_optional_column_and_with_one_more_still_matches():
    labels = [field["name"] for field in schemas.load("co-so-luu-tru").fields if field["name"] != "so_giuong"]
    assert schemas.match([*labels, "STT", ""]) == "co-so-luu-tru"


def test_a_few_common_columns_are_not_a_match():
    assert schemas.match(["STT", "Tên", "Địa chỉ", "Ghi chú"]) is None
    assert schemas.match([]) is None
    few = schemas.load("don-vi-hanh-chinh").required
    assert schemas.match([*few, *(f"cột {letter}" for letter in "abcdefghij")]) is None


def test_folding_knows_the_traps_of_vietnamese():
    assert schemas.fold("ĐƠN VỊ TÍNH (đồng)") == "don vi tinh dong" == schemas.fold("don_vi_tinh__dong")
    assert schemas.fold("Hoà  Bình*") == schemas.fold("Hòa Bình")


def test_the_plan_s_table_is_whole():
    with schemas.load("chi-tieu-ke-hoach").valid_sample.open(encoding="utf-8", newline="") as file:
        rows = {row["ma_chi_tieu"]: row for row in csv.DictReader(file)}
    assert len(rows) == 24
    opening = rows["2.1"]
    assert (opening["phep_so_sanh"], opening["muc_phai_dat"], opening["don_vi_tinh"], opening["nam_phai_dat"]) == ("bằng", "100", "%", "2025")
    assert opening["noi_dung"].startswith("100% cơ quan nhà nước của tỉnh tham gia mở dữ liệu")
    assert (rows["1.4a"]["phep_so_sanh"], rows["1.4a"]["muc_phai_dat"]) == ("trên", "50")
    assert {row["can_cu"] for row in rows.values()} == {"Quyết định 2704/QĐ-UBND ngày 27/10/2023"}

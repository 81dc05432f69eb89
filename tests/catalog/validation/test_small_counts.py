"""Counts of one to four in tables about health and poverty are told of; other small numbers are not."""

from __future__ import annotations

import pytest

from catalog.validation import check
from catalog.validation.small_counts import small_counts

ROWS = [[f"Xã {number}", str(number), "2023"] for number in range(9)]


def rows(cells):
    return list(enumerate(cells, start=2))


@pytest.mark.parametrize(("label", "about"), [
    ("Số hộ nghèo", ""), ("Số ca mắc", ""), ("Số người tử vong", ""), ("Số hộ", "Hộ nghèo theo xã.csv"), ("Số ca", "Bệnh sốt xuất huyết"),
    ("Số trẻ khuyết tật", ""), ("poor households", "")])
def test_small_counts_of_persons_are_found_with_their_cells(label, about):
    assert [(small.column, small.count, small.cells) for small in small_counts(["Xã", label, "Năm"], rows(ROWS), about)] == [
        ("B", 4, ("B3", "B4", "B5", "B6"))]


@pytest.mark.parametrize(("label", "about"), [
    ("Số chợ", ""), ("Số tầng", "cho.csv"), ("Tỷ lệ hộ nghèo (%)", ""), ("STT", "Hộ nghèo"), ("Mã bệnh", ""), ("Năm", "Hộ nghèo"),
    ("Diện tích", "Hộ nghèo"), ("Số giường bệnh", "co-so-kham-chua-benh.csv")])
def test_other_small_numbers_are_left_alone(label, about):
    assert small_counts(["Xã", label], rows(ROWS), about) == []


def test_large_counts_and_words_are_left_alone():
    assert small_counts(["Xã", "Số hộ nghèo"], rows([["A", "12"], ["B", "0"], ["C", "<5"]])) == []
    assert small_counts(["Xã", "Bệnh nhân"], rows([["A", "Nguyễn Văn An"], ["B", "3"]])) == []


def test_they_are_a_remark_that_holds_nothing_up(tmp_path):
    path = tmp_path / "ho-ngheo.csv"
    path.write_text("xa,so_ho_ngheo\nLong Sơn,3\nBà Rịa,40\n", encoding="utf-8")
    found = check(path, filename=path.name)
    issue = next(issue for issue in found.issues if issue.code == "small-counts")
    assert found.state == "valid" and (issue.place.column, issue.facts["count"], issue.facts["at"]) == ("B", 1, "B2")

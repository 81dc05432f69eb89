"""A table is read where a person says it is, and known again in the next file; where that is not certain, it is asked."""

from __future__ import annotations

import pytest
from support.workbooks import xlsx

from catalog.issues import say
from catalog.validation import Verdict, check
from catalog.validation.given_layout import GivenLayout, KeptLayout, kept_of
from catalog.validation.told import Told

TITLES = [["BÁO CÁO VỐN"], ["ĐVT: triệu đồng"], [None]]
HEADER = [["STT", "Xã", "Vốn", None], [None, None, "Tỉnh", "Huyện"], [1, 2, 3, 4]]
BODY = [["1", "Long Sơn", 5, 6], ["2", "Bình Châu", 7, 8]]
END = [[None] * 4, ["Tổng", None, 12, 14], ["Nguồn: Sở Tài chính"]]
REPORT = [*TITLES, *HEADER, *BODY, *END]
CHOICE = GivenLayout(sheet="T9", header=(4, 5), first=7, last=8)


def read(tmp_path, sheets, told: Told | None = None, **asked) -> Verdict:
    (tmp_path / "a.xlsx").write_bytes(xlsx(sheets if isinstance(sheets, dict) else {"Bìa": [["Kính gửi"]], "T9": sheets}))
    return check(tmp_path / "a.xlsx", filename="a.xlsx", told=told, **asked)


def read_text(tmp_path, text: str, told: Told) -> Verdict:
    (tmp_path / "a.csv").write_text(text, "utf-8")
    return check(tmp_path / "a.csv", filename="a.csv", told=told)


def layout(verdict: Verdict) -> tuple:
    found = verdict.details["layout"][0]
    return found["sheet"], found["header"], found["data"]


def kept(tmp_path, choice: GivenLayout = CHOICE, rows=REPORT) -> KeptLayout:
    verdict = read(tmp_path, rows, Told(layout=choice))
    return KeptLayout.from_dict(kept_of(verdict.seen.layout, choice).to_dict())


def codes(verdict: Verdict) -> list[str]:
    return [issue.code for issue in verdict.issues]


def test_a_table_is_read_where_it_was_said_to_be(tmp_path):
    verdict = read(tmp_path, REPORT, Told(layout=CHOICE))
    assert layout(verdict) == ("T9", [4, 5], [7, 8])
    assert verdict.fields == ("STT", "Xã", "Vốn / Tỉnh", "Vốn / Huyện") and verdict.rows == 2


def test_rows_that_a_person_named_are_data_even_if_they_look_like_a_total(tmp_path):
    assert layout(read(tmp_path, REPORT, Told(layout=GivenLayout(sheet="T9", header=(4, 5), first=7, last=10))))[2] == [7, 10]
    assert layout(read(tmp_path, REPORT, Told(layout=GivenLayout(sheet="T9", header=(4, 5)))))[2] == [7, 8]


def test_only_a_sheet_can_be_chosen(tmp_path):
    sheets = {"A": REPORT, "B": [["ten", "so"], ["x", 1]]}
    assert layout(read(tmp_path, sheets))[0] == "A"
    assert layout(read(tmp_path, sheets, Told(layout=GivenLayout(sheet="B")))) == ("B", [1, 1], [2, 2])


def test_lines_of_text_are_chosen_as_rows_of_sheets_are(tmp_path):
    text = "Danh sách,,\nSTT,Tên,Số\n1,a,2\n2,b,3\nTổng,,5\n"
    verdict = read_text(tmp_path, text, Told(layout=GivenLayout(header=(2, 2), last=4)))
    assert layout(verdict) == (None, [2, 2], [3, 4]) and [list(row) for row in verdict.table.rows()] == [["1", "a", "2"], ["2", "b", "3"]]
    assert verdict.report["tasks"][0]["stats"]["rows"] == 2


@pytest.mark.parametrize(("choice", "vi", "en"), [
    (GivenLayout(sheet="X"), "không có trang tính “X”. Các trang tính trong tệp: Bìa, T9", "no sheet “X”. Its sheets: Bìa, T9"),
    (GivenLayout(sheet="T9", header=(5, 4)), "dòng tên cột cuối (4) đứng trên", "is above the first (5)"),
    (GivenLayout(sheet="T9", header=(0, 4)), "đếm từ 1", "count from 1"),
    (GivenLayout(sheet="T9", header=(1, 11)), "nhiều hơn 10", "more than 10"),
    (GivenLayout(sheet="T9", header=(12, 12)), "chỉ có 11 dòng", "only 11 rows"),
    (GivenLayout(sheet="T9", header=(4, 5), first=5), "phải ở dưới dòng tên cột cuối (5)", "must be below the header's last row (5)"),
    (GivenLayout(sheet="T9", header=(4, 5), first=12), "không có dòng số liệu 12", "no data row 12"),
    (GivenLayout(sheet="T9", header=(4, 5), first=8, last=7), "đứng trên dòng số liệu đầu (8)", "is above the first (8)"),
    (GivenLayout(sheet="T9", header=(4, 5), last=99), "không có dòng 99", "no row 99"),
    (GivenLayout(sheet="T9", header=(3, 3)), "không có tên cột nào", "hold no column name"),
])
def test_what_cannot_be_is_refused_in_both_languages(tmp_path, choice, vi, en):
    verdict = read(tmp_path, REPORT, Told(layout=choice))
    assert verdict.state == "invalid"
    assert vi in say(verdict.issues[0], "vi").what and en in say(verdict.issues[0], "en").what


def test_a_grown_table_that_moved_to_another_sheet_is_known_again(tmp_path):
    grown = {"Bìa": [["x"]], "T10": [["Quý 4"], *TITLES, *HEADER, *BODY, ["3", "Châu Pha", 1, 1], *END]}
    verdict = read(tmp_path, grown, Told(kept=kept(tmp_path)))
    assert layout(verdict) == ("T10", [5, 6], [8, 10]) and "layout-changed" not in codes(verdict) and verdict.state == "valid"


@pytest.mark.parametrize("changed", [
    [*TITLES, ["STT", "Phường", "Vốn", None], *HEADER[1:], *BODY, *END],
    [*TITLES, [*HEADER[0], "Ghi chú"], *HEADER[1:], *BODY, *END],
    [*TITLES, *HEADER, *BODY, [None] * 4, ["Nguồn: Sở Tài chính"]],
    [*TITLES, *HEADER, *BODY, ["Tổng", None, 1, 1], *BODY, *END],
], ids=["another word", "another column", "no end", "two ends"])
def test_a_file_that_is_not_like_the_one_before_is_held_and_asked_about(tmp_path, changed):
    verdict = read(tmp_path, changed, Told(kept=kept(tmp_path)))
    assert verdict.state == "held" and codes(verdict)[0] == "layout-changed" and verdict.seen.kept is None


def test_what_has_changed_in_the_header_is_named(tmp_path):
    issue = read(tmp_path, [*TITLES, ["STT", "Phường", "Vốn", None], *HEADER[1:], *BODY, *END], Told(kept=kept(tmp_path))).issues[0]
    assert "không thấy nữa: Xã. Tên cột mới: Phường" in say(issue, "vi").what and "gone: Xã. New ones: Phường" in say(issue, "en").what


def test_a_header_that_stands_on_two_sheets_is_asked_about(tmp_path):
    verdict = read(tmp_path, {"T10": REPORT, "T11": REPORT}, Told(kept=kept(tmp_path)))
    assert codes(verdict)[0] == "layout-changed"


def test_the_layout_of_another_file_of_the_source_holds_where_one_alone_fits(tmp_path):
    own, other = kept(tmp_path), KeptLayout(sheet="Z", header=(1, 1), labels=("a", "b"))
    assert read(tmp_path, REPORT, Told(perhaps=(own, other))).seen.kept == own
    alone = read(tmp_path, REPORT, Told(perhaps=(other,)))
    assert alone.seen.kept is None and alone.state == "valid"


def test_a_header_of_merged_cells_is_known_in_the_file_saved_as_text(tmp_path):
    text = "\n".join(",".join("" if cell is None else str(cell) for cell in row) for row in REPORT)
    verdict = read_text(tmp_path, text, Told(kept=kept(tmp_path)))
    assert layout(verdict) == (None, [4, 5], [7, 8]) and verdict.state == "valid"


def test_what_was_told_comes_back_from_the_store_as_it_was(tmp_path):
    told = Told(layout=CHOICE, kept=kept(tmp_path), columns={"cho-sieu-thi": {"tên chợ": "ten_dia_diem"}})
    assert Told.from_dict(told.to_dict()) == told
    assert Told.from_dict(Told().to_dict()) == Told()

"""Personal data is decided for a column, by its name and the share of its cells."""

from __future__ import annotations

import pytest

from catalog.validation import check
from catalog.validation.privacy import MASK, masked, nothing_to_find, screen

CCCD = ["077094001234", "077194005678", "079201000111", "001302009999"]


def kinds(label: str, cells: list) -> list[str]:
    return [hit.kind for hit in screen([label], [[cell] for cell in cells])]


@pytest.mark.parametrize(("label", "cells", "kind"), [
    ("Số CCCD", CCCD, "cccd"), ("cột 5", CCCD, "cccd"), ("CCCD", ["77094001234", "77194005678"], "cccd"),
    ("Số CMND", ["273123456", "273654321"], "cmnd"), ("SĐT", ["0901234512", "090 123 45 13"], "mobile"), ("SĐT", ["901234512"], "mobile"),
    ("ghi chú", ["0901234512", "+84 913 456 789"], "mobile"), ("Email", ["an.nguyen@gmail.com"], "email"), ("Số tài khoản", ["0071001234567"], "bank-account"),
])
def test_a_personal_column_is_found(label, cells, kind):
    assert kinds(label, cells) == [kind]


@pytest.mark.parametrize(("label", "cells"), [
    ("Vốn đầu tư", ["273123456", "903654321", "357000000"]),  # investment sums of nine digits
    ("Mã số thuế", ["0100047516", "3500102365"]), ("Điện thoại", ["02543727444", "(0254) 3727.445"]), ("Điện thoại", ["1900 1234"]),
    ("Điện thoại cơ quan", ["0913456789", "02543727444"]), ("Giá trị", ["123456789012", "999999999999"]), ("Email", ["vanthu@baria.gov.vn"]),
    ("Năm", ["2024"]), ("Ngày", ["2024-12-31"]), ("Mã", ["000001", "000002"]), ("Ghi chú", ["gọi 0901234512", "không", "không", "không"]),
    ("SĐT", []), ("", [None, ""]),
])
def test_what_only_looks_personal_is_left_alone(label, cells):
    assert kinds(label, cells) == []


def test_one_odd_cell_does_not_decide():
    assert kinds("Mã hồ sơ", ["H01-" + str(number) for number in range(50)] + CCCD[:1]) == []


def test_names_with_dates_of_birth_are_personal_together():
    rows = [["Nguyễn Văn An", "01/02/1990"], ["Trần Thị Bình", "03/04/1985"]]
    assert [hit.kind for hit in screen(["Họ và tên", "Ngày sinh"], rows)] == ["name-and-birth"]
    assert screen(["Họ và tên", "Chức vụ"], [["Nguyễn Văn An", "Giám đốc"]]) == []


def test_evidence_is_masked():
    assert masked("0901234512") == "090•••••12"
    assert masked("an.nguyen@gmail.com") == "a•••@gmail.com"
    assert all(cell not in hit.evidence for hit in screen(["CCCD"], [[cell] for cell in CCCD]) for cell in CCCD)


def test_a_valid_file_with_personal_data_is_held(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("stt,cccd\n" + "".join(f"{number},{cell}\n" for number, cell in enumerate(CCCD)))
    found = check(path, filename="a.csv")
    issue = found.issues[0]
    assert (found.state, issue.code, issue.place.column, issue.facts["evidence"][:12]) == ("held", "personal-data", "B", "077•••••••34")
    assert found.details["privacy"][0]["hold"] is True


def test_an_invalid_file_stays_invalid_and_says_both(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("stt,cccd\n1,077094001234\n2\n")
    found = check(path, filename="a.csv")
    assert (found.state, [issue.code for issue in found.issues]) == ("invalid", ["cell-missing", "personal-data"])


def test_other_sheets_are_looked_into_too(tmp_path):
    from support import workbooks

    path = tmp_path / "a.xlsx"
    path.write_bytes(workbooks.xlsx({"T": [["a", "b"], ["1", "2"]], "Nguồn": [["CCCD"], *[[cell] for cell in CCCD]]}))
    found = check(path, filename="a.xlsx")
    assert (found.state, found.issues[0].place.sheet) == ("held", "Nguồn")


def test_the_headers_of_other_sheets_are_found_below_their_titles(tmp_path):
    from support import workbooks

    people = [["DANH SÁCH HỘ"], ["Năm 2024"], [], ["STT", "Họ và tên", "Ngày sinh", "Số hộ chiếu"],
              *([str(number), "Nguyễn Văn An", "01/02/1990", f"B123456{number}"] for number in range(1, 9))]
    path = tmp_path / "a.xlsx"
    path.write_bytes(workbooks.xlsx({"T": [["a", "b"], ["1", "2"]], "Nguồn": people}))
    found = check(path, filename="a.xlsx")
    assert (found.state, [(issue.place.sheet, issue.place.column, issue.facts["kind"]) for issue in found.issues]) == ("held", [("Nguồn", "D", "passport")])


def test_a_column_of_a_table_below_titles_is_told_once(tmp_path):
    from support import workbooks

    rows = [["DANH SÁCH"], ["Năm 2024"], [], ["STT", "Đơn vị", "Số CCCD"], *([str(number), "Phường 1", cell] for number, cell in enumerate(CCCD * 3, start=1))]
    path = tmp_path / "a.xlsx"
    path.write_bytes(workbooks.xlsx({"T": rows}))
    assert [issue.place.column for issue in check(path, filename="a.xlsx").issues if issue.code == "personal-data"] == ["C"]


def numbered(write, count: int = 20) -> list[list[str]]:
    return [["x", write(number)] for number in range(count)]


@pytest.mark.parametrize(("kind", "write"), [
    ("cccd", lambda n: f"0772{n:02}12{n:04}"), ("cccd", lambda n: f"077 2{n:02} 12{n:04}".replace("  ", " ")), ("cccd", lambda n: f"772{n:02}12{n:04}"),
    ("insurance", lambda n: f"GD47712345{n:05}"), ("insurance", lambda n: f"HS 4 77 12345{n:05}"), ("mobile", lambda n: f"090123{n:04}"),
])
def test_identifiers_are_found_by_their_values_where_no_header_tells(kind, write):
    for label in ("Cột 5", "", "Ghi chú"):
        assert [hit.kind for hit in screen(["a", label], numbered(write))] == [kind]


@pytest.mark.parametrize("write", [
    lambda n: f"{17469747308 + 981273645 * n}", lambda n: f"{1403621242 + n}", lambda n: "77201123456", lambda n: f"GD-{n:05}", lambda n: f"8934{n:09}"])
def test_sums_codes_and_barcodes_are_no_identifiers(write):
    assert screen(["a", "Cột 5"], numbered(write)) == []


def test_what_is_proven_of_bytes_agrees_for_the_kinds_that_values_tell():
    for write in (lambda n: f"772{n:02}12{n:04}", lambda n: f"GD47712345{n:05}", lambda n: f"HS 4 77 12345{n:05}"):
        text = "".join(f"x,{write(number)}\n" for number in range(20)).encode()
        assert not nothing_to_find(["a", "b"], [text])


def test_a_masked_cell_is_nobodys():
    rows = [[MASK, "05/02/1980"] for _ in range(20)]
    assert screen(["Họ và tên", "Ngày sinh"], rows) == [] and screen(["Họ và tên", "Ngày sinh"], [["An", "05/02/1980"]] * 20)

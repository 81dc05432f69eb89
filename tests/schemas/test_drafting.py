"""A draft from a first file: codes stay text, quantities become numbers, dates are told apart."""

from __future__ import annotations

from frictionless import Schema

from schemas.drafting import draft

LABELS = ["STT", "Mã xã", "Tên xã", "Diện tích (km²)", "Ngày cấp", "Cập nhật", "Vốn", "Có chợ", "", "Tên xã", "2024", "Ghi chú"]
ROWS = [
    ["1", "00123", "Phường 1", "1.5", "31/12/2023", "2024-01-31", "1.234,5", "có", "a", "x", "7", ""],
    ["2", "26508", "Phường Thắng Tam", "2", "01/02/2024", "2024-02-29", "12,25", "không", "b", "y", "8", ""],
]


def fields() -> dict[str, dict]:
    return {field["name"]: field for field in draft("xa", LABELS, ROWS)["fields"]}


def test_columns_are_named_in_ascii_once_each_and_keep_their_label():
    assert list(fields()) == ["stt", "ma_xa", "ten_xa", "dien_tich_km2", "ngay_cap", "cap_nhat", "von", "co_cho", "cot_9", "ten_xa_2", "cot_2024", "ghi_chu"]
    assert fields()["dien_tich_km2"]["titles"] == {"vi": "Diện tích (km²)", "en": ""}


def test_a_code_with_a_leading_zero_stays_text_with_its_width():
    assert fields()["ma_xa"]["type"] == "string"
    assert fields()["ma_xa"]["constraints"] == {"required": True, "pattern": "[0-9]{5}"}


def test_a_code_without_leading_zeros_is_known_by_its_heading():
    drafted = draft("t", ["Mã trường", "Số điện thoại", "Số lớp"], [["77401", "2543000", "12"], ["77402", "254300", "9"]])["fields"]
    assert [field["type"] for field in drafted] == ["string", "string", "integer"]
    assert drafted[0]["constraints"]["pattern"] == "[0-9]{5}"
    assert "pattern" not in drafted[1]["constraints"]


def test_each_type_is_told_from_all_cells():
    found = {name: (field["type"], field.get("format")) for name, field in fields().items()}
    assert found["stt"] == ("integer", None)
    assert found["dien_tich_km2"] == ("number", None)
    assert found["ngay_cap"] == ("date", "%d/%m/%Y")
    assert found["cap_nhat"] == ("date", None)
    assert found["co_cho"] == ("boolean", None)
    assert (fields()["von"]["decimalChar"], fields()["von"]["groupChar"]) == (",", ".")


def test_an_empty_column_is_text_and_not_required():
    assert fields()["ghi_chu"]["type"] == "string"
    assert "constraints" not in fields()["ghi_chu"]


def test_one_odd_cell_makes_a_column_text():
    rows = [[str(number)] for number in range(50)] + [["chưa rõ"]]
    assert draft("t", ["Số lượng"], rows)["fields"][0]["type"] == "string"


def test_short_rows_and_a_table_of_labels_alone_are_drafted_too():
    assert [field["type"] for field in draft("t", ["a", "b"], [["1"], ["2", "x"]])["fields"]] == ["integer", "string"]
    assert [field["type"] for field in draft("t", ["a", "b"], [])["fields"]] == ["string", "string"]


def test_frictionless_accepts_the_draft():
    assert list(Schema.metadata_validate(draft("xa", LABELS, ROWS))) == []


def test_what_stands_for_no_value_among_numbers_and_dates_is_a_missing_value():
    drafted = draft("t", ["Xã", "Số hộ", "Ngày"], [["A", "5", "2024-01-02"], ["B", "-", "…"], ["C", "x", "2024-01-03"]])
    assert [field["type"] for field in drafted["fields"]] == ["string", "integer", "date"]
    assert drafted["missingValues"] == ["", "-", "x", "…"]
    assert "required" not in drafted["fields"][1]["constraints"] and "constraints" not in drafted["fields"][2]


def test_a_mark_that_means_yes_is_not_taken_for_a_missing_value():
    drafted = draft("t", ["Số hộ", "Có chợ"], [["5", "x"], ["x", ""], ["7", "x"]])
    assert [field["type"] for field in drafted["fields"]] == ["string", "string"] and drafted["missingValues"] == [""]


def test_units_bounds_lists_and_codes_are_drafted_as_the_rows_have_them():
    rows = [[f"A{number:02}", str(number), str(number - 5), "Chợ" if number % 2 else "Siêu thị", f"Tên {number}"] for number in range(24)]
    fields = draft("t", ["Mã", "Diện tích (ha)", "Chênh lệch", "Loại", "Tên"], rows)["fields"]
    assert (fields[1]["unit"], fields[1]["constraints"]) == ("ha", {"required": True, "minimum": 0})
    assert fields[2]["constraints"] == {"required": True}
    assert fields[3]["constraints"] == {"required": True, "enum": ["Siêu thị", "Chợ"]}
    assert fields[4]["constraints"] == {"required": True}


def test_a_code_that_is_nowhere_twice_is_drafted_as_a_key():
    rows = [[f"2650{number}"] for number in range(6)]
    assert draft("t", ["Mã xã"], rows)["fields"][0]["constraints"] == {"required": True, "pattern": "[0-9]{5}", "unique": True}
    assert "unique" not in draft("t", ["Mã xã"], [*rows, rows[0]])["fields"][0]["constraints"]

"""In which unit a column counts is told from its heading or the unit line; values are converted only where the schema wants it, and shown."""

from __future__ import annotations

import io
from decimal import Decimal

import pyarrow.parquet as pq
import pytest
from support.workbooks import xlsx

import schemas
from catalog.issues import say
from catalog.tables import write_table
from catalog.tables.preview import described_fields
from catalog.validation import Verdict, check
from catalog.validation.repair import Column, Repair, write_marked

PROJECTS = schemas.load("du-an-dau-tu")
HEADER, *LINES = [line.split(",") for line in PROJECTS.valid_sample.read_text("utf-8").splitlines() if '"' not in line]
CAPITAL = HEADER.index("tong_von_ty_dong")


def read(tmp_path, heading: str, *above: str) -> Verdict:
    header = [heading if name == "tong_von_ty_dong" else name for name in HEADER]
    (tmp_path / "a.xlsx").write_bytes(xlsx({"DA": [*([text] for text in above), header, *LINES]}))
    return check(tmp_path / "a.xlsx", filename="a.xlsx")


def units(verdict: Verdict) -> dict:
    return verdict.details["layout"][0]["units"]


@pytest.mark.parametrize(("heading", "above"), [("Tổng vốn (tỷ đồng)", ()), ("Tổng vốn", ()), ("Tổng vốn đầu tư", ("ĐVT: tỷ đồng",)), ("Tổng vốn (tỷ đồng)", ("ĐVT: triệu đồng",))])
def test_a_column_in_the_unit_of_the_schema_passes(tmp_path, heading, above):
    verdict = read(tmp_path, heading, *above)
    assert (verdict.state, verdict.schema) == ("valid", "du-an-dau-tu")
    assert units(verdict) == ({} if heading == "Tổng vốn" and not above else {"F": "tỷ đồng"})


@pytest.mark.parametrize(("heading", "above"), [("Tổng vốn (triệu đồng)", ()), ("Tổng vốn, tr.đ", ()), ("Tổng vốn đầu tư", ("DANH SÁCH", "Đơn vị tính: triệu đồng"))])
def test_another_unit_is_an_error_with_the_conversion_ready(tmp_path, heading, above):
    verdict = read(tmp_path, heading, *above)
    issue = next(issue for issue in verdict.issues if issue.code == "unit-differs")
    assert verdict.state == "invalid" and verdict.table is None and units(verdict) == {"F": "triệu đồng"}
    assert "tính bằng triệu đồng, còn lược đồ tính bằng tỷ đồng" in say(issue, "vi").what and "multiplied by 0.001" in say(issue, "en").mend
    change = next(Repair(verdict.faulty).changes())
    assert (change.column, change.before, change.after, change.rule) == ("F", "1850.5", "1.8505", "unit")


@pytest.mark.parametrize("above", [(), ("DANH SÁCH", "ĐVT: triệu đồng")])
def test_the_corrected_file_says_its_new_unit_and_passes(tmp_path, above):
    out = io.StringIO()
    faulty = read(tmp_path, "Tổng vốn" if above else "Tổng vốn (triệu đồng)", *above).faulty
    assert Repair(faulty).write_csv(out) == len(LINES)
    (tmp_path / "b.csv").write_text(out.getvalue(), "utf-8")
    again = check(tmp_path / "b.csv", filename="b.csv")
    assert again.state == "valid" and [row[CAPITAL] for row in again.table.rows()][:2] == ["1.8505", "0.168"]
    assert write_marked(faulty, tmp_path / "marked.xlsx", "vi") >= 0


def test_a_unit_that_cannot_be_converted_is_asked_about(tmp_path):
    verdict = read(tmp_path, "Tổng vốn (ha)")
    assert verdict.state == "held" and [issue.code for issue in verdict.issues if issue.code.startswith("unit")] == ["unit-unclear"]
    assert verdict.faulty is None


def test_without_a_schema_a_unit_is_only_a_fact_of_the_column_and_kept_with_the_table(tmp_path):
    (tmp_path / "a.csv").write_text("Xã,Vốn (triệu đồng),Ghi chú (nếu có)\nLong Sơn,5,\nBình Châu,7,\n", "utf-8")
    verdict = check(tmp_path / "a.csv", filename="a.csv")
    write_table(verdict.table, tmp_path / "a.parquet")
    fields = described_fields(pq.read_schema(tmp_path / "a.parquet"))
    assert verdict.state == "valid" and units(verdict) == {"B": "triệu đồng"}
    assert [field.get("unit") for field in fields] == [None, "triệu đồng", None]


def test_the_unit_line_of_a_table_without_a_schema_is_told(tmp_path):
    (tmp_path / "a.xlsx").write_bytes(xlsx({"S": [["BÁO CÁO"], ["ĐVT: nghìn tấn"], ["STT", "Xã", "Lúa"], ["1", "A", 2], ["2", "B", 3]]}))
    layout = check(tmp_path / "a.xlsx", filename="a.xlsx").details["layout"][0]
    assert (layout["unit"], layout["units"]) == ("nghìn tấn", {})


@pytest.mark.parametrize(("cell", "after"), [("1500", "1.5"), ("1.234.567,5", "1234.5675"), ("0", "0"), ("-5", "-0.005"), ("1e3", "1"), ("", None), ("mười", None), ("1" * 40, None)])
def test_a_number_is_converted_exactly_or_left(cell, after):
    column = Column({"name": "v", "type": "number", "constraints": {"maximum": 10**9}}, ("",), Decimal("0.001"))
    for other in ("1.234.567,5", "12,5"):
        column.look(other)
    found = column.proposal(cell)
    assert (found.after if found else None) == after

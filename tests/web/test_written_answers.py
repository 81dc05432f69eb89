"""Answers are the same JSON, whatever writes a part of them."""

from __future__ import annotations

import json

import pytest

from web.api.writing import written

CELLS = ["Đường \u2028 \"x\" \\ \x07", 2**63 - 1, 2**64, -(10**30), 0.1, 1e16, -0.0, True, None, {"a": ["\ud800", {}]}, [], "😀"]


@pytest.mark.parametrize("records", [[], [{"a": cell} for cell in CELLS], [CELLS], *([{"Cột": cell, "_id": 1}] for cell in CELLS)], ids=str)
def test_rows_are_written_as_they_are(records):
    answer = {"help": "h", "success": True, "result": {"fields": [{"id": "Cột"}], "records": records, "total": len(records)}}
    assert json.loads(written(answer)) == answer


@pytest.mark.parametrize("answer", ["x", {"error": {"records": [1]}}, {"result": {"records": "a,b\n"}}, {"result": [1]}, {"result": {"records": None}}, {"result": {"results": []}}])
def test_what_holds_no_rows_is_written_by_python(answer):
    assert written(answer) == json.dumps(answer)

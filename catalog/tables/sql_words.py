"""What a person is told of a query that was not answered: CKAN's words where it has some, then where, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalog.errors import Invalid, NotAuthorized, Refusal

_STATEMENTS = {"Into": "IntoClause", "into": "IntoClause", "Semicolon": "Command", "locks": "LockingClause"}
_WRITES = ("Alter", "Copy", "Create", "Delete", "Drop", "Insert", "Update", "Merge")
_REFUSALS = {  # CKAN's sentence, then in Vietnamese and English
    "long": ("Query is too long", "Câu truy vấn quá dài; tối đa 20.000 ký tự.", "The query is too long; 20,000 characters at most."),
    "syntax": ('Invalid SQL: syntax error at or near "{name}"', "Câu truy vấn viết chưa đúng cú pháp ở gần “{name}”{where}.",
               "The query cannot be read near “{name}”{where}."),
    "many": ("Query is not a single statement", "Chỉ nhận một câu lệnh trong mỗi lần gọi.", "One statement only is taken in a call."),
    "element": ("Invalid query AST element: {name}", "Câu truy vấn dùng {name}{where}; ở đây chỉ nhận SELECT đọc các bảng.",
                "The query uses {name}{where}; only a SELECT that reads tables is taken."),
    "nested": ("Query is too complex", "Câu truy vấn lồng quá nhiều tầng.", "The query is nested too deeply."),
    "tables": ("Query reads too many tables", "Câu truy vấn đọc quá nhiều bảng; tối đa 20.", "The query reads too many tables; 20 at most."),
}
_DENIED = {  # CKAN's sentence, then in Vietnamese
    "function": ("Not authorized to call function {name}", "Không được gọi hàm {name}{where}."),
    "schema": ("Not authorized to access tables in other schemas", "Không được đọc bảng trong lược đồ khác{where}."),
    "system": ("Not authorized to access system tables", "Không được đọc bảng hệ thống{where}."),
}
_HALTS = {
    "time": ("Câu truy vấn chạy quá lâu nên đã bị dừng. Hãy lọc bớt dòng hoặc bỏ bớt phép nối bảng.",
             "The query took too long and was stopped. Filter more, or join less."),
    "memory": ("Câu truy vấn cần quá nhiều bộ nhớ nên đã bị dừng. Hãy lọc bớt dòng hoặc chọn ít cột hơn.",
               "The query needed too much memory and was stopped. Filter more, or select fewer columns."),
    "busy": ("Đang có nhiều câu truy vấn khác chạy. Hãy thử lại sau ít giây.", "Other queries are running. Try again in some seconds."),
}


class Halted(Invalid):
    """A query that was stopped before it was answered."""


def halted(kind: str) -> Halted:
    """Why there is no answer: time, memory or busy."""
    vi, en = _HALTS[kind]
    return Halted({"message": en, "query": [vi, en]})


def failed(said: Mapping[str, Any]) -> Invalid:
    """What DuckDB said against a query, or that it had no memory left."""
    if said["failed"] == "memory":
        return halted("memory")
    return Invalid({"query": [said["message"]], "info": {"orig": [said["message"]]}})


def refused(said: Mapping[str, Any]) -> Refusal:
    """A refusal of the first wall in words."""
    kind, name, line, column = said["kind"], str(said["name"]), said["line"], said["column"]
    here, there = (f" (dòng {line}, cột {column})", f" (line {line}, column {column})") if line else ("", "")
    if kind in _DENIED:
        en, vi = _DENIED[kind]
        denied = NotAuthorized(en.format(name=name))
        denied.hint = {"vi": vi.format(name=name, where=here), "en": f"{en.format(name=name)}{there}."}
        return denied
    if kind == "element":
        name = _STATEMENTS.get(name, f"{name}Stmt" if name in _WRITES else name)
    ckan, vi, en = _REFUSALS[kind]
    vi, en = vi.format(name=name, where=here), en.format(name=name, where=there)
    if kind != "many":
        return Invalid({"message": ckan.format(name=name), "query": [vi, en]})
    several = Invalid({"message": ckan})  # CKAN's answer has no key but this one
    several.hint = {"vi": vi, "en": en}
    return several

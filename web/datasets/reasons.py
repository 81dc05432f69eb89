"""Why a cell, a row or a column is wrong, in the reader's language, made from one error of a Frictionless report.

The types of errors and the form of their notes are those of Frictionless 5 (frictionless/errors); what is not known
here keeps Frictionless' own words, which are English.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _

from web.dictionary import FORMATS, TYPES

_TYPE = re.compile(r'type is "([^"/]*)/?([^"]*)"')
_CONSTRAINT = re.compile(r'constraint "(\w+)" is "(.*)"', re.DOTALL)
_ISO = "%Y-%m-%d"
_WORDS: dict[str, Callable[[], str]] = {
    "missing-cell": lambda: _("dòng này thiếu ô của cột"), "extra-cell": lambda: _("dòng này thừa ô so với dòng tên cột"),
    "blank-row": lambda: _("dòng trống"), "blank-header": lambda: _("dòng tên cột trống"), "blank-label": lambda: _("cột chưa có tên"),
    "duplicate-label": lambda: _("tên cột bị lặp"), "missing-label": lambda: _("thiếu cột này của lược đồ"),
    "extra-label": lambda: _("cột không có trong lược đồ"), "incorrect-label": lambda: _("tên cột khác với lược đồ"),
    "primary-key": lambda: _("khóa của dòng trùng hoặc trống"), "unique-error": lambda: _("giá trị trùng với một dòng khác"),
    "foreign-key": lambda: _("giá trị chưa có ở bảng được tham chiếu"),
}
_CONSTRAINTS: dict[str, Callable[[str], str]] = {
    "required": lambda _value: _("bắt buộc có, nay để trống"), "unique": lambda _value: _("giá trị trùng với một dòng khác"),
    "enum": lambda _value: _("ngoài danh sách cho phép"), "pattern": lambda value: _("chưa theo mẫu %(pattern)s", pattern=value),
    "minimum": lambda value: _("nhỏ hơn %(value)s", value=value), "maximum": lambda value: _("lớn hơn %(value)s", value=value),
    "minLength": lambda value: _("ngắn hơn %(value)s ký tự", value=value), "maxLength": lambda value: _("dài hơn %(value)s ký tự", value=value),
}


def reason(error: Mapping[str, Any]) -> tuple[str, bool]:
    """Why, in a few words, and whether they are in the reader's language."""
    kind, note = str(error.get("type") or ""), str(error.get("note") or "")
    if kind in _WORDS:
        return _WORDS[kind](), True
    if kind == "type-error" and (found := _TYPE.fullmatch(note)) and found[1] in TYPES:
        wanted = FORMATS.get(_ISO if found.groups() == ("date", "default") else found[2]) or TYPES[found[1]]
        return _("chưa phải là %(type)s", type=wanted), True
    if kind == "constraint-error" and (found := _CONSTRAINT.fullmatch(note)) and found[1] in _CONSTRAINTS:
        return _CONSTRAINTS[found[1]](found[2]), True
    return note or str(error.get("message") or ""), False

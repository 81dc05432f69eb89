"""What a cell should hold, in words of both languages, from the field's descriptor and the rule it broke."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_BY_TYPE = {
    "integer": ("số nguyên, chỉ gồm chữ số, ví dụ 1234", "a whole number of digits only, such as 1234"),
    "number": ("số, dấu chấm cho phần thập phân, ví dụ 1234.5", "a number with a point for decimals, such as 1234.5"),
    "date": ("ngày dạng năm-tháng-ngày, ví dụ 2024-12-31", "a date as year-month-day, such as 2024-12-31"),
    "datetime": ("ngày giờ, ví dụ 2024-12-31T08:30:00", "a date and time, such as 2024-12-31T08:30:00"),
    "time": ("giờ, ví dụ 08:30:00", "a time, such as 08:30:00"),
    "year": ("năm bốn chữ số, ví dụ 2024", "a year of four digits, such as 2024"),
    "yearmonth": ("tháng dạng năm-tháng, ví dụ 2024-12", "a month as year-month, such as 2024-12"),
    "geopoint": ("kinh độ, vĩ độ, ví dụ 107.08, 10.35", "longitude, latitude, such as 107.08, 10.35"),
    "duration": ("khoảng thời gian, ví dụ P1Y", "a duration, such as P1Y"),
    "geojson": ("một đối tượng GeoJSON", "a GeoJSON object"),
    "object": ("một đối tượng JSON", "a JSON object"),
    "array": ("một danh sách JSON", "a JSON list"),
    "email": ("địa chỉ thư điện tử, ví dụ vanthu@example.gov.vn", "an e-mail address, such as office@example.gov.vn"),
    "uri": ("địa chỉ đầy đủ, bắt đầu bằng https://", "a full address beginning with https://"),
    "string": ("chữ", "text"),
}
_BOUNDS = {
    "minimum": ("từ {} trở lên", "{} or more"), "maximum": ("không quá {}", "{} or less"),
    "exclusiveMinimum": ("lớn hơn {}", "more than {}"), "exclusiveMaximum": ("nhỏ hơn {}", "less than {}"),
    "minLength": ("ít nhất {} ký tự", "at least {} characters"), "maxLength": ("không quá {} ký tự", "at most {} characters"),
}
_RULE = re.compile(r'constraint "(\w+)" is "(.*)"', re.S)


def expectation(entry: Mapping[str, Any], code: str, note: str) -> tuple[str, str]:
    """What is expected, in Vietnamese and in English; empty where nothing is known of the field."""
    found = _RULE.search(note)
    if found and found[1] in _BOUNDS:
        vi, en = _BOUNDS[found[1]]
        return vi.format(found[2]), en.format(found[2])
    constraints = entry.get("constraints") or {}
    if code == "cell-not-in-list":
        choices = [str(choice) for choice in constraints.get("enum", [])]
        listed = "; ".join(choices[:12])
        return (f"{listed}; … ({len(choices)} giá trị)", f"{listed}; … ({len(choices)} values)") if len(choices) > 12 else (listed, listed)
    if code == "cell-pattern":
        if sample := entry.get("example"):
            return f"theo dạng như {sample}", f"in a form like {sample}"
        return f"đúng mẫu {constraints.get('pattern', '')}", f"in the form {constraints.get('pattern', '')}"
    if entry.get("type") == "boolean":
        yes, no = (entry.get(key) or [default] for key, default in (("trueValues", "true"), ("falseValues", "false")))
        return f"{yes[0]} hoặc {no[0]}", f"{yes[0]} or {no[0]}"
    form = entry.get("format", "default")
    if entry.get("type") in ("date", "datetime", "time") and form not in ("default", "any"):
        return f"theo mẫu {form}", f"of the form {form}"
    return _BY_TYPE.get(form if form in _BY_TYPE else entry.get("type", ""), ("", ""))

"""A Table Schema in words: what each column means, its type, and the rules its cells must keep.

After Table Schema 1.0 (https://specs.frictionlessdata.io/table-schema/): types, formats, constraints, keys.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext, lazy_gettext, ngettext

_ = lazy_gettext

TYPES = {
    "string": _("chữ"), "integer": _("số nguyên"), "number": _("số"), "boolean": _("có hoặc không"), "date": _("ngày"),
    "time": _("giờ"), "datetime": _("ngày giờ"), "year": _("năm"), "yearmonth": _("tháng của năm"), "duration": _("khoảng thời gian"),
    "geopoint": _("tọa độ điểm"), "geojson": _("hình GeoJSON"), "array": _("danh sách"), "object": _("đối tượng"),
    "list": _("danh sách"), "any": _("bất kỳ"),
}
FORMATS = {
    "email": _("địa chỉ thư điện tử"), "uri": _("địa chỉ web"), "uuid": _("mã UUID"),
    "%d/%m/%Y": _("ngày dạng dd/mm/yyyy"), "%Y-%m-%d": _("ngày dạng yyyy-mm-dd"),
}
_ANSWERS = {"true": _("có"), "false": _("không")}
MAX_CHOICES = 8  # longer lists of allowed values are counted, and named in full on the schema's own page


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One column of the dictionary."""

    name: str
    title: str
    meaning: str
    type: str
    rules: tuple[str, ...]
    example: str
    unit: str = ""
    choices: tuple[str, ...] = ()


def in_words(descriptor: Mapping[str, Any], language: str) -> list[Line]:
    """Every field of the descriptor in the words of the language of the page."""
    keys = descriptor.get("primaryKey") or ()
    keys = (keys,) if isinstance(keys, str) else tuple(keys)
    references = _references(descriptor)
    return [_line(field, keys, references.get(field["name"]), language) for field in descriptor.get("fields", ())]


def said(part: Mapping[str, Any], key: str, language: str) -> str:
    """A title or description in one language (`titles` and `descriptions` hold both); the plain one where it lacks."""
    both = part.get(f"{key}s")
    chosen = both.get(language) or both.get("vi") if isinstance(both, Mapping) else None
    return str(chosen or part.get(key) or "")


def cell_words(text: str, kind: str) -> str:
    """A cell of a table as it is read: yes and no in words, a time without seconds that nobody gave, all else as it stands."""
    if kind == "boolean":
        return str(_ANSWERS.get(text, text))
    return text.removesuffix(":00") if kind == "time" and text.count(":") == 2 else text


def type_words(kind: str) -> str:
    """A Table Schema type as a person calls it."""
    return str(TYPES.get(kind, kind))


def _line(field: Mapping[str, Any], keys: tuple[str, ...], reference: str | None, language: str) -> Line:
    constraints = field.get("constraints") or {}
    kind = field.get("type", "any")
    shape = FORMATS.get(field.get("format", ""))
    rules = [*_key_rules(field["name"], keys), *constraint_words(constraints)]
    if reference:
        rules.append(gettext("phải có trong %(name)s", name=reference))
    choices = tuple(str(value) for value in constraints.get("enum") or ())
    return Line(name=field["name"], title=said(field, "title", language) or field["name"],
                meaning=said(field, "description", language), type=str(shape) if shape else type_words(kind), rules=tuple(rules),
                example=str(field.get("example", "")), unit=str(field.get("unit") or ""), choices=choices)


def _key_rules(name: str, keys: tuple[str, ...]) -> list[str]:
    if name not in keys:
        return []
    if len(keys) == 1:
        return [gettext("khóa của bảng: mỗi dòng một giá trị riêng")]
    return [gettext("thuộc khóa của bảng: %(columns)s", columns=" + ".join(keys))]


def _references(descriptor: Mapping[str, Any]) -> dict[str, str]:
    found = {}
    for key in descriptor.get("foreignKeys") or ():
        fields, reference = key.get("fields", ()), key.get("reference", {})
        target = reference.get("resource") or gettext("chính bảng này")
        for name in (fields,) if isinstance(fields, str) else fields:
            found[name] = target
    return found


def constraint_words(constraints: Mapping[str, Any]) -> list[str]:
    """The constraints of one field as short sentences without a full stop."""
    words = [gettext("bắt buộc có") if constraints.get("required") else gettext("được để trống")]
    if constraints.get("unique"):
        words.append(gettext("không trùng nhau"))
    words += _range(constraints.get("minimum"), constraints.get("maximum"))
    words += _length(constraints.get("minLength"), constraints.get("maxLength"))
    if choices := constraints.get("enum"):
        words.append(gettext("một trong: %(values)s", values=", ".join(map(str, choices))) if len(choices) <= MAX_CHOICES
                     else ngettext("một trong %(num)d giá trị", "một trong %(num)d giá trị", len(choices)))
    if pattern := constraints.get("pattern"):
        words.append(gettext("viết theo mẫu %(pattern)s", pattern=pattern))
    return words


def _range(low: Any, high: Any) -> list[str]:
    if low is not None and high is not None:
        return [gettext("từ %(low)s đến %(high)s", low=low, high=high)]
    if low is not None:
        return [gettext("từ %(low)s trở lên", low=low)]
    return [gettext("không quá %(high)s", high=high)] if high is not None else []


def _length(low: Any, high: Any) -> list[str]:
    if low is not None and low == high:
        return [gettext("đúng %(length)s ký tự", length=low)]
    if low is not None and high is not None:
        return [gettext("từ %(low)s đến %(high)s ký tự", low=low, high=high)]
    if low is not None:
        return [gettext("ít nhất %(low)s ký tự", low=low)]
    return [gettext("không quá %(high)s ký tự", high=high)] if high is not None else []

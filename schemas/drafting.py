"""A first draft of a Table Schema from a table that exists: types by frictionless, and codes kept as text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from schemas import fold
from schemas.units import unit_of

# In this order: the first type that every filled cell of a column fits.
CANDIDATES: tuple[dict[str, Any], ...] = (
    {"type": "integer"},
    {"type": "number"},
    {"type": "date"},
    {"type": "date", "format": "%d/%m/%Y"},
    {"type": "time", "format": "%H:%M"},
    {"type": "datetime"},
    {"type": "number", "decimalChar": ",", "groupChar": "."},
    {"type": "boolean", "trueValues": ["có", "Có", "true", "TRUE"], "falseValues": ["không", "Không", "false", "FALSE"]},
    {"type": "string"},
)
CODES = re.compile(r"(?:ma|so dien thoai|dien thoai|dt|cmnd|cccd|so dinh danh|so tai khoan|code|phone)\b")
NOTHING = {"-", "–", "—", "…", "...", "..", "x", "n/a", "null", "không có", "chưa có", "không có số liệu", "chưa có số liệu"}  # that people write for no value
MARKS = {"x"}  # that mean yes in a column of texts
LISTED, REPEATED, ENOUGH = 10, 3, 20  # values of a list at most, how often they stand there on average, rows that tell
LONGEST_CHOICE = 40  # characters
UNIQUE_FROM = 5  # rows that tell whether a code is repeated


def draft(name: str, labels: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, Any]:
    """Draft the descriptor of a table's schema: columns named in plain ASCII, the label kept as the Vietnamese title.

    A column whose every row is filled is drafted as required. What stands for no value among numbers or dates is drafted as a missing
    value; bounds, lists and keys as the rows have them, for a person to widen. English titles are left empty: a person writes them.
    """
    labels = [" ".join(label.split()) for label in labels]
    names = _names(labels)
    columns = [[row[place].strip() if place < len(row) else "" for row in rows] for place in range(len(labels))]
    blanked = [["" if cell.casefold() in NOTHING else cell for cell in cells] for cells in columns]
    types = _types(names, blanked)
    as_text = [types[place]["type"] in ("string", "any", "boolean") for place in range(len(names))]
    missing = _missing(columns, as_text)
    kept = [[cell for cell in cells if cell and cell not in missing] for cells in columns]
    types = [_types([name], [cells])[0] for name, cells in zip(names, kept, strict=True)]
    fields = [_field(types[place], labels[place], kept[place], len(rows)) for place in range(len(labels))]
    return {"name": name, "title": "", "titles": {"vi": "", "en": ""}, "description": "", "descriptions": {"vi": "", "en": ""},
            "version": "0.1.0", "fields": fields, "missingValues": ["", *missing]}


def _types(names: Sequence[str], columns: Sequence[Sequence[str]]) -> list[dict[str, Any]]:
    """The descriptor of each column as frictionless reads its cells."""
    from frictionless import Detector

    found = Detector(field_confidence=1.0).detect_schema(
        [list(cells) for cells in zip(*columns, strict=True)], labels=list(names), field_candidates=[dict(each) for each in CANDIDATES])
    return [found.get_field(name).to_descriptor() for name in names]


def _missing(columns: Sequence[Sequence[str]], as_text: Sequence[bool]) -> list[str]:
    """The texts that stand for no value among numbers and dates; not one that is a mark in a column of texts."""
    seen = dict.fromkeys(cell for cells, text in zip(columns, as_text, strict=True) if not text for cell in cells if cell.casefold() in NOTHING)
    marks = {cell for cells, text in zip(columns, as_text, strict=True) if text for cell in cells if cell.casefold() in MARKS}
    return [cell for cell in seen if cell not in marks]


def _field(inferred: dict[str, Any], label: str, filled: list[str], rows: int) -> dict[str, Any]:
    constraints: dict[str, Any] = {"required": True} if rows and len(filled) == rows else {}
    if inferred["type"] == "any" or _is_code(inferred["type"], label, filled):
        inferred = {"name": inferred["name"], "type": "string"}
        if filled and all(cell.isdecimal() and cell.isascii() for cell in filled) and len(set(map(len, filled))) == 1:
            constraints["pattern"] = f"[0-9]{{{len(filled[0])}}}"
    constraints |= _bounds(inferred, filled) if inferred["type"] != "string" else _choices(label, filled)
    unit = next(filter(None, map(unit_of, reversed(label.split(" / ")))), None) if inferred["type"] in ("integer", "number") else None
    field = {"name": inferred.pop("name"), "title": label, "titles": {"vi": label, "en": ""}, **inferred, **({"unit": unit} if unit else {}),
             "description": "", "descriptions": {"vi": "", "en": ""}}
    return field | {"constraints": constraints} if constraints else field


def _bounds(inferred: dict[str, Any], filled: Iterable[str]) -> dict[str, Any]:
    """That numbers are not negative, where none is."""
    if inferred["type"] not in ("integer", "number"):
        return {}
    decimal, group = inferred.get("decimalChar", "."), inferred.get("groupChar", "")
    try:
        numbers = [Decimal((cell.replace(group, "") if group else cell).replace(decimal, ".")) for cell in filled]
    except InvalidOperation:
        return {}
    return {"minimum": 0} if numbers and min(numbers) >= 0 else {}


def _choices(label: str, filled: Sequence[str]) -> dict[str, Any]:
    """The values of a text where there are few, each often; that a code is nowhere twice."""
    counts = Counter(filled)
    if CODES.match(fold(label)):
        return {"unique": True} if len(filled) >= UNIQUE_FROM and len(counts) == len(filled) and fold(label).startswith("ma ") else {}
    few = 2 <= len(counts) <= LISTED and len(filled) >= ENOUGH and len(counts) * REPEATED <= len(filled)
    return {"enum": [value for value, _ in counts.most_common()]} if few and max(map(len, counts)) <= LONGEST_CHOICE else {}


def _is_code(type: str, label: str, filled: list[str]) -> bool:
    """Digits that are a name, not a quantity: a zero in front, or a heading that says code or telephone."""
    if type not in ("integer", "number"):
        return False
    return any(re.match(r"0\d", cell) for cell in filled) or bool(CODES.match(fold(label)))


def _names(labels: Sequence[str]) -> list[str]:
    """Names in lower-case ASCII with underscores, each once; a column without a label is `cot_` and its number."""
    names: list[str] = []
    for number, label in enumerate(labels, start=1):
        plain = re.sub(r"[^a-z0-9]+", "_", fold(label)).strip("_")[:60].rstrip("_")
        if not plain or plain[0].isdigit():
            plain = f"cot_{plain}" if plain else f"cot_{number}"
        name, again = plain, 2
        while name in names:
            name, again = f"{plain}_{again}", again + 1
        names.append(name)
    return names

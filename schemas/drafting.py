"""A first draft of a Table Schema from a table that exists: types by frictionless, and codes kept as text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from schemas import fold

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


def draft(name: str, labels: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, Any]:
    """Draft the descriptor of a table's schema: columns named in plain ASCII, the label kept as the Vietnamese title.

    A column whose every row is filled is drafted as required. English titles are left empty: a person writes them.
    """
    from frictionless import Detector

    labels = [" ".join(label.split()) for label in labels]
    names = _names(labels)
    columns = [[row[place].strip() if place < len(row) else "" for row in rows] for place in range(len(labels))]
    found = Detector(field_confidence=1.0).detect_schema(
        [list(cells) for cells in zip(*columns, strict=True)], labels=names, field_candidates=[dict(each) for each in CANDIDATES])
    fields = [
        _field(found.get_field(names[place]).to_descriptor(), labels[place], [cell for cell in columns[place] if cell], len(rows))
        for place in range(len(labels))
    ]
    return {"name": name, "title": "", "titles": {"vi": "", "en": ""}, "description": "", "descriptions": {"vi": "", "en": ""},
            "version": "0.1.0", "fields": fields, "missingValues": [""]}


def _field(inferred: dict[str, Any], label: str, filled: list[str], rows: int) -> dict[str, Any]:
    constraints: dict[str, Any] = {"required": True} if rows and len(filled) == rows else {}
    if inferred["type"] == "any" or _is_code(inferred["type"], label, filled):
        inferred = {"name": inferred["name"], "type": "string"}
        if filled and all(cell.isdecimal() and cell.isascii() for cell in filled) and len(set(map(len, filled))) == 1:
            constraints["pattern"] = f"[0-9]{{{len(filled[0])}}}"
    field = {"name": inferred.pop("name"), "title": label, "titles": {"vi": label, "en": ""}, **inferred,
             "description": "", "descriptions": {"vi": "", "en": ""}}
    return field | {"constraints": constraints} if constraints else field


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

"""A look into a stored table: its first rows and a profile of each column, made once for each table and kept.

A stored table never changes its content, so what is made of it is kept beside the site's other caches under the
same SHA-256, and in memory for the tables asked for last.
"""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from catalog import tables
from catalog.site import Site

ROWS = 12
FORM = 2  # of the kept file; another number makes it anew
CELL = 300  # characters of a cell that are shown
NUMERIC = ("integer", "number")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: its type, what it holds, and its shape as bars of 0 to 1."""

    name: str
    title: str  # the label in the file
    type: str
    missing: int
    distinct: int | None
    low: str
    high: str
    bars: tuple[float, ...]
    unit: str = ""  # that the file says

    @property
    def numeric(self) -> bool:
        return self.type in NUMERIC


@dataclass(frozen=True, slots=True, kw_only=True)
class TableView:
    """The first rows as text (None is an empty cell), a profile of each column, and how many rows there are."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str | None, ...], ...]
    total: int


def table_view(site: Site, table_sha256: str) -> TableView:
    """The look into one stored table; Trouble when the store cannot give it."""
    return _view(site.settings.var / "cache" / "looks" / f"{table_sha256}.{FORM}.json", _Reach(site.files.path, table_sha256))


class _Reach:
    """How to reach a table when its look has to be made; equal for every asker of the same table."""

    def __init__(self, path_of: Any, sha256: str) -> None:
        self._path_of, self._sha256 = path_of, sha256

    def __hash__(self) -> int:
        return hash(self._sha256)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Reach) and self._sha256 == other._sha256

    def __call__(self) -> Path:
        return self._path_of(self._sha256)


@lru_cache(maxsize=512)
def _view(kept: Path, reach: _Reach) -> TableView:
    if kept.is_file():
        made = json.loads(kept.readtext_of("utf-8"))
    else:
        made = _make(reach())
        _keep(kept, made)
    return TableView(
        columns=tuple(Column(**{**column, "bars": tuple(column["bars"])}) for column in made["columns"]),
        rows=tuple(tuple(row) for row in made["rows"]), total=made["total"],
    )


def _make(path: Path) -> dict[str, Any]:
    preview = tables.read_preview(path, limit=ROWS)
    profiles = {profile["name"]: profile for profile in tables.column_profiles(path)}
    return {
        "columns": [_column(field, profiles.get(field["name"], {})) for field in preview.fields],
        "rows": [[text_of(value) for value in row] for row in preview.rows],
        "total": preview.total,
    }


def _column(field: dict[str, str], profile: dict[str, Any]) -> dict[str, Any]:
    counts = [entry["count"] for entry in profile.get("histogram") or profile.get("top") or []]
    highest = max(counts, default=0)
    ends = ("", "") if field["type"] == "string" else (text_of(profile.get("min")) or "", text_of(profile.get("max")) or "")
    return {
        "name": field["name"], "title": field.get("title") or field["name"], "type": field["type"], "missing": profile.get("missing", 0), "distinct": profile.get("distinct"),
        "low": ends[0], "high": ends[1], "unit": field.get("unit", ""),
        "bars": [round(count / highest, 4) for count in counts] if highest else [],
    }


def text_of(value: Any) -> str | None:
    """A cell as it is shown: numbers and days as in the file, long texts cut."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.15g}"
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)
    return text if len(text) <= CELL else text[: CELL - 1] + "…"


def _keep(target: Path, made: dict[str, Any]) -> None:
    """Write the look beside its place, then move it there in one step."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".look-")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(made, file, ensure_ascii=False)
    os.replace(name, target)

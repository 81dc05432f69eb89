"""The Table Schemas of the house: a folder each, and the small loader that finds them.

A folder holds `schema.json` (a Frictionless Table Schema with titles and descriptions in Vietnamese and English),
`valid.csv`, `invalid.csv`, `expected.json` (the errors that `invalid.csv` must give) and `README.md` for the clerk who
fills the table in. A new folder is a new schema; nothing else has to be told of it.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from schemas.units import without_unit

ROOT = Path(__file__).parent
LIKENESS = 0.6  # below this share of common columns a table is not said to be of a schema


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSchema:
    """One schema: what a table must look like. `title` and `description` have the keys `vi` and `en`."""

    name: str
    title: Mapping[str, str]
    description: Mapping[str, str]
    descriptor: dict[str, Any]
    folder: Path
    keywords: tuple[str, ...]
    theme: str

    @property
    def fields(self) -> list[dict[str, Any]]:
        """The fields in the order of the columns, as the descriptor has them."""
        return self.descriptor["fields"]

    @property
    def required(self) -> list[str]:
        """The names of the columns that may never be empty."""
        return [field["name"] for field in self.fields if field.get("constraints", {}).get("required")]

    @property
    def valid_sample(self) -> Path:
        return self.folder / "valid.csv"

    @property
    def invalid_sample(self) -> Path:
        return self.folder / "invalid.csv"

    @property
    def readme(self) -> Path:
        return self.folder / "README.md"

    def expected_errors(self) -> list[tuple[int | None, str | None, str]]:
        """What `invalid.csv` must give, in order: row (from 1, the header is row 1), field, type of error."""
        return [tuple(entry) for entry in json.loads((self.folder / "expected.json").read_text("utf-8"))]


def names() -> list[str]:
    """The names of all schemas, sorted."""
    return list(_names())


@cache
def _names() -> tuple[str, ...]:
    return tuple(sorted(path.parent.name for path in ROOT.glob("*/schema.json")))


@cache
def load(name: str) -> TableSchema:
    """The schema of that name; KeyError where there is none."""
    if name not in _names():
        raise KeyError(name)
    folder = ROOT / name
    descriptor = json.loads((folder / "schema.json").read_text("utf-8"))
    return TableSchema(
        name=name, title=descriptor["titles"], description=descriptor["descriptions"], descriptor=descriptor,
        folder=folder, keywords=tuple(descriptor.get("keywords", ())), theme=descriptor.get("theme", ""),
    )


def all_schemas() -> list[TableSchema]:
    """Every schema, in the order of the names."""
    return [load(name) for name in names()]


def fold(label: str) -> str:
    """A column's label for comparing: no case, no tone marks, đ as d, ² as 2, signs and runs of blanks as one blank."""
    plain = unicodedata.normalize("NFKD", label.casefold().replace("đ", "d"))
    letters = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return re.sub(r"[\W_]+", " ", letters).strip()


def words_of(field: Mapping[str, Any]) -> dict[str, str]:
    """The words by which a field goes, with what each is: its name, a title in either language, an alias that the schema lists."""
    titles, aliases = field.get("titles"), field.get("aliases")
    words = {str(field["name"]): "name"}
    for title in (field.get("title"), *(titles.values() if isinstance(titles, Mapping) else ())):
        if isinstance(title, str) and title:
            words.setdefault(title, "title")
    for alias in aliases if isinstance(aliases, list) else ():
        if isinstance(alias, str) and alias:
            words.setdefault(alias, "alias")
    return words


@cache
def _columns(name: str) -> tuple[tuple[frozenset[str], bool], ...]:
    """For each field: the folded labels by which it goes, and whether it is required."""
    schema = load(name)
    required = set(schema.required)
    return tuple(
        (frozenset(key for word in words_of(field) for key in (fold(word), fold(without_unit(word)))), field["name"] in required) for field in schema.fields
    )


def match(labels: Iterable[str]) -> str | None:
    """The schema that a table with these column labels follows, or None where none is near enough.

    All required fields must be there, under their name, a title or an alias; of several schemas the one that
    shares most labels wins, then the one most alike. Likeness is 2 × shared / (labels + fields), at least `LIKENESS`.
    """
    given = {folded: fold(without_unit(str(label))) for label in labels if (folded := fold(str(label)))}
    best: tuple[int, float, str] | None = None
    for name in _names():
        columns = _columns(name)
        known_by = given.keys() | set(given.values())
        shared = sum(bool(known & known_by) for known, _ in columns)
        if not all(known & known_by for known, required in columns if required):
            continue
        likeness = 2 * shared / (len(given) + len(columns))
        if likeness >= LIKENESS and (best is None or (shared, likeness) > best[:2]):
            best = (shared, likeness, name)
    return best[2] if best else None

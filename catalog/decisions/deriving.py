"""What decisions make of a file that is held: the file itself, one without some columns or with their cells masked, or nothing."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from itertools import count
from pathlib import Path, PurePosixPath
from typing import Any

import schemas
from catalog import validation
from catalog.decisions.columns import HeldColumn, Key, columns_of, to_dict
from catalog.files import Files
from catalog.reading.grid import letter
from catalog.validation import Verdict
from catalog.validation.in_text import without_identifiers
from catalog.validation.privacy import MASK
from catalog.validation.surroundings import NOWHERE, PLACES
from catalog.verdicts import KEPT, keep_verdict

MEDIA_TYPE = "text/csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A decision that stands, as far as the making of a file needs it."""

    id: str
    action: str
    by: str
    day: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """What became of a held file: `published` or `refused`, or `held` for the columns in `also` that showed only once others were gone.

    `changes` are what was done to which column. `made` is the file to publish in place of the original, as {"sha256", "size",
    "filename", "media_type", "format", "checked"}; None where that itself may be published.
    """

    state: str
    decisions: tuple[str, ...] = ()
    changes: tuple[Mapping[str, str], ...] = ()
    also: tuple[HeldColumn, ...] = ()
    made: Mapping[str, Any] | None = None

    def to_dict(self) -> dict[str, Any]:
        """A JSON-able form."""
        return {"state": self.state, "decisions": list(self.decisions), "changes": [dict(change) for change in self.changes],
                "also": [to_dict(column) for column in self.also], "made": dict(self.made) if self.made else None}


def release(verdict: Verdict, filename: str, standing: Mapping[Key, Decided], files: Files) -> Release | None:
    """What the decisions that stand make of a held file; None where some column of it is not decided."""
    found = columns_of(verdict.issues, verdict.sheet) if verdict.state == "held" else []
    if not found or any(column.key not in standing for column in found):
        return None
    told = {column.key: column for column in found}
    name = made_name(filename, [column.name for column in found])
    with tempfile.TemporaryDirectory(prefix="haidang-release-") as folder:
        target = Path(folder) / "file.csv"
        while True:
            decided = {key: standing[key] for key in told}
            said: dict[str, Any] = {"decisions": tuple(one.id for one in decided.values()), "changes": tuple(
                {"sheet": column.sheet, "column": column.column, "name": column.name, "kind": column.kind, "action": decided[key].action}
                for key, column in told.items())}
            if any(one.action == "refuse" for one in decided.values()):
                return Release(state="refused", **said)
            if all(one.action == "publish" for one in decided.values()):
                return Release(state="published", **said)
            kept = dict(zip(map(letter, count(1)), _write(verdict, told.values(), decided, target), strict=False))
            again = _check(verdict, told.values(), decided, target, name)
            new = [replace(column, column=kept.get(column.column, column.column)) for column in columns_of(again.issues, again.sheet) if column.key not in told]
            if undecided := tuple(column for column in new if column.key not in standing):
                return Release(state="held", also=undecided, **said)
            told |= {column.key: column for column in new}
            if not new:
                return Release(state="refused" if again.state == "invalid" else "published", made=_kept(again, target, name, files), **said)


def made_name(filename: str, names: Iterable[str]) -> str:
    """What the file that is made is called: as the original, without the identifiers in its name where that was held, as `names` say."""
    return f"{PurePosixPath(named_without(filename, names)).stem}.csv"


def named_without(filename: str, names: Iterable[str]) -> str:
    """The name of a file without the identifiers in it where that was held."""
    if PLACES["file"] not in names:
        return filename
    path = PurePosixPath(filename)
    return f"{without_identifiers(path.stem).strip(' -_.') or 'tep'}{path.suffix}"


def _write(verdict: Verdict, columns: Iterable[HeldColumn], decided: Mapping[Key, Decided], target: Path) -> list[str]:
    """Write the table without some columns, others masked; the letters in the file of the columns that are left."""
    table = verdict.table
    if table is None:
        raise ValueError("a table that is held can be written")
    actions = {column.column: decided[column.key].action for column in columns if not column.sheet}
    letters = [letter(number) for number in range(verdict.left + 1, verdict.left + len(table.columns) + 1)]
    kept = [place for place, mark in enumerate(letters) if actions.get(mark) != "drop"]
    hidden = {place for place in kept if actions.get(letters[place]) == "mask"}
    with target.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        titles = [table.columns[place].title for place in kept]
        writer.writerow(list(map(without_identifiers, titles)) if actions.get(NOWHERE) in ("drop", "mask") else titles)
        for row in table.rows():
            cells = ((place, row[place] if place < len(row) else None) for place in kept)
            writer.writerow(["" if cell is None else MASK if place in hidden and str(cell).strip() else cell for place, cell in cells])
    return [letters[place] for place in kept]


def _check(verdict: Verdict, columns: Iterable[HeldColumn], decided: Mapping[Key, Decided], target: Path, filename: str) -> Verdict:
    """The check of the file that was made, under the schema as far as it still applies."""
    actions = {column.column: decided[column.key].action for column in columns if not column.sheet}
    fields = {field: actions[column] for column, field in verdict.details["layout"][0]["mapping"].items() if column in actions}
    descriptor = without(schemas.load(verdict.schema).descriptor, fields) if verdict.schema else None
    return replace(validation.check(target, filename=filename, schema=descriptor, keep=KEPT), schema=verdict.schema)


def without(descriptor: Mapping[str, Any], actions: Mapping[str, str]) -> dict[str, Any]:
    """A schema for the table that is left: no field that was left out, a masked one as mere text, no key that either was part of."""
    gone = {field for field, action in actions.items() if action in ("drop", "mask")}
    fields = [{"name": entry["name"], "type": "string", "title": entry.get("title", "")} if entry["name"] in gone else entry
              for entry in descriptor["fields"] if actions.get(entry["name"]) != "drop"]
    left = {key: value for key, value in descriptor.items() if key not in ("fields", "primaryKey", "foreignKeys")}
    primary = descriptor.get("primaryKey") or []
    if primary and not gone & set([primary] if isinstance(primary, str) else primary):
        left["primaryKey"] = primary
    return {**left, "fields": fields}


def _kept(verdict: Verdict, target: Path, filename: str, files: Files) -> dict[str, Any]:
    checked = replace(keep_verdict(verdict, files), state="invalid" if verdict.state == "invalid" else "valid")
    return {"sha256": files.put(target), "size": target.stat().st_size, "filename": filename,
            "media_type": MEDIA_TYPE, "format": "CSV", "checked": asdict(checked)}

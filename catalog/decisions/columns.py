"""The columns of a held file about which a person must decide, each with its masked evidence."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from catalog.files import Files
from catalog.issues import Issue
from catalog.models import Version
from catalog.validation.screening import PERSONAL

ACTIONS = ("drop", "mask", "publish", "refuse")
Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldColumn:
    """A column that looks personal: its sheet ("" is the table itself), its name, the letter where it stands, of what kind it seems.

    `name` is its label, or its letter where it has none; the second of one name is called `name (2)`.
    """

    sheet: str
    name: str
    column: str
    kind: str
    percent: str
    count: int
    evidence: str

    @property
    def key(self) -> Key:
        """What the column is known again by in the next version."""
        return self.sheet, self.name, self.kind


def columns_of(issues: Iterable[Issue], sheet: str | None) -> list[HeldColumn]:
    """The columns that the issues of a check speak of; `sheet` is that of the table."""
    seen: Counter[Key] = Counter()
    found = []
    for issue in issues:
        if issue.code not in PERSONAL:
            continue
        place, facts = issue.place, issue.facts
        where, name = "" if place.sheet == sheet else place.sheet or "", str(facts["title"]).strip() or place.column or ""
        seen[where, name, facts["kind"]] += 1
        if (number := seen[where, name, facts["kind"]]) > 1:
            name = f"{name} ({number})"
        found.append(HeldColumn(sheet=where, name=name, column=place.column or "", kind=facts["kind"], percent=str(facts["percent"]),
                                count=int(facts["count"]), evidence=str(facts["evidence"])))
    return found


def columns_at(files: Files, version: Version) -> list[HeldColumn]:
    """The columns of a version that was held, with those that were found once others had been left out."""
    report = json.loads(files.get(version.report_sha256)) if version.report_sha256 else {}
    issues = [Issue.from_dict(issue) for issue in report.get("haidang", {}).get("issues", [])]
    return [*columns_of(issues, version.sheet), *(HeldColumn(**column) for column in (version.released or {}).get("also", []))]


def to_dict(column: HeldColumn) -> Mapping[str, Any]:
    """A form that is kept beside a version."""
    return asdict(column)

"""What became of the causes of errors since the check before: mended, new, still there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Key = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Causes, not cells, as the issues of the two answers: `fixed` are those of the answer before."""

    fixed: tuple[Mapping[str, Any], ...]
    new: tuple[Mapping[str, Any], ...]
    left: tuple[Mapping[str, Any], ...]


def compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> Compared:
    """Compare two answers of checks by the kind of error and the column's name, wherever the column stands now."""
    then, now = _causes(before), _causes(after)
    return Compared(fixed=tuple(issue for key, issue in then.items() if key not in now),
                    new=tuple(issue for key, issue in now.items() if key not in then),
                    left=tuple(issue for key, issue in now.items() if key in then))


def key_of(issue: Mapping[str, Any]) -> Key:
    """What a cause is known again by."""
    place = issue.get("place", {})
    return issue["code"], place.get("field") or issue.get("facts", {}).get("title") or place.get("column") or ""


def _causes(answer: Mapping[str, Any]) -> dict[Key, Mapping[str, Any]]:
    return {key_of(issue): issue for issue in answer.get("issues", []) if issue["severity"] == "error"}

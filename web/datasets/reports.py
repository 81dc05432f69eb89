"""The report of a check as anybody may read it.

A report is public whatever became of the file, its bytes are not: so no row around a wrong cell is shown, values
of a column in which personal data was found are hidden, and long numbers are veiled in any file that is not public.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext as _

from catalog.issues import Issue, Said, codes, say
from catalog.models import Version
from catalog.site import Site
from catalog.veil import HIDDEN, VALUES, veiled
from web.datasets.reasons import reason
from web.words import language

CELLS_SHOWN = 12
ERRORS_SHOWN = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One cause of errors: how many cells, some of their addresses, an example, in words."""

    said: Said
    code: str
    severity: str
    who: str
    count: int
    cells: tuple[str, ...]
    example: str
    proposal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorLine:
    """One error as frictionless found it: row and column as a spreadsheet shows them; `told` when the reason is in the reader's language."""

    cell: str
    field: str
    value: str
    message: str
    told: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPage:
    """A report ready to be shown; `partial` when the check stopped counting at its limit."""

    causes: tuple[Cause, ...]
    errors: tuple[ErrorLine, ...]
    total: int
    partial: bool


def read(site: Site, version: Version) -> ReportPage:
    """The report of a version in words, largest cause first."""
    report = json.loads(site.files.get(version.report_sha256))
    issues = [Issue.from_dict(issue) for issue in report.get("haidang", {}).get("issues", [])]
    veil = Veil.over(version, issues)
    causes = sorted((cause_of(issue, veil) for issue in issues), key=lambda cause: (_rank(cause), -cause.count))
    errors = [error for task in report.get("tasks", []) for error in task.get("errors", [])]
    lines = tuple(_error_line(error, veil) for error in errors[:ERRORS_SHOWN])
    warnings = [warning for task in report.get("tasks", []) for warning in task.get("warnings", [])]
    return ReportPage(causes=tuple(causes), errors=lines, total=version.errors, partial=bool(warnings))


def _rank(cause: Cause) -> int:
    return {"error": 0, "warning": 1, "info": 2}.get(cause.severity, 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Veil:
    """Which values of a report nobody may see."""

    everything: bool
    fields: frozenset[str]
    numbers: bool

    @classmethod
    def over(cls, version: Version, issues: list[Issue]) -> Veil:
        """What a version's report must hide: personal columns, or all values where it is not known which."""
        personal = [issue for issue in issues if issue.code in codes() and issue.stage == "screen"]
        fields = frozenset(part for issue in personal for part in (issue.place.field, issue.place.column) if part)
        unnamed = any(not (issue.place.field or issue.place.column) for issue in personal)
        return cls(everything=unnamed, fields=fields, numbers=version.state != "published")

    def hides(self, *columns: str | None) -> bool:
        return self.everything or any(column in self.fields for column in columns if column)

    def text(self, value: Any) -> str:
        """A value or sentence as it may be shown."""
        if self.numbers:
            return veiled(value)
        return "" if value is None else str(value)

    def value(self, value: Any, *columns: str | None) -> str:
        return HIDDEN if value not in (None, "") and self.hides(*columns) else self.text(value)


def cause_of(issue: Issue, veil: Veil) -> Cause:
    """One issue in words, with what nobody may see hidden."""
    facts = dict(issue.facts)
    columns = (issue.place.field, issue.place.column)
    hidden = veil.hides(*columns)
    shown = {key: (HIDDEN if hidden and key in VALUES else veil.text(value)) if isinstance(value, str) else value
             for key, value in facts.items()}
    said = _in_words(replace(issue, facts=shown))
    cells = tuple(str(cell) for cell in facts.get("cells") or ())[:CELLS_SHOWN]
    entry = codes().get(issue.code)
    return Cause(
        said=said, code=issue.code, severity=str(entry.severity) if entry else "error", who=str(entry.who) if entry else "",
        count=_count(facts), cells=cells, example=veil.value(facts.get("example"), *columns),
        proposal=veil.value(facts.get("proposal"), *columns))


def _count(facts: Mapping[str, Any]) -> int:
    count = facts.get("count")
    return count if isinstance(count, int) else 1


def _in_words(issue: Issue) -> Said:
    if issue.code in codes():
        return say(issue, language())
    return Said(_("Có vấn đề loại “%(code)s”.", code=issue.code), "", "", "")


def _error_line(error: Mapping[str, Any], veil: Veil) -> ErrorLine:
    row, number, field = error.get("rowNumber"), error.get("fieldNumber"), error.get("fieldName") or error.get("label") or ""
    letter = column_letter(number) if isinstance(number, int) and number > 0 else ""
    hidden = veil.hides(field, letter)
    why, told = ("", True) if hidden else reason(error)
    return ErrorLine(cell=f"{letter}{row or ''}", field=str(field), value=veil.value(error.get("cell"), field, letter),
                     message=veil.text(why), told=told)


def column_letter(number: int) -> str:
    """The letter of a column as a spreadsheet shows it: 1 is A, 27 is AA."""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def public_json(site: Site, version: Version) -> bytes:
    """The Frictionless report for programs: every error, without the row around it and without hidden values."""
    report = json.loads(site.files.get(version.report_sha256))
    issues = [Issue.from_dict(issue) for issue in report.get("haidang", {}).get("issues", [])]
    veil = Veil.over(version, issues)
    for task in report.get("tasks", []):
        task["errors"] = [_public_error(error, veil) for error in task.get("errors", [])]
    if "haidang" in report:
        report["haidang"] = {"issues": [_public_issue(issue, veil) for issue in issues]}
    return json.dumps(report, ensure_ascii=False, indent=1).encode()


def _public_error(error: Mapping[str, Any], veil: Veil) -> dict[str, Any]:
    kept = {key: value for key, value in error.items() if key not in ("cells", "labels")}
    number = error.get("fieldNumber")
    letter = column_letter(number) if isinstance(number, int) else None
    hidden = veil.hides(error.get("fieldName"), letter)
    for key in ("cell", "message", "note"):
        if key in kept:
            kept[key] = HIDDEN if hidden else veil.text(kept[key])
    return kept


def _public_issue(issue: Issue, veil: Veil) -> dict[str, Any]:
    hidden = veil.hides(issue.place.field, issue.place.column)
    facts = {key: HIDDEN if hidden and key in VALUES else veil.text(value) if isinstance(value, str) else value
             for key, value in issue.facts.items()}
    return replace(issue, facts=facts).to_dict()

"""An issue as a page shows it: what, where, how to mend it, who must act; all of it plain text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from catalog.issues import Issue, Place, Said, codes, say
from catalog.models import IssueRow
from catalog.veil import veiled_facts
from web.runs import words
from web.words import language


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueLine:
    """One issue in the words of the page's language; `code` is small print."""

    what: str
    where: str
    mend: str
    who: str
    who_key: str
    code: str
    severity: str
    identifier: str | None
    first_seen: datetime


def for_pages() -> dict[str, Any]:
    """What templates need to show issues and runs."""
    return {"words": words, "issue_line": issue_line}


def issue_line(row: IssueRow) -> IssueLine:
    """The row in words; a code that an older version of the house wrote down is said to be so, not hidden."""
    who = str(words.WHO.get(row.who, row.who))
    if row.code in codes():
        said = say(Issue(row.code, Place(**row.place), veiled_facts(row.facts)), language())
    else:
        said = Said(_("Có vấn đề loại “%(code)s”.", code=row.code), "", "", who)
    return IssueLine(what=said.what, where=said.where, mend=said.mend, who=who, who_key=row.who, code=row.code,
                     severity=row.severity, identifier=row.identifier, first_seen=row.first_seen)

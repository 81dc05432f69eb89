"""An issue as a page shows it: what, where, how to mend it, who must act; all of it plain text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from catalog import sight
from catalog.issues import Said, codes
from catalog.models import IssueRow
from web.account import may_act
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
    return {"words": words, "issue_line": issue_line, "record_hidden": lambda record: sight.hidden(record, may_act)}


def issue_line(row: IssueRow) -> IssueLine:
    """The row in words as its reader may know it; a code that an older version of the house wrote down is said to be so, not hidden."""
    who, hidden = str(words.WHO.get(row.who, row.who)), sight.hidden(row, may_act)
    if hidden or row.code in codes():
        said = sight.said(row, language(), may_act)
    else:
        said = Said(_("Có vấn đề loại “%(code)s”.", code=row.code), "", "", who)
    return IssueLine(what=said.what, where=said.where, mend=said.mend, who=who, who_key=row.who, code=row.code,
                     severity=row.severity, identifier=None if hidden else row.identifier, first_seen=row.first_seen)

"""Every issue of a run as a table to be worked through in a spreadsheet: all of them, in both languages."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from catalog.issues import Issue, Place, Said, codes, say
from catalog.models import IssueRow
from catalog.site import Site
from web.veil import veiled_facts

PLACE = ("url", "file", "sheet", "row", "column", "field")
COLUMNS = ("severity", "code", "stage", "who", "identifier", *PLACE, "vi", "vi_mend", "en", "en_mend", "first_seen", "last_seen", "closed_at")
TOGETHER = 1000  # rows read at a time, so that a million issues need no more memory than a thousand


def issue_table(site: Site, run_id: str) -> Iterator[str]:
    """The table as CSV, piece by piece, with a byte order mark so that Excel reads the letters; in the order of finding."""
    yield "\ufeff" + _lines([COLUMNS])
    last = 0
    while True:
        with site.reading() as session:
            rows = list(session.scalars(select(IssueRow).where(IssueRow.run_id == run_id, IssueRow.id > last).order_by(IssueRow.id).limit(TOGETHER)))
        if not rows:
            return
        last = rows[-1].id
        yield _lines([[_cell(value) for value in _row(row)] for row in rows])


def _row(row: IssueRow) -> list[Any]:
    vi, en = (_said(row, language) for language in ("vi", "en"))
    moments = (row.first_seen, row.last_seen, row.closed_at)
    return [row.severity, row.code, row.stage, row.who, row.identifier, *(row.place.get(part) for part in PLACE),
            vi.what, vi.mend, en.what, en.mend, *(moment and moment.isoformat(timespec="seconds") for moment in moments)]


def _said(row: IssueRow, language: str) -> Said:
    """The issue in words; only its code where an older version of the house wrote it down."""
    if row.code not in codes():
        return Said(row.code, "", "", row.who)
    return say(Issue(row.code, Place(**row.place), veiled_facts(row.facts)), language)


def _cell(value: Any) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _lines(rows: list[Any]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()

"""What runs met, as tables to be worked through in a spreadsheet: every issue of one run in both languages, and the last 30 days by kind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from flask_babel import gettext as _
from sqlalchemy import select

from catalog.activity import Met
from catalog.models import IssueRow
from catalog.sight import Acts, hidden, said
from catalog.site import Site
from web.runs import words
from web.runs.lines import issue_line

PLACE = ("url", "file", "sheet", "row", "column", "field")
COLUMNS = ("severity", "code", "stage", "who", "identifier", *PLACE, "vi", "vi_mend", "en", "en_mend", "first_seen", "last_seen", "closed_at")
TOGETHER = 1000  # rows read at a time, so that a million issues need no more memory than a thousand


def issue_rows(site: Site, run_id: str, acts: Acts) -> Iterator[Sequence[object]]:
    """Every issue of a run, in the order of finding, with a head; what the reader who `acts` may not know is hidden as on the pages."""
    yield COLUMNS
    last = 0
    while True:
        with site.reading() as session:
            rows = list(session.scalars(select(IssueRow).where(IssueRow.run_id == run_id, IssueRow.id > last).order_by(IssueRow.id).limit(TOGETHER)))
        if not rows:
            return
        last = rows[-1].id
        yield from map(partial(_row, acts=acts), rows)


def met_rows(found: Iterable[Met]) -> Iterator[Sequence[object]]:
    """What runs met in some days, with a head."""
    yield (_("Mã"), _("Bước"), _("Mức"), _("Ai phải làm"), _("Số lần"), _("Số nguồn"), _("Nguồn"), _("Ví dụ"), _("Lần cuối"))
    for one in found:
        yield (one.code, str(words.STAGE.get(one.stage, one.stage)), str(words.SEVERITY.get(one.severity, one.severity)),
               str(words.WHO.get(one.who, one.who)), one.count, one.sources, one.source.name if one.source else "",
               issue_line(one.example).what, one.last.isoformat())


def _row(row: IssueRow, acts: Acts) -> Sequence[object]:
    vi, en = (said(row, language, acts) for language in ("vi", "en"))
    moments = (row.first_seen, row.last_seen, row.closed_at)
    named = [None] * (1 + len(PLACE)) if hidden(row, acts) else [row.identifier, *(row.place.get(part) for part in PLACE)]
    return [row.severity, row.code, row.stage, row.who, *named,
            vi.what, vi.mend, en.what, en.mend, *(moment and moment.isoformat(timespec="seconds") for moment in moments)]

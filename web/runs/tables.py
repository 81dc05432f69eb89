"""The lists of issues as CSV, for those who work through them in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from flask import Response
from flask_babel import gettext as _

from catalog.activity import Met
from catalog.models import IssueRow
from web.runs import words
from web.runs.lines import issue_line

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would take such a cell for a formula


def as_csv(name: str, rows: Iterable[Sequence[object]]) -> Response:
    """The rows as a CSV file that spreadsheets open with its letters right; no cell becomes a formula."""
    answer = Response(_lines(rows), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def issue_rows(issues: Iterable[IssueRow]) -> Iterator[Sequence[object]]:
    """Issues in words, with a head; cells that an issue repeats are veiled as on the pages."""
    yield (_("Mã"), _("Bước"), _("Mức"), _("Ai phải làm"), _("Bản ghi ở nguồn"), _("Chuyện gì"), _("Ở đâu"), _("Sửa thế nào"), _("Thấy từ"), _("Đã hết lúc"))
    for row in issues:
        line = issue_line(row)
        yield (row.code, str(words.STAGE.get(row.stage, row.stage)), str(words.SEVERITY.get(row.severity, row.severity)), line.who, row.identifier or "",
               line.what, line.where, line.mend, row.first_seen.isoformat(), row.closed_at.isoformat() if row.closed_at else "")


def met_rows(found: Iterable[Met]) -> Iterator[Sequence[object]]:
    """What runs met in some days, with a head."""
    yield (_("Mã"), _("Bước"), _("Mức"), _("Ai phải làm"), _("Số lần"), _("Số nguồn"), _("Nguồn"), _("Ví dụ"), _("Lần cuối"))
    for one in found:
        yield (one.code, str(words.STAGE.get(one.stage, one.stage)), str(words.SEVERITY.get(one.severity, one.severity)),
               str(words.WHO.get(one.who, one.who)), one.count, one.sources, one.source.name if one.source else "",
               issue_line(one.example).what, one.last.isoformat())


def _lines(rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    yield b"\xef\xbb\xbf"
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for row in rows:
        writer.writerow([_harmless(cell) for cell in row])
        yield out.getvalue().encode("utf-8", "replace")
        out.seek(0)
        out.truncate()


def _harmless(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_DANGEROUS) else cell

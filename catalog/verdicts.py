"""Keeps what validation said of a file: the report as JSON and the typed table as Parquet, beside the file itself."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from catalog import tables
from catalog.files import Files
from catalog.record import Checked
from catalog.validation import Verdict

GOOD = ("valid", "unchecked")  # states with which a file may be published
KEPT = 50  # errors of each kind that a report lists; all are counted


def keep_verdict(verdict: Verdict, files: Files) -> Checked:
    """What the verdict says, with its report and its typed table in the object store."""
    table_sha256 = table_size = None
    if verdict.table is not None and verdict.state in ("valid", "held"):
        with tempfile.TemporaryDirectory(prefix="haidang-") as folder:
            target = Path(folder) / "table.parquet"
            tables.write_table(verdict.table, target)
            table_size = target.stat().st_size
            table_sha256 = files.put(target)
    report = json.dumps({**verdict.report, "haidang": {"issues": [issue.to_dict() for issue in verdict.issues]}},
                        ensure_ascii=False, default=str)
    return Checked(
        state=verdict.state, rows=verdict.rows, fields=tuple(verdict.fields), errors=verdict.errors, schema=verdict.schema,
        encoding=verdict.encoding, sheet=verdict.sheet, report_sha256=files.put_bytes(report.encode()),
        table_sha256=table_sha256, table_size=table_size,
    )

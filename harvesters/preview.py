"""The first records of a source with what the pipeline says of them, and what a full run would do; nothing is saved."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from catalog.files import open_files
from catalog.issues import Issue, say
from catalog.models import Source
from catalog.pipeline import Tools, prepare
from catalog.record import Outcome, Record
from catalog.remembered import told_by_file
from catalog.site import Site
from harvesters.base import Gathered, SourceSpec
from harvesters.completing import in_full
from harvesters.connectors import connect, pause_of
from harvesters.credentials import spec_of
from harvesters.forecast import forecast
from harvesters.run import describe_with, maker


def preview_source(site: Site, source: Source, limit: int, spec: SourceSpec | None = None) -> dict[str, Any]:
    """The first `limit` records with title, files, verdicts and issues in words, and the forecast of a full run.

    `source` is a saved source or one that was never added, of which `spec` says what its connector may know. Trouble when the
    source cannot be read.
    """
    spec = spec or spec_of(site, source)
    connector = connect(source.connector, spec, site.net)
    page = connector.page(None)
    with tempfile.TemporaryDirectory(prefix="haidang-preview-") as folder:
        files = open_files(f"file://{folder}/files", Path(folder) / "cache")
        tools = Tools(net=site.net.gently(pause_of(source.options)), files=files, describe=describe_with(connector), make=maker(connector),
                      copy=source.options.get("copy", "tables") != "none")
        items = page.items[:limit]
        with site.reading() as session:
            told = told_by_file(session, source.id, [item.identifier for item in items]) if source.id else {}
        records = [prepare(_record(source, item.identifier, answer), replace(tools, told=told.get(item.identifier, {})))
                   for item, answer in zip(items, in_full(connector, items), strict=True)]
        return {"total": page.total if page.total is not None else (len(page.items) if page.cursor is None else None),
                "records": [_shown(record) for record in records], "issues": [_words(issue) for issue in page.issues],
                "forecast": forecast(site, connector, page, source)}


def _record(source: Source, identifier: str, answer: Gathered | Issue) -> Record:
    if isinstance(answer, Issue):
        return Record(source=source.name, identifier=identifier, outcome=Outcome.REJECTED, issues=(answer,))
    return Record(source=source.name, identifier=identifier, raw=answer.raw or {})


def _shown(record: Record) -> dict[str, Any]:
    return {
        "identifier": record.identifier, "title": record.metadata.get("title", record.identifier),
        "resources": [{
            "url": r.url, "name": r.name, "format": r.format, "state": r.checked.state if r.checked else None,
            "schema": r.checked.schema if r.checked else r.schema, "rows": r.checked.rows if r.checked else None,
            "errors": r.checked.errors if r.checked else None,
        } for r in record.resources],
        "issues": [_words(issue) for issue in record.issues],
    }


def _words(issue: Issue) -> dict[str, Any]:
    vi, en = say(issue, "vi"), say(issue, "en")
    return {**issue.to_dict(), "severity": str(issue.severity), "stage": str(issue.stage), "who": str(issue.who),
            "vi": vi.what, "vi_mend": vi.mend, "en": en.what, "en_mend": en.mend}

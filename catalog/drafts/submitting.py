"""From a checked draft to an upload of its agency, and the run that publishes it."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.drafts.deciding import told_of
from catalog.drafts.dropping import drop_of
from catalog.drafts.keeping import bytes_of
from catalog.errors import UsageError
from catalog.jobs import Busy, Jobs
from catalog.models import Agency, Run, Source, UploadDraft, UploadedFile
from catalog.remembered import Said, remember_columns, remember_layout
from catalog.site import Site
from catalog.sources import Draft as SourceDraft
from catalog.sources import connectors, save_source
from catalog.uploads import CONNECTOR, Received, keep_upload
from catalog.validation.given_layout import KeptLayout

FIT = ("valid", "held", "unchecked")  # states of a checked file that may be handed in
DAILY = "0 5 * * *"  # so that what came while a run was going on is taken up by the next one at the latest


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What is said of the dataset (as `keep_upload` takes it), of which one the file is a new version (None for a new one), and who says so."""

    says: Mapping[str, Any] = field(default_factory=dict)
    identifier: str | None = None
    by: str = ""


def submit(site: Site, jobs: Jobs, draft_id: str, submission: Submission) -> UploadDraft:
    """Hand a draft in and order the run that publishes it; submitted again, nothing is done twice.

    Where a run of the source has begun already, `run_id` stays None: the file waits for the next one, which submitting again orders.
    UsageError for a draft that is not ready; Trouble as `keep_upload`.
    """
    with site.reading() as session:
        draft = session.get_one(UploadDraft, draft_id)
    if draft.state != "done" or (draft.answer or {}).get("state") not in FIT:
        raise UsageError("Tệp chưa qua kiểm tra nên chưa nộp được.", "The file has not passed its check, so it cannot be handed in.")
    source = _drop(site, draft.agency_id)
    received = _moved(site, draft) if draft.submitted_at is None else None
    with site.writing() as session:
        row = session.scalars(select(UploadDraft).where(UploadDraft.id == draft_id).with_for_update().execution_options(populate_existing=True)).one()
        if row.submitted_at is None and received is not None:
            says = {**submission.says, "schema": (row.asked.get("source") or row.answer or {}).get("schema") or ""}
            upload = keep_upload(session, session.get_one(Source, source.id), received, received.filename, says, site=site, identifier=submission.identifier,
                                 told=told_of(row))
            row.upload_id, row.submitted_at = upload.id, site.clock.now()
            _remember(session, row, upload, Said(by=submission.by, at=row.submitted_at))
        if row.run_id is None:
            row.run_id = _run(session, jobs, session.get_one(Source, source.id))
        return row


def _remember(session: Session, draft: UploadDraft, upload: UploadedFile, said: Said) -> None:
    """Keep for the dataset's next file how its sender said that this one is read."""
    if kept := (draft.answer or {}).get("kept"):
        remember_layout(session, (upload.source_id, upload.identifier, ""), KeptLayout.from_dict(kept), said)
    remember_columns(session, upload.source_id, draft.asked.get("columns") or {}, said)


def _run(session: Session, jobs: Jobs, source: Source) -> str | None:
    """The run that will publish what was handed in: a new one, or one that still waits for its turn."""
    try:
        return jobs.order(session, source).id
    except Busy as busy:
        return busy.run_id if session.get_one(Run, busy.run_id).status == "queued" else None


def _drop(site: Site, agency_id: str) -> Source:
    """The agency's own source of files that it hands in, added where there is none."""
    with site.reading() as session:
        found, agency = drop_of(session, agency_id), session.get_one(Agency, agency_id)
        name = _free_name(session, agency)
        title = f"Tệp do {agency.name_on(site.clock.today()).name_vi} nộp"
    return found or save_source(site, SourceDraft(
        name=name, agency=agency.slug, connector=CONNECTOR, url="", title=title, schedule=DAILY), declared=connectors(site))


def _free_name(session: Session, agency: Agency) -> str:
    """A name for the agency's drop that is its own already or nobody's."""
    stem = f"{agency.slug}-nop-tep"
    others = set(session.scalars(select(Source.name).where(
        Source.name.startswith(stem, autoescape=True), (Source.agency_id != agency.id) | (Source.connector != CONNECTOR))))
    return next(name for number in count(1) if (name := f"{stem}-{number}" if number > 1 else stem) not in others)


def _moved(site: Site, draft: UploadDraft) -> Received:
    """The bytes among those that are kept for good: of the file that decisions are about, where there are any."""
    file = draft.asked.get("source") or {"sha256": draft.sha256, "size": draft.size, "filename": draft.filename}
    if original := draft.asked.get("original"):
        _moved_file(site, draft, original)
    return _moved_file(site, draft, file)


def _moved_file(site: Site, draft: UploadDraft, file: Mapping[str, Any]) -> Received:
    with tempfile.TemporaryDirectory(prefix="haidang-draft-") as folder:
        path = Path(folder) / "file"
        bytes_of(site, draft.thread).copy(file["sha256"], path)
        return Received(sha256=site.files.put(path), size=file["size"], filename=file["filename"])

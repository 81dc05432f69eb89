"""The versions that a harvested file makes of its resource: none where it is as before, two where a decision makes another file of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from catalog.decisions import keeping
from catalog.decisions.applying import released
from catalog.held import original_of
from catalog.models import Version, new_id
from catalog.record import Checked, Distribution, StoredFile
from catalog.verdicts import GOOD


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Where and when a file came."""

    resource_id: str
    run_id: str
    at: datetime


def new_versions(session: Session, draft: Distribution, newest: Version | None, arrival: Arrival) -> list[Version]:
    """A new version where the bytes, or what was found of them, differ from the newest one; then what decisions make of it.

    Decisions that were taken back since the file was checked make nothing.
    """
    file, checked = draft.file, draft.checked
    if file is None or checked is None:
        return []
    made = checked.release if checked.release and keeping.stand(session, checked.release["decisions"]) else None
    state = made["state"] if made else _state(checked)
    if newest is not None and (original_of(newest)["sha256"], newest.state, newest.schema_name) == (file.sha256, state, checked.schema):
        return []
    version = _version(file, checked, draft.format, newest, arrival)
    return released(version, made, arrival.at) if made else [version]


def _state(checked: Checked) -> str:
    return "published" if checked.state in GOOD else "held" if checked.state == "held" else "refused"


def _version(file: StoredFile, checked: Checked, file_format: str, newest: Version | None, arrival: Arrival) -> Version:
    return Version(
        id=new_id(), resource_id=arrival.resource_id, number=newest.number + 1 if newest else 1, state=_state(checked), created=arrival.at,
        sha256=file.sha256, size=file.size, filename=file.filename, format=file_format, media_type=file.media_type,
        encoding=checked.encoding, sheet=checked.sheet, rows=checked.rows, fields=list(checked.fields),
        errors=checked.errors, schema_name=checked.schema, checked=checked.state, table_sha256=checked.table_sha256,
        table_size=checked.table_size, report_sha256=checked.report_sha256, run_id=arrival.run_id,
    )

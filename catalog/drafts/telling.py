"""How a draft's file is to be read: as its sender says, as was said of the file before it, or as is remembered of its dataset.

What a draft is asked for holds "layout" (a `GivenLayout`, of this very file), "kept" (a `KeptLayout`, of an earlier file of the thread),
"columns" (schema → label → field), "forget" (nothing remembered of tables is used) and "carry" (a `KeptLayout` of the file that this one
was made of, only to be remembered).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from sqlalchemy.orm import Session

from catalog.drafts.dropping import drop_of
from catalog.models import RememberedColumn, RememberedLayout, UploadDraft, UploadedFile
from catalog.remembered import columns_of, fields_of, layouts_of
from catalog.uploads import uploads
from catalog.validation import Verdict
from catalog.validation.given_layout import GivenLayout, KeptLayout, kept_of
from catalog.validation.told import Told

COPY = re.compile(r"( ?\(\d+\)|-da-sua)+$")  # what browsers and the corrected file add to a name


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What a check is told of a draft's file, and where it comes from."""

    told: Told
    by: str = "machine"  # or given, thread, remembered: whose layout it is that the check is told
    row: RememberedLayout | None = None
    others: tuple[RememberedLayout, ...] = ()
    columns: Mapping[str, Mapping[str, RememberedColumn]] = field(default_factory=dict)


def stem(filename: str) -> str:
    """A file's name without what browsers and the corrected file add to it, for knowing the next file of a dataset."""
    return COPY.sub("", PurePosixPath(filename.lower()).stem)


def meant(rows: list[UploadedFile], filename: str) -> UploadedFile | None:
    """The dataset, of those that an agency has handed in, of which a file seems to be the next version."""
    return next((row for row in rows if stem(row.filename) == stem(filename)), None)


def telling(session: Session, draft: UploadDraft) -> Telling:
    """What the check of a draft is told."""
    asked, source = draft.asked, drop_of(session, draft.agency_id)
    columns = columns_of(session, source.id) if source else {}
    fields = {schema: {**rows, **(asked.get("columns") or {}).get(schema, {})} for schema, rows in fields_of(columns).items()}
    fields = {**(asked.get("columns") or {}), **fields}
    if "without" in asked:
        return Telling(told=Told(columns=fields), columns=columns)
    if asked.get("layout"):
        return Telling(told=Told(layout=GivenLayout.from_dict(asked["layout"]), columns=fields), by="given", columns=columns)
    if asked.get("kept"):
        return Telling(told=Told(kept=KeptLayout.from_dict(asked["kept"]), columns=fields), by="thread", columns=columns)
    if source is None or asked.get("forget"):
        return Telling(told=Told(columns=fields), columns=columns)
    rows, before = layouts_of(session, source.id), meant(uploads(session, source.id), draft.filename)
    own = next((row for row in rows if before is not None and row.identifier == before.identifier), None)
    if own is not None:
        return Telling(told=Told(kept=KeptLayout.from_dict(own.kept), columns=fields), by="remembered", row=own, columns=columns)
    return Telling(told=Told(perhaps=tuple(KeptLayout.from_dict(row.kept) for row in rows), columns=fields), others=tuple(rows), columns=columns)


def described(telling: Telling, verdict: Verdict, asked: Mapping[str, Any]) -> dict[str, Any]:
    """For the draft's answer: by whom the table was found ("reading"), what is to be kept of it ("kept"), and how it is read when it is
    published ("told")."""
    seen = verdict.seen
    row = telling.row or next((row for row in telling.others if seen is not None and seen.kept is not None and row.kept == seen.kept.to_dict()), None)
    changed = any(issue.code == "layout-changed" for issue in verdict.issues)
    reading: dict[str, Any] = {"by": telling.by if row is None else "remembered", "changed": changed}
    if row is not None:
        reading |= {"who": row.by_name, "at": row.at.isoformat(), "identifier": row.identifier}
    given = telling.told.layout
    if seen is not None and given is not None and given.header is not None:
        kept = kept_of(seen.layout, given).to_dict()
    elif seen is not None and given is not None:  # a sheet was chosen, and its table found
        kept = kept_of(seen.layout, None).to_dict()
    else:
        kept = asked.get("carry") or (None if changed else asked.get("kept"))
    told = Told(layout=given, kept=seen.kept if seen is not None and given is None else None, columns=telling.told.columns)
    return {"reading": reading, "kept": kept, "told": told.to_dict()}

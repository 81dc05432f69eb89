"""Dry runs that somebody asks for on a page and the worker does: ordered here, read here, kept for a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from catalog.errors import UsageError
from catalog.jobs import Jobs
from catalog.models import Preview, Source, new_id
from catalog.site import Site

QUEUE = "preview"
WORKFLOW = "preview_source"
KEPT = timedelta(days=1)
WAITING = 20  # previews at a time that have not been answered; more are refused
OPEN = ("queued", "running")
STUCK = timedelta(minutes=30)  # one that is open for longer is taken for lost


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What to look at, and who asks: a saved source by its id, a draft ({"name", "connector", "url", "options", "minimum"}), or
    a draft of changes to a saved source."""

    by: str
    source_id: str | None = None
    draft: Mapping[str, Any] | None = None


def order(site: Site, jobs: Jobs, session: Session, asked: Asked) -> Preview:
    """Queue a dry run; one of the same saved source that still waits is given back. UsageError while too many wait."""
    now = site.clock.now()
    session.execute(delete(Preview).where(Preview.expires <= now))
    alive = Preview.state.in_(OPEN) & (Preview.asked_at > now - STUCK)
    if asked.source_id is not None and asked.draft is None:
        waiting = session.scalar(select(Preview).where(Preview.source_id == asked.source_id, Preview.draft.is_(None), alive).limit(1))
        if waiting is not None:
            return waiting
    if (session.scalar(select(func.count()).select_from(Preview).where(alive)) or 0) >= WAITING:
        raise UsageError("Đang có quá nhiều lượt chạy thử chờ bộ chạy. Hãy thử lại sau ít phút.", "Too many dry runs are waiting. Try again in a few minutes.")
    preview = Preview(id=new_id(), source_id=asked.source_id, draft=dict(asked.draft) if asked.draft else None, asked_by=asked.by, asked_at=now,
                      expires=now + KEPT)
    session.add(preview)
    session.flush()
    jobs.enqueue(session, WORKFLOW, QUEUE, preview.id)
    return preview


def preview_with_id(session: Session, preview_id: str) -> Preview | None:
    """The dry run with that id, as far as it has come."""
    return session.get(Preview, preview_id)


def source_of(session: Session, preview: Preview) -> Source | None:
    """The saved source that a dry run is about; None for a draft."""
    return session.get(Source, preview.source_id) if preview.source_id else None

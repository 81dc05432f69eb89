"""The worker's part of a preview that was asked for on a page: look at the source, keep the answer for a day.

A look changes nothing, so a worker that was killed simply looks again.
"""

from __future__ import annotations

import logging
import uuid
from typing import Any

from dbos import DBOS, SQLAlchemyDatasource
from sqlalchemy.orm import Session

from catalog import previews
from catalog.errors import Trouble, UsageError
from catalog.models import Preview, Source
from catalog.site import Site
from harvesters.preview import preview_source

log = logging.getLogger(__name__)

RECORDS = 5  # first records whose files are fetched and checked
RECOVERIES = 3  # a look that breaks the worker this often is given up
CONCURRENT = 2


def register_previews(site: Site, datasource: SQLAlchemyDatasource) -> None:
    """Register the workflow on this site; its name and the order of its steps are kept in the store."""

    def begin(session: Session, preview_id: str) -> None:
        if (preview := session.get(Preview, preview_id)) is not None:
            preview.state = "running"

    def finish(session: Session, preview_id: str, answer: dict[str, Any]) -> None:
        if (preview := session.get(Preview, preview_id)) is not None:
            preview.answer, preview.finished_at = answer, site.clock.now()
            preview.state = "done" if "records" in answer else "failed"

    def once(step, *args):
        return datasource.run_tx_step({"name": step.__name__}, lambda: step(datasource.sql_session(), *args))

    @DBOS.step(name="look_ahead")
    def look_ahead(preview_id: str) -> dict[str, Any]:
        return look(site, preview_id)

    @DBOS.workflow(name=previews.WORKFLOW, max_recovery_attempts=RECOVERIES)
    def preview_workflow(preview_id: str) -> None:
        once(begin, preview_id)
        once(finish, preview_id, look_ahead(preview_id))


def open_previews(*, poll: float) -> None:
    """Let this worker take previews from their queue; `poll` is in seconds."""
    DBOS.register_queue(previews.QUEUE, worker_concurrency=CONCURRENT, polling_interval_sec=poll, on_conflict="always_update")


def look(site: Site, preview_id: str) -> dict[str, Any]:
    """The answer of one preview: what `preview_source` says, or why the source could not be looked at."""
    with site.reading() as session:
        preview = session.get(Preview, preview_id)
        source = _source(session, preview) if preview else None
    if source is None:
        return {"gone": True}
    try:
        return preview_source(site, source, RECORDS)
    except Trouble as trouble:
        return {"issue": trouble.issue.to_dict()}
    except UsageError as error:
        return {"issue": {"code": "source-misconfigured", "facts": {"vi": error.vi, "en": error.en}}}
    except Exception:  # noqa: BLE001 - whatever broke, whoever asked must be told so
        reference = uuid.uuid4().hex[:12]
        log.exception("preview %s broke; reference %s", preview_id, reference)
        return {"reference": reference}


def _source(session: Session, preview: Preview) -> Source | None:
    """The saved source; with a draft, one made of it that is never added and stands for the saved one where there is one."""
    draft = preview.draft
    if draft is None:
        return session.get(Source, preview.source_id) if preview.source_id else None
    minimum = draft.get("minimum")
    return Source(id=preview.source_id, name=draft.get("name") or "preview", connector=draft["connector"], url=draft["url"],
                  options=draft.get("options") or {}, expectations={"minimum": minimum} if minimum else {})

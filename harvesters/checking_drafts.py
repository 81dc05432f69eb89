"""The worker's part of a draft: check the file that somebody has sent, keep what was found for its pages.

A check changes nothing but what lies beside the draft, so a worker that was killed simply checks again.
"""

from __future__ import annotations

import logging
import uuid

from dbos import DBOS

from catalog.drafts import checking, keeping
from catalog.site import Site

log = logging.getLogger(__name__)

RECOVERIES = 3  # a check that breaks the worker this often is given up
CONCURRENT = 2


def register_drafts(site: Site) -> None:
    """Register the workflow on this site; its name is kept in the store."""

    @DBOS.step(name="check_file")
    def check_file(draft_id: str) -> None:
        perform(site, draft_id)

    @DBOS.workflow(name=keeping.WORKFLOW, max_recovery_attempts=RECOVERIES)
    def draft_workflow(draft_id: str) -> None:
        check_file(draft_id)


def open_drafts(*, poll: float) -> None:
    """Let this worker take drafts from their queue; `poll` is in seconds."""
    DBOS.register_queue(keeping.QUEUE, worker_concurrency=CONCURRENT, polling_interval_sec=poll, on_conflict="always_update")


def perform(site: Site, draft_id: str) -> None:
    """Check one draft; where that breaks, whoever sent the file is told so."""
    try:
        checking.perform(site, draft_id)
    except Exception:  # noqa: BLE001 - whatever broke, whoever sent the file must be told so
        reference = uuid.uuid4().hex[:12]
        log.exception("the check of draft %s broke; reference %s", draft_id, reference)
        checking.give_up(site, draft_id, reference)

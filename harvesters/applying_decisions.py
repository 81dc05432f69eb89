"""The worker's part of a decision about columns: make the file that may be published, and make it live.

What was done already is not done again, so a worker that was killed simply begins anew.
"""

from __future__ import annotations

import logging
import uuid

from dbos import DBOS

from catalog.decisions import applying, keeping
from catalog.site import Site

log = logging.getLogger(__name__)

RECOVERIES = 3  # one that breaks the worker this often is given up; its version stays held
CONCURRENT = 1


def register_decisions(site: Site) -> None:
    """Register the workflow on this site; its name is kept in the store. An order is the id of a version, a colon, and what makes it an order of its own."""

    @DBOS.step(name="apply_decision")
    def apply_decision(order: str) -> None:
        try:
            applying.perform(site, order.partition(":")[0])
        except Exception:  # noqa: BLE001 - whatever broke, the version stays held and can be tried again from its page
            log.exception("what was decided of version %s could not be done; reference %s", order, uuid.uuid4().hex[:12])

    @DBOS.workflow(name=keeping.WORKFLOW, max_recovery_attempts=RECOVERIES)
    def decision_workflow(order: str) -> None:
        apply_decision(order)


def open_decisions(*, poll: float) -> None:
    """Let this worker take decisions from their queue; `poll` is in seconds."""
    DBOS.register_queue(keeping.QUEUE, worker_concurrency=CONCURRENT, polling_interval_sec=poll, on_conflict="always_update")

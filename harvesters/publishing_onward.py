"""The worker's part of publishing onward: do a run that a page or a schedule has ordered.

A run writes down each dataset as it is done, so a worker that was killed simply does the run again and finds what is there already.
"""

from __future__ import annotations

from dbos import DBOS

from catalog.onward import QUEUE, WORKFLOW, orders
from catalog.site import Site

RECOVERIES = 100  # a run that is taken up again this often is given up
CONCURRENT = 2  # targets at a time on one worker


def register_onward(site: Site) -> None:
    """Register the workflow on this site; its name is kept in the store."""

    @DBOS.step(name="publish_to_target")
    def publish_to_target(run_id: str) -> None:
        orders.perform(site, run_id)

    @DBOS.workflow(name=WORKFLOW, max_recovery_attempts=RECOVERIES)
    def publish_onward(run_id: str) -> None:
        publish_to_target(run_id)


def open_onward(*, poll: float) -> None:
    """Let this worker take runs to targets from their queue; `poll` is in seconds."""
    DBOS.register_queue(QUEUE, worker_concurrency=CONCURRENT, polling_interval_sec=poll, on_conflict="always_update")

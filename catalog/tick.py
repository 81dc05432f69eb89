"""What happens by the clock: once a minute every worker looks whether anything is due.

Each part may be done by several workers at once and leaves nothing twice; one that breaks is logged and stops no other.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from datetime import timedelta

from catalog import retention
from catalog.due import order_due
from catalog.jobs import Jobs
from catalog.lost import mind_runs
from catalog.notices.watching import watch
from catalog.site import Site

log = logging.getLogger(__name__)

EVERY = timedelta(minutes=1)


def tick(site: Site, orderer: Jobs) -> None:
    """Take over and end lost runs, order those that are due, tell who must know, and once a day clear away what is old."""
    parts: tuple[Callable[[], object], ...] = (
        lambda: mind_runs(site, orderer), lambda: order_due(site, orderer), lambda: watch(site), lambda: retention.daily(site, orderer))
    for name, part in zip(("lost runs", "due runs", "notices", "retention"), parts, strict=True):
        try:
            part()
        except Exception:  # noqa: BLE001 - the next minute tries again; one part must not stop the others
            log.exception("tick: %s broke; reference %s", name, uuid.uuid4().hex[:12])

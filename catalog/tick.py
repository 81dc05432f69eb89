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
from catalog.links import check_due_links
from catalog.lost import mind_runs
from catalog.notices.watching import watch
from catalog.onward import due as onward
from catalog.site import Site

log = logging.getLogger(__name__)

EVERY = timedelta(minutes=1)
LINKS = 50  # looked at in one minute, by each worker

Part = tuple[str, Callable[[], object]]


def keep_time(site: Site, orderer: Jobs) -> None:
    """Take over and end lost runs, and order those that are due; quick, so that nothing starts late."""
    _each(("lost runs", lambda: mind_runs(site, orderer)), ("due runs", lambda: order_due(site, orderer)),
          ("due targets", lambda: onward.order_due(site, orderer)))


def run_errands(site: Site, orderer: Jobs) -> None:
    """Tell who must know, once a day clear away what is old, and look at some links; a slow server of any kind holds up no schedule."""
    _each(("notices", lambda: watch(site)), ("retention", lambda: retention.daily(site, orderer)),
          ("links", lambda: check_due_links(site, limit=LINKS)))


def _each(*parts: Part) -> None:
    for name, part in parts:
        try:
            part()
        except Exception:  # noqa: BLE001 - the next minute tries again; one part must not stop the others
            log.exception("tick: %s broke; reference %s", name, uuid.uuid4().hex[:12])

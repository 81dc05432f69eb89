"""The durable run: gather a page, work through its records in batches, go on; finish by itself after any crash.

A run is a parent workflow, each batch of at most 500 records a child. A workflow's body only orders steps; what
it has done is recorded with every step, so that a worker which was killed goes on where it stood. What is stored
is stored in a transaction in which the step is recorded too: exactly once.
"""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from dbos import DBOS, SQLAlchemyDatasource
from dbos._error import DBOSException
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from catalog import db, jobs, tick, workers
from catalog.record import Record
from catalog.site import Site
from harvesters.applying_decisions import open_decisions, register_decisions
from harvesters.checking_drafts import open_drafts, register_drafts
from harvesters.connectors import remember_declared
from harvesters.previewing import open_previews, register_previews
from harvesters.publishing_onward import open_onward, register_onward
from harvesters.run import Harvest

log = logging.getLogger(__name__)

BATCH = 500  # records in one child workflow; a longer history is slow to take up again
CHUNK = 100  # records in one transaction, and asked for in full together
CONCURRENT = 4  # runs at a time on one worker; one at a time for an agency
RECOVERIES = 1_000  # how often a run may be taken up again before it is given up
POLL = 0.2  # seconds between looks at the queue
PARTING = 10  # seconds that a worker which stops waits for its threads
PULSE = 3  # seconds between signs of life


def register_workflows(site: Site, datasource: SQLAlchemyDatasource) -> None:
    """Register the workflows on this site; their names and the order of their steps are kept in the store."""
    harvest = Harvest(site)

    def once(step, *args):
        """Run a step of the harvest in a transaction that also records that it has been run."""
        return datasource.run_tx_step({"name": step.__name__}, lambda: in_turn(datasource.sql_session(), step, *args))

    @DBOS.step(name="read_page")
    def read_page(run_id: str, number: int, cursor: str | None) -> dict:
        return harvest.read_page(run_id, number, cursor)

    def take_in(run_id: str, first: int, last: int, records: list[Record]) -> None:
        """A chunk in one transaction; where it breaks, each record in its own, so that one fault costs one record."""
        with faults(f"run {run_id}") as fault:
            once(harvest.take_in, run_id, records)
        for record in each_place(harvest.places(run_id, first, last), range(first, last + 1), records) if fault.reference else ():
            with faults(f"record {record and record.identifier!r} of run {run_id}") as fault:
                once(harvest.take_in, run_id, [record] if record else [])
            if fault.reference:
                once(harvest.give_up, run_id, record and replace(record, issues=()), fault.reference)  # what it says may be what broke

    @DBOS.workflow(name="harvest_batch", max_recovery_attempts=RECOVERIES)
    def harvest_batch(run_id: str, first: int, last: int) -> None:
        starts = range(first, last + 1, CHUNK)
        for start, records in zip(starts, prepared_ahead(partial(harvest.prepare, run_id), starts, last), strict=True):
            take_in(run_id, start, min(start + CHUNK - 1, last), records)

    def harvest_pages(run_id: str) -> None:
        number, cursor = 0, None
        while True:
            page = read_page(run_id, number, cursor)
            for first in range(page["first"], page["last"] + 1, BATCH):
                harvest_batch(run_id, first, min(first + BATCH - 1, page["last"]))
            number, cursor = number + 1, page["cursor"]
            if cursor is None:
                return

    @DBOS.workflow(name=jobs.WORKFLOW, max_recovery_attempts=RECOVERIES)
    def harvest_source(run_id: str) -> None:
        once(harvest.begin, run_id)
        with faults(f"run {run_id}") as fault:
            harvest_pages(run_id)
        with faults(f"the end of run {run_id}") as last:
            once(harvest.finish, run_id, fault.reference)
        if last.reference:
            once(harvest.abandon, run_id)


def in_turn(session: Session, step: Callable[..., Any], *args: Any) -> Any:
    """Do a step as the only one that writes, on SQLite; else two runs see the same name free, and the second fails."""
    db.lock_for_writing(session)
    return step(session, *args)


def prepared_ahead(prepare: Callable[[int, int], list[Record]], starts: Sequence[int], last: int) -> Iterator[list[Record]]:
    """Each chunk of records, prepared; the next one is fetched while the one before is taken in."""
    with ThreadPoolExecutor(1, thread_name_prefix="ahead") as pool:
        coming = [pool.submit(prepare, start, min(start + CHUNK - 1, last)) for start in starts[:1]]
        for start in [*starts[1:], None]:
            records = coming.pop().result()
            if start is not None:
                coming.append(pool.submit(prepare, start, min(start + CHUNK - 1, last)))
            yield records


def each_place(places: Mapping[int, str], chunk: Sequence[int], records: Sequence[Record]) -> list[Record | None]:
    """The record at every place of a chunk, None where it is finished.

    A step is known again by its number: a worker that goes on after a crash finds fewer records, and must count as before.
    """
    named = {record.identifier: record for record in records}
    return [named.get(places.get(seq, "")) for seq in chunk]


@dataclass
class Fault:
    """A fault of ours that was caught: the reference under which the log holds its trace; None where there was none."""

    reference: str | None = None


@contextmanager
def faults(where: str) -> Iterator[Fault]:
    """Keep a fault of ours from leaving a run hanging; what the durable engine itself raises passes through."""
    fault = Fault()
    try:
        yield fault
    except DBOSException:
        raise
    except Exception:  # noqa: BLE001 - whatever broke, the run must end and say so
        fault.reference = uuid.uuid4().hex[:12]
        log.exception("%s broke; reference %s", where, fault.reference)


@contextmanager
def working(site: Site, *, by_the_clock: bool = False) -> Iterator[None]:
    """A worker, alive inside the `with`; UsageError when one of the same name is alive already.

    One that works by the clock also orders the runs that are due, minds the runs of workers that died, sends notices and clears away
    what is old; one that is only there for a single order does not.
    """
    with workers.worker_lock(site.settings) as name, _signs_of_life(site, name):
        system = jobs.system_engine(site.settings)
        serializer = jobs.serializer()
        DBOS(config={
            "name": jobs.APPLICATION, "system_database_url": jobs.system_url(site.settings), "system_database_engine": system,
            "executor_id": site.settings.executor_id, "application_version": jobs.WORKFLOW_VERSION, "serializer": serializer,
            "log_level": "ERROR", "run_migrations": False, "use_listen_notify": False,
            "notification_listener_polling_interval_sec": POLL,  # a worker that stops waits for one such look
        })
        datasource = SQLAlchemyDatasource.create(jobs.system_url(site.settings), engine=site.engine, serializer=serializer,
                                                 run_migrations=False)
        register_workflows(site, datasource)
        register_previews(site, datasource)
        register_drafts(site)
        register_onward(site)
        register_decisions(site)
        DBOS.launch()
        open_previews(poll=POLL)
        open_drafts(poll=POLL)
        open_onward(poll=POLL)
        open_decisions(poll=POLL)
        DBOS.register_queue(jobs.QUEUE, worker_concurrency=CONCURRENT, partition_concurrency=1, polling_interval_sec=POLL,
                            on_conflict="always_update")
        remember_declared(site)
        try:
            with _clockwork(site) if by_the_clock else nullcontext():
                yield
        finally:
            DBOS.destroy(destroy_registry=True)
            _let_threads_end()
            system.dispose()


@contextmanager
def _signs_of_life(site: Site, name: workers.Name) -> Iterator[None]:
    """Say every few seconds that this worker lives, from before it takes up any work until after it has left the last."""

    def beat() -> None:
        try:
            name.keep()
            workers.beat(site, jobs.WORKFLOW_VERSION)
        except Exception:  # noqa: BLE001 - the store may be away for a while; a worker that fell silent for that would be taken for dead
            log.exception("worker %s could not say that it lives", site.settings.executor_id)

    workers.beat(site, jobs.WORKFLOW_VERSION, starting=True)
    try:
        with _repeating("worker-pulse", PULSE, beat):
            yield
    finally:
        try:
            workers.leave(site)
        except SQLAlchemyError:
            log.exception("worker %s could not say that it stops", site.settings.executor_id)


@contextmanager
def _clockwork(site: Site) -> Iterator[None]:
    """Do every minute what is due."""
    orderer = jobs.Jobs(site)
    try:
        every = tick.EVERY.total_seconds()
        with (_repeating("worker-clock", every, lambda: tick.keep_time(site, orderer)),
              _repeating("worker-errands", every, lambda: tick.run_errands(site, orderer))):
            yield
    finally:
        orderer.close()


@contextmanager
def _repeating(name: str, seconds: float, act: Callable[[], None]) -> Iterator[None]:
    """Act now and then every so many seconds, in a thread of its own, until the end of the `with`."""
    stop = threading.Event()

    def repeat() -> None:
        while True:
            act()
            if stop.wait(seconds):
                return

    thread = threading.Thread(target=repeat, name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=PARTING)


def _let_threads_end() -> None:
    """Wait for what the durable engine leaves behind: a workflow that has just ended is still writing that down."""
    deadline = time.monotonic() + PARTING
    for thread in threading.enumerate():
        if thread.name.startswith("dbos-executor-"):
            thread.join(max(0.0, deadline - time.monotonic()))

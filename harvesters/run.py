"""What the steps of a run do; `worker` orders them and makes them durable."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import Session

from catalog import evidence
from catalog.characters import keepable
from catalog.errors import CalledOff, Trouble, UsageError
from catalog.gathering import Listed, stage_page
from catalog.held import held_files
from catalog.intake import SOURCE, Intake, close_lost_places, give_up, keep_issues, take_in
from catalog.issues import Issue
from catalog.jobs import ACTIVE
from catalog.models import IssueRow, Known, Run, RunPage, Source, Staged
from catalog.pipeline import Tools, prepare
from catalog.reconcile import reconcile
from catalog.record import Made, Record
from catalog.remembered import told_by_file
from catalog.site import Site
from catalog.twins import close_ended
from harvesters.ahead import Ahead
from harvesters.base import Connector, Gathered, Maker, Page
from harvesters.completing import complete, hash_answer, hash_mark
from harvesters.connectors import connect, pause_of
from harvesters.credentials import spec_of
from harvesters.describing import IDENTIFIER_LENGTH
from harvesters.stopping import hours_of, is_overdue, must_stop, watcher

NOTHING = {"first": 1, "last": 0, "cursor": None}  # a page that holds no record and leads nowhere
FETCHERS = 8  # records of one chunk that are fetched and checked side by side


class Harvest:
    """The steps of a run on one site. Each may be repeated: what it has done it finds done."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._connectors: dict[str, Connector] = {}
        self._ahead = Ahead()

    def begin(self, session: Session, run_id: str) -> None:
        """The run is under way; its source has been registered since its first run at the latest. One that has ended stays so."""
        run = session.get_one(Run, run_id, with_for_update=True)
        if run.status not in ACTIVE:
            return
        now = self._site.clock.now()
        run.status, run.stage, run.started_at, run.heartbeat_at = "running", "gather", run.started_at or now, now
        evidence.record_source(session, run.source_id, now)

    def read_page(self, run_id: str, number: int, cursor: str | None) -> dict:
        """Read one page of the listing and stage it; a source that cannot be read ends the listing with an issue."""
        site = self._site
        with site.reading() as session:
            run = session.get_one(Run, run_id)
            source = session.get_one(Source, run.source_id)
        if must_stop(run, source, site):
            return NOTHING
        try:
            connector = self._connector(run_id, source)
            page = self._ahead.page(run_id, cursor, self._reading(connector, run_id, source, cursor))
            trouble, said = None, page.shortfall
        except CalledOff:
            return NOTHING
        except Trouble as error:
            page, trouble, said = Page(items=()), error.issue, error.issue
        if page.cursor is not None and getattr(connector, "reads_ahead", False):
            self._ahead.ask(run_id, page.cursor, self._reading(connector, run_id, source, page.cursor))
        listed = [_listed(item, source) for item in page.items if len(item.identifier) <= IDENTIFIER_LENGTH]
        endless = [_endless(item) for item in page.items if len(item.identifier) > IDENTIFIER_LENGTH]
        with site.writing() as session:
            run, source = session.get_one(Run, run_id), session.get_one(Source, run.source_id)
            if run.status not in ACTIVE:
                return NOTHING
            intake = Intake(site=site, session=session, source=source, run=run)
            if said is not None and session.get(RunPage, (run_id, number)) is None:  # a page read again after a crash says nothing twice
                keep_issues(intake, {SOURCE: [said]}, {})
            kept = stage_page(intake, number, listed, [*page.issues, *endless], page.cursor)
            run.expected = page.total if page.total is not None else run.expected
            run.stage, run.heartbeat_at = "fetch", intake.now
            run.gathered_all = trouble is None and kept.next_cursor is None
            place = {"first": kept.first_seq, "last": kept.last_seq, "cursor": kept.next_cursor}
        self._ahead.staged(run_id, work=place["first"] <= place["last"])
        return place

    def _reading(self, connector: Connector, run_id: str, source: Source, cursor: str | None) -> Callable[[], Page]:
        """Reads a page of the listing; ends with CalledOff soon after the run has to stop."""

        def read() -> Page:
            with self._site.net.heeding(watcher(run_id, source, self._site)):
                return connector.page(cursor)

        return read

    def prepare(self, run_id: str, first: int, last: int) -> list[Record]:
        """Every step of the pipeline but the last, for staged records `first` to `last`; nothing for what is finished."""
        site = self._site
        with site.reading() as session:
            run = session.get_one(Run, run_id)
            source = session.get_one(Source, run.source_id)
            staged = list(session.scalars(select(Staged).where(Staged.run_id == run_id, Staged.seq.between(first, last)).order_by(Staged.seq)))
            if must_stop(run, source, site) or not staged:
                return []
            known = dict(session.execute(select(Known.identifier, Known.raw_hash).where(
                Known.source_id == source.id, Known.identifier.in_([s.identifier for s in staged]))).all())
            told = told_by_file(session, source.id, [s.identifier for s in staged])
            held = held_files(session, source.id, [s.identifier for s in staged], site.clock.now())
        connector = self._connector(run_id, source)
        describe, stopped = describe_with(connector), watcher(run_id, source, site)
        net = site.net.gently(pause_of(source.options))

        def one(record: Record) -> Record:
            tools = Tools(
                net=net, files=site.files, describe=describe, make=maker(connector),
                before=held.get(record.identifier, {}), told=told.get(record.identifier, {}),
                known=known.get(record.identifier) == record.raw_hash and not run.forced, forced=run.forced,
                copy=source.options.get("copy", "tables") != "none", cancelled=stopped,
            )
            with site.net.heeding(stopped):
                return prepare(record, tools)

        try:
            with site.net.heeding(stopped):
                records = complete(connector, staged, source)
        except CalledOff:
            return []
        with ThreadPoolExecutor(FETCHERS, thread_name_prefix="fetch") as pool:
            prepared = list(pool.map(one, records))
        return [] if stopped() else prepared  # what was stopped half-way is no record

    def places(self, run_id: str, first: int, last: int) -> dict[int, str]:
        """The identifiers of the records `first` to `last` that are not finished, by their places."""
        with self._site.reading() as session:
            return dict(session.execute(
                select(Staged.seq, Staged.identifier).where(Staged.run_id == run_id, Staged.seq.between(first, last))).all())

    def take_in(self, session: Session, run_id: str, records: Sequence[Record]) -> dict[str, int]:
        """Publish a chunk of prepared records; nothing of a run that has to stop, for its records may be prepared in part only."""
        run = session.get_one(Run, run_id)
        source = session.get_one(Source, run.source_id)
        if must_stop(run, source, self._site) or not records:
            return {}
        return take_in(Intake(site=self._site, session=session, source=source, run=run), records)

    def give_up(self, session: Session, run_id: str, record: Record | None, reference: str) -> None:
        """Finish a record at which we ourselves failed; None is one that is finished."""
        if record is None:
            return
        run = session.get_one(Run, run_id)
        if run.status in ACTIVE:
            give_up(Intake(site=self._site, session=session, source=session.get_one(Source, run.source_id), run=run), record, reference)

    def finish(self, session: Session, run_id: str, fault: str | None) -> str:
        """Reconcile, close the run, record the evidence; returns the run's last status.

        `fault` is the reference of a fault of ours that ended the run early. A run that somebody else has ended keeps its status.
        """
        run = session.get_one(Run, run_id, with_for_update=True)
        self._connectors.pop(run_id, None)
        self._ahead.forget(run_id)
        left = bool(session.scalar(select(exists().where(Staged.run_id == run_id))))
        session.execute(delete(Staged).where(Staged.run_id == run_id))
        if run.status not in ACTIVE:
            return run.status
        intake = Intake(site=self._site, session=session, source=session.get_one(Source, run.source_id), run=run)
        if run.cancel_requested:
            run.status = "cancelled"
        elif fault is not None:
            keep_issues(intake, {SOURCE: [Issue("run-fault", facts={"reference": fault})]}, {})
            run.status = "failed"
        elif (left or not run.gathered_all) and is_overdue(run, intake.source, self._site):
            keep_issues(intake, {SOURCE: [Issue("run-deadline", facts={"hours": f"{hours_of(intake.source, self._site):g}"})]}, {})
            run.status = "failed"
        elif not run.gathered_all:
            run.status = "failed"
        else:
            keep_issues(intake, {SOURCE: reconcile(intake)}, {})
            close_lost_places(intake)
            close_ended(session, run.source_id, intake.now)
            found = session.scalar(select(func.count()).select_from(IssueRow).where(
                IssueRow.run_id == run_id, IssueRow.severity != "info"))
            run.status = "succeeded-with-issues" if found else "succeeded"
        run.stage, run.finished_at = "", intake.now
        session.flush()
        evidence.record_source(session, run.source_id, intake.now)
        return run.status

    def abandon(self, session: Session, run_id: str) -> None:
        """End a run that could not even be finished; what it has published stays."""
        run = session.get_one(Run, run_id, with_for_update=True)
        if run.status in ACTIVE:
            run.status, run.stage, run.finished_at = "failed", "", self._site.clock.now()

    def _connector(self, run_id: str, source: Source) -> Connector:
        """The connector of this run; it may keep what it has downloaded until the run ends."""
        if run_id not in self._connectors:
            try:
                self._connectors[run_id] = connect(source.connector, spec_of(self._site, source), self._site.net)
            except UsageError as error:
                raise Trouble(Issue("source-misconfigured", facts={"vi": error.vi, "en": error.en})) from error
        return self._connectors[run_id]


def _listed(item: Gathered, source: Source) -> Listed:
    """A record as it is staged: its identifier in characters that a store can hold, its answer or its mark hashed."""
    return Listed(identifier=keepable(item.identifier), raw=item.raw, raw_hash=hash_answer(item, source), mark=hash_mark(item, source))


def _endless(item: Gathered) -> Issue:
    """An identifier that is too long to be one: a path that leads in circles, or worse."""
    return Issue("identifier-too-long", facts={"length": len(item.identifier), "limit": IDENTIFIER_LENGTH, "shown": item.identifier[:80]})


def maker(connector: Connector) -> Callable[[Mapping[str, Any], Path, str | None], Made | None] | None:
    """What makes this connector's files, where it does."""
    return connector.make if isinstance(connector, Maker) else None


def describe_with(connector: Connector) -> Callable[[Record], Record]:
    """The pipeline's first step with this connector: the source's answer in the catalogue's words."""

    def describe(record: Record) -> Record:
        described = connector.describe(Gathered(identifier=record.identifier, raw=record.raw))
        return replace(described, source=record.source, identifier=record.identifier, raw={}, raw_hash=record.raw_hash,
                       mark=record.mark)

    return describe

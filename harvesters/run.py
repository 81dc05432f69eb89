"""What the steps of a run do; `worker` orders them and makes them durable."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from catalog import evidence
from catalog.characters import keepable
from catalog.errors import Trouble, UsageError
from catalog.gathering import Listed, stage_page
from catalog.intake import SOURCE, Intake, close_lost_places, give_up, held_files, keep_issues, take_in
from catalog.issues import Issue
from catalog.models import IssueRow, Known, Run, Source, Staged
from catalog.pipeline import Tools, prepare
from catalog.reconcile import reconcile
from catalog.record import Made, Record
from catalog.site import Site
from harvesters.base import Connector, Gathered, Maker, Page, SourceSpec
from harvesters.completing import complete, hash_answer, hash_mark
from harvesters.connectors import connect
from harvesters.describing import IDENTIFIER_LENGTH

FETCHERS = 8  # records of one chunk that are fetched and checked side by side


class Harvest:
    """The steps of a run on one site. Each may be repeated: what it has done it finds done."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._connectors: dict[str, Connector] = {}

    def begin(self, session: Session, run_id: str) -> None:
        """The run is under way; its source has been registered since its first run at the latest."""
        run = session.get_one(Run, run_id)
        now = self._site.clock.now()
        run.status, run.stage, run.started_at, run.heartbeat_at = "running", "gather", run.started_at or now, now
        evidence.record_source(session, run.source_id, now)

    def read_page(self, run_id: str, number: int, cursor: str | None) -> dict:
        """Read one page of the listing and stage it; a source that cannot be read ends the listing with an issue."""
        site = self._site
        with site.reading() as session:
            run = session.get_one(Run, run_id)
            source = session.get_one(Source, run.source_id)
        if run.cancel_requested:
            return {"first": 1, "last": 0, "cursor": None}
        try:
            page = self._connector(run_id, source).page(cursor)
            trouble, said = None, page.shortfall
        except Trouble as error:
            page, trouble, said = Page(items=()), error.issue, error.issue
        listed = [_listed(item, source) for item in page.items if len(item.identifier) <= IDENTIFIER_LENGTH]
        endless = [_endless(item) for item in page.items if len(item.identifier) > IDENTIFIER_LENGTH]
        with site.writing() as session:
            run, source = session.get_one(Run, run_id), session.get_one(Source, run.source_id)
            intake = Intake(site=site, session=session, source=source, run=run)
            if said is not None:
                keep_issues(intake, {SOURCE: [said]}, {})
            kept = stage_page(intake, number, listed, [*page.issues, *endless], page.cursor)
            run.expected = page.total if page.total is not None else run.expected
            run.stage, run.heartbeat_at = "fetch", intake.now
            run.gathered_all = trouble is None and kept.next_cursor is None
            return {"first": kept.first_seq, "last": kept.last_seq, "cursor": kept.next_cursor}

    def prepare(self, run_id: str, first: int, last: int) -> list[Record]:
        """Every step of the pipeline but the last, for staged records `first` to `last`; nothing for what is finished."""
        site = self._site
        with site.reading() as session:
            run = session.get_one(Run, run_id)
            source = session.get_one(Source, run.source_id)
            staged = list(session.scalars(select(Staged).where(Staged.run_id == run_id, Staged.seq.between(first, last)).order_by(Staged.seq)))
            if run.cancel_requested or not staged:
                return []
            known = dict(session.execute(select(Known.identifier, Known.raw_hash).where(
                Known.source_id == source.id, Known.identifier.in_([s.identifier for s in staged]))).all())
            held = held_files(session, source.id, [s.identifier for s in staged])
        connector = self._connector(run_id, source)
        describe, cancelled = describe_with(connector), self._cancelled(run_id)

        def one(record: Record) -> Record:
            tools = Tools(
                net=site.net, files=site.files, describe=describe, make=maker(connector),
                before=held.get(record.identifier, {}),
                known=known.get(record.identifier) == record.raw_hash and not run.forced, forced=run.forced,
                copy=source.options.get("copy", "tables") != "none", cancelled=cancelled,
            )
            return prepare(record, tools)

        with ThreadPoolExecutor(FETCHERS, thread_name_prefix="fetch") as pool:
            return list(pool.map(one, complete(connector, staged, source)))

    def places(self, run_id: str, first: int, last: int) -> dict[int, str]:
        """The identifiers of the records `first` to `last` that are not finished, by their places."""
        with self._site.reading() as session:
            return dict(session.execute(
                select(Staged.seq, Staged.identifier).where(Staged.run_id == run_id, Staged.seq.between(first, last))).all())

    def take_in(self, session: Session, run_id: str, records: Sequence[Record]) -> dict[str, int]:
        """Publish a chunk of prepared records; nothing of a run that was called off in the meantime."""
        run = session.get_one(Run, run_id)
        if run.cancel_requested or not records:
            return {}
        return take_in(Intake(site=self._site, session=session, source=session.get_one(Source, run.source_id), run=run), records)

    def give_up(self, session: Session, run_id: str, record: Record | None, reference: str) -> None:
        """Finish a record at which we ourselves failed; None is one that is finished."""
        if record is None:
            return
        run = session.get_one(Run, run_id)
        give_up(Intake(site=self._site, session=session, source=session.get_one(Source, run.source_id), run=run), record, reference)

    def finish(self, session: Session, run_id: str, fault: str | None) -> str:
        """Reconcile, close the run, record the evidence; returns the run's last status.

        `fault` is the reference of a fault of ours that ended the run early.
        """
        run = session.get_one(Run, run_id)
        intake = Intake(site=self._site, session=session, source=session.get_one(Source, run.source_id), run=run)
        session.execute(delete(Staged).where(Staged.run_id == run_id))
        if run.cancel_requested:
            run.status = "cancelled"
        elif fault is not None:
            keep_issues(intake, {SOURCE: [Issue("run-fault", facts={"reference": fault})]}, {})
            run.status = "failed"
        elif not run.gathered_all:
            run.status = "failed"
        else:
            keep_issues(intake, {SOURCE: reconcile(intake)}, {})
            close_lost_places(intake)
            found = session.scalar(select(func.count()).select_from(IssueRow).where(
                IssueRow.run_id == run_id, IssueRow.severity != "info"))
            run.status = "succeeded-with-issues" if found else "succeeded"
        run.stage, run.finished_at = "", intake.now
        session.flush()
        evidence.record_source(session, run.source_id, intake.now)
        self._connectors.pop(run_id, None)
        return run.status

    def abandon(self, session: Session, run_id: str) -> None:
        """End a run that could not even be finished; what it has published stays."""
        run = session.get_one(Run, run_id)
        run.status, run.stage, run.finished_at = "failed", "", self._site.clock.now()

    def _connector(self, run_id: str, source: Source) -> Connector:
        """The connector of this run; it may keep what it has downloaded until the run ends."""
        if run_id not in self._connectors:
            spec = SourceSpec(name=source.name, url=source.url, options=source.options)
            try:
                self._connectors[run_id] = connect(source.connector, spec, self._site.net)
            except UsageError as error:
                raise Trouble(Issue("source-misconfigured", facts={"vi": error.vi, "en": error.en})) from error
        return self._connectors[run_id]

    def _cancelled(self, run_id: str) -> Callable[[], bool]:
        """Asks the store whether the run has been called off, at most once a second."""
        asked, answer = 0.0, False

        def cancelled() -> bool:
            nonlocal asked, answer
            if not answer and time.monotonic() - asked > 1:
                with self._site.reading() as session:
                    answer = bool(session.scalar(select(Run.cancel_requested).where(Run.id == run_id)))
                asked = time.monotonic()
            return answer

        return cancelled


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

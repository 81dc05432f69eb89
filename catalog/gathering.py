"""What a page of a source's listing leaves behind: records to work on, and records that need no work.

A record whose answer has the hash it had last time, and whose files need no new look, is finished here at the
cost of a few rows written in bulk. So is one of a light listing whose mark is the one it had: it is never asked for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson
from sqlalchemy import Row, and_, exists, func, insert, or_, select, union_all, update
from sqlalchemy.orm import Session

from catalog.intake import SOURCE, Intake, keep_issues
from catalog.issues import Issue, Place
from catalog.models import FileCheck, Known, Resource, RunPage, RunRecord, Staged, Version
from catalog.record import Outcome
from catalog.slices import slices

TRY_AGAIN = timedelta(hours=1)  # a file that could not be had is left alone for so long


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One record as listed: its identifier, the source's answer, and a hash of that answer and the source's options.

    In a light listing `raw` is None, and `mark` is a hash of the source's mark, of where it was listed and of the options.
    """

    identifier: str
    raw: Mapping[str, Any] | None
    raw_hash: str = ""
    mark: str | None = None

    def is_as(self, known: Row[Any]) -> bool:
        """Whether the source says of the record what it said when it was last taken in."""
        if self.raw is None:
            return self.mark is not None and self.mark == known.mark
        return self.raw_hash == known.raw_hash


def hash_raw(raw: Mapping[str, Any]) -> str:
    """The SHA-256 of a JSON value (64 hex digits): equal for equal content, whatever the order of its keys."""
    return hashlib.sha256(orjson.dumps(raw, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)).hexdigest()


def stage_page(intake: Intake, number: int, listed: Sequence[Listed], issues: Sequence[Issue], cursor: str | None) -> RunPage:
    """Keep page `number` of a run: stage what changed, finish what did not, note what cannot even be identified.

    Done twice for the same page it leaves nothing twice and returns the same page.
    """
    session, run = intake.session, intake.run
    if (page := session.get(RunPage, (run.id, number))) is not None:
        return page
    listed, duplicates = _without_duplicates(session, run.id, listed)
    if duplicates and not listed and number > 0:
        _say_page_came_before(intake)
    known = _known(session, intake.source.id, [item.identifier for item in listed])
    watched = _with_files(intake, [k.dataset_id for k in known.values() if k.dataset_id])
    changed, unchanged = [], []
    for item in listed:
        before = known.get(item.identifier)
        done = (before is not None and item.is_as(before) and before.missing_since is None
                and before.dataset_id not in watched and not run.forced)
        (unchanged if done else changed).append(item)
    first = (session.scalar(select(func.max(RunPage.last_seq)).where(RunPage.run_id == run.id)) or 0) + 1
    _remember(intake, listed, known)
    if changed:
        session.execute(insert(Staged.__table__), [
            {"run_id": run.id, "seq": first + n, "identifier": item.identifier, "raw_hash": item.raw_hash,
             "raw": None if item.raw is None else dict(item.raw)} for n, item in enumerate(changed)])
    _record(intake, Outcome.UNCHANGED, [
        (item.identifier, known[item.identifier].dataset_id, "mark" if item.raw is None else "listing") for item in unchanged])
    _skip(intake, number, [*issues, *duplicates])
    page = RunPage(run_id=run.id, number=number, next_cursor=cursor, first_seq=first, last_seq=first + len(changed) - 1)
    session.add(page)
    return page


def _record(intake: Intake, outcome: Outcome, records: Sequence[tuple[str, str | None, str | None]]) -> None:
    if records:
        intake.session.execute(insert(RunRecord.__table__), [
            {"run_id": intake.run.id, "identifier": identifier, "outcome": outcome.value, "dataset_id": dataset_id, "decided": decided, "at": intake.now}
            for identifier, dataset_id, decided in records])


def _skip(intake: Intake, number: int, issues: Sequence[Issue]) -> None:
    """A record without an identity of its own still stands in the list of the run, under its place in the listing."""
    names = [f"#{number}.{n} {issue.facts.get('identifier', '')}".strip() for n, issue in enumerate(issues, start=1)]
    _record(intake, Outcome.SKIPPED, [(name, None, None) for name in names])
    if issues:
        keep_issues(intake, {name: [issue] for name, issue in zip(names, issues, strict=True)}, {})


def _without_duplicates(session: Session, run_id: str, listed: Sequence[Listed]) -> tuple[list[Listed], list[Issue]]:
    """The records not yet seen in this run, and an issue for each identifier that came again."""
    seen: set[str] = set()
    identifiers = [item.identifier for item in listed]
    for part in slices(identifiers):
        seen.update(session.scalars(union_all(*(
            select(table.identifier).where(table.run_id == run_id, table.identifier.in_(part)) for table in (Staged, RunRecord)))))
    fresh, issues = [], []
    for item in listed:
        if item.identifier in seen:
            issues.append(Issue("duplicate-identifier", Place(), {"identifier": item.identifier}))
        else:
            seen.add(item.identifier)
            fresh.append(item)
    return fresh, issues


def _say_page_came_before(intake: Intake) -> None:
    """A page of nothing but records of earlier pages stands in the place of another, which never comes."""
    found = intake.session.scalar(select(func.count()).select_from(Known).where(
        Known.source_id == intake.source.id, Known.last_run_id == intake.run.id)) or 0
    keep_issues(intake, {SOURCE: [Issue("listing-incomplete", Place(url=intake.source.url), {"found": found, "total": intake.run.expected or f"> {found}"})]}, {})


def _known(session: Session, source_id: str, identifiers: Sequence[str]) -> dict[str, Row[Any]]:
    return {known.identifier: known for part in slices(identifiers) for known in session.execute(
        select(Known.identifier, Known.raw_hash, Known.mark, Known.dataset_id, Known.missing_since)
        .where(Known.source_id == source_id, Known.identifier.in_(part)))}


def _with_files(intake: Intake, dataset_ids: Sequence[str]) -> set[str]:
    """The datasets whose files are asked for again even when the listing is the same.

    These are the files that could be fetched last time and are due again, for what never changes is asked for seldom
    (see catalog/rechecking.py), and those that could not be fetched but have not been tried for an hour.
    """
    found: set[str] = set()
    fetched = exists().where(Version.resource_id == Resource.id)  # a link that was only checked is not fetched
    due = or_(and_(Resource.reachable.is_(True), fetched, or_(FileCheck.due_at.is_(None), FileCheck.due_at <= intake.now)),
              and_(Resource.reachable.is_(False), Resource.checked_at < intake.now - TRY_AGAIN))
    for part in slices(dataset_ids):
        found.update(intake.session.scalars(select(Resource.dataset_id).outerjoin(FileCheck, FileCheck.resource_id == Resource.id).where(
            Resource.dataset_id.in_(part), Resource.state != "deleted", due).distinct()))
    return found


def _remember(intake: Intake, listed: Sequence[Listed], known: Mapping[str, Row[Any]]) -> None:
    """Note that these identifiers stood in this run's listing; a new one has no hash until it is finished."""
    session, source_id, run_id = intake.session, intake.source.id, intake.run.id
    for part in slices([item.identifier for item in listed if item.identifier in known]):
        session.execute(update(Known).where(Known.source_id == source_id, Known.identifier.in_(part)).values(
            last_run_id=run_id, missing_since=None, kept_by=None), execution_options={"synchronize_session": False})
    new = [{"source_id": source_id, "identifier": item.identifier, "raw_hash": "", "first_seen": intake.now, "last_run_id": run_id}
           for item in listed if item.identifier not in known]
    if new:
        session.execute(insert(Known.__table__), new)

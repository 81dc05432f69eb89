"""What a full run of a source would do, told from its listing alone: nothing is fetched, nothing is saved."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.archiving import grace_of
from catalog.characters import keepable
from catalog.errors import Trouble
from catalog.gathering import Listed
from catalog.issues import Issue
from catalog.models import Dataset, Known, Source
from catalog.reconcile import guard
from catalog.site import Site
from harvesters.base import Connector, Gathered, Page
from harvesters.completing import hash_answer, hash_mark
from harvesters.describing import IDENTIFIER_LENGTH

MOST, LONGEST = 100_000, 120.0  # records listed and seconds spent at most; what lies beyond is said to be unknown
COUNTS = ("listed", "created", "updated", "unchanged", "skipped", "missing", "archived")


@dataclass(slots=True)
class Seen:
    """The listing as far as it was read: the identifiers met, counts, and why it is not whole."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTS, 0))
    identifiers: set[str] = field(default_factory=set)
    issues: list[Issue] = field(default_factory=list)
    doubts: int = 0  # records that cannot be told apart
    cut: str | None = None  # records, seconds, trouble


def forecast(site: Site, connector: Connector, first: Page, source: Source) -> dict[str, Any]:
    """What would be created, updated, left and archived, and whether the guard would stop and ask; JSON.

    `first` is the listing's first page, `source` a saved source or one that was never added. A record counts as unchanged when
    its entry in the listing is; whether its file changed is known only by asking for the file. `whole` is False where the
    listing was not read to its end, and then nothing is said of what would be archived.
    """
    with site.reading() as session:
        known = _known(session, source)
    seen = _read(connector, first, source, known)
    with site.reading() as session:
        stop = _gone(site, session, source, known, seen) if seen.cut is None else None
    return {**seen.counts, "whole": seen.cut is None, "cut": seen.cut, "issues": [issue.to_dict() for issue in seen.issues],
            "stop": stop.to_dict() if stop else None, "grace_days": grace_of(site, source).days}


def _known(session: Session, source: Source) -> dict[str, Known]:
    if source.id is None:
        return {}
    return {row.identifier: row for row in session.scalars(select(Known).where(Known.source_id == source.id))}


def _read(connector: Connector, first: Page, source: Source, known: Mapping[str, Known]) -> Seen:
    """Page through the listing within the limits of records and time."""
    seen, page, deadline = Seen(), first, time.monotonic() + LONGEST
    while True:
        _take(page, source, known, seen)
        if page.cursor is None or seen.cut is not None:
            return seen
        if seen.counts["listed"] >= MOST or time.monotonic() > deadline:
            seen.cut = "records" if seen.counts["listed"] >= MOST else "seconds"
            return seen
        try:
            page = connector.page(page.cursor)
        except Trouble as trouble:
            seen.issues.append(trouble.issue)
            seen.cut = "trouble"
            return seen


def _take(page: Page, source: Source, known: Mapping[str, Known], seen: Seen) -> None:
    """Count one page: each record by what a run would make of it."""
    for item in page.items:
        identifier = keepable(item.identifier)
        if len(identifier) > IDENTIFIER_LENGTH or identifier in seen.identifiers:
            seen.counts["skipped"] += 1
            seen.doubts += identifier not in seen.identifiers
            continue
        seen.identifiers.add(identifier)
        seen.counts["listed"] += 1
        seen.counts[_outcome(item, source, known.get(identifier))] += 1
    seen.counts["skipped"] += len(page.issues)
    seen.doubts += len(page.issues)
    if page.issues or page.shortfall is not None:
        seen.issues += [issue for issue in (page.shortfall, *page.issues[:5]) if issue is not None]
        seen.cut = "trouble" if page.shortfall is not None else seen.cut


def _outcome(item: Gathered, source: Source, before: Known | None) -> str:
    if before is None or before.dataset_id is None:
        return "created"
    listed = Listed(identifier=item.identifier, raw=item.raw, raw_hash=hash_answer(item, source), mark=hash_mark(item, source))
    return "unchanged" if listed.is_as(before) and before.missing_since is None else "updated"


def _gone(site: Site, session: Session, source: Source, known: Mapping[str, Known], seen: Seen) -> Issue | None:
    """Count what the listing lacks as `catalog.reconcile` would, and say why it would stop and ask."""
    gone = [row for row in known.values() if row.identifier not in seen.identifiers and row.dataset_id is not None]
    newly = [row for row in gone if row.missing_since is None]
    stop = guard(site.settings, source, seen.counts["listed"], newly, whole=not seen.doubts)
    seen.counts["missing"] = len(newly)
    if stop is None:
        now = site.clock.now()
        due = {row.dataset_id for row in gone if row.missing_since is not None and now - row.missing_since >= grace_of(site, source)}
        seen.counts["archived"] = len(due.intersection(_alive(session, source))) if due else 0
    return stop if isinstance(stop, Issue) else None


def _alive(session: Session, source: Source) -> set[str]:
    return set(session.scalars(select(Dataset.id).where(Dataset.source_id == source.id, Dataset.state != "deleted")))

"""What the checks of links leave behind: the row of each link, when it is due again, the issue, the evidence.

A link is called broken only after two checks that failed a day apart; one success ends it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from catalog import evidence
from catalog.characters import keepable
from catalog.clock import day_of
from catalog.intake import OF_LINKS
from catalog.issues import Issue, Place
from catalog.links.probing import Verdict
from catalog.models import Dataset, IssueRow, LinkCheck, Resource, Run
from catalog.runs import Paged, paged

GOOD, BAD = ("ok", "moved"), ("broken", "soft-404")
LADDER = (timedelta(hours=12), timedelta(hours=24), timedelta(days=7), timedelta(days=30))  # while nothing changes
MONTHLY = LADDER[-1]
SOON, DAILY, WEEKLY = timedelta(hours=6), timedelta(hours=24), timedelta(days=7)
NOT_ASKED = timedelta(hours=1)  # the host is left alone just now
CERTAIN = timedelta(hours=24)  # the first failure must be at least so old
LONGEST_PAUSE = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One link in a list, with the name of its dataset."""

    link: LinkCheck
    dataset: str
    title: str


def enrol(session: Session, dataset_ids: Iterable[str], now: datetime, own: str) -> None:
    """Bring the links that are watched to what these datasets have: of living ones, addresses of the web that are not `own`.

    A new link is due at once, that of a file of which we hold a copy in a month; one that is the same stays as it was.
    """
    ids = list(dict.fromkeys(dataset_ids))
    living = select(Dataset.id).where(Dataset.id.in_(ids), Dataset.state == "active", ~Dataset.private)
    wanted = {row.id: row for row in session.execute(
        select(Resource.id, Resource.dataset_id, Resource.url, Resource.version_id).where(Resource.dataset_id.in_(living), Resource.state == "active"))
        if row.url.lower().startswith(("http://", "https://")) and not (own and row.url.startswith(own))}
    watched = {link.resource_id: link for link in session.scalars(select(LinkCheck).where(LinkCheck.dataset_id.in_(ids)))}
    over = [resource_id for resource_id in watched if resource_id not in wanted]
    for resource_id in over:
        _end_issue(session, watched[resource_id], now)
    if over:
        session.execute(delete(LinkCheck).where(LinkCheck.resource_id.in_(over)))
    corrected: list[LinkCheck] = []
    for resource_id, row in wanted.items():
        link, held = watched.get(resource_id), row.version_id is not None
        if link is not None and link.url == row.url:
            link.held = held
            continue
        if link is not None:
            _end_issue(session, link, now)
            session.execute(delete(LinkCheck).where(LinkCheck.resource_id == resource_id))
            session.expunge(link)
        fresh = LinkCheck(resource_id=resource_id, dataset_id=row.dataset_id, url=row.url, held=held, status="unchecked",
                          due_at=now + MONTHLY if held else now, failures=0, steps=0)
        session.add(fresh)
        corrected += [fresh] if link is not None and not held else []
    session.flush()
    _forget_former(session, corrected, now)


def _forget_former(session: Session, corrected: Sequence[LinkCheck], now: datetime) -> None:
    """What was found of the former addresses says nothing of these; what the harvest says of them stands."""
    for link in corrected:
        resource = session.get_one(Resource, link.resource_id)
        if resource.reachable is False and not _harvest_says(session, link):
            resource.reachable, resource.checked_at = None, None
    session.flush()
    evidence.record_datasets(session, [link.dataset_id for link in corrected], now)


def note(session: Session, link: LinkCheck, verdict: Verdict, now: datetime) -> bool:
    """Write down how a check went; True when what holds of the dataset may have changed by it."""
    was_certain, same = is_certain(link), link.status in GOOD and verdict.status in GOOD
    link.checked_at, link.http_status, link.method = now, verdict.http_status, verdict.method
    link.status, link.code, link.leads_to = verdict.status, verdict.reason, keepable(verdict.leads_to)
    if verdict.method == "GET":
        link.seen, link.read_at = verdict.seen, now
    if verdict.status in GOOD:
        link.steps = min(link.steps + 1, len(LADDER) - 1) if same else 0
        link.last_success, link.first_failure, link.failures = now, None, 0
    elif verdict.status in BAD:
        link.steps, link.failures, link.first_failure = 0, link.failures + 1, link.first_failure or now
    link.due_at = _due(link, verdict, now)
    if verdict.status in GOOD:
        return _mended(session, link, now, was_certain)
    return verdict.status in BAD and is_certain(link) and _failed(session, link, verdict, now)


def is_certain(link: LinkCheck) -> bool:
    """Whether a link has failed often and long enough to be called broken."""
    return link.failures >= 2 and link.first_failure is not None and link.checked_at is not None and link.checked_at - link.first_failure >= CERTAIN


def _due(link: LinkCheck, verdict: Verdict, now: datetime) -> datetime:
    """When to look again: later and later while all is well, sooner after a failure, not before the server wants to be asked."""
    if verdict.status in GOOD:
        return now + (MONTHLY if link.held else LADDER[link.steps])
    if verdict.status not in BAD:
        pause = min(timedelta(seconds=verdict.pause or 0), LONGEST_PAUSE)
        return now + max(pause, NOT_ASKED if verdict.http_status is None else SOON)
    if link.failures == 1:
        return now + SOON
    first = link.first_failure or now
    if not is_certain(link):
        return max(first + CERTAIN, now + timedelta(minutes=1))
    return now + (DAILY if now - first < timedelta(days=14) else WEEKLY)


def _failed(session: Session, link: LinkCheck, verdict: Verdict, now: datetime) -> bool:
    """The link is broken: the file counts as not reachable, and the agency is told, unless the harvest has told it."""
    resource, dataset = session.get_one(Resource, link.resource_id), session.get_one(Dataset, link.dataset_id)
    changed = resource.reachable is not False
    resource.reachable, resource.checked_at = False, now
    if not _harvest_says(session, link):
        changed |= _say(session, link, dataset, verdict, now)
    session.flush()
    return changed


def _mended(session: Session, link: LinkCheck, now: datetime, was_certain: bool) -> bool:
    """The link leads where it should. What the harvest could not fetch stays so until the harvest can."""
    resource = session.get_one(Resource, link.resource_id)
    ended = _end_issue(session, link, now)
    fresh = resource.reachable is None and not link.held
    if not (fresh or (resource.reachable is False and was_certain)) or _harvest_says(session, link):
        return ended
    resource.reachable, resource.checked_at = True, now
    session.flush()
    return True


def _harvest_says(session: Session, link: LinkCheck) -> bool:
    """Whether the harvest has an open word on this very file."""
    rows = session.execute(select(IssueRow.place).where(
        IssueRow.dataset_id == link.dataset_id, IssueRow.closed_at.is_(None), IssueRow.stage == "fetch", IssueRow.code.not_in(OF_LINKS)))
    return any(place.get("url") == link.url for (place,) in rows)


def _say(session: Session, link: LinkCheck, dataset: Dataset, verdict: Verdict, now: datetime) -> bool:
    """Keep the issue of a link that is broken; one that is open is brought up to date. True when it is a new one."""
    first = link.first_failure or now
    facts = {"since": f"{day_of(first):%d/%m/%Y}", "count": link.failures, "why_vi": verdict.why[0], "why_en": verdict.why[1],
             "last_success": link.last_success and f"{day_of(link.last_success):%d/%m/%Y}"}
    issue = Issue(f"link-{verdict.status}", Place(url=link.url), facts)
    rows = _open_issues(session, link)
    for row in rows:
        if row.code == issue.code:
            row.facts, row.last_seen = facts, now
            return False
        row.closed_at = now  # it is broken in another way now
    run_id = session.scalar(select(Run.id).where(Run.source_id == dataset.source_id, Run.finished_at.is_not(None))
                            .order_by(Run.finished_at.desc(), Run.queued_at.desc()).limit(1))
    if run_id is None:
        return False  # it came from no harvest that is over; the list of links tells of it
    fingerprint = issue.fingerprint(f"{dataset.identifier}#{link.resource_id}")
    values: dict[str, Any] = {"facts": facts, "first_seen": first, "last_seen": now, "closed_at": None}
    row = session.scalar(select(IssueRow).where(IssueRow.run_id == run_id, IssueRow.fingerprint == fingerprint))
    if row is None:
        row = IssueRow(run_id=run_id, fingerprint=fingerprint, source_id=dataset.source_id, identifier=dataset.identifier, dataset_id=dataset.id,
                       code=issue.code, stage=str(issue.stage), severity=str(issue.severity), who=str(issue.who), place=issue.place.to_dict())
        session.add(row)
    for column, value in values.items():
        setattr(row, column, value)
    return True


def _open_issues(session: Session, link: LinkCheck) -> list[IssueRow]:
    rows = session.scalars(select(IssueRow).where(
        IssueRow.dataset_id == link.dataset_id, IssueRow.closed_at.is_(None), IssueRow.code.in_(OF_LINKS)))
    return [row for row in rows if row.place.get("url") == link.url]


def _end_issue(session: Session, link: LinkCheck, now: datetime) -> bool:
    rows = _open_issues(session, link)
    for row in rows:
        row.closed_at = now
    return bool(rows)


def listing(session: Session, *, broken: bool = False, dataset_id: str | None = None, page: int = 1) -> Paged[Listed]:
    """Links, the longest broken first; all, or those of one dataset."""
    query = select(LinkCheck)
    if broken:
        query = query.where(LinkCheck.status.in_(BAD))
    if dataset_id is not None:
        query = query.where(LinkCheck.dataset_id == dataset_id)
    found = paged(session, query.order_by(LinkCheck.first_failure.is_(None), LinkCheck.first_failure, LinkCheck.resource_id), page)
    names = {row.id: row for row in session.execute(select(Dataset.id, Dataset.name, Dataset.title).where(
        Dataset.id.in_({link.dataset_id for link in found.items})))}
    items = [Listed(link=link, dataset=names[link.dataset_id].name, title=names[link.dataset_id].title) for link in found.items
             if link.dataset_id in names]
    return Paged(items=items, total=found.total, page=found.page, size=found.size)

"""Which links are due, and checking them: some at a time, host by host, within a time, by any number of workers at once."""

from __future__ import annotations

import logging
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import Select, exists, func, select, update
from sqlalchemy.orm import Session

from catalog import evidence
from catalog.links.keeping import BAD, MONTHLY, enrol, note
from catalog.links.probing import Verdict, probe
from catalog.models import Change, Dataset, LinkCheck, Resource, SiteFact
from catalog.site import Site, remember

log = logging.getLogger(__name__)
SEEN = "links_seen"  # the fact of the site: up to which change the links are enrolled
CHANGES = 500  # datasets enrolled at a time
LEASE = timedelta(minutes=30)  # what one worker has taken is nobody else's for so long
HOSTS = 8  # hosts that are asked side by side; of one host, one link after the other
AGAIN = timedelta(minutes=1)  # a link just checked is not checked again on request
HASTENED = 50  # links that go before all others at one request; what a worker looks at in one tick


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a round of checks did: how many links had each status, and whether more are due."""

    statuses: Mapping[str, int] = field(default_factory=dict)
    more: bool = False

    @property
    def count(self) -> int:
        return sum(self.statuses.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ask:
    """One link as it is asked for, outside of any transaction."""

    resource_id: str
    url: str
    format: str
    trusted: str


def check_due_links(site: Site, limit: int = 50, *, seconds: float = 40.0) -> Checked:
    """Check at most `limit` links that are due, the longest due first; begins none after `seconds` and then returns.

    For a tick every minute. Where nothing has changed and nothing is due it costs one question. No link that fails is an error.
    """
    if not _anything(site):
        return Checked()
    with site.writing() as session:
        _follow_changes(session, site)
    with site.writing() as session:
        asks = _claim(session, site, limit)
    statuses = _check(site, asks, seconds)
    return Checked(statuses=statuses, more=_anything(site))


def check_again(site: Site, dataset_id: str, *, limit: int = 50) -> Checked:
    """Check the links of one dataset now, but for those checked within the last minute; takes as long as their servers do."""
    with site.writing() as session:
        now = site.clock.now()
        enrol(session, [dataset_id], now, site.settings.site_url)
        rows = session.scalars(select(LinkCheck).where(
            LinkCheck.dataset_id == dataset_id, LinkCheck.checked_at.is_(None) | (LinkCheck.checked_at <= now - AGAIN))
            .order_by(LinkCheck.checked_at, LinkCheck.resource_id).limit(limit).with_for_update(skip_locked=True)).all()
        asks = _asks(session, rows, site)
    return Checked(statuses=_check(site, asks, 300.0))


def hasten(session: Session, source_id: str, now: datetime) -> int:
    """Let a source's links that failed go first at the next tick of a worker, but for those checked within the last minute; how many."""
    links = session.scalars(select(LinkCheck).where(
        LinkCheck.dataset_id.in_(_of_source(source_id)), LinkCheck.status.in_(BAD), LinkCheck.checked_at <= now - AGAIN)
        .order_by(LinkCheck.checked_at, LinkCheck.resource_id).limit(HASTENED).with_for_update(skip_locked=True)).all()
    for link in links:
        link.due_at = now - MONTHLY
    return len(links)


def waiting(session: Session, source_id: str, now: datetime) -> int:
    """How many of a source's links that failed wait for their check."""
    return session.scalar(select(func.count()).select_from(LinkCheck).where(
        LinkCheck.dataset_id.in_(_of_source(source_id)), LinkCheck.status.in_(BAD), LinkCheck.due_at <= now)) or 0


def _of_source(source_id: str) -> Select[tuple[str]]:
    return select(Dataset.id).where(Dataset.source_id == source_id)


def _anything(site: Site) -> bool:
    """Whether datasets have changed since the links were last enrolled, or a link is due; one question."""
    with site.reading() as session:
        row = session.execute(select(
            select(func.max(Change.seq)).scalar_subquery().label("last"), exists().where(LinkCheck.due_at <= site.clock.now()).label("due"),
            select(SiteFact.value).where(SiteFact.key == SEEN).scalar_subquery().label("seen"))).one()
    return bool(row.due) or (row.last or 0) > (row.seen or 0)


def _follow_changes(session: Session, site: Site) -> None:
    """Enrol the links of what changed, from the same log that the search follows."""
    fact = session.get(SiteFact, SEEN, with_for_update=True)
    seen = int(fact.value) if fact is not None else 0
    rows = session.execute(select(Change.seq, Change.dataset_id).where(Change.seq > seen).order_by(Change.seq).limit(CHANGES)).all()
    if rows:
        enrol(session, [row.dataset_id for row in rows], site.clock.now(), site.settings.site_url)
        remember(session, SEEN, rows[-1].seq)


def _claim(session: Session, site: Site, limit: int) -> list[_Ask]:
    """Take links that are due for this worker; another one passes over them."""
    now = site.clock.now()
    rows = session.scalars(select(LinkCheck).where(LinkCheck.due_at <= now).order_by(LinkCheck.due_at, LinkCheck.resource_id)
                           .limit(limit).with_for_update(skip_locked=True)).all()
    asks = _asks(session, rows, site)
    for row in rows:
        row.due_at = now + LEASE
    return asks


def _asks(session: Session, rows: Sequence[LinkCheck], site: Site) -> list[_Ask]:
    """What is asked of each link. Of a copy that is ours the source's address may be that of an interface, so any format may come."""
    formats = dict(session.execute(select(Resource.id, Resource.format).where(Resource.id.in_([row.resource_id for row in rows]))).all())
    old = site.clock.now() - MONTHLY
    return [_Ask(resource_id=row.resource_id, url=row.url, format="HTML" if row.held else formats.get(row.resource_id, ""),
                 trusted=row.seen if row.read_at is not None and row.read_at > old else "") for row in rows]


def _check(site: Site, asks: Sequence[_Ask], seconds: float) -> dict[str, int]:
    """Ask, then write down all answers in one transaction; what there was no time for is due again at once."""
    if not asks:
        return {}
    by_host: dict[str, list[_Ask]] = defaultdict(list)
    for ask in asks:
        by_host[_host(ask.url)].append(ask)
    ends, verdicts = time.monotonic() + seconds, {}

    def ask_host(of_host: Sequence[_Ask]) -> list[tuple[str, Verdict]]:
        return [(ask.resource_id, probe(site.net, ask.url, format=ask.format, trusted=ask.trusted))
                for ask in of_host if time.monotonic() < ends]

    with ThreadPoolExecutor(HOSTS, thread_name_prefix="links") as pool:
        for answers in pool.map(ask_host, by_host.values()):
            verdicts |= dict(answers)
    with site.writing() as session:
        return _write(session, site, asks, verdicts)


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""


def _write(session: Session, site: Site, asks: Sequence[_Ask], verdicts: Mapping[str, Verdict]) -> dict[str, int]:
    now = site.clock.now()
    late = [ask.resource_id for ask in asks if ask.resource_id not in verdicts]
    session.execute(update(LinkCheck).where(LinkCheck.resource_id.in_(late)).values(due_at=now))
    links = {link.resource_id: link for link in session.scalars(
        select(LinkCheck).where(LinkCheck.resource_id.in_(list(verdicts))).order_by(LinkCheck.resource_id).with_for_update())}
    urls = {ask.resource_id: ask.url for ask in asks}
    done = {resource_id: verdict for resource_id, verdict in verdicts.items()
            if resource_id in links and links[resource_id].url == urls[resource_id]}  # it may have got another address meanwhile
    changed = {resource_id: _noted(session, links[resource_id], verdict, now) for resource_id, verdict in done.items()}
    evidence.record_datasets(session, [links[resource_id].dataset_id for resource_id, has in changed.items() if has], now)
    return dict(Counter(done[resource_id].status for resource_id, has in changed.items() if has is not None))


def _noted(session: Session, link: LinkCheck, verdict: Verdict, now: datetime) -> bool | None:
    """What `note` says; None where it broke, which costs the other links nothing: this one is due when its lease is over."""
    resource_id = link.resource_id
    try:
        with session.begin_nested():
            return note(session, link, verdict, now)
    except Exception:  # noqa: BLE001 - whatever broke in one, the verdicts on the others are kept
        log.exception("the check of the link of resource %s cannot be written down", resource_id)
        return None

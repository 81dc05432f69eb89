"""Writes notices: what is new, what is over, who is to be told. Everything inside the caller's transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from catalog.clock import day_and_hour
from catalog.issues import Issue
from catalog.models import Agency, Evidence, Notice, NoticeDelivery
from catalog.notices.audience import Audience, Receiver, audience
from catalog.notices.kinds import KINDS
from catalog.notices.standing import Happening
from catalog.settings import Settings

REST = timedelta(minutes=5)  # after the second mail of a day; grows with the square of their number
DAY = timedelta(days=1)
CHUNK = 200  # keys in one question
Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """Where notices are written: a session, the moment, the settings."""

    session: Session
    now: datetime
    settings: Settings


def keep(ledger: Ledger, standing: Sequence[Happening], events: Sequence[Happening]) -> list[Notice]:
    """Bring the notices to what holds now; returns those that are new.

    `standing` is everything that holds at this moment: what is open and no longer among it is over. `events` happened once.
    """
    session, now = ledger.session, ledger.now
    open_notices = {_key(row): row for row in session.scalars(select(Notice).where(Notice.ended.is_(None)))}
    standing = _same_episodes(standing, open_notices.values())
    standing = [*standing, *_escalations(ledger, standing, open_notices)]
    held = {_key(each): each for each in standing}
    over = [row for key, row in open_notices.items() if key not in held]
    for row in over:
        row.ended = now
    fresh = {key: each for key, each in held.items() if key not in open_notices and not each.quiet}
    events = [*events, *_recoveries(ledger, over)]
    once = {_key(each): each for each in events}
    known = _known(session, [*fresh, *once])
    for key in known.keys() & fresh.keys():
        known[key].ended = None  # the same trouble came back: it stands again, and was told already
    standing_anew = [_notice(each, now) for key, each in fresh.items() if key not in known]
    new = [*standing_anew, *(_notice(each, now, ended=now) for key, each in once.items() if key not in known)]
    untold = [row for key, row in open_notices.items() if row.untold and key in held and ledger.settings.mail_url]
    if new or untold:
        _tell(ledger, new, untold)
    return new


def _key(each: Happening | Notice) -> Key:
    return each.subject, each.kind, each.episode


def _same_episodes(standing: Sequence[Happening], open_notices: Iterable[Notice]) -> list[Happening]:
    """Where one episode lasts whatever its cause, the open notice's episode goes on."""
    going_on = {(row.subject, row.kind): row.episode for row in open_notices if row.kind in KINDS and KINDS[row.kind].lasts}
    return [replace(each, episode=going_on.get((each.subject, each.kind), each.episode)) for each in standing]


def _escalations(ledger: Ledger, standing: Sequence[Happening], open_notices: Mapping[Key, Notice]) -> list[Happening]:
    """Sources that are still down so many days after their agency was told: their lead is told."""
    found = []
    for each in standing:
        row = open_notices.get(_key(each))
        if each.kind != "source-down" or row is None or row.audience != "contact" or ledger.now - row.created < timedelta(days=ledger.settings.escalate_days):
            continue
        fresh = (each.subject, "source-escalated", each.episode) not in open_notices
        found.append(replace(each, kind="source-escalated", audience="lead",
                             facts={**each.facts, "days": ledger.settings.escalate_days, "told": _told_at(row) if fresh else {}}))
    return found


def _told_at(down: Notice) -> dict[str, str]:
    """Whether and when the first mail about a source that is down was handed in, in words."""
    moments = [each.sent_at for each in down.deliveries if each.channel == "mail" and each.sent_at is not None]
    if not moments:
        return {"vi": "Chưa báo được cho đầu mối của cơ quan.", "en": "The agency's contact could not be told."}
    first = day_and_hour(min(moments))
    return {"vi": f"Đầu mối của cơ quan đã được báo lúc {first}.", "en": f"The agency's contact was told at {first}."}


def _recoveries(ledger: Ledger, over: Sequence[Notice]) -> list[Happening]:
    """Of the sources that were down those whose last harvest ended well; whoever was told of the fault is told."""
    down = [row for row in over if row.kind == "source-down"]
    if not down:
        return []
    fine = {row.source_id: row for row in ledger.session.execute(
        select(Evidence.source_id, Evidence.since, Evidence.facts).where(
            Evidence.source_id.in_([row.source_id for row in down]), Evidence.kind == "harvest", Evidence.until.is_(None), Evidence.state == "ok"))}
    return [
        Happening(kind="source-recovered", subject=row.subject, episode=row.episode, agency_id=row.agency_id or "", audience="told", source_id=row.source_id,
                  facts={**_kept(row.facts, "source", "since"), "at": day_and_hour(fine[row.source_id].since)}, path=f"/runs/{fine[row.source_id].facts['run']}")
        for row in down if row.source_id in fine
    ]


def _kept(facts: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: facts[name] for name in names if name in facts}


def _known(session: Session, keys: Sequence[Key]) -> dict[Key, Notice]:
    """Notices of these keys that were written before."""
    found: dict[Key, Notice] = {}
    for start in range(0, len(keys), CHUNK):
        rows = session.scalars(select(Notice).where(tuple_(Notice.subject, Notice.kind, Notice.episode).in_(keys[start:start + CHUNK])))
        found.update({_key(row): row for row in rows})
    return found


def _notice(each: Happening, now: datetime, ended: datetime | None = None) -> Notice:
    issue: Issue | None = each.issue
    return Notice(kind=each.kind, subject=each.subject, episode=each.episode, audience=each.audience, agency_id=each.agency_id or None,
                  source_id=each.source_id, dataset_id=each.dataset_id, issue=issue.to_dict() if issue is not None else None,
                  facts={**each.facts, "path": each.path}, created=now, ended=ended)


def _tell(ledger: Ledger, new: Sequence[Notice], untold: Sequence[Notice]) -> None:
    """Queue the new notices for whoever is to be told, and those that nobody could be told yet."""
    session = ledger.session
    agencies = audience(session, ledger.settings)
    for notice in new:
        _name_agency(notice, session.get(Agency, notice.agency_id) if notice.agency_id else None)
    session.add_all(new)
    session.flush()
    before = _told_before(session, new)
    tried = _deliveries(session, [row.id for row in untold])
    receivers: dict[str, list[Receiver]] = {}
    for notice in [*new, *untold]:
        receivers[notice.id] = _receivers(ledger, agencies, notice, before.get((notice.subject, notice.episode), ()), tried[notice.id])
        if receivers[notice.id]:
            notice.untold = None
        elif notice.untold is None:
            notice.untold = "no-address" if ledger.settings.mail_url else "no-mail"
    if ledger.settings.mail_url:
        _queue_mail(ledger, receivers)
    if ledger.settings.webhook_url:
        session.add_all(NoticeDelivery(notice_id=notice.id, channel="webhook", created=ledger.now, next_at=ledger.now) for notice in new)
    session.flush()


def _receivers(ledger: Ledger, agencies: Audience, notice: Notice, told: Sequence[NoticeDelivery], tried: set[str]) -> list[Receiver]:
    if not ledger.settings.mail_url:
        return []
    found = agencies.receivers(notice, told)
    if tried and all(each.address in tried for each in found):
        found = agencies.instead()
    return [each for each in found if each.address not in tried]


def _name_agency(notice: Notice, agency: Agency | None) -> None:
    """The agency's names as they are now, and its page where the notice has none of its own."""
    names = agency.name_on() if agency is not None else None
    notice.facts = {
        **notice.facts, "agency": {"vi": names.name_vi, "en": names.name_en} if names else {"vi": "…", "en": "…"},
        "slug": agency.slug if agency else "", "path": notice.facts["path"] or (f"/organization/{agency.slug}" if agency else ""),
    }


def _told_before(session: Session, new: Sequence[Notice]) -> dict[tuple[str, str], list[NoticeDelivery]]:
    """For recoveries: who is on the list of those told of the fault, by subject and episode."""
    keys = [(row.subject, row.episode) for row in new if row.audience == "told"]
    found: dict[tuple[str, str], list[NoticeDelivery]] = defaultdict(list)
    for start in range(0, len(keys), CHUNK):
        for subject, episode, row in session.execute(
            select(Notice.subject, Notice.episode, NoticeDelivery).select_from(Notice).join(NoticeDelivery, NoticeDelivery.notice_id == Notice.id)
            .where(tuple_(Notice.subject, Notice.episode).in_(keys[start:start + CHUNK]), Notice.kind.in_(("source-down", "source-escalated")),
                   NoticeDelivery.channel == "mail", NoticeDelivery.state != "failed").order_by(NoticeDelivery.created)):
            found[subject, episode].append(row)
    return found


def _deliveries(session: Session, notice_ids: Sequence[str]) -> dict[str, set[str]]:
    """The addresses that each notice was sent to, or was to be."""
    found: dict[str, set[str]] = defaultdict(set)
    for start in range(0, len(notice_ids), CHUNK):
        for notice_id, address in session.execute(select(NoticeDelivery.notice_id, NoticeDelivery.address).where(
                NoticeDelivery.notice_id.in_(notice_ids[start:start + CHUNK]), NoticeDelivery.channel == "mail")):
            found[notice_id].add(address)
    return found


def _queue_mail(ledger: Ledger, receivers: Mapping[str, Sequence[Receiver]]) -> None:
    moments = _moments(ledger, sorted({each.address for found in receivers.values() for each in found}))
    ledger.session.add_all(
        NoticeDelivery(notice_id=notice_id, channel="mail", address=each.address, name=each.name, role=each.role, created=ledger.now,
                       next_at=moments[each.address])
        for notice_id, found in receivers.items() for each in found)


def _moments(ledger: Ledger, addresses: Sequence[str]) -> dict[str, datetime]:
    """When each address may next get mail: with what already waits for it, and later the more mail it had within a day."""
    now, found = ledger.now, {}
    for start in range(0, len(addresses), CHUNK):
        chunk = addresses[start:start + CHUNK]
        mine = (NoticeDelivery.channel == "mail", NoticeDelivery.address.in_(chunk))
        sent: Any = {address: (last, count) for address, last, count in ledger.session.execute(
            select(NoticeDelivery.address, func.max(NoticeDelivery.sent_at), func.count(NoticeDelivery.sent_at.distinct()))
            .where(*mine, NoticeDelivery.sent_at > now - DAY).group_by(NoticeDelivery.address))}
        waiting: Any = dict(ledger.session.execute(
            select(NoticeDelivery.address, func.min(NoticeDelivery.next_at)).where(*mine, NoticeDelivery.state.in_(("queued", "sending")))
            .group_by(NoticeDelivery.address)).all())
        for address in chunk:
            last, count = sent.get(address, (now, 1))
            found[address] = max(now, last + REST * (count - 1) ** 2, waiting.get(address, now))
    return found

"""Every notice that was kept, with what became of it on its way. Reads only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.issues import Issue, codes, say
from catalog.models import Notice, NoticeDelivery
from catalog.notices.audience import OPEN
from catalog.notices.kinds import LANGUAGES, line, title
from catalog.runs import Paged, paged

UNTOLD = {
    "no-mail": {"vi": "Chưa gửi thư: chưa đặt máy chủ thư (HAIDANG_MAIL_URL).", "en": "Not mailed: no mail server is set up (HAIDANG_MAIL_URL)."},
    "no-address": {"vi": "Chưa gửi thư: sổ bộ chưa có địa chỉ của cơ quan, cũng chưa đặt HAIDANG_MAIL_TEAM.",
                   "en": "Not mailed: the register has no address of the agency, and HAIDANG_MAIL_TEAM is not set."},
    "refused": {"vi": "Chưa đến ai: các địa chỉ đều bị từ chối.", "en": "Reached nobody: every address was refused."},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedNotices:
    """Which notices: of one agency, one source, one kind, only those that still stand; None and False are any.

    `hidden` adds what is about datasets that the public may not see.
    """

    agency_id: str | None = None
    source_id: str | None = None
    kind: str | None = None
    standing: bool = False
    hidden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryLine:
    """One way of a notice. `address` is for administrators' eyes; `reason` is, by language, why the last attempt failed."""

    channel: str
    address: str
    role: str
    state: str
    attempts: int
    sent_at: datetime | None
    next_at: datetime | None
    reason: Mapping[str, str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeLine:
    """A notice in words, by language; `path` is the page of the site that shows what it is about, "" where there is none."""

    id: str
    kind: str
    titles: Mapping[str, str]
    texts: Mapping[str, str]
    path: str
    agency_id: str | None
    source_id: str | None
    dataset_id: str | None
    created: datetime
    ended: datetime | None
    untold: Mapping[str, str] | None
    deliveries: Sequence[DeliveryLine]


def notices(session: Session, wanted: WantedNotices | None = None, *, page: int = 1) -> Paged[NoticeLine]:
    """One page of the notices as far as wanted, the newest first; three questions however many there are."""
    wanted = wanted or WantedNotices()
    query = select(Notice)
    for column, value in ((Notice.agency_id, wanted.agency_id), (Notice.source_id, wanted.source_id), (Notice.kind, wanted.kind)):
        query = query.where(column == value) if value else query
    if wanted.standing:
        query = query.where(Notice.ended.is_(None))
    if not wanted.hidden:
        query = query.where(OPEN)
    found: Paged[Notice] = paged(session, query.order_by(Notice.created.desc(), Notice.id), page)
    ways: dict[str, list[NoticeDelivery]] = defaultdict(list)
    for row in session.scalars(select(NoticeDelivery).where(NoticeDelivery.notice_id.in_([notice.id for notice in found.items]))
                               .order_by(NoticeDelivery.created, NoticeDelivery.channel, NoticeDelivery.address)):
        ways[row.notice_id].append(row)
    return Paged(items=[_line(notice, ways[notice.id]) for notice in found.items], total=found.total, page=found.page)


def _line(notice: Notice, ways: Sequence[NoticeDelivery]) -> NoticeLine:
    return NoticeLine(
        id=notice.id, kind=notice.kind, titles={language: title(notice.kind, language) for language in LANGUAGES},
        texts={language: line(notice, language) for language in LANGUAGES}, path=notice.facts.get("path", ""), agency_id=notice.agency_id,
        source_id=notice.source_id, dataset_id=notice.dataset_id, created=notice.created, ended=notice.ended,
        untold=UNTOLD.get(notice.untold or ""), deliveries=[_delivery(way) for way in ways])


def _delivery(way: NoticeDelivery) -> DeliveryLine:
    reason = None
    if way.reason and way.reason.get("code") in codes():
        said = {language: say(Issue.from_dict(way.reason), language) for language in LANGUAGES}
        reason = {language: f"{words.what} {words.mend}" for language, words in said.items()}
    return DeliveryLine(channel=way.channel, address=way.address, role=way.role, state=way.state, attempts=way.attempts, sent_at=way.sent_at,
                        next_at=way.next_at if way.state == "queued" else None, reason=reason)

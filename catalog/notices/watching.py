"""The tick: look whether anything may have changed, write what is new, hand in what is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import exists, func, select, text
from sqlalchemy.orm import Session

from catalog.models import Evidence, IssueRow, NoticeDelivery, Run, SiteFact
from catalog.notices import promises, standing
from catalog.notices.keeping import Ledger, keep
from catalog.notices.sending import WAITING, Sent, channels, deliver
from catalog.register import heirs
from catalog.runs import ACTIVE
from catalog.site import Site, remember

SEEN = "notices_seen"  # the fact of the site: what the last look saw, and when it looked
LOCK = 7_104_513  # of PostgreSQL, held by the one who writes notices


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What a tick did: notices written, and what became of those that were due."""

    written: int = 0
    sent: Sent = Sent()


def watch(site: Site) -> Watched:
    """Write the notices that are due and deliver what waits; for a tick every minute, by any number of workers.

    One question when nothing has changed. What a time alone brings (a day that comes, an escalation, a register loaded anew) is noticed
    within the hour. A mail server or webhook that fails is no error of the watch: the reason is kept with what waits.
    """
    with site.reading() as session:
        look = _look(session, site)
    written = write_notices(site) if look.changed else 0
    sent = deliver(site) if look.due or look.changed else Sent()
    return Watched(written=written, sent=sent)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look at the store: its `marks`, whether they are others than at the last look, whether anything is due to be sent."""

    marks: list[Any]
    changed: bool
    due: bool
    before: datetime | None


def _look(session: Session, site: Site) -> Look:
    """Everything that tells whether something may have changed, in one question.

    Each fact and issue has a number that grows; a run that ends changes how many are active, one that begins is queued last.
    """
    now, settings = site.clock.now(), site.settings
    due = exists().where(WAITING, NoticeDelivery.next_at <= now, NoticeDelivery.channel.in_(channels(settings)))
    row = session.execute(select(
        select(func.max(Evidence.id)).scalar_subquery().label("evidence"), select(func.max(IssueRow.id)).scalar_subquery().label("issue"),
        select(func.max(Run.queued_at)).scalar_subquery().label("queued"),
        select(func.count()).select_from(Run).where(Run.status.in_(ACTIVE)).scalar_subquery().label("active"),
        due.label("due"), select(SiteFact.value).where(SiteFact.key == SEEN).scalar_subquery().label("seen"))).one()
    marks = [f"{now:%Y-%m-%dT%H}", row.evidence, row.issue, row.queued.isoformat() if row.queued else None, row.active,
             bool(settings.mail_url), bool(settings.webhook_url), settings.mail_team, settings.escalate_days]
    seen = row.seen or {}
    return Look(marks=marks, changed=seen.get("marks") != marks, due=bool(row.due),
                before=datetime.fromisoformat(seen["at"]) if seen.get("at") else None)


def write_notices(site: Site) -> int:
    """Bring the notices to what holds now, and say how many are new; 0 when another worker is doing, or has just done, the same."""
    with site.writing() as session:
        if not _alone(session):
            return 0
        look, now = _look(session, site), site.clock.now()
        if not look.changed:
            return 0
        today = site.clock.today()
        who = heirs(session, today)
        holds = [
            *standing.sources_down(session, who), *standing.listings_shrunk(session, who), *standing.tables_drifted(session, who),
            *promises.data_lapsing(session, who, today), *promises.commitments_due(session, who, today),
        ]
        events = standing.columns_changed(session, who, look.before or now)
        new = keep(Ledger(session=session, now=now, settings=site.settings), holds, events)
        remember(session, SEEN, {"marks": look.marks, "at": now.isoformat()})
        return len(new)


def _alone(session: Session) -> bool:
    """Whether no other worker is writing notices; on SQLite the write lock has seen to that."""
    if session.get_bind().dialect.name != "postgresql":
        return True
    return bool(session.scalar(text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": LOCK}))

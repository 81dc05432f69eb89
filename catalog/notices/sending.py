"""Hands in what is due, by mail and by webhook; what fails waits in its row and is tried again.

A worker claims rows by putting off their next attempt; nothing of the store is locked while it talks to a server. A worker that
dies in between leaves them to be sent again after the lease: at least once, never lost.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import exists, select, text, update
from sqlalchemy.orm import Session, aliased

from catalog.errors import Trouble
from catalog.issues import Issue
from catalog.mail_server import MailServer, mail_server
from catalog.models import Notice, NoticeDelivery
from catalog.net import MailSession, mail_session
from catalog.notices.audience import OPEN
from catalog.notices.digest import Told, digest
from catalog.notices.hook import posted
from catalog.settings import Settings
from catalog.site import Site

LEASE = timedelta(minutes=10)  # longer than a tick can take
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)
HOOK_GIVES_UP = timedelta(days=7)
MOST_ROWS, MOST_MAILS, MOST_POSTED = 2_000, 20, 100  # in one tick
MOST_SECONDS = 60.0  # after which no further mail of this tick is begun
ABOUT_THE_MESSAGE = ("mail-address-refused", "mail-refused")
WAITING = text("notice_delivery.state IN ('queued', 'sending')")  # as the index of what is due has it


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What became of what was due, counted in notices to receivers: `waiting` was tried and is tried again."""

    sent: int = 0
    waiting: int = 0
    failed: int = 0

    def __add__(self, other: Sent) -> Sent:
        return Sent(sent=self.sent + other.sent, waiting=self.waiting + other.waiting, failed=self.failed + other.failed)


Claim = Sequence[Told]


def channels(settings: Settings) -> list[str]:
    """The ways on which notices can travel."""
    return [name for name, url in (("mail", settings.mail_url), ("webhook", settings.webhook_url)) if url]


def deliver(site: Site, by: datetime | None = None) -> Sent:
    """Send a batch of what is due now, or was due `by` a moment; failures are kept with their reason, and are no error here."""
    by, done = by or site.clock.now(), Sent()
    for channel in channels(site.settings):
        server = mail_server(site.settings.mail_url) if channel == "mail" else None  # what is wrong with it is said before anything is claimed
        claimed = _claim(site, channel, by)
        if claimed:
            done += _mail(site, server, claimed) if server is not None else _post(site, claimed)
    return done


def deliver_all(site: Site) -> Sent:
    """Send everything that waits, each once, batch after batch."""
    begin, done = hurry(site), Sent()
    while (batch := deliver(site, begin)) != Sent():
        done += batch
    return done


def hurry(site: Site) -> datetime:
    """Let everything that waits be due now; says when that was."""
    now = site.clock.now()
    with site.writing() as session:
        session.execute(update(NoticeDelivery).where(NoticeDelivery.state == "queued", NoticeDelivery.next_at > now).values(next_at=now))
    return now


def _claim(site: Site, channel: str, by: datetime) -> Claim:
    """Take what was due by then for this worker alone, until the lease ends; whole addresses, the longest waiting first.

    What has meanwhile been hidden from the public is not sent any more.
    """
    now = site.clock.now()
    with site.writing() as session:
        rows = session.scalars(
            select(NoticeDelivery).where(WAITING, NoticeDelivery.channel == channel, NoticeDelivery.next_at <= by)
            .order_by(NoticeDelivery.next_at, NoticeDelivery.created, NoticeDelivery.id).limit(MOST_ROWS if channel == "mail" else MOST_POSTED)
            .with_for_update(skip_locked=True)).all()
        taken = list(dict.fromkeys(row.address for row in rows))[:MOST_MAILS]
        rows = [row for row in rows if row.address in taken]
        notices = {notice.id: notice for notice in session.scalars(select(Notice).where(Notice.id.in_([row.notice_id for row in rows]), OPEN))}
        for row in rows:
            if row.notice_id in notices:
                row.state, row.attempts, row.next_at = "sending", row.attempts + 1, now + LEASE
            else:
                session.delete(row)
        return [Told(notice=notices[row.notice_id], delivery=row) for row in rows if row.notice_id in notices]


def _mail(site: Site, server: MailServer, claimed: Claim) -> Sent:
    """One digest for each address, over one conversation with the mail server.

    Where the server takes no mail at all, everything waits; where it breaks off over one message, that one waits, so that it cannot keep back the others.
    """
    by_address: dict[str, list[Told]] = {}
    for each in claimed:
        by_address.setdefault(each.delivery.address, []).append(each)
    waiting, done, opened, ends = list(by_address), Sent(), False, time.monotonic() + MOST_SECONDS
    try:
        with mail_session(server, _own_name(site.settings)) as session:
            opened = True
            while waiting and time.monotonic() < ends:
                done += _mail_one(site, session, waiting[0], by_address[waiting[0]])
                del waiting[0]
            return done + _release(site, [each for address in waiting for each in by_address[address]])
    except Trouble as trouble:
        if not opened or trouble.issue.code == "mail-sender-refused":
            return done + _put_off(site, [each for address in waiting for each in by_address[address]], trouble.issue)
        done += _put_off(site, by_address[waiting[0]], trouble.issue)
        return done + _release(site, [each for address in waiting[1:] for each in by_address[address]])


def _mail_one(site: Site, session: MailSession, address: str, told: Claim) -> Sent:
    try:
        session.send(site.settings.mail_from, address, digest(site.settings, told, datetime.now(UTC)))
    except Trouble as trouble:
        if trouble.issue.code not in ABOUT_THE_MESSAGE:
            raise
        if trouble.issue.facts["status"] < 500:
            return _put_off(site, told, trouble.issue)
        return _fail(site, told, trouble.issue)
    return _mark(site, told)


def _post(site: Site, claimed: Claim) -> Sent:
    """One signed POST with all that is due."""
    settings = site.settings
    body, headers = posted(settings, claimed, time.time())
    try:
        site.net.post(settings.webhook_url, body, headers=headers)
    except Trouble as trouble:
        told_facts = {name: value for name, value in trouble.issue.facts.items() if name not in ("to", "remembered")}
        issue = Issue(trouble.issue.code, facts=told_facts)  # without the place: the URL may hold a secret
        late = [each for each in claimed if site.clock.now() - each.delivery.created > HOOK_GIVES_UP]
        return _fail(site, late, issue) + _put_off(site, [each for each in claimed if each not in late], issue)
    return _mark(site, claimed)


def _own_name(settings: Settings) -> str:
    """How we name ourselves to the mail server."""
    name = urlsplit(settings.site_url).hostname or ""
    return name if name.isascii() and name else "localhost"


def _mark(site: Site, told: Claim) -> Sent:
    with site.writing() as session:
        _set(session, told, {"state": "sent", "sent_at": site.clock.now(), "reason": None})
    return Sent(sent=len(told))


def _put_off(site: Site, told: Claim, issue: Issue) -> Sent:
    """Try again after a pause that doubles, the same for all that go together."""
    now = site.clock.now()
    pause = min(FIRST_PAUSE * 2 ** min(min((each.delivery.attempts for each in told), default=1) - 1, 10), LONGEST_PAUSE)
    with site.writing() as session:
        _set(session, told, {"state": "queued", "next_at": now + pause, "reason": issue.to_dict()})
    return Sent(waiting=len(told))


def _release(site: Site, told: Claim) -> Sent:
    """What was claimed and not tried goes with the next tick."""
    with site.writing() as session:
        _set(session, told, {"state": "queued", "next_at": site.clock.now() + FIRST_PAUSE, "attempts": NoticeDelivery.attempts - 1})
    return Sent(waiting=len(told))


def _fail(site: Site, told: Claim, issue: Issue) -> Sent:
    """No further attempt; a notice that reached nobody by mail is told somebody else at the next look."""
    with site.writing() as session:
        _set(session, told, {"state": "failed", "reason": issue.to_dict()})
        other = aliased(NoticeDelivery)
        reached = exists().where(other.notice_id == Notice.id, other.channel == "mail", other.state != "failed")
        refused = [each.notice.id for each in told if each.delivery.channel == "mail"]
        session.execute(update(Notice).where(Notice.id.in_(refused), ~reached).values(untold="refused"), execution_options={"synchronize_session": False})
    return Sent(failed=len(told))


def _set(session: Session, told: Claim, values: Mapping[str, object]) -> None:
    if told:
        session.execute(update(NoticeDelivery).where(NoticeDelivery.id.in_([each.delivery.id for each in told]), NoticeDelivery.state == "sending")
                        .values(**values), execution_options={"synchronize_session": False})

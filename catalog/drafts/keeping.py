"""The rows and bytes of drafts: a file sent, sent again, or looked at with other choices; cleared away when their time is over."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, BinaryIO

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session, aliased

from catalog.decisions.deriving import made_name
from catalog.errors import UsageError
from catalog.files import Files
from catalog.jobs import Jobs
from catalog.models import UploadDraft, new_id
from catalog.site import Site
from catalog.uploads import Received, receive

QUEUE = "draft"
WORKFLOW = "check_draft"
KEPT = timedelta(days=30)
MAX_FILE = 100 << 20  # bytes
OPEN = ("queued", "running")
STUCK = timedelta(hours=2)  # one that is open for longer is taken for lost
WAITING = 10  # files of one person that wait to be checked; more are refused
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A file that somebody sends: the id that its form gave it, see `UploadDraft.asked`.

    `before` is the draft that it takes the place of, in whose thread it then stands.
    """

    id: str
    holder: str
    agency_id: str
    asked: Mapping[str, Any] = field(default_factory=dict)
    before: UploadDraft | None = None

    @property
    def thread(self) -> str:
        return self.before.thread if self.before else self.id


def is_id(text: str) -> bool:
    """Whether a text can be the id of a draft."""
    return bool(_ID.fullmatch(text))


def bytes_of(site: Site, thread: str) -> Files:
    """Where the bytes of a thread of drafts lie."""
    return site.files.beside(f"drafts/{thread}")


def send(site: Site, jobs: Jobs, sent: Sent, stream: BinaryIO, filename: str) -> UploadDraft:
    """Keep a file and order its check; the same file of the same form is the same draft, another one takes its place.

    Trouble as `uploads.receive`; UsageError while too many of this person wait.
    """
    known = _known(site, sent)
    thread = known.thread if known else sent.thread
    files = bytes_of(site, thread)
    received = receive(files, stream, filename, max_bytes=MAX_FILE)
    if known is not None:
        if (known.sha256, known.filename) == (received.sha256, received.filename):
            return known
        sent = replace(sent, id=new_id(), before=known)
    try:
        return _ordered(site, jobs, sent, received)
    except UsageError:
        if known is None and sent.before is None:
            files.forget(received.sha256)  # nothing else can lie in a thread that has no draft yet
        raise


def look_again(site: Site, jobs: Jobs, sent: Sent) -> UploadDraft:
    """Order the check of the file of `sent.before` with other choices; with "without" or "names", of one made of its corrected file."""
    before, known = sent.before, _known(site, sent)
    if before is None:
        raise ValueError("there is nothing to look at again")
    if known is not None and known.asked == dict(sent.asked):
        return known
    made = "without" in sent.asked
    name = made_name(before.filename, [one["name"] for one in sent.asked.get("decided", ())]) if made else before.filename
    return _ordered(site, jobs, replace(sent, id=new_id()) if known else sent,
                    Received(sha256="" if made else before.sha256, size=0 if made else before.size, filename=name))


def draft_of(session: Session, draft_id: str, holder: str, now: datetime) -> UploadDraft | None:
    """The draft with that id, for who sent it; None for everybody else, and when its time is over."""
    found = session.get(UploadDraft, draft_id) if is_id(draft_id) else None
    return found if found is not None and found.holder == holder and found.expires > now else None


def drafts_of(session: Session, holder: str, now: datetime, limit: int) -> list[UploadDraft]:
    """The newest of each thread of a person's drafts, the last one sent first."""
    newer = aliased(UploadDraft)
    newest = select(func.max(newer.number)).where(newer.thread == UploadDraft.thread).scalar_subquery()
    return list(session.scalars(select(UploadDraft).where(UploadDraft.holder == holder, UploadDraft.expires > now, UploadDraft.number == newest)
                                .order_by(UploadDraft.sent_at.desc(), UploadDraft.id).limit(limit)))


def is_lost(draft: UploadDraft, now: datetime) -> bool:
    """Whether a check has been waited for so long that it will not come any more."""
    return draft.state in OPEN and draft.sent_at <= now - STUCK


def clear(site: Site) -> int:
    """Take away the threads whose time is over, bytes first; returns how many drafts went."""
    with site.reading() as session:
        over = session.scalars(select(UploadDraft.thread).group_by(UploadDraft.thread).having(func.max(UploadDraft.expires) <= site.clock.now())).all()
    return sum(discard(site, thread) for thread in over)


def discard(site: Site, thread: str) -> int:
    """Take one thread away with all its bytes; what was submitted of it stays published. Returns how many drafts went."""
    with site.reading() as session:
        rows = session.scalars(select(UploadDraft).where(UploadDraft.thread == thread)).all()
        keys = {key for row in rows for key in (row.sha256, *(made["sha256"] for made in ((row.answer or {}).get("made") or {}).values())) if key}
    _forget(site, thread, keys)
    with site.writing() as session:
        return session.execute(delete(UploadDraft).where(UploadDraft.thread == thread)).rowcount


def _forget(site: Site, thread: str, keys: set[str]) -> None:
    files = bytes_of(site, thread)
    for key in keys:
        files.forget(key)


def _known(site: Site, sent: Sent) -> UploadDraft | None:
    """The draft that this form has made already."""
    with site.reading() as session:
        found = session.get(UploadDraft, sent.id)
    return found if found is not None and found.holder == sent.holder else None


def _ordered(site: Site, jobs: Jobs, sent: Sent, received: Received) -> UploadDraft:
    """The row and the order to check it, in one transaction."""
    now = site.clock.now()
    with site.writing() as session:
        mine = (UploadDraft.holder == sent.holder) & UploadDraft.state.in_(OPEN) & (UploadDraft.sent_at > now - STUCK)
        if (session.scalar(select(func.count()).select_from(UploadDraft).where(mine)) or 0) >= WAITING:
            raise UsageError("Anh/chị đang có nhiều tệp chờ kiểm tra. Hãy chờ các tệp ấy xong rồi gửi tiếp.",
                             "Many files of yours wait to be checked. Wait until they are done, then send this one.")
        session.execute(update(UploadDraft).where(UploadDraft.thread == sent.thread).values(expires=now + KEPT))
        number = session.scalar(select(func.max(UploadDraft.number)).where(UploadDraft.thread == sent.thread)) or 0
        draft = UploadDraft(id=sent.id, thread=sent.thread, number=number + 1, before_id=sent.before.id if sent.before else None, holder=sent.holder,
                            agency_id=sent.agency_id, filename=received.filename, sha256=received.sha256, size=received.size, asked=dict(sent.asked),
                            sent_at=now, expires=now + KEPT)
        session.add(draft)
        session.flush()
        jobs.enqueue(session, WORKFLOW, QUEUE, draft.id)
        return draft

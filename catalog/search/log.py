"""The change log: which datasets an index, or whoever keeps what it once read, has to read again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, event, insert, select, text
from sqlalchemy.orm import Session

from catalog.models import Change

_PENDING, _BESIDE, _SEEN = "catalog.search.log", "catalog.search.log.beside", "catalog.search.log.seen"
_LOCK = 4_242_710_401  # any number that nobody else locks; one for all databases of this kind
_LATEST = select(Change.seq, Change.dataset_id).order_by(Change.seq.desc()).limit(1)


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in the change log; the dataset tells a log from another one that is just as long."""

    seq: int = 0
    dataset_id: str = ""


def stands_at(session: Session, mark: Mark) -> None:
    """Let this transaction, which writes nothing, look no further than the mark that it has seen."""
    session.info[_SEEN] = mark


def seen(session: Session) -> Mark:
    """The end of the log as far as this transaction looks."""
    return session.info.get(_SEEN) or latest(session.connection())


def latest(connection: Connection) -> Mark:
    """The end of the log."""
    row = connection.execute(_LATEST).first()
    return Mark(*row) if row else Mark()


def since(connection: Connection, mark: Mark, most: int) -> list[str] | None:
    """What was noted after the mark; None where that is more than `most`, or the log is not the one in which the mark stood."""
    rows = connection.execute(select(Change.seq, Change.dataset_id).where(Change.seq >= mark.seq).order_by(Change.seq).limit(most + 2)).all()
    known = mark == Mark() or bool(rows) and Mark(*rows[0]) == mark
    return [row.dataset_id for row in rows if row.seq > mark.seq] if known and len(rows) <= most + 1 else None


def note_change(session: Session, dataset_id: str, at: datetime) -> None:
    """Say that a dataset changed in this transaction; it becomes one row of the log when the transaction commits.

    Rows are written at the very end and, on PostgreSQL, one transaction after the other: a lower number is
    then never seen after a higher one, and an index that stands at a number lacks nothing before it.
    """
    _pending(session, _PENDING)[dataset_id] = at


def note_holder(session: Session, holder_id: str, at: datetime) -> None:
    """Say that an agency or theme itself changed; its datasets, which repeat what it is called, are noted one by one."""
    _pending(session, _BESIDE)[holder_id] = at


def noted(session: Session) -> list[str]:
    """The datasets that changed in this transaction."""
    return list(session.info.get(_PENDING, ()))


def _pending(session: Session, which: str) -> dict[str, datetime]:
    if _PENDING not in session.info:
        session.info[_PENDING], session.info[_BESIDE] = {}, {}
        event.listen(session, "before_commit", _write)
        event.listen(session, "after_rollback", _forget)
    return session.info[which]


def _write(session: Session) -> None:
    pending = {**session.info[_BESIDE], **session.info[_PENDING]}
    if not pending or session.in_nested_transaction():
        return
    session.flush()
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    session.execute(insert(Change.__table__), [{"dataset_id": noted_id, "at": at} for noted_id, at in pending.items()])
    _forget(session)


def _forget(session: Session) -> None:
    session.info[_PENDING].clear()
    session.info[_BESIDE].clear()

"""The change log: which datasets an index has to read again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import event, insert, text
from sqlalchemy.orm import Session

from catalog.models import Change

_PENDING = "catalog.search.log"
_LOCK = 4_242_710_401  # any number that nobody else locks; one for all databases of this kind


def note_change(session: Session, dataset_id: str, at: datetime) -> None:
    """Say that a dataset changed in this transaction; it becomes one row of the log when the transaction commits.

    Rows are written at the very end and, on PostgreSQL, one transaction after the other: a lower number is
    then never seen after a higher one, and an index that stands at a number lacks nothing before it.
    """
    if _PENDING not in session.info:
        session.info[_PENDING] = {}
        event.listen(session, "before_commit", _write)
        event.listen(session, "after_rollback", _forget)
    session.info[_PENDING][dataset_id] = at


def noted(session: Session) -> list[str]:
    """The datasets that changed in this transaction."""
    return list(session.info.get(_PENDING, ()))


def _write(session: Session) -> None:
    pending: dict[str, datetime] = session.info[_PENDING]
    if not pending or session.in_nested_transaction():
        return
    session.flush()
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    session.execute(insert(Change.__table__), [{"dataset_id": dataset_id, "at": at} for dataset_id, at in pending.items()])
    pending.clear()


def _forget(session: Session) -> None:
    session.info[_PENDING].clear()

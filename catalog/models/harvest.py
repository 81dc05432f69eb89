"""Sources, their runs, what became of each record, and every issue."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, column_property, mapped_column

from catalog.models.base import Base, Id, new_id
from catalog.models.sight import seen_by


class Source(Base):
    """Where an agency's data comes from: one connector, one address."""

    __tablename__ = "source"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    title: Mapped[str] = mapped_column(default="")
    agency_id: Mapped[str] = mapped_column(ForeignKey("agency.id"), index=True)
    connector: Mapped[str] = mapped_column(String(50))
    url: Mapped[str]
    options: Mapped[dict[str, Any]] = mapped_column(default=dict)
    secrets: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")  # option -> sealed value, see catalog/sealing.py
    schedule: Mapped[str] = mapped_column(String(100), default="")  # cron, Asia/Ho_Chi_Minh; "" is by hand
    due_after: Mapped[datetime | None]  # due times up to here are dealt with; None: up to the source's creation
    # {"minimum": records, "hours": of a run, "blackout": "07:30-17:00", "shrink_share": …, "shrink_count": …, "grace_days": …}
    expectations: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[str] = mapped_column(String(20), default="active")  # active, paused, removed
    illustrative: Mapped[bool] = mapped_column(default=False)
    created: Mapped[datetime]


class Run(Base):
    """One harvest of one source.

    `status`: queued, running, succeeded, succeeded-with-issues, failed, cancelled, lost.
    Counters are not here: they are counted from RunRecord and IssueRow, and from `condensed`, the number of unchanged
    records that retention has put into one figure. `due_at` is the minute of the schedule that ordered it, at most once.
    """

    __tablename__ = "run"
    __table_args__ = (
        Index(None, "source_id", "queued_at"), Index(None, "status"), Index(None, "queued_at", "id"), Index(None, "source_id", "due_at", unique=True),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    source_id: Mapped[str] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"))
    status: Mapped[str] = mapped_column(String(30), default="queued")
    stage: Mapped[str] = mapped_column(String(20), default="")
    forced: Mapped[bool] = mapped_column(default=False)
    cancel_requested: Mapped[bool] = mapped_column(default=False)
    expected: Mapped[int | None]  # how many records the source says it has
    gathered_all: Mapped[bool] = mapped_column(default=False)  # the listing was read to its end
    due_at: Mapped[datetime | None]
    condensed: Mapped[int] = mapped_column(default=0)
    queued_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    heartbeat_at: Mapped[datetime | None]


class SkippedDue(Base):
    """A due time at which nothing was ordered, because `run_id` was still going: a fact, not an error."""

    __tablename__ = "skipped_due"

    source_id: Mapped[str] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"), primary_key=True)
    due_at: Mapped[datetime] = mapped_column(primary_key=True)
    run_id: Mapped[str] = mapped_column(Id)
    at: Mapped[datetime]


class RunRecord(Base):
    """What became of one record in one run; written once."""

    __tablename__ = "run_record"
    __table_args__ = (Index(None, "run_id", "outcome"),)

    run_id: Mapped[str] = mapped_column(ForeignKey("run.id", ondelete="CASCADE"), primary_key=True)
    identifier: Mapped[str] = mapped_column(primary_key=True)
    outcome: Mapped[str] = mapped_column(String(20))
    dataset_id: Mapped[str | None] = mapped_column(Id)
    decided: Mapped[str | None] = mapped_column(String(20))  # which test found it unchanged; see catalog/rechecking.py
    at: Mapped[datetime]


class Known(Base):
    """A record that a source has shown us: its identity, apart from the history of runs."""

    __tablename__ = "known"

    source_id: Mapped[str] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"), primary_key=True)
    identifier: Mapped[str] = mapped_column(primary_key=True)
    raw_hash: Mapped[str] = mapped_column(String(64))
    mark: Mapped[str | None] = mapped_column(String(64))  # of the answer last taken in, where the source lists marks; None asks anew
    dataset_id: Mapped[str | None] = mapped_column(Id)
    first_seen: Mapped[datetime]
    last_run_id: Mapped[str | None] = mapped_column(Id)  # the last run in whose listing it stood
    missing_since: Mapped[datetime | None]
    kept_by: Mapped[str | None] = mapped_column(Id)  # who decided that it stays though it is not listed: a removal, an archiving


class RunPage(Base):
    """A page of a run's listing that has been read: where its records are staged, and where the next one begins.

    Written in the transaction that stages the records, so that a page read again after a crash stages nothing twice.
    """

    __tablename__ = "run_page"

    run_id: Mapped[str] = mapped_column(ForeignKey("run.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    next_cursor: Mapped[str | None]
    first_seq: Mapped[int]
    last_seq: Mapped[int]  # first_seq - 1 where nothing was staged


class Staged(Base):
    """A record gathered and not yet finished; gone in the transaction that finishes it.

    `raw` is None where the listing gave only a mark: the record is asked for in full when its turn comes.
    """

    __tablename__ = "staged"
    __table_args__ = (UniqueConstraint("run_id", "identifier"),)

    run_id: Mapped[str] = mapped_column(ForeignKey("run.id", ondelete="CASCADE"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    identifier: Mapped[str]
    raw: Mapped[dict[str, Any] | None]
    raw_hash: Mapped[str] = mapped_column(String(64))


class Worker(Base):
    """A worker process that said it lives; `beat_at` is the store's own time, whatever day a demonstration stands on.

    `version` is that of the workflows it can go on with; its row goes when it stops in order.
    """

    __tablename__ = "worker"

    executor_id: Mapped[str] = mapped_column(String(100), primary_key=True)
    version: Mapped[str] = mapped_column(String(20), default="")
    started_at: Mapped[datetime]
    beat_at: Mapped[datetime]


class HostTurn(Base):
    """When a host was last called, until when it wants no call, the pause that it asks for; for workers on one PostgreSQL.

    `host` is `name:port`. Moments are those of the database's own clock (see catalog/turns.py).
    """

    __tablename__ = "host_turn"

    host: Mapped[str] = mapped_column(primary_key=True)
    last_at: Mapped[datetime | None]
    not_before: Mapped[datetime | None]
    pause: Mapped[float] = mapped_column(default=0.0)  # seconds


class IssueRow(Base):
    """An issue as it is kept: open until the same record is harvested without it."""

    __tablename__ = "issue"
    __table_args__ = (
        Index(None, "run_id"), Index(None, "source_id", "closed_at"), Index(None, "dataset_id", "closed_at"),
        UniqueConstraint("run_id", "fingerprint"),
        Index("ix_issue_open_code", "code", sqlite_where=text("closed_at IS NULL"), postgresql_where=text("closed_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(32))
    run_id: Mapped[str] = mapped_column(ForeignKey("run.id", ondelete="CASCADE"))
    source_id: Mapped[str] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"))
    identifier: Mapped[str | None] = mapped_column()
    dataset_id: Mapped[str | None] = mapped_column(Id)
    code: Mapped[str] = mapped_column(String(60))
    stage: Mapped[str] = mapped_column(String(20))
    severity: Mapped[str] = mapped_column(String(10))
    who: Mapped[str] = mapped_column(String(20))
    place: Mapped[dict[str, Any]] = mapped_column(default=dict)
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    first_seen: Mapped[datetime]
    last_seen: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    seen_by: Mapped[str] = column_property(seen_by(dataset_id, source_id, identifier))

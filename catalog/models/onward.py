"""Other catalogues to which datasets are published onward, what each has of ours, and the questions about taking much of it away."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from catalog.models.base import Base, Id, new_id


class Target(Base):
    """A CKAN to which public datasets are sent. `mode`: `link` (files stay here), `upload` (their bytes go along)."""

    __tablename__ = "target"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    title: Mapped[str] = mapped_column(default="")
    url: Mapped[str]
    secrets: Mapped[dict[str, Any]] = mapped_column(default=dict)  # {"token": sealed value}, see catalog/sealing.py
    mapping: Mapped[dict[str, Any]] = mapped_column(default=dict)  # see catalog/onward/mapping.py
    mode: Mapped[str] = mapped_column(String(10), default="link")
    schedule: Mapped[str] = mapped_column(String(100), default="")  # cron, Asia/Ho_Chi_Minh; "" is by hand
    due_after: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(20), default="active")  # active, paused, removed
    created: Mapped[datetime]


class OnwardRun(Base):
    """One time that datasets were published to a target.

    `status`: queued, running, succeeded, succeeded-with-issues, failed, cancelled, lost. `did` counts what became of the datasets in
    this run alone (what each is like now stands in its own row); `issues` concern the target as a whole.
    """

    __tablename__ = "onward_run"
    __table_args__ = (Index(None, "target_id", "queued_at"), Index(None, "status"))

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    target_id: Mapped[str] = mapped_column(ForeignKey("target.id", ondelete="CASCADE"))
    status: Mapped[str] = mapped_column(String(30), default="queued")
    by: Mapped[str] = mapped_column(String(100), default="")
    names: Mapped[list[str]] = mapped_column(default=list)  # of the datasets that were asked for; none is all
    forced: Mapped[bool] = mapped_column(default=False)
    cancel_requested: Mapped[bool] = mapped_column(default=False)
    did: Mapped[dict[str, Any]] = mapped_column(default=dict)
    issues: Mapped[list[Any]] = mapped_column(default=list)
    queued_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class Onward(Base):
    """What is known of one dataset at one target.

    `state`: `sending` (written before the first call, with the name that it is to have there), `sent`, `failed` (an older state may
    still be there), `leaving` (a person said that it may go), `deleted`. `hash` is of what was sent last, None where that is not
    whole. `files` are the resources there, by our id: {"id", "url", "sha256"}, the last only of files whose bytes were sent.
    """

    __tablename__ = "onward"
    __table_args__ = (Index(None, "dataset_id"), Index(None, "target_id", "state"))

    target_id: Mapped[str] = mapped_column(ForeignKey("target.id", ondelete="CASCADE"), primary_key=True)
    dataset_id: Mapped[str] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(100), default="")
    remote_id: Mapped[str | None] = mapped_column(String(100))
    remote_name: Mapped[str] = mapped_column(String(100), default="")
    state: Mapped[str] = mapped_column(String(20))
    hash: Mapped[str | None] = mapped_column(String(64))
    files: Mapped[dict[str, Any]] = mapped_column(default=dict)
    issues: Mapped[list[Any]] = mapped_column(default=list)
    tried_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    kept_by: Mapped[str | None] = mapped_column(Id)  # the question by which a person decided that it stays there


class OnwardRemoval(Base):
    """A question to a person: so many datasets would be deleted at the target that none was; may they be?

    `missing` are ids of datasets here, of `before` that the target had. `decision`: confirmed, refused, lapsed; NULL while it is open.
    """

    __tablename__ = "onward_removal"
    __table_args__ = (
        Index(None, "target_id", "asked_at"),
        Index("uq_onward_removal_open", "target_id", unique=True, sqlite_where=text("decision IS NULL"), postgresql_where=text("decision IS NULL")),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    target_id: Mapped[str] = mapped_column(ForeignKey("target.id", ondelete="CASCADE"))
    before: Mapped[int]
    missing: Mapped[list[str]] = mapped_column(default=list)
    asked_at: Mapped[datetime]
    decision: Mapped[str | None] = mapped_column(String(20))
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(String(100), default="")
    reason: Mapped[str] = mapped_column(default="")

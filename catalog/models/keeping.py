"""What keeps the catalogue true to its sources: removals that a person decides, archivings, links that were checked."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from catalog.models.base import Base, Id, new_id


class Removal(Base):
    """A question to a person: a listing lost so much that nothing was taken off; may it be?

    `missing` are the identifiers that the listing no longer has, of `before` that it had. `decision` is confirmed, refused, or
    lapsed (they came back by themselves); NULL while the question is open, of which a source has at most one.
    """

    __tablename__ = "removal"
    __table_args__ = (
        Index(None, "source_id", "asked_at"),
        Index("uq_removal_open", "source_id", unique=True, sqlite_where=text("decision IS NULL"), postgresql_where=text("decision IS NULL")),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    source_id: Mapped[str] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"))
    run_id: Mapped[str | None] = mapped_column(Id)  # the last run that found it so; it may be gone by now
    before: Mapped[int]
    missing: Mapped[list[str]] = mapped_column(default=list)
    asked_at: Mapped[datetime]
    decision: Mapped[str | None] = mapped_column(String(20))
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(String(100), default="")
    reason: Mapped[str] = mapped_column(default="")


class Archiving(Base):
    """One time that a dataset was archived or restored: when, by whom, why; written once."""

    __tablename__ = "archiving"
    __table_args__ = (Index(None, "dataset_id", "at"), Index(None, "source_id", "at"), Index(None, "run_id"))

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    dataset_id: Mapped[str] = mapped_column(ForeignKey("dataset.id", ondelete="CASCADE"))
    source_id: Mapped[str | None] = mapped_column(Id)
    run_id: Mapped[str | None] = mapped_column(Id)
    what: Mapped[str] = mapped_column(String(20))  # archived, restored
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(100))
    reason: Mapped[str] = mapped_column(default="")


class Trait(Base):
    """What a dataset of a source is known by: a hash of its title and agency, of a file's address, or of a file's bytes.

    One row a source: it names the dataset that had the trait last, so that many alike in one source cost nothing.
    """

    __tablename__ = "trait"

    digest: Mapped[str] = mapped_column(String(32), primary_key=True)
    source_id: Mapped[str] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"), primary_key=True)
    dataset_id: Mapped[str] = mapped_column(Id)


class LinkCheck(Base):
    """What is known of the address of one resource, apart from the harvests.

    `status` is unchecked, ok, moved (it leads elsewhere), unknown (the server would not say), broken, or soft-404 (an answer
    that is not what was promised). `failures` in a row since `first_failure`; `steps` is how often in a row it was the same,
    from which the next check is put off; `seen` is what the server said of the file when its first bytes were last looked at.
    """

    __tablename__ = "link_check"
    __table_args__ = (Index(None, "due_at"), Index(None, "dataset_id"), Index(None, "status"))

    resource_id: Mapped[str] = mapped_column(ForeignKey("resource.id", ondelete="CASCADE"), primary_key=True)
    dataset_id: Mapped[str] = mapped_column(Id)
    url: Mapped[str]
    held: Mapped[bool] = mapped_column(default=False)  # a copy is ours to serve
    status: Mapped[str] = mapped_column(String(20), default="unchecked")
    due_at: Mapped[datetime]
    checked_at: Mapped[datetime | None]
    last_success: Mapped[datetime | None]
    first_failure: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    steps: Mapped[int] = mapped_column(default=0)
    http_status: Mapped[int | None]
    method: Mapped[str] = mapped_column(String(10), default="")  # HEAD or GET: which one decided
    code: Mapped[str] = mapped_column(String(60), default="")  # of the issue that says what is wrong
    leads_to: Mapped[str] = mapped_column(default="")
    seen: Mapped[str] = mapped_column(default="")
    read_at: Mapped[datetime | None]  # when its first bytes were last looked at

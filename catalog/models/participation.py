"""The dated facts from which participation is computed for any day."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from catalog.models.base import Base, Id


class Evidence(Base):
    """From `since` until `until` (open while NULL), `kind` of a dataset or a source was `state`, as the catalogue knew it.

    Rows are closed and added, never changed, and both moments are the catalogue's own, so that what is learnt
    later never changes an earlier day. Kinds of a dataset: published, licence, machine-readable, valid, reachable,
    current (facts: when the data was updated, and the promised frequency; `good_until` is the last day on which
    it is not overdue), and standing, the first of these conditions that fails, or ok. Kinds of a source:
    registered, harvest.
    """

    __tablename__ = "evidence"
    __table_args__ = (
        Index(None, "dataset_id", "kind", "until"), Index(None, "source_id", "kind", "until"), Index(None, "since"),
        Index("ix_evidence_standing", "agency_id", "source_id", "state", "since", "until", "good_until", "dataset_id",
              sqlite_where=text("kind = 'standing'"), postgresql_where=text("kind = 'standing'")),
        Index("ix_evidence_lapsing", "good_until", sqlite_where=text("kind = 'standing' AND until IS NULL"),
              postgresql_where=text("kind = 'standing' AND until IS NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(30))
    state: Mapped[str] = mapped_column(String(20))
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    good_until: Mapped[date | None]
    agency_id: Mapped[str] = mapped_column(ForeignKey("agency.id", ondelete="CASCADE"), index=True)
    dataset_id: Mapped[str | None] = mapped_column(Id)
    source_id: Mapped[str | None] = mapped_column(Id)
    cause: Mapped[str | None] = mapped_column(String(60))  # code of an issue
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)

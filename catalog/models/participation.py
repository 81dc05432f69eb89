"""The dated facts from which participation is computed for any day."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from catalog.models.base import Base, Id


class Evidence(Base):
    """From `since` until `until` (open while NULL), `kind` of a dataset or a source was `state`.

    Rows are closed and added, never changed. Kinds of a dataset: published, licence, machine-readable, valid,
    reachable, current (since = the data's own update; facts: frequency). Kinds of a source: registered, harvest.
    """

    __tablename__ = "evidence"
    __table_args__ = (
        Index(None, "dataset_id", "kind", "until"), Index(None, "source_id", "kind", "until"), Index(None, "since"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(30))
    state: Mapped[str] = mapped_column(String(20))
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    agency_id: Mapped[str] = mapped_column(ForeignKey("agency.id", ondelete="CASCADE"), index=True)
    dataset_id: Mapped[str | None] = mapped_column(Id)
    source_id: Mapped[str | None] = mapped_column(Id)
    cause: Mapped[str | None] = mapped_column(String(60))  # code of an issue
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)

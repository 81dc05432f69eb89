"""What the people in charge are told, and how each of them was told it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.models.base import Base, Id, new_id


class Notice(Base):
    """One thing worth telling, once for each episode: `kind` of `subject` from `created` until `ended` (NULL while it stands).

    `subject` is `source:ID`, `dataset:ID` or `commitment:ID`; `episode` tells one time it happened from another.
    `audience` says who is to be told: contact, team, both, lead, told (whoever was told of the fault). `untold` is why nobody
    was told by mail yet: no-mail, no-address, refused.
    """

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("subject", "kind", "episode"), Index(None, "created"), Index(None, "agency_id", "created"),
        Index(None, "source_id", "created"), Index(None, "kind", "created"),
        Index("ix_notice_standing", "kind", sqlite_where=text("ended IS NULL"), postgresql_where=text("ended IS NULL")),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(30))
    subject: Mapped[str] = mapped_column(String(60))
    episode: Mapped[str] = mapped_column(String(100))
    audience: Mapped[str] = mapped_column(String(10))
    agency_id: Mapped[str | None] = mapped_column(ForeignKey("agency.id", ondelete="CASCADE"))
    source_id: Mapped[str | None] = mapped_column(Id)
    dataset_id: Mapped[str | None] = mapped_column(Id)
    issue: Mapped[dict[str, Any] | None]  # what is wrong, as an issue says it
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    untold: Mapped[str | None] = mapped_column(String(20))
    created: Mapped[datetime]
    ended: Mapped[datetime | None]
    deliveries: Mapped[list[NoticeDelivery]] = relationship(cascade="all, delete-orphan", passive_deletes=True, order_by="NoticeDelivery.created")


class NoticeDelivery(Base):
    """One notice on its way to one receiver. `state`: queued, sending, sent, failed; `reason` is the issue of the last attempt that failed.

    `channel` is mail or webhook (whose `address` is empty, the URL may hold a secret). Nothing is tried before `next_at`; of what
    a worker is sending, `next_at` is when another may take over.
    """

    __tablename__ = "notice_delivery"
    __table_args__ = (
        UniqueConstraint("notice_id", "channel", "address"), Index(None, "address", "sent_at"),
        Index("ix_notice_delivery_due", "next_at", sqlite_where=text("state IN ('queued', 'sending')"),
              postgresql_where=text("state IN ('queued', 'sending')")),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    notice_id: Mapped[str] = mapped_column(ForeignKey("notice.id", ondelete="CASCADE"))
    channel: Mapped[str] = mapped_column(String(10))
    address: Mapped[str] = mapped_column(String(254), default="")
    name: Mapped[str] = mapped_column(default="")  # how the receiver is addressed
    role: Mapped[str] = mapped_column(String(10), default="")  # contact, lead, team
    state: Mapped[str] = mapped_column(String(10), default="queued")
    attempts: Mapped[int] = mapped_column(default=0)
    reason: Mapped[dict[str, Any] | None]
    created: Mapped[datetime]
    next_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]

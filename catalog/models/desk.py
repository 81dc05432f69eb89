"""What those who act on the pages leave behind: sign-ins, failed attempts, previews that they asked for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from catalog.models.base import Base, Id, new_id


class SignIn(Base):
    """One browser in which somebody signed in by a token; of the key in its cookie only the SHA-256 is kept."""

    __tablename__ = "sign_in"
    __table_args__ = (Index(None, "token_id"), Index(None, "expires"))

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    key_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    token_id: Mapped[str] = mapped_column(ForeignKey("api_token.id", ondelete="CASCADE"))
    created: Mapped[datetime]
    expires: Mapped[datetime]


class SignInFailure(Base):
    """An attempt that did not succeed, for the limit of attempts; gone after a while. `asker` is a hash of the address."""

    __tablename__ = "sign_in_failure"
    __table_args__ = (Index(None, "asker", "at"), Index(None, "at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    asker: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]


class Preview(Base):
    """A dry run that somebody asked for: of a saved source, or of one that was only written down (`draft`).

    `state`: queued, running, done, failed. `draft` is {"connector", "url", "options", "minimum"}; `answer` is what
    `harvesters.preview` says, or {"issue": …} where the source could not be read, or {"reference": …} for a fault of ours.
    """

    __tablename__ = "preview"
    __table_args__ = (Index(None, "source_id", "asked_at"), Index(None, "expires"), Index(None, "state"))

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    source_id: Mapped[str | None] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"))
    draft: Mapped[dict[str, Any] | None]
    asked_by: Mapped[str] = mapped_column(String(100))
    asked_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10), default="queued")
    answer: Mapped[dict[str, Any] | None]
    finished_at: Mapped[datetime | None]
    expires: Mapped[datetime]

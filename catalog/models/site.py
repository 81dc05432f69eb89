"""What belongs to the site itself: tokens of programs, and facts that the site remembers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from catalog.models.base import Base, Id, Json, new_id


class ApiToken(Base):
    """A right to write, of an account or, without one, of a program that may do everything; only the token's SHA-256 is kept."""

    __tablename__ = "api_token"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(100))
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[str | None] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    created: Mapped[datetime]
    last_used: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class SiteFact(Base):
    """A fact that the site remembers between starts: its title, the day on which a demonstration stands."""

    __tablename__ = "site_fact"

    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[Any] = mapped_column(Json)

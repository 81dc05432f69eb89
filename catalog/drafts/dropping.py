"""The agency's own source of files that it hands in."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.models import Source
from catalog.uploads import CONNECTOR


def drop_of(session: Session, agency_id: str) -> Source | None:
    """The agency's own source of files that it hands in; of several the oldest."""
    return session.scalar(select(Source).where(Source.agency_id == agency_id, Source.connector == CONNECTOR, Source.state == "active")
                          .order_by(Source.created, Source.id).limit(1))

"""Files that an agency handed in itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from catalog.models.base import Base, Id, new_id


class UploadedFile(Base):
    """One file as it was handed in; its bytes are in the object store. The highest `number` of an identifier is what holds.

    `identifier` stays the same over all versions; `says` is what was said of the dataset: title, description, theme,
    license, frequency, schema.
    """

    __tablename__ = "uploaded_file"
    __table_args__ = (UniqueConstraint("source_id", "identifier", "number"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    source_id: Mapped[str] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"))
    identifier: Mapped[str] = mapped_column(String(500))
    number: Mapped[int]
    filename: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigInteger)  # bytes
    says: Mapped[dict[str, Any]] = mapped_column(default=dict)
    uploaded_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]  # from then on it is no longer listed

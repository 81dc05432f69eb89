"""What people have said of how the files of a source are to be read, kept for the next ones."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from catalog.models.base import Base


class RememberedLayout(Base):
    """Where the table of one file of a source is: `kept` is a `KeptLayout`. `url` "" stands for every file of the dataset."""

    __tablename__ = "remembered_layout"

    source_id: Mapped[str] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"), primary_key=True)
    identifier: Mapped[str] = mapped_column(primary_key=True)
    url: Mapped[str] = mapped_column(primary_key=True, default="")
    kept: Mapped[dict[str, Any]]
    by_name: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]


class RememberedColumn(Base):
    """Which field of a schema a label stands for in the files of a source; the label as `same_label` writes it."""

    __tablename__ = "remembered_column"

    source_id: Mapped[str] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"), primary_key=True)
    schema_name: Mapped[str] = mapped_column(String(100), primary_key=True)
    label: Mapped[str] = mapped_column(primary_key=True)
    field: Mapped[str]
    by_name: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]

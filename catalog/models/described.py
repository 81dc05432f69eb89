"""What is said beside datasets: how a file is shown, how datasets belong together, lists of words for tags."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from catalog.models.base import Base, Id, new_id


class ResourceView(Base):
    """One way in which a file is shown; `config` holds what its kind of view wants to know."""

    __tablename__ = "resource_view"
    __table_args__ = (Index(None, "resource_id", "position"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    resource_id: Mapped[str] = mapped_column(ForeignKey("resource.id", ondelete="CASCADE"))
    title: Mapped[str] = mapped_column(default="")
    description: Mapped[str | None]
    view_type: Mapped[str] = mapped_column(String(100))
    position: Mapped[int] = mapped_column(default=0)
    config: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Relationship(Base):
    """How one dataset stands to another: `depends_on`, `derives_from`, `links_to`, `child_of`."""

    __tablename__ = "relationship"
    __table_args__ = (Index(None, "object_id"),)

    subject_id: Mapped[str] = mapped_column(ForeignKey("dataset.id", ondelete="CASCADE"), primary_key=True)
    object_id: Mapped[str] = mapped_column(ForeignKey("dataset.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(30), primary_key=True)
    comment: Mapped[str] = mapped_column(default="")


class Vocabulary(Base):
    """A closed list of words that tags may be taken from."""

    __tablename__ = "vocabulary"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    tags: Mapped[list[str]] = mapped_column(default=list)

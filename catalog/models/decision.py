"""What a person decided about a column that looks personal."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from catalog.models.base import Base, Id, new_id


class ColumnDecision(Base):
    """One decision about one column of a resource; never changed but for being taken back.

    It holds for the next versions too, as long as the column has the same name and looks personal in the same way. `sheet` is "" for
    the table itself and the name of any other sheet; `column` is where it stood, `action` drop, mask, publish or refuse. `basis` is a
    key of `catalog.decisions.bases`, given with `reason` where the column is published.
    """

    __tablename__ = "column_decision"
    __table_args__ = (
        Index(None, "resource_id"), Index(None, "at"),
        Index("uq_column_decision_standing", "resource_id", "sheet", "name", "kind", unique=True,
              sqlite_where=text("taken_back_at IS NULL"), postgresql_where=text("taken_back_at IS NULL")),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    resource_id: Mapped[str] = mapped_column(ForeignKey("resource.id", ondelete="CASCADE"))
    version_id: Mapped[str] = mapped_column(Id)  # the one that was looked at
    sheet: Mapped[str] = mapped_column(default="")
    name: Mapped[str]
    column: Mapped[str] = mapped_column(String(5))
    kind: Mapped[str] = mapped_column(String(30))
    action: Mapped[str] = mapped_column(String(10))
    basis: Mapped[str] = mapped_column(String(40), default="")
    reason: Mapped[str] = mapped_column(default="")
    by: Mapped[str] = mapped_column(String(100))
    holder: Mapped[str] = mapped_column(Id)  # `sign_ins.Person.holder`
    at: Mapped[datetime]
    taken_back_at: Mapped[datetime | None]
    taken_back_by: Mapped[str] = mapped_column(String(100), default="")

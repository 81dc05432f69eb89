"""The register of agencies, effective-dated, and what they promised to publish.

All days are inclusive: an agency with `valid_to` 2025-06-30 is active on that day and not on the next.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.models.base import Base, Id, new_id


class Agency(Base):
    """An agency as long as it exists; its names and codes are dated beside it (CKAN: organization)."""

    __tablename__ = "agency"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    level: Mapped[str] = mapped_column(String(20))  # province, district, commune, central; empty beside the register
    parent_slug: Mapped[str | None] = mapped_column(String(100))
    abbreviation: Mapped[str] = mapped_column(default="")
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    counts: Mapped[bool] = mapped_column(default=True)  # belongs to the denominator of participation
    provisional: Mapped[bool] = mapped_column(default=False)  # the entry still has to be verified
    contact: Mapped[str] = mapped_column(default="")  # in words, as the public sees it
    contact_email: Mapped[str] = mapped_column(default="")  # notices go there
    lead_name: Mapped[str] = mapped_column(default="")  # who is told when a fault is not mended
    lead_email: Mapped[str] = mapped_column(default="")
    position: Mapped[int] = mapped_column(default=0)  # order of the official list
    created: Mapped[datetime]
    description: Mapped[str] = mapped_column(default="")  # Markdown, as the agency presents itself
    image_url: Mapped[str] = mapped_column(default="")
    extras: Mapped[list[Any]] = mapped_column(default=list)  # [{"key": …, "value": …}], beside what the register says
    state: Mapped[str] = mapped_column(String(20), default="active")  # `deleted` only where the register knows nothing of it
    names: Mapped[list[AgencyName]] = relationship(
        back_populates="agency", cascade="all, delete-orphan", order_by="AgencyName.valid_from", lazy="selectin")

    def name_on(self, day: date | None = None) -> AgencyName:
        """The name in force on `day`; the last one for no day, the nearest one for a day outside its life."""
        in_force = [name for name in self.names if day is None or name.valid_from <= day]
        return in_force[-1] if in_force else self.names[0]

    @property
    def registered(self) -> bool:
        """Whether the official register has it; one that a program made through the API has no level there."""
        return bool(self.level)

    def active_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class AgencyName(Base):
    """What an agency is called, and by which code, from a day on; a rename adds one."""

    __tablename__ = "agency_name"
    __table_args__ = (UniqueConstraint("agency_id", "valid_from"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[str] = mapped_column(ForeignKey("agency.id", ondelete="CASCADE"))
    valid_from: Mapped[date]
    name_vi: Mapped[str]
    name_en: Mapped[str]
    code: Mapped[str] = mapped_column(default="")  # electronic identifier, Decision 20/2020/QĐ-TTg
    code_status: Mapped[str] = mapped_column(String(20), default="provisional")
    decision: Mapped[str] = mapped_column(default="")
    agency: Mapped[Agency] = relationship(back_populates="names")


class Succession(Base):
    """From `day` on, `successor` takes over what `predecessor` held."""

    __tablename__ = "succession"
    __table_args__ = (UniqueConstraint("predecessor_id", "successor_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    predecessor_id: Mapped[str] = mapped_column(ForeignKey("agency.id", ondelete="CASCADE"))
    successor_id: Mapped[str | None] = mapped_column(ForeignKey("agency.id", ondelete="CASCADE"))
    day: Mapped[date]
    kind: Mapped[str] = mapped_column(String(20))  # merge, split, rename, transfer, dissolve
    decision: Mapped[str] = mapped_column(default="")
    provisional: Mapped[bool] = mapped_column(default=False)


class Exemption(Base):
    """An agency that a recorded decision takes out of the denominator for a time."""

    __tablename__ = "exemption"

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[str] = mapped_column(ForeignKey("agency.id", ondelete="CASCADE"))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    decision: Mapped[str]
    reason_vi: Mapped[str]
    reason_en: Mapped[str]


class Commitment(Base):
    """One line of the list of open data (danh mục dữ liệu mở): what an agency publishes, how often, from when."""

    __tablename__ = "commitment"
    __table_args__ = (UniqueConstraint("agency_id", "dataset_key"), Index(None, "dataset_key"))

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    agency_id: Mapped[str] = mapped_column(ForeignKey("agency.id", ondelete="CASCADE"))
    dataset_key: Mapped[str] = mapped_column(String(100))  # the dataset's name or the identifier at the source
    title_vi: Mapped[str]
    title_en: Mapped[str]
    schema_name: Mapped[str | None] = mapped_column(String(100))
    frequency: Mapped[str] = mapped_column(String(20))
    due: Mapped[date]
    basis: Mapped[str] = mapped_column(default="")
    contact: Mapped[str] = mapped_column(default="")

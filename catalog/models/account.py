"""People and programs with an account: what they may do where, what they follow, what they did."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from catalog.models.base import Base, Id, new_id


class Account(Base):
    """Who may write (CKAN: user). `state`: `active`, `deleted`; a deleted account signs nothing any more."""

    __tablename__ = "account"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    fullname: Mapped[str | None]
    email: Mapped[str] = mapped_column(default="")
    about: Mapped[str | None]
    image_url: Mapped[str | None]
    password_hash: Mapped[str] = mapped_column(default="")  # scrypt; empty where one signs in by token only
    sysadmin: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(20), default="active")
    created: Mapped[datetime]
    last_active: Mapped[datetime | None]


class Member(Base):
    """What an account may do in an agency or a theme: `member` reads what is private, `editor` writes, `admin` also lets others in."""

    __tablename__ = "member"
    __table_args__ = (UniqueConstraint("group_id", "account_id"), Index(None, "account_id"))

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    group_id: Mapped[str] = mapped_column(Id)  # of an agency or of a theme
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    capacity: Mapped[str] = mapped_column(String(20))
    created: Mapped[datetime]


class Collaborator(Base):
    """An account that may read (`member`) or change (`editor`, `admin`) one dataset of an agency that is not its own."""

    __tablename__ = "collaborator"
    __table_args__ = (Index(None, "account_id"),)

    dataset_id: Mapped[str] = mapped_column(ForeignKey("dataset.id", ondelete="CASCADE"), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    capacity: Mapped[str] = mapped_column(String(20))
    modified: Mapped[datetime]


class Following(Base):
    """That an account wants to hear of something: a dataset, an agency, a theme or another account."""

    __tablename__ = "following"
    __table_args__ = (Index(None, "kind", "object_id"),)

    account_id: Mapped[str] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)  # dataset, group, organization, user
    object_id: Mapped[str] = mapped_column(Id, primary_key=True)
    created: Mapped[datetime]


class Activity(Base):
    """One thing that somebody did by the API: `new package`, `changed organization` and so on."""

    __tablename__ = "activity"
    __table_args__ = (Index(None, "object_id", "at"), Index(None, "owner_id", "at"), Index(None, "user_id", "at"), Index(None, "at"))

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    at: Mapped[datetime]
    user_id: Mapped[str] = mapped_column(String(100))  # of the account, or the name of a token that has none
    object_id: Mapped[str] = mapped_column(Id)
    owner_id: Mapped[str | None] = mapped_column(Id)  # the agency of a dataset
    activity_type: Mapped[str] = mapped_column(String(50))
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)

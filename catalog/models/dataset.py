"""Datasets, their resources, and every version of every file."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.models.base import Base, Id, new_id


class Dataset(Base):
    """A dataset (CKAN: package). `state`: `active`, `draft` (nothing of it was ever good), `deleted`."""

    __tablename__ = "dataset"
    __table_args__ = (
        Index("uq_dataset_name_live", "name", unique=True,
              sqlite_where=text("state != 'deleted'"), postgresql_where=text("state != 'deleted'")),
        UniqueConstraint("source_id", "identifier"),
        Index(None, "owner_org"), Index(None, "identifier"), Index(None, "state", "metadata_modified"), Index(None, "name"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(100))
    title: Mapped[str]
    title_en: Mapped[str] = mapped_column(default="")
    notes: Mapped[str] = mapped_column(default="")
    url: Mapped[str] = mapped_column(default="")
    version: Mapped[str] = mapped_column(default="")
    author: Mapped[str] = mapped_column(default="")
    author_email: Mapped[str] = mapped_column(default="")
    maintainer: Mapped[str] = mapped_column(default="")
    maintainer_email: Mapped[str] = mapped_column(default="")
    license_id: Mapped[str] = mapped_column(default="")
    type: Mapped[str] = mapped_column(String(50), default="dataset")
    state: Mapped[str] = mapped_column(String(20), default="active")
    private: Mapped[bool] = mapped_column(default=False)
    owner_org: Mapped[str | None] = mapped_column(ForeignKey("agency.id"))
    published_by: Mapped[str | None] = mapped_column(ForeignKey("agency.id"))  # who published it first; never changes
    creator_user_id: Mapped[str | None] = mapped_column(Id)
    frequency: Mapped[str] = mapped_column(String(20), default="")  # see catalog/freshness.py
    illustrative: Mapped[bool] = mapped_column(default=False)  # made up for a demonstration; said wherever it is shown
    tags: Mapped[list[str]] = mapped_column(default=list)
    groups: Mapped[list[str]] = mapped_column(default=list)  # names of themes
    extras: Mapped[list[Any]] = mapped_column(default=list)  # [{"key": …, "value": …}]
    source_id: Mapped[str | None] = mapped_column(ForeignKey("source.id", ondelete="SET NULL"))
    identifier: Mapped[str | None]  # at the source
    metadata_created: Mapped[datetime]
    metadata_modified: Mapped[datetime]
    archived_at: Mapped[datetime | None]
    archived_reason: Mapped[str | None]
    resources: Mapped[list[Resource]] = relationship(
        back_populates="dataset", cascade="all, delete-orphan", order_by="Resource.position", lazy="selectin")


class Resource(Base):
    """One file or link of a dataset. `version_id` is the version that is live."""

    __tablename__ = "resource"
    __table_args__ = (Index(None, "dataset_id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    dataset_id: Mapped[str] = mapped_column(ForeignKey("dataset.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(20), default="active")
    name: Mapped[str] = mapped_column(default="")
    description: Mapped[str] = mapped_column(default="")
    url: Mapped[str] = mapped_column(default="")  # at the source, or of the upload
    url_type: Mapped[str | None] = mapped_column(String(20))  # "upload" where the file is ours to serve
    resource_type: Mapped[str | None] = mapped_column(String(50))
    format: Mapped[str] = mapped_column(String(100), default="")
    mimetype: Mapped[str | None] = mapped_column(String(200))
    size: Mapped[int | None]
    hash: Mapped[str] = mapped_column(default="")
    schema_name: Mapped[str | None] = mapped_column(String(100))
    extras: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created: Mapped[datetime]
    last_modified: Mapped[datetime | None]
    metadata_modified: Mapped[datetime]
    version_id: Mapped[str | None] = mapped_column(Id)
    etag: Mapped[str | None]  # of the last answer of the source, for conditional requests
    source_modified: Mapped[str | None]
    reachable: Mapped[bool | None]
    checked_at: Mapped[datetime | None]
    dataset: Mapped[Dataset] = relationship(back_populates="resources")


class FileCheck(Base):
    """How a harvested file was last looked at, and when it is asked for again (see catalog/rechecking.py).

    Apart from the resource, which changes only when what the public sees of it does.
    """

    __tablename__ = "file_check"

    resource_id: Mapped[str] = mapped_column(ForeignKey("resource.id", ondelete="CASCADE"), primary_key=True)
    asked_at: Mapped[datetime]
    decided: Mapped[str] = mapped_column(String(20))  # etag, last-modified, mark, hash
    etag: Mapped[str | None]  # of the last answer, for conditional requests
    last_modified: Mapped[str | None]
    lies: Mapped[bool] = mapped_column(default=False)  # the server once said "unchanged" of other bytes: it is not believed again
    verified_at: Mapped[datetime | None]  # when its bytes were last fetched, whatever the server says of them
    due_at: Mapped[datetime | None]  # not asked for before; None at the next harvest


class Version(Base):
    """One state of one file, for ever. `state`: `published`, `refused`, `held` (a person must decide).

    The bytes are in the object store under `sha256`; the typed table under `table_sha256` (Parquet), the
    validation report under `report_sha256` (JSON).

    `released` is what a person's decision made of it (see catalog/decisions): {"decisions": ids, "changes": what was done to which column}
    and, where the version is made of another file, that one as {"original": {"sha256", "size", "filename", "media_type"}}; a version
    that is still held may have {"also": columns that were found once others were left out}.
    """

    __tablename__ = "version"
    __table_args__ = (UniqueConstraint("resource_id", "number"), Index(None, "run_id"))

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    resource_id: Mapped[str] = mapped_column(ForeignKey("resource.id", ondelete="CASCADE"))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(20))
    created: Mapped[datetime]
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    filename: Mapped[str]
    format: Mapped[str] = mapped_column(String(100), default="")
    media_type: Mapped[str | None] = mapped_column(String(200))
    encoding: Mapped[str | None] = mapped_column(String(50))
    sheet: Mapped[str | None]
    rows: Mapped[int | None]
    fields: Mapped[list[str]] = mapped_column(default=list)
    errors: Mapped[int] = mapped_column(default=0)
    schema_name: Mapped[str | None] = mapped_column(String(100))
    checked: Mapped[str] = mapped_column(String(20), default="unchecked")  # valid, invalid, held, unchecked
    table_sha256: Mapped[str | None] = mapped_column(String(64))
    table_size: Mapped[int | None]
    report_sha256: Mapped[str | None] = mapped_column(String(64))
    released: Mapped[dict[str, Any] | None]
    run_id: Mapped[str | None] = mapped_column(Id)


class Theme(Base):
    """A subject under which datasets are found (CKAN: group)."""

    __tablename__ = "theme"

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    title_vi: Mapped[str]
    title_en: Mapped[str]
    icon: Mapped[str] = mapped_column(String(40), default="")
    position: Mapped[int] = mapped_column(default=0)
    created: Mapped[datetime]
    description: Mapped[str] = mapped_column(default="")
    image_url: Mapped[str] = mapped_column(default="")
    extras: Mapped[list[Any]] = mapped_column(default=list)
    state: Mapped[str] = mapped_column(String(20), default="active")


class OldName(Base):
    """A name that a dataset once had; its address leads to the new one for ever."""

    __tablename__ = "old_name"

    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    dataset_id: Mapped[str] = mapped_column(ForeignKey("dataset.id", ondelete="CASCADE"))


class Change(Base):
    """The change log: written in the same transaction as the dataset; a search index applies what it lacks.

    `dataset_id` may also be an agency, a theme or an account of which lists tell; an index finds no dataset of that id and goes on.
    """

    __tablename__ = "change"
    __table_args__ = ({"sqlite_autoincrement": True},)

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    dataset_id: Mapped[str] = mapped_column(Id)
    at: Mapped[datetime]

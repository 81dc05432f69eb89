"""Files that an agency handed in itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from catalog.models.base import Base, Id, new_id


class UploadedFile(Base):
    """One file as it was handed in; its bytes are in the object store. The highest `number` of an identifier is what holds.

    `identifier` stays the same over all versions; `says` is what was said of the dataset: title, description, theme,
    license, frequency, schema; `told` what was said of how this very file is to be read (`validation.told.Told`), None where nobody looked.
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
    told: Mapped[dict[str, Any] | None]
    uploaded_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]  # from then on it is no longer listed


class UploadDraft(Base):
    """One file that somebody has sent and not yet published, with what a check said of it; gone when it `expires`.

    A file sent again, or the same one looked at with other choices, is a new row of the same `thread`, `number` counting from 1, so
    that what an address showed never changes. `before_id` is the row that it came of, `holder` who sent it (`sign_ins.Person`).
    `asked` is {"schema", "lang", "encoding", "answers", "without", "names"}: `answers` are words by the labels of columns (see
    `catalog.validation.repair.answers`), `encoding` is how its letters are read; without the last two the file was sent, with them it is made of the
    corrected file of the row before, and `sha256` is empty until it is; "layout", "kept", "columns" and "forget" say how it is to be
    read (`catalog.drafts.telling`), what `catalog.drafts.deciding` says is about columns that look personal. `state`: queued, running, done, failed. `answer` is what
    `catalog.drafts.checking` says. Bytes lie in the part `drafts/<thread>` of the object store.
    """

    __tablename__ = "upload_draft"
    __table_args__ = (UniqueConstraint("thread", "number"), Index(None, "holder", "sent_at"), Index(None, "agency_id"), Index(None, "expires"))

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    thread: Mapped[str] = mapped_column(Id)
    number: Mapped[int]
    before_id: Mapped[str | None] = mapped_column(Id)
    holder: Mapped[str] = mapped_column(Id)
    agency_id: Mapped[str] = mapped_column(ForeignKey("agency.id", ondelete="CASCADE"))
    filename: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64), default="")
    size: Mapped[int] = mapped_column(BigInteger, default=0)  # bytes
    asked: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[str] = mapped_column(String(10), default="queued")
    rows: Mapped[int] = mapped_column(BigInteger, default=0)  # checked so far
    answer: Mapped[dict[str, Any] | None]
    sent_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    expires: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    upload_id: Mapped[str | None] = mapped_column(Id)  # what it became, and the run that publishes it
    run_id: Mapped[str | None] = mapped_column(Id)

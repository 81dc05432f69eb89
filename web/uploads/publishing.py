"""The last form: which dataset a file belongs to, and what is said of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

import schemas
from catalog.drafts.dropping import drop_of
from catalog.drafts.submitting import Submission
from catalog.drafts.telling import COPY, meant
from catalog.freshness import PERIODS, WORDS
from catalog.licences import DEFAULT, LICENCES
from catalog.models import Dataset, Source, Theme, UploadDraft, UploadedFile
from catalog.site import Site
from catalog.uploads import uploads
from catalog.validation.descriptions import refusal
from web.words import either

TEXTS = ("title", "title_en", "description", "theme", "frequency", "license")
LONGEST = {"title": 300, "title_en": 300, "description": 5_000}


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What stands in the form: the datasets that there are (identifier, title), which one is meant, the words, what may be chosen.

    Of a draft that was submitted: `dataset` where it is published already, and the source.
    """

    known: tuple[tuple[str, str], ...]
    chosen: str
    says: Mapping[str, Any]
    themes: tuple[tuple[str, str], ...]
    frequencies: tuple[tuple[str, str], ...]
    licences: tuple[tuple[str, str], ...]
    source: Source | None
    dataset: Dataset | None


def form(session: Session, site: Site, draft: UploadDraft) -> Form:
    """The form as it is first shown, filled in with what is known."""
    source = drop_of(session, draft.agency_id)
    rows = uploads(session, source.id) if source else []
    known = meant(rows, draft.filename)
    upload = session.get(UploadedFile, draft.upload_id) if draft.upload_id else None
    home = session.get(Source, upload.source_id) if upload else source
    return Form(
        known=tuple((row.identifier, row.says.get("title") or row.filename) for row in rows), chosen=known.identifier if known else "",
        says=dict(known.says) if known else {"title": _title(draft), "license": DEFAULT},
        themes=tuple((theme.name, either(theme.title_vi, theme.title_en)) for theme in session.scalars(select(Theme).order_by(Theme.position, Theme.name))),
        frequencies=tuple((key, either(*WORDS[key])) for key in PERIODS if key),
        licences=tuple((licence.id, either(licence.title_vi, licence.title)) for licence in LICENCES.values() if licence.open),
        source=home, dataset=session.scalar(select(Dataset).where(
            Dataset.source_id == upload.source_id, Dataset.identifier == upload.identifier, Dataset.state == "active")) if upload else None)


def read(site: Site, draft: UploadDraft, given: Mapping[str, str], by: str) -> tuple[Submission, list[str]]:
    """What was sent by whom, and what is wrong with it."""
    says = {key: given.get(key, "").strip()[: LONGEST.get(key, 100)] for key in TEXTS}
    identifier = given.get("identifier", "")
    with site.reading() as session:
        source = drop_of(session, draft.agency_id)
        known = {row.identifier for row in uploads(session, source.id)} if source else set()
    if identifier and identifier not in known:
        return Submission(), [_("Bộ dữ liệu được chọn không còn nữa."), _("Chọn một bộ khác, hoặc “Bộ dữ liệu mới”.")]
    if not identifier and not says["title"] and draft.submitted_at is None:
        return Submission(), [_("Bộ dữ liệu mới chưa có tên."), _("Ghi tên như người đọc sẽ tìm, ví dụ “Danh sách chợ trên địa bàn tỉnh”.")]
    if not identifier and draft.filename.lower() in known and draft.submitted_at is None:
        return Submission(), [_("Đã có bộ dữ liệu của một tệp cùng tên."), _("Chọn bộ ấy để nộp bản mới, hoặc đổi tên tệp rồi gửi lại.")]
    if refused := refusal(says[key] for key in ("title", "title_en", "description")):
        return Submission(), [either(*refused), _("Người cần liên hệ thì ghi điện thoại hoặc thư của cơ quan.")]
    return Submission(says=says, identifier=identifier or None, by=by), []


def _title(draft: UploadDraft) -> str:
    schema = (draft.answer or {}).get("schema")
    if schema in schemas.names():
        return schemas.load(schema).title["vi"]
    return " ".join(COPY.sub("", PurePosixPath(draft.filename).stem).replace("_", " ").replace("-", " ").split())

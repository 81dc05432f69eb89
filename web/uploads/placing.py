"""Where the table is, as a person chooses it on the page: the form's fields, what is wrong with them, and what is asked of the next look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from catalog.drafts.deciding import of_the_same
from catalog.drafts.dropping import drop_of
from catalog.models import UploadDraft
from catalog.remembered import forget_column, forget_layout, plain_label
from catalog.validation.given_layout import GivenLayout, impossible
from web.words import either

ROWS = ("header_first", "header_last", "first", "last")
LARGEST = 2_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Placing:
    """The form as it is shown: the picture of the sheet, the values of its fields, and by whom the table was found.

    `by`: machine, given, thread, remembered. `changed` says that the file is not like the one before; `wrong` what cannot be.
    """

    picture: Mapping[str, Any]
    values: Mapping[str, str]
    by: str
    who: str
    at: datetime | None
    changed: bool
    wrong: str = ""

    @property
    def opens(self) -> bool:
        """Whether it is shown without being asked for."""
        return bool(self.wrong or self.changed)


def placing(draft: UploadDraft, before: UploadDraft | None, sent: Mapping[str, str] | None = None, wrong: str = "") -> Placing | None:
    """The form for a draft whose check is done, with what was `sent` where that is wrong; None where rows cannot be chosen.

    A draft that could not be read as chosen shows the picture of the one before.
    """
    answer = draft.answer or {}
    picture = answer.get("picture") or ((before.answer or {}).get("picture") if before is not None else None)
    if picture is None or "without" in draft.asked:
        return None
    reading = answer.get("reading") or {}
    return Placing(picture=picture, values=sent or _values(draft, picture), by=reading.get("by", "machine"), who=reading.get("who", ""),
                   at=datetime.fromisoformat(reading["at"]) if reading.get("at") else None, changed=bool(reading.get("changed")), wrong=wrong)


def _values(draft: UploadDraft, picture: Mapping[str, Any]) -> dict[str, str]:
    if not (draft.answer or {}).get("picture") and (chosen := draft.asked.get("layout")):
        header = chosen["header"] or ("", "")
        return {"sheet": chosen["sheet"] or "", **{name: str(value or "") for name, value in zip(ROWS, (*header, chosen["first"], chosen["last"]), strict=True)}}
    first, last = picture["data"] or ("", "")
    return {"sheet": picture["sheet"] or "", **{name: str(value) for name, value in zip(ROWS, (*picture["header"], first, last), strict=True)}}


def chosen(form: Mapping[str, str], draft: UploadDraft, picture: Mapping[str, Any]) -> tuple[GivenLayout | None, str]:
    """What was chosen, or what is wrong with it in words.

    Rows that stand as they were found on another sheet, or nowhere, are looked for there; an end that stands as it was found stays found.
    """
    sheets = {sheet["name"] or "": sheet for sheet in picture["sheets"]}
    name = form.get("sheet", picture["sheet"] or "")
    if name not in sheets:
        return None, _("Tệp không có trang tính này. Chọn một trang tính trong danh sách.")
    rows: dict[str, int | None] = {}
    for field in ROWS:
        text = form.get(field, "").strip()
        if text and not (text.isascii() and text.isdecimal() and 0 < int(text[:12]) <= LARGEST):
            return None, _("“%(text)s” chưa phải số dòng. Ghi số dòng như Excel hiện bên trái, ví dụ 5.", text=text[:40])
        rows[field] = int(text) if text else None
    found = {"sheet": picture["sheet"] or "", **dict(zip(ROWS, (*picture["header"], *(picture["data"] or (None, None))), strict=True))}
    same = all(rows[field] == found[field] for field in ROWS)
    top = rows["header_first"] or rows["header_last"]
    if name != found["sheet"] and same or top is None:
        return GivenLayout(sheet=name or None), ""
    before = _said_before(draft, found)
    header = top, rows["header_last"] or top
    first = rows["first"] if rows["first"] != found["first"] or header != tuple(picture["header"]) else before["first"]
    last = rows["last"] if rows["last"] != found["last"] or name != found["sheet"] else before["last"]
    why = impossible(header, first or header[1] + 1, last, sheets[name]["rows"])
    if why is not None:
        return None, _("Chưa đọc được bảng như đã chọn: %(why)s.", why=either(*why))
    return GivenLayout(sheet=name or None, header=header, first=first, last=last), ""


def _said_before(draft: UploadDraft, found: Mapping[str, Any]) -> dict[str, int | None]:
    """The first and the last row of data as far as a person has said them, of this file or of the one before; what was only found is None."""
    kept = ((draft.answer or {}).get("told") or {}).get("kept")
    if layout := draft.asked.get("layout"):
        return {"first": layout["first"], "last": layout["last"]}
    return {"first": found["first"] if kept and kept["gap"] else None, "last": found["last"] if kept and kept["ending"] is not None else None}


def asked_with(draft: UploadDraft, given: GivenLayout, lang: str) -> dict[str, Any]:
    """What the next look is asked, for a layout that was chosen."""
    kept = {key: value for key, value in of_the_same(draft.asked).items() if key not in ("kept", "forget")}
    return {**kept, "layout": given.to_dict(), "lang": lang}


def sent_again(before: UploadDraft, lang: str) -> dict[str, Any]:
    """What the check of another file of the thread is asked: the schema, the columns and the layout of the one before."""
    answer, asked = before.answer or {}, before.asked
    carried = {key: asked[key] for key in ("columns", "forget") if asked.get(key)}
    kept = {"kept": answer["kept"]} if answer.get("kept") else {}
    return {"schema": asked.get("schema", ""), "lang": lang, **carried, **kept}


def forgotten(session: Session, draft: UploadDraft, what: str, label: str, lang: str) -> dict[str, Any]:
    """Take back what is remembered of the layout, or of a label; what the next look is asked then."""
    answer, source = draft.answer or {}, drop_of(session, draft.agency_id)
    asked = of_the_same(draft.asked) | {"lang": lang}
    if what == "column":
        schema = answer.get("schema") or ""
        if source is not None:
            forget_column(session, source.id, schema, label)
        columns = {name: dict(fields) for name, fields in (asked.get("columns") or {}).items()}
        columns.get(schema, {}).pop(plain_label(label), None)
        return {**asked, "columns": columns}
    reading = answer.get("reading") or {}
    if source is not None and reading.get("by") == "remembered":
        forget_layout(session, source.id, reading["identifier"])
    return {key: value for key, value in asked.items() if key not in ("layout", "kept", "carry")} | {"forget": True}

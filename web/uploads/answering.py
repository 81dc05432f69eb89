"""The questions that only a person can answer: how cells of a column are to be read, and the letters of the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from catalog.drafts.deciding import of_the_same
from catalog.models import UploadDraft
from catalog.validation.repair.answers import province_of
from schemas import dated_codes

WORDS = {
    "dmy": _l("Ngày trước, tháng sau"), "mdy": _l("Tháng trước, ngày sau"),
    "dmy-19": _l("Ngày trước, tháng sau, năm 19.."), "dmy-20": _l("Ngày trước, tháng sau, năm 20.."),
    "mdy-19": _l("Tháng trước, ngày sau, năm 19.."), "mdy-20": _l("Tháng trước, ngày sau, năm 20.."),
    "vietnamese": _l("Dấu chấm ngăn hàng nghìn, dấu phẩy là phần lẻ"), "english": _l("Dấu phẩy ngăn hàng nghìn, dấu chấm là phần lẻ"),
    "missing": _l("Không có số liệu, để trống"), "zero": _l("Bằng không"), "not-collected": _l("Chưa thu thập được, để trống"),
    "percent": _l("Lấy số đứng trước dấu phần trăm"), "share": _l("Chia cho 100"),
    "former": _l("Số liệu của thời gian trước: mã cũ"), "current": _l("Số liệu của thời gian sau: mã mới"),
    "successor": _l("Lấy mã của đơn vị kế tiếp"), "yes": _l("Đúng, đổi như vậy"),
}
ENCODINGS = {"tcvn3": "TCVN3 (ABC, .VnTime)", "vni": "VNI (VNI-Times)", "viscii": "VISCII", "cp1258": "Windows-1258", "cp1252": "Windows-1252"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question about the cells of a column: its number on the page, what it is about, the answers with what each writes, the one that holds.

    `because` says in both languages why it is asked; empty where the answers say enough.
    """

    number: int
    column: str
    label: str
    count: int
    cell: str
    text: str
    answers: tuple[tuple[str, Any, str], ...]
    answer: str
    because: Mapping[str, str]
    vi: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asks:
    """What a draft asks of a person: `open` have answers to choose from, `by_hand` have none, `letters` are ways to read the file.

    `given` is the earlier draft at which answers were given, where this one is made of what came of them; `encoding` how its letters were read.
    """

    open: tuple[Question, ...]
    by_hand: tuple[Question, ...]
    letters: tuple[Mapping[str, Any], ...]
    repaired: Mapping[str, Any]
    given: UploadDraft | None
    encoding: str


def asks(session: Session, draft: UploadDraft) -> Asks:
    """The questions of a checked draft."""
    answer = draft.answer or {}
    labels = {column["letter"]: column["label"] for column in answer.get("columns", [])}
    found = [_question(number, question, labels) for number, question in enumerate(answer.get("questions", []))]
    before = session.get(UploadDraft, draft.before_id) if draft.before_id else None
    took = before is not None and ("without" in draft.asked and before.asked.get("answers") or draft.asked.get("encoding"))
    return Asks(open=tuple(question for question in found if question.answers), by_hand=tuple(question for question in found if not question.answers),
                letters=tuple(answer.get("letters", ())), repaired=answer.get("answered") or {}, given=before if took else None,
                encoding=ENCODINGS.get(draft.asked.get("encoding", ""), ""))


def _question(number: int, question: Mapping[str, Any], labels: Mapping[str, str]) -> Question:
    return Question(number=number, column=question["where"], label=labels.get(question["where"], ""), count=question["count"], cell=question["cell"],
                    text=question["text"], answers=tuple((word, _said(word), value) for word, value in question.get("answers", {}).items()),
                    answer=question.get("answer", ""), because=question.get("because") or {}, vi=question["vi"], en=question["en"])


def _said(word: str) -> Any:
    """An answer in words; that of a province by all names that its code has had."""
    code = province_of(word)
    names = dict.fromkeys(unit.full_name for unit in dated_codes.load("vn-province") if unit.code == code) if code else ()
    return _l("Đơn vị thuộc %(province)s (mã %(code)s)", province=" / ".join(names), code=code) if code else WORDS[word]


def asked(form: Mapping[str, str], draft: UploadDraft, lang: str) -> dict[str, Any] | None:
    """What the file is to be looked at with, as the form says; None where that is what it was looked at with."""
    chosen = form.get("encoding", "")
    if chosen:
        return {**of_the_same(draft.asked), "lang": lang, "encoding": chosen} if chosen in ENCODINGS and chosen != draft.asked.get("encoding") else None
    answer, answers = draft.answer or {}, dict(draft.asked.get("answers") or {})
    labels = {column["letter"]: column["label"] for column in answer.get("columns", [])}
    for number, question in enumerate(answer.get("questions", [])):
        words, label = question.get("answers", {}), labels.get(question["where"], "")
        said = form.get(f"answer:{number}", question.get("answer", ""))
        if words and label:
            others = [word for word in answers.get(label, []) if word not in words]
            answers[label] = [*others, said] if said in words else others
    answers = {label: words for label, words in answers.items() if words}
    return {**of_the_same(draft.asked), "lang": lang, "answers": answers} if answers != (draft.asked.get("answers") or {}) else None


def of_the_next(before: UploadDraft | None, lang: str) -> dict[str, Any]:
    """What another file is looked at with: as the one that it takes the place of, whose answers hold for columns of the same name."""
    kept = {key: before.asked[key] for key in ("schema", "answers") if key in before.asked} if before else {}
    return {"schema": "", **kept, "lang": lang}

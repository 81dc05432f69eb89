"""What a target has of ours that is no longer public here, and the guard over taking it away.

As with sources: where nothing would be left, or more than a fifth or fifty would go at once, nothing goes and a person is asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from catalog.archiving import Act
from catalog.errors import NotFound
from catalog.issues import Issue, Place
from catalog.models import Dataset, Onward, OnwardRemoval, Target, new_id
from catalog.onward.choosing import is_public
from catalog.settings import Settings
from catalog.slices import slices

LEAVING, DELETED, SYSTEM = "leaving", "deleted", "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """What the target has and should not have any more: of these `may_go` at once; `issue` says why others may not."""

    may_go: Sequence[Onward]
    asked: Sequence[Onward] = ()
    before: int = 0
    issue: Issue | None = None


def there(target_id: str) -> tuple:
    """The conditions of rows that the target has, or may have."""
    return Onward.target_id == target_id, Onward.state != DELETED, Onward.remote_name != ""


def gone(session: Session, settings: Settings, target: Target, named: Sequence[str] | None = None) -> Gone:
    """What is to be taken away: of all, under the guard; of those that somebody `named` (ids of datasets), at once."""
    public = select(Dataset.id).where(*is_public(session, target))
    rows = list(session.scalars(select(Onward).where(*there(target.id), Onward.dataset_id.not_in(public)).order_by(Onward.name)))
    if named is not None:
        wanted = set(named)
        return Gone(may_go=[row for row in rows if row.dataset_id in wanted])
    said = [row for row in rows if row.state == LEAVING]
    newly = [row for row in rows if row.state != LEAVING and row.kept_by is None]
    before = session.scalar(select(func.count()).select_from(Onward).where(*there(target.id))) or 0
    left = session.scalar(select(func.count()).select_from(public.subquery())) or 0
    facts = {"missing": len(newly), "before": before, "target": target.name}
    if newly and left == 0:
        return Gone(may_go=said, asked=newly, before=before, issue=Issue("onward-empty", Place(url=target.url), facts))
    if len(newly) > settings.shrink_count or len(newly) > settings.shrink_share * before:
        return Gone(may_go=said, asked=newly, before=before, issue=Issue("onward-shrank", Place(url=target.url), facts))
    return Gone(may_go=[*said, *newly], before=before)


def forget(session: Session, target: Target) -> None:
    """Drop what was noted of datasets that never came to the target and are no longer public: nobody can do anything about them."""
    public = select(Dataset.id).where(*is_public(session, target))
    session.execute(delete(Onward).where(Onward.target_id == target.id, Onward.remote_name == "", Onward.remote_id.is_(None),
                                         Onward.dataset_id.not_in(public)).execution_options(synchronize_session=False))


def ask(session: Session, target_id: str, found: Gone, act: Act) -> None:
    """Put the question, or bring the one that is open to what is gone now; close it where nothing is asked any more."""
    question = open_question(session, target_id)
    if found.issue is None:
        if question is not None:
            _decide(question, "lapsed", act)
        return
    missing = sorted(row.dataset_id for row in found.asked)
    if question is None:
        question = OnwardRemoval(id=new_id(), target_id=target_id, asked_at=act.at)
        session.add(question)
    elif question.missing != missing:
        question.asked_at = act.at
    question.before, question.missing = found.before, missing


def open_question(session: Session, target_id: str) -> OnwardRemoval | None:
    """The question about a target that nobody has answered yet."""
    return session.scalar(select(OnwardRemoval).where(OnwardRemoval.target_id == target_id, OnwardRemoval.decision.is_(None)))


def names(session: Session, question: OnwardRemoval, limit: int = 20) -> list[str]:
    """The names at home of the first datasets that a question is about."""
    return list(session.scalars(select(Onward.name).where(
        Onward.target_id == question.target_id, Onward.dataset_id.in_(question.missing[:limit])).order_by(Onward.name)))


def confirm(session: Session, target_id: str, act: Act) -> int:
    """They may go, at the next run; how many. NotFound where no question is open."""
    return _answer(session, target_id, "confirmed", act, state=LEAVING)


def refuse(session: Session, target_id: str, act: Act) -> int:
    """They stay at the target until they are public here again; how many. NotFound where no question is open."""
    return _answer(session, target_id, "refused", act)


def _answer(session: Session, target_id: str, decision: str, act: Act, **values: str) -> int:
    session.get(Target, target_id, with_for_update=True)
    question = open_question(session, target_id)
    if question is None:
        raise NotFound("Không có câu hỏi nào đang chờ trả lời. · No question waits for an answer.")
    _decide(question, decision, act)
    if not values:
        values = {"kept_by": question.id}
    for part in slices(question.missing):
        session.execute(update(Onward).where(*there(target_id), Onward.dataset_id.in_(part)).values(**values))
    return len(question.missing)


def _decide(question: OnwardRemoval, decision: str, act: Act) -> None:
    question.decision, question.decided_at, question.decided_by, question.reason = decision, act.at, act.by[:100], act.reason

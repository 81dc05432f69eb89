"""Questions to a person: a listing lost so much that nothing was taken off the site; was that meant?

Confirmed, the datasets have the usual grace before they are archived, or are archived at once. Refused, they stay until their
source lists them again, and nobody is asked again until something else is missing too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from catalog.archiving import Act, archive
from catalog.errors import NotFound
from catalog.intake import ASKS, Intake
from catalog.models import Dataset, IssueRow, Known, Removal, Run, Source, new_id
from catalog.runs import Paged, paged
from catalog.sight import Acts
from catalog.site import Site
from catalog.slices import slices

SYSTEM = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What a decision did: the question, the datasets that it concerns, and those archived at once."""

    removal: Removal
    datasets: tuple[str, ...]
    archived: tuple[str, ...] = ()


def ask(intake: Intake, missing: Sequence[str], before: int) -> Removal:
    """Put the question, or bring the one that is open to what is missing now."""
    session, missing = intake.session, sorted(missing)
    question = open_question(session, intake.source.id)
    if question is None:
        question = Removal(id=new_id(), source_id=intake.source.id, asked_at=intake.now)
        session.add(question)
    elif question.missing != missing:
        question.asked_at = intake.now
    question.run_id, question.before, question.missing = intake.run.id, before, missing
    session.flush()
    return question


def lapse(intake: Intake) -> None:
    """Close the open question of a source whose listing is no longer short."""
    question = open_question(intake.session, intake.source.id)
    if question is not None:
        _decide(question, "lapsed", Act(by=SYSTEM, at=intake.now, reason=""))


def open_question(session: Session, source_id: str) -> Removal | None:
    """The question about a source that nobody has answered yet."""
    return session.scalar(select(Removal).where(Removal.source_id == source_id, Removal.decision.is_(None)))


def questions(session: Session, *, source_id: str | None = None, still_open: bool = False, page: int = 1) -> Paged[Removal]:
    """Questions, open ones first, then the newest; of one source or all."""
    query = select(Removal).order_by(Removal.decision.is_not(None), Removal.asked_at.desc(), Removal.id)
    if source_id is not None:
        query = query.where(Removal.source_id == source_id)
    if still_open:
        query = query.where(Removal.decision.is_(None))
    return paged(session, query, page)


def titles(session: Session, removal: Removal, acts: Acts, limit: int = 500) -> list[tuple[str, str]]:
    """Names and titles of the first datasets that a question is about, by identifier; of private ones for those who act for their agency."""
    rows = session.execute(select(Dataset.name, Dataset.title, Dataset.private, Dataset.owner_org).where(
        Dataset.source_id == removal.source_id, Dataset.identifier.in_(removal.missing[:limit])).order_by(Dataset.identifier))
    return [(name, title) for name, title, private, owner in rows if not private or acts(owner or "")]


def confirm(site: Site, session: Session, removal_id: str, act: Act, *, at_once: bool = False) -> Decided:
    """They are to go: the grace begins now, or they are archived `at_once`. What came back in the meantime stays.

    NotFound for a question that is not there or has been answered.
    """
    removal = _answerable(session, removal_id)
    known = _still_missing(session, removal)
    for each in known:
        each.missing_since, each.kept_by = act.at, None
    _decide(removal, "confirmed", act)
    ids = [each.dataset_id for each in known if each.dataset_id]
    archived: list[str] = []
    if at_once:
        undoable = Act(by=act.by, at=act.at, reason=act.reason, run_id=removal.run_id)
        for part in slices(ids):
            archived += archive(site, session, list(session.scalars(select(Dataset).where(Dataset.id.in_(part)))), undoable)
    _close_issue(session, removal, act)
    return Decided(removal=removal, datasets=tuple(ids), archived=tuple(archived))


def refuse(session: Session, removal_id: str, act: Act) -> Decided:
    """They stay, until the source lists them again; NotFound for a question that is not there or has been answered."""
    removal = _answerable(session, removal_id)
    known = _still_missing(session, removal)
    for each in known:
        each.missing_since, each.kept_by = None, removal.id
    _decide(removal, "refused", act)
    _close_issue(session, removal, act)
    return Decided(removal=removal, datasets=tuple(each.dataset_id for each in known if each.dataset_id))


def _answerable(session: Session, removal_id: str) -> Removal:
    removal = session.get(Removal, removal_id, with_for_update=True)
    if removal is None or removal.decision is not None:
        raise NotFound("Câu hỏi này không có, hoặc đã được trả lời. · There is no such question, or it has been answered.")
    return removal


def _decide(removal: Removal, decision: str, act: Act) -> None:
    removal.decision, removal.decided_at, removal.decided_by, removal.reason = decision, act.at, act.by[:100], act.reason


def _still_missing(session: Session, removal: Removal) -> list[Known]:
    """What the question names and no run since has listed again; a run that has been forgotten is an old one."""
    found: list[Known] = []
    for part in slices(removal.missing):
        found += session.scalars(select(Known).outerjoin(Run, Run.id == Known.last_run_id).where(
            Known.source_id == removal.source_id, Known.identifier.in_(part), Known.dataset_id.is_not(None),
            or_(Run.id.is_(None), Run.queued_at <= removal.asked_at)))
    return found


def _close_issue(session: Session, removal: Removal, act: Act) -> None:
    """The answer ends what was said of the source."""
    session.execute(update(IssueRow).where(
        IssueRow.source_id == removal.source_id, IssueRow.code == ASKS, IssueRow.closed_at.is_(None)).values(closed_at=act.at))


def source_of(session: Session, removal: Removal) -> Source:
    """The source that a question is about."""
    return session.get_one(Source, removal.source_id)

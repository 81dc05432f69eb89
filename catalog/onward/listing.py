"""What is known of targets, for pages and the command line. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, String, cast, func, select
from sqlalchemy.orm import Session

from catalog.models import Onward, OnwardRemoval, OnwardRun, Target
from catalog.onward.due import next_run
from catalog.onward.leaving import open_question
from catalog.runs import PAGE_SIZE, Paged
from catalog.site import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a target stands: datasets by state, how many of them with issues, its last run, the question that waits, its next run."""

    target: Target
    counts: dict[str, int]
    wrong: int
    last: OnwardRun | None
    question: OnwardRemoval | None
    next_run: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """Where a dataset is published onward, and how that stands."""

    target: Target
    row: Onward

    @property
    def url(self) -> str | None:
        """Its page at the target; None while it has none."""
        there = self.row.remote_id is not None and self.row.state != "deleted"
        return f"{self.target.url}/dataset/{self.row.remote_name}" if there else None


def standing(session: Session, site: Site, target: Target) -> Standing:
    """How one target stands now."""
    counts = dict(session.execute(select(Onward.state, func.count()).where(Onward.target_id == target.id).group_by(Onward.state)).all())
    wrong = session.scalar(select(func.count()).select_from(Onward).where(Onward.target_id == target.id, _wrong())) or 0
    return Standing(target=target, counts=counts, wrong=wrong, last=next(iter(runs(session, target.id, 1)), None),
                    question=open_question(session, target.id), next_run=next_run(target, site.settings, site.clock.now()))


def runs(session: Session, target_id: str, limit: int = 10) -> list[OnwardRun]:
    """The last runs to a target, the newest first."""
    return list(session.scalars(select(OnwardRun).where(OnwardRun.target_id == target_id).order_by(OnwardRun.queued_at.desc(), OnwardRun.id).limit(limit)))


def lines(session: Session, target_id: str, *, wrong: bool = False, page: int = 1) -> Paged[Onward]:
    """Datasets at a target by name, all or those with issues."""
    which = (Onward.target_id == target_id, *((_wrong(),) if wrong else ()))
    total = session.scalar(select(func.count()).select_from(Onward).where(*which)) or 0
    some = select(Onward).where(*which).order_by(Onward.name, Onward.dataset_id).offset((page - 1) * PAGE_SIZE).limit(PAGE_SIZE)
    return Paged(items=list(session.scalars(some)), total=total, page=page)


def of_dataset(session: Session, dataset_id: str) -> list[Published]:
    """Where a dataset is published onward, by the names of the targets."""
    found = session.execute(select(Target, Onward).join(Onward, Onward.target_id == Target.id).where(
        Onward.dataset_id == dataset_id, Target.state != "removed").order_by(Target.name)).all()
    return [Published(target=target, row=row) for target, row in found]


def _wrong() -> ColumnElement[bool]:
    return cast(Onward.issues, String) != "[]"

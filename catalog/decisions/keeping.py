"""Who decided what about which column, and what still waits for a decision."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from catalog.clock import day_of
from catalog.decisions.bases import BASES, LEAST
from catalog.decisions.columns import ACTIONS, HeldColumn, Key
from catalog.decisions.deriving import Decided
from catalog.errors import NotAuthorized, UsageError
from catalog.jobs import Jobs
from catalog.models import ColumnDecision, Dataset, Resource, Version, new_id
from catalog.runs import PAGE_SIZE, Paged, paged
from catalog.sign_ins import Person
from catalog.site import Site

QUEUE = "decision"
WORKFLOW = "apply_decisions"
LONGEST = 2000  # characters of a reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a person chose for one column."""

    action: str
    basis: str = ""
    reason: str = ""


def standing_rows(session: Session, resource_id: str) -> dict[Key, ColumnDecision]:
    """The decisions about a resource that stand, by what they are about."""
    rows = session.scalars(select(ColumnDecision).where(ColumnDecision.resource_id == resource_id, ColumnDecision.taken_back_at.is_(None)))
    return {(row.sheet, row.name, row.kind): row for row in rows}


def standing(session: Session, resource_ids: Collection[str]) -> dict[str, dict[Key, Decided]]:
    """The decisions that stand, by resource; one question for all."""
    return standing_and_gone(session, resource_ids)[0]


def standing_and_gone(session: Session, resource_ids: Collection[str]) -> tuple[dict[str, dict[Key, Decided]], dict[str, set[str]]]:
    """The decisions that stand, and the ids of those that were taken back, by resource; one question for all."""
    found: dict[str, dict[Key, Decided]] = {}
    gone: dict[str, set[str]] = {}
    for row in session.scalars(select(ColumnDecision).where(ColumnDecision.resource_id.in_(resource_ids))) if resource_ids else ():
        if row.taken_back_at is not None:
            gone.setdefault(row.resource_id, set()).add(row.id)
            continue
        found.setdefault(row.resource_id, {})[row.sheet, row.name, row.kind] = Decided(
            id=row.id, action=row.action, by=row.by, day=day_of(row.at).strftime("%d/%m/%Y"))
    return found, gone


def stand(session: Session, decision_ids: Collection[str]) -> bool:
    """Whether none of these decisions was taken back; they stay so until this transaction ends."""
    rows = session.scalars(select(ColumnDecision).where(ColumnDecision.id.in_(decision_ids)).with_for_update().execution_options(populate_existing=True))
    return all(row.taken_back_at is None for row in rows)


def decide(site: Site, jobs: Jobs, version: Version, asked: Mapping[HeldColumn, Choice], person: Person, agency_id: str | None) -> None:
    """Write down what a person chose for columns of a version that is held, and order what follows from it.

    NotAuthorized for who may not decide so; UsageError where the ground for a publication is missing, or the column was decided meanwhile.
    """
    for column, choice in asked.items():
        _require(column, choice, person, agency_id)
    now = site.clock.now()
    with site.writing() as session:
        session.execute(select(Resource.id).where(Resource.id == version.resource_id).with_for_update())  # one decision at a time
        before = standing_rows(session, version.resource_id)
        if any(column.key in before for column in asked):
            raise UsageError("Cột này vừa được người khác quyết định; hãy tải lại trang.", "Somebody has decided about this column just now; load the page again.")
        rows = [ColumnDecision(resource_id=version.resource_id, version_id=version.id, sheet=column.sheet, name=column.name, column=column.column,
                               kind=column.kind, action=choice.action, basis=choice.basis if choice.action == "publish" else "",
                               reason=choice.reason, by=person.name[:100], holder=person.holder, at=now) for column, choice in asked.items()]
        session.add_all(rows)
        session.flush()
        if rows:
            jobs.enqueue(session, WORKFLOW, QUEUE, f"{version.id}:{rows[-1].id}")


def order_again(site: Site, jobs: Jobs, version: Version) -> None:
    """Order once more what follows from the decisions about a version; nothing happens where that was done."""
    with site.writing() as session:
        jobs.enqueue(session, WORKFLOW, QUEUE, f"{version.id}:{new_id()}")


def _require(column: HeldColumn, choice: Choice, person: Person, agency_id: str | None) -> None:
    if choice.action not in ACTIONS or not person.may_act(agency_id):
        raise NotAuthorized
    if choice.action != "publish":
        return
    if not person.may_release(agency_id):
        raise NotAuthorized
    if choice.basis not in BASES or len(choice.reason) < LEAST:
        raise UsageError(
            f"Cột “{column.name}” chưa công bố được: hãy chọn căn cứ và ghi rõ căn cứ ấy, ít nhất {LEAST} ký tự.",
            f"Column “{column.name}” cannot be published yet: choose a basis and say exactly which, in at least {LEAST} characters.")


def of_resource(session: Session, resource_id: str) -> list[ColumnDecision]:
    """Everything that was ever decided about a resource, the last first."""
    return list(session.scalars(select(ColumnDecision).where(ColumnDecision.resource_id == resource_id)
                                .order_by(ColumnDecision.at.desc(), ColumnDecision.id)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A version that waits for a decision: the newest of its resource."""

    dataset: Dataset
    resource: Resource
    version: Version


def waiting(session: Session, agencies: Collection[str] | None, *, page: int = 1) -> Paged[Waiting]:
    """What waits for a decision, the longest first; at these agencies, by id, or at all of them for None."""
    newer = aliased(Version)
    newest = select(func.max(newer.number)).where(newer.resource_id == Version.resource_id).correlate(Version).scalar_subquery()
    query = (select(Version).join(Resource, Resource.id == Version.resource_id).join(Dataset, Dataset.id == Resource.dataset_id)
             .where(Version.state == "held", Version.number == newest, Resource.state != "deleted", Dataset.state != "deleted")
             .order_by(Version.created, Version.id))
    found = paged(session, query if agencies is None else query.where(Dataset.owner_org.in_(agencies)), page)
    rows = {row[2].id: row for row in session.execute(
        select(Dataset, Resource, Version).join(Resource, Resource.dataset_id == Dataset.id).join(Version, Version.resource_id == Resource.id)
        .where(Version.id.in_([version.id for version in found.items])))}
    items = [Waiting(dataset=rows[version.id][0], resource=rows[version.id][1], version=version) for version in found.items]
    return Paged(items=items, total=found.total, page=found.page)


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """One decision with what it was about."""

    decision: ColumnDecision
    dataset: Dataset


def log(session: Session, agencies: Collection[str] | None, *, limit: int = PAGE_SIZE) -> Sequence[Logged]:
    """What was decided or taken back, the last first; at these agencies, by id, or at all of them for None."""
    last = func.coalesce(ColumnDecision.taken_back_at, ColumnDecision.at)
    query = (select(ColumnDecision, Dataset).join(Resource, Resource.id == ColumnDecision.resource_id)
             .join(Dataset, Dataset.id == Resource.dataset_id).order_by(last.desc(), ColumnDecision.id).limit(limit))
    rows = session.execute(query if agencies is None else query.where(Dataset.owner_org.in_(agencies)))
    return [Logged(decision=decision, dataset=dataset) for decision, dataset in rows]

"""How much each agency holds, and where an agency comes from. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from catalog.models import Agency, Dataset, Succession, Theme


@dataclass(frozen=True, slots=True, kw_only=True)
class Kin:
    """One agency that went before or came after another, by which event, on which day and decision."""

    agency: Agency | None  # None where nobody took over
    day: date
    kind: str
    decision: str
    provisional: bool


def counts_by_agency(session: Session) -> dict[str, int]:
    """How many published datasets each agency has, by its id."""
    return dict(session.execute(
        select(Dataset.owner_org, func.count()).where(Dataset.state == "active", ~Dataset.private, Dataset.owner_org.is_not(None))
        .group_by(Dataset.owner_org)).all())


def themes(session: Session) -> Sequence[Theme]:
    """All themes in their order, without those that were deleted."""
    return session.scalars(select(Theme).where(Theme.state == "active").order_by(Theme.position, Theme.name)).all()


def agencies(session: Session) -> Sequence[Agency]:
    """Every agency of the register, past, present and to come, in the order of the official list, without those that were deleted."""
    return session.scalars(select(Agency).where(Agency.state == "active").order_by(Agency.position, Agency.slug)).all()


def predecessors(session: Session, agency_id: str) -> list[Kin]:
    """Whose place an agency took, oldest first."""
    rows = session.execute(select(Agency, Succession).join(Succession, Succession.predecessor_id == Agency.id)
                           .where(Succession.successor_id == agency_id).order_by(Succession.day, Agency.position))
    return [_kin(agency, succession) for agency, succession in rows]


def successors(session: Session, agency_id: str) -> list[Kin]:
    """Who took an agency's place; one entry without an agency where nobody did."""
    rows = session.execute(select(Agency, Succession).select_from(Succession).outerjoin(Agency, Agency.id == Succession.successor_id)
                           .where(Succession.predecessor_id == agency_id).order_by(Succession.day, Agency.position))
    return [_kin(agency, succession) for agency, succession in rows]


def _kin(agency: Agency | None, succession: Succession) -> Kin:
    return Kin(agency=agency, day=succession.day, kind=succession.kind, decision=succession.decision, provisional=succession.provisional)


def heirs_of_ended(session: Session, day: date) -> dict[str, list[Agency]]:
    """For each agency that has ended before `day`, those that took its place directly, by its id."""
    before = aliased(Agency)
    rows = session.execute(
        select(Succession.predecessor_id, Agency).join(Agency, Agency.id == Succession.successor_id)
        .join(before, before.id == Succession.predecessor_id).where(before.valid_to < day).order_by(Agency.position))
    found: dict[str, list[Agency]] = {}
    for predecessor_id, agency in rows:
        found.setdefault(predecessor_id, []).append(agency)
    return found

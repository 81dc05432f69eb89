"""Decisions that whoever hands a file in has made before: they travel with the file and are written down once it has a resource."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.clock import day_of
from catalog.decisions.columns import HeldColumn, Key
from catalog.decisions.deriving import Decided
from catalog.models import ColumnDecision, Version, new_id
from catalog.sign_ins import Person

ACTIONS = ("drop", "mask")  # what needs nobody but who writes for the agency
TOLD = "decided"  # the key under which they stand beside how a file is to be read


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One decision about a column of a file that is not handed in yet."""

    id: str
    sheet: str
    name: str
    column: str
    kind: str
    action: str
    reason: str
    by: str
    holder: str
    at: str

    @property
    def key(self) -> Key:
        """What the column is known again by."""
        return self.sheet, self.name, self.kind

    def to_dict(self) -> dict[str, str]:
        """A JSON-able form."""
        return asdict(self)


def given(column: HeldColumn, action: str, reason: str, person: Person, at: datetime) -> Given:
    """What a person chose for a column just now."""
    return Given(id=new_id(), sheet=column.sheet, name=column.name, column=column.column, kind=column.kind, action=action, reason=reason,
                 by=person.name[:100], holder=person.holder, at=at.isoformat())


def given_with(told: Mapping[str, Any] | None) -> list[Given]:
    """The decisions that came with a file."""
    return [Given(**one) for one in (told or {}).get(TOLD, ()) if one["action"] in ACTIONS]


def standing_with(told: Mapping[str, Any] | None, standing: Mapping[Key, Decided], taken_back: Collection[str]) -> dict[Key, Decided]:
    """The decisions that hold for a file: those that were made since, and those that came with it and were not taken back."""
    brought = {one.key: Decided(id=one.id, action=one.action, by=one.by, day=day_of(datetime.fromisoformat(one.at)).strftime("%d/%m/%Y"))
               for one in given_with(told) if one.id not in taken_back}
    return {**brought, **standing}


def write_down(session: Session, told: Mapping[str, Any] | None, version: Version) -> None:
    """Keep the decisions that came with the file of a version, but for columns that are decided already; kept again, nothing is doubled."""
    brought = given_with(told)
    rows = session.scalars(select(ColumnDecision).where(ColumnDecision.resource_id == version.resource_id)).all() if brought else ()
    known, decided = {row.id for row in rows}, {(row.sheet, row.name, row.kind) for row in rows if row.taken_back_at is None}
    session.add_all(_row(one, version) for one in brought if one.id not in known and one.key not in decided)


def _row(one: Given, version: Version) -> ColumnDecision:
    return ColumnDecision(id=one.id, resource_id=version.resource_id, version_id=version.id, sheet=one.sheet, name=one.name, column=one.column, kind=one.kind,
                          action=one.action, reason=one.reason, by=one.by, holder=one.holder, at=datetime.fromisoformat(one.at))

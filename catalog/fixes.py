"""What an agency has to mend, ranked by what each repair would change: steps of participation, datasets that are good again, errors.

Counted from the issues that are open and the steps of today, in a fixed number of questions however much is wrong.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalog.issues import Issue, Place, Said, codes, say
from catalog.models import Agency, Dataset, IssueRow, Source
from catalog.participation import participation
from catalog.participation.steps import Step
from catalog.validation.screening import PERSONAL

MOST = 20_000  # open issues of one agency that are looked at
NAMED = 5  # datasets of one repair that are named


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """One repair: everything of one code in columns of one title.

    `errors` are the cells that it clears, `datasets` those that it touches, `back` those that would have no error left, `steps` the steps of
    participation that it is the cause of missing; `named` are some of the datasets (name, title, English title), those in `back` first.
    """

    example: Issue
    errors: int
    datasets: int
    back: int
    steps: tuple[str, ...]
    named: tuple[tuple[str, str, str], ...] = ()

    @property
    def who(self) -> str:
        """Who must act: agency, platform or catalogue."""
        return str(self.example.who)

    def said(self, language: str) -> Said:
        """What is wrong and how to mend it, as its example says it."""
        return say(self.example, language)


@dataclass(frozen=True, slots=True)
class _Group:
    """Open issues that one repair ends."""

    rows: Sequence[Any]

    @property
    def records(self) -> set[str]:
        return {_record(row) for row in self.rows}


def ranked(session: Session, agency: Agency, today: date) -> list[Fix]:
    """The repairs of an agency, that which changes most first."""
    rows = _open(session, agency.id)
    groups: dict[tuple[str, str], list[Any]] = defaultdict(list)
    left: dict[str, set[tuple[str, str]]] = defaultdict(set)  # what is wrong with each dataset
    for row in rows:
        groups[_key(row)].append(row)
        left[_record(row)].add(_key(row))
    state = participation(session, today).agency(agency.slug)
    steps = [step for step in state.steps if step.cause is not None] if state else []
    names = _names(session, {row.dataset_id for row in rows if row.dataset_id})
    found = [_fix(key, _Group(group), left, steps, names) for key, group in groups.items()]
    known = {key[0] for key in groups}
    found += [_of_step(step) for step in steps if step.cause is not None and step.cause.code not in known]
    return sorted(found, key=lambda fix: (-len(fix.steps), -fix.back, -fix.errors, -fix.datasets, fix.example.code))


def _open(session: Session, agency_id: str) -> Sequence[Any]:
    """The open errors of the agency's sources, each once; the newest row of each speaks."""
    newest = (select(func.max(IssueRow.id)).join(Source, Source.id == IssueRow.source_id)
              .where(Source.agency_id == agency_id, Source.state != "removed", IssueRow.closed_at.is_(None), IssueRow.severity == "error")
              .group_by(IssueRow.source_id, IssueRow.fingerprint))
    return session.execute(select(IssueRow.code, IssueRow.place, IssueRow.facts, IssueRow.dataset_id, IssueRow.source_id, IssueRow.identifier)
                           .where(IssueRow.id.in_(newest)).order_by(IssueRow.id).limit(MOST)).all()


def _key(row: Any) -> tuple[str, str]:
    """What one repair ends: a kind of error in columns of one title, wherever they stand; one decision, all columns that look personal."""
    return row.code, "" if row.code in PERSONAL else str(row.facts.get("title") or "") if row.place.get("column") else ""


def _record(row: Any) -> str:
    return row.dataset_id or f"{row.source_id}:{row.identifier or ''}"


def _names(session: Session, dataset_ids: set[str]) -> dict[str, tuple[str, str, str]]:
    rows = session.execute(select(Dataset.id, Dataset.name, Dataset.title, Dataset.title_en).where(Dataset.id.in_(dataset_ids)))
    return {row.id: (row.name, row.title, row.title_en) for row in rows}


def _fix(key: tuple[str, str], group: _Group, left: Mapping[str, set[tuple[str, str]]], steps: Sequence[Step],
         names: Mapping[str, tuple[str, str, str]]) -> Fix:
    back = {record for record in group.records if left[record] == {key} and record in names}
    largest = max(group.rows, key=_errors)
    entry = Issue(largest.code if largest.code in codes() else "fault", Place(**largest.place), largest.facts)
    told = sorted((record for record in group.records if record in names), key=lambda record: (record not in back, names[record][1]))
    return Fix(example=entry, errors=sum(map(_errors, group.rows)), datasets=len(group.records), back=len(back),
               steps=tuple(step.key for step in steps if _regains(step, entry, back)), named=tuple(names[record] for record in told[:NAMED]))


def _errors(row: Any) -> int:
    count = 0 if row.code in PERSONAL else row.facts.get("count")  # what is held is no error
    return count if isinstance(count, int) else 1


def _regains(step: Step, issue: Issue, back: set[str]) -> bool:
    """Whether a step that is not met now would be, as far as this repair is concerned."""
    return not step.met and step.cause is not None and step.cause.code == issue.code and (step.key != "valid" or bool(back))


def _of_step(step: Step) -> Fix:
    """What a step lacks that is no error of a harvest: a promise overdue, a licence."""
    assert step.cause is not None
    named = ((step.dataset["name"], step.dataset["vi"], step.dataset["en"]),) if step.dataset else ()
    return Fix(example=step.cause, errors=0, datasets=len(named), back=0, steps=() if step.met else (step.key,), named=named)

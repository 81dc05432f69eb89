"""What is promised for a day that comes or has passed: data about to lapse, commitments due, missed or behind. Reads only."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select, text
from sqlalchemy.orm import Session, aliased

from catalog import commitments
from catalog.freshness import SOON, WORDS, is_due_soon
from catalog.issues import Issue
from catalog.models import Dataset, Evidence
from catalog.notices.standing import Happening, holder_of
from catalog.register import Heirs


def data_lapsing(session: Session, who: Heirs, day: date) -> list[Happening]:
    """Published data that is in order and has few days left before it is overdue; see `freshness.is_due_soon`."""
    current = aliased(Evidence)
    rows = session.execute(
        select(Dataset.id, Dataset.name, Dataset.title, Dataset.title_en, Dataset.owner_org, Dataset.source_id, Evidence.good_until, current.facts)
        .select_from(Dataset).join(Evidence, Evidence.dataset_id == Dataset.id).join(current, current.dataset_id == Dataset.id)
        .where(text("evidence.kind = 'standing'"), Evidence.until.is_(None), Evidence.good_until.between(day, day + timedelta(days=SOON)),
               Evidence.state == "ok", current.kind == "current", current.until.is_(None), ~Dataset.private, Dataset.owner_org.is_not(None))).all()
    found = []
    for row in rows:
        frequency = row.facts.get("frequency", "")
        if not is_due_soon(row.good_until, frequency, day):
            continue
        vi, en = WORDS.get(frequency, WORDS[""])
        issue = Issue("data-due-soon", facts={"updated": _day(date.fromisoformat(row.facts["updated"])), "frequency_vi": vi, "frequency_en": en,
                                              "due": _day(row.good_until)})
        found.append(Happening(
            kind="data-lapsing", subject=f"dataset:{row.id}", episode=row.good_until.isoformat(), agency_id=holder_of(who, row.owner_org),
            source_id=row.source_id, dataset_id=row.id, issue=issue, path=f"/dataset/{row.name}",
            facts={"title": {"vi": row.title, "en": row.title_en or row.title}}))
    return found


def commitments_due(session: Session, who: Heirs, day: date) -> list[Happening]:
    """Promises whose day comes within two weeks, has passed, or whose data is behind its promised frequency."""
    found = []
    for promise in commitments.state_on(session, day, who=who):
        facts = {"title": dict(promise.titles), "due": _day(promise.due)}
        if promise.state == commitments.DUE and (promise.due - day).days <= SOON:
            kind, episode = "commitment-due", promise.due
        elif promise.state == commitments.UNPUBLISHED:
            kind, episode = "commitment-missed", promise.due
        elif promise.state == commitments.OVERDUE and promise.good_until is not None:
            kind, episode = "commitment-overdue", promise.good_until
            facts["since"] = _day(promise.good_until + timedelta(days=1))
        else:
            continue
        found.append(Happening(
            kind=kind, subject=f"commitment:{promise.id}", episode=episode.isoformat(), agency_id=promise.agency_id, dataset_id=promise.dataset_id,
            path=f"/dataset/{promise.dataset_name}" if promise.dataset_name else "", facts=facts))
    return found


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"

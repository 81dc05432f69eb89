"""What the listing no longer has: archived after a grace, never because an answer was short.

The guard: a listing below the source's own minimum, an empty one, one that lost more than a fifth or more than
fifty of its datasets, or one of which a part could not be read takes nothing off the site; it asks.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from sqlalchemy import func, or_, select, update

from catalog import evidence
from catalog.actions.client import LocalCatalogue
from catalog.actions.context import Context
from catalog.intake import Intake
from catalog.issues import Issue, Place
from catalog.models import Dataset, IssueRow, Known, RunRecord, Source
from catalog.record import Outcome

GRACE = timedelta(days=7)
SHRINK_SHARE = 0.2
SHRINK_COUNT = 50


def reconcile(intake: Intake) -> list[Issue]:
    """Mark what vanished, archive what has been gone for the grace; the issues speak of the source as a whole."""
    session, source, now = intake.session, intake.source, intake.now
    here = session.scalar(select(func.count()).select_from(Known).where(Known.source_id == source.id, Known.last_run_id == intake.run.id)) or 0
    gone = list(session.scalars(select(Known).where(
        Known.source_id == source.id, Known.last_run_id != intake.run.id, Known.dataset_id.is_not(None))))
    newly = [known for known in gone if known.missing_since is None]
    if (stop := guard(source, here, len(newly), whole=_listed_whole(intake))) is not None:
        return [stop] if isinstance(stop, Issue) else []
    for known in newly:
        known.missing_since = now
    return _archive_or_warn(intake, gone)


def guard(source: Source, here: int, newly: int, *, whole: bool) -> Issue | Literal["unsure"] | None:
    """Why nothing may be taken off the site: an issue to ask about, "unsure" where the listing was not whole, None where all is well.

    `here` counts what the listing has, `newly` what it lacks for the first time.
    """
    minimum = int(source.expectations.get("minimum") or 0)
    if here == 0:
        return Issue("source-empty", Place(url=source.url))
    if here < minimum:
        return Issue("source-below-minimum", Place(url=source.url), {"found": here, "minimum": minimum})
    if not whole:
        return "unsure"
    if newly and (newly > SHRINK_COUNT or newly > SHRINK_SHARE * (here + newly)):
        return Issue("source-shrank", Place(url=source.url), {"missing": newly, "before": here + newly})
    return None


def _listed_whole(intake: Intake) -> bool:
    """Whether every record that the source has was listed and could be told apart; else what is missing proves nothing."""
    doubt = select(IssueRow.id).where(
        IssueRow.run_id == intake.run.id, IssueRow.code != "duplicate-identifier",
        or_(IssueRow.identifier.is_(None), IssueRow.identifier.startswith("#")))
    return intake.session.scalar(doubt.limit(1)) is None


def _archive_or_warn(intake: Intake, gone: list[Known]) -> list[Issue]:
    session, now = intake.session, intake.now
    client = LocalCatalogue(Context(site=intake.site, session=session, user="pipeline", may_write=True))
    issues, archived = [], []
    for known in gone:
        dataset = session.get(Dataset, known.dataset_id)
        if dataset is None or dataset.state == "deleted":
            continue
        if known.missing_since is not None and now - known.missing_since >= GRACE:
            client.call_action("package_delete", {"id": dataset.id})
            session.execute(update(Dataset).where(Dataset.id == dataset.id).values(archived_at=now, archived_reason="not-at-source"))
            session.add(RunRecord(run_id=intake.run.id, identifier=known.identifier, outcome=Outcome.ARCHIVED.value, dataset_id=dataset.id, at=now))
            archived.append(dataset.id)
        else:
            issues.append(Issue("dataset-vanished", Place(), {
                "title": dataset.title, "name": dataset.name, "since": f"{known.missing_since or now:%d/%m/%Y}", "days": GRACE.days}))
    session.flush()
    evidence.record_datasets(session, archived, now)
    return issues

"""What the listing no longer has: archived after a grace, never because an answer was short.

The guard: a listing below the source's own minimum, an empty one, one that lost more than a fifth or more than
fifty of its datasets, or one of which a part could not be read takes nothing off the site. Of one that lost so much a person
is asked (`catalog/removals.py`); what only changed its identifier is followed (`catalog/moving.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from sqlalchemy import func, or_, select

from catalog import removals
from catalog.archiving import Act, archive, grace_of
from catalog.clock import day_of
from catalog.intake import Intake
from catalog.issues import Issue, Place
from catalog.models import Archiving, Dataset, IssueRow, Known, Removal, RunRecord, Source
from catalog.moving import follow
from catalog.record import Outcome
from catalog.settings import Settings
from catalog.slices import slices


def reconcile(intake: Intake) -> list[Issue]:
    """Mark what vanished, archive what has been gone for the grace; the issues speak of the source as a whole."""
    session, source = intake.session, intake.source
    here = session.scalar(select(func.count()).select_from(Known).where(Known.source_id == source.id, Known.last_run_id == intake.run.id)) or 0
    stop = guard(intake.site.settings, source, here, (), whole=_listed_whole(intake))
    if stop is not None:
        return [stop] if isinstance(stop, Issue) else []
    moved = follow(intake, _gone(intake))
    return [*moved, *_take_off(intake, here, _gone(intake))]


def _gone(intake: Intake) -> list[Known]:
    return list(intake.session.scalars(select(Known).where(
        Known.source_id == intake.source.id, Known.last_run_id != intake.run.id, Known.dataset_id.is_not(None)).order_by(Known.identifier)))


def _take_off(intake: Intake, here: int, gone: Sequence[Known]) -> list[Issue]:
    """What is missing and not yet in its grace begins it, unless it is too much; then a person is asked, once for the same."""
    newly = [known for known in gone if known.missing_since is None]
    kept = [known for known in newly if known.kept_by is not None]
    issues = [_kept(intake, kept)] if kept else []
    stop = guard(intake.site.settings, intake.source, here, newly, whole=True)
    if isinstance(stop, Issue):
        removals.ask(intake, [known.identifier for known in newly], here + len(newly))
        return [*issues, stop]
    removals.lapse(intake)
    for known in newly:
        if known.kept_by is None:
            known.missing_since = intake.now
    return [*issues, *_archive_or_warn(intake, [known for known in gone if known.missing_since is not None])]


def _too_many(settings: Settings, source: Source, missing: int, before: int) -> bool:
    """Whether a listing lost more than this source may; its own limits go before those of the site."""
    own = source.expectations or {}
    share, count = own.get("shrink_share"), own.get("shrink_count")
    return (missing > (settings.shrink_count if count is None else int(count))
            or missing > (settings.shrink_share if share is None else float(share)) * before)


def _kept(intake: Intake, kept: Sequence[Known]) -> Issue:
    """What is missing and stays because somebody decided so."""
    removal = intake.session.get(Removal, kept[0].kept_by or "")
    restored = intake.session.get(Archiving, kept[0].kept_by or "") if removal is None else None
    by = removal.decided_by if removal else restored.by if restored else "—"
    return Issue("missing-kept", Place(url=intake.source.url), {"count": len(kept), "by": by})


def guard(settings: Settings, source: Source, here: int, newly: Sequence[Known], *, whole: bool) -> Issue | Literal["unsure"] | None:
    """Why nothing may be taken off the site: an issue to ask about, "unsure" where the listing was not whole, None where all is well.

    `here` counts what the listing has, `newly` is what it lacks and is not in its grace. Where somebody decided of all of that
    that it stays, nobody is asked again.
    """
    if (short := _short(source, here)) is not None:
        return short
    if not whole:
        return "unsure"
    missing, before = len(newly), here + len(newly)
    if any(known.kept_by is None for known in newly) and _too_many(settings, source, missing, before):
        return Issue("source-shrank", Place(url=source.url), {"missing": missing, "before": before, "source": source.name})
    return None


def _short(source: Source, here: int) -> Issue | None:
    """What is wrong with a listing that has nothing, or less than the source's own minimum."""
    minimum = int((source.expectations or {}).get("minimum") or 0)
    if here == 0:
        return Issue("source-empty", Place(url=source.url))
    if here < minimum:
        return Issue("source-below-minimum", Place(url=source.url), {"found": here, "minimum": minimum})
    return None


def _listed_whole(intake: Intake) -> bool:
    """Whether every record that the source has was listed and could be told apart; else what is missing proves nothing."""
    doubt = select(IssueRow.id).where(
        IssueRow.run_id == intake.run.id, IssueRow.code != "duplicate-identifier",
        or_(IssueRow.identifier.is_(None), IssueRow.identifier.startswith("#")))
    return intake.session.scalar(doubt.limit(1)) is None


def _archive_or_warn(intake: Intake, gone: Sequence[Known]) -> list[Issue]:
    """Archive what has been missing for the whole grace, and say of the rest until when it has time."""
    session, now, grace = intake.session, intake.now, grace_of(intake.site, intake.source)
    issues: list[Issue] = []
    for some in slices(gone):
        part = {known.dataset_id: known for known in some}
        living = list(session.scalars(select(Dataset).where(Dataset.id.in_(list(part)), Dataset.state != "deleted").order_by(Dataset.identifier)))
        over = [dataset for dataset in living if now - part[dataset.id].missing_since >= grace]
        archive(intake.site, session, over, Act(by="pipeline", at=now, run_id=intake.run.id))
        session.add_all(RunRecord(run_id=intake.run.id, identifier=part[dataset.id].identifier, outcome=Outcome.ARCHIVED.value,
                                  dataset_id=dataset.id, at=now) for dataset in over)
        issues += [Issue("dataset-vanished", Place(url=f"{intake.site.settings.site_url}/dataset/{dataset.name}"), {
            "title": dataset.title, "name": dataset.name, "since": f"{day_of(part[dataset.id].missing_since):%d/%m/%Y}", "days": grace.days})
            for dataset in living if dataset not in over]
    session.flush()
    return issues

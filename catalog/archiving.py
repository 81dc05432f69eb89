"""Takes datasets off the site and brings them back, and writes down when, by whom and why.

Nothing is lost by it: an archived dataset keeps its id, its name, its versions and its page, which says what became of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from catalog import evidence
from catalog.actions.client import LocalCatalogue
from catalog.actions.context import Context
from catalog.errors import NotFound
from catalog.intake import close_issues_of
from catalog.models import Archiving, Dataset, Known, Source, new_id
from catalog.names import unique_name
from catalog.search.log import note_change
from catalog.site import Site

NOT_AT_SOURCE = "not-at-source"
PIPELINE = "pipeline"


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Who archives or restores, when and why; `run_id` is the run that led to it, under which it can be undone."""

    by: str
    at: datetime
    reason: str = NOT_AT_SOURCE
    run_id: str | None = None


def archive(site: Site, session: Session, datasets: Iterable[Dataset], act: Act) -> list[str]:
    """Archive datasets because their source no longer lists them; the ids of those that were not archived before."""
    client = LocalCatalogue(Context(site=site, session=session, user=PIPELINE, may_write=True))
    done = []
    for dataset in datasets:
        if dataset.state == "deleted":
            continue
        client.call_action("package_delete", {"id": dataset.id, "archived_reason": NOT_AT_SOURCE})
        session.add(_row(dataset, act, "archived"))
        done.append(dataset.id)
    session.flush()
    close_issues_of(session, done, act.at)
    evidence.record_datasets(session, done, act.at)
    return done


def restore(session: Session, datasets: Sequence[Dataset], act: Act) -> list[str]:
    """Bring archived datasets back as they were, each under its name (or the next free one, where somebody took it).

    Until its source lists it again, what was restored stays whatever listings say. Returns the ids of those brought back.
    """
    done = []
    for dataset in datasets:
        if dataset.state != "deleted":
            continue
        row = _row(dataset, act, "restored")
        with session.no_autoflush:
            dataset.name = unique_name(session, dataset.name)
        shown = [resource for resource in dataset.resources if resource.state == "active"]
        dataset.state = "active" if shown or not dataset.resources else "draft"
        dataset.archived_at, dataset.archived_reason, dataset.metadata_modified = None, None, act.at
        session.add(row)
        session.flush()
        if dataset.source_id is not None:
            session.execute(update(Known).where(Known.source_id == dataset.source_id, Known.dataset_id == dataset.id)
                            .values(missing_since=None, kept_by=row.id))
        note_change(session, dataset.id, act.at)
        done.append(dataset.id)
    evidence.record_datasets(session, done, act.at)
    return done


def undo(session: Session, source: Source, run_id: str | None, act: Act) -> list[Dataset]:
    """Bring back what a run took off the site, or the last run that took anything; NotFound where there is nothing to undo."""
    taken = (Archiving.source_id == source.id, Archiving.what == "archived")
    if run_id is None:
        later = select(Archiving.run_id).join(Dataset, Dataset.id == Archiving.dataset_id).where(*taken, Dataset.state == "deleted")
        run_id = session.scalar(later.where(Archiving.run_id.is_not(None)).order_by(Archiving.at.desc()).limit(1))
    datasets = list(session.scalars(
        select(Dataset).where(Dataset.state == "deleted", exists().where(
            *taken, Archiving.run_id == run_id, Archiving.dataset_id == Dataset.id)).order_by(Dataset.name)))
    if run_id is None or not datasets:
        raise NotFound("Không có bộ dữ liệu nào để khôi phục. · There is nothing to bring back.")
    restore(session, datasets, act)
    return datasets


def history(session: Session, dataset_id: str) -> list[Archiving]:
    """When a dataset was archived and restored, newest first."""
    return list(session.scalars(select(Archiving).where(Archiving.dataset_id == dataset_id).order_by(Archiving.at.desc(), Archiving.what.desc())))


def grace_of(site: Site, source: Source) -> timedelta:
    """How long a dataset of this source may be missing before it is archived."""
    days = (source.expectations or {}).get("grace_days")
    return timedelta(days=site.settings.grace_days if days is None else int(days))


def _row(dataset: Dataset, act: Act, what: str) -> Archiving:
    return Archiving(id=new_id(), dataset_id=dataset.id, source_id=dataset.source_id, run_id=act.run_id, what=what, at=act.at, by=act.by[:100],
                     reason=act.reason)

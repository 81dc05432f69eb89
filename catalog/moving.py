"""Follows a dataset that changed its identifier at the source, so that no address dies and no history begins anew.

Only where it is beyond doubt: in one run one vanished and one appeared, with the same files, byte for byte or address for
address, or the same title and page; and neither could be another one. All else is new, and is said to be.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from catalog import evidence
from catalog.intake import Intake, close_issues_of
from catalog.issues import Issue, Place
from catalog.models import (
    Dataset,
    IssueRow,
    Known,
    LinkCheck,
    OldName,
    Resource,
    RunRecord,
    Version,
)
from catalog.record import Outcome
from catalog.sameness import title_key, url_key
from catalog.search.log import note_change
from catalog.slices import slices

SAID = 50  # pairs that are in doubt and named one by one
# What a source says of a dataset, and so comes from the record that has just been taken in.
_SAID_OF_DATASET = ("title", "title_en", "notes", "url", "version", "author", "author_email", "maintainer", "maintainer_email",
                    "license_id", "type", "owner_org", "frequency", "illustrative", "tags", "groups", "extras", "state", "private")
_SAID_OF_RESOURCE = ("position", "state", "name", "description", "url", "url_type", "resource_type", "format", "mimetype", "size",
                     "hash", "schema_name", "extras", "last_modified", "metadata_modified", "etag", "source_modified", "reachable", "checked_at")
WHY = {"bytes": ("cùng tệp, giống từng byte", "the same files, byte for byte"), "urls": ("cùng địa chỉ tệp", "the same addresses of files"),
       "page": ("cùng tên và cùng trang giới thiệu", "the same title and page")}


@dataclass(slots=True)
class Seen:
    """What tells a dataset from others, apart from its identifier: its files, their addresses, its title and page."""

    dataset_id: str
    identifier: str
    title: str
    page: tuple[str, str]
    urls: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)

    def reasons(self) -> Iterable[tuple[str, Any]]:
        """Each reason for which another one may be the same."""
        if self.files:
            yield "bytes", frozenset(self.files)
        if self.urls:
            yield "urls", frozenset(self.urls)
        if all(self.page):
            yield "page", self.page


def follow(intake: Intake, gone: Sequence[Known]) -> list[Issue]:
    """Carry over the identity of what only changed its identifier in this run; says what was followed and what was in doubt."""
    newly = [known.dataset_id for known in gone if known.missing_since is None and known.dataset_id]
    fresh = _created(intake) if newly else []
    if not fresh:
        return []
    olds, news = _seen(intake.session, newly), _seen(intake.session, fresh)
    telling = {key for seen in olds.values() for key in seen.reasons()} & {key for seen in news.values() for key in seen.reasons()}
    if telling:
        telling -= _of_others(intake, telling, {*olds, *news})
    pairs, doubtful = _pairs(olds, news, telling)
    issues: list[Issue] = []
    for part in slices(pairs):
        nearby = _loaded(intake.session, part)
        for old_id, new_id, why in part:
            former = olds[old_id].identifier
            name = _carry_over(intake, nearby[old_id], nearby[new_id])
            vi, en = WHY[why]
            issues.append(Issue("dataset-moved", Place(url=_page(intake, name)), {
                "title": news[new_id].title, "before": former, "after": news[new_id].identifier, "why_vi": vi, "why_en": en}))
    moved = [old_id for old_id, _, _ in pairs]
    intake.session.flush()
    evidence.record_datasets(intake.session, [*moved, *(new_id for _, new_id, _ in pairs)], intake.now)
    names = dict(intake.session.execute(select(Dataset.id, Dataset.name).where(Dataset.id.in_(doubtful[:SAID]))).all())
    issues += [Issue("dataset-move-unclear", Place(url=_page(intake, names[new_id])), {
        "title": news[new_id].title, "identifier": news[new_id].identifier}) for new_id in doubtful[:SAID]]
    return issues


def _page(intake: Intake, name: str) -> str:
    return f"{intake.site.settings.site_url}/dataset/{name}"


def _created(intake: Intake) -> list[str]:
    """The datasets that this run was the first to bring."""
    since = intake.run.started_at or intake.run.queued_at
    return list(intake.session.scalars(
        select(RunRecord.dataset_id).join(Dataset, Dataset.id == RunRecord.dataset_id).where(
            RunRecord.run_id == intake.run.id, RunRecord.outcome == Outcome.CREATED.value, Dataset.metadata_created >= since)))


def _seen(session: Session, dataset_ids: Sequence[str]) -> dict[str, Seen]:
    """The living ones of these datasets, with their files; a file without a row of data tells nothing."""
    found: dict[str, Seen] = {}
    for part in slices(dataset_ids):
        for row in session.execute(select(Dataset.id, Dataset.identifier, Dataset.title, Dataset.url).where(
                Dataset.id.in_(part), Dataset.state == "active")):
            found[row.id] = Seen(dataset_id=row.id, identifier=row.identifier or "", title=row.title,
                                 page=(title_key(row.title), url_key(row.url)))
        for row in session.execute(
                select(Resource.dataset_id, Resource.url, Version.sha256, Version.rows)
                .outerjoin(Version, Version.id == Resource.version_id)
                .where(Resource.dataset_id.in_(part), Resource.state == "active")):
            if row.dataset_id in found and (key := url_key(row.url)):
                found[row.dataset_id].urls.add(key)
            if row.dataset_id in found and row.sha256 and row.rows != 0:
                found[row.dataset_id].files.add(row.sha256)
    return found


def _of_others(intake: Intake, telling: set[tuple[str, Any]], but: set[str]) -> set[tuple[str, Any]]:
    """What tells nothing, because further datasets of the source have it too: a manual that all of them link to."""
    ids = [dataset_id for dataset_id in intake.session.scalars(select(Dataset.id).where(
        Dataset.source_id == intake.source.id, Dataset.state == "active")) if dataset_id not in but]
    common: set[tuple[str, Any]] = set()
    for part in slices(ids):
        for seen in _seen(intake.session, part).values():
            common |= telling.intersection(seen.reasons())
    return common


def _pairs(olds: Mapping[str, Seen], news: Mapping[str, Seen], telling: set[tuple[str, Any]]) -> tuple[list[tuple[str, str, str]], list[str]]:
    """Pairs beyond doubt with their first reason, and the new ones that could be several or whose old one could."""
    by_key: dict[Any, list[str]] = defaultdict(list)
    for seen in olds.values():
        for key in telling.intersection(seen.reasons()):
            by_key[key].append(seen.dataset_id)
    candidates: dict[str, dict[str, str]] = {}
    wanted: dict[str, set[str]] = defaultdict(set)
    for seen in news.values():
        for key in seen.reasons():
            for old_id in by_key.get(key, ()):
                candidates.setdefault(seen.dataset_id, {}).setdefault(old_id, key[0])
                wanted[old_id].add(seen.dataset_id)
    pairs, doubtful = [], []
    for new_id, found in candidates.items():
        (old_id, why), *others = found.items()
        if others or len(wanted[old_id]) > 1:
            doubtful.append(new_id)
        else:
            pairs.append((old_id, new_id, why))
    return pairs, doubtful


def _loaded(session: Session, pairs: Sequence[tuple[str, str, str]]) -> dict[str, Dataset]:
    """The datasets of some pairs with their resources, asked for at once."""
    ids = [dataset_id for old_id, new_id, _ in pairs for dataset_id in (old_id, new_id)]
    return {dataset.id: dataset for dataset in session.scalars(select(Dataset).where(Dataset.id.in_(ids)))}


def _carry_over(intake: Intake, old: Dataset, new: Dataset) -> str:
    """Give the old dataset what the new one says and has, under the old id, name and history; the new one is no more."""
    session, now = intake.session, intake.now
    old_id, new_id = old.id, new.id
    former, identifier, late_name = old.identifier, new.identifier, new.name
    said = {column: getattr(new, column) for column in _SAID_OF_DATASET}
    _join_resources(session, old, new)
    late = {"execution_options": {"synchronize_session": False}}
    session.execute(update(RunRecord).where(RunRecord.run_id == intake.run.id, RunRecord.identifier == identifier)
                    .values(dataset_id=old_id, outcome=Outcome.UPDATED.value), **late)
    session.execute(update(Known).where(Known.source_id == old.source_id, Known.identifier == identifier).values(dataset_id=old_id), **late)
    close_issues_of(session, [old_id], now)
    session.execute(update(IssueRow).where(IssueRow.dataset_id == new_id).values(dataset_id=old_id), **late)
    session.expunge(new)
    session.execute(delete(Dataset).where(Dataset.id == new_id), **late)
    session.execute(delete(Known).where(Known.source_id == old.source_id, Known.identifier == former), **late)
    for column, value in said.items():
        setattr(old, column, value)
    old.identifier, old.metadata_modified = identifier, now
    session.flush()
    if late_name != old.name:
        session.merge(OldName(name=late_name, dataset_id=old_id))  # for minutes it was an address
    session.expire(old, ["resources"])
    for dataset_id in (old_id, new_id):
        note_change(session, dataset_id, now)
    return old.name


def _join_resources(session: Session, old: Dataset, new: Dataset) -> None:
    """The resources of both as those of the old one: a file that is the same goes on under its old id, with its versions."""
    twins = _twins(session, old, new)
    for resource in new.resources:
        twin = twins.get(resource.id)
        if twin is None:
            continue
        for column in _SAID_OF_RESOURCE:
            setattr(twin, column, getattr(resource, column))
        twin.version_id = _join_versions(session, twin, resource)
    kept = {twin.id for twin in twins.values()}
    for resource in old.resources:
        if resource.id not in kept:
            resource.state, resource.position = "deleted", resource.position + len(new.resources)
    session.flush()
    moving = [resource.id for resource in new.resources if resource.id not in twins]
    for resource in list(new.resources):
        session.expunge(resource)
    for model, column in ((Resource, Resource.id), (LinkCheck, LinkCheck.resource_id)):
        session.execute(update(model).where(column.in_(moving)).values(dataset_id=old.id), execution_options={"synchronize_session": False})


def _twins(session: Session, old: Dataset, new: Dataset) -> dict[str, Resource]:
    """Which resource of the old dataset goes on as which of the new one: by address, else by the bytes of its live version."""
    versions = [resource.version_id for dataset in (old, new) for resource in dataset.resources if resource.version_id]
    bytes_of = dict(session.execute(select(Version.id, Version.sha256).where(Version.id.in_(versions))).all())
    free, twins = list(old.resources), {}
    for same in (lambda a, b: bool(url_key(a.url)) and url_key(a.url) == url_key(b.url),
                 lambda a, b: bytes_of.get(a.version_id) is not None and bytes_of.get(a.version_id) == bytes_of.get(b.version_id)):
        for resource in new.resources:
            twin = next((each for each in free if resource.id not in twins and same(each, resource)), None)
            if twin is not None:
                free.remove(twin)
                twins[resource.id] = twin
    return twins


def _join_versions(session: Session, old: Resource, new: Resource) -> str | None:
    """Let the versions of `new` follow those of `old`, but for one that is the newest already; the id of what is live then."""
    last = session.scalar(select(Version).where(Version.resource_id == old.id).order_by(Version.number.desc()).limit(1))
    coming = list(session.scalars(select(Version).where(Version.resource_id == new.id).order_by(Version.number)))
    if last is not None and len(coming) == 1 and (coming[0].sha256, coming[0].state) == (last.sha256, last.state):
        return old.version_id
    first = (last.number if last is not None else 0) + 1
    for number, version in enumerate(coming, start=first):
        version.resource_id, version.number = old.id, number
    session.flush()
    return new.version_id or old.version_id


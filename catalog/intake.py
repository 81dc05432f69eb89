"""Takes a prepared record into the catalogue: the part of the pipeline that happens exactly once.

Everything here runs inside one transaction with the deletion of the staged record, so that after a crash a
record is either wholly in or wholly still to do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, or_, select, update
from sqlalchemy.orm import Session

from catalog import evidence, rechecking
from catalog.actions.client import LocalCatalogue
from catalog.actions.context import Context
from catalog.decisions.given import write_down
from catalog.errors import Invalid
from catalog.held import newest_versions
from catalog.issues import Issue, Severity
from catalog.lasting import same_resources
from catalog.metadata import RESERVED_NAMES
from catalog.models import (
    Dataset,
    FileCheck,
    IssueRow,
    Known,
    OldName,
    Removal,
    Resource,
    Run,
    RunRecord,
    Source,
    Staged,
    Version,
    new_id,
)
from catalog.names import keep_to_ourselves, slug, unique_name
from catalog.new_versions import Arrival, new_versions
from catalog.record import Distribution, Outcome, Record
from catalog.site import Site
from catalog.slices import slices
from catalog.twins import find_twins

ASKS = "source-shrank"  # said as long as its question is open (catalog/removals.py)
OF_LINKS = ("link-broken", "link-soft-404")  # said by the checks of links, and ended by them (catalog/links.py)
_KNOWN: Any = Known.__table__
_REMEMBER = update(_KNOWN).where(_KNOWN.c.source_id == bindparam("of"), _KNOWN.c.identifier == bindparam("named")).values(
    raw_hash=bindparam("raw_hash"), mark=bindparam("mark"), dataset_id=bindparam("dataset_id"))
_ISSUE: Any = IssueRow.__table__
_SAY_AGAIN = update(_ISSUE).where(_ISSUE.c.run_id == bindparam("of"), _ISSUE.c.fingerprint == bindparam("print")).values(
    facts=bindparam("facts"), last_seen=bindparam("seen"), closed_at=None)
SOURCE = ""  # stands where an identifier would, for the source as a whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """Where records are taken in: the site, an open transaction, the source and the run they came with."""

    site: Site
    session: Session
    source: Source
    run: Run

    @property
    def now(self) -> datetime:
        return self.site.clock.now()


def take_in(intake: Intake, records: Sequence[Record]) -> dict[str, int]:
    """Publish prepared records; returns how many had each outcome. Records already finished are left alone."""
    session, identifiers = intake.session, [record.identifier for record in records]
    waiting = set(session.scalars(select(Staged.identifier).where(Staged.run_id == intake.run.id, Staged.identifier.in_(identifiers))))
    records = [record for record in records if record.identifier in waiting]
    if not records:
        return {}
    with session.no_autoflush:
        held = _holdings(intake, records)
        taken = [_take_in_one(intake, record, held) for record in records]
        session.flush()
        session.add_all(version for one in taken for version in one.versions)
        _note_checks(intake, records, taken, held)
        session.flush()
        for told, version in (pair for one in taken for pair in one.decided):
            write_down(session, told, version)
    taken = _told_of_twins(intake, taken)
    _finish(intake, records, {record.identifier: one for record, one in zip(records, taken, strict=True)})
    evidence.record_datasets(session, [one.dataset_id for one in taken if one.dataset_id and one.outcome is not Outcome.UNCHANGED], intake.now)
    return dict(Counter(str(one.outcome) for one in taken))


def _told_of_twins(intake: Intake, taken: Sequence[Taken]) -> list[Taken]:
    """What was taken in, each with a word where another source has the same dataset."""
    changed = [one.dataset_id for one in taken if one.dataset_id and one.outcome in (Outcome.CREATED, Outcome.UPDATED)]
    twins = find_twins(intake.site, intake.session, intake.source.id, changed)
    return [replace(one, issues=(*one.issues, twins[one.dataset_id])) if one.dataset_id in twins else one for one in taken]


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """What the catalogue holds of the records of a chunk, asked for once: datasets and newest versions; `names` taken by others."""

    datasets: Mapping[str, Dataset]
    newest: Mapping[str, Version]
    names: set[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of one record: its outcome, its dataset, versions to be written after the dataset, with the decisions that
    came with the file of one, what was refused."""

    outcome: Outcome
    dataset_id: str | None
    versions: tuple[Version, ...] = ()
    decided: tuple[tuple[Mapping[str, Any], Version], ...] = ()
    issues: tuple[Issue, ...] = ()


def _holdings(intake: Intake, records: Sequence[Record]) -> Holdings:
    session = intake.session
    datasets = {d.identifier: d for d in session.scalars(select(Dataset).where(
        Dataset.source_id == intake.source.id, Dataset.identifier.in_([r.identifier for r in records])))}
    wanted = [_wanted_name(record) for record in records if record.identifier not in datasets]
    keep_to_ourselves(session, wanted)
    # the name of an archived dataset is its address still: it answers why it is gone, and may come back
    names = RESERVED_NAMES | set(session.scalars(select(Dataset.name).where(Dataset.name.in_(wanted))))
    names |= set(session.scalars(select(OldName.name).where(OldName.name.in_(wanted))))
    return Holdings(datasets=datasets, names=names,
                    newest=newest_versions(session, [r.id for d in datasets.values() for r in d.resources]))


def _note_checks(intake: Intake, records: Sequence[Record], taken: Sequence[Taken], held: Holdings) -> None:
    """Keep how the files were looked at, changed or not; it tells when they are asked for again."""
    session, drafts = intake.session, {}
    ids = [one.dataset_id for one in taken if one.versions or one.outcome is not Outcome.REJECTED]  # else its bytes were not kept
    resources = {(dataset_id, url): resource_id for dataset_id, url, resource_id in session.execute(select(
        Resource.dataset_id, Resource.url, Resource.id).where(Resource.dataset_id.in_(ids), Resource.state != "deleted"))}
    for record, one in zip(records, taken, strict=True):
        drafts |= {resources[one.dataset_id, draft.url]: (draft, str(record.metadata.get("frequency") or "")) for draft in record.resources
                   if draft.file is not None and draft.decided is not None and (one.dataset_id, draft.url) in resources}
    fresh = {version.resource_id: version for one in taken for version in one.versions}
    checks = {check.resource_id: check for check in session.scalars(select(FileCheck).where(FileCheck.resource_id.in_(list(drafts))))}
    for resource_id, (draft, frequency) in drafts.items():
        check = checks.get(resource_id) or FileCheck(resource_id=resource_id, lies=False)
        rechecking.note(check, draft, fresh.get(resource_id) or held.newest.get(resource_id), frequency, intake.now)
        session.add(check)


def _wanted_name(record: Record) -> str:
    return slug(str(record.metadata.get("name") or record.metadata.get("title") or record.identifier))


def give_up(intake: Intake, record: Record, reference: str) -> None:
    """Finish a record at which we ourselves failed: rejected, with the reference under which the log tells more."""
    known = intake.session.get(Known, (intake.source.id, record.identifier))
    dataset_id = known.dataset_id if known else None
    issues = (*record.issues, Issue("fault", facts={"reference": reference}))
    _finish(intake, [replace(record, issues=issues)], {record.identifier: Taken(outcome=Outcome.REJECTED, dataset_id=dataset_id)})


def _finish(intake: Intake, records: Sequence[Record], taken: Mapping[str, Taken]) -> None:
    """Write what became of the records, remember their hashes, and take them off the staging table."""
    session, run_id = intake.session, intake.run.id
    unchanged = {record.identifier: rechecking.decided(record) for record in records if taken[record.identifier].outcome is Outcome.UNCHANGED}
    session.execute(insert(RunRecord.__table__), [
        {"run_id": run_id, "identifier": identifier, "outcome": one.outcome.value, "dataset_id": one.dataset_id, "at": intake.now,
         "decided": unchanged.get(identifier)} for identifier, one in taken.items()])
    session.execute(_REMEMBER, [
        {"of": intake.source.id, "named": record.identifier, "raw_hash": record.raw_hash if _settled(record) else "",
         "mark": record.mark if _settled(record) else None, "dataset_id": taken[record.identifier].dataset_id} for record in records])
    keep_issues(intake, {record.identifier: (*record.issues, *taken[record.identifier].issues) for record in records
                         if taken[record.identifier].outcome is not Outcome.UNCHANGED},
                {identifier: one.dataset_id for identifier, one in taken.items()})
    session.execute(delete(Staged).where(Staged.run_id == run_id, Staged.identifier.in_(list(taken))))
    session.execute(update(Run).where(Run.id == run_id).values(heartbeat_at=intake.now))


def _settled(record: Record) -> bool:
    """Whether an equal answer next time needs no new look; a fault of ours does."""
    return not any(issue.code in ("fault", "connection-broken") for issue in record.issues)


def _take_in_one(intake: Intake, record: Record, held: Holdings) -> Taken:
    dataset = held.datasets.get(record.identifier)
    if dataset is not None and record.outcome is Outcome.UNCHANGED and dataset.state != "deleted":
        return Taken(outcome=Outcome.UNCHANGED, dataset_id=dataset.id)  # only its files were looked at again
    if record.outcome is Outcome.REJECTED or any(issue.severity is Severity.ERROR and not issue.place.url for issue in record.issues):
        return Taken(outcome=Outcome.REJECTED, dataset_id=dataset.id if dataset else None)  # the record itself, not one of its files
    try:
        return _publish(intake, record, dataset, held)
    except Invalid as refusal:
        fields = ", ".join(sorted(refusal.errors))
        issue = Issue("metadata-refused", facts={"fields": fields, "messages": str(refusal)[:500]})
        return Taken(outcome=Outcome.REJECTED, dataset_id=dataset.id if dataset else None, issues=(issue,))


def _publish(intake: Intake, record: Record, dataset: Dataset | None, held: Holdings) -> Taken:
    olds = same_resources(dataset.resources, record.resources, held.newest) if dataset else {}
    resources, fresh, decided, refused = [], [], [], 0
    for draft in record.resources:
        old = olds.pop(draft.url, None)
        resource_id = old.id if old else new_id()
        versions = new_versions(intake.session, draft, held.newest.get(resource_id), Arrival(resource_id=resource_id, run_id=intake.run.id, at=intake.now))
        fresh += versions
        decided += [(draft.told, versions[0])] if versions and draft.told else []
        live = versions[-1] if versions and versions[-1].state == "published" else None
        refused += bool(versions) and live is None
        resources.append(_resource(draft, resource_id, old, live))
    shown = [resource for resource in resources if resource["state"] == "active"]
    was_live = dataset is not None and dataset.state == "active"
    state = "active" if shown or was_live or not record.resources else "draft"  # the last good version stays live
    package = {**_package(intake, record, dataset, held), "resources": resources, "state": state}
    client = LocalCatalogue(Context(site=intake.site, session=intake.session, user="pipeline", may_write=True))
    if dataset is None:
        package["id"] = new_id()
        client.call_action("package_create", package)
    else:
        package["id"] = dataset.id
        client.call_action("package_update", package)
    if state == "draft" or (refused and refused == len(record.resources)):
        outcome = Outcome.REJECTED
    else:
        outcome = Outcome.UPDATED if was_live else Outcome.CREATED
    return Taken(outcome=outcome, dataset_id=package["id"], versions=tuple(fresh), decided=tuple(decided))


def _package(intake: Intake, record: Record, dataset: Dataset | None, held: Holdings) -> dict[str, Any]:
    """The dataset in CKAN's words; its name is given once and never changes."""
    metadata = dict(record.metadata)
    if dataset is None or dataset.state == "deleted":
        name = dataset.name if dataset else _wanted_name(record)
        if dataset or name in held.names:
            name = unique_name(intake.session, name, taken=held.names - ({name} if dataset else set()))
        held.names.add(name)
    else:
        name = dataset.name
    return {
        **metadata,
        "tags": [{"name": tag} for tag in metadata.get("tags", ())],
        "groups": [{"name": theme} for theme in metadata.get("groups", ())],
        "name": name,
        "owner_org": intake.source.agency_id,
        "published_by": dataset.published_by if dataset else intake.source.agency_id,
        "source_id": intake.source.id,
        "identifier": record.identifier,
        "illustrative": bool(metadata.get("illustrative") or intake.source.illustrative),
    }


def _resource(draft: Distribution, resource_id: str, old: Resource | None, live: Version | None) -> dict[str, Any]:
    """One resource in CKAN's words; `draft` while no version of its file was ever good."""
    version_id = live.id if live else (old.version_id if old else None)
    copied = draft.file is not None
    resource: dict[str, Any] = {
        "id": resource_id, "name": draft.name, "description": draft.description, "url": draft.url,
        "format": live.format if live else (draft.format or (old.format if old else "")),
        "mimetype": draft.media_type or (old.mimetype if old else None), "last_modified": draft.last_modified,
        "schema_name": (draft.checked.schema if draft.checked else None) or draft.schema or (old.schema_name if old else None),
        "state": "draft" if copied and version_id is None else "active",
        "url_type": "upload" if version_id else None, "version_id": version_id,
        "reachable": draft.reached,
        "etag": draft.file.etag if draft.file else None, "source_modified": draft.file.last_modified if draft.file else None,
        "extras": dict(draft.extras),
    }
    if live:
        resource |= {"size": live.size, "hash": live.sha256, "mimetype": live.media_type or resource["mimetype"]}
    elif old and version_id:
        resource |= {"size": old.size, "hash": old.hash}
    return resource


def keep_issues(intake: Intake, found: Mapping[str, Sequence[Issue]], dataset_ids: Mapping[str, str | None]) -> None:
    """Close what earlier runs left open for these records, and keep what is wrong with them now.

    `found` and `dataset_ids` go by identifier; `SOURCE` as identifier stands for the source as a whole.
    """
    session, now = intake.session, intake.now
    names = [name for name in found if name != SOURCE]
    whose = IssueRow.identifier.in_(names) if SOURCE not in found else or_(IssueRow.identifier.in_(names), IssueRow.identifier.is_(None))
    earlier = (IssueRow.source_id == intake.source.id, IssueRow.closed_at.is_(None), IssueRow.run_id != intake.run.id, whose,
               IssueRow.code.not_in(_ended_elsewhere(intake, found.get(SOURCE, ()))))
    before = dict(session.execute(select(IssueRow.fingerprint, IssueRow.first_seen).where(*earlier)).all())
    if before:
        session.execute(update(IssueRow).where(*earlier).values(closed_at=now).execution_options(synchronize_session=False))
    rows: dict[str, dict[str, Any]] = {}
    for name, issues in found.items():
        identifier = None if name == SOURCE else name
        for issue in issues:
            fingerprint = issue.fingerprint(identifier)
            rows[fingerprint] = {
                "fingerprint": fingerprint, "run_id": intake.run.id, "source_id": intake.source.id, "identifier": identifier,
                "dataset_id": dataset_ids.get(name), "code": issue.code, "stage": str(issue.stage), "severity": str(issue.severity),
                "who": str(issue.who), "place": issue.place.to_dict(), "facts": dict(issue.facts),
                "first_seen": before.get(fingerprint, now), "last_seen": now, "closed_at": None,
            }
    _keep_rows(intake, rows, whose)


def _ended_elsewhere(intake: Intake, of_source: Sequence[Issue]) -> Sequence[str]:
    """Codes that end when something else does: a link works again, or a person answers a question that this run does not put anew."""
    asks = select(Removal.id).where(Removal.source_id == intake.source.id, Removal.decision.is_(None))
    if any(issue.code == ASKS for issue in of_source) or intake.session.scalar(asks) is None:
        return OF_LINKS
    return (*OF_LINKS, ASKS)


def _keep_rows(intake: Intake, rows: Mapping[str, Mapping[str, Any]], whose: Any) -> None:
    """Write down what is new; what this run has said before, of an earlier page perhaps, is brought up to date."""
    session, run_id = intake.session, intake.run.id
    said = set(session.scalars(select(IssueRow.fingerprint).where(IssueRow.run_id == run_id, whose))) if rows else set()
    if again := [{"of": run_id, "print": name, "facts": row["facts"], "seen": row["last_seen"]} for name, row in rows.items() if name in said]:
        session.execute(_SAY_AGAIN, again)
    if fresh := [row for name, row in rows.items() if name not in said]:
        session.execute(insert(_ISSUE), fresh)


def close_issues_of(session: Session, dataset_ids: Sequence[str], now: datetime) -> None:
    """Close what harvests left open for these datasets; what the checks of links say, they end themselves."""
    for part in slices(dataset_ids):
        session.execute(update(IssueRow).where(
            IssueRow.dataset_id.in_(part), IssueRow.closed_at.is_(None), IssueRow.code.not_in(OF_LINKS)).values(closed_at=now))


def close_lost_places(intake: Intake) -> None:
    """Close what earlier runs said of records that had no identity: this run has listed them anew."""
    intake.session.execute(update(IssueRow).where(
        IssueRow.source_id == intake.source.id, IssueRow.closed_at.is_(None), IssueRow.run_id != intake.run.id,
        IssueRow.identifier.startswith("#"), IssueRow.dataset_id.is_(None)).values(closed_at=intake.now))

"""What several actions look up, each thing once a transaction: agencies, themes, datasets by name or id."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, bindparam, or_, select
from sqlalchemy.orm import Session

from catalog.errors import Invalid
from catalog.models import Account, Agency, Dataset, OldName, Relationship, Theme, Version

MAX_TERMS = 20  # texts of one question, of which each must hold
_KEPT = "catalog.actions.lookup"


def kept(session: Session, what: str) -> dict[str, Any]:
    """What was looked up once in this transaction."""
    return session.info.setdefault(_KEPT, {}).setdefault(what, {})


def share(session: Session, what: str, found: dict[str, Any]) -> None:
    """Look up in, and add to, what other transactions looked up; only where this one changes nothing."""
    session.info.setdefault(_KEPT, {}).setdefault(what, found)


def agency(session: Session, name_or_id: str) -> Agency | None:
    """The agency of that slug or id."""
    known = kept(session, "agencies")
    if name_or_id not in known:
        with session.no_autoflush:
            found = session.scalar(select(Agency).where((Agency.id == name_or_id) | (Agency.slug == name_or_id)))
        if found is None:
            return None
        known[found.id] = known[found.slug] = found
    return known[name_or_id]


def agencies(session: Session, names_or_ids: Iterable[str | None]) -> None:
    """Look up many agencies at once, so that `agency` answers from memory."""
    known = kept(session, "agencies")
    lacking = {name_or_id for name_or_id in names_or_ids if name_or_id} - known.keys()
    if lacking:
        for found in session.scalars(select(Agency).where(Agency.id.in_(lacking) | Agency.slug.in_(lacking))):
            known[found.id] = known[found.slug] = found


def themes(session: Session) -> dict[str, Theme]:
    """All themes by name, in their order."""
    known = kept(session, "themes")
    if not known:
        with session.no_autoflush:
            known.update({theme.name: theme for theme in session.scalars(select(Theme).order_by(Theme.position, Theme.name))})  # all in one step
    return known


def forget(session: Session) -> None:
    """Look agencies and themes up again, since one was added, renamed or taken away."""
    kept(session, "agencies").clear()
    kept(session, "themes").clear()


def versions(session: Session, datasets: Iterable[Dataset]) -> dict[str, Version]:
    """The live versions of the datasets' resources, by id."""
    ids = [resource.version_id for dataset in datasets for resource in dataset.resources if resource.version_id]
    found: dict[str, Version] = {}
    for at in range(0, len(ids), 500):
        found.update((version.id, version) for version in session.scalars(select(Version).where(Version.id.in_(ids[at : at + 500]))))
    return found


_public = select(Dataset.id).where(Dataset.state == "active", Dataset.private.is_(False))
_some = bindparam("ids", expanding=True)
_RELATIONSHIPS = select(Relationship).where(
    or_(Relationship.subject_id.in_(_some), Relationship.object_id.in_(_some)), Relationship.subject_id.in_(_public), Relationship.object_id.in_(_public))


def relationships(session: Session, datasets: Iterable[Dataset]) -> list[Relationship]:
    """How the datasets stand to others; only what stands between public ones, so that it is the same whoever asks."""
    ids, found = [dataset.id for dataset in datasets], {}
    for at in range(0, len(ids), 500):
        for row in session.scalars(_RELATIONSHIPS, {"ids": ids[at : at + 500]}):
            found[row.subject_id, row.object_id, row.kind] = row
    return [found[key] for key in sorted(found)]


def datasets(session: Session, ids: Iterable[str], *conditions: ColumnElement[bool]) -> list[Dataset]:
    """The datasets of these ids that are there (and of which the conditions hold), in the order of the ids."""
    ids = list(dict.fromkeys(ids))
    found: dict[str, Dataset] = {}
    with session.no_autoflush:
        for at in range(0, len(ids), 500):
            rows = session.scalars(select(Dataset).where(Dataset.id.in_(ids[at : at + 500]), *conditions))
            found.update((dataset.id, dataset) for dataset in rows)
    return [found[dataset_id] for dataset_id in ids if dataset_id in found]


def find_dataset(session: Session, name_or_id: str) -> Dataset | None:
    """The dataset of that id or name, a living one first, or of a name that it once had."""
    with session.no_autoflush:
        if len(name_or_id) == 36 and (dataset := session.get(Dataset, name_or_id)):
            return dataset
        found = session.scalars(select(Dataset).where(Dataset.name == name_or_id)
                                .order_by(Dataset.state == "deleted", Dataset.metadata_modified.desc()).limit(1)).first()
        if found is None or found.state == "deleted":
            old = session.get(OldName, name_or_id)
            found = session.get(Dataset, old.dataset_id) if old else found
    return found


def required(data: dict[str, Any], key: str = "id", *, named: str | None = None) -> str:
    """The value of a key that must be there; Invalid in CKAN's words when it is not."""
    value = data.get(key)
    if value is None or value == "":
        raise Invalid({named or key: ["Missing value"]})
    if not isinstance(value, str):
        raise Invalid({named or key: ["Must be a Unicode string value"]})
    return value


def natural(data: dict[str, Any], key: str, default: int | None = None, *, extra: bool = True) -> int | None:
    """A number of at least 0; Invalid in CKAN's words, of which some parameters have one more (`extra`)."""
    value = data.get(key)
    if value is None or value == "":
        return default
    try:
        number = int(str(value))
    except ValueError as error:
        raise Invalid({key: ["Invalid integer", *(["Please enter an integer value"] if extra else [])]}) from error
    if number < 0:
        raise Invalid({key: ["Must be a natural number"]})
    return min(number, 2**31)


def theme(session: Session, name_or_id: str) -> Theme | None:
    """The theme of that name or id."""
    return next((theme for theme in themes(session).values() if name_or_id in (theme.id, theme.name)), None)


def account(session: Session, name_or_id: str) -> Account | None:
    """The account of that id, else of that name."""
    with session.no_autoflush:
        return session.get(Account, name_or_id) or session.scalar(select(Account).where(Account.name == name_or_id))

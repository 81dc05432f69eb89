"""Where an address of a dataset leads: to it, to its new name, or to the word that it was archived. Reads only.

No address dies: old names and ids lead on for ever.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.models import Agency, Dataset, OldName, Resource, Theme
from catalog.names import is_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """What stands at an address; `moved` when it is reached under another one."""

    dataset: Dataset
    moved: bool


def dataset_at(session: Session, name_or_id: str) -> Address | None:
    """The dataset of that name, id or former name; a living one before a deleted one, None for what nobody may see."""
    if is_id(name_or_id):
        dataset = session.get(Dataset, name_or_id)
        return _seen(dataset, moved=True)
    rows = session.scalars(select(Dataset).where(Dataset.name == name_or_id).order_by(Dataset.archived_at.desc())).all()
    living = [dataset for dataset in rows if dataset.state != "deleted"]
    if living:
        return _seen(living[0], moved=False)
    old = session.get(OldName, name_or_id)
    if old is not None:
        return _seen(session.get(Dataset, old.dataset_id), moved=True)
    return _seen(rows[0], moved=False) if rows else None


def _seen(dataset: Dataset | None, *, moved: bool) -> Address | None:
    if dataset is None or dataset.private:
        return None
    return Address(dataset=dataset, moved=moved)


def resource_of(dataset: Dataset, resource_id: str) -> Resource | None:
    """A resource of the dataset by its id."""
    return next((resource for resource in dataset.resources if resource.id == resource_id), None)


def agency_at(session: Session, slug_or_id: str) -> Agency | None:
    """The agency of that slug or id; None for one that was deleted."""
    column = Agency.id if is_id(slug_or_id) else Agency.slug
    return session.scalar(select(Agency).where(column == slug_or_id, Agency.state == "active"))


def theme_at(session: Session, name_or_id: str) -> Theme | None:
    """The theme of that name or id; None for one that was deleted."""
    column = Theme.id if is_id(name_or_id) else Theme.name
    return session.scalar(select(Theme).where(column == name_or_id, Theme.state == "active"))


def datasets_of_schema(session: Session, schema_name: str, *, limit: int = 100) -> list[Dataset]:
    """The published datasets of which a file follows that schema, by title."""
    ids = select(Resource.dataset_id).where(Resource.schema_name == schema_name, Resource.state == "active")
    return list(session.scalars(select(Dataset).where(
        Dataset.id.in_(ids), Dataset.state == "active", ~Dataset.private).order_by(Dataset.title).limit(limit)))

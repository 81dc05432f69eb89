"""Take datasets out of the store for ever, give them to another agency, and change many at once."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select

from catalog.actions import activity, lookup, rights
from catalog.actions.context import Context
from catalog.actions.datastore import forget_aliases
from catalog.actions.package_write import archive, editable, require_match
from catalog.errors import Invalid, NotFound
from catalog.models import Agency, Dataset, Following
from catalog.search.log import note_change

MAX_BULK = 10_000


def dataset_purge(context: Context, data: dict[str, Any]) -> None:
    """Take a dataset out of the store for ever, with all its versions; only for system administrators.

    :param id: the id or name of the dataset
    """
    dataset = lookup.find_dataset(context.session, lookup.required(data))
    if dataset is None:
        raise NotFound("Dataset was not found")
    rights.require_sysadmin(context)
    note_change(context.session, dataset.id, context.now)
    forget_aliases(context, {resource.id for resource in dataset.resources})
    context.session.execute(delete(Following).where(Following.kind == "dataset", Following.object_id == dataset.id))
    context.session.delete(dataset)
    context.session.flush()


def package_owner_org_update(context: Context, data: dict[str, Any]) -> None:
    """Give a dataset to another organization.

    :param id: the id or name of the dataset
    :param organization_id: the id or name of the organization
    """
    dataset = editable(context, lookup.required(data))
    agency = lookup.agency(context.session, lookup.required(data, "organization_id"))
    if agency is None:
        raise NotFound
    rights.require_give(context, dataset, agency.id, "organization_id")
    dataset.owner_org = agency.id
    dataset.metadata_modified = context.now
    note_change(context.session, dataset.id, context.now)
    activity.note(context, "changed package", dataset)


def bulk_update_private(context: Context, data: dict[str, Any]) -> None:
    """Keep datasets of an organization from the public.

    :param datasets: list of ids
    :param org_id: the id of the organization
    """
    _set_private(context, data, private=True)


def bulk_update_public(context: Context, data: dict[str, Any]) -> None:
    """Show datasets of an organization to the public.

    :param datasets: list of ids
    :param org_id: the id of the organization
    """
    _set_private(context, data, private=False)


def bulk_update_delete(context: Context, data: dict[str, Any]) -> None:
    """Archive datasets of an organization.

    :param datasets: list of ids
    :param org_id: the id of the organization
    """
    for dataset in _several(context, data):
        if dataset.state != "deleted":
            archive(context, dataset)


def _set_private(context: Context, data: dict[str, Any], *, private: bool) -> None:
    for dataset in _several(context, data):
        if dataset.private != private:
            dataset.private, dataset.metadata_modified = private, context.now
            note_change(context.session, dataset.id, context.now)
            activity.note(context, "changed package", dataset)


def _several(context: Context, data: dict[str, Any]) -> list[Dataset]:
    """The datasets of the organization that are named, locked; NotAuthorized unless the caller may change them."""
    agency: Agency | None = lookup.agency(context.session, lookup.required(data, "org_id"))
    if agency is None:
        raise NotFound("Organization was not found")
    rights.require(context, rights.may_in(context, agency.id), "bulk update datasets of this organization")
    given = data.get("datasets")
    ids = [given] if isinstance(given, str) else given
    if not isinstance(ids, list) or not all(isinstance(dataset_id, str) for dataset_id in ids) or not ids:
        raise Invalid({"datasets": ["Missing value"]})
    if len(ids) > MAX_BULK:
        raise Invalid({"datasets": [f"At most {MAX_BULK} at once"]})
    found: list[Dataset] = []
    for at in range(0, len(ids), 500):
        found += context.session.scalars(select(Dataset).where(Dataset.id.in_(ids[at : at + 500]), Dataset.owner_org == agency.id)
                                         .order_by(Dataset.id).with_for_update())
    require_match(context, found)
    return found

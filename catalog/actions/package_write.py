"""Create, change and delete datasets: the same functions for the pipeline, the API and the pages.

They write nothing at once: a hundred datasets of one transaction go to the store together when it is flushed. The
caller of many prefetches what it will change (any query that loads the datasets does) and keeps hold of it.

From the pipeline (`context.user == "pipeline"`) these keys are taken as well: of a dataset title_en, source_id,
identifier, published_by, illustrative, frequency, archived_reason; of a resource state, url_type, schema_name, version_id,
reachable, etag, source_modified, checked_at, extras. It is answered with the dataset's id alone.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.actions import activity, lookup, rights, shown
from catalog.actions.context import Context
from catalog.actions.package_resources import PIPELINE, put_resources
from catalog.errors import Invalid, NotFound, Stale
from catalog.freshness import PERIODS
from catalog.metadata import load_package, tag_names
from catalog.models import Agency, Dataset, OldName, Resource, new_id
from catalog.names import holder, is_name, note_new
from catalog.search.log import note_change

TEXTS = ("notes", "url", "version", "author", "author_email", "maintainer", "maintainer_email", "license_id")
STATES = ("active", "draft", "deleted")
_FROM_PIPELINE = ("source_id", "identifier", "published_by")


def package_create(context: Context, data: dict[str, Any]) -> dict[str, Any] | str:
    """Publish a new dataset and answer with it.

    :param name: 2 to 100 lower-case letters, digits, - and _; unique among living datasets
    :param title: the title (default: the name)
    :param owner_org: id or name of the organization
    :param notes: the description, Markdown
    :param tags: list of ``{"name": …}``; or ``tag_string``, separated by commas
    :param extras: list of ``{"key": …, "value": …}``; frequency and title_en are understood
    :param groups: list of ``{"name": …}``; unknown ones are left out
    :param resources: list of resource dicts
    :param private: true keeps the dataset from the public
    :rtype: dictionary
    """
    rights.require_create(context, _named_owner(context, data))
    values, errors = load_package(data, from_pipeline=context.user == PIPELINE)
    asks_store = context.user != PIPELINE  # which asks for the free names of a hundred datasets at once
    errors |= _name_errors(context.session, values.get("name"), errors, own_id=None, written=asks_store)
    owner = _owner(context.session, values, errors)
    if "id" in values and not context.may_write:
        errors["id"] = ["The input field id was not expected."]
    if "id" in values and context.user != PIPELINE and "id" not in errors and context.session.get(Dataset, str(values["id"])) is not None:
        errors["id"] = ["Dataset id already exists"]
    _foreign_resources(context, values, None, errors)
    _refuse(errors)
    dataset = Dataset(
        id=str(values["id"]) if "id" in values else new_id(), name=values["name"], owner_org=owner, metadata_created=context.now,
        metadata_modified=context.now, creator_user_id=_creator(context), type="dataset", state="active", private=False,
        resources=[], tags=[], groups=[], extras=[], title="", title_en="", frequency="", illustrative=False,
        **dict.fromkeys(TEXTS, ""),
    )
    _fill(context, dataset, values)
    put_resources(context, dataset, values.get("resources") or [])
    context.session.add(dataset)
    note_new(context.session, dataset)
    note_change(context.session, dataset.id, context.now)
    activity.note(context, "new package", dataset)
    return _answer(context, dataset)


def package_update(context: Context, data: dict[str, Any]) -> dict[str, Any] | str:
    """Replace what a dataset says; tags, extras and texts not given are dropped, resources not given are kept.

    :param id: the id or name of the dataset (or ``name``)
    :param: everything else as for package_create; resources given with their id keep it
    :rtype: dictionary
    """
    name_or_id = data.get("id") or data.get("name")
    if not name_or_id:
        raise Invalid({"id": "Missing value"})
    return _change(context, editable(context, str(name_or_id), otherwise="Package was not found."), data)


def package_patch(context: Context, data: dict[str, Any]) -> dict[str, Any] | str:
    """Change what is given of a dataset and keep the rest.

    :param id: the id or name of the dataset
    :param: everything else as for package_create
    :rtype: dictionary
    """
    dataset = editable(context, lookup.required(data))
    return _change(context, dataset, {**_as_given(dataset), **{key: value for key, value in data.items() if key != "id"}})


def package_delete(context: Context, data: dict[str, Any]) -> None:
    """Archive a dataset: it leaves the lists and the search, its versions stay, its name is free again.

    :param id: the id or name of the dataset
    """
    dataset = lookup.find_dataset(context.session, lookup.required(data))
    if dataset is None:
        raise NotFound
    rights.require_edit(context, dataset)
    if dataset.state == "deleted":
        return
    locked(context, dataset)
    archive(context, dataset, data.get("archived_reason") if context.user == PIPELINE else None)
    context.session.flush()  # the name is free from here on


def archive(context: Context, dataset: Dataset, reason: str | None = None) -> None:
    """Mark a dataset as archived; its name is free when that is flushed."""
    _set_state(context, dataset, "deleted", reason)
    dataset.metadata_modified = context.now
    note_change(context.session, dataset.id, context.now)
    activity.note(context, "deleted package", dataset)


def _change(context: Context, dataset: Dataset, data: Mapping[str, Any]) -> dict[str, Any] | str:
    session = context.session
    values, errors = load_package({key: value for key, value in data.items() if key != "id"}, from_pipeline=context.user == PIPELINE)
    name = values.get("name", dataset.name)
    revived = dataset.state == "deleted" and values.get("state", "deleted") != "deleted"
    if name != dataset.name or revived:
        errors |= _name_errors(session, name, errors, own_id=dataset.id)
    owner = _owner(session, values, errors)
    if owner and owner != dataset.owner_org:
        rights.require_give(context, dataset, owner)
    _foreign_resources(context, values, dataset, errors)
    _refuse(errors)
    with session.no_autoflush:
        renamed = name != dataset.name
        if renamed:
            _rename(session, dataset, name)
        dataset.owner_org = owner
        _fill(context, dataset, values)
        changed = "resources" in values and put_resources(context, dataset, values["resources"] or [], _read_at(context, dataset, data))
        if changed or renamed or session.is_modified(dataset):
            dataset.metadata_modified = context.now
            note_change(session, dataset.id, context.now)
            activity.note(context, "changed package", dataset)
    return _answer(context, dataset)


def _refuse(errors: Mapping[str, Any]) -> None:
    if errors:
        raise Invalid(dict(sorted(errors.items())))


def _name_errors(session: Session, name: str | None, errors: Mapping[str, Any], *, own_id: str | None, written: bool = True) -> dict[str, list[str]]:
    if name is None or not is_name(name):
        return {} if "name" in errors else {"name": ["Missing value"]}
    return {} if holder(session, name, written=written) in (None, own_id) else {"name": ["That URL is already in use."]}


def _owner(session: Session, values: Mapping[str, Any], errors: dict[str, Any]) -> str | None:
    if "owner_org" in errors:
        return None
    if not values.get("owner_org"):
        errors["owner_org"] = ["An organization must be provided"]
        return None
    agency = lookup.agency(session, values["owner_org"])
    if agency is None:
        errors["owner_org"] = ["Organization does not exist"]
    return agency.id if agency else None


def _foreign_resources(context: Context, values: Mapping[str, Any], dataset: Dataset | None, errors: dict[str, Any]) -> None:
    """Refuse ids of resources that belong to another dataset; the pipeline's own ids are its own."""
    if context.user == PIPELINE or "resources" in errors:
        return
    own = {resource.id for resource in dataset.resources} if dataset else set()
    given = [str(resource["id"]) if "id" in resource else None for resource in values.get("resources") or []]
    new = [resource_id for resource_id in given if resource_id and resource_id not in own]
    taken = set(context.session.scalars(select(Resource.id).where(Resource.id.in_(new)))) if new else set()
    taken |= {resource_id for resource_id in new if given.count(resource_id) > 1}
    if taken:
        errors["resources"] = [{"id": ["Resource id already exists."]} if resource_id in taken else {} for resource_id in given]


def _named_owner(context: Context, data: Mapping[str, Any]) -> Agency | None:
    owner = data.get("owner_org")
    return lookup.agency(context.session, owner) if owner and isinstance(owner, str) else None


def _creator(context: Context) -> str | None:
    if context.account:
        return context.account.id
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"user:{context.user}")) if context.user else None


def _rename(session: Session, dataset: Dataset, name: str) -> None:
    """Give a dataset another name; the old one leads to it for ever."""
    former = session.get(OldName, name)
    if former is not None:
        session.delete(former)
    session.merge(OldName(name=dataset.name, dataset_id=dataset.id))
    dataset.name = name
    session.flush()


def _fill(context: Context, dataset: Dataset, values: Mapping[str, Any]) -> None:
    dataset.title = values.get("title") or dataset.name
    for field in TEXTS:
        setattr(dataset, field, values.get(field) or "")
    if values.get("private") is not None:
        dataset.private = values["private"]
    if values.get("type"):
        dataset.type = values["type"][:50]
    dataset.tags = tag_names(values)
    themes = lookup.themes(context.session) if values.get("groups") else {}
    by_id = {theme.id: theme.name for theme in themes.values()}
    named = (by_id.get(given.get("id") or "", given.get("name") or "") for given in values.get("groups") or [])
    dataset.groups = list(dict.fromkeys(name for name in named if name in themes))
    _fill_extras(context, dataset, values)
    if values.get("state") in STATES and values["state"] != dataset.state:
        _set_state(context, dataset, values["state"], values.get("archived_reason"))


def _fill_extras(context: Context, dataset: Dataset, values: Mapping[str, Any]) -> None:
    """Keep the extras; those that are columns here go into their columns, and ours do not come back as given ones."""
    given = {extra["key"]: extra["value"] for extra in values.get("extras") or []}
    frequency = values.get("frequency") or given.get("frequency") or ""
    dataset.frequency = frequency if frequency in PERIODS else ""
    dataset.title_en = (values.get("title_en") or given.get("title_en") or "")[:1000]
    if context.user == PIPELINE:
        dataset.illustrative = bool(values.get("illustrative", dataset.illustrative))
        for field in _FROM_PIPELINE:
            if field in values:
                setattr(dataset, field, values[field])
    before, own = shown.extras(dataset), shown.own_extras(dataset)
    kept = [{"key": key, "value": value} for key, value in given.items() if key not in shown.FROM_ELSEWHERE or own.get(key) != value]
    if before != shown.extras_of(kept, own):
        dataset.extras = kept


def _set_state(context: Context, dataset: Dataset, state: str, reason: str | None) -> None:
    dataset.state = state
    dataset.archived_at = context.now if state == "deleted" else None
    dataset.archived_reason = reason if state == "deleted" else None


def editable(context: Context, name_or_id: str, what: str = "", otherwise: str = "") -> Dataset:
    """The dataset that the caller is about to change, `locked`; NotFound (in the words of `otherwise`), NotAuthorized to do `what`."""
    dataset = lookup.find_dataset(context.session, name_or_id)
    if dataset is None:
        raise NotFound(otherwise)
    rights.require_edit(context, dataset, what)
    return locked(context, dataset)


def locked(context: Context, dataset: Dataset) -> Dataset:
    """The dataset as it stands, which nobody else changes until this transaction ends.

    Stale where the caller said by If-Match which state is to be changed, and it is another. The pipeline, which alone writes what
    it harvests, locks nothing.
    """
    if context.user == PIPELINE:
        return dataset
    context.session.flush()
    context.session.refresh(dataset, with_for_update=True)
    require_match(context, [dataset])
    return dataset


def require_match(context: Context, datasets: Sequence[Dataset]) -> None:
    """Stale unless each of the datasets has one of the marks that the caller named by If-Match."""
    if not context.if_match or context.if_match.strip() == "*":
        return
    with context.session.no_autoflush:
        marks = {shown.etag(package) for package in shown.packages(context, datasets)}
    if not marks <= set(re.findall(r'"([^"]*)"', context.if_match)):
        raise Stale("The dataset has been changed since it was read; read it again, then change it.")


def _read_at(context: Context, dataset: Dataset, data: Mapping[str, Any]) -> datetime | None:
    """When the caller read the dataset, where what is given is a package dict of ours that has become old; None where it is not."""
    if context.user == PIPELINE or data.get("metadata_created") != shown.moment(dataset.metadata_created):
        return None
    try:
        moment = datetime.fromisoformat(str(data.get("metadata_modified"))).replace(tzinfo=UTC)
    except ValueError:
        return None
    return moment if moment < dataset.metadata_modified else None


def _as_given(dataset: Dataset) -> dict[str, Any]:
    """What the dataset says, in the form in which it would be given; without resources, which are kept anyway."""
    return {
        "name": dataset.name, "title": dataset.title, "owner_org": dataset.owner_org, "private": dataset.private,
        **{field: getattr(dataset, field) for field in TEXTS}, "type": dataset.type, "state": dataset.state,
        "tags": [{"name": name} for name in dataset.tags], "groups": [{"name": name} for name in dataset.groups],
        "extras": [extra for extra in shown.extras(dataset) if extra["key"] not in shown.FROM_ELSEWHERE],
    }


def _answer(context: Context, dataset: Dataset) -> dict[str, Any] | str:
    if context.user == PIPELINE:
        return dataset.id
    with context.session.no_autoflush:
        return shown.packages(context, [dataset])[0]

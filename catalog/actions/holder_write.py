"""Make, change and take away organizations and groups, and say who belongs to them: what both have in common.

The official register stands above the API: an agency that it names keeps the name, the title and the life that its
decisions give it, and only says more of itself here. What the API makes beside it counts in no percentage.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, delete, select

from catalog.actions import activity, holders, lookup, members, rights, shown
from catalog.actions.context import Context
from catalog.actions.holders import Holder
from catalog.errors import Invalid, NotAuthorized, NotFound
from catalog.metadata import ckan_errors, name_messages
from catalog.metadata_fields import clean, safe_link
from catalog.models import Agency, AgencyName, Dataset, Following, Member, Source, Theme, new_id
from catalog.names import is_id
from catalog.search.log import note_change, note_holder

_REGISTERED = ("This agency is on the official register, which gives it its name, title and end. Change the register."
               " / Cơ quan này thuộc danh mục chính thức; tên gọi, tên hiển thị và thời hạn do danh mục quy định. Hãy sửa danh mục.")
_SOURCED = ("This organization has harvest sources ({}); give them to another one first."
            " / Cơ quan này còn nguồn thu thập ({}); hãy giao nguồn cho cơ quan khác trước.")


def find(context: Context, data: Mapping[str, Any], *, organization: bool) -> Holder:
    """The agency or theme that is to be changed, deleted or not."""
    name_or_id = lookup.required(dict(data))
    holder = lookup.agency(context.session, name_or_id) if organization else lookup.theme(context.session, name_or_id)
    if holder is None:
        raise NotFound
    return holder


def create(context: Context, data: Mapping[str, Any], *, organization: bool) -> dict[str, Any]:
    """Make one; whoever makes it becomes its administrator."""
    what = "organizations" if organization else "groups"
    if context.user is None:
        raise NotAuthorized(f"User None not authorized to create {what}")
    values, errors = _values(context, data, None, organization=organization)
    if errors:
        raise Invalid(ckan_errors(errors))
    title = values.get("title") or ""
    common = {"id": values.get("id") or new_id(), "created": context.now, "description": "", "image_url": "", "extras": [], "state": "active"}
    if organization:
        today = context.site.clock.today()
        holder: Holder = Agency(slug=values["name"], level="", valid_from=today, counts=False, **common)
        holder.names = [AgencyName(valid_from=today, name_vi=title or values["name"], name_en=title)]
    else:
        holder = Theme(name=values["name"], title_vi=title, title_en="", **common)
    _fill(holder, values)
    context.session.add(holder)
    context.session.flush()
    note_holder(context.session, holder.id, context.now)
    lookup.forget(context.session)
    if context.account:
        members.put(context, holder.id, context.account, "admin")
    _put_users(context, holder, data)
    activity.note(context, f"new {'organization' if organization else 'group'}", holder)
    return holders.show(context, holder, {}) | {"extras": list(holder.extras) or shown.holder_extras(holder, context)}


def change(context: Context, data: Mapping[str, Any], *, organization: bool, keep: bool) -> dict[str, Any]:
    """Change what is given of one; further facts that are not given stay where `keep` says so."""
    holder = find(context, data, organization=organization)
    rights.require_rule(context, holder, f"edit {'organization' if organization else 'group'} {holder.id}")
    values, errors = _values(context, data, holder, organization=organization)
    if errors:
        raise Invalid(ckan_errors(errors))
    if not keep:
        values.setdefault("extras", [])
    if isinstance(holder, Agency) and holder.registered:
        _refuse_registered(context, holder, values)
    else:
        _rename(context, holder, values)
    _fill(holder, values)
    if values.get("state", holder.state) in {"active", "deleted"} - {holder.state}:
        holder.state = values["state"]
    if context.session.is_modified(holder):
        _note_datasets(context, holder)
    context.session.flush()
    lookup.forget(context.session)
    _put_users(context, holder, data)
    activity.note(context, f"changed {'organization' if organization else 'group'}", holder)
    return holders.show(context, holder, {"include_datasets": True})


def remove(context: Context, data: Mapping[str, Any], *, organization: bool) -> None:
    """Mark one as deleted: it leaves the lists, its datasets stay."""
    holder = find(context, data, organization=organization)
    rights.require_rule(context, holder, f"delete {'organization' if organization else 'group'} {holder.id}")
    if isinstance(holder, Agency) and holder.registered:
        raise Invalid({"message": _REGISTERED})
    holder.state = "deleted"
    _note_datasets(context, holder)
    activity.note(context, f"deleted {'organization' if organization else 'group'}", holder)


def purge(context: Context, data: Mapping[str, Any], *, organization: bool) -> None:
    """Take one out of the store; its datasets then belong to nobody, or have one theme less."""
    holder = find(context, data, organization=organization)
    rights.require_sysadmin(context)
    if isinstance(holder, Agency) and holder.registered:
        raise Invalid({"message": _REGISTERED})
    if isinstance(holder, Agency):
        if sources := ", ".join(context.session.scalars(select(Source.name).where(Source.agency_id == holder.id).order_by(Source.name))):
            raise Invalid({"message": _SOURCED.format(sources, sources)})
        held = list(context.session.scalars(select(Dataset).where((Dataset.owner_org == holder.id) | (Dataset.published_by == holder.id))))
        for dataset in held:
            dataset.owner_org = None if dataset.owner_org == holder.id else dataset.owner_org
            dataset.published_by = None if dataset.published_by == holder.id else dataset.published_by
    else:
        held = list(context.session.scalars(select(Dataset).where(holders.of_theme(holder.name))))
        for dataset in held:
            dataset.groups = [name for name in dataset.groups if name != holder.name]
    for dataset in held:
        note_change(context.session, dataset.id, context.now)
    note_holder(context.session, holder.id, context.now)
    context.session.execute(delete(Member).where(Member.group_id == holder.id))
    context.session.execute(delete(Following).where(Following.object_id == holder.id))
    context.session.delete(holder)
    context.session.flush()
    lookup.forget(context.session)
    rights.forget(context)


def _values(context: Context, data: Mapping[str, Any], holder: Holder | None, *, organization: bool) -> tuple[dict[str, Any], dict[str, Any]]:
    """What was given, cleaned, and what is wrong with it."""
    values: dict[str, Any] = {}
    errors: dict[str, Any] = {}
    for key in ("name", "title", "description", "image_url", "state", *(("id",) if holder is None and context.may_write else ())):
        given = data.get(key)
        if given is not None and not isinstance(given, str | int | float):
            errors[key] = ["Must be a Unicode string value"]
        elif given is not None and (given != "" or key != "id"):
            values[key] = clean(str(given))
    if "id" in values and (wrong := _id_messages(context, values["id"])):
        errors["id"] = wrong
    if "image_url" in values and not safe_link(values["image_url"]):
        errors["image_url"] = ["Please provide a valid URL"]
    if "extras" in data and data["extras"] is not None:
        _read_extras(data["extras"], values, errors)
    if "name" not in errors and (messages := _name_messages(context, values, holder, organization=organization)):
        errors["name"] = messages
    return values, errors


def _id_messages(context: Context, given: str) -> list[str]:
    """What is wrong with the id of a new one; organizations and groups share their ids, since their members name either by it."""
    if not is_id(given):
        return ["Invalid id provided"]
    return ["Id already exists"] if any(context.session.get(kind, given) for kind in (Agency, Theme)) else []


def _read_extras(given: Any, values: dict[str, Any], errors: dict[str, Any]) -> None:
    if not isinstance(given, list) or not all(isinstance(extra, Mapping) and extra.get("key") for extra in given):
        errors["extras"] = ["Only lists of dicts with a key can be used"]
        return
    kept = {clean(str(extra["key"])): clean(str(extra.get("value") if extra.get("value") is not None else ""))
            for extra in given if not extra.get("deleted")}
    values["extras"] = [{"key": key, "value": value} for key, value in kept.items()]


def _name_messages(context: Context, values: Mapping[str, Any], holder: Holder | None, *, organization: bool) -> list[str]:
    name = values.get("name")
    if not name:
        return ["Missing value"] if holder is None or name is not None else []
    if holder is not None and name == shown.name_of(holder):
        return []
    if messages := name_messages(name):
        return messages
    taken = lookup.agency(context.session, name) or lookup.theme(context.session, name)  # as in CKAN, the two share their names
    return ["Group name already exists in database"] if taken else []


def _fill(holder: Holder, values: Mapping[str, Any]) -> None:
    for key in ("description", "image_url", "extras"):
        if key in values:
            setattr(holder, key, values[key])


def _refuse_registered(context: Context, agency: Agency, values: Mapping[str, Any]) -> None:
    same = {"name": agency.slug, "title": shown.title(agency, context), "state": agency.state}
    wrong = {key: [_REGISTERED] for key, value in same.items() if values.get(key, value) != value}
    if wrong:
        raise Invalid(wrong)


def _rename(context: Context, holder: Holder, values: Mapping[str, Any]) -> None:
    before = shown.name_of(holder), shown.title(holder, context)
    name, title = values.get("name", before[0]), values.get("title", before[1])
    if (name, title) == before:
        return
    if isinstance(holder, Agency):
        holder.slug = name
        called = holder.name_on(context.site.clock.today())
        called.name_vi, called.name_en = title or name, title
    else:
        held = list(context.session.scalars(select(Dataset).where(_belonging(holder)))) if name != before[0] else []
        holder.name, holder.title_vi = name, title
        for dataset in held:
            dataset.groups = [name if group == before[0] else group for group in dataset.groups]
    _note_datasets(context, holder)


def _note_datasets(context: Context, holder: Holder) -> None:
    """Let its datasets be found by what it is called now, or no longer by it, and shown with what it says of itself."""
    note_holder(context.session, holder.id, context.now)
    for dataset_id in context.session.scalars(select(Dataset.id).where(_belonging(holder))):
        note_change(context.session, dataset_id, context.now)


def _belonging(holder: Holder) -> ColumnElement[bool]:
    return Dataset.owner_org == holder.id if isinstance(holder, Agency) else holders.of_theme(holder.name)


def _put_users(context: Context, holder: Holder, data: Mapping[str, Any]) -> None:
    given = data.get("users")
    if not isinstance(given, list):
        return
    for user in given:
        name = user.get("name") or user.get("id") if isinstance(user, Mapping) else None
        account = lookup.account(context.session, name) if isinstance(name, str) else None
        if account is None or account.state != "active":
            raise Invalid({"users": ["User not found"]})
        members.put(context, holder.id, account, members.role(str(user.get("capacity") or "member"), "users"))

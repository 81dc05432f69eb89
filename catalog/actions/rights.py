"""Who may do what, as CKAN decides it: by membership in the agency that owns a dataset, or as a collaborator on it.

Whoever `may_write` (a system administrator, a program's token, a part of the house) may do everything.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, and_, or_, select, true

from catalog.actions import lookup
from catalog.actions.context import Context
from catalog.errors import Invalid, NotAuthorized, NotFound
from catalog.models import Agency, Collaborator, Dataset, Member, Theme

CAPACITIES = ("admin", "editor", "member")
READS, WRITES, RULES = frozenset(CAPACITIES), frozenset({"admin", "editor"}), frozenset({"admin"})


def memberships(context: Context) -> dict[str, str]:
    """The agencies and themes in which the caller is a member, by id, with what it may do there."""
    if context.account is None:
        return {}
    kept = lookup.kept(context.session, "memberships")
    if context.account.id not in kept:
        rows = context.session.execute(select(Member.group_id, Member.capacity).where(Member.account_id == context.account.id))
        kept[context.account.id] = dict(rows.all())
    return kept[context.account.id]


def collaborations(context: Context) -> dict[str, str]:
    """The datasets on which the caller is a collaborator, by id, with what it may do."""
    if context.account is None:
        return {}
    kept = lookup.kept(context.session, "collaborations")
    if context.account.id not in kept:
        rows = context.session.execute(
            select(Collaborator.dataset_id, Collaborator.capacity).where(Collaborator.account_id == context.account.id))
        kept[context.account.id] = dict(rows.all())
    return kept[context.account.id]


def forget(context: Context) -> None:
    """Look memberships up again, since they were changed."""
    lookup.kept(context.session, "memberships").clear()
    lookup.kept(context.session, "collaborations").clear()


def may_in(context: Context, group_id: str | None, capacities: Iterable[str] = WRITES) -> bool:
    """Whether the caller has one of these capacities in an agency or a theme."""
    return context.may_write or group_id is not None and memberships(context).get(group_id) in capacities


def may_edit(context: Context, dataset: Dataset) -> bool:
    """Whether the caller may change the dataset."""
    return may_in(context, dataset.owner_org) or collaborations(context).get(dataset.id) in WRITES


def may_see(context: Context, dataset: Dataset) -> bool:
    """Whether the caller may see the dataset; the public sees what is active and not private."""
    if dataset.state == "active":
        return (not dataset.private or may_in(context, dataset.owner_org, READS)
                or collaborations(context).get(dataset.id) in READS)
    return may_edit(context, dataset)


def visible(context: Context) -> ColumnElement[bool]:
    """`may_see` as a condition on datasets."""
    if context.may_write:
        return true()
    there, on = memberships(context), collaborations(context)
    reads = or_(Dataset.owner_org.in_(list(there)), Dataset.id.in_(list(on)))
    writes = or_(*(column.in_([any_id for any_id, capacity in held.items() if capacity in WRITES])
                   for column, held in ((Dataset.owner_org, there), (Dataset.id, on))))
    return or_(and_(Dataset.state == "active", or_(Dataset.private.is_(False), reads)), writes)


def labels(context: Context) -> tuple[str, ...] | None:
    """What of the search index the caller may see beside the public; None for everything (see `catalog.search.documents`)."""
    if context.may_write:
        return None
    there, on = memberships(context), collaborations(context)
    return (*(f"member-{group_id}" for group_id in there), *(f"collaborator-{dataset_id}" for dataset_id in on),
            *(f"editor-{any_id}" for any_id, capacity in (*there.items(), *on.items()) if capacity in WRITES))


def require(context: Context, allowed: bool, what: str) -> None:
    """NotAuthorized in CKAN's words unless it is allowed."""
    if not allowed:
        raise NotAuthorized(f"User {context.user or ''} not authorized to {what}")


def require_edit(context: Context, dataset: Dataset, what: str = "") -> None:
    """NotAuthorized unless the caller may change the dataset."""
    require(context, may_edit(context, dataset), what or f"edit package {dataset.id}")


def require_give(context: Context, dataset: Dataset, owner: str, field: str = "owner_org") -> None:
    """Whoever gives a dataset to an agency writes for it and for the one that has it; to work on that one dataset is not enough."""
    if not may_in(context, owner):
        raise Invalid({field: ["You cannot add a dataset to this organization"]})
    require(context, may_in(context, dataset.owner_org), f"give package {dataset.id} to another organization")


def require_create(context: Context, owner: Agency | None) -> None:
    """NotAuthorized unless the caller may add datasets to the agency, or to some agency where none is named (yet)."""
    anywhere = context.may_write or bool(WRITES & set(memberships(context).values()))
    require(context, anywhere, "create packages")
    require(context, owner is None or may_in(context, owner.id), "add dataset to this organization")


def require_sysadmin(context: Context) -> None:
    """NotAuthorized unless the caller may do everything."""
    if not context.may_write:
        raise NotAuthorized


def require_rule(context: Context, holder: Agency | Theme, what: str) -> None:
    """NotAuthorized unless the caller is an administrator of the agency or theme."""
    require(context, may_in(context, holder.id, RULES), what)


def require_account(context: Context, what: str) -> None:
    """NotAuthorized for whoever has no account."""
    if context.account is None:
        raise NotAuthorized(what)


def readable_dataset(context: Context, name_or_id: str) -> Dataset:
    """The dataset, if the caller may see it; NotFound or NotAuthorized as CKAN says it. A draft is not there."""
    dataset = lookup.find_dataset(context.session, name_or_id)
    if dataset is None or dataset.state == "draft" and not may_edit(context, dataset):
        raise NotFound
    require(context, may_see(context, dataset), f"read package {dataset.id}")
    return dataset

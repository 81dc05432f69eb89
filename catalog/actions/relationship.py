"""How datasets stand to each other: CKAN's package relationships."""

from __future__ import annotations

from typing import Any

from sqlalchemy import or_, select

from catalog.actions import lookup, rights
from catalog.actions.context import Context
from catalog.errors import Invalid, NotFound
from catalog.metadata_fields import clean
from catalog.models import Dataset, Relationship
from catalog.search.log import note_change

# What is said of the subject, and what of the object in turn.
KINDS = {"depends_on": "dependency_of", "derives_from": "has_derivation", "links_to": "linked_from", "child_of": "parent_of"}
_TURNED = {turned: kind for kind, turned in KINDS.items()}


def _pair(context: Context, data: dict[str, Any]) -> tuple[Dataset, Dataset, str]:
    """Subject, object and kind, whichever way round they were said; the caller may change both."""
    kind = lookup.required(data, "type")
    if kind not in KINDS and kind not in _TURNED:
        raise Invalid({"type": [f"Value must be one of {[*KINDS, *_TURNED]}"]})
    found = []
    for key in ("subject", "object"):
        dataset = lookup.find_dataset(context.session, lookup.required(data, key))
        if dataset is None:
            raise NotFound(f"{key.title()} package was not found.")
        rights.require_edit(context, dataset)
        found.append(dataset)
    subject, object_ = found
    if subject.id == object_.id:
        raise Invalid({"object": ["A dataset cannot stand in relation to itself"]})
    return (subject, object_, kind) if kind in KINDS else (object_, subject, _TURNED[kind])


def _shown(subject: Dataset, object_: Dataset, kind: str, comment: str) -> dict[str, Any]:
    return {"subject": subject.name, "type": kind, "object": object_.name, "comment": comment}


def package_relationship_create(context: Context, data: dict[str, Any]) -> dict[str, Any]:
    """Say how one dataset stands to another.

    :param subject: the id or name of the one
    :param object: the id or name of the other
    :param type: ``depends_on``, ``dependency_of``, ``derives_from``, ``has_derivation``, ``links_to``, ``linked_from``, ``child_of``, ``parent_of``
    :param comment: what else there is to say
    :rtype: dictionary
    """
    subject, object_, kind = _pair(context, data)
    if context.session.get(Relationship, (subject.id, object_.id, kind)) is not None:
        raise Invalid({"message": "That relationship is there already"})
    comment = clean(str(data.get("comment") or ""))
    context.session.add(Relationship(subject_id=subject.id, object_id=object_.id, kind=kind, comment=comment))
    context.session.flush()
    _note(context, subject, object_)
    return _shown(subject, object_, kind, comment)


def package_relationship_update(context: Context, data: dict[str, Any]) -> dict[str, Any]:
    """Change what is said of how one dataset stands to another.

    :param subject: the id or name of the one
    :param object: the id or name of the other
    :param type: as for package_relationship_create
    :param comment: the new comment
    :rtype: dictionary
    """
    subject, object_, kind = _pair(context, data)
    row = _row(context, subject, object_, kind)
    row.comment = clean(str(data.get("comment") or ""))
    _note(context, subject, object_)
    return _shown(subject, object_, kind, row.comment)


def package_relationship_delete(context: Context, data: dict[str, Any]) -> None:
    """Take back how one dataset stands to another.

    :param subject: the id or name of the one
    :param object: the id or name of the other
    :param type: as for package_relationship_create
    """
    subject, object_, kind = _pair(context, data)
    context.session.delete(_row(context, subject, object_, kind))
    _note(context, subject, object_)


def _note(context: Context, *datasets: Dataset) -> None:
    """Each of them says how it stands to the other."""
    for dataset in datasets:
        note_change(context.session, dataset.id, context.now)


def _row(context: Context, subject: Dataset, object_: Dataset, kind: str) -> Relationship:
    row = context.session.get(Relationship, (subject.id, object_.id, kind))
    if row is None:
        raise NotFound("This relationship between the packages was not found.")
    return row


def package_relationships_list(context: Context, data: dict[str, Any]) -> list[dict[str, Any]]:
    """List how a dataset stands to others, said of the dataset.

    :param id: the id or name of the dataset
    :param id2: only to this one
    :param rel: only of this kind
    :rtype: list of dictionaries with subject, type, object and comment
    """
    dataset = rights.readable_dataset(context, lookup.required(data))
    other = rights.readable_dataset(context, lookup.required(data, "id2")) if data.get("id2") else None
    rows = context.session.scalars(select(Relationship).where(
        or_(Relationship.subject_id == dataset.id, Relationship.object_id == dataset.id)).order_by(Relationship.kind)).all()
    said = [(row.object_id, row.kind, row.comment) if row.subject_id == dataset.id else (row.subject_id, KINDS[row.kind], row.comment) for row in rows]
    partners = {partner.id: partner for partner in lookup.datasets(context.session, (each[0] for each in said), rights.visible(context))}
    return [_shown(dataset, partners[partner_id], kind, comment) for partner_id, kind, comment in said
            if partner_id in partners and (other is None or partner_id == other.id) and data.get("rel") in (None, "", kind)]

"""Closed lists of words for tags: CKAN's vocabularies. Free tags need no list; they are made by the datasets that carry them."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import select

from catalog.actions import lookup, rights
from catalog.actions.context import Context
from catalog.errors import Invalid, NotFound
from catalog.metadata import tag_messages
from catalog.metadata_fields import clean
from catalog.models import Vocabulary

MAX_NAME, MAX_TAGS = 100, 10_000


def _found(context: Context, name_or_id: str) -> Vocabulary:
    found = context.session.scalar(select(Vocabulary).where((Vocabulary.id == name_or_id) | (Vocabulary.name == name_or_id)))
    if found is None:
        raise NotFound(f'Could not find vocabulary "{name_or_id}"')
    return found


def _tag(vocabulary: Vocabulary, name: str) -> dict[str, Any]:
    tag_id = str(uuid.uuid5(uuid.UUID(vocabulary.id), name))
    return {"id": tag_id, "name": name, "vocabulary_id": vocabulary.id, "display_name": name}


def _shown(vocabulary: Vocabulary) -> dict[str, Any]:
    return {"id": vocabulary.id, "name": vocabulary.name, "tags": [_tag(vocabulary, name) for name in sorted(vocabulary.tags)]}


def tags_of(context: Context, name_or_id: str) -> list[dict[str, Any]]:
    """The tags of a vocabulary."""
    return _shown(_found(context, name_or_id))["tags"]


def vocabulary_list(context: Context, data: dict[str, Any]) -> list[dict[str, Any]]:
    """List the vocabularies with their tags.

    :rtype: list of dictionaries
    """
    return [_shown(found) for found in context.session.scalars(select(Vocabulary).order_by(Vocabulary.name))]


def vocabulary_show(context: Context, data: dict[str, Any]) -> dict[str, Any]:
    """Show a vocabulary with its tags.

    :param id: the id or name of the vocabulary
    :rtype: dictionary
    """
    return _shown(_found(context, lookup.required(data)))


def vocabulary_create(context: Context, data: dict[str, Any]) -> dict[str, Any]:
    """Make a vocabulary; only for system administrators.

    :param name: its name, unique, 2 to 100 characters
    :param tags: list of ``{"name": …}``
    :rtype: dictionary
    """
    rights.require_sysadmin(context)
    vocabulary = Vocabulary(name=_name(context, lookup.required(data, "name"), None), tags=_tags(data.get("tags")))
    context.session.add(vocabulary)
    context.session.flush()
    return _shown(vocabulary)


def vocabulary_update(context: Context, data: dict[str, Any]) -> dict[str, Any]:
    """Change a vocabulary; its tags become those given, if any are. Only for system administrators.

    :param id: the id or name of the vocabulary
    :param name: its new name
    :param tags: list of ``{"name": …}``
    :rtype: dictionary
    """
    rights.require_sysadmin(context)
    vocabulary = _found(context, lookup.required(data))
    if data.get("name"):
        vocabulary.name = _name(context, lookup.required(data, "name"), vocabulary.id)
    if "tags" in data:
        vocabulary.tags = _tags(data["tags"])
    return _shown(vocabulary)


def vocabulary_delete(context: Context, data: dict[str, Any]) -> None:
    """Take away a vocabulary that has no tags any more; only for system administrators.

    :param id: the id or name of the vocabulary
    """
    rights.require_sysadmin(context)
    vocabulary = _found(context, lookup.required(data))
    if vocabulary.tags:
        raise Invalid({"message": "Cannot delete a vocabulary that has tags"})
    context.session.delete(vocabulary)


def tag_create(context: Context, data: dict[str, Any]) -> dict[str, Any]:
    """Add a tag to a vocabulary; only for system administrators.

    :param name: the tag
    :param vocabulary_id: the id or name of the vocabulary
    :rtype: dictionary
    """
    rights.require_sysadmin(context)
    vocabulary = _found(context, lookup.required(data, "vocabulary_id"))
    (name,) = _tags([{"name": lookup.required(data, "name")}])
    if name in vocabulary.tags:
        raise Invalid({"message": "Tag already belongs to vocabulary"})
    vocabulary.tags = [*vocabulary.tags, name]
    return _tag(vocabulary, name)


def tag_delete(context: Context, data: dict[str, Any]) -> None:
    """Take a tag out of a vocabulary; only for system administrators.

    :param id: the id or name of the tag
    :param vocabulary_id: the id or name of the vocabulary
    """
    rights.require_sysadmin(context)
    vocabulary = _found(context, lookup.required(data, "vocabulary_id"))
    wanted = lookup.required(data)
    kept = [name for name in vocabulary.tags if wanted not in (name, _tag(vocabulary, name)["id"])]
    if len(kept) == len(vocabulary.tags):
        raise NotFound(f'Could not find tag "{wanted}"')
    vocabulary.tags = kept


def _name(context: Context, name: str, own_id: str | None) -> str:
    name = clean(name).strip()
    if not 2 <= len(name) <= MAX_NAME:
        raise Invalid({"name": [f"Name must be between 2 and {MAX_NAME} characters long"]})
    holder = context.session.scalar(select(Vocabulary.id).where(Vocabulary.name == name))
    if holder not in (None, own_id):
        raise Invalid({"name": ["That vocabulary name is already in use."]})
    return name


def _tags(given: Any) -> list[str]:
    if given is None:
        return []
    if not isinstance(given, list) or not all(isinstance(tag, dict) and isinstance(tag.get("name"), str) for tag in given):
        raise Invalid({"tags": ["Only lists of dicts with a name can be used"]})
    names = list(dict.fromkeys(clean(tag["name"]).strip() for tag in given))
    wrong = [message for name in names for message in tag_messages(name)]
    if wrong or len(names) > MAX_TAGS:
        raise Invalid({"tags": wrong or [f"At most {MAX_TAGS} tags"]})
    return names

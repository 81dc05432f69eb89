"""Read datasets."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from catalog.actions import lookup, ready, rights, shown
from catalog.actions.context import Context
from catalog.errors import Invalid
from catalog.models import Dataset
from catalog.public_texts import Ready


def _public() -> tuple[Any, ...]:
    return (Dataset.state == "active", Dataset.private.is_(False))


def package_show(context: Context, data: dict[str, Any]) -> dict[str, Any] | Ready:
    """Show a dataset with its resources.

    :param id: the id or name of the dataset, or a name that it once had
    :rtype: dictionary
    """
    if not data.get("id") and data.get("name_or_id"):
        raise Invalid({"message": "Missing id, can not get Package object"})
    name_or_id = lookup.required(data, "id", named="name_or_id")
    if not context.reads:
        return shown.packages(context, [rights.readable_dataset(context, name_or_id)])[0]
    return ready.named(context, name_or_id) or ready.of_datasets(context, [rights.readable_dataset(context, name_or_id)])[0]


def package_list(context: Context, data: dict[str, Any]) -> list[str]:
    """List the names of all public datasets in alphabetical order.

    :param limit: at most so many (default: all)
    :param offset: leave out so many at the start
    :rtype: list of strings
    """
    limit, offset = lookup.natural(data, "limit"), lookup.natural(data, "offset", 0)
    names = select(Dataset.name).where(*_public()).order_by(Dataset.name).offset(offset or None)
    return list(context.session.scalars(names.limit(limit or (-1 if offset and _sqlite(context) else None))))


def _sqlite(context: Context) -> bool:
    return context.session.get_bind().dialect.name == "sqlite"


def current_package_list_with_resources(context: Context, data: dict[str, Any]) -> list[dict[str, Any]]:
    """List public datasets with their resources, the last changed first.

    :param limit: at most so many (default: 10, at most 1000)
    :param offset: leave out so many at the start; or ``page``, counted from 1
    :rtype: list of dictionaries
    """
    limit = min(lookup.natural(data, "limit", 10) or 10, 1000)
    page = lookup.natural(data, "page", 1) or 1
    offset = lookup.natural(data, "offset", (page - 1) * limit) or 0
    datasets = context.session.scalars(
        select(Dataset).where(*_public()).order_by(Dataset.metadata_modified.desc(), Dataset.id).limit(limit).offset(offset)).all()
    return shown.packages(context, datasets)


def package_autocomplete(context: Context, data: dict[str, Any]) -> list[dict[str, str]]:
    """Suggest datasets whose title or name has the words, of which the last may be unfinished.

    :param q: what has been typed so far, with or without diacritics
    :param limit: at most so many (default: 10, at most 50)
    :rtype: list of dictionaries with name, title, match_field and match_displayed
    """
    words = lookup.required(data, "q")
    limit = lookup.natural(data, "limit", 10)
    found = context.site.search.suggest(words, min(limit or 10, 50), session=context.session)
    answer = []
    for hit in found:
        by_name = words.lower() in hit.name
        answer.append({"name": hit.name, "title": hit.title, "match_field": "name" if by_name else "title",
                       "match_displayed": hit.name if by_name else f"{hit.title} ({hit.name})"})
    return answer

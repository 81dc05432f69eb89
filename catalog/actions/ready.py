"""Datasets that lie ready to be sent: the text of a public one's package dict is written once, until the change log says it changed.

Only calls that read alone take from there (`context.reads`): a transaction that writes sees what it has written itself, which
nobody else does.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

from catalog.actions import lookup, rights, shown
from catalog.actions.context import Context
from catalog.models import Dataset
from catalog.public_texts import Ready, View
from catalog.search.log import stands_at

_VIEW = "catalog.actions.ready"
Value = TypeVar("Value")


def public_texts(context: Context) -> View:
    """What this process keeps for the public, brought up to date once in this transaction; what was looked up for others need not be again."""
    if _VIEW not in context.session.info:
        view = context.site.public_texts.up_to_date(context.session.connection(), context.site.clock.today())
        context.session.info[_VIEW] = view
        stands_at(context.session, view.mark)
        for what in ("agencies", "themes"):
            lookup.share(context.session, what, view.common(what, dict))
    return context.session.info[_VIEW]


def named(context: Context, name_or_id: str) -> Ready | None:
    """A public dataset by its id or name, if it lies ready."""
    return public_texts(context).dataset(name_or_id, context.site_url)


def of_ids(context: Context, ids: Sequence[str]) -> list[Ready]:
    """Those of the datasets that the caller may see, in the order of their ids; what does not lie ready is read together."""
    found = {each: ready for each in ids if (ready := named(context, each)) is not None}
    lacking = [each for each in ids if each not in found]
    if lacking:
        datasets = lookup.datasets(context.session, lacking, rights.visible(context))
        found.update((ready.id, ready) for ready in of_datasets(context, datasets))
    return [found[each] for each in ids if each in found]


def of_datasets(context: Context, datasets: Sequence[Dataset]) -> list[Ready]:
    """The datasets, which the caller may see, ready to be sent; the public ones are kept so."""
    view, made = public_texts(context), []
    for dataset, package in zip(datasets, shown.packages(context, datasets), strict=True):
        ready = Ready(id=dataset.id, name=dataset.name, text=json.dumps(package), etag=shown.etag(package), address=context.site_url)
        if dataset.state == "active" and not dataset.private:
            view.put(ready)
        made.append(ready)
    return made


def for_everybody(context: Context, key: Hashable, read: Callable[[], Value]) -> Value:
    """What `read` answers to everybody alike, kept for those who have shown no token; nobody changes it."""
    return public_texts(context).common(key, read) if context.reads and context.user is None else read()

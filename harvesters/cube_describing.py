"""What the connectors of statistical tables have in common when they describe one."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from catalog.record import Record
from harvesters.base import Gathered, Option
from harvesters.cube import MEDIA_TYPE
from harvesters.describing import Draft, as_moment, as_text

LANGUAGE = Option(name="language", vi="Ngôn ngữ của tên và nhãn, khi nguồn có nhiều ngôn ngữ (vi, en …)",
                  en="Language of titles and labels, where the source has several (vi, en …)")
FORMAT = "1"  # of the tables that are made; another number makes all of them anew
_STAMP = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})(?:[ T](\d{2}):(\d{2}).*)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a source says of one of its tables; values of any kind. `recipe` is what the connector makes its file from."""

    title: Any
    url: str
    recipe: Mapping[str, Any]
    title_en: Any = ""
    notes: Any = ""
    author: Any = ""
    maintainer: Any = ""
    tags: Any = None
    licence: Any = ""
    frequency: Any = ""
    updated: Any = None
    version: Any = ""
    extras: Mapping[str, Any] = field(default_factory=dict)


def described(item: Gathered, options: Mapping[str, Any], told: Told) -> Record:
    """The record of a table that is made into CSV."""
    draft = Draft(item, options)
    draft.metadata |= {
        "title": draft.text(told.title, "title"), "title_en": as_text(told.title_en), "notes": draft.text(told.notes, "notes"),
        "author": as_text(told.author), "maintainer": as_text(told.maintainer), "tags": draft.texts(told.tags, "tags"),
        "version": as_text(told.version),
    }
    draft.licence(as_text(told.licence))
    draft.frequency(as_text(told.frequency))
    draft.themes([])
    draft.illustrative()
    updated = moment_of(told.updated)
    draft.extras["origin_modified"] = updated or as_text(told.updated)
    draft.extras |= {key: as_text(value) for key, value in told.extras.items()}
    distribution = draft.distribution(
        told.url, name=draft.metadata["title"], format="CSV", media_type=MEDIA_TYPE, last_modified=updated)
    return draft.record([distribution and replace(distribution, recipe=dict(told.recipe))])


def moment_of(value: Any) -> str | None:
    """A date in ISO 8601, or as PC-Axis writes it (`20240930 08:00`)."""
    if found := as_moment(value):
        return found
    stamp = _STAMP.fullmatch(as_text(value).strip())
    try:
        return datetime(*(int(part) for part in stamp.groups() if part)).isoformat() if stamp else None
    except ValueError:
        return None


def mark_of(*parts: Any) -> str | None:
    """The mark of a table made of a certain state of the source; None where the first part, that state, is not known."""
    texts = [as_text(part) for part in parts]
    return hashlib.sha256("\n".join([FORMAT, *texts]).encode("utf-8", "replace")).hexdigest()[:32] if texts[0] else None


def file_name(name: str) -> str:
    """The name of the file that is made: a label, never a path."""
    plain = re.sub(r"[^\w.-]+", "-", name).strip("-.")[:100]
    return f"{plain or 'table'}.csv"

"""What the sender of a draft decides about its columns that look personal, before it is handed in.

What a draft is asked for then holds "masked" (letters, as "without" does), "decided" (see `catalog.decisions.given`) and "source": the file that was
decided about, {"sha256", "size", "filename", "told", "schema"}. That file is what is handed in, with the decisions; it is never public. Where other
changes were made at the same time, the file that was made of all of them is handed in, and "original", the one before, is kept. "fields" says what
became of which field of the schema "under" which the file was read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import schemas
from catalog.decisions.columns import HeldColumn, columns_of
from catalog.decisions.deriving import named_without, without
from catalog.decisions.given import TOLD, Given
from catalog.issues import Issue
from catalog.models import UploadDraft

OF_MADE = ("without", "names", "masked", "source")  # what a file is made by


def held_columns(draft: UploadDraft) -> list[HeldColumn]:
    """The columns of a checked draft that look personal, in the order in which its page has them."""
    answer = draft.answer or {}
    return columns_of(map(Issue.from_dict, answer.get("issues", ())), answer.get("sheet"))


def decided(draft: UploadDraft, decisions: Sequence[Given], *, alone: bool) -> dict[str, Any]:
    """What is asked of the next draft for the sake of the decisions about this one; `alone` where nothing else is changed."""
    answer, keys = draft.answer or {}, {one.key for one in decisions}
    before = [one for one in draft.asked.get("decided", ()) if (one["sheet"], one["name"], one["kind"]) not in keys]
    if not before and not decisions:
        return {}
    asked: dict[str, Any] = {
        "decided": [*before, *(one.to_dict() for one in decisions)], "masked": [one.column for one in decisions if one.action == "mask" and not one.sheet],
        "fields": {**draft.asked.get("fields", {}), **_fields(answer, decisions)}, "under": answer.get("schema") or ""}
    earlier = draft.asked.get("source")
    if alone and answer.get("state") == "held" and (earlier or not before):
        source = earlier or {**_itself(draft), "told": answer.get("told"), "schema": answer.get("schema") or ""}
        return {**asked, "source": {**source, "filename": named_without(source["filename"], [one["name"] for one in asked["decided"]])}}
    return {**asked, "original": earlier or draft.asked.get("original") or _itself(draft)}


def of_the_same(asked: Mapping[str, Any]) -> dict[str, Any]:
    """What is asked of another look at the very file of a draft. One that was made is handed in itself from then on, and no layout that is
    remembered of other files holds for it."""
    if "without" not in asked:
        return dict(asked)
    kept = {key: value for key, value in asked.items() if key not in OF_MADE}
    return {**kept, **({"original": asked["source"]} if "source" in asked else {}), "forget": True}


def _itself(draft: UploadDraft) -> dict[str, Any]:
    return {"sha256": draft.sha256, "size": draft.size, "filename": draft.filename}


def _fields(answer: Mapping[str, Any], decisions: Sequence[Given]) -> dict[str, str]:
    """The fields of the schema that are left out or masked, each with what is done to it."""
    fields = {column["letter"]: column["field"] for column in answer.get("columns", ())}
    return {fields[one.column]: one.action for one in decisions if not one.sheet and one.column in fields}


def schema_of(asked: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]] | None:
    """The schema of a draft's file as far as it still applies to what was left of it, with its name; None where all of it applies."""
    name = asked.get("under") or ""
    if not asked.get("fields") or name not in schemas.names() or asked.get("schema") not in (None, "", name):
        return None
    return name, without(schemas.load(name).descriptor, asked["fields"])


def told_of(draft: UploadDraft) -> dict[str, Any] | None:
    """How the file that is handed in is to be read, with the decisions about it, and the file that it was made of where that is another."""
    source, original = draft.asked.get("source"), draft.asked.get("original")
    told = source["told"] if source else (draft.answer or {}).get("told")
    if not draft.asked.get("decided"):
        return told
    kept = {"original": {key: original[key] for key in ("sha256", "size", "filename")}} if original else {}
    return {**(told or {}), TOLD: draft.asked["decided"], **kept}

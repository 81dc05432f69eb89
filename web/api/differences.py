"""What changed between two versions of a table: `/api/v1/tables/<resource>/diff?from=&to=`, as JSON, NDJSON or CSV, a page at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson
from flask import Blueprint, Response, current_app, request

from catalog.actions import rights
from catalog.actions.datastore import table_named
from catalog.comparison import Compared, chosen, compared
from catalog.errors import NotFound, Refusal
from catalog.models import Resource, Version
from catalog.tables.answering import delimited, json_cell, text_cell
from catalog.tables.asking import LIMIT, MAX_LIMIT, NotUnderstood
from catalog.tables.comparing import KINDS, Difference, RowChange
from web.api import asking
from web.api.tables import following, refused, sent

bp = Blueprint("differences", __name__, url_prefix="/api/v1/tables")

FORMATS = ("json", "ndjson", "csv")
OWN = ("from", "to", "key", "by", "change", "limit", "after", "format")
HEAD = ("_change", "_from_row", "_to_row", "_changed")  # of the CSV, before the columns of both versions


@bp.get("/<resource_id>/diff")
def diff(resource_id: str) -> Response:
    """Answer with the rows that were added, removed or changed, each changed cell before and after."""
    asked = _asked()
    with current_app.extensions["haidang"].reading() as session:
        context = asking.context(session, asking.caller(session))
        found = table_named(context, resource_id)
        if found is None:
            raise NotFound()
        resource: Resource = found[0]
        rights.require(context, rights.may_see(context, resource.dataset), f"perform resource_show on resource {resource.id}")
        versions = chosen(session, resource, asked["from"], asked["to"])
        session.expunge_all()
    answer = compared(current_app.extensions["haidang"], resource, versions, asked["key"], by_content=asked["by"] == "content")
    rows = answer.difference.rows(asked["change"], after=asked["after"], limit=asked["limit"] + 1)
    shown = rows[: asked["limit"]]
    further = following(str(shown[-1].number)) if len(rows) > len(shown) else None
    match asked["format"]:
        case "csv":
            return sent(_csv(answer.difference, shown), "csv", further)
        case "ndjson":
            return sent(b"".join(orjson.dumps(_row(answer.difference, row)) + b"\n" for row in shown), "ndjson", further)
    return sent(orjson.dumps({**_summary(answer), "rows": [_row(answer.difference, row) for row in shown], "next": further}), "json", further)


@bp.errorhandler(Refusal)
def not_answered(refusal: Refusal) -> tuple[Response, int]:
    """Say what cannot be answered as the table's own API does."""
    return refused(refusal)


def _asked() -> dict[str, Any]:
    given = request.args
    if unknown := [name for name in given if name not in OWN]:
        raise NotUnderstood(unknown[0], f"Không có tham số này; các tham số: {', '.join(OWN)}.", f"There is no such parameter; there are: {', '.join(OWN)}.")
    changes = [name for name in given.get("change", "").split(",") if name] or list(KINDS)
    limit, after = given.get("limit", "") or str(LIMIT), given.get("after", "") or "0"
    choices = (("format", given.get("format", "json"), FORMATS), ("by", given.get("by", "key"), ("key", "content")), *(("change", name, KINDS) for name in changes))
    for where, value, known in choices:
        if value not in known:
            raise NotUnderstood(where, f"Hãy chọn trong {', '.join(known)}.", f"Choose from {', '.join(known)}.")
    for where, value, least, most in (("limit", limit, 1, MAX_LIMIT), ("after", after, 0, 10**12)):
        if not (value.isascii() and value.isdecimal() and len(value) < 14 and least <= int(value) <= most):
            raise NotUnderstood(where, f"Hãy viết một số từ {least} đến {most}.", f"Write a number from {least} to {most}.")
    return {"from": given.get("from", ""), "to": given.get("to", ""),
            "key": [name.strip() for name in given.get("key", "").split(",") if name.strip()], "by": given.get("by", "key"),
            "change": changes, "limit": int(limit), "after": int(after), "format": given.get("format", "json")}


def _summary(answer: Compared) -> dict[str, Any]:
    found, columns = answer.difference, answer.difference.columns
    return {
        "from": _version(answer.old), "to": _version(answer.new), "by": "key" if found.key else "content", "key": list(found.key), "keys_repeated": found.repeated,
        "columns": {
            "added": [column.name for column in columns.added], "removed": [column.name for column in columns.removed],
            "renamed": [{"from": old.name, "to": new.name} for old, new in columns.renamed],
            "retyped": [{"name": new.name, "from": old.kind, "to": new.kind} for old, new in columns.retyped]},
        "counts": found.counts,
    }


def _version(version: Version) -> dict[str, Any]:
    return {"number": version.number, "created": version.created.isoformat(), "rows": version.rows}


def _row(found: Difference, row: RowChange) -> dict[str, Any]:
    """One row: whole where it was added or removed; its key and the cells that changed, before and after, where it was changed."""
    columns = found.columns
    said: dict[str, Any] = {"change": row.kind, "from_row": row.old_number, "to_row": row.new_number}
    if row.kind == "changed":
        assert row.old is not None and row.new is not None
        cells = {}
        for pair in (columns.pairs[place] for place in sorted(row.changed)):
            old, new = columns.old[pair.old], columns.new[pair.new]
            cells[new.name] = {"from": json_cell(row.old[pair.old], old.kind), "to": json_cell(row.new[pair.new], new.kind)}
        return {**said, "key": {column.name: json_cell(value, column.kind) for column, value in zip(columns.new, row.new, strict=True) if column.name in found.key},
                "cells": cells}
    side, values = (columns.new, row.new) if row.kind == "added" else (columns.old, row.old)
    return {**said, "row": {column.name: json_cell(value, column.kind) for column, value in zip(side, values or (), strict=True)}}


def _csv(found: Difference, rows: list[RowChange]) -> str:
    """A line a row, and two for one that changed: how it was, how it is; columns that were removed stand last."""
    columns = found.columns
    names = [*HEAD, *(column.name for column in columns.new), *(column.name for column in columns.removed)]
    lines = [line for row in rows for line in _lines(found, row)]
    return delimited([names, *lines], ["text"] * len(names), ",")


def _lines(found: Difference, row: RowChange) -> Iterator[list[str]]:
    columns, numbers = found.columns, [str(number or "") for number in (row.old_number, row.new_number)]
    changed = ";".join(columns.new[columns.pairs[place].new].name for place in sorted(row.changed)) if row.kind == "changed" else ""
    old_of = {pair.new: pair.old for pair in columns.pairs}
    gone = [place for place in range(len(columns.old)) if place not in {pair.old for pair in columns.pairs}]
    if row.old is not None:
        cells = [text_cell(row.old[old_of[place]], columns.old[old_of[place]].kind) if place in old_of else "" for place in range(len(columns.new))]
        yield [row.kind if row.new is None else "changed_from", *numbers, changed, *cells, *(text_cell(row.old[place], columns.old[place].kind) for place in gone)]
    if row.new is not None:
        cells = [text_cell(value, column.kind) for column, value in zip(columns.new, row.new, strict=True)]
        yield [row.kind if row.old is None else "changed_to", *numbers, changed, *cells, *([""] * len(gone))]

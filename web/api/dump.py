"""A whole table as a file, as CKAN's DataStore gives it: CSV, TSV, JSON or XML, made while it is sent."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import chain
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from flask import Blueprint, Response, abort, current_app, request

from catalog.actions.datastore import Question, dumped, flag
from catalog.errors import Invalid, NotAuthorized
from catalog.tables.answering import delimited, json_cell
from catalog.tables.columns import ID
from web.api import asking

bp = Blueprint("dump", __name__)

FORMATS = ("csv", "tsv", "json", "xml")
BOM = "\ufeff"
_ASKED = ("filters", "q", "full_text", "plain", "distinct", "offset", "fields", "sort")
_TAG = re.compile(r"[^\W\d][\w.-]*")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@bp.get("/datastore/dump/<resource_id>")
def dump(resource_id: str) -> Response:
    """Send the rows of a table, or those that are asked for as in datastore_search."""
    kind = request.args.get("format", "csv").lower()
    if kind not in FORMATS:
        raise Invalid({"format": [f"Value must be one of {list(FORMATS)}"]})
    given = {name: values if len(values) > 1 else values[0] for name, values in request.args.lists() if name in (*_ASKED, "limit")}
    with current_app.extensions["haidang"].reading() as session:
        try:
            asked, rows, resource = dumped(asking.context(session, asking.caller(session)), {**given, "resource_id": resource_id})
        except NotAuthorized:
            abort(404)
        name = resource.id
    batches = rows()
    first = next(batches, [])  # what is wrong with the question is said before anything is sent
    body = _text(asked, kind, chain([first], batches), empty=request.args.get("limit") == "0")
    start = BOM if flag(request.args, "bom", False) else ""
    answer = Response((piece.encode() for piece in chain([start], body)), content_type="application/octet-stream")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    answer.headers["Cache-Control"] = "public, max-age=0, must-revalidate"
    answer.headers["Vary"] = "Cookie, Authorization, X-CKAN-API-Key"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def _text(asked: Question, kind: str, batches: Iterator[list[tuple[Any, ...]]], *, empty: bool) -> Iterator[str]:
    if kind == "json":
        return _json(asked, batches)
    if kind == "xml":
        return _xml(asked, batches)
    return iter(()) if empty else _lines(asked, batches, "," if kind == "csv" else "\t")


def _lines(asked: Question, batches: Iterator[list[tuple[Any, ...]]], delimiter: str) -> Iterator[str]:
    yield delimited([asked.names], ["text"] * len(asked.names), delimiter).removesuffix("\n") + "\r\n"  # CKAN ends the header so
    kinds = [field["type"] for field in asked.fields]
    for batch in batches:
        yield delimited(batch, kinds, delimiter)


def _json(asked: Question, batches: Iterator[list[tuple[Any, ...]]]) -> Iterator[str]:
    yield '{\n  "fields": ' + json.dumps(asked.fields, ensure_ascii=False) + ',\n  "records": ['
    kinds, between = [field["type"] for field in asked.fields], "\n    "
    for batch in batches:
        for row in batch:
            yield between + json.dumps([json_cell(value, kind) for value, kind in zip(row, kinds, strict=True)], ensure_ascii=False)
            between = ",\n    "
    yield "\n]}\n"


def _xml(asked: Question, batches: Iterator[list[tuple[Any, ...]]]) -> Iterator[str]:
    yield '<data xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n'
    kinds = [field["type"] for field in asked.fields]
    for batch in batches:
        yield "".join(_xml_row(asked.names, row, kinds) for row in batch)
    yield "</data>\n"


def _xml_row(names: list[str], row: tuple[Any, ...], kinds: list[str]) -> str:
    cells = {name: json_cell(value, kind) for name, value, kind in zip(names, row, kinds, strict=True)}
    number = f" {ID}={quoteattr(str(cells.pop(ID)))}" if ID in cells else ""
    return f"<row{number}>{''.join(_element(name, value) for name, value in cells.items())}</row>\n"


def _element(name: str, value: Any) -> str:
    """One cell; a name that no element can have stands in an attribute."""
    tag, named = (name, "") if _TAG.fullmatch(name) else ("column", f" name={quoteattr(_NOT_XML.sub('', name))}")
    if value is None:
        return f'<{tag}{named} xsi:nil="true" />'
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)
    return f"<{tag}{named}>{escape(_NOT_XML.sub('', text))}</{tag}>"

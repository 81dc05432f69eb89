"""Every table as an API of its own: `/api/v1/tables/<resource>`, its profile, and the OpenAPI document that describes it."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import urlencode

import orjson
import pyarrow as pa
from flask import Blueprint, Response, current_app, request

from catalog.actions.datastore import readable_table, table_of, table_to_read
from catalog.errors import Invalid, NotAuthorized, NotFound, Refusal
from catalog.models import Resource
from catalog.tables.answering import delimited, json_rows
from catalog.tables.asking import Asked, NotUnderstood, understand
from catalog.tables.columns import ID
from catalog.tables.profiles import profiles
from catalog.tables.serving import Table
from web.api import asking
from web.api.table_document import document

bp = Blueprint("tables", __name__, url_prefix="/api/v1/tables")

TYPES = {"json": "application/json", "ndjson": "application/x-ndjson", "csv": "text/csv; charset=utf-8", "arrow": "application/vnd.apache.arrow.stream"}


@bp.get("/<resource_id>")
def rows(resource_id: str) -> Response:
    """Answer with the rows or groups that are asked for."""
    kind = request.args.get("format", "json")
    if kind not in TYPES:
        raise NotUnderstood("format", f"Hãy chọn một trong {', '.join(TYPES)}.", f"Choose one of {', '.join(TYPES)}.")
    table = _rows_of(resource_id)
    asked = understand(table, list(request.args.items(multi=True)))
    if kind == "arrow":
        return _arrow(table, asked)
    shown, mark = asked.page(table.ask(asked.sql.text, asked.sql.values))
    further = following(mark) if mark else None
    names, kinds = [name for name, _ in asked.fields], [kind for _, kind in asked.fields]
    if kind == "csv":
        return sent(delimited([names], ["text"] * len(names), ",") + delimited(shown, kinds, ","), kind, further)
    records = [dict(zip(names, row, strict=True)) for row in json_rows(shown, kinds)]
    if kind == "ndjson":
        return sent(b"".join(orjson.dumps(record) + b"\n" for record in records), kind, further)
    answer: dict[str, Any] = {"fields": [{"name": name, "type": kind} for name, kind in asked.fields], "rows": records, "next": further}
    if request.args.get("total", "").lower() == "true":
        answer["total"] = table.ask(asked.count.text, asked.count.values)[0][0]
    return sent(orjson.dumps(answer), kind, further)


@bp.get("/<resource_id>/openapi.json")
def openapi(resource_id: str) -> Response:
    """Describe the table's API in OpenAPI 3.1."""
    resource, table, _ = _table(resource_id)
    return sent(orjson.dumps(document(resource, table, asking.site_url())), "json")


@bp.get("/<resource_id>/profile")
def profile(resource_id: str) -> Response:
    """Say what each column holds: missing and different values, range, histogram, most frequent values."""
    _, table, sha256 = _table(resource_id)
    columns = [column for column in profiles(current_app.extensions["haidang"], sha256) if column["name"] != ID]  # a written table keeps its row numbers
    return sent(orjson.dumps({"rows": table.total, "columns": columns}), "json")


@bp.errorhandler(Refusal)
def refused(refusal: Refusal) -> tuple[Response, int]:
    """Say what cannot be answered, where, and how to go on, in both languages."""
    status, where, vi, en = _said(refusal)
    return sent(orjson.dumps({"success": False, "error": {"where": where, "vi": vi, "en": en}}), "json"), status


def _said(refusal: Refusal) -> tuple[int, str, str, str]:
    match refusal:
        case NotUnderstood():
            return 400, refusal.where, refusal.vi, refusal.en
        case Invalid() if "info" in refusal.errors:
            orig = refusal.errors["info"]["orig"][0]
            return 400, "query", f"Một giá trị không hợp kiểu của cột; xem kiểu các cột ở openapi.json. ({orig})", f"A value is none of its column's type; openapi.json tells the types. ({orig})"
        case Invalid():
            vi, _, en = str(next(iter(next(iter(refusal.errors.values()))))).partition(" / ")
            return 400, "query", vi, en or vi
        case NotAuthorized():
            return 403, "resource", "Bảng này chưa công khai; hãy gửi mã truy cập có quyền xem.", "This table is not public; send a token that may see it."
        case NotFound():
            return 404, "resource", "Không có bảng nào ở đây; hãy xem datastore_active của tài nguyên.", "There is no table here; see datastore_active of the resource."
        case _:
            return 400, "query", "Chưa hiểu được câu hỏi này.", refusal.message or "The question cannot be understood."


def _rows_of(resource_id: str) -> Table:
    with current_app.extensions["haidang"].reading() as session:
        return table_to_read(asking.context(session, asking.caller(session), reads=True), {"resource_id": resource_id})[1]


def _table(resource_id: str) -> tuple[Resource, Table, str]:
    with current_app.extensions["haidang"].reading() as session:
        context = asking.context(session, asking.caller(session))
        resource, table = readable_table(context, {"resource_id": resource_id})
        return resource, table, table_of(context, resource) or ""


def following(mark: str) -> str:
    """The address of the page behind that mark."""
    query = [(name, value) for name, value in request.args.items(multi=True) if name != "after"]
    return f"{asking.site_url()}{request.path}?{urlencode([*query, ('after', mark)])}"


def _arrow(table: Table, asked: Asked) -> Response:
    found = table.arrow(asked.sql.text, asked.sql.values)
    last = [tuple(column[asked.limit - 1].as_py() for column in found.columns)] if found.num_rows > asked.limit else []
    _, mark = asked.page(last * (asked.limit + 1))
    shown = found.slice(0, asked.limit).select(range(len(asked.fields)))
    out = io.BytesIO()
    with pa.ipc.new_stream(out, shown.schema) as writer:
        writer.write_table(shown)
    return sent(out.getvalue(), "arrow", following(mark) if mark else None)


def sent(body: bytes | str, kind: str, further: str | None = None) -> Response:
    """An answer for programs of any site; `further` is the address of the next page."""
    answer = Response(body, content_type=TYPES[kind])
    if further:
        answer.headers["Link"] = f'<{further}>; rel="next"'
    answer.headers["Cache-Control"] = "public, max-age=0, must-revalidate"
    answer.headers["Vary"] = "Authorization, X-CKAN-API-Key"
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Access-Control-Expose-Headers"] = "Link"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer

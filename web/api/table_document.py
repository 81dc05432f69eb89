"""The OpenAPI document of one table: its columns are the parameters and the answer."""

from __future__ import annotations

from typing import Any

from catalog.models import Resource
from catalog.tables.asking import AGGREGATES, COMPARISONS, LIMIT, MAX_LIMIT
from catalog.tables.columns import ID, Served
from catalog.tables.comparing import KINDS
from catalog.tables.serving import Table

_JSON = {
    "bool": {"type": "boolean"}, "date": {"type": "string", "format": "date"}, "timestamp": {"type": "string"}, "timestamptz": {"type": "string"},
    "time": {"type": "string"}, "json": {}, **dict.fromkeys(("int2", "int4", "int8"), {"type": "integer"}),
    **dict.fromkeys(("float4", "float8", "numeric"), {"type": "number"}),
}
_REFUSED = {"400": "Chưa hiểu được / Not understood", "403": "Chưa công khai / Not public", "404": "Không có bảng này / There is no such table"}
_OWN = {
    "select": "Các cột cần lấy, cách nhau bằng dấu phẩy. / Columns of the answer, by commas.",
    "sort": "Các cột để sắp xếp; dấu trừ phía trước là giảm dần. / Columns to order by; a minus before one is falling.",
    "after": "Dấu của trang sau, lấy từ next. / The mark of the next page, as next gives it.",
    "group": "Các cột để nhóm. / Columns to group by.",
    "aggregate": f"{', '.join(AGGREGATES)}; sum:cột. / sum:column.",
    "total": "true: đếm mọi dòng. / true counts all rows.",
}
_VERSION = {"type": "object", "properties": {"number": {"type": "integer"}, "created": {"type": "string", "format": "date-time"}, "rows": {"type": ["integer", "null"]}}}
_NAMES = {"type": "array", "items": {"type": "string"}}
_DIFFERENCE = {"type": "object", "required": ["from", "to", "by", "key", "columns", "counts", "rows", "next"], "properties": {
    "from": _VERSION, "to": _VERSION, "by": {"enum": ["key", "content"]}, "key": _NAMES, "keys_repeated": {"type": "integer"},
    "columns": {"type": "object", "properties": {"added": _NAMES, "removed": _NAMES, **dict.fromkeys(("renamed", "retyped"), {"type": "array", "items": {"type": "object"}})}},
    "counts": {"type": "object", "properties": dict.fromkeys((*KINDS, "unchanged"), {"type": "integer"})},
    "rows": {"type": "array", "items": {"type": "object", "required": ["change", "from_row", "to_row"], "properties": {
        "change": {"enum": list(KINDS)}, **dict.fromkeys(("from_row", "to_row"), {"type": ["integer", "null"]}),
        "row": {"type": "object"}, "key": {"type": "object"}, "cells": {"type": "object"}}}},
    "next": {"type": ["string", "null"]}}}


def document(resource: Resource, table: Table, site_url: str) -> dict[str, Any]:
    """What can be asked of the table and what it answers, as OpenAPI 3.1."""
    row = {"type": "object", "properties": {ID: {"type": "integer"}, **{column.name: _schema(column) for column in table.columns}}}
    answer = {"type": "object", "required": ["fields", "rows", "next"], "properties": {
        "fields": {"type": "array", "items": {"type": "object", "required": ["name", "type"], "properties": {
            "name": {"type": "string"}, "type": {"type": "string"}}}},
        "rows": {"type": "array", "items": {"$ref": "#/components/schemas/Row"}}, "next": {"type": ["string", "null"]}, "total": {"type": "integer"}}}
    profile = {"type": "object", "required": ["rows", "columns"], "properties": {"rows": {"type": "integer"}, "columns": {"type": "array", "items": {
        "type": "object", "required": ["name", "type", "missing", "rows", "distinct", "distinct_capped", "min", "max", "histogram", "top"], "properties": {
            "name": {"enum": [column.name for column in table.columns]}, "type": {"type": "string"}, "distinct_capped": {"type": "boolean"},
            **dict.fromkeys(("missing", "rows", "distinct"), {"type": "integer"}),
            "histogram": {"type": "array", "items": {"type": "object", "required": ["from", "to", "count"]}},
            "top": {"type": "array", "items": {"type": "object", "required": ["value", "count"]}}}}}}}
    error = {"type": "object", "required": ["success", "error"], "properties": {"success": {"const": False}, "error": {
        "type": "object", "required": ["where", "vi", "en"], "properties": {name: {"type": "string"} for name in ("where", "vi", "en")}}}}
    refused = {status: {"description": words, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}} for status, words in _REFUSED.items()}
    good = {"description": "Các dòng / The rows", "content": {
        "application/json": {"schema": {"$ref": "#/components/schemas/Answer"}},
        **{kind: {} for kind in ("application/x-ndjson", "text/csv", "application/vnd.apache.arrow.stream")}}}
    changed = {"description": "Các dòng khác nhau / The rows that differ", "content": {
        "application/json": {"schema": _DIFFERENCE}, "application/x-ndjson": {}, "text/csv": {}}}
    return {
        "openapi": "3.1.0",
        "info": {"title": resource.name or resource.id, "description": resource.description, "version": "1"},
        "servers": [{"url": f"{site_url}/api/v1/tables"}],
        "paths": {
            f"/{resource.id}": {"get": {"operationId": "rows", "parameters": _parameters(table), "responses": {"200": good, **refused}}},
            f"/{resource.id}/profile": {"get": {"operationId": "profile", "responses": {
                "200": {"description": "Từng cột / Each column", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Profile"}}}}, **refused}}},
            f"/{resource.id}/diff": {"get": {
                "operationId": "diff", "summary": "Khác nhau giữa hai bản / What changed between two versions", "parameters": _of_difference(),
                "responses": {"200": changed, **refused}}},
        },
        "components": {"schemas": {"Row": row, "Answer": answer, "Profile": profile, "Error": error}},
    }


def _schema(column: Served) -> dict[str, Any]:
    plain = _JSON.get(column.kind, {"type": "string"})
    schema = {**plain, "type": [plain["type"], "null"]} if "type" in plain else dict(plain)
    return schema | ({"title": column.title} if column.title else {})


def _parameters(table: Table) -> list[dict[str, Any]]:
    found = [{"name": name, "in": "query", "description": words, "schema": {"type": "string"}} for name, words in _OWN.items()]
    found.append({"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": LIMIT}})
    found.append({"name": "format", "in": "query", "schema": {"enum": ["json", "ndjson", "csv", "arrow"], "default": "json"}})
    for column in table.columns:
        for comparison in COMPARISONS:
            plain = {"type": "boolean"} if comparison == "isnull" else {"type": "string"} if comparison in ("in", "contains") else _JSON.get(column.kind) or {"type": "string"}
            found.append({"name": f"{column.name}__{comparison}", "in": "query", "description": column.title, "schema": plain})
    return found


def _of_difference() -> list[dict[str, Any]]:
    number = {"type": "integer", "minimum": 1}
    told = {
        "from": ("Số của bản cũ; mặc định là bản liền trước. / The number of the older version; the one before unless given.", number),
        "to": ("Số của bản mới; mặc định là bản đang dùng. / The number of the newer version; the live one unless given.", number),
        "key": ("Các cột nhận ra một dòng, cách nhau bằng dấu phẩy; mặc định là khóa của lược đồ. / Columns that tell a row, by commas; the key of the schema unless given.",
                {"type": "string"}),
        "by": ("content: so theo mọi ô, không dùng khóa. / content matches rows by all cells, without a key.", {"enum": ["key", "content"], "default": "key"}),
        "change": (f"{', '.join(KINDS)}; cách nhau bằng dấu phẩy. / by commas.", {"type": "string"}),
        "limit": ("Số dòng mỗi trang. / Rows of a page.", {**number, "maximum": MAX_LIMIT, "default": LIMIT}),
        "after": ("Dấu của trang sau, lấy từ next. / The mark of the next page, as next gives it.", {"type": "integer"}),
        "format": ("", {"enum": ["json", "ndjson", "csv"], "default": "json"}),
    }
    return [{"name": name, "in": "query", "description": words, "schema": schema} for name, (words, schema) in told.items()]

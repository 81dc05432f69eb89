"""The OpenAPI document of CKAN's actions: made from what each action says of itself, so that a new one describes itself unasked."""

from __future__ import annotations

import inspect
import re
from functools import lru_cache
from typing import Any

from marshmallow import Schema as Shape
from marshmallow import fields

from catalog.actions import ACTIONS, SIDE_EFFECTS
from catalog.actions.site import CKAN_VERSION
from catalog.metadata import Extras, Named, PackageIn, ResourceIn
from catalog.metadata_fields import Flag, Size
from web.api.action_shapes import (
    COUNT,
    FLAG,
    MAYBE,
    NOTHING,
    RESULTS,
    SHAPES,
    TEXT,
    WHOLE,
    Schema,
    listed,
    of,
    shape,
)

_PARAMETER = re.compile(r"^:param ?([\w.]*): *(.*(?:\n {4}.*)*)", re.M)
_ANSWER = re.compile(r"^:rtype: *(.*)", re.M)
_AS_FOR = re.compile(r"everything else as for (\w+)")
_ANY = {"type": "object"}
_NAMES = {"oneOf": [listed(TEXT), TEXT]}  # a list, or names by commas

# Parameters that are no plain text. What is said of one may name further ones of these in double backticks.
_KINDS: dict[str, Schema] = {
    **dict.fromkeys(("limit", "offset", "rows", "start", "facet.mincount"), COUNT), "page": {"type": "integer", "minimum": 1}, "facet.limit": WHOLE,
    "size": {"type": ["integer", "null"], "minimum": 0},
    **dict.fromkeys((
        "all_fields", "am_member", "available_only", "delete_fields", "distinct", "dry_run", "force", "include_datasets", "include_drafts", "include_extras",
        "include_groups", "include_next_page", "include_private", "include_records", "include_total", "include_users", "plain", "private", "sysadmin"), FLAG),
    **dict.fromkeys(("fq_list", "facet.field", "datasets", "order", "filter", "include"), listed(TEXT)),
    **dict.fromkeys(("groups", "organizations", "indexes", "aliases", "primary_key", "fl"), _NAMES),
    **dict.fromkeys(("filters", "match", "update", "package", "resource"), _ANY), "records": listed(_ANY),
    "users": listed(shape({"name": TEXT}, capacity=TEXT)), "extras": listed(of("Extra")),
    **dict.fromkeys(("tag_string", "about", "image_url", "mimetype", "hash", "resource_type"), TEXT), "token": TEXT, "format": TEXT,
}
_FIELDS = listed(shape({"id": TEXT}, type=TEXT, info=_ANY))
_OWN: dict[tuple[str, str], Schema] = {
    ("datastore_create", "fields"): _FIELDS, ("datastore_search", "fields"): _NAMES, ("datastore_search", "q"): {"type": ["string", "object"]},
    ("resource_search", "query"): _NAMES, ("tag_search", "query"): _NAMES,
    ("vocabulary_create", "tags"): listed(shape({"name": TEXT})), ("vocabulary_update", "tags"): listed(shape({"name": TEXT})),
}
_SHAPED: dict[str, type[Shape]] = {f"{noun}_{verb}": entering for noun, entering in (("package", PackageIn), ("resource", ResourceIn))
                                  for verb in ("create", "update", "patch")}

_REFUSAL = shape({"help": TEXT, "success": {"const": False}, "error": shape({"__type": TEXT}, message={"type": ["string", "array"]})}, hint=_ANY)
_REFUSED = {
    "400": "The call or the search is not understood / Chưa hiểu được lời gọi hay câu hỏi",
    "403": "The caller may not / Không được phép", "404": "Not there / Không có",
    "409": "A value does not hold, or the write conflicts / Một giá trị chưa đúng, hoặc hai lần ghi trái nhau",
}


@lru_cache(maxsize=1)
def paths() -> dict[str, Any]:
    """Each action under its name: read by GET or POST, written by POST."""
    return {f"/{name}": _operations(name) for name in sorted(ACTIONS)}


def document(site_url: str) -> dict[str, Any]:
    """All actions as OpenAPI 3.1."""
    unreadable = {"oneOf": [TEXT, of("Refusal")]}
    responses = {status: {"description": words, "content": {"application/json": {"schema": unreadable if status == "400" else of("Refusal")}}}
                 for status, words in _REFUSED.items()}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Hải Đăng: CKAN Action API", "version": CKAN_VERSION},
        "servers": [{"url": f"{site_url}/api/3/action"}],
        "security": [{}, {"token": []}],
        "paths": paths(),
        "components": {"schemas": {**SHAPES, "Refusal": _REFUSAL}, "responses": responses,
                       "securitySchemes": {"token": {"type": "apiKey", "in": "header", "name": "Authorization"}}},
    }


def _operations(name: str) -> dict[str, Any]:
    said = inspect.getdoc(ACTIONS[name]) or ""
    summary, description = said.partition("\n")[0], said.partition("\n:")[0].partition("\n")[2].strip()
    common = {"summary": summary, **_described(description), "responses": {
        "200": {"description": (_ANSWER.search(said) or ("", "nothing"))[1], "content": {"application/json": {"schema": _answer(name)}}},
        **{status: {"$ref": f"#/components/responses/{status}"} for status in _REFUSED}}}
    found = parameters(name)
    body = {"required": True, "content": {"application/json": {"schema": {
        "type": "object", "properties": {parameter: {**schema, **_described(words)} for parameter, (schema, words) in found.items()}}}}}
    post = {"operationId": f"{name}_post" if name not in SIDE_EFFECTS else name, **common, "requestBody": body}
    if name in SIDE_EFFECTS:
        return {"post": post}
    query = [{"name": parameter, "in": "query", **_described(words), "schema": _in_query(schema)} for parameter, (schema, words) in found.items()]
    return {"get": {"operationId": name, **common, "parameters": query}, "post": post}


def _described(words: str) -> dict[str, str]:
    return {"description": words} if words else {}


def _in_query(schema: Schema) -> Schema:
    """An address holds numbers, words and lists of words; what is nested is written in it as JSON."""
    return TEXT if schema.get("type") not in ("integer", "boolean", "array") else schema


def _answer(name: str) -> Schema:
    said = _ANSWER.search(inspect.getdoc(ACTIONS[name]) or "")
    plain = {"integer": COUNT, "boolean": FLAG, "string": TEXT, "list of strings": listed(TEXT), None: NOTHING}
    result = RESULTS[name] if name in RESULTS else plain[said[1] if said else None]
    return shape({"help": TEXT, "success": {"const": True}, "result": result})


def parameters(name: str) -> dict[str, tuple[Schema, str]]:
    """The parameters of an action in their order, each with its schema and what is said of it."""
    found: dict[str, tuple[Schema, str]] = {}
    for parameter, text in _PARAMETER.findall(inspect.getdoc(ACTIONS[name]) or ""):
        words = " ".join(text.split())
        if not parameter:
            found = parameters(_AS_FOR.search(words)[1]) | found
            continue
        found[parameter] = (_OWN.get((name, parameter)) or _KINDS.get(parameter, TEXT), words)
        for further in re.findall(r"``([\w.]+)``", words):
            if further in _KINDS and further not in found and parameter not in ("sort", "order_by"):
                found[further] = (_KINDS[further], "")
    entering = _of_shape(_SHAPED[name]) if name in _SHAPED else {}
    return {**found, **{key: (schema, found[key][1] if key in found else "") for key, schema in entering.items() if key != "id" or "id" not in found}}


def _of_shape(entering: type[Shape]) -> dict[str, Schema]:
    return {name: _entering(field) for name, field in entering().fields.items()}


def _entering(field: fields.Field) -> Schema:
    match field:
        case fields.List():
            return listed({"type": "object", "properties": _of_shape(ResourceIn)})
        case Extras():
            return listed(of("Extra"))
        case Named():
            return listed({"type": "object", "properties": {"name": TEXT, "id": TEXT}})
        case Flag():
            return FLAG
        case Size():
            return _KINDS["size"]
        case fields.UUID():
            return {"type": "string", "format": "uuid"}
        case _:
            return MAYBE if field.allow_none else TEXT

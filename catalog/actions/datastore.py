"""Ask the tables of resources, as CKAN's DataStore is asked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import select

from catalog.actions import lookup, ready, rights
from catalog.actions.context import Context
from catalog.errors import Invalid, NotFound
from catalog.models import Resource, SiteFact, Version
from catalog.nesting import read_json
from catalog.tables.answering import delimited, json_rows
from catalog.tables.columns import ID
from catalog.tables.conditions import TRUE, Sql, filtered, joined, order_by, ordered, quoted, worded
from catalog.tables.serving import Table

LIMIT, MAX_LIMIT = 100, 32_000
FORMATS = ("objects", "lists", "csv", "tsv")
_KNOWN = {"resource_id", "id", "filters", "q", "full_text", "plain", "language", "distinct", "limit", "offset", "fields", "sort", "include_total",
          "include_next_page", "total_estimation_threshold", "records_format"}
_NATIVE = {"int2": "smallint", "int4": "integer", "int8": "bigint", "float4": "real", "float8": "double precision", "bool": "boolean",
           "timestamp": "timestamp without time zone", "time": "time without time zone"}


def datastore_search(context: Context, data: dict[str, Any]) -> dict[str, Any]:
    """Search the rows of a resource's table.

    :param resource_id: the id of the resource, or another name of its table
    :param filters: dictionary of a field to a value, a list of values, or ``{"gte": 1, "lt": 5}``; ``$or`` and ``$and`` take lists of such
    :param q: words that a row must have, with or without accents; or a dictionary of a field to words in it
    :param plain: false makes ``q`` a query with ``&``, ``|``, ``!`` and ``:*`` (default: true)
    :param distinct: true gives equal rows once
    :param limit: at most so many rows (default: 100, at most: 32000); ``offset``
    :param fields: names of the fields to answer with, by commas or as a list (default: all)
    :param sort: names of fields by commas, each with ``asc`` or ``desc``
    :param include_total: false leaves out how many rows there are; ``include_next_page`` adds the filter of the next page
    :param records_format: ``objects``, ``lists``, ``csv`` or ``tsv``
    :rtype: dictionary with fields, records, total and what was asked
    """
    extra = sorted(set(data) - _KNOWN)
    if extra:
        raise Invalid({"__extras": [f'invalid value "{name}"' for name in extra]})
    resource_id, table = table_to_read(context, data)
    asked = read_question(table, data)
    with_number = asked.next_page and ID not in asked.names
    names = [*asked.names, *([ID] if with_number else [])]
    rows, total = _page(table, asked, names)
    result: dict[str, Any] = {**asked.echo, "resource_id": resource_id, "fields": asked.fields}
    kinds = [field["type"] for field in asked.fields]
    result["records"] = shown_rows([row[: len(asked.names)] for row in rows] if with_number else rows, asked.names, kinds, asked.format)
    if asked.total:
        result |= {"total": total, "total_was_estimated": False}
    if asked.next_page and rows and len(rows) == asked.limit:
        result["next_page"] = {ID: {"gt": rows[-1][names.index(ID)]}}
    return result | {"_links": _links(data, asked)}


def _page(table: Table, asked: Question, names: list[str]) -> tuple[list[tuple[Any, ...]], int | None]:
    """The rows of the answer, and how many there are in all where that is asked for."""
    rows = table.ask(*asked.sql(names, limit=asked.limit)) if asked.limit else []
    if not asked.total:
        return rows, None
    if asked.where == TRUE and not asked.distinct:
        return rows, table.total
    last = len(rows) < asked.limit and (rows or not asked.offset)
    return rows, asked.offset + len(rows) if last else table.counted(*asked.count())


def datastore_info(context: Context, data: dict[str, Any]) -> dict[str, Any]:
    """Tell the fields of a resource's table, and how large it is.

    :param id: the id of the resource, or another name of its table
    :rtype: dictionary with fields and meta
    """
    name = lookup.required(data if data.get("id") else {"id": data.get("resource_id")})
    resource, table = readable_table(context, {"resource_id": name}, f'Resource/Alias "{name}" was not found.')
    version = context.session.get(Version, resource.version_id)
    indexed = {*table.facts.get("primary_key", ()), *table.facts.get("indexes", ())}
    fields = [_described(column.name, column.kind, column.info) | {"schema": {
        "native_type": _NATIVE.get(column.kind, column.kind), "notnull": False, "index_name": _index_name(resource, column.name) if column.name in indexed else None,
        "is_index": column.name in indexed, "uniquekey": False}} for column in table.columns]
    size = version.table_size or 0
    return {"fields": fields, "meta": {"id": resource.id, "count": table.total, "table_type": "BASE TABLE", "size": size, "db_size": size, "idx_size": 0,
                                       "aliases": table.facts.get("aliases", [])}}


def _index_name(resource: Resource, field: str) -> str:
    """A name as CKAN gives one; there is nothing behind it, since every column is quick to ask."""
    return hashlib.sha1(f"{resource.id}{field}".encode(), usedforsecurity=False).hexdigest()


def table_to_read(context: Context, data: Mapping[str, Any]) -> tuple[str, Table]:
    """The id of the resource and its table, as `readable_table`; where those of a public dataset are is looked up once for all."""
    name = lookup.required({"resource_id": data.get("resource_id") or data.get("id")}, "resource_id")
    try:
        resource_id, sha256 = ready.for_everybody(context, ("table", name), lambda: _public_table(context, name))
    except NotFound:
        resource, table = readable_table(context, data)
        return resource.id, table
    return resource_id, context.site.tables.open(sha256)


def _public_table(context: Context, name: str) -> tuple[str, str]:
    found = table_named(context, name)
    if found is None or found[0].dataset.state != "active" or found[0].dataset.private:
        raise NotFound
    return found[0].id, found[1]


def readable_table(context: Context, data: Mapping[str, Any], otherwise: str = "") -> tuple[Resource, Table]:
    """The resource and its table, if the caller may read it; in CKAN's words where it is not there or not open."""
    name = lookup.required({"resource_id": data.get("resource_id") or data.get("id")}, "resource_id")
    found = table_named(context, name)
    if found is None:
        raise NotFound(otherwise or f'Resource "{name}" was not found.')
    resource, sha256 = found
    rights.require(context, rights.may_see(context, resource.dataset), f"perform resource_show on resource {resource.id}")
    return resource, context.site.tables.open(sha256)


def table_named(context: Context, name: str) -> tuple[Resource, str] | None:
    """The resource of that id or other name, and its stored table; None where there is none, or where the caller is not to know of it."""
    resource = find_resource(context, name)
    if resource is None or resource.dataset.state == "draft" and not rights.may_edit(context, resource.dataset):
        return None
    sha256 = table_of(context, resource)
    return (resource, sha256) if sha256 is not None else None


def find_resource(context: Context, name: str) -> Resource | None:
    """The resource of that id, or of the table of that other name, if it was not taken away."""
    resource = context.session.get(Resource, name) if len(name) <= 36 else None
    if resource is None and (fact := context.session.get(SiteFact, alias_key(name))) is not None:
        resource = context.session.get(Resource, fact.value)
    return resource if resource is not None and resource.state == "active" else None


def alias_key(alias: str) -> str:
    """Under which the site remembers whose table has that other name."""
    return f"table:{alias}"[:60]


def forget_aliases(context: Context, resource_ids: Set[str]) -> None:
    """Free the other names of the tables of these resources."""
    for fact in context.session.scalars(select(SiteFact).where(SiteFact.key.startswith(alias_key(""), autoescape=True))):
        if fact.value in resource_ids:
            context.session.delete(fact)


def table_of(context: Context, resource: Resource) -> str | None:
    """The stored table of the resource's live version, if there is one."""
    version = context.session.get(Version, resource.version_id) if resource.version_id else None
    return version.table_sha256 if version is not None and version.state == "published" else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A search that has been understood; `names` are the fields of the answer in their order, `echo` what CKAN repeats of it."""

    names: list[str]
    fields: list[dict[str, Any]]
    where: Sql
    ranks: dict[str, Sql]
    order: list[tuple[str, bool]]
    distinct: bool
    limit: int
    offset: int
    format: str
    total: bool
    next_page: bool
    dense: bool  # as the table is: its rows are given in the order of their numbers unasked
    echo: dict[str, Any]

    def _chosen(self, names: list[str]) -> tuple[str, tuple[Any, ...]]:
        chosen = ", ".join(f"{self.ranks[name].text} AS {quoted(name)}" if name in self.ranks else quoted(name) for name in names)
        return f"SELECT {'DISTINCT ' if self.distinct else ''}{chosen} FROM kept WHERE {self.where.text}", self.where.values

    def sql(self, names: list[str], *, limit: int | None) -> tuple[str, tuple[Any, ...]]:
        """The query for these fields, and its values."""
        text, values = self._chosen(names)
        order = [(name, True) for name in self.ranks if name in names] if not self.order and not self.distinct else self.order
        order = order or ([(name, False) for name in names] if self.distinct else [])
        as_it_stands = self.dense and not self.distinct and order in ([], [(ID, False)])
        if as_it_stands and self.where == TRUE and limit is not None:
            return f"{text} AND {ID} > {self.offset} AND {ID} <= {self.offset + limit}", values
        text += "" if as_it_stands else f" ORDER BY {order_by(order, tie=not self.distinct)}"
        return text + (f" LIMIT {limit}" if limit is not None else "") + (f" OFFSET {self.offset}" if self.offset else ""), values

    def count(self) -> tuple[str, tuple[Any, ...]]:
        """The query for how many rows there are in all."""
        if self.distinct:
            text, values = self._chosen(self.names)
            return f"SELECT count(*) FROM ({text})", values
        return f"SELECT count(*) FROM kept WHERE {self.where.text}", self.where.values


def read_question(table: Table, data: Mapping[str, Any]) -> Question:
    """Understand the parameters of a search; Invalid in CKAN's words for the first that cannot be."""
    echo: dict[str, Any] = {name: data[name] for name in ("q", "full_text", "sort", "language") if data.get(name) not in (None, "")}
    records_format = data.get("records_format") or "objects"
    if records_format not in FORMATS:
        raise Invalid({"records_format": [f"Value must be one of {list(FORMATS)}"]})
    limit = min(lookup.natural(data, "limit", LIMIT), MAX_LIMIT)
    offset = _offset(data)
    flags = {name: flag(data, name, default) for name, default in
             (("distinct", False), ("plain", True), ("include_total", True), ("include_next_page", False))}
    condition, said = filtered(table, filters := read_object(data, "filters"))
    found, ranks = _words(table, echo, data, plain=flags["plain"])
    names = _fields(table, data)
    shown = names or [ID, *(column.name for column in table.columns), *ranks]
    order = ordered(table, ",".join(map(str, data["sort"])) if isinstance(data.get("sort"), list) else str(data.get("sort") or ""))
    if flags["distinct"] and (lacking := [name for name, _ in order if name not in shown]):
        raise Invalid({"sort": [f'"{lacking[0]}" must be one of the fields, since equal rows are given once']})
    echo |= {"include_total": flags["include_total"], "include_next_page": flags["include_next_page"], "limit": limit, "records_format": records_format}
    echo |= ({"filters": filters, **({"filterops": said} if said else {})} if data.get("filters") not in (None, "") else {}) | ({"offset": offset} if offset else {})
    echo |= {name: flags[name] for name in ("distinct", "plain") if data.get(name) not in (None, "")}
    return Question(
        names=shown, fields=[_field(table, name) for name in shown], where=joined("AND", [part for part in (condition, *found) if part != TRUE]),
        ranks=ranks, order=order, distinct=flags["distinct"], dense=table.dense, limit=limit, offset=offset, format=records_format, total=flags["include_total"],
        next_page=flags["include_next_page"] and not data.get("sort") and not ranks and not flags["distinct"], echo=echo)


def _words(table: Table, echo: dict[str, Any], data: Mapping[str, Any], *, plain: bool) -> tuple[list[Sql], dict[str, Sql]]:
    q = data.get("q") or data.get("full_text") or ""
    if isinstance(q, str) and q.lstrip().startswith("{") and data.get("q"):
        q = echo["q"] = read_object(data, "q")
    if not isinstance(q, Mapping):
        found = {"rank": worded(table, str(q), plain=plain)} if q else {}
    else:
        unknown = [name for name in q if name not in table.types]
        if unknown:
            raise Invalid({"q": [f"Unknown field: {unknown[0]}"]})
        found = {f"rank {name}": worded(table, str(words), column=name, plain=plain) for name, words in q.items()}
    return [condition for condition, _ in found.values()], {name: rank for name, (_, rank) in found.items() if name not in table.types}


def read_object(data: Mapping[str, Any], name: str) -> dict[str, Any]:
    """A parameter that is a dictionary, given as one or as JSON; empty where it is not given."""
    value = data.get(name)
    if value in (None, ""):
        return {}
    try:
        value = read_json(value) if isinstance(value, str) else value
    except ValueError:  # nested too deeply, too
        raise Invalid({name: ["Cannot parse JSON"]}) from None
    if not isinstance(value, dict):
        raise Invalid({name: ["Not a dict"]})
    return value


def _fields(table: Table, data: Mapping[str, Any]) -> list[str]:
    given = data.get("fields")
    listed = given if isinstance(given, list) else [name.strip().strip('"') for name in str(given or "").split(",")]
    names = [str(name) for name in listed if name not in (None, "")]
    unknown = [name for name in names if name not in table.types]
    if unknown:
        raise Invalid({"fields": [f'invalid value "{unknown[0]}"']})
    return list(dict.fromkeys(names))


def _field(table: Table, name: str) -> dict[str, Any]:
    if name == ID:
        return {"id": ID, "type": "int"}
    column = next((column for column in table.columns if column.name == name), None)
    return _described(name, column.kind, column.info or _titled(column.name, column.title)) if column else {"id": name, "type": "float"}


def _titled(name: str, title: str) -> dict[str, Any]:
    return {"label": title} if title and title != name else {}


def _described(name: str, kind: str, info: dict[str, Any]) -> dict[str, Any]:
    return {"id": name, "type": kind, **({"info": info} if info else {})}


def _offset(data: Mapping[str, Any]) -> int:
    given = str(data.get("offset") or 0)
    if given.startswith("-"):
        raise Invalid({"offset": [f'invalid value "{given}"']})
    return lookup.natural(data, "offset", 0) or 0


def flag(data: Mapping[str, Any], name: str, default: bool) -> bool:
    """A parameter that is true or false, in any of CKAN's spellings."""
    value = data.get(name)
    return default if value in (None, "") else str(value).lower() in ("true", "1", "yes", "t", "y", "on")


def shown_rows(rows: list[Any], names: list[str], kinds: list[str], records_format: str) -> Any:
    """The rows as `objects`, `lists`, or one text of `csv` or `tsv`."""
    if records_format in ("csv", "tsv"):
        return delimited(rows, kinds, "," if records_format == "csv" else "\t")
    cells = json_rows(rows, kinds)
    return cells if records_format == "lists" else [dict(zip(names, row, strict=True)) for row in cells]


def _links(data: Mapping[str, Any], asked: Question) -> dict[str, str]:
    """Where the first page and the next one are; CKAN gave these before version 2.12."""
    given = {name: json.dumps(value) if isinstance(value, dict | list) else value for name, value in data.items() if name != "offset"}

    def at(offset: int) -> str:
        return "/api/3/action/datastore_search?" + urlencode({**given, **({"offset": offset} if offset else {})})

    return {"start": at(0), "next": at(asked.offset + asked.limit)}


def dumped(context: Context, data: Mapping[str, Any]) -> tuple[Question, Callable[[], Iterator[list[tuple[Any, ...]]]], Resource]:
    """A whole table, or what is asked of it: the question, and a function that gives its rows in batches."""
    resource, table = readable_table(context, data)
    asked = read_question(table, {name: value for name, value in data.items() if name != "limit"})
    limit = lookup.natural(dict(data), "limit")
    return asked, lambda: table.stream(*asked.sql(asked.names, limit=limit)), resource

"""CKAN's `datastore_search_sql`: one reading query over the tables that the caller may read."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from catalog.actions import lookup, rights
from catalog.actions.context import Context
from catalog.actions.datastore import table_named
from catalog.errors import NotAuthorized
from catalog.tables.sql_pool import query


def datastore_search_sql(context: Context, data: dict[str, Any]) -> dict[str, Any]:
    """Ask the tables of resources with one SQL SELECT.

    :param sql: a query in PostgreSQL's words that reads tables by the ids of their resources, in double quotes
    :rtype: dictionary with sql, records and fields, and ``records_truncated`` where there were more than 32000 rows
    """
    sql = lookup.required(data, "sql")
    answer = query(context.site.sql, sql, partial(_file, context), asker=context.user_id or context.asker)
    names = [name for name, _ in answer.columns]
    return {"sql": sql, **({"records_truncated": True} if answer.truncated else {}),
            "records": [dict(zip(names, row, strict=True)) for row in answer.rows],
            "fields": [{"id": name, "type": kind} for name, kind in answer.columns]}


def _file(context: Context, name: str) -> Path | None:
    """The file of the table that a query names; None where there is none. Raises NotAuthorized for one that the caller may not read."""
    found = table_named(context, name)
    if found is None:
        return None
    resource, sha256 = found
    if not rights.may_see(context, resource.dataset):
        raise NotAuthorized("Not authorized to read resource.")
    return context.site.tables.path(sha256)

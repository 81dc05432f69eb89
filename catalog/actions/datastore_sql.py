"""CKAN's `datastore_search_sql`: one reading query over the tables that the caller may read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from catalog.actions import lookup
from catalog.actions.context import Context
from catalog.tables.sql_pool import query

TableOf = Callable[[Context, str], Path | None]


def search_sql(table_of: TableOf) -> Callable[[Context, dict[str, Any]], dict[str, Any]]:
    """The action over tables that `table_of` finds.

    It is given the name in the query (an id of a resource) and answers with the DuckDB file whose `rows` are the table, or None where there is
    none; it raises NotAuthorized where the caller may not read it.
    """

    def datastore_search_sql(context: Context, data: dict[str, Any]) -> dict[str, Any]:
        """Ask the tables of resources with one SQL SELECT.

        :param sql: a query in PostgreSQL's words that reads tables by the ids of their resources, in double quotes
        :rtype: dictionary with sql, records and fields, and ``records_truncated`` where there were more than 32000 rows
        """
        sql = lookup.required(data, "sql")
        answer = query(context.site.sql, sql, lambda name: table_of(context, name))
        names = [name for name, _ in answer.columns]
        return {"sql": sql, **({"records_truncated": True} if answer.truncated else {}),
                "records": [dict(zip(names, row, strict=True)) for row in answer.rows],
                "fields": [{"id": name, "type": kind} for name, kind in answer.columns]}

    return datastore_search_sql

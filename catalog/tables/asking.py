"""A table as an address asks it: `?select=a,b&a__gt=3&sort=-b&limit=100`, or grouped: `?group=a&aggregate=count,sum:b`."""

from __future__ import annotations

import base64
import binascii
import datetime
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NoReturn

from catalog.errors import Refusal
from catalog.names import nfc
from catalog.tables.columns import ID, quoted
from catalog.tables.conditions import FALSE, OPERATORS, TRUE, Sql, compared, joined, order_by
from catalog.tables.serving import Table, bare

LIMIT, MAX_LIMIT, MAX_CONDITIONS, MAX_IN = 100, 10_000, 50, 1_000
COMPARISONS = (*OPERATORS, "in", "contains", "isnull")
AGGREGATES = ("count", "sum", "avg", "min", "max")
OWN = ("select", "sort", "limit", "after", "group", "aggregate", "total", "format")  # parameters that are no columns


class NotUnderstood(Refusal):
    """A parameter that does not hold: `where` is its name; the words say what and how to mend it, in both languages."""

    def __init__(self, where: str, vi: str, en: str) -> None:
        super().__init__(f"{where}: {en}")
        self.where, self.vi, self.en = where, vi, en


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question that has been understood: its query, and the fields of the answer as (name, type)."""

    sql: Sql
    count: Sql
    fields: list[tuple[str, str]]
    order: list[tuple[str, bool]]
    limit: int
    grouped: bool

    def page(self, rows: Sequence[Sequence[Any]]) -> tuple[list[Sequence[Any]], str | None]:
        """The rows to show, and the mark after which the next page begins; the query asks for one row more than the limit."""
        shown = [row[: len(self.fields)] for row in rows[: self.limit]]
        if self.grouped or len(rows) <= self.limit:
            return shown, None
        return shown, _mark(rows[self.limit - 1][len(self.fields):])


def understand(table: Table, given: Iterable[tuple[str, str]]) -> Asked:
    """The question in an address; NotUnderstood for the first parameter that does not hold."""
    own: dict[str, str] = {}
    conditions = []
    for name, value in given:
        if name in own:
            _refuse(name, "Tham số này có hai lần; hãy giữ một.", "This parameter is there twice; keep one.")
        if name in OWN:
            own[name] = value
        else:
            conditions.append(_condition(table, name, value))
    if len(conditions) > MAX_CONDITIONS:
        _refuse(name, f"Tối đa {MAX_CONDITIONS} điều kiện.", f"At most {MAX_CONDITIONS} conditions.")
    where = joined("AND", conditions)
    limit = _limit(own.get("limit", ""))
    grouped = bool(own.get("group") or own.get("aggregate"))
    return _grouped(table, own, where, limit) if grouped else _rows(table, own, where, limit)


def _refuse(where: str, vi: str, en: str) -> NoReturn:
    raise NotUnderstood(where, vi, en)


def _rows(table: Table, own: dict[str, str], where: Sql, limit: int) -> Asked:
    names = _columns(table, "select", own.get("select", "")) or [ID, *(column.name for column in table.columns)]
    order = [(name.removeprefix("-"), name.startswith("-")) for name in _split(own.get("sort", ""))]
    _known(table, "sort", [name for name, _ in order])
    if ID not in [name for name, _ in order]:
        order.append((ID, False))
    count = Sql(f"SELECT count(*) FROM kept WHERE {where.text}", where.values)
    if own.get("after"):
        where = joined("AND", [where, _after(table, order, own["after"])])
    chosen = ", ".join(quoted(name) for name in [*names, *(name for name, _ in order)])
    text = f"SELECT {chosen} FROM kept WHERE {where.text} ORDER BY {order_by(order)} LIMIT {limit + 1}"
    return Asked(sql=Sql(text, where.values), count=count, fields=[(name, kind_of(table, name)) for name in names], order=order, limit=limit, grouped=False)


def _grouped(table: Table, own: dict[str, str], where: Sql, limit: int) -> Asked:
    for name in ("select", "after"):
        if own.get(name):
            _refuse(name, "Không dùng cùng với group hoặc aggregate; hãy bỏ đi.", "Cannot be used with group or aggregate; leave it out.")
    groups = _columns(table, "group", own.get("group", ""))
    fields = [(name, kind_of(table, name)) for name in groups]
    chosen = [quoted(name) for name in groups]
    for said in _split(own.get("aggregate", "") or "count"):
        text, field = _aggregate(table, said)
        if field[0] in [name for name, _ in fields]:
            _refuse("aggregate", f"{field[0]} có hai lần; hãy giữ một.", f"{field[0]} is there twice; keep one.")
        chosen.append(f"{text} AS {quoted(field[0])}")
        fields.append(field)
    order = [(name.removeprefix("-"), name.startswith("-")) for name in _split(own.get("sort", ""))] or [(name, False) for name in groups]
    if unknown := [name for name, _ in order if name not in dict(fields)]:
        names = ", ".join(dict(fields))
        _refuse("sort", f"Không có {unknown[0]} trong kết quả; các cột: {names}.", f"There is no {unknown[0]} in the result; its columns: {names}.")
    text = f"SELECT {', '.join(chosen)} FROM kept WHERE {where.text}" + (f" GROUP BY {', '.join(quoted(name) for name in groups)}" if groups else "")
    count = Sql(f"SELECT count(*) FROM ({text})", where.values)
    text += f" ORDER BY {order_by(order, tie=False)}" if order else ""
    return Asked(sql=Sql(f"{text} LIMIT {limit + 1}", where.values), count=count, fields=fields, order=order, limit=limit, grouped=True)


def _aggregate(table: Table, said: str) -> tuple[str, tuple[str, str]]:
    function, _, column = said.partition(":")
    if function not in AGGREGATES or (not column and function != "count"):
        _refuse("aggregate", f"Chưa hiểu {said}; hãy viết count, hoặc sum, avg, min, max với tên cột: sum:cột.",
                f"{said} is not understood; write count, or sum, avg, min, max with a column: sum:column.")
    if not column:
        return "count(*)", ("count", "int8")
    _known(table, "aggregate", [column])
    kind = kind_of(table, column)
    if function in ("sum", "avg") and kind not in ("int", "int2", "int4", "int8", "float4", "float8", "numeric"):
        _refuse("aggregate", f"Cột {column} không phải số; chỉ dùng được count, min, max.", f"Column {column} is no number; only count, min, max can be used.")
    kinds = {"count": "int8", "avg": "float8", "sum": "float8" if kind.startswith("float") else "numeric"}
    return f"{function}({quoted(column)})", (f"{function}_{column}", kinds.get(function, kind))


def _condition(table: Table, name: str, value: str) -> Sql:
    column, _, comparison = name.rpartition("__")
    if column not in table.types or comparison not in COMPARISONS:
        columns = ", ".join([*list(table.types)[:20]])
        _refuse(name, f"Không có tham số này. Điều kiện viết là cột__so_sánh với so sánh là {', '.join(COMPARISONS)}; các cột: {columns}.",
                f"There is no such parameter. A condition is column__comparison with one of {', '.join(COMPARISONS)}; the columns: {columns}.")
    if comparison == "isnull":
        if value.lower() not in ("true", "false"):
            _refuse(name, "Hãy viết true hoặc false.", "Write true or false.")
        return Sql(f"{quoted(column)} IS {'' if value.lower() == 'true' else 'NOT '}NULL")
    if comparison == "contains":
        return Sql(f"coalesce(contains({bare(f'CAST({quoted(column)} AS VARCHAR)')}, {bare('CAST(? AS VARCHAR)')}), FALSE)", (nfc(value),))
    values = _split(value)
    if comparison == "in" and len(values) > MAX_IN:
        _refuse(name, f"Tối đa {MAX_IN} giá trị.", f"At most {MAX_IN} values.")
    return compared(table, column, comparison, values if comparison == "in" else value)


def _after(table: Table, order: list[tuple[str, bool]], mark: str) -> Sql:
    """The rows behind the one that the mark stands for, in this order, as PostgreSQL orders empty cells."""
    try:
        values = json.loads(base64.urlsafe_b64decode(mark + "=" * (-len(mark) % 4)))
    except (binascii.Error, ValueError):
        values = None
    if not isinstance(values, list) or len(values) != len(order) or any(isinstance(value, dict | list) for value in values):
        _refuse("after", "Dấu trang này không hợp với cách sắp xếp; hãy lấy từ liên kết next của trang trước.",
                "This mark does not fit the order; take it from the next link of the page before.")
    found, equal = [], []
    for (name, falls), value in zip(order, values, strict=True):
        column = quoted(name)
        if value is None:
            behind = Sql(f"{column} IS NOT NULL") if falls else FALSE
        else:
            further = compared(table, name, "lt" if falls else "gt", value)
            behind = further if falls else joined("OR", [further, Sql(f"{column} IS NULL")])
        found.append(joined("AND", [*equal, behind]))
        equal.append(compared(table, name, "eq", value))
    return joined("OR", found) if found else TRUE


def _mark(values: Sequence[Any]) -> str:
    plain = [str(value) if isinstance(value, Decimal | datetime.date | datetime.time) else value for value in values]
    return base64.urlsafe_b64encode(json.dumps(plain, ensure_ascii=False).encode()).decode().rstrip("=")


def _limit(text: str) -> int:
    if not text:
        return LIMIT
    if not (text.isascii() and text.isdecimal() and len(text) < 7 and 1 <= int(text) <= MAX_LIMIT):
        _refuse("limit", f"Hãy viết một số từ 1 đến {MAX_LIMIT}.", f"Write a number from 1 to {MAX_LIMIT}.")
    return int(text)


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _columns(table: Table, where: str, text: str) -> list[str]:
    names = list(dict.fromkeys(_split(text)))
    _known(table, where, names)
    return names


def _known(table: Table, where: str, names: Iterable[str]) -> None:
    for name in names:
        if name not in table.types:
            columns = ", ".join(list(table.types)[:20])
            _refuse(where, f"Không có cột {name}; các cột: {columns}.", f"There is no column {name}; the columns: {columns}.")


def kind_of(table: Table, name: str) -> str:
    """The type of a column in PostgreSQL's words."""
    return next((column.kind for column in table.columns if column.name == name), "int")

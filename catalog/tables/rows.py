"""A table that a program writes row by row: put in, changed, taken out; kept as Parquet like any other.

Every row has a number, `_id`, that no other row of the table ever gets.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from catalog.errors import Invalid
from catalog.tables.columns import ID, ROWS_MADE, Served, row_facts, served_columns
from catalog.tables.kinds import TABLE_SCHEMA, WrongValue, arrow_array, read_value

MAX_ROWS = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RowTable:
    """The columns, the rows column by column, and what the table keeps of itself."""

    columns: tuple[Served, ...]
    ids: list[int] = field(default_factory=list)
    cells: dict[str, Any] = field(default_factory=dict)  # a pa.ChunkedArray, or a list where the column was changed
    primary_key: tuple[str, ...] = ()
    indexes: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    next_id: int = 1

    def __len__(self) -> int:
        return len(self.ids)

    def of(self, name: str) -> list[Any]:
        """The cells of a column."""
        found = self.cells.get(name)
        return [None] * len(self) if found is None else found if isinstance(found, list) else found.to_pylist()


def read_rows(path: Path) -> RowTable | None:
    """The table as it was kept; None for one that was made from a file."""
    stored = pq.read_table(path)
    facts = row_facts(stored.schema)
    if not facts:
        return None
    columns = served_columns(stored.schema)
    return RowTable(columns=columns, ids=stored.column(0).to_pylist(), cells={c.name: stored.column(n + 1) for n, c in enumerate(columns)},
                    primary_key=tuple(facts["primary_key"]), indexes=tuple(facts["indexes"]), aliases=tuple(facts["aliases"]), next_id=facts["next_id"])


def write_rows(table: RowTable, target: Path) -> None:
    """Keep the table; Invalid for numbers that cannot be kept exactly, or too many rows."""
    if len(table) > MAX_ROWS:
        raise Invalid({"records": [f"A table written row by row holds at most {MAX_ROWS} rows; send a file instead"]})
    facts = {"primary_key": table.primary_key, "indexes": table.indexes, "aliases": table.aliases, "next_id": table.next_id}
    arrays, fields = [pa.array(table.ids, pa.int64())], [pa.field(ID, pa.int64(), metadata={"type": "integer", "title": ID})]
    for column in table.columns:
        cells = table.cells.get(column.name)
        try:
            array = cells if isinstance(cells, pa.ChunkedArray) else arrow_array(table.of(column.name), column.kind)
        except WrongValue as error:
            raise Invalid({"records": [f'column "{column.name}": {error}']}) from error
        arrays.append(array)
        said = {"info": orjson.dumps(column.info).decode()} if column.info else {}
        fields.append(pa.field(column.name, array.type, metadata={"type": TABLE_SCHEMA.get(column.kind, "string"), "title": column.title or column.name,
                                                                  "kind": column.kind, **said}))
    schema = pa.schema(fields, metadata={ROWS_MADE: orjson.dumps(facts)})
    pq.write_table(pa.Table.from_arrays(arrays, schema=schema), target, compression="zstd")


def read_records(table: RowTable, records: Sequence[Any]) -> list[dict[str, Any]]:
    """The records with each value as its column keeps it; Invalid names the first that does not fit, counted from 0."""
    kinds = {column.name: column.kind for column in table.columns}
    found = []
    for number, record in enumerate(records):
        if not isinstance(record, Mapping):
            raise Invalid({"records": [f'row "{number + 1}" is not a json object']})
        strange = [name for name in record if name not in kinds and name != ID]
        if strange:
            raise Invalid({"records": [f'row "{number + 1}" has extra keys "{strange[0]}"'], "records_row": number})
        try:
            found.append({name: read_value(value, kinds[name]) for name, value in record.items() if name != ID})
        except WrongValue as error:
            raise Invalid({"records": [str(error)], "records_row": number}) from error
    return found


def inserted(table: RowTable, records: Sequence[Mapping[str, Any]]) -> RowTable:
    """The table with the records as new rows; Invalid for one whose key is there already."""
    if table.primary_key:
        taken = set(zip(*(table.of(name) for name in table.primary_key), strict=True))
        for number, record in enumerate(records):
            key = tuple(record.get(name) for name in table.primary_key)
            if key in taken:
                raise Invalid({"records": [f'duplicate key value violates unique constraint "{"_".join(table.primary_key)}"'], "records_row": number})
            taken.add(key)
    return _added(table, records, range(table.next_id, table.next_id + len(records)), table.next_id + len(records))


def changed(table: RowTable, records: Sequence[Mapping[str, Any]], *, add: bool) -> RowTable:
    """The table with the rows of the records' keys changed, where they are given; others are added, or Invalid without `add`."""
    if not table.primary_key:
        raise Invalid({"table": ["table does not have a unique key defined"]})
    places = {key: place for place, key in enumerate(zip(*(table.of(name) for name in table.primary_key), strict=True))}
    new: dict[tuple[Any, ...], tuple[int, dict[str, Any]]] = {}
    edits: dict[str, dict[int, Any]] = {}
    for number, record in enumerate(records):
        lacking = [name for name in table.primary_key if name not in record]
        if lacking:
            names = ", ".join(f'"{name}"' for name in lacking)
            raise Invalid({"key": [f"fields {names} are missing\n but needed as key"]})
        key = tuple(record[name] for name in table.primary_key)
        if key in places:
            for name, value in record.items():
                edits.setdefault(name, {})[places[key]] = value
        elif add:
            new[key] = (new[key][0], {**new[key][1], **record}) if key in new else (table.next_id + number, dict(record))
        else:
            raise Invalid({"key": [f'key "{key}" not found']})
    cells = dict(table.cells)
    for name, values in edits.items():
        if name not in table.primary_key:
            column = list(table.of(name))
            for place, value in values.items():
                column[place] = value
            cells[name] = column
    return _added(replace(table, cells=cells), [record for _, record in new.values()], [row_id for row_id, _ in new.values()], table.next_id + len(records))


def _added(table: RowTable, records: Sequence[Mapping[str, Any]], ids: Iterable[int], next_id: int) -> RowTable:
    if not records:
        return table
    cells = {column.name: [*table.of(column.name), *(record.get(column.name) for record in records)] for column in table.columns}
    return replace(table, ids=[*table.ids, *ids], cells=cells, next_id=next_id)


def without(table: RowTable, ids: set[int]) -> RowTable:
    """The table without the rows of these numbers."""
    keep = pc.invert(pc.is_in(pa.array(table.ids, pa.int64()), value_set=pa.array(sorted(ids), pa.int64())))
    cells = {name: column.filter(keep) if isinstance(column, pa.ChunkedArray) else [cell for cell, stays in zip(column, keep.to_pylist(), strict=True) if stays]
             for name, column in table.cells.items()}
    return replace(table, ids=[row_id for row_id in table.ids if row_id not in ids], cells=cells)

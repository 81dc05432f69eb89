"""What the scanner has to know of a table's columns, and what Python says of cells that the scanner is not sure of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from frictionless import Field
from frictionless.table import Row, create_cell_handlers

from catalog.validation.plan import plan_of

if TYPE_CHECKING:
    from catalog.validation.fast_table import FastTable


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A unique field (its column) or a primary key (its columns)."""

    columns: list[int]
    primary: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Columns whose values must be found together in `values`."""

    columns: list[int]
    values: frozenset[Any] | set[Any]


@dataclass(frozen=True, kw_only=True)
class Judging:
    """The columns of one table in the order of the file, with frictionless' own readers of their cells."""

    native: Any
    fields: list[Field]
    columns: list[Any]
    keys: list[Key]
    groups: list[Group]
    choice: dict[str, Any]

    @classmethod
    def of(cls, table: FastTable, native: Any) -> Judging | None:
        """None where fields share a name or keys go by labels, which frictionless resolves row by row."""
        fields = table.header.get_expected_fields()
        names = [field.name for field in fields]
        if len(set(names)) != len(names) or not fields or (table.schema.primary_key and not table.dialect.header_case):
            return None
        choice = _choice(table)
        if choice is None:
            return None
        columns = [native.Column(plan_of(field)) for field in fields]
        return cls(native=native, fields=fields, columns=columns, keys=_keys(table, fields), groups=_groups(table, names), choice=choice)

    @cached_property
    def handlers(self) -> dict[str, Any]:
        """Made when the first doubtful row asks for them: a clean table needs none."""
        return create_cell_handlers(self.fields)

    def scanner(self, options: dict[str, Any]) -> Any:
        """A scanner for these columns; `options` are added to those of the table."""
        groups = [group.columns for group in self.groups]
        return self.native.Scanner(self.columns, {**self.choice, "groups": groups, **options})

    def are_good(self, scanner: Any, doubtful: list[tuple[int, bytes, bool]], cells: Callable[[], list[str]], number: int) -> bool:
        """Whether frictionless finds nothing wrong in the doubtful cells, of which the scanner learns each good one."""
        readers = self._readers()
        for column, text, is_group in doubtful:
            if is_group:
                if not self._is_found(column, cells(), number):
                    return False
                scanner.learn_group(column, text)
            else:
                if not _reads(readers[column], text.decode()):
                    return False
                scanner.learn(column, text)
        return True

    def are_good_objects(self, scanner: Any, cells: list[Any], columns: list[int]) -> bool:
        """The same for the cells in some columns of a row of Python values."""
        readers = self._readers()
        for column in columns:
            cell = cells[column]
            if not _reads(readers[column], cell):
                return False
            if type(cell) is str and cell.isprintable():
                scanner.learn(column, cell.encode())
        return True

    def read(self, cells: list[Any], number: int) -> tuple[list[Any], bool]:
        """What frictionless reads from the cells of a row, a value a column, and whether it finds the row valid but for
        keys; raises what frictionless raises."""
        row = Row(list(cells), handlers=self.handlers, row_number=number)
        valid = row.valid
        values = [row[name] for name in self.handlers]
        found = all(self._has(group, values) for group in self.groups)
        return values, valid and found

    def _readers(self) -> list[Callable[[Any], tuple[Any, Any]]]:
        return [handler.reader for handler in self.handlers.values()]

    def _is_found(self, number: int, cells: list[str], row_number: int) -> bool:
        try:
            row = Row(list(cells), handlers=self.handlers, row_number=row_number)
            return self._has(self.groups[number], [row[name] for name in self.handlers])
        except Exception:  # noqa: BLE001 - whatever frictionless raises, it shall raise itself
            return False

    def _has(self, group: Group, values: list[Any]) -> bool:
        wanted = tuple(values[column] for column in group.columns)
        return set(wanted) == {None} or wanted in group.values


def _reads(reader: Callable[[Any], tuple[Any, Any]], cell: Any) -> bool:
    try:
        value, notes = reader(cell)
        return value is not None and not notes  # a row of nothing but None is a blank row
    except Exception:  # noqa: BLE001 - whatever frictionless raises, it shall raise itself
        return False


def _choice(table: FastTable) -> dict[str, Any] | None:
    """Which records are rows, as Dialect.read_enumerated_content_stream chooses them."""
    dialect = table.dialect
    choice: dict[str, Any] = {"first": dialect.create_first_content_row(), "sampled": table.detector.sample_size,
                              "skip_blank": bool(dialect.skip_blank_rows)}
    if dialect.comment_char:
        choice["comment"] = dialect.comment_char.encode()
    if dialect.comment_rows:
        if not all(isinstance(row, int) and row >= 0 for row in dialect.comment_rows):
            return None
        choice["comment_rows"] = sorted(dialect.comment_rows)
    return choice


def _keys(table: FastTable, fields: list[Any]) -> list[Key]:
    """Unique fields and the primary key, as resources/table.py finds them."""
    names = [field.name for field in fields]
    keys = [Key(columns=[number], primary=False) for number, field in enumerate(fields) if field.constraints.get("unique")]
    primary = table.schema.primary_key
    if primary and set(primary) <= set(names):
        keys.append(Key(columns=[names.index(name) for name in primary], primary=True))
    return keys


def _groups(table: FastTable, names: list[str]) -> list[Group]:
    """Foreign keys whose fields are there, with what frictionless found in the other table."""
    groups = []
    for key in table.schema.foreign_keys:
        found = table.lookup.get(key["reference"]["resource"])
        if set(key["fields"]) <= set(names) and found:
            values = found.get(tuple(key["reference"]["fields"]), set())
            groups.append(Group(columns=[names.index(name) for name in key["fields"]], values=values))
    return groups

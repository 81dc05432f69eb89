"""Two versions of a table side by side, row by row: what was added, what was removed, which cells changed.

Rows are matched by a key, or where there is none by all their cells; a key that several rows share matches them in their order. What
differs is kept in a DuckDB file on the shelf, so a page of it is quick to have; it is worked out on disk where memory does not do.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import orjson

from catalog.errors import Invalid
from catalog.site import Site
from catalog.tables.columns import Served
from catalog.tables.pairing import Columns, Pair, comparable, paired
from catalog.tables.serving import BUILD, SERVE, Stored, stored_at

FORM = 1  # of the file; another number makes it anew
MEMORY, SECONDS = "512MB", 60.0  # that a comparison may take
KINDS = ("added", "removed", "changed")
_NUMBER = "r"  # the number of a row, beside its cells c0, c1, …


@dataclass(frozen=True, slots=True, kw_only=True)
class RowChange:
    """One row that differs: its numbers and cells in the older and the newer table, None where it is not there; `changed` are places of pairs."""

    number: int
    kind: str
    old_number: int | None
    new_number: int | None
    old: tuple[Any, ...] | None
    new: tuple[Any, ...] | None
    changed: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What differs between two tables. `key` are names of the newer one, empty where rows were matched by all their cells.

    `repeated` is how many keys several rows of one table share; `counts` has `added`, `removed`, `changed` and `unchanged`.
    """

    path: Path
    columns: Columns
    key: tuple[str, ...]
    repeated: int
    counts: dict[str, int]

    def rows(self, kinds: Collection[str] = KINDS, *, after: int = 0, limit: int) -> list[RowChange]:
        """The rows of these kinds behind that number, in the order of the newer table, each removed one where it stood."""
        wide, compared = (len(self.columns.old), len(self.columns.new)), len(self.columns.pairs)
        with closing(duckdb.connect(str(self.path), read_only=True, config=SERVE)) as connection:
            marks = ", ".join("?" * len(kinds))
            found = connection.execute(f"SELECT * FROM changes WHERE n > ? AND kind IN ({marks}) ORDER BY n LIMIT {int(limit)}", [after, *kinds]).fetchall()
        return [self._row(row, wide, compared) for row in found] if kinds else []

    def _row(self, row: tuple[Any, ...], wide: tuple[int, int], compared: int) -> RowChange:
        number, kind, old_number, new_number = row[:4]
        differs, old, new = row[4 : 4 + compared], row[4 + compared : 4 + compared + wide[0]], row[4 + compared + wide[0] :]
        return RowChange(number=number, kind=kind, old_number=old_number, new_number=new_number, old=old if old_number is not None else None,
                         new=new if new_number is not None else None, changed=frozenset(place for place, is_it in enumerate(differs) if is_it))


def compare(site: Site, old: str, new: str, key: Sequence[str] = ()) -> Difference:
    """How the stored table `new` differs from `old` (SHA-256), with rows matched by the columns `key`, which both have under that name.

    Invalid where a column of the key is not in both, or the comparison takes too long; Trouble when the store cannot give a table.
    """
    asked = hashlib.sha256(orjson.dumps([old, list(key)])).hexdigest()
    path = site.shelf.get(f"{new}.{asked}.{FORM}.difference", lambda target: _build(site.files.path(old), site.files.path(new), tuple(key), target))
    with closing(duckdb.connect(str(path), read_only=True, config=SERVE)) as connection:
        said = orjson.loads(connection.execute("SELECT said FROM facts").fetchone()[0])
    columns = Columns(old=tuple(Served(**column) for column in said["old"]), new=tuple(Served(**column) for column in said["new"]),
                      pairs=tuple(Pair(**pair) for pair in said["pairs"]))
    return Difference(path=path, columns=columns, key=tuple(key), repeated=said["repeated"], counts=said["counts"])


def _build(old: Path, new: Path, key: tuple[str, ...], target: Path) -> None:
    with closing(duckdb.connect(str(target), config={**BUILD, "memory_limit": MEMORY, "temp_directory": str(target.parent)})) as connection, _in_time(connection):
        connection.execute("SET preserve_insertion_order = false")
        tables = stored_at(connection, old), stored_at(connection, new)
        for name, table in zip("on", tables, strict=True):
            _view(connection, name, table)
        columns = paired(tables[0].columns, tables[1].columns)
        matched = _Matched(connection, columns, _by(columns, key))
        columns = columns.with_certain(matched.same_cells())
        counts = matched.keep(columns)
        facts = {"old": list(map(_plain, columns.old)), "new": list(map(_plain, columns.new)), "pairs": [{"old": p.old, "new": p.new} for p in columns.pairs],
                 "repeated": matched.repeated if key else 0, "counts": counts}
        connection.execute("CREATE TABLE facts AS SELECT CAST(? AS VARCHAR) AS said", [orjson.dumps(facts).decode()])


@contextmanager
def _in_time(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    done = threading.Event()
    threading.Thread(target=_stop_late, args=(connection, done), daemon=True).start()
    try:
        yield
    except (duckdb.InterruptException, duckdb.OutOfMemoryException) as error:
        raise Invalid({"query": ["So sánh hai bản này cần quá nhiều thời gian hoặc bộ nhớ; hãy tải cả hai về để so sánh. / "
                                 "Comparing these two versions needs too much time or memory; download both to compare them."]}) from error
    finally:
        done.set()


def _stop_late(connection: duckdb.DuckDBPyConnection, done: threading.Event) -> None:
    """Interrupt what runs too long, and whatever it goes on with: between two queries an interrupt is lost."""
    late = not done.wait(SECONDS)
    while late and not done.wait(0.05):
        with suppress(duckdb.ConnectionException):  # closed this very moment
            connection.interrupt()


def _view(connection: duckdb.DuckDBPyConnection, name: str, table: Stored) -> None:
    """A view of the table with its cells as c0, c1, … and the number of each row."""
    cells = [f"{stored} AS c{place}" for place, stored in enumerate(table.names)]
    connection.execute(f"CREATE TEMP VIEW {name} AS SELECT {', '.join([f'{table.number} AS {_NUMBER}', *cells])} FROM {table.source}")


def _by(columns: Columns, key: tuple[str, ...]) -> tuple[Pair, ...]:
    """The pairs of columns that match a row; all where no key is given."""
    if not key:
        return columns.pairs
    pairs = {columns.new[pair.new].name: pair for pair in columns.pairs if columns.old[pair.old].name == columns.new[pair.new].name}
    if lacking := [name for name in key if name not in pairs]:
        raise Invalid({"key": [f"Cột {lacking[0]} không có ở cả hai bản. / Column {lacking[0]} is not in both versions."]})
    return tuple(pairs[name] for name in dict.fromkeys(key))


class _Matched:
    """The rows of both tables, matched by some pairs of columns."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, columns: Columns, by: tuple[Pair, ...]) -> None:
        self._connection = connection
        keys = [comparable(columns, pair, f"c{pair.old}", f"c{pair.new}") for pair in by]
        sides = [[key[side] for key in keys] for side in (0, 1)]
        self.repeated = sum(self._shared(table, names) for table, names in zip("on", sides, strict=True))
        numbered = bool(self.repeated) or not by
        old, new = (_numbered(table, names) if numbered else table for table, names in zip("on", sides, strict=True))
        conditions = [f"{left} IS NOT DISTINCT FROM {right}" for left, right in (_cells(columns, pair) for pair in by)]
        self._joined = f"{old} AS o FULL JOIN {new} AS n ON {' AND '.join([*conditions, *(['o.nth = n.nth'] if numbered else [])])}"
        self._columns, self._totals = columns, [self._count(f"SELECT count(*) FROM {table}") for table in "on"]

    def _count(self, sql: str) -> int:
        return self._connection.execute(sql).fetchone()[0]

    def _shared(self, table: str, names: list[str]) -> int:
        """How many keys of the table several of its rows have."""
        return self._count(f"SELECT count(*) FROM (SELECT 1 FROM {table} GROUP BY {', '.join(names)} HAVING count(*) > 1)") if names else 0

    def same_cells(self) -> list[Pair]:
        """The pairs of columns without a partner that hold the same cells in all matched rows, and at least two different ones."""
        candidates = self._columns.free()
        if not candidates:
            return []
        asked = [f"bool_and(o.c{pair.old} IS NOT DISTINCT FROM n.c{pair.new}) AND count(DISTINCT o.c{pair.old}) > 1" for pair in candidates]
        answers = self._connection.execute(f"SELECT {', '.join(asked)} FROM {self._joined} WHERE o.{_NUMBER} IS NOT NULL AND n.{_NUMBER} IS NOT NULL").fetchone()
        return [pair for pair, is_same in zip(candidates, answers, strict=True) if is_same]

    def keep(self, columns: Columns) -> dict[str, int]:
        """Write the table `changes` and count it: n, kind, the numbers of the row, which pairs differ, the old cells, the new cells."""
        differs = [f"{left} IS DISTINCT FROM {right}" for left, right in (_cells(columns, pair) for pair in columns.pairs)]
        kind = f"CASE WHEN o.{_NUMBER} IS NULL THEN 'added' WHEN n.{_NUMBER} IS NULL THEN 'removed' WHEN {' OR '.join(differs or ['FALSE'])} THEN 'changed' END"
        cells = [*(f"{differ} AS d{place}" for place, differ in enumerate(differs)), *(f"o.c{place} AS o{place}" for place in range(len(columns.old))),
                 *(f"n.c{place} AS n{place}" for place in range(len(columns.new)))]
        found = f"SELECT {', '.join([f'{kind} AS kind', f'o.{_NUMBER} AS old_number', f'n.{_NUMBER} AS new_number', *cells])} FROM {self._joined}"
        self._connection.execute(f"CREATE TABLE changes AS SELECT row_number() OVER (ORDER BY coalesce(new_number, old_number), new_number NULLS FIRST) AS n, * "
                                 f"FROM ({found}) WHERE kind IS NOT NULL")
        counts = dict.fromkeys(KINDS, 0) | dict(self._connection.execute("SELECT kind, count(*) FROM changes GROUP BY kind").fetchall())
        return {**counts, "unchanged": self._totals[1] - counts["added"] - counts["changed"]}


def _cells(columns: Columns, pair: Pair) -> tuple[str, str]:
    return comparable(columns, pair, f"o.c{pair.old}", f"n.c{pair.new}")


def _numbered(table: str, names: list[str]) -> str:
    """The table with each row's place among those of the same key."""
    partition = f"PARTITION BY {', '.join(names)} " if names else ""
    return f"(SELECT *, row_number() OVER ({partition}ORDER BY {_NUMBER}) AS nth FROM {table})"


def _plain(column: Served) -> dict[str, Any]:
    return {"name": column.name, "kind": column.kind, "title": column.title, "info": column.info}

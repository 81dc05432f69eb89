"""Tables as they are asked: a DuckDB file made of the stored Parquet on first use, kept on this machine, the least used dropped first.

A stored table never changes, so neither does what is made of it. The file holds the view `rows`: `_id` from 1, then the table's own
columns. Behind it stands the table `kept` with two columns more: `_words`, the words of the row in small letters without marks (đ as d),
each between two spaces, so that a search needs no accents; and `_signs`, in which each of the words sets one of 64 bits, so that most
rows without a word are passed over without reading their words.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import orjson
import pyarrow.parquet as pq

from catalog.errors import Invalid
from catalog.tables.bounds import Watch
from catalog.tables.columns import ID, SIGNS, WORDS, Served, is_row_made, quoted, row_facts, served_columns
from catalog.tables.counts import Counts
from catalog.tables.shelf import Shelf

if TYPE_CHECKING:
    import pyarrow as pa

    from catalog.site import Site

FORM = f"2-{duckdb.__version__}"  # of the file; another one builds it anew. DuckDB may sign words otherwise in another version
PLAIN = 64_000_000  # bytes of a table of which the words are not packed: several times as quick to look through
OPEN = 8  # tables that a process keeps open
MEMORY, THREADS, SECONDS = "512MB", 2, 10.0  # of one table's queries, and of one query
SMALL = 1_000_000  # rows of a table that one thread looks through as quickly
BATCH = 2_000
BUILD = {"threads": THREADS, "memory_limit": "1GB", "autoinstall_known_extensions": False, "autoload_known_extensions": False}
SERVE = {
    "threads": THREADS, "memory_limit": MEMORY, "autoinstall_known_extensions": False, "autoload_known_extensions": False,
    "allow_community_extensions": False, "python_enable_replacements": False, "preserve_insertion_order": True,
    "late_materialization_max_rows": 1_000,  # so many rows of a page are found by what orders them, and only then read whole
}
_SIGN = "CAST(1 AS UBIGINT) << CAST(hash({}) % 63 AS INTEGER)"
_WATCH = Watch()
_LOCK = ("SET temp_directory = ''", "SET enable_external_access = false", "SET lock_configuration = true")  # in this order


def bare(expression: str) -> str:
    """SQL for a text expression in small letters without marks, đ as d."""
    return f"lower(strip_accents(translate({expression}, 'đĐðÐ', 'dddd')))"


def folded(expression: str) -> str:
    """SQL for the words of a text expression: ` du lieu mo `, the same from `Dữ liệu mở` and `du lieu mo`."""
    return f"' ' || trim(regexp_replace({bare(expression)}, '[^\\p{{L}}\\p{{N}}_]+', ' ', 'g')) || ' '"


def signs(words: str) -> str:
    """SQL for the bits that words set, from an expression of folded words."""
    bits = f"list_transform(string_split(trim({words}), ' '), lambda word: {_SIGN.format('word')})"
    return f"CAST(list_aggregate({bits}, 'bit_or') AS UBIGINT)"


@lru_cache(maxsize=10_000)
def sign_of(word: str) -> int:
    """The bit that one folded word sets."""
    with closing(_no_table().cursor()) as cursor:
        return cursor.execute(f"SELECT {_SIGN.format('CAST(? AS VARCHAR)')}", [word]).fetchone()[0]


@cache
def _no_table() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"threads": 1})


def table_file(site: Site, sha256: str) -> Path:
    """The DuckDB file of the stored table with that SHA-256, built where it is not there; open it read-only, never write to it.

    Trouble when the store cannot give the table.
    """
    return site.tables.path(sha256)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table that can be asked: its columns, how many rows it has, and what it keeps of itself if it was made row by row."""

    connection: duckdb.DuckDBPyConnection
    columns: tuple[Served, ...]
    types: dict[str, str]  # the type of each column in DuckDB, `_id` among them
    total: int
    dense: bool  # whether the rows stand in their order, numbered from 1 without a gap; DuckDB then gives them so unasked (`preserve_insertion_order`)
    facts: dict[str, Any]
    counts: Counts = field(default_factory=Counts)

    def ask(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of an answer; Invalid where the values do not fit the columns, or it takes too much time or memory."""
        with closing(self.connection.cursor()) as cursor, _bounded(cursor):
            return cursor.execute(sql, list(values)).fetchall()

    def counted(self, sql: str, values: Sequence[Any] = ()) -> int:
        """The number that a query answers with; refuses as `ask` does."""
        return self.counts.of(sql, values, lambda: self.ask(sql, values)[0][0])

    def arrow(self, sql: str, values: Sequence[Any] = ()) -> pa.Table:
        """All rows of an answer as an Arrow table; refuses as `ask` does."""
        with closing(self.connection.cursor()) as cursor, _bounded(cursor):
            return cursor.sql(sql, params=list(values)).to_arrow_table()

    def stream(self, sql: str, values: Sequence[Any] = ()) -> Iterator[list[tuple[Any, ...]]]:
        """The rows of an answer in batches; the time until the first one is bounded as in `ask`."""
        with closing(self.connection.cursor()) as cursor:
            with _bounded(cursor):
                cursor.execute(sql, list(values))
                batch = cursor.fetchmany(BATCH)
            while batch:
                yield batch
                with _bounded(cursor):
                    batch = cursor.fetchmany(BATCH)


class Tables:
    """The tables of one process: their files on the shelf, the last used ones open."""

    def __init__(self, shelf: Shelf, stored: Callable[[str], Path]) -> None:
        self._shelf, self._stored = shelf, stored
        self._open: OrderedDict[str, Table] = OrderedDict()
        self._lock = threading.Lock()

    def path(self, sha256: str) -> Path:
        """The file of a stored table; see `table_file`."""
        return self._shelf.get(f"{sha256}.{FORM}.duckdb", lambda target: _build(self._stored(sha256), target))

    def open(self, sha256: str) -> Table:
        """The table, ready to be asked."""
        with self._lock:
            if sha256 in self._open:
                self._open.move_to_end(sha256)
                return self._open[sha256]
        path = self.path(sha256)
        with self._lock:
            if sha256 not in self._open:
                try:
                    self._open[sha256] = _opened(path)
                except duckdb.IOException:  # dropped by another process since
                    self._open[sha256] = _opened(self.path(sha256))
            while len(self._open) > OPEN:
                self._open.popitem(last=False)  # closed as soon as nobody reads it
            return self._open[sha256]

    def close(self) -> None:
        """Close what is open."""
        with self._lock:
            while self._open:
                self._open.popitem()[1].connection.close()


@contextmanager
def _bounded(cursor: duckdb.DuckDBPyConnection) -> Iterator[None]:
    try:
        with _WATCH.over(cursor, SECONDS):
            yield
    except (duckdb.InterruptException, duckdb.OutOfMemoryException) as error:
        raise Invalid({"query": ["Câu hỏi cần quá nhiều thời gian hoặc bộ nhớ; hãy lọc bớt dòng hoặc chọn ít cột hơn. / "
                                 "The query needs too much time or memory; filter more rows or choose fewer columns."]}) from error
    except duckdb.DataError as error:
        raise Invalid({"query": ["Invalid query"], "info": {"orig": [str(error).partition("\n")[0]]}}) from error


def _opened(path: Path) -> Table:
    connection = duckdb.connect(str(path), read_only=True, config=SERVE)
    with closing(connection.cursor()) as cursor:
        total, gaps = cursor.execute(f"SELECT count(*), count(*) FILTER ({ID} <> rowid + 1) FROM kept").fetchone()
        settings = (*(["SET threads = 1"] if total < SMALL else []), *_LOCK)
        for setting in settings if not cursor.execute("SELECT current_setting('lock_configuration')").fetchone()[0] else ():
            cursor.execute(setting)
        facts = orjson.loads(cursor.execute("SELECT said FROM facts").fetchone()[0])
        types = {name: kind for name, kind, *_ in cursor.execute("DESCRIBE rows").fetchall()}
    return Table(connection=connection, columns=tuple(Served(**column) for column in facts["columns"]), types=types, total=total, dense=not gaps, facts=facts["rows"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A Parquet file as SQL reads it: its columns as they are served, their quoted names in it in the same order, a row's number, and where it is."""

    columns: tuple[Served, ...]
    names: tuple[str, ...]
    number: str
    source: str
    facts: dict[str, Any]


def stored_at(connection: duckdb.DuckDBPyConnection, path: Path) -> Stored:
    """The stored table at that path."""
    schema, place = pq.read_schema(path), "'" + str(path).replace("'", "''") + "'"
    names = [quoted(row[0]) for row in connection.execute(f"DESCRIBE SELECT * FROM read_parquet({place})").fetchall()]
    numbered = is_row_made(schema)
    return Stored(columns=served_columns(schema), names=tuple(names[numbered:]), number=f"CAST({quoted(ID) if numbered else 'file_row_number + 1'} AS BIGINT)",
                  source=f"read_parquet({place}{'' if numbered else ', file_row_number = true'})", facts=row_facts(schema))


def _build(source: Path, target: Path) -> None:
    """Write the file; what does not fit in memory goes to its folder meanwhile."""
    with closing(duckdb.connect(str(target), config={**BUILD, "temp_directory": str(target.parent)})) as connection:
        stored = stored_at(connection, source)
        facts = {"columns": [{"name": c.name, "kind": c.kind, "title": c.title, "info": c.info} for c in stored.columns], "rows": stored.facts}
        chosen = [f"{at} AS {quoted(column.name)}" for at, column in zip(stored.names, stored.columns, strict=True)]
        words = folded(f"concat_ws(' ', {', '.join(stored.names)})") if stored.names else "' '"
        rows = f"SELECT *, {signs(WORDS)} AS {SIGNS} FROM (SELECT {', '.join([f'{stored.number} AS {ID}', *chosen, f'{words} AS {WORDS}'])} FROM {stored.source})"
        kinds = {name: kind for name, kind, *_ in connection.execute(f"DESCRIBE {rows}").fetchall()}
        if _bytes(source) <= PLAIN:
            kinds[WORDS] += " USING COMPRESSION uncompressed"
        connection.execute(f"CREATE TABLE kept ({', '.join(f'{quoted(name)} {kind}' for name, kind in kinds.items())})")
        connection.execute(f"INSERT INTO kept {rows}")
        connection.execute(f"CREATE VIEW rows AS SELECT * EXCLUDE ({WORDS}, {SIGNS}) FROM kept")
        connection.execute("CREATE TABLE facts AS SELECT CAST(? AS VARCHAR) AS said", [orjson.dumps(facts).decode()])


def _bytes(source: Path) -> int:
    """Of the table's columns before they were packed."""
    metadata = pq.read_metadata(source)
    return sum(metadata.row_group(at).total_byte_size for at in range(metadata.num_row_groups))

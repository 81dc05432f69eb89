"""Tables as they are asked: a DuckDB file made of the stored Parquet on first use, kept on this machine, the least used dropped first.

A stored table never changes, so neither does what is made of it. It is built beside its place and moved there in one step; a second
process that wants the same one waits for it. The file holds the view `rows`: `_id` from 1, then the table's own columns. Behind it
stands the table `kept` with two columns more: `_words`, the words of the row in small letters without marks (đ as d), each between
two spaces, so that a search needs no accents; and `_signs`, in which each of the words sets one of 64 bits, so that most rows without
a word are passed over without reading their words.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import orjson
import pyarrow.parquet as pq

from catalog.errors import Invalid
from catalog.tables.columns import ID, SIGNS, WORDS, Served, is_row_made, quoted, row_facts, served_columns

if TYPE_CHECKING:
    import pyarrow as pa

    from catalog.site import Site

FORM = f"2-{duckdb.__version__}"  # of the file; another one builds it anew. DuckDB may sign words otherwise in another version
PLAIN = 64_000_000  # bytes of a table of which the words are not packed: several times as quick to look through
OPEN = 8  # tables that a process keeps open
MEMORY, THREADS, SECONDS = "512MB", 2, 10.0  # of one table's queries, and of one query
BATCH = 2_000
_BUILD = {"threads": THREADS, "memory_limit": "1GB", "autoinstall_known_extensions": False, "autoload_known_extensions": False}
_SERVE = {
    "threads": THREADS, "memory_limit": MEMORY, "autoinstall_known_extensions": False, "autoload_known_extensions": False,
    "allow_community_extensions": False, "python_enable_replacements": False,
}
_SIGN = "CAST(1 AS UBIGINT) << CAST(hash({}) % 63 AS INTEGER)"
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
    dense: bool  # whether the rows are numbered from 1 without a gap
    facts: dict[str, Any]

    def ask(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of an answer; Invalid where the values do not fit the columns, or it takes too much time or memory."""
        with closing(self.connection.cursor()) as cursor, _bounded(cursor):
            return cursor.execute(sql, list(values)).fetchall()

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
    """The tables of one process: files in `folder` of at most `limit` bytes together, the last used ones open."""

    def __init__(self, folder: Path, stored: Callable[[str], Path], limit: int) -> None:
        self._folder, self._stored, self._limit = folder, stored, limit
        self._open: OrderedDict[str, Table] = OrderedDict()
        self._lock = threading.Lock()

    def path(self, sha256: str) -> Path:
        """The file of a stored table; see `table_file`."""
        target = self._folder / f"{sha256}.{FORM}.duckdb"
        try:
            os.utime(target)
        except FileNotFoundError:
            source = self._stored(sha256)
            self._folder.mkdir(parents=True, exist_ok=True)
            with self._alone(sha256):
                if not target.is_file():
                    _build(source, target)
                    self._make_room(target)
        return target

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
    def _alone(self, sha256: str) -> Iterator[None]:
        """Nobody else on this machine builds the same table meanwhile."""
        with (self._folder / f"{sha256[:2]}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _make_room(self, newest: Path) -> None:
        """Drop the files that were used least lately until the rest fits; those that are open stay readable."""
        found = []
        for path in self._folder.glob("*.duckdb"):
            try:
                found.append((path.stat().st_mtime_ns, path.stat().st_size, path))
            except FileNotFoundError:  # dropped by another process
                continue
        total = sum(size for _, size, _ in found)
        for _, size, path in sorted(found):
            if total <= self._limit:
                return
            if path != newest:
                path.unlink(missing_ok=True)
                total -= size


@contextmanager
def _bounded(cursor: duckdb.DuckDBPyConnection) -> Iterator[None]:
    timer = threading.Timer(SECONDS, cursor.interrupt)
    timer.daemon = True
    timer.start()
    try:
        yield
    except (duckdb.InterruptException, duckdb.OutOfMemoryException) as error:
        raise Invalid({"query": ["Câu hỏi cần quá nhiều thời gian hoặc bộ nhớ; hãy lọc bớt dòng hoặc chọn ít cột hơn. / "
                                 "The query needs too much time or memory; filter more rows or choose fewer columns."]}) from error
    except duckdb.DataError as error:
        raise Invalid({"query": ["Invalid query"], "info": {"orig": [str(error).partition("\n")[0]]}}) from error
    finally:
        timer.cancel()


def _opened(path: Path) -> Table:
    connection = duckdb.connect(str(path), read_only=True, config=_SERVE)
    with closing(connection.cursor()) as cursor:
        for setting in _LOCK if not cursor.execute("SELECT current_setting('lock_configuration')").fetchone()[0] else ():
            cursor.execute(setting)
        facts = orjson.loads(cursor.execute("SELECT said FROM facts").fetchone()[0])
        types = {name: kind for name, kind, *_ in cursor.execute("DESCRIBE rows").fetchall()}
        total, first, last = cursor.execute(f"SELECT count(*), min({ID}), max({ID}) FROM kept").fetchone()
    return Table(connection=connection, columns=tuple(Served(**column) for column in facts["columns"]), types=types, total=total, dense=(first, last) == (1, total),
                 facts=facts["rows"])


def _build(source: Path, target: Path) -> None:
    """Build beside the place, then move there in one step; a build that fails leaves nothing behind."""
    schema = pq.read_schema(source)
    columns = served_columns(schema)
    facts = {"columns": [{"name": c.name, "kind": c.kind, "title": c.title, "info": c.info} for c in columns], "rows": row_facts(schema)}
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".build-") as folder:
        made = Path(folder) / "table.duckdb"
        with closing(duckdb.connect(str(made), config={**_BUILD, "temp_directory": folder})) as connection:
            stored = [row[0] for row in connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(source)]).fetchall()]
            numbered = is_row_made(schema)
            chosen = [f"{quoted(at)} AS {quoted(column.name)}" for at, column in zip(stored[numbered:], columns, strict=True)]
            number = quoted(ID) if numbered else "file_row_number + 1"
            texts = [quoted(at) for at in stored[numbered:]]
            words = folded(f"concat_ws(' ', {', '.join(texts)})") if texts else "' '"
            rows = (f"SELECT *, {signs(WORDS)} AS {SIGNS} FROM (SELECT {', '.join([f'CAST({number} AS BIGINT) AS {ID}', *chosen, f'{words} AS {WORDS}'])} "
                    f"FROM read_parquet(?{'' if numbered else ', file_row_number = true'}))")
            kinds = {name: kind for name, kind, *_ in connection.execute(f"DESCRIBE {rows}", [str(source)]).fetchall()}
            if _bytes(source) <= PLAIN:
                kinds[WORDS] += " USING COMPRESSION uncompressed"
            connection.execute(f"CREATE TABLE kept ({', '.join(f'{quoted(name)} {kind}' for name, kind in kinds.items())})")
            connection.execute(f"INSERT INTO kept {rows}", [str(source)])
            connection.execute(f"CREATE VIEW rows AS SELECT * EXCLUDE ({WORDS}, {SIGNS}) FROM kept")
            connection.execute("CREATE TABLE facts AS SELECT CAST(? AS VARCHAR) AS said", [orjson.dumps(facts).decode()])
        os.replace(made, target)


def _bytes(source: Path) -> int:
    """Of the table's columns before they were packed."""
    metadata = pq.read_metadata(source)
    return sum(metadata.row_group(at).total_byte_size for at in range(metadata.num_row_groups))

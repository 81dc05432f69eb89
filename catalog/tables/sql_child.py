"""The second wall before SQL of strangers: a process that may do nothing but compute, for a while, in a bounded memory.

`python -I -S sql_child.py SITE_PACKAGES MEMORY SECONDS LIFE`, started by `sql_pool`. It imports nothing of the house but `sql_wall`, and
answers one query after the other. MEMORY is in bytes of address space, SECONDS of time for a query; LIFE is the number of a pipe that
ends when the parent does, and the kernel then ends this process.

What is said is JSON after its length in four bytes. To `{"sql"}` the answer is `{"tables", "passed"}`, what the query reads and the query as
it may be run, or `{"refused"}`. To `{"passed", "paths", "rows", "size"}`, with a DuckDB file for each table, it is `{"columns"}`, `{"rows"}` again
and again and `{"end", "truncated"}`. Either may be answered with `{"failed", "message"}`.
"""

from __future__ import annotations

import fcntl
import importlib.util
import os
import resource
import select
import signal
import struct
import sys
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

HEADER = struct.Struct(">I")
_BATCH = 200  # rows taken from DuckDB and sent at a time
_CPU_SPARE = 2  # seconds
# What the process has in memory before a query, and what DuckDB does not count, is the other half of the address space.
_LOCKED = (
    "SET temp_directory = ''", "SET integer_division = true", "SET TimeZone = 'Asia/Ho_Chi_Minh'", "SET max_expression_depth = 250",
    "SET enable_external_access = false", "SET lock_configuration = true",
)
_OPENED = {"threads": 1, "autoload_known_extensions": False, "autoinstall_known_extensions": False, "allow_community_extensions": False,
           "allow_unsigned_extensions": False, "python_enable_replacements": False, "default_null_order": "nulls_last"}


def main(arguments: list[str]) -> None:
    """Answer until the parent says no more."""
    packages, memory, seconds, life = arguments
    sys.path.insert(0, packages)
    source, target = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 1)  # what a library prints is no answer
    _bound(int(memory), int(life))
    child = Child(source, target, int(memory), float(seconds))
    child.say({"ready": True})
    while (asked := child.hear()) is not None:
        child.answer(asked)


def _bound(memory: int, life: int) -> None:
    """Take from this process what a query has no use for."""
    for kind, most in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0), (resource.RLIMIT_NOFILE, 128)):
        resource.setrlimit(kind, (most, most))
    os.nice(5)
    for number in (signal.SIGALRM, signal.SIGIO, signal.SIGXCPU):
        signal.signal(number, signal.SIG_DFL)  # each ends the process, whatever it is doing
    fcntl.fcntl(life, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(life, fcntl.F_SETFL, fcntl.fcntl(life, fcntl.F_GETFL) | os.O_ASYNC)
    if select.select([life], [], [], 0)[0]:
        sys.exit()  # the parent has ended before it could be watched


def _wall() -> Any:
    """The first wall, by its path: its package would bring half the house along."""
    spec = importlib.util.spec_from_file_location("sql_wall", Path(__file__).with_name("sql_wall.py"))
    wall = importlib.util.module_from_spec(spec)
    sys.modules["sql_wall"] = wall
    spec.loader.exec_module(wall)
    return wall


def opened(paths: list[str], memory: int) -> Any:
    """A database of its own for each query, that holds the tables, may use so many bytes, and can be told nothing more."""
    import duckdb

    connection = duckdb.connect(":memory:", config={**_OPENED, "memory_limit": f"{memory >> 20}MiB"})
    for place, path in enumerate(paths):
        quoted = path.replace("'", "''")
        connection.execute(f"ATTACH '{quoted}' AS t{place} (READ_ONLY)")
    for statement in _LOCKED:
        connection.execute(statement)
    return connection


class Child:
    """One end of the pipes, with what answers."""

    def __init__(self, source: BinaryIO, target: BinaryIO, memory: int, seconds: float) -> None:
        import duckdb
        import orjson

        self._source, self._target, self._memory, self._seconds = source, target, memory, seconds
        self._duckdb, self._json, self._wall = duckdb, orjson, _wall()
        with duckdb.connect(":memory:", config=_OPENED) as connection:  # what is loaded at the first use is loaded before it counts
            connection.execute("SELECT now()").fetchall()
        self._wall.passed("SELECT 1")

    def say(self, what: dict[str, Any]) -> int:
        """Send; answers with the number of bytes."""
        return self._send(self._json.dumps(what))

    def _send(self, text: bytes) -> int:
        self._target.write(HEADER.pack(len(text)) + text)
        self._target.flush()
        return len(text)

    def hear(self) -> Any:
        """What the parent says; None when it says no more."""
        header = self._source.read(HEADER.size)
        return self._json.loads(self._source.read(HEADER.unpack(header)[0])) if len(header) == HEADER.size else None

    def answer(self, asked: dict[str, Any]) -> None:
        """One question, within its time: the kernel ends the process where the parent does not."""
        self._set_clock()
        try:
            if "sql" in asked:
                passed = self._wall.passed(asked["sql"])
                self.say({"tables": passed.tables, "passed": passed.sql})
            else:
                self._run(asked)
        except self._wall.Refused as refused:
            self.say({"refused": self._wall.words(refused)})
        except (MemoryError, self._duckdb.OutOfMemoryException):
            self.say({"failed": "memory", "message": ""})
        signal.setitimer(signal.ITIMER_REAL, 0)

    def _set_clock(self) -> None:
        used = resource.getrusage(resource.RUSAGE_SELF)
        cpu = int(used.ru_utime + used.ru_stime + self._seconds) + _CPU_SPARE
        resource.setrlimit(resource.RLIMIT_CPU, (cpu, resource.RLIM_INFINITY))
        signal.setitimer(signal.ITIMER_REAL, self._seconds + 1)

    def _run(self, asked: dict[str, Any]) -> None:
        try:
            with opened(asked["paths"], self._memory // 2) as connection:
                self._send_rows(connection, asked["passed"], asked["rows"], asked["size"])
        except self._duckdb.OutOfMemoryException:
            raise
        except self._duckdb.Error as error:
            message = str(error).split("\n\nLINE ")[0]
            for path in asked["paths"]:
                message = message.replace(path, "…")
            self.say({"failed": "memory" if "allocat" in message else "query", "message": message[:2000]})

    def _send_rows(self, connection: Any, sql: str, most: int, size: int) -> None:
        statements = connection.extract_statements(sql)
        if len(statements) != 1 or statements[0].type != self._duckdb.StatementType.SELECT:
            raise self._duckdb.ParserException("not one SELECT")
        connection.execute(f"SELECT * FROM ({sql}) AS answer LIMIT {most + 1}")
        self.say({"columns": [[column[0], str(column[1])] for column in connection.description]})
        left, truncated = most, False
        while not truncated and (rows := connection.fetchmany(_BATCH)):
            kept, spent = self._within(rows[:left], size)
            truncated = len(kept) < len(rows)
            left, size = left - len(kept), size - spent
            self._send(b'{"rows":[' + b",".join(kept) + b"]}")
        self.say({"end": True, "truncated": truncated})

    def _within(self, rows: list[tuple[Any, ...]], size: int) -> tuple[list[bytes], int]:
        """The rows as JSON, as many as there are bytes for, and their bytes."""
        kept, spent = [], 0
        for text in self._texts(rows):
            if spent + len(text) > size:
                break
            kept.append(text)
            spent += len(text)
        return kept, spent

    def _texts(self, rows: list[tuple[Any, ...]]) -> Iterator[bytes]:
        options = self._json.OPT_NON_STR_KEYS
        for row in rows:
            try:
                yield self._json.dumps(row, default=_plain, option=options)
            except TypeError:  # integers beyond 64 bits
                yield self._json.dumps([float(value) if isinstance(value, int) and abs(value) >= 2**63 else value for value in row],
                                       default=_plain, option=options)


def _plain(value: Any) -> Any:
    """What JSON has no word for."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() and abs(value) < 2**63 else float(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return "\\x" + bytes(value).hex()
    return str(value) if isinstance(value, timedelta) else repr(value)


if __name__ == "__main__":
    main(sys.argv[1:])

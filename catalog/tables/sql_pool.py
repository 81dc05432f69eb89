"""SQL of strangers, read-only: a few warm processes that each answer one query at a time and can be ended at any moment.

Nothing starts before the first query. A process that was ended has a successor at once; all end with this process, however it ends.
"""

from __future__ import annotations

import importlib.util
import os
import selectors
import subprocess
import sys
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

import orjson

from catalog.errors import NotFound
from catalog.tables import sql_child
from catalog.tables.sql_turns import Turns
from catalog.tables.sql_words import Halted, failed, halted, refused

MAX_ROWS, MAX_SIZE = 32_000, 32 << 20  # rows as CKAN has it, and bytes of JSON
SECONDS, MEMORY, SIZE = 4.0, 2 << 30, 2  # of a query, of a process, and processes
_PATIENCE = 8.0  # seconds that a query waits for a process
_START = 60.0  # seconds that an interpreter may take to start
_USES = 500  # queries, after which a process has a successor
_PROGRAM = Path(sql_child.__file__)


@dataclass(frozen=True, slots=True)
class Answer:
    """The rows of a query: `columns` are name and type, as PostgreSQL calls types; `truncated` where there were more rows."""

    columns: list[tuple[str, str]]
    rows: list[list[Any]]
    truncated: bool


class SqlPool:
    """The processes; `size` is how many queries run at once, `seconds` and `memory` (bytes) bound each."""

    def __init__(self, size: int = SIZE, *, seconds: float = SECONDS, memory: int = MEMORY, patience: float = _PATIENCE) -> None:
        self.seconds, self._memory = seconds, memory
        self._turns = Turns(size, patience=patience)
        self._free: list[_Process] = []
        self._all: set[_Process] = set()
        self._end = weakref.finalize(self, _end, self._all, self._free)

    def warm(self) -> None:
        """Have one process ready before it is asked."""
        with self.process():
            pass

    def close(self) -> None:
        """End all processes, whatever they are doing."""
        self._end()

    @property
    def pids(self) -> set[int]:
        """The processes there are now."""
        return {process.child.pid for process in list(self._all)}

    @contextmanager
    def process(self, asker: str = "") -> Iterator[_Process]:
        """A process for one query of an asker; one that has not come to the end of it is ended.

        Raises what says that all are busy, which the processes of a closed pool are for ever.
        """
        with self._turns.turn(asker):
            process, begun = self._taken(), monotonic()
            try:
                yield process
            finally:
                self._turns.took(asker, monotonic() - begun)
                self._given_back(process)

    def _taken(self) -> _Process:
        with suppress(IndexError):
            process = self._free.pop()
            if process.ready():
                return process
            self._ended(process)
        process = self._started()
        if process.ready():
            return process
        self._ended(process)
        if not self._end.alive:
            raise halted("busy")
        raise RuntimeError("the process that runs SQL does not start")

    def _given_back(self, process: _Process) -> None:
        process.uses += 1
        if process.idle and process.uses < _USES and self._end.alive:
            self._free.append(process)
        else:
            self._ended(process)
            if self._end.alive:
                self._free.append(self._started())
        self._no_more_once_closed()

    def _started(self) -> _Process:
        process = _Process(self._memory, self.seconds)
        self._all.add(process)
        self._no_more_once_closed()
        return process

    def _no_more_once_closed(self) -> None:
        """End what has come to be while the pool was being closed."""
        if not self._end.alive:
            _end(self._all, self._free)

    def _ended(self, process: _Process) -> None:
        self._all.discard(process)
        process.end()


def _end(processes: set[_Process], free: list[_Process]) -> None:
    with suppress(IndexError):
        while True:
            process = free.pop()
            processes.discard(process)
            process.end()
    for process in list(processes):  # whoever has one closes its pipes, once it does not answer
        process.child.kill()
        process.child.wait()


class _Process:
    """One child with its pipes; used by one thread at a time."""

    def __init__(self, memory: int, seconds: float) -> None:
        packages = str(Path(importlib.util.find_spec("duckdb").origin).parent.parent)
        life, held = os.pipe()
        self._life = os.fdopen(held, "wb", 0)  # never written to; it ends with this process
        command = [sys.executable, "-I", "-S", str(_PROGRAM), packages, str(memory), repr(seconds), str(life)]
        self.child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, pass_fds=(life,), cwd="/",
                                      env={"MALLOC_ARENA_MAX": "1", "LANG": "C.UTF-8", "TZ": "UTC"}, bufsize=0)
        os.close(life)
        self.uses, self.idle, self._begun = 0, True, False
        self._heard = bytearray()

    def ready(self) -> bool:
        """Whether it can be asked; waits until it has started."""
        if not self._begun:
            with suppress(Halted):
                self._begun = bool(self.hear(monotonic() + _START).get("ready"))
        return self._begun and self.child.poll() is None

    def ask(self, what: dict[str, Any], until: float) -> Any:
        """The child's first answer to what it is asked; Halted when there is none by then."""
        self.idle = False  # until its last answer is heard
        text = memoryview(sql_child.HEADER.pack(len(said := orjson.dumps(what))) + said)
        with suppress(BrokenPipeError):
            while text:
                text = text[self.child.stdin.write(text):]
        return self.hear(until)

    def hear(self, until: float) -> Any:
        """The child's next answer; Halted when there is none by then."""
        header = self._read(sql_child.HEADER.size, until)
        return orjson.loads(self._read(sql_child.HEADER.unpack(header)[0], until))

    def _read(self, size: int, until: float) -> bytes:
        if size > 2 * MAX_SIZE:
            raise halted("memory")
        with selectors.DefaultSelector() as selector:
            selector.register(self.child.stdout, selectors.EVENT_READ)
            while len(self._heard) < size:
                if not selector.select(max(0.0, until - monotonic())):
                    raise halted("time")
                more = self.child.stdout.read(1 << 16)
                if not more:
                    raise halted("time" if monotonic() >= until else "memory")
                self._heard += more
        taken = bytes(self._heard[:size])
        del self._heard[:size]
        return taken

    def end(self) -> None:
        """Kill it, and leave nothing of it behind."""
        self.child.kill()
        self.child.wait()
        for pipe in (self.child.stdin, self.child.stdout, self._life):
            pipe.close()


def query(pool: SqlPool, sql: str, tables: Callable[[str], Path | None], *, asker: str = "", rows: int = MAX_ROWS, size: int = MAX_SIZE) -> Answer:
    """The answer to one reading query of a stranger, at most so many rows and bytes of JSON.

    `asker` is whose turn it takes, an address or an account. `tables` says for the name of a table which DuckDB file holds it, in a table `rows`; None where there is none. What it raises goes on.
    Raises NotFound for a table that is not there, NotAuthorized and Invalid for what is not let through, and Invalid for a query that is
    wrong, takes too long or too much memory, or finds all processes busy.
    """
    with pool.process(asker) as process:
        started = monotonic()
        said = process.ask({"sql": sql}, started + pool.seconds)
        process.idle = "failed" not in said
        left = pool.seconds - (monotonic() - started)
    if "refused" in said:
        raise refused(said["refused"])
    if "failed" in said:
        raise failed(said)
    paths = [_path(tables, name) for name in said["tables"]]
    with pool.process(asker) as process:
        return _answer(process, {"passed": said["passed"], "paths": paths, "rows": rows, "size": size}, left)


def _path(tables: Callable[[str], Path | None], name: str) -> str:
    path = tables(name)
    if path is None:
        raise NotFound
    return str(path)


def _answer(process: _Process, question: dict[str, Any], seconds: float) -> Answer:
    until = monotonic() + seconds
    said, rows = process.ask(question, until), []
    columns = [(name, sql_type(kind)) for name, kind in said.get("columns", ())]
    while not said.keys() & {"end", "failed"}:
        rows += said.get("rows", ())
        said = process.hear(until)
    process.idle = "end" in said or said["failed"] == "query"
    if "failed" in said:
        raise failed(said)
    return Answer(columns, rows, said["truncated"])


_TYPES = {
    "TINYINT": "int2", "SMALLINT": "int2", "INTEGER": "int4", "BIGINT": "int8", "UTINYINT": "int2", "USMALLINT": "int4", "UINTEGER": "int8",
    "UBIGINT": "numeric", "HUGEINT": "numeric", "UHUGEINT": "numeric", "FLOAT": "float4", "DOUBLE": "float8", "BOOLEAN": "bool", "DATE": "date",
    "TIME": "time", "TIMESTAMP": "timestamp", "TIMESTAMP_S": "timestamp", "TIMESTAMP_MS": "timestamp", "TIMESTAMP_NS": "timestamp",
    "TIMESTAMP WITH TIME ZONE": "timestamptz", "INTERVAL": "interval", "UUID": "uuid", "BLOB": "bytea", "JSON": "json",
}


def sql_type(kind: str) -> str:
    """PostgreSQL's name of a type of DuckDB's."""
    if kind.endswith("]"):
        return "_" + sql_type(kind[:kind.rindex("[")])
    if kind.startswith("DECIMAL"):
        return "numeric"
    return "json" if kind.startswith(("STRUCT", "MAP")) else _TYPES.get(kind, "text")

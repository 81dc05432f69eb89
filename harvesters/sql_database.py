"""One database of an agency: reached at a vetted address only, read in a read-only transaction, never longer than allowed."""

from __future__ import annotations

import os
import socket
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, CursorResult, Engine, create_engine, event, inspect
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from catalog.errors import Trouble, UsageError
from catalog.issues import Issue, Place
from catalog.net import Net
from catalog.net.guard import urlsplit_or_none
from harvesters.base import SourceSpec
from harvesters.waiting import hanging_up

REASON = 200  # characters of what a database says that an issue repeats
GRACE = 2  # seconds after its time limit that a server may take to say so itself
_TICKS = 10_000  # instructions of SQLite between two looks at the clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One make of database.

    `dialect` is sqlglot's name of its SQL; `begin` are the first statements of a transaction, with `{ms}` and `{s}` for the
    time limit; `arguments` are the driver's, of a vetted address, the seconds to connect and the time limit. A driver that
    can be told host and address apart is (`knows_both`), and where the source's address says `sslmode=verify-full` it checks
    the server's certificate by its name; the others are given the address as host.
    """

    driver: str
    dialect: str
    port: int
    begin: tuple[str, ...]
    arguments: Callable[[str, int, int], Mapping[str, Any]]
    knows_both: bool = False


# What libpq would take from the environment and the home of this worker, and give to an agency's server.
_NOWHERE = f"{os.devnull}/none"
_NOT_OURS = {"passfile": _NOWHERE, "sslcert": _NOWHERE, "sslkey": _NOWHERE, "options": "", "gssencmode": "disable"}

KINDS: Mapping[str, Kind] = {
    "postgresql": Kind(
        driver="postgresql+psycopg", dialect="postgres", port=5432, knows_both=True,
        begin=("SET TRANSACTION READ ONLY", "SET LOCAL standard_conforming_strings = on", "SET LOCAL statement_timeout = {ms}", "SET LOCAL lock_timeout = {ms}"),
        arguments=lambda address, connect, limit: {"hostaddr": address, "connect_timeout": connect, "application_name": "haidang", **_NOT_OURS}),
    "mysql": Kind(
        driver="mysql+pymysql", dialect="mysql", port=3306, begin=("SET SESSION max_execution_time = {ms}", "START TRANSACTION READ ONLY"),
        arguments=lambda address, connect, limit: {"connect_timeout": connect, "read_timeout": limit}),
    "mariadb": Kind(
        driver="mariadb+pymysql", dialect="mysql", port=3306, begin=("SET SESSION max_statement_time = {s}", "START TRANSACTION READ ONLY"),
        arguments=lambda address, connect, limit: {"connect_timeout": connect, "read_timeout": limit}),
    "oracle": Kind(
        driver="oracle+oracledb", dialect="oracle", port=1521, begin=("SET TRANSACTION READ ONLY",),
        arguments=lambda address, connect, limit: {"tcp_connect_timeout": connect}),
    "mssql": Kind(  # knows no read-only transaction: the query that was looked through and the account's rights are the walls
        driver="mssql+pymssql", dialect="tsql", port=1433, begin=("SET LOCK_TIMEOUT {ms}",),
        arguments=lambda address, connect, limit: {"login_timeout": connect, "timeout": limit}),
}
PORTS = {name: kind.port for name, kind in KINDS.items()}
_SQLITE = Kind(driver="sqlite", dialect="sqlite", port=0, begin=("PRAGMA query_only = ON", "PRAGMA trusted_schema = OFF"),
               arguments=lambda address, connect, limit: {})
_QUERY = {"sslmode", "service_name"}  # what an address may say beside host and database
_SLOW, _WOULD_CHANGE, _LOST = {"57014", "55P03", "25P03"}, {"25006"}, ("08", "57P")


class Database:
    """A database by its address; nothing is asked before `reading`. `limit` is in seconds, for the whole of a reading."""

    def __init__(self, source: SourceSpec, net: Net, limit: int) -> None:
        self._net, self._limit, self._password = net, limit, source.secrets.get("password") or ""
        self._address = source.url
        self.url, self._kind = _read(source.url)

    @property
    def dialect(self) -> str:
        """The name of its SQL."""
        return self._kind.dialect

    def vet(self) -> None:
        """Trouble unless the operator allows this database to be read."""
        if self._kind is _SQLITE:
            self._net.allowed_file(self.url.database or "")
        else:
            self._net.vet_target(self._net.elsewhere(self._address, PORTS, only_allowed=True))

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        """A connection in a read-only transaction, in its turn; whatever the database says no to becomes Trouble."""
        if self._kind is _SQLITE:
            path = self._net.allowed_file(self.url.database or "")
            where = f"file:{quote(str(path))}?mode=ro"
            engine = create_engine("sqlite://", creator=lambda: sqlite3.connect(where, uri=True, check_same_thread=False), poolclass=NullPool)
            with self._open(engine) as reading:
                yield reading
            return
        target = self._net.elsewhere(self._address, PORTS, only_allowed=True)
        with self._net.turn(target):
            with self._net.connected(target) as probe:
                address = probe.getpeername()[0]
            host = target.host if self._kind.knows_both else address  # what was vetted, however the driver would read the address
            url = self.url.set(drivername=self._kind.driver, host=host, port=target.port)
            arguments = self._kind.arguments(address, max(int(self._net.limits.connect), 1), self._limit)
            arguments = {**arguments, "password": self._password}  # never left out: a driver may look for one elsewhere
            engine = create_engine(url, poolclass=NullPool, connect_args=arguments)
            with self._open(engine) as reading:
                yield reading

    @contextmanager
    def _open(self, engine: Engine) -> Iterator[Reading]:
        ends = time.monotonic() + self._limit
        entered = False
        try:
            with self._watched(engine, ends), engine.connect() as connection:
                for statement in self._kind.begin:
                    connection.exec_driver_sql(statement.format(ms=int(self._limit * 1000), s=self._limit))
                entered = True
                with closing(Reading(connection, ends, self._limit, self._net.heed)) as reading:
                    yield reading
                connection.rollback()
        except DBAPIError as error:
            self._net.heed()
            raise self._trouble(error, entered, time.monotonic() > ends) from None  # the driver's own error may repeat what it was given
        except SQLAlchemyError as error:
            self._net.heed()
            raise Trouble(Issue("database-said-no", Place(), {"reason": self._words(error)})) from None
        finally:
            engine.dispose()

    @contextmanager
    def _watched(self, engine: Engine, ends: float) -> Iterator[None]:
        """Have the reading end in time, or when it is called off, by means of our own too: a server that has fallen silent keeps no time limit."""
        called_off, opened = self._net.called_off, []

        def watch(driver: Any, _: Any) -> None:
            opened.append(driver)
            if self._kind is _SQLITE:
                driver.set_progress_handler(lambda: time.monotonic() > ends or called_off(), _TICKS)
            elif hasattr(driver, "call_timeout"):  # Oracle's
                driver.call_timeout = self._limit * 1000

        event.listen(engine, "connect", watch, insert=True)  # before SQLAlchemy asks its own first questions
        with hanging_up(lambda: time.monotonic() > ends + GRACE or called_off(), lambda: [_hang_up(driver) for driver in opened]):
            yield

    def _trouble(self, error: DBAPIError, entered: bool, late: bool) -> Trouble:
        """What a failure of the driver means; by SQLSTATE where it gives one."""
        state = str(getattr(error.orig, "sqlstate", None) or "")
        words = str(error.orig).lower()
        if not entered and not late and not state.startswith("42"):
            return Trouble(Issue("database-refused", Place(), {"reason": self._words(error.orig)}))
        if state in _SLOW or late or "interrupted" in words or "maximum statement execution time" in words:
            return Trouble(Issue("database-too-slow", Place(), {"seconds": self._limit}))
        if state in _WOULD_CHANGE or "readonly database" in words or "read only transaction" in words or "read-only transaction" in words:
            return Trouble(Issue("database-would-change", Place()))
        if error.connection_invalidated or state.startswith(_LOST) or (not state and "connection" in words):
            return Trouble(Issue("database-cut-short", Place()))
        return Trouble(Issue("database-said-no", Place(), {"reason": self._words(error.orig)}))

    def _words(self, error: BaseException | None) -> str:
        """The first line of what the database says, without the password, should it repeat it."""
        text = str(error).strip()
        text = text.rpartition("FATAL:")[2].strip() or type(error).__name__
        if self._password:
            text = text.replace(self._password, "•••")
        return text.splitlines()[0][:REASON]


def _hang_up(driver: Any) -> None:
    """Break a connection under a thread that waits on it; SQL Server's driver lets nobody do that, and has its own time-out only."""
    if hasattr(driver, "pgconn"):
        with suppress(OSError), socket.socket(fileno=os.dup(driver.pgconn.socket)) as line:
            line.shutdown(socket.SHUT_RDWR)
    elif (line := getattr(driver, "_sock", None)) is not None:  # PyMySQL's
        with suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)
    elif hasattr(driver, "cancel"):  # Oracle's
        driver.cancel()


class Reading:
    """An open, read-only transaction."""

    def __init__(self, connection: Connection, ends: float, limit: int, heed: Callable[[], None]) -> None:
        self._connection, self._ends, self._limit, self._heed = connection, ends, limit, heed
        self._result: CursorResult[Any] | None = None

    def close(self) -> None:
        """Let go of the rows that have not been read; a server that has gone has let go of them itself."""
        if self._result is not None:
            with suppress(SQLAlchemyError):
                self._result.close()

    def tables(self) -> list[str]:
        """The tables and views of the account's own schema, by name."""
        inspector = inspect(self._connection)
        return sorted({*inspector.get_table_names(), *inspector.get_view_names()})

    def select_all(self, table: str) -> str:
        """The query for all rows of `table` or `schema.table`, in the order of its key where it has one."""
        schema, _, name = table.rpartition(".")
        inspector, preparer = inspect(self._connection), self._connection.dialect.identifier_preparer
        if not inspector.has_table(name, schema=schema or None):
            raise Trouble(Issue("database-said-no", Place(), {"reason": f"không có bảng · no table {table[:100]}"}))
        key = inspector.get_pk_constraint(name, schema=schema or None).get("constrained_columns") or ()
        full = ".".join(preparer.quote(part) for part in (schema, name) if part)
        order = f" ORDER BY {', '.join(preparer.quote(column) for column in key)}" if key else ""
        return f"SELECT * FROM {full}{order}"

    def rows(self, query: str, size: int) -> tuple[list[str], Iterator[list[tuple[Any, ...]]]]:
        """The names of the columns, and the rows `size` at a time, as the server gives them."""
        connection = self._connection.execution_options(stream_results=True, max_row_buffer=size, no_parameters=True)
        self._result = connection.exec_driver_sql(query)
        return list(self._result.keys()), self._in_time(self._result.partitions(size))

    def _in_time(self, partitions: Iterator[Any]) -> Iterator[list[tuple[Any, ...]]]:
        for rows in partitions:
            self._heed()
            if time.monotonic() > self._ends:
                raise Trouble(Issue("database-too-slow", Place(), {"seconds": self._limit}))
            yield rows


def _read(address: str) -> tuple[URL, Kind]:
    """The address in its parts; Trouble or UsageError for one that names no database we know."""
    scheme = address.partition(":")[0].lower()
    if scheme != "sqlite" and scheme not in KINDS:
        raise Trouble(Issue("url-of-another-scheme", Place(), {"scheme": scheme[:40] or "–", "expected": ", ".join(["sqlite", *KINDS])}))
    try:
        url = make_url(address)
    except (ArgumentError, ValueError) as error:
        raise Trouble(Issue("url-broken", Place(url="–"))) from error
    if scheme != "sqlite" and not _is_read_alike(url, address):
        raise Trouble(Issue("url-broken", Place(url="–")))
    odd = sorted(set(url.query) - _QUERY)
    if odd or (scheme == "sqlite" and (url.query or url.host or not (url.database or "").startswith("/"))):
        raise UsageError("Địa chỉ cơ sở dữ liệu cần dạng postgresql://tên@máy-chủ:5432/cơ-sở hoặc sqlite:////đường/dẫn/tệp.db, không kèm tham số khác.",
                         "A database's address is postgresql://user@host:5432/name or sqlite:////path/to/file.db, without other parameters.")
    kind = KINDS.get(scheme, _SQLITE)
    try:
        url.set(drivername=kind.driver).get_dialect().import_dbapi()
    except (ImportError, NoSuchModuleError) as error:
        module = kind.driver.partition("+")[2]
        raise UsageError(f"Máy này chưa có trình điều khiển cho {scheme}: cài gói {module}.", f"This machine has no driver for {scheme}: install {module}.") from error
    return url, kind


def _is_read_alike(url: URL, address: str) -> bool:
    """Whether what is vetted is what the driver would ask: `x://allowed?@other/` has one host to urlsplit, another to SQLAlchemy."""
    parts = urlsplit_or_none(address)
    try:
        return parts is not None and (url.host or "").lower() == (parts.hostname or "") and url.port == parts.port
    except ValueError:
        return False

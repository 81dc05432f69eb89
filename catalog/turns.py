"""The ledger of places and moments of hosts (`catalog.net.ledger`) for workers that share a PostgreSQL.

A place is an advisory lock held by a connection of its own: PostgreSQL lets it go the moment that the connection ends,
so that a worker which is killed blocks nobody. Moments are a row a host, measured by the database's clock alone, so
that workers whose clocks differ agree. (A pooler that shares connections between transactions cannot hold such locks;
see `docs/decisions/0010-one-ledger-of-hosts.md`.)
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Engine, Row, event, text
from sqlalchemy.exc import DBAPIError

_NOW = "clock_timestamp() AT TIME ZONE 'UTC'"
_FREE_AT = f"greatest(host_turn.last_at + make_interval(secs => greatest(:interval, host_turn.pause)), host_turn.not_before) - {_NOW}"
_TAKE = text("SELECT pg_try_advisory_lock(:host, :place)")
_GIVE_BACK = text("SELECT pg_advisory_unlock(:host, :place)")
_REST = text(f"SELECT coalesce(extract(epoch FROM {_FREE_AT}), 0), pause FROM host_turn WHERE host = :host")
_CLAIM = text(f"""
    INSERT INTO host_turn (host, last_at, pause) VALUES (:host, {_NOW}, 0)
    ON CONFLICT (host) DO UPDATE SET last_at = {_NOW} WHERE coalesce({_FREE_AT} <= interval '0', true) RETURNING 1""")
_HOLD = text(f"""
    INSERT INTO host_turn (host, not_before, pause) VALUES (:host, {_NOW} + make_interval(secs => :seconds), 0)
    ON CONFLICT (host) DO UPDATE SET not_before = greatest(host_turn.not_before, excluded.not_before)""")
_SLOW_DOWN = text("""
    INSERT INTO host_turn (host, pause) VALUES (:host, :pause) ON CONFLICT (host) DO UPDATE SET pause = excluded.pause""")


class SharedLedger:
    """The ledger of all workers on one PostgreSQL; one connection for all threads of a process, opened when first needed."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._connection: Connection | None = None
        self._process = 0
        self._held: set[tuple[int, int]] = set()
        event.listen(engine, "engine_disposed", lambda _: self.close())

    def take(self, host: str, places: int) -> Any:
        """A lock asked for twice on one connection is given twice, so what this process holds is passed over."""
        number = _number(host)
        with self._lock:
            for place in range(places):
                if (number, place) not in self._held and self._ask(_TAKE, {"host": number, "place": place})[0]:
                    self._held.add((number, place))
                    return self._connection, place
        return None

    def give_back(self, host: str, place: Any) -> None:
        connection, number = place[0], (_number(host), place[1])
        with self._lock:
            if connection is self._connection and number in self._held:  # else it went with its connection
                self._held.remove(number)
                self._ask(_GIVE_BACK, {"host": number[0], "place": number[1]})

    def moment(self, host: str, interval: float) -> float:
        """Written only where a pause is to be kept; a host without one costs a look at its row."""
        asked = {"host": host, "interval": interval}
        with self._lock:
            if interval <= 0:
                row = self._ask(_REST, asked)
                if row is None or (row[0] <= 0 and row[1] <= 0):
                    return 0.0
            if self._ask(_CLAIM, asked) is not None:
                return 0.0
            row = self._ask(_REST, asked)
            return max(float(row[0]), 0.001) if row is not None else 0.0

    def hold(self, host: str, seconds: float) -> None:
        with self._lock:
            self._ask(_HOLD, {"host": host, "seconds": seconds})

    def slow_down(self, host: str, pause: float) -> None:
        with self._lock:
            self._ask(_SLOW_DOWN, {"host": host, "pause": pause})

    def close(self) -> None:
        """End the connection, and with it all places of this process."""
        with self._lock:
            self._let_go()

    def _ask(self, statement: Any, values: Mapping[str, Any]) -> Row[Any] | None:
        """The first row of an answer; once more on a new connection where the old one has ended, with all places on it."""
        for last in (False, True):
            try:
                result = self._connected().execute(statement, dict(values))
                return result.first() if result.returns_rows else None
            except DBAPIError as error:
                self._let_go()
                if last or not error.connection_invalidated:
                    raise
        raise AssertionError("the last attempt returns or raises")

    def _connected(self) -> Connection:
        if self._process != os.getpid():  # a fork must not speak on its parent's connection
            self._connection, self._process, self._held = None, os.getpid(), set()
        if self._connection is None:
            self._connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            self._connection.detach()  # not one of the pool's, which are for the work
            self._connection.exec_driver_sql("SET synchronous_commit = off")  # a moment that a crash forgets harms nobody
        return self._connection

    def _let_go(self) -> None:
        connection, self._connection, self._held = self._connection, None, set()
        if connection is not None and self._process == os.getpid():
            connection.close()


def _number(host: str) -> int:
    """A host as the number of an advisory lock (32 bits, signed); two hosts with the same one share their places."""
    return int.from_bytes(hashlib.sha256(b"haidang host " + host.encode()).digest()[:4], "big", signed=True)

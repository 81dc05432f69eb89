"""Whether anything at all was written to the store since one looked last, by whichever process, program or hand."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Hashable

from sqlalchemy import Engine, event, text

_SNAPSHOT = text("SELECT CAST(pg_current_snapshot() AS text)")


class Written:
    """A sign of the store's state, for many threads: it is the same as before only where no transaction has committed in between.

    SQLite tells a connection whether another one has committed (`PRAGMA data_version`), so one connection is kept for nothing else;
    PostgreSQL's snapshot names the transactions that have ended.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._watcher: sqlite3.Connection | None = None

    def sign(self) -> Hashable:
        """The sign of now. Read it first, then what it is to stand for."""
        if self._engine.dialect.name == "postgresql":
            with self._engine.connect() as connection:
                return connection.execute(_SNAPSHOT).scalar_one()
        with self._lock:
            if self._watcher is None:
                self._watcher = sqlite3.connect(self._engine.url.database, check_same_thread=False)
                event.listen(self._engine, "engine_disposed", self._close, once=True)
            return self._watcher.execute("PRAGMA data_version").fetchone()[0]

    def _close(self, engine: Engine) -> None:
        with self._lock:
            self._watcher.close()
            self._watcher = None

"""Everything that one running process of the site holds: settings, store, files, clock, way out, search."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from sqlalchemy import Engine
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from catalog import db
from catalog.clock import Clock, FrozenClock
from catalog.errors import UsageError
from catalog.files import Files, open_files
from catalog.models import SiteFact
from catalog.net import Limits, Net
from catalog.net.ledger import FileLedger, Ledger
from catalog.public_texts import PublicTexts
from catalog.search import SearchIndex
from catalog.settings import Settings
from catalog.settings import load as load_settings
from catalog.turns import SharedLedger
from catalog.written import Written

if TYPE_CHECKING:
    from catalog.tables.serving import Tables
    from catalog.tables.shelf import Shelf
    from catalog.tables.sql_pool import SqlPool


@dataclass(frozen=True)
class Site:
    """The parts of one process; made by `open_site`, passed down, never global."""

    settings: Settings
    engine: Engine
    files: Files
    clock: Clock | FrozenClock

    @cached_property
    def search(self) -> SearchIndex:
        return SearchIndex(self.settings.var / "index", self.engine)

    @cached_property
    def written(self) -> Written:
        return Written(self.engine)

    @cached_property
    def public_texts(self) -> PublicTexts:
        return PublicTexts()

    @cached_property
    def tables(self) -> Tables:
        from catalog.tables.serving import Tables  # commands that ask no table start without DuckDB

        return Tables(self.shelf, self.files.path)

    @cached_property
    def shelf(self) -> Shelf:
        """What is made of stored tables and can be made again: files to ask, downloads, differences."""
        from catalog.tables.shelf import Shelf

        return Shelf(self.settings.var / "cache" / "tables", self.settings.table_cache * 1_000_000)

    @cached_property
    def net(self) -> Net:
        """The way out; beside what the operator allows, a demonstration's own endpoints on this machine may be reached."""
        port = remembered(self.engine, "demo_port")
        own = (f"127.0.0.1:{port}",) if port else ()
        limits = Limits(per_host=self.settings.host_calls, interval=self.settings.host_interval)
        return Net(allow_hosts=(*self.settings.allow_hosts, *own), allow_folders=self.settings.allow_folders, contact=self.settings.site_url,
                   limits=limits, ledger=self.ledger)

    @cached_property
    def ledger(self) -> Ledger:
        """Who may call a host now, among all processes of the site: those of this machine, or all that share the PostgreSQL."""
        if self.engine.dialect.name == "postgresql":
            return SharedLedger(self.engine)
        return FileLedger(self.settings.var / "hosts")

    @cached_property
    def sql(self) -> SqlPool:
        """The processes in which queries of strangers run; the first query starts them."""
        from catalog.tables.sql_pool import SqlPool

        return SqlPool()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        with db.transaction(self.engine, write=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        with db.transaction(self.engine) as session:
            yield session


def open_site(settings: Settings, *, clock: Clock | FrozenClock | None = None, migrate: bool = False) -> Site:
    """Open the store and the files; UsageError when the store has not been migrated."""
    engine = db.make_engine(settings.database_url)
    if migrate:
        db.upgrade(engine)
    elif not db.is_current(engine):
        raise UsageError(
            "Cơ sở dữ liệu chưa được khởi tạo hoặc chưa nâng cấp. Hãy chạy: haidang db upgrade",
            "The database has not been set up or upgraded. Run: haidang db upgrade",
        )
    return Site(settings=settings, engine=engine, files=open_files(settings.storage_url, settings.var / "cache"),
                clock=clock or Clock(remembered(engine, "clock_offset_days", 0)))


def remembered(engine: Engine, key: str, default: object = None) -> object:
    """A fact that the site remembers, or `default`."""
    with db.transaction(engine, write=False) as session:
        fact = session.get(SiteFact, key)
        return default if fact is None else fact.value


def remember(session: Session, key: str, value: object) -> None:
    """Keep a fact of the site, whichever process keeps it first; see SiteFact."""
    fact = session.get(SiteFact, key)
    if fact is not None:
        fact.value = value
        return
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = insert(SiteFact).values(key=key, value=value)
    session.execute(statement.on_conflict_do_update(index_elements=["key"], set_={"value": statement.excluded.value}))


def site_here(*, migrate: bool = False) -> Site:
    """The site that the settings of this folder and the environment describe."""
    return open_site(load_settings(), migrate=migrate)

"""The demo province, really harvested: what the tests in a browser walk through.

Among what is there: a table that is valid, one whose newer version is refused while the last good one stays, one that
is held for personal data, a run that failed.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask
from sqlalchemy import select
from werkzeug.serving import WSGIRequestHandler, make_server

from catalog import db
from catalog.clock import Clock, FrozenClock
from catalog.models import Dataset, Resource, Run, Source, Version
from catalog.settings import Settings
from catalog.site import Site, open_site
from support.harvesting import harvest, harvest_all
from web import create_app

VALID = "phong-kham-tu-nhan-duoc-cap-phep"
REFUSED = "cho-tren-dia-ban-tinh"  # valid at first; spoilt before the second harvest
REFUSED_SOURCE = "so-ct-cho-sieu-thi"
REFUSED_AGENCY = "so-ct"
HELD = "to-chuc-hanh-nghe-cong-chung"
DOWN = "so-xd-du-lieu"


@dataclass(frozen=True, slots=True, kw_only=True)
class Province:
    """A served site and the addresses of what the tests look at, each from the root."""

    site: Site
    url: str
    paths: dict[str, str] = field(default_factory=dict)


class _Silent(WSGIRequestHandler):
    """A server that writes no log."""

    protocol_version = "HTTP/1.1"

    def log(self, *_: object) -> None:
        pass


@contextmanager
def province(folder: Path, clock: FrozenClock) -> Iterator[Province]:
    """Make the agencies' files, harvest them, spoil one and harvest it again, then serve the site on loopback."""
    site = open_empty(folder, clock)
    try:
        _seed(site, folder / "demo")
        with serving(create_app(site)) as url:
            yield Province(site=site, url=url, paths=_paths(site))
    finally:
        site.engine.dispose()


def stored_bytes(site: Site, dataset: str) -> bytes:
    """The bytes kept of the live version of the dataset's first file."""
    with site.reading() as session:
        sha256 = session.scalar(select(Version.sha256).join(Resource, Resource.version_id == Version.id).join(Dataset)
                                .where(Dataset.name == dataset).order_by(Resource.position).limit(1))
    assert sha256 is not None
    return site.files.get(sha256)


def open_empty(folder: Path, clock: Clock | FrozenClock) -> Site:
    """A site on SQLite in which there is nothing yet."""
    var = folder / "var"
    var.mkdir()
    settings = Settings(var=var, database_url=f"sqlite:///{var / 'haidang.db'}", storage_url=f"file://{var / 'files'}",
                        secret_key="s" * 20 + "ecret-of-a-test", site_url="http://127.0.0.1", allow_hosts=("127.0.0.1",))
    engine = db.make_engine(settings.database_url)
    db.upgrade(engine)
    engine.dispose()
    return open_site(settings, clock=clock)


def _seed(site: Site, folder: Path) -> None:
    from demo.load import DEMO
    from demo.serve import Endpoints

    DEMO.generate(folder)
    with _running(Endpoints(folder)) as endpoints:
        DEMO.load(site, endpoints.base)
        harvest_all(site)
        DEMO.history(site)
        _spoil(folder / REFUSED_AGENCY)
        spoilt = harvest(site, REFUSED_SOURCE)
    assert spoilt["status"] == "succeeded-with-issues", spoilt


def _spoil(folder: Path) -> None:
    """Write the dates of every second row with the day first, as a person would."""
    path = next(folder.rglob("Chợ trên địa bàn tỉnh.csv"))
    head, *rows = path.read_text("utf-8").splitlines()
    day = rows[0].rsplit(",", 1)[1]
    turned = "/".join(reversed(day.split("-")))
    path.write_text("\n".join([head, *(row.replace(day, turned) if number % 2 else row for number, row in enumerate(rows))]) + "\n", "utf-8")


def _paths(site: Site) -> dict[str, str]:
    with site.reading() as session:
        refused, number = session.execute(
            select(Resource.id, Version.number).join(Version, Version.resource_id == Resource.id).join(Dataset)
            .where(Dataset.name == REFUSED, Version.state == "refused")).one()
        failed = session.scalar(select(Run.id).join(Source).where(Source.name == DOWN, Run.status == "failed"))
        mixed = session.scalar(select(Run.id).join(Source).where(Source.name == REFUSED_SOURCE, Run.status == "succeeded-with-issues"))
    return {
        "valid": f"/dataset/{VALID}", "refused": f"/dataset/{REFUSED}", "held": f"/dataset/{HELD}",
        "resource": f"/dataset/{REFUSED}/resource/{refused}", "report": f"/dataset/{REFUSED}/resource/{refused}/report/{number}",
        "organization": f"/organization/{REFUSED_AGENCY}", "failed": f"/runs/{failed}", "mixed": f"/runs/{mixed}",
    }


@contextmanager
def _running(server) -> Iterator:
    """A server of sockets in a thread; stopped at the end."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """The application on a free port of loopback; yields its address."""
    with _running(make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Silent)) as server:
        yield f"http://127.0.0.1:{server.server_port}"

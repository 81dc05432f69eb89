"""An agency's drop with files in it, as the shared tests of all connectors see it."""

from __future__ import annotations

import tempfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from catalog import db
from catalog.clock import FrozenClock
from catalog.files import open_files
from catalog.models import Agency, Base, Source, UploadedFile
from catalog.settings import Settings
from catalog.site import Site
from catalog.uploads import Drop
from harvesters.base import SourceSpec
from support.kinds import Kind
from support.web_server import WebServer


def entry(number: int) -> dict[str, Any]:
    """A file and what was said when it was handed in."""
    return {"name": f"bang-{number:05}.csv", "title": f"Bộ dữ liệu {number}", "description": "Mô tả", "tags": ["chợ"], "license": "cc-by",
            "frequency": "monthly", "theme": "Y tế", "schema": "truong-hoc"}


def serve(server: WebServer, entries: list[dict[str, Any]]) -> SourceSpec:
    """A site of its own with a source that has these files."""
    folder = Path(server.beside.enter_context(tempfile.TemporaryDirectory(prefix="haidang-test-drop-")))
    engine = db.make_engine(f"sqlite:///{folder / 'haidang.db'}")
    server.beside.callback(engine.dispose)
    Base.metadata.create_all(engine, [Base.metadata.tables[name] for name in ("agency", "source", "uploaded_file")])
    settings = Settings(var=folder, database_url=str(engine.url), storage_url="", secret_key="", site_url="")
    now = datetime(2024, 9, 30, 5, tzinfo=UTC)
    site = Site(settings=settings, engine=engine, files=open_files(f"file://{folder}/files", folder / "cache"), clock=FrozenClock(now))
    with site.writing() as session:
        session.add(Agency(id="a", slug="so-y-te", level="province", valid_from=date(2023, 10, 27), created=now))
        session.flush()
        session.add(Source(id="s", name="nguon", agency_id="a", connector="upload", url="upload:nguon", created=now))
        session.flush()
        for said in entries:
            says = {key: value for key, value in said.items() if key != "name"}
            session.add(UploadedFile(source_id="s", identifier=said["name"], number=1, filename=said["name"], sha256="0" * 64, size=1, says=says, uploaded_at=now))
    return SourceSpec(name="nguon", url="upload:nguon", drop=Drop(site, "s"))


KINDS = {"upload": Kind(many=255, listing=None, entry=entry, serve=serve, has_address=False, refused=("ftp://example.vn/x", "http://10.0.0.1/", "nothing"))}

"""A database with a table for each dataset, as the shared tests of all connectors see it: an SQLite file."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import tempfile
from pathlib import Path
from typing import Any

from harvesters.base import SourceSpec
from support.kinds import Kind
from support.web_server import WebServer


def entry(number: int) -> dict[str, Any]:
    """A dataset as the option `datasets` describes it."""
    return {"identifier": f"bo-{number:05}", "title": f"Bộ dữ liệu {number}", "table": "cho", "description": "Mô tả", "tags": ["chợ"], "license": "cc-by",
            "frequency": "monthly", "theme": "Y tế", "schema": "truong-hoc"}


def serve(server: WebServer, entries: list[dict[str, Any]]) -> SourceSpec:
    """A database in the folder that the tests' way out allows; without entries one that has no table, and all are asked for."""
    folder = server.beside.enter_context(tempfile.TemporaryDirectory(prefix="haidang-test-databases-"))
    with contextlib.closing(sqlite3.connect(Path(folder) / "nguon.db")) as connection:
        if entries:
            connection.execute("CREATE TABLE cho (ma TEXT PRIMARY KEY, ten TEXT)")
        connection.commit()
    asked = [{"identifier": one.get("name"), "table": "cho", **one} for one in entries]
    options = {"datasets": json.dumps(asked, ensure_ascii=False)} if entries else {"tables": "*"}
    return SourceSpec(name="nguon", url=f"sqlite:///{folder}/nguon.db", options=options)


KINDS = {"sql": Kind(many=205, listing=None, entry=entry, serve=serve, has_address=False, required={"tables": "*"},
                     refused=("ftp://example.vn/x", "http://10.0.0.1/", "nothing", "sqlite:"))}

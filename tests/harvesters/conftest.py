"""A web server that does as it is told, and a way out that does not wait long for it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator

import pytest
from support.web_server import WebServer, web_server

from catalog.net import Limits, Net


@pytest.fixture
def server() -> Iterator[WebServer]:
    with web_server() as server:
        yield server


@pytest.fixture
def net() -> Net:
    return Net(("127.0.0.1",), limits=Limits(retries=0, connect=1, read=2, total=5), allow_folders=(tempfile.gettempdir(),))

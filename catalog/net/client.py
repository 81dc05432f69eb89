"""`Net`, the one object that goes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import requests

from catalog.net.limits import USER_AGENT, Answer, Downloaded, Limits


class Net:
    """A way out to the network; one for the whole process, safe for many threads."""

    def __init__(self, allow_hosts: Sequence[str] = (), *, limits: Limits | None = None, user_agent: str = USER_AGENT) -> None:
        self.limits = limits or Limits()

    def get(self, url: str, *, params: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None,
            max_bytes: int | None = None) -> Answer:
        raise NotImplementedError

    def get_json(self, url: str, *, params: Mapping[str, Any] | None = None, max_bytes: int | None = None) -> Any:
        raise NotImplementedError

    def head(self, url: str) -> Answer:
        raise NotImplementedError

    def download(self, url: str, to: Path, *, max_bytes: int | None = None, etag: str | None = None,
                 last_modified: str | None = None) -> Downloaded:
        raise NotImplementedError

    def session(self) -> requests.Session:
        raise NotImplementedError

"""One question to a server: what is asked, and by when it must be answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import requests


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What is asked for; `use` makes something of the open answer. Redirects are followed with the same question."""

    method: str = "GET"
    url: str
    headers: Mapping[str, str]
    use: Callable[[requests.Response], Any]
    total: float
    body: bytes | None = None
    follows: bool = True
    any_status: bool = False


@dataclass(slots=True)
class Deadline:
    """When a call must be over; what it waits for its turn at the host does not count, for that is no fault of the host's."""

    at: float

    def after(self, waited: float) -> float:
        """The moment, so many seconds later."""
        self.at += waited
        return self.at

"""Pages that strangers ask for again and again: made once, as long as nothing at all is written to the store."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import Flask, current_app, request

from web.kept import SECONDS

SIZE = 16_000_000  # characters of the pages of one process
LONGEST = 60.0  # seconds for which a page is shown unchanged; some say how long ago something was


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it was made: of which state of the store, and until when it may be shown."""

    text: str
    sign: Hashable
    until: float


class Pages:
    """The pages of one process, those asked for last; for many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pages: OrderedDict[Hashable, Page] = OrderedDict()
        self._size = 0
        self._sign: tuple[Hashable, float] = (None, 0.0)  # the last one, and since when it has been seen

    def get(self, key: Hashable, sign: Hashable) -> str | None:
        """A page that still holds."""
        now = time.monotonic()
        with self._lock:
            if self._sign[0] != sign:
                self._sign = sign, now
            page = self._pages.get(key)
            if page is None or page.sign != sign or now >= page.until:
                return None
            self._pages.move_to_end(key)
            return page.text

    def put(self, key: Hashable, sign: Hashable, text: str) -> None:
        """Keep a page that was made after the store had that sign.

        What a page repeats of `kept` is up to two seconds old; where something was written so lately, the page lives no longer either.
        """
        now = time.monotonic()
        with self._lock:
            quiet = self._sign[0] == sign and now - self._sign[1] > 2 * SECONDS
            self._size += len(text) - (len(self._pages[key].text) if key in self._pages else 0)
            self._pages[key] = Page(text, sign, now + (LONGEST if quiet else SECONDS))
            while self._size > SIZE:
                self._size -= len(self._pages.popitem(last=False)[1].text)


def shared(view: Callable[..., Any]) -> Callable[..., Any]:
    """A view whose page is the same for everybody who sends neither cookie nor token; whatever is no page in text is made each time."""

    @wraps(view)
    def answer(**values: Any) -> Any:
        if request.cookies or "Authorization" in request.headers:
            return view(**values)
        pages: Pages = current_app.extensions["haidang.pages"]
        key, sign = (request.host_url, request.full_path), current_app.extensions["haidang"].written.sign()
        text = pages.get(key, sign)
        if text is None:
            text = view(**values)
            if isinstance(text, str):
                pages.put(key, sign, text)
        return text

    return answer


def init_app(app: Flask) -> None:
    """Give the application a place for its pages."""
    app.extensions["haidang.pages"] = Pages()

"""Stands between us and a target: passes every call on, and may act when the target has done it and we do not know yet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import requests

from support.web_server import Handler, Route, WebServer, reply, web_server

Act = Callable[[str], Route | None]  # what is done after an action, by its name; a route is answered in place of the target


class _Everything(dict):
    """One route for every path."""

    def get(self, path: str, default: Route | None = None) -> Route:
        return self[""]


@contextmanager
def go_between(url: str, after: Act = lambda action: None, before: Act = lambda action: None) -> Iterator[WebServer]:
    """A server that passes calls on to `url`; `before` the target hears of one it may answer instead, `after` it has done it, too."""

    def passed_on(handler: Handler) -> None:
        action = handler.path.rpartition("/")[2]
        route = before(action)
        if route is None:
            headers = {name: value for name, value in handler.headers.items() if name.lower() not in ("host", "connection", "accept-encoding")}
            answer = requests.post(url + handler.path, data=handler.posted, headers=headers, timeout=30)
            route = after(action) or reply(answer.content, answer.status_code, content_type=answer.headers["content-type"])
        route(handler)

    with web_server() as server:
        server.routes = _Everything({"": passed_on})
        yield server

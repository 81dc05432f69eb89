"""Serving the pages by gunicorn: threads in one process, more processes where there are more cores."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gunicorn.app.base import BaseApplication
from gunicorn.workers.gthread import ThreadWorker

from catalog.errors import UsageError

if TYPE_CHECKING:
    from flask import Flask


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where to listen and with how many hands; one process of 16 threads by default."""

    host: str = "127.0.0.1"
    port: int = 5000
    processes: int = 1
    threads: int = 16

    @property
    def url(self) -> str:
        """The address as a person on this machine types it."""
        host = {"0.0.0.0": "127.0.0.1", "::": "localhost"}.get(self.host, self.host)
        return f"http://{host}:{self.port}/"


class Hands(ThreadWorker):
    """The threads of one process; those that tell readers of runs as they happen let go at once when the server stops."""

    def handle_exit(self, sig: int, frame: Any) -> None:
        if self.wsgi is not None:
            self.wsgi.extensions["haidang.live"].close()
        super().handle_exit(sig, frame)


class Served(BaseApplication):
    """gunicorn, configured here and nowhere else; each process makes its own application after it has forked."""

    def __init__(self, make_app: Callable[[], Flask], place: Place) -> None:
        self._make_app = make_app
        self._place = place
        super().__init__()

    def load_config(self) -> None:
        host = f"[{self._place.host}]" if ":" in self._place.host else self._place.host
        settings: dict[str, Any] = {
            "bind": f"{host}:{self._place.port}", "worker_class": Hands, "workers": self._place.processes,
            "threads": self._place.threads, "timeout": 120, "graceful_timeout": 10, "keepalive": 5, "loglevel": "warning",
            "control_socket_disable": True, "limit_request_line": 8190, "proc_name": "haidang",
        }
        for name, value in settings.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        app = self._make_app()
        app.extensions["haidang.live"].most = max(1, self._place.threads // 3)  # the others answer everything else
        return app


def serve(make_app: Callable[[], Flask], place: Place) -> None:
    """Serve until stopped by a signal; UsageError when the address cannot be had."""
    require_free(place)
    Served(make_app, place).run()


def require_free(place: Place) -> None:
    """UsageError when something listens at the place already, or nobody may."""
    family = socket.AF_INET6 if ":" in place.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((place.host, place.port))
        except OSError as error:
            raise UsageError(
                f"Không mở được {place.host}:{place.port} ({error.strerror}). Có thể một chương trình khác đang dùng; hãy chọn cổng khác bằng --port.",
                f"{place.host}:{place.port} cannot be opened ({error.strerror}). Another program may be using it; choose another with --port.",
            ) from error

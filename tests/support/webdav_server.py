"""A real WebDAV server (wsgidav) of a folder on loopback; what it was asked is remembered."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from wsgidav.fs_dav_provider import FilesystemProvider
from wsgidav.wsgidav_app import WsgiDAVApp

USER, PASSWORD = "mo", "M4t-khau/dav+bi'mat"


class _Server(WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        """Silence."""


class DavServer:
    """Its address, and for each request its method, path and whether it carried a proof of who asks."""

    def __init__(self, root: Path) -> None:
        # links are followed, as many servers do: what they lead to is then a folder like any other
        application = WsgiDAVApp({
            "provider_mapping": {"/": FilesystemProvider(str(root), readonly=True, fs_opts={"follow_symlinks": True})},
            "simple_dc": {"user_mapping": {"*": {USER: {"password": PASSWORD}}}},
            "http_authenticator": {"accept_basic": True, "accept_digest": False, "default_to_digest": False},
            "dir_browser": {"enable": False}, "logging": {"enable": False}, "verbose": 0, "property_manager": None, "lock_storage": None,
            "cors": {}, "hotfixes": {}, "fs_dav_provider": {"follow_symlinks": True},
        })
        self.asked: list[tuple[str, str, bool]] = []

        def remembering(environ, start_response):
            self.asked.append((environ["REQUEST_METHOD"], environ["PATH_INFO"], "HTTP_AUTHORIZATION" in environ))
            return application(environ, start_response)

        self._server = _Server(("127.0.0.1", 0), _Quiet)
        self._server.set_app(remembering)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()

    def url(self, path: str = "/") -> str:
        return f"http://127.0.0.1:{self._server.server_port}{path}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@contextmanager
def webdav_server(root: Path) -> Iterator[DavServer]:
    """A running server of a folder; stopped at the end."""
    server = DavServer(root)
    try:
        yield server
    finally:
        server.close()

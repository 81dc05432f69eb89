"""The servers that are measured, each with its processes: the site as `haidang serve` opens it, and a bare Flask that says hello."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from support.ports import free_port

from benchmarks.serving_client import Connection
from catalog.site import Site

PROCESSES, THREADS = 2, 8
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs: its port, and the process that started its workers."""

    port: int
    pid: int

    def processor(self) -> float:
        """Processor seconds that the workers have used until now."""
        return sum(sum(map(int, stat[11:13])) / _TICKS for stat in map(_stat, self._workers()))

    def memory(self) -> int:
        """Bytes that the largest worker had in use at its peak."""
        said = (Path(f"/proc/{pid}/status").read_text() for pid in self._workers())
        return max(int(text.partition("VmHWM:")[2].split()[0]) * 1024 for text in said)

    def _workers(self) -> list[str]:
        return Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()


def _stat(pid: str) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def environment(site: Site) -> dict[str, str]:
    """The settings of a site, so that another process opens it."""
    settings = site.settings
    return {"HAIDANG_VAR": str(settings.var), "HAIDANG_DATABASE_URL": settings.database_url, "HAIDANG_STORAGE_URL": settings.storage_url,
            "HAIDANG_SECRET_KEY": settings.secret_key, "HAIDANG_SITE_URL": settings.site_url}


@contextmanager
def started(which: str, environment: Mapping[str, str], *, processes: int = PROCESSES) -> Iterator[Server]:
    """A server of that kind, ready to be asked; stopped at the end."""
    port = free_port()
    child = subprocess.Popen([sys.executable, "-m", "benchmarks.serving_child", which, str(port), str(processes)], env={**os.environ, **environment})
    try:
        _wait(port, child)
        yield Server(port, child.pid)
    finally:
        child.terminate()
        child.wait(30)


def _wait(port: int, child: subprocess.Popen) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and child.poll() is None:
        try:
            with Connection(port) as connection:
                connection.ask("/" if child.args[3] == "hello" else "/api/3/action/status_show")
                return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("the server did not start")


def main() -> None:
    """Serve until stopped: `hello` or `site`, a port, a number of processes."""
    from flask import Flask

    from catalog.site import site_here
    from web import create_app
    from web.serving import Place, Served

    def hello() -> Flask:
        app = Flask("hello")
        app.add_url_rule("/", view_func=lambda: "hello")
        app.extensions["haidang.live"] = _Nothing()
        return app

    which, port, processes = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    Served(hello if which == "hello" else lambda: create_app(site_here()), Place(port=port, processes=processes, threads=THREADS)).run()


class _Nothing:
    """Stands where the site tells of its runs."""

    most = 0

    def close(self) -> None:
        """There is nothing to let go."""


if __name__ == "__main__":
    main()

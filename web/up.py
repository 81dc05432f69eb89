"""`haidang up`: everything in one command, each part a process of its own, watched until it is told to stop.

The order is: migrate, the demonstration's endpoints and lists, the worker, the pages, the first harvest with its
progress bar. A second start finds the data there and only starts the processes.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from typing import Any

import click
from sqlalchemy import select

from catalog import settings as settings_module
from catalog.clock import Clock
from catalog.commands.database import migrate
from catalog.errors import UsageError
from catalog.models import Run, Source
from catalog.participation import participation
from catalog.settings import Settings
from catalog.site import Site, open_site, remember, remembered

GRACE = 10  # seconds that a process has to stop by itself
RESTARTS = 5  # times that a worker is started again before we give up
DEMO_PORT = 5099


@click.command()
@click.option("--demo", is_flag=True, help="Dựng sẵn tỉnh minh hoạ · With the demo province.")
@click.option("--port", default=5000, show_default=True, type=click.IntRange(1, 65535), help="Cổng của trang · The port of the site.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Địa chỉ lắng nghe · The address to listen on.")
def up(demo: bool, port: int, host: str) -> None:
    """Chạy tất cả: nâng cấp, bộ chạy, trang, lượt thu thập đầu · Everything in one command."""
    _require_free(host, port)
    settings = settings_module.load()
    address = settings.site_url or f"http://{host}:{port}"
    migrate(settings)
    processes = Processes(environment(settings, SITE_URL=address))
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    try:
        if demo:
            _start_demo(settings, processes, port)
        processes.start("worker", "worker")
        processes.start("web", "serve", "--host", host, "--port", str(port))
        _wait_for(host, port, processes)
        click.echo(f"\n  Hải Đăng: {address}\n", err=True)
        _first_harvest(settings, processes, demo)
        click.echo(f"  Hải Đăng: {address}   (Ctrl+C để dừng · Ctrl+C to stop)\n", err=True)
        processes.watch()
    except KeyboardInterrupt:
        click.echo("\nĐang dừng… · Stopping…", err=True)
    finally:
        processes.stop()


def _stop(*_: object) -> None:
    raise KeyboardInterrupt


def environment(settings: Settings, **more: str) -> dict[str, str]:
    """The environment of the processes: the settings as they were read, so that all agree on them."""
    values = {"VAR": str(settings.var), "DATABASE_URL": settings.database_url, "STORAGE_URL": settings.storage_url,
              "SECRET_KEY": settings.secret_key, "SITE_URL": settings.site_url, "ALLOW_HOSTS": ",".join(settings.allow_hosts),
              "ALLOW_FOLDERS": ",".join(settings.allow_folders),
              "EXECUTOR_ID": settings.executor_id, **more}
    return {**os.environ, **{f"HAIDANG_{name}": value for name, value in values.items()}}


@dataclass
class Processes:
    """The processes that belong to this start; one that dies is noticed, a worker is started again."""

    env: dict[str, str]
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    orders: dict[str, tuple[str, ...]] = field(default_factory=dict)
    deaths: int = 0

    def start(self, name: str, *arguments: str) -> None:
        """Start `haidang ARGUMENTS` under a name."""
        self.start_python(name, "-m", "catalog", *arguments)

    def start_python(self, name: str, *arguments: str) -> None:
        """Start `python ARGUMENTS` under a name, in a group of its own so that Ctrl+C reaches us first."""
        self.orders[name] = arguments
        self.running[name] = subprocess.Popen([sys.executable, *arguments], env=self.env, start_new_session=True)

    def run(self, *arguments: str) -> int:
        """Run `haidang ARGUMENTS` to its end, in this terminal."""
        return subprocess.run([sys.executable, "-m", "catalog", *arguments], env=self.env, check=False, stdout=subprocess.DEVNULL).returncode

    def watch(self) -> None:
        """Wait until something ends; UsageError when it cannot be mended by starting it again."""
        while True:
            for name, process in list(self.running.items()):
                if process.poll() is None:
                    continue
                self.deaths += 1
                if name == "web" or self.deaths > RESTARTS:
                    raise UsageError(f"Tiến trình {name} đã dừng (mã {process.returncode}). Xem thông báo phía trên.",
                                     f"The process {name} has stopped (code {process.returncode}). See what it said above.")
                self.start_python(name, *self.orders[name])
            time.sleep(0.5)

    def stop(self) -> None:
        """Ask every process to stop, the last started first; end by force what does not."""
        for process in reversed(self.running.values()):
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + GRACE
        for process in self.running.values():
            try:
                process.wait(timeout=max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _start_demo(settings: Settings, processes: Processes, taken: int) -> None:
    """Start the agencies' own endpoints, not at the port that the pages are to have, and load the register, the commitments and the sources."""
    demo = load_demo()
    site = open_site(settings)
    folder = settings.var / "demo"
    port = _free_port(int(remembered(site.engine, "demo_port", DEMO_PORT)), taken)
    if remembered(site.engine, "clock_offset_days") is None:
        with site.writing() as session:
            remember(session, "clock_offset_days", (demo.day - Clock().today()).days)
    with site.writing() as session:
        remember(session, "demo_port", port)
    demo.generate(folder)
    processes.start_python("demo", "-m", "demo.serve", "--port", str(port), "--folder", str(folder))
    _wait_for("127.0.0.1", port, processes)
    site.engine.dispose()
    site = open_site(settings)  # anew, because the clock stands on the demonstration's day from here on
    demo.load(site, f"http://127.0.0.1:{port}")
    site.engine.dispose()


def load_demo() -> Any:
    """The demonstration that is installed; UsageError when there is none."""
    for entry in entry_points(group="haidang.demo"):
        return entry.load()
    raise UsageError("Chưa cài phần minh hoạ; hãy chạy không kèm --demo.", "No demonstration is installed; start without --demo.")


def _first_harvest(settings: Settings, processes: Processes, demo: bool) -> None:
    """Harvest what has never been harvested, with a progress bar; then say the figure."""
    site = open_site(settings)
    try:
        with site.reading() as session:
            harvested = select(Run.source_id).where(Run.finished_at.is_not(None))
            waiting = list(session.scalars(select(Source.name).where(Source.state == "active", Source.id.not_in(harvested)).order_by(Source.name)))
        if waiting:
            processes.run("harvest", "--join", *waiting)  # a schedule may have been faster
        if demo and not remembered(site.engine, "demo_history"):
            load_demo().history(site)
            with site.writing() as session:
                remember(session, "demo_history", True)
        _say_figure(site)
    finally:
        site.engine.dispose()


def _say_figure(site: Site) -> None:
    with site.reading() as session:
        figure = participation(session, site.clock.today())
    if figure.total:
        click.echo(f"  {figure.counted}/{figure.total} cơ quan tham gia mở dữ liệu, tính đến {figure.day:%d/%m/%Y} · "
                   f"{figure.counted} of {figure.total} agencies take part on {figure.day:%d/%m/%Y}\n", err=True)


def _require_free(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            raise UsageError(f"Cổng {port} đang có chương trình khác dùng; chọn cổng khác: make run PORT={port + 1}",
                             f"Port {port} is in use; choose another: make run PORT={port + 1}") from None


def _free_port(wanted: int, taken: int) -> int:
    """The wanted port of the loopback address, or any free one; not the one that is taken soon."""
    for port in (wanted if wanted != taken else 0, 0):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return probe.getsockname()[1]
    raise UsageError("Không còn cổng trống trên máy này.", "There is no free port on this machine.")


def _wait_for(host: str, port: int, processes: Processes, seconds: float = 30) -> None:
    """Wait until somebody listens there; UsageError when nobody does, or when the process has died."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if any(process.poll() is not None for process in processes.running.values()):
            break
        with socket.socket() as probe:
            probe.settimeout(0.5)
            if probe.connect_ex((host, port)) == 0:
                return
        time.sleep(0.05)
    raise UsageError(f"Không khởi động được dịch vụ ở cổng {port}. Xem thông báo phía trên.",
                     f"The service on port {port} did not start. See what it said above.")


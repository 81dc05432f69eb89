"""`haidang worker`: the process that harvests. The other verbs of harvesting are in `harvesters/source_commands.py` and `harvest_command.py`."""

from __future__ import annotations

import signal
import threading
from dataclasses import replace

import click

from catalog.arenas import share_few
from catalog.settings import worker_name
from catalog.site import site_here
from harvesters.harvest_command import harvest
from harvesters.removal_commands import VERBS
from harvesters.source_commands import source
from harvesters.upload_commands import list_uploads, upload, withdraw


def register(group: click.Group) -> None:
    """Add the verbs of harvesting to `haidang`."""
    for verb in VERBS:
        source.add_command(verb)
    for command in (worker, source, harvest):
        group.add_command(command)
    for command in (upload, list_uploads, withdraw):
        source.add_command(command)


@click.command()
@click.option("--name", help="Tên riêng của bộ chạy, khi có nhiều bộ chạy trên PostgreSQL · Its own name, where several share a PostgreSQL database.")
def worker(name: str | None) -> None:
    """Chạy bộ thu thập theo lịch cho tới khi dừng bằng Ctrl+C · Run the worker, which also keeps the schedules, until it is stopped."""
    from harvesters.worker import (
        working,  # the durable engine costs half a second, which only this verb needs
    )

    share_few()
    site = site_here()
    if name is not None:
        site = replace(site, settings=replace(site.settings, executor_id=worker_name(name)))
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with working(site, by_the_clock=True):
        click.echo(f"Bộ chạy {site.settings.executor_id} đã sẵn sàng. · Worker {site.settings.executor_id} is ready.", err=True)
        stop.wait()

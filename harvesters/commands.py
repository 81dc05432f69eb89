"""`haidang worker`: the process that harvests. The other verbs of harvesting are in `harvesters/source_commands.py` and `harvest_command.py`."""

from __future__ import annotations

import signal
import threading

import click

from catalog.site import site_here
from harvesters.harvest_command import harvest
from harvesters.source_commands import source
from harvesters.upload_commands import list_uploads, upload, withdraw


def register(group: click.Group) -> None:
    """Add the verbs of harvesting to `haidang`."""
    for command in (worker, source, harvest):
        group.add_command(command)
    for command in (upload, list_uploads, withdraw):
        source.add_command(command)


@click.command()
def worker() -> None:
    """Chạy bộ thu thập cho tới khi dừng bằng Ctrl+C · Run the worker until it is stopped."""
    from harvesters.worker import (
        working,  # the durable engine costs half a second, which only this verb needs
    )

    site = site_here()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with working(site):
        click.echo(f"Bộ chạy {site.settings.executor_id} đã sẵn sàng. · Worker {site.settings.executor_id} is ready.", err=True)
        stop.wait()

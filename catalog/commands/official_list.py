"""What the commands of the register, the commitments and the figure share: the open site, a refused list line by line."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from catalog.errors import Invalid
from catalog.site import Site, site_here


@contextmanager
def open_house() -> Iterator[Site]:
    """The site that the settings of this folder describe; its connections are closed at the end."""
    house = site_here()
    try:
        yield house
    finally:
        house.engine.dispose()


@contextmanager
def refused_in_words() -> Iterator[None]:
    """Say each mistake of a refused list on a line of its own, and leave with exit code 1."""
    try:
        yield
    except Invalid as refusal:
        for where, words in refusal.errors.items():
            click.echo(f"{where}: {words}", err=True)
        click.echo("Chưa có gì được nạp. / Nothing was loaded.", err=True)
        sys.exit(1)

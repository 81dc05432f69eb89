"""What the commands that load an official list share: a refused list is said line by line."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from catalog.errors import Invalid


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

"""`haidang validate`: is this file what its schema says?"""

from __future__ import annotations

import click


def add_to(group: click.Group) -> None:
    """Add the verb to the command group."""
    group.add_command(validate)


@click.command()
@click.argument("file")
def validate(file: str) -> None:
    """Kiểm tra một tệp. Check a file."""

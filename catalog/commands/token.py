"""`haidang token`: rights of programs to write through the API."""

from __future__ import annotations

import click


def add_to(group: click.Group) -> None:
    """Add the verbs of tokens to the command."""

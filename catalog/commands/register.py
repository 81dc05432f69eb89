"""`haidang register`: the official register of agencies."""

from __future__ import annotations

import json
from pathlib import Path

import click

from catalog.commands.official_list import open_house, refused_in_words


def add_to(group: click.Group) -> None:
    group.add_command(register)


@click.group()
def register() -> None:
    """Sổ bộ cơ quan · The official register of agencies."""


@register.command()
@click.argument("path", metavar="F.csv", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="In kết quả dạng JSON · Print the result as JSON.")
def load(path: Path, as_json: bool) -> None:
    """Nạp sổ bộ từ tệp CSV theo lược đồ so-bo-co-quan; nạp lại cùng tệp không đổi gì ·
    Load the register from a CSV of the schema so-bo-co-quan; loading the same file again changes nothing.
    """
    from dataclasses import asdict

    from catalog.register import load_register

    with refused_in_words(), open_house() as house, house.writing() as session:
        result = load_register(session, path, house.clock.now())
    if as_json:
        click.echo(json.dumps(asdict(result)))
    else:
        click.echo(f"Sổ bộ: thêm {result.added}, sửa {result.changed}, giữ nguyên {result.unchanged} cơ quan.")
        click.echo(f"Register: {result.added} added, {result.changed} changed, {result.unchanged} unchanged.", err=True)

"""`haidang commitments`: the list of open data that agencies promised."""

from __future__ import annotations

import json
from pathlib import Path

import click

from catalog.commands.official_list import open_house, refused_in_words


def add_to(group: click.Group) -> None:
    group.add_command(commitments)


@click.group()
def commitments() -> None:
    """Danh mục dữ liệu mở · What agencies promised to publish."""


@commitments.command()
@click.argument("path", metavar="F.csv", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="In kết quả dạng JSON · Print the result as JSON.")
def load(path: Path, as_json: bool) -> None:
    """Nạp danh mục từ tệp CSV theo lược đồ danh-muc-du-lieu-mo; nạp lại cùng tệp không đổi gì ·
    Load the list from a CSV of the schema danh-muc-du-lieu-mo; loading the same file again changes nothing.
    """
    from dataclasses import asdict

    from catalog.commitments import load_commitments

    with refused_in_words(), open_house() as house, house.writing() as session:
        result = load_commitments(session, path, house.clock.now())
    if as_json:
        click.echo(json.dumps(asdict(result)))
    else:
        click.echo(f"Danh mục: thêm {result.added}, sửa {result.changed}, giữ nguyên {result.unchanged} bộ dữ liệu cam kết.")
        click.echo(f"Commitments: {result.added} added, {result.changed} changed, {result.unchanged} unchanged.", err=True)

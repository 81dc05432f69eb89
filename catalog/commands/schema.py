"""`haidang schema`: the Table Schemas that tables are checked against."""

from __future__ import annotations

import difflib
import json
import sys
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import schemas
from catalog.errors import Trouble, UsageError
from catalog.issues import Issue, Place

if TYPE_CHECKING:
    from schemas.samples import Examined

SAMPLE_ROWS = 10_000
HEADER_WITHIN = 50  # rows in which the header of a sheet is looked for

TYPES = {"string": "văn bản", "integer": "số nguyên", "number": "số", "date": "ngày", "datetime": "ngày giờ",
         "time": "giờ", "year": "năm", "boolean": "có/không"}


def add_to(group: click.Group) -> None:
    """Add the verbs to the command group."""
    group.add_command(schema)


@click.group("schema")
def schema() -> None:
    """Lược đồ bảng dữ liệu · Table Schemas."""


as_json_option = click.option("--json", "as_json", is_flag=True, help="In JSON ra stdout · Print JSON alone on stdout.")


@schema.command("list")
@as_json_option
def list_schemas(as_json: bool) -> None:
    """Liệt kê các lược đồ · List the schemas."""
    if as_json:
        _print_json([
            {"name": each.name, "title": dict(each.title), "description": dict(each.description), "theme": each.theme,
             "keywords": list(each.keywords), "version": each.descriptor.get("version"), "fields": len(each.fields)}
            for each in schemas.all_schemas()
        ])
        return
    for each in schemas.all_schemas():
        click.echo(f"{each.name:32} {each.title['vi']} · {each.title['en']} ({len(each.fields)} cột · columns)")


@schema.command()
@click.argument("name")
@as_json_option
def show(name: str, as_json: bool) -> None:
    """Các cột của một lược đồ · The columns of one schema; --json in Table Schema."""
    found = _named(name)
    if as_json:
        _print_json(found.descriptor)
        return
    click.echo(f"{found.title['vi']} · {found.title['en']}\n{found.description['vi']}\n{found.description['en']}\n")
    for field in found.fields:
        constraints = field.get("constraints", {})
        must = " *" if constraints.get("required") else ""
        click.echo(f"{field['name']}{must}  [{TYPES.get(field['type'], field['type'])} · {field['type']}]  {field['titles']['vi']} · {field['titles']['en']}")
        if "enum" in constraints:
            click.echo(f"    {' | '.join(map(str, constraints['enum']))}")
    click.echo("\n* bắt buộc · required")


@schema.command()
@click.argument("name", required=False)
@as_json_option
def check(name: str | None, as_json: bool) -> None:
    """Kiểm tra tệp mẫu của một hoặc mọi lược đồ · Check the samples of one schema or of all."""
    from schemas.samples import examine

    examined = [examine(each) for each in ([_named(name)] if name else schemas.all_schemas())]
    if as_json:
        _print_json([{**asdict(each), "is_sound": each.is_sound} for each in examined])
    else:
        for each in examined:
            _say(each)
    sys.exit(0 if all(each.is_sound for each in examined) else 1)


@schema.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@as_json_option
def suggest(file: Path, as_json: bool) -> None:  # noqa: ARG001 (a draft is JSON either way; the option keeps scripts uniform)
    """Soạn nháp lược đồ từ một tệp có sẵn · Draft a Table Schema from a first file.

    Mã có số 0 ở đầu được giữ là văn bản · Codes with leading zeros stay text.
    """
    from schemas.drafting import draft

    labels, rows = _table(file)
    name = "-".join(schemas.fold(file.stem).split()) or "luoc-do"
    if (known := schemas.match(labels)) is not None:
        click.echo(f"Bảng này khớp lược đồ có sẵn {known}. · This table fits the schema {known}.", err=True)
    _print_json(draft(name, labels, rows))


def _named(name: str) -> schemas.TableSchema:
    """The schema of that name; a UsageError names the nearest ones."""
    try:
        return schemas.load(name)
    except KeyError:
        near = ", ".join(difflib.get_close_matches(name, schemas.names(), n=3, cutoff=0.4)) or ", ".join(schemas.names())
        raise UsageError(f"Chưa có lược đồ “{name}”. Có thể bạn muốn: {near}.", f"There is no schema “{name}”. Near it: {near}.") from None


def _table(file: Path) -> tuple[list[str], list[list[str]]]:
    """The labels and the first rows of data of a file's table: of a sheet as offices lay them out without its titles, groups, totals and notes;
    else the header is the first row about as full as any."""
    from catalog.reading import Request, Workspace, open_file, sniff
    from catalog.validation.layout import with_margin
    from catalog.validation.table_finding import find_table

    workspace = Workspace()
    try:
        request = Request(path=file, filename=file.name)
        reading = open_file(request, sniff(request), workspace)
        placed = find_table(reading.grids, None, lambda labels: None)
        if placed is not None and placed.by_rows:
            left = with_margin(placed).margin
            cells = islice((row for _, row in placed.body()), SAMPLE_ROWS)
            return list(placed.labels[left:]), [["" if cell is None else str(cell) for cell in row[left:]] for row in cells]
        for grid in sorted(reading.grids, key=lambda grid: grid.hidden):
            rows = [["" if cell is None else str(cell) for cell in row] for row in islice(grid.rows(), SAMPLE_ROWS + HEADER_WITHIN)]
            if any(any(cell.strip() for cell in row) for row in rows):
                return _split(rows)
    finally:
        workspace.close()
    raise Trouble(Issue("file-empty", Place(file=file.name)))


def _split(rows: list[list[str]]) -> tuple[list[str], list[list[str]]]:
    filled = [sum(bool(cell.strip()) for cell in row) for row in rows[:HEADER_WITHIN]]
    header = next(place for place, count in enumerate(filled) if count >= 0.8 * max(filled))
    body = [row for row in rows[header + 1:] if any(cell.strip() for cell in row)]
    width = max(place for place, cell in enumerate(rows[header], start=1) if cell.strip())
    return rows[header][:width], body[:SAMPLE_ROWS]


def _say(examined: Examined) -> None:
    """One line for a sound schema, else one a difference."""
    if examined.is_sound:
        click.echo(f"{examined.name}: đúng · sound")
        return
    for words, entries in (
        ("lược đồ chưa hợp lệ · descriptor amiss", examined.in_descriptor), ("valid.csv có lỗi · error in valid.csv", examined.in_valid),
        ("invalid.csv chưa cho lỗi · expected error lacking", examined.lacking), ("invalid.csv cho lỗi ngoài dự kiến · unexpected error", examined.unexpected),
    ):
        for entry in entries:
            click.echo(f"{examined.name}: {words}: {entry}")


def _print_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))

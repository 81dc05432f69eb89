"""`haidang export`: a dataset's table, its original file, or all of it, as a file."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click
from sqlalchemy.orm import Session

from catalog.commands.official_list import open_house
from catalog.errors import UsageError

if TYPE_CHECKING:
    from catalog.models import Dataset, Version
    from catalog.site import Site
    from catalog.versions import Standing

PIECE = 1 << 20
TABLES = ("csv", "csv-bom", "csv-excel", "xlsx", "json", "ndjson", "parquet", "geojson")
FORMATS = ("original", "zip", *TABLES)
TEXT = ("csv", "csv-bom", "csv-excel", "json", "ndjson", "geojson")

Pieces = Iterable[bytes]


def add_to(group: click.Group) -> None:
    """Add the verb to the command."""
    group.add_command(export)


@click.command()
@click.argument("dataset")
@click.option("--format", "form", type=click.Choice(FORMATS), default="csv", show_default=True, help=(
    "csv-bom có dấu đầu tệp; csv-excel thêm vô hiệu công thức; zip là cả bộ (Data Package) · csv-bom with a byte order mark; csv-excel also disarms formulas; "
    "zip is the whole dataset as a Data Package."))
@click.option("--resource", help="Tệp nào: id hoặc tên; mặc định là bảng đầu tiên · Which file: id or name; the first table unless given.")
@click.option("--version", "number", type=click.IntRange(1), help="Bản nào; mặc định là bản đang dùng · Which version; the live one unless given.")
@click.option("--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="Ghi vào tệp; mặc định in ra stdout · Write to a file; standard output unless given.")
def export(dataset: str, form: str, resource: str | None, number: int | None, output: Path | None) -> None:
    """Xuất một bộ dữ liệu ra tệp · Export a dataset as a file.

    Chỉ xuất các bản đã công bố · Only published versions are exported.
    """
    if output is None and form not in TEXT and sys.stdout.isatty():
        raise UsageError("Định dạng này không xem được trên màn hình; hãy thêm --output TỆP.", "This format cannot be read on a terminal; add --output FILE.")
    with open_house() as house:
        pieces = _package(house, dataset) if form == "zip" else _file(house, dataset, form, resource, number)
        _write(pieces, output)


def _write(pieces: Pieces, output: Path | None) -> None:
    """To the file, which appears whole or not at all, or to standard output."""
    if output is None:
        for piece in pieces:
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
        return
    part = output.with_name(f".{output.name}.part")
    try:
        with part.open("wb") as file:
            file.writelines(pieces)
        os.replace(part, output)
    except OSError as error:
        raise UsageError(f"Chưa ghi được {output}: {error.strerror}.", f"{output} cannot be written: {error.strerror}.") from None
    finally:
        part.unlink(missing_ok=True)
    click.echo(f"Đã ghi {output} · written", err=True)


def _package(house: Site, name: str) -> Pieces:
    from catalog.actions.context import Context
    from catalog.exchange.entries import entries
    from catalog.exchange.package_zip import package
    from catalog.exchange.portal import portal

    with house.reading() as session:
        context = Context(site=house, session=session, user="command line", may_write=True)
        [entry] = entries(context, [_dataset(session, name)])
        if not entry.files:
            raise UsageError(f"Bộ dữ liệu {name} chưa có tệp nào.", f"The dataset {name} has no file.")
        return package(house, portal(context), entry).pieces()


def _dataset(session: Session, name: str) -> Dataset:
    from catalog.actions.lookup import find_dataset

    found = find_dataset(session, name)
    if found is None or found.state != "active":
        raise UsageError(f"Không có bộ dữ liệu nào tên {name} đang công bố.", f"No dataset named {name} is published.")
    return found


def _file(house: Site, name: str, form: str, resource: str | None, number: int | None) -> Pieces:
    from catalog.tables.downloads import Form, offered, pieces, whole

    with house.reading() as session:
        version = _version(session, _dataset(session, name), resource, number, of_table=form != "original")
        sha256, table, fields = version.sha256, version.table_sha256, version.fields
    if form == "original":
        return house.files.stream(sha256)
    kind, _, how = form.partition("-")
    if table is None or kind not in offered(fields):
        raise UsageError("Tệp này không xuất được ra định dạng đó; hãy thử --format original.", "This file cannot be had in that format; try --format original.")
    wanted = Form(kind=kind, bom=bool(how), excel_safe=how == "excel")
    return pieces(house.files.path(table), wanted) if wanted.streams else _pieces(whole(house, table, wanted))


def _pieces(path: Path) -> Pieces:
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece


def _version(session: Session, dataset: Dataset, resource: str | None, number: int | None, *, of_table: bool) -> Version:
    """The published version that is meant; UsageError where there is none."""
    from catalog import versions

    found = [standing for standing in versions.standings(session, dataset.resources) if _is_meant(standing, resource)]
    if not found:
        names = ", ".join(each.name or each.id for each in dataset.resources if each.state == "active") or "–"
        raise UsageError(f"Không có tệp nào tên {resource}; các tệp: {names}." if resource else "Bộ dữ liệu này chưa có tệp nào.",
                         f"There is no file named {resource}; the files: {names}." if resource else "This dataset has no file.")
    chosen = next((each for each in found if each.live and (each.live.table_sha256 or not of_table)), found[0])
    version = chosen.live if number is None else versions.numbered(session, chosen.resource.id, number)
    if version is None or version.state != "published":
        raise UsageError("Tệp này chưa có bản nào như thế được công bố; nếu là liên kết, hãy tải tại nguồn.",
                         "No such version of this file is published; where it is a link, fetch it at its source.")
    return version


def _is_meant(standing: Standing, resource: str | None) -> bool:
    return standing.resource.state == "active" and (resource is None or resource in (standing.resource.id, standing.resource.name))

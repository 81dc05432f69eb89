"""`haidang source upload | uploads | withdraw`: what an agency hands in itself."""

from __future__ import annotations

import json
from pathlib import Path

import click

from catalog.errors import UsageError
from catalog.freshness import PERIODS
from catalog.site import site_here
from catalog.sources import source_named
from catalog.uploads import keep_upload, receive, uploads, withdraw_upload


@click.command()
@click.argument("name")
@click.argument("paths", nargs=-1, required=True, metavar="FILE…", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--title", default="", help="Tên bộ dữ liệu · Title of the dataset.")
@click.option("--title-en", default="", help="Tên bằng tiếng Anh · Title in English.")
@click.option("--description", default="", help="Mô tả · Description.")
@click.option("--tags", default="", help="Từ khóa, cách nhau bằng dấu phẩy · Keywords, separated by commas.")
@click.option("--theme", default="", help="Chủ đề · Theme.")
@click.option("--license", default="", help="Giấy phép · Licence.")
@click.option("--frequency", default="", metavar="|".join(sorted(filter(None, PERIODS))), help="Tần suất cập nhật · Frequency of update.")
@click.option("--schema", default="", help="Lược đồ bảng để kiểm tra · Table Schema to check against.")
@click.option("--replace", "identifier", metavar="ID", help="Bản mới của bộ dữ liệu này, dù tên tệp khác · A new version of this dataset, though the file has another name.")
def upload(name: str, paths: tuple[Path, ...], identifier: str | None, title: str, title_en: str, description: str, **words: str) -> None:
    """Nộp tệp vào một nguồn kiểu upload · Hand in files to a source of kind upload."""
    metadata = {"title": title, "title_en": title_en, "description": description, **words}
    if len(paths) > 1 and (title or title_en or description or identifier):
        raise UsageError("Tên, mô tả và --replace chỉ dùng khi nộp một tệp; hãy nộp từng tệp.",
                         "Title, description and --replace are for one file; hand them in one by one.")
    site = site_here()
    with site.reading() as session:
        source_named(session, name)
    for path in paths:
        with path.open("rb") as stream:
            received = receive(site.files, stream, path.name)
        with site.writing() as session:
            row = keep_upload(session, source_named(session, name), received, path.name, metadata, site=site, identifier=identifier)
            click.echo(f"{row.identifier}: bản {row.number} · version {row.number}, {row.size} B", err=True)
    click.echo(f"Công bố: haidang harvest {name} · Publish it: haidang harvest {name}", err=True)


@click.command("uploads")
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="In JSON ra stdout · Print JSON alone on stdout.")
def list_uploads(name: str, as_json: bool) -> None:
    """Các tệp đã nộp vào một nguồn · What was handed in to a source."""
    site = site_here()
    with site.reading() as session:
        rows = [{"identifier": row.identifier, "number": row.number, "filename": row.filename, "size": row.size, "sha256": row.sha256, "says": row.says,
                 "uploaded_at": row.uploaded_at.isoformat()} for row in uploads(session, source_named(session, name).id)]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        click.echo(f"{row['identifier']:40} {row['number']:4} {row['size']:12} {row['uploaded_at'][:10]} {row['says'].get('title', '')}")


@click.command()
@click.argument("name")
@click.argument("identifier")
def withdraw(name: str, identifier: str) -> None:
    """Rút một tệp đã nộp; nộp lại để hoàn tác · Withdraw a file; hand it in again to undo."""
    site = site_here()
    with site.writing() as session:
        withdraw_upload(session, source_named(session, name), identifier, site=site)
    click.echo(f"Đã rút {identifier}. · Withdrawn: {identifier}", err=True)

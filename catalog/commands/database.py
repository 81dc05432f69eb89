"""`haidang db upgrade` and `haidang doctor`."""

from __future__ import annotations

import json
import shutil
import sys

import click

from catalog import db, jobs
from catalog import settings as settings_module
from catalog.errors import UsageError
from catalog.site import site_here
from catalog.validation.native import extension


def add_to(group: click.Group) -> None:
    group.add_command(database)
    group.add_command(doctor)


@click.group("db")
def database() -> None:
    """Cơ sở dữ liệu · The database."""


@database.command()
def upgrade() -> None:
    """Khởi tạo hoặc nâng cấp cơ sở dữ liệu · Set up or upgrade the database."""
    migrate(settings_module.load())
    click.echo("Cơ sở dữ liệu đã sẵn sàng. · The database is ready.", err=True)


def migrate(settings: settings_module.Settings) -> None:
    """Bring our tables and the durable queue's to their newest form."""
    engine = db.make_engine(settings.database_url)
    db.upgrade(engine)
    engine.dispose()
    jobs.migrate_queue(settings)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="In JSON ra stdout · Print JSON alone on stdout.")
def doctor(as_json: bool) -> None:
    """Kiểm tra môi trường: cơ sở dữ liệu, kho tệp, dung lượng, bộ chạy · Check the environment."""
    found = _examine(settings_module.load())
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        for finding in found:
            click.echo(f"{'ok ' if finding['ok'] else '!! '} {finding['vi']} · {finding['en']}")
    sys.exit(0 if all(finding["ok"] for finding in found) else 2)


def _examine(settings: settings_module.Settings) -> list[dict]:
    """One finding a part: name, ok, and what it is in both languages."""
    found = [{"name": "python", "ok": sys.version_info >= (3, 11), "vi": f"Python {sys.version.split()[0]}", "en": "needs 3.11 or newer"}]
    free = shutil.disk_usage(settings.var if settings.var.exists() else settings.var.parent).free // 2**20
    found.append({"name": "disk", "ok": free > 1024, "vi": f"Còn trống {free} MiB", "en": f"{free} MiB free; 1024 needed"})
    scanner = extension() is not None
    found.append({"name": "scanner", "ok": True,
                  "vi": "Bộ quét nhanh đã được biên dịch" if scanner else "Chưa có bộ quét nhanh: vẫn kiểm tra đúng nhưng chậm hơn nhiều lần; cài gcc và python3-dev rồi chạy make clean, make setup",
                  "en": "the fast scanner is built" if scanner else "the fast scanner is not built: checks are as exact but many times slower; install gcc and python3-dev, then run make clean and make setup"})
    try:
        site = site_here()
    except UsageError as error:
        found.append({"name": "database", "ok": False, "vi": error.vi, "en": error.en})
        return found
    found.append({"name": "database", "ok": True, "vi": f"Cơ sở dữ liệu {site.engine.dialect.name}", "en": "migrated to the newest revision"})
    key = site.files.put_bytes(b"hai dang")
    found.append({"name": "files", "ok": site.files.get(key) == b"hai dang", "vi": "Kho tệp đọc và ghi được", "en": "the file store reads and writes"})
    alive = jobs.worker_alive(site)
    found.append({"name": "worker", "ok": True, "vi": "Bộ chạy đang hoạt động" if alive else "Chưa có bộ chạy nào",
                  "en": "a worker is running" if alive else "no worker is running; haidang harvest starts one of its own"})
    site.engine.dispose()
    return found

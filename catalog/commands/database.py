"""`haidang db upgrade`, `haidang db retention` and `haidang doctor`."""

from __future__ import annotations

import json
import shutil
import sys

import click

from catalog import db, due, jobs, retention, workers
from catalog import settings as settings_module
from catalog.clock import day_and_hour
from catalog.errors import UsageError
from catalog.site import Site, site_here
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


@database.command("retention")
@click.option("--dry-run", is_flag=True, help="Chỉ đếm, không xóa gì · Only count, delete nothing.")
@click.option("--json", "as_json", is_flag=True, help="In JSON ra stdout · Print JSON alone on stdout.")
def clear_away(dry_run: bool, as_json: bool) -> None:
    """Dọn các lượt thu thập và thông báo đã cũ; bộ chạy tự làm mỗi ngày · Clear away old runs and notices; a worker does it every day."""
    site = site_here()
    try:
        cleared = retention.foreseen(site) if dry_run else _clear(site)
    finally:
        site.engine.dispose()
    if as_json:
        click.echo(json.dumps(cleared.to_dict(), indent=2))
        return
    words = {"workflows": "ghi chép của hàng đợi · notes of the queue", "unchanged_records": "bản ghi không đổi, gộp thành con số · unchanged records, put into a figure",
             "pages": "trang danh sách · pages of listings", "runs": "lượt thu thập · runs", "notices": "thông báo đã hết · ended notices",
             "skipped_dues": "lần hẹn bị bỏ qua · due times that were skipped", "previews": "lượt chạy thử · dry runs",
             "workers": "bộ chạy đã mất · workers that died", "drafts": "tệp nháp đã hết hạn · drafts of files whose time is over",
             "onward_runs": "lượt công bố tới đích · runs to targets"}
    click.echo("Sẽ dọn: · Would clear away:" if dry_run else "Đã dọn: · Cleared away:", err=True)
    for name, amount in cleared.to_dict().items():
        click.echo(f"{amount:10} {words[name]}")


def _clear(site: Site) -> retention.Cleared:
    orderer = jobs.Jobs(site)
    try:
        return retention.clear(site, orderer)
    finally:
        orderer.close()


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
    alive = workers.worker_alive(site)
    found.append({"name": "worker", "ok": True, "vi": "Bộ chạy đang hoạt động" if alive else "Chưa có bộ chạy nào",
                  "en": "a worker is running" if alive else "no worker is running; haidang harvest starts one of its own"})
    found += [*_silent_workers(site), *_late_schedules(site)]
    site.engine.dispose()
    return found


def _silent_workers(site: Site) -> list[dict]:
    """A finding for each worker that fell silent without saying that it stops."""
    with site.reading() as session:
        return [{"name": "worker-silent", "ok": False,
                 "vi": f"Bộ chạy {row.executor_id} im lặng từ {day_and_hour(row.beat_at)}. Hãy khởi động lại bằng haidang worker --name {row.executor_id}, hoặc để bộ chạy khác làm tiếp",
                 "en": f"worker {row.executor_id} has been silent since {day_and_hour(row.beat_at)}; start it again with haidang worker --name {row.executor_id}, or leave its work to another"}
                for row in workers.silent(session)]


def _late_schedules(site: Site) -> list[dict]:
    """A finding for each source whose schedule cannot be used or did not start its run, and one that says that all is well."""
    with site.reading() as session:
        found = [{"name": "schedule-late", "ok": False,
                  "vi": f"Nguồn {source.name} đáng lẽ chạy lúc {day_and_hour(moment)} mà chưa chạy. Hãy chạy haidang worker" if moment else f"Không hiểu lịch {source.schedule!r} của nguồn {source.name}",
                  "en": f"source {source.name} should have run at {day_and_hour(moment)} and did not; a worker must be running: haidang worker" if moment else f"the schedule {source.schedule!r} of source {source.name} cannot be understood"}
                 for source, moment in due.late(session, site.settings, site.clock.now())]
        planned = len(due.scheduled(session))
    return found or [{"name": "schedules", "ok": True, "vi": f"{planned} nguồn có lịch, không nguồn nào trễ", "en": f"{planned} sources have a schedule, none is late"}]

"""`haidang source add | list | show | preview | pause | resume | remove`."""

from __future__ import annotations

import json
import sys
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.errors import Trouble, UsageError
from catalog.issues import Issue, say
from catalog.models import Agency, Run, Source
from catalog.runs import counters
from catalog.site import Site, site_here
from catalog.sources import Draft, save_source, set_state, source_named
from harvesters.base import SourceSpec
from harvesters.connectors import connect, declared
from harvesters.preview import preview_source


@click.group()
def source() -> None:
    """Nguồn dữ liệu của các cơ quan · The agencies' sources."""




@source.command()
@click.argument("name")
@click.option("--agency", required=True, metavar="SLUG", help="Cơ quan chủ quản · The agency it belongs to.")
@click.option("--connector", required=True, metavar="KIND", help="Kiểu kết nối · directory, file, ckan, dcat-us …")
@click.option("--url", required=True, help="Địa chỉ · The address.")
@click.option("--title", default="", help="Tên hiển thị · A name for people.")
@click.option("--option", "options", multiple=True, metavar="K=V", help="Tùy chọn của kiểu kết nối · An option of the connector.")
@click.option("--schedule", default="", metavar="CRON", help="Lịch (giờ Việt Nam) · Cron, Asia/Ho_Chi_Minh.")
@click.option("--minimum", type=click.IntRange(0), help="Ít nhất bao nhiêu bộ dữ liệu · How many datasets to expect at least.")
def add(name: str, agency: str, connector: str, url: str, title: str, options: tuple[str, ...], schedule: str, minimum: int | None) -> None:
    """Thêm hoặc sửa một nguồn · Add a source, or change it."""
    draft = Draft(name=name, agency=agency, connector=connector, url=url, title=title, options=_options(options), schedule=schedule, minimum=minimum)
    site = site_here()
    _require_usable(site, draft)
    save_source(site, draft, declared=declared())
    click.echo(f"Đã lưu nguồn {name}. Xem thử: haidang source preview {name} · Saved. Preview it: haidang source preview {name}", err=True)


def _require_usable(site: Site, draft: Draft) -> None:
    """UsageError for what only the connector itself can say of a source: its kind, an option or its address."""
    try:
        connect(draft.connector, SourceSpec(name=draft.name, url=draft.url, options=draft.options), site.net)
    except Trouble as trouble:
        vi, en = say(trouble.issue, "vi"), say(trouble.issue, "en")
        raise UsageError(f"{vi.what} {vi.mend}", f"{en.what} {en.mend}") from trouble


def _options(pairs: tuple[str, ...]) -> dict[str, str]:
    broken = [pair for pair in pairs if "=" not in pair]
    if broken:
        raise UsageError(f"--option cần dạng TÊN=GIÁ TRỊ; chưa đúng: {', '.join(broken)}.", f"--option takes NAME=VALUE; wrong: {', '.join(broken)}.")
    return dict(pair.split("=", 1) for pair in pairs)


@source.command("list")
@click.option("--json", "as_json", is_flag=True, help="In JSON ra stdout · Print JSON alone on stdout.")
def list_sources(as_json: bool) -> None:
    """Mọi nguồn, với lượt thu thập gần nhất · All sources with their last run."""
    site = site_here()
    with site.reading() as session:
        rows = [_shown(session, row) for row in session.scalars(select(Source).where(Source.state != "removed").order_by(Source.name))]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        last = row["last_run"] or {"status": "—", "counts": {}}
        click.echo(f"{row['name']:32} {row['agency']:14} {row['connector']:10} {row['state']:8} {last['status']:24} {last['counts']}")


def _shown(session: Session, row: Source) -> dict[str, Any]:
    """One source as JSON, with the last run's status and counts."""
    run = session.scalar(select(Run).where(Run.source_id == row.id).order_by(Run.queued_at.desc(), Run.id).limit(1))
    last = None
    if run is not None:
        counted = counters(session, [run.id])[run.id]
        last = {"id": run.id, "status": run.status, "counts": dict(counted.outcomes), "records": counted.done, "issues": counted.issues,
                "queued_at": run.queued_at.isoformat(), "started_at": run.started_at.isoformat() if run.started_at else None,
                "finished_at": run.finished_at.isoformat() if run.finished_at else None}
    agency = session.get_one(Agency, row.agency_id)
    return {"name": row.name, "title": row.title, "agency": agency.slug, "connector": row.connector, "url": row.url,
            "options": row.options, "schedule": row.schedule, "expectations": row.expectations, "state": row.state, "last_run": last}


@source.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="In JSON ra stdout · Print JSON alone on stdout.")
def show(name: str, as_json: bool) -> None:
    """Một nguồn và kết quả lượt gần nhất · One source and what its last run did."""
    site = site_here()
    with site.reading() as session:
        row = _shown(session, source_named(session, name))
    if as_json:
        click.echo(json.dumps(row, ensure_ascii=False, indent=2))
        return
    for key, value in row.items():
        click.echo(f"{key:14} {value if not isinstance(value, dict) else json.dumps(value, ensure_ascii=False)}")


@source.command()
@click.argument("name", required=False)
@click.option("--connector", type=str, help="Xem thử một nguồn chưa lưu · Preview a source that is not saved.")
@click.option("--url", help="Địa chỉ của nguồn chưa lưu · Its address.")
@click.option("--option", "options", multiple=True, metavar="K=V", help="Tùy chọn · An option of the connector.")
@click.option("--limit", default=5, show_default=True, type=click.IntRange(1, 100), help="Số bản ghi · How many records.")
@click.option("--json", "as_json", is_flag=True, help="In JSON ra stdout · Print JSON alone on stdout.")
def preview(name: str | None, connector: str | None, url: str | None, options: tuple[str, ...], limit: int, as_json: bool) -> None:
    """Xem thử vài bản ghi đầu và kết quả kiểm tra, không lưu gì · The first records and their verdicts; saves nothing."""
    site = site_here()
    if name is not None:
        with site.reading() as session:
            row = source_named(session, name)
    elif connector and url:
        row = Source(name="preview", connector=connector, url=url, options=_options(options), expectations={})
    else:
        raise UsageError("Cần tên nguồn, hoặc --connector và --url.", "Give a source's name, or --connector and --url.")
    try:
        seen = preview_source(site, row, limit)
    except Trouble as trouble:
        if not as_json:
            raise
        issue = trouble.issue
        click.echo(json.dumps({"records": [], "issues": [{**issue.to_dict(), "vi": say(issue, "vi").what, "en": say(issue, "en").what}]}, ensure_ascii=False, indent=2))
        sys.exit(1)
    if as_json:
        click.echo(json.dumps(seen, ensure_ascii=False, indent=2))
    else:
        _print_preview(seen)
    sys.exit(1 if any(record["issues"] for record in seen["records"]) or seen["issues"] else 0)


def _print_preview(seen: dict[str, Any]) -> None:
    click.echo(f"Nguồn có {seen['total'] if seen['total'] is not None else '?'} bản ghi; xem thử {len(seen['records'])}. Chưa lưu gì. · Nothing was saved.")
    for record in seen["records"]:
        click.echo(f"\n{record['title']}  [{record['identifier']}]")
        for resource in record["resources"]:
            click.echo(f"  {resource['format'] or '?':8} {resource['state'] or 'link':10} {resource['rows'] if resource['rows'] is not None else '–'} dòng  {resource['url']}")
        for issue in record["issues"]:
            click.echo(f"  {issue['severity']}: {issue['vi']} {issue['vi_mend']} [{issue['who']}]\n           {issue['en']} {issue['en_mend']}")
    for issue in seen["issues"]:
        click.echo(f"{issue['severity']}: {issue['vi']} · {issue['en']}")
    _print_forecast(seen["forecast"])


def _print_forecast(ahead: dict[str, Any]) -> None:
    """What a full run would do, in both languages."""
    click.echo(f"\nChạy thật sẽ: thêm {ahead['created']}, đổi {ahead['updated']}, giữ nguyên {ahead['unchanged']}, bỏ qua {ahead['skipped']}, "
               f"đưa vào lưu trữ {ahead['archived']}; mới thiếu ở nguồn {ahead['missing']}. · A full run would: create {ahead['created']}, "
               f"update {ahead['updated']}, leave {ahead['unchanged']}, skip {ahead['skipped']}, archive {ahead['archived']}; newly missing {ahead['missing']}.")
    if not ahead["whole"]:
        click.echo("Danh mục của nguồn chưa đọc hết, nên chưa nói được sẽ lưu trữ gì. · The listing was not read to its end, so nothing is said of archiving.")
    for data in [*ahead["issues"], *([ahead["stop"]] if ahead["stop"] else [])]:
        issue = Issue.from_dict(data)
        click.echo(f"{say(issue, 'vi').what} · {say(issue, 'en').what}")


def _set_state(name: str, state: str) -> None:
    site = site_here()
    with site.writing() as session:
        set_state(site, session, source_named(session, name), state)
    click.echo(f"{name}: {state}", err=True)


@source.command()
@click.argument("name")
def pause(name: str) -> None:
    """Tạm dừng một nguồn · Pause a source."""
    _set_state(name, "paused")


@source.command()
@click.argument("name")
def resume(name: str) -> None:
    """Cho nguồn hoạt động lại · Take a source up again."""
    _set_state(name, "active")


@source.command()
@click.argument("name")
def remove(name: str) -> None:
    """Gỡ một nguồn; dữ liệu đã công bố vẫn còn, thêm lại để hoàn tác · Remove a source; what it published stays; add it again to undo."""
    _set_state(name, "removed")


@source.command("kinds")
@click.option("--json", "as_json", is_flag=True, help="In JSON ra stdout · Print JSON alone on stdout.")
def list_kinds(as_json: bool) -> None:
    """Các kiểu kết nối và tùy chọn của chúng · The connectors and their options."""
    rows = [{"kind": kind, **said} for kind, said in declared().items()]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        click.echo(f"{row['kind']:12} {row['title']['vi']} · {row['title']['en']}")
        for option in row["options"]:
            click.echo(f"    {option['name']:14} {option['vi']} · {option['en']}")

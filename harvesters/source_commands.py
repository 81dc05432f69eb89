"""`haidang source add | list | show | preview | pause | resume | remove`."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog import schedules
from catalog.clock import HANOI
from catalog.due import last_skipped
from catalog.errors import Trouble, UsageError
from catalog.issues import Issue, say
from catalog.models import Agency, Run, Source
from catalog.runs import counters, decided_by
from catalog.site import Site, site_here
from catalog.sources import Draft, is_local, save_source, set_state, source_named
from harvesters.asking import Answers, Request, ask
from harvesters.base import Placed, SourceSpec
from harvesters.connectors import connect, declared, own_address
from harvesters.preview import preview_source

SECRET_HELP = "Thông tin bí mật, nhập kín hoặc đọc từ tệp · A secret option, typed unseen or read from a file."


@click.group()
def source() -> None:
    """Nguồn dữ liệu của các cơ quan · The agencies' sources."""




@source.command()
@click.argument("name")
@click.option("--agency", required=True, metavar="SLUG", help="Cơ quan chủ quản · The agency it belongs to.")
@click.option("--connector", required=True, metavar="KIND", help="Kiểu kết nối · directory, file, ckan, dcat-us …")
@click.option("--url", default="", help="Địa chỉ · The address.")
@click.option("--title", default="", help="Tên hiển thị · A name for people.")
@click.option("--option", "options", multiple=True, metavar="K=V", help="Tùy chọn của kiểu kết nối · An option of the connector.")
@click.option("--secret", "secrets", multiple=True, metavar="NAME[=@FILE]", help=SECRET_HELP)
@click.option("--forget", multiple=True, metavar="NAME", help="Bỏ một thông tin bí mật đã lưu · Drop a saved secret.")
@click.option("--schedule", default="", metavar="CRON", help="Lịch theo giờ Việt Nam: hourly, daily, weekly, monthly hoặc cron · Its schedule in the time of Vietnam.")
@click.option("--blackout", metavar="HH:MM-HH:MM", help="Giờ không tự chạy; none: chạy giờ nào cũng được · Hours in which its schedule starts nothing; none: at any hour.")
@click.option("--hours", type=click.FloatRange(0.1, 168), help="Một lượt được kéo dài mấy giờ · How many hours a run may take.")
@click.option("--minimum", type=click.IntRange(0), help="Ít nhất bao nhiêu bộ dữ liệu · How many datasets to expect at least.")
@click.option("--shrink-share", type=click.FloatRange(0, 1), metavar="0…1", help="Vắng quá tỉ lệ này thì phải hỏi · Ask when a greater share is missing.")
@click.option("--shrink-count", type=click.IntRange(0), metavar="N", help="Vắng quá số này thì phải hỏi · Ask when more are missing.")
@click.option("--grace-days", type=click.IntRange(0), metavar="N", help="Số ngày chờ trước khi lưu trữ · Days before what is missing is archived.")
def add(name: str, agency: str, connector: str, url: str, title: str, options: tuple[str, ...], secrets: tuple[str, ...], forget: tuple[str, ...], schedule: str,
        blackout: str | None, hours: float | None, minimum: int | None, shrink_share: float | None, shrink_count: int | None,
        grace_days: int | None) -> None:
    """Thêm hoặc sửa một nguồn · Add a source, or change it."""
    expected = {"hours": hours or None, "blackout": _blackout(blackout) or None,
                "shrink_share": shrink_share, "shrink_count": shrink_count, "grace_days": grace_days}
    url = url or own_address(connector, name)
    request = Request(connector=connector, url=url, options=_options(options), secrets=secrets, forget=forget)
    site = site_here()
    with site.reading() as session:
        before = session.scalar(select(Source).where(Source.name == name))
    given = _answers(request, before, site)
    _require_usable(site, connector, SourceSpec(name=name, url=url, options=given.options, secrets=given.secrets))
    draft = Draft(name=name, agency=agency, connector=connector, url=url, title=title, options=given.options, schedule=schedule, minimum=minimum,
                  expectations=expected)
    row = save_source(site, draft, declared=declared(), secrets=given.given, forget=forget)
    following = schedules.next_run(row, site.settings, site.clock.now())
    click.echo(f"Đã lưu nguồn {name}. Xem thử: haidang source preview {name} · Saved. Preview it: haidang source preview {name}", err=True)
    if following is not None:
        click.echo(f"Lượt tới theo lịch: {_moment(following)} (giờ Việt Nam) · Next run by its schedule: {_moment(following)} (time of Vietnam)", err=True)


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(HANOI):%H:%M %d/%m/%Y}"


def _blackout(given: str | None) -> str:
    """The hours as they are kept; UsageError for what cannot be read."""
    text = (given or "").strip().lower()
    if text != schedules.NO_BLACKOUT:
        schedules.blackout_hours(text)
    return text


def _require_usable(site: Site, connector: str, spec: SourceSpec) -> None:
    """UsageError for a source that could never be harvested: its kind, an option or its address."""
    try:
        made = connect(connector, spec, site.net)
        if isinstance(made, Placed):
            made.vet()
        elif not (declared()[connector]["local"] and is_local(spec.url)):
            site.net.vet(spec.url)
    except Trouble as trouble:
        raise _as_usage(trouble) from trouble


def _answers(request: Request, before: Source | None, site: Site) -> Answers:
    """What the connector needs, asked for where it was not given; UsageError also where what is saved cannot be opened."""
    try:
        return ask(request, before, site.settings)
    except Trouble as trouble:
        raise _as_usage(trouble) from trouble


def _as_usage(trouble: Trouble) -> UsageError:
    vi, en = say(trouble.issue, "vi"), say(trouble.issue, "en")
    return UsageError(f"{vi.what} {vi.mend}", f"{en.what} {en.mend}")


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
        rows = [_shown(session, row, site) for row in session.scalars(select(Source).where(Source.state != "removed").order_by(Source.name))]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        last = row["last_run"] or {"status": "—", "counts": {}}
        click.echo(f"{row['name']:32} {row['agency']:14} {row['connector']:10} {row['state']:8} {last['status']:24} {last['counts']}")


def _shown(session: Session, row: Source, site: Site) -> dict[str, Any]:
    """One source as JSON, with the last run's status and counts, when it runs next, and when it last was left out for running still."""
    run = session.scalar(select(Run).where(Run.source_id == row.id).order_by(Run.queued_at.desc(), Run.id).limit(1))
    last = None
    if run is not None:
        counted = counters(session, [run.id])[run.id]
        last = {"id": run.id, "status": run.status, "counts": dict(counted.outcomes), "records": counted.done,
                "decided": decided_by(session, run.id), "issues": counted.issues,
                "queued_at": run.queued_at.isoformat(), "started_at": run.started_at.isoformat() if run.started_at else None,
                "finished_at": run.finished_at.isoformat() if run.finished_at else None}
    agency = session.get_one(Agency, row.agency_id)
    following, skipped = schedules.next_run(row, site.settings, site.clock.now()), last_skipped(session, row.id)
    return {"name": row.name, "title": row.title, "agency": agency.slug, "connector": row.connector, "url": row.url,
            "options": row.options, "schedule": row.schedule, "expectations": row.expectations, "state": row.state,
            "next_run": following.isoformat() if following else None, "last_run": last,
            "last_skipped": {"due_at": skipped.due_at.isoformat(), "run": skipped.run_id} if skipped else None}


@source.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="In JSON ra stdout · Print JSON alone on stdout.")
def show(name: str, as_json: bool) -> None:
    """Một nguồn và kết quả lượt gần nhất · One source and what its last run did."""
    site = site_here()
    with site.reading() as session:
        row = _shown(session, source_named(session, name), site)
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
@click.option("--secret", "secrets", multiple=True, metavar="NAME[=@FILE]", help=SECRET_HELP)
@click.option("--limit", default=5, show_default=True, type=click.IntRange(1, 100), help="Số bản ghi · How many records.")
@click.option("--json", "as_json", is_flag=True, help="In JSON ra stdout · Print JSON alone on stdout.")
def preview(name: str | None, connector: str | None, url: str | None, options: tuple[str, ...], secrets: tuple[str, ...], limit: int, as_json: bool) -> None:
    """Xem thử vài bản ghi đầu và kết quả kiểm tra, không lưu gì · The first records and their verdicts; saves nothing."""
    site = site_here()
    if name is not None:
        with site.reading() as session:
            row, spec = source_named(session, name), None
    elif connector and url:
        given = _answers(Request(connector=connector, url=url, options=_options(options), secrets=secrets), None, site)
        row = Source(name="preview", connector=connector, url=url, options=dict(given.options), expectations={})
        spec = SourceSpec(name="preview", url=url, options=given.options, secrets=given.secrets)
    else:
        raise UsageError("Cần tên nguồn, hoặc --connector và --url.", "Give a source's name, or --connector and --url.")
    try:
        seen = preview_source(site, row, limit, spec)
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
        row = source_named(session, name)
        set_state(site, session, row, state)
        following = schedules.next_run(row, site.settings, site.clock.now())
    click.echo(f"{name}: {state}" + (f" · {_moment(following)}" if following else ""), err=True)


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
    """Gỡ một nguồn và xóa thông tin bí mật của nó; dữ liệu đã công bố vẫn còn, thêm lại để hoàn tác · Remove a source and forget its secrets; what it published stays; add it again to undo."""
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
            marks = ("bắt buộc · required", "bí mật · secret")
            told = ", ".join(mark for mark, holds in zip(marks, (option["required"], option["secret"]), strict=True) if holds)
            click.echo(f"    {option['name']:14} {option['vi']} · {option['en']}{f' ({told})' if told else ''}")

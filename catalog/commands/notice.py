"""`haidang notice list | send | test`: what was told to whom, what waits, and whether mail arrives."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import click

from catalog.clock import day_and_hour
from catalog.commands.official_list import open_house
from catalog.errors import UsageError


def add_to(group: click.Group) -> None:
    """Add the verbs of notices to the command."""
    group.add_command(notice)


@click.group()
def notice() -> None:
    """Thông báo cho các cơ quan · Notices to the agencies."""


@notice.command("list")
@click.option("--agency", metavar="SLUG", help="Chỉ của một cơ quan · Of one agency.")
@click.option("--source", metavar="NAME", help="Chỉ của một nguồn · Of one source.")
@click.option("--kind", help="Chỉ một loại · Of one kind, such as source-down.")
@click.option("--standing", is_flag=True, help="Chỉ việc chưa xong · Only what still stands.")
@click.option("--page", type=click.IntRange(1, 10_000), default=1, help="Trang thứ mấy · Which page.")
@click.option("--json", "as_json", is_flag=True, help="In JSON ra stdout · Print JSON alone on stdout.")
def list_notices(agency: str | None, source: str | None, kind: str | None, standing: bool, page: int, as_json: bool) -> None:
    """Liệt kê thông báo, mới nhất trước · List the notices, the newest first."""
    from catalog.notices.kinds import KINDS
    from catalog.notices.listing import WantedNotices, notices

    if kind is not None and kind not in KINDS:
        raise UsageError(f"Không có loại thông báo {kind}; các loại: {', '.join(KINDS)}.", f"There is no kind {kind}; kinds: {', '.join(KINDS)}.")
    with open_house() as house, house.reading() as session:
        wanted = WantedNotices(agency_id=_agency(session, agency), source_id=_source(session, source), kind=kind, standing=standing, hidden=True)
        found = notices(session, wanted, page=page)
    if as_json:
        click.echo(json.dumps({"total": found.total, "page": found.page, "pages": found.pages, "notices": [asdict(each) for each in found.items]},
                              ensure_ascii=False, default=str))
        return
    for each in found.items:
        click.echo(f"{day_and_hour(each.created)}  {each.kind}{' (đã xong · over)' if each.ended else ''}\n  {each.texts['vi']}")
        for way in each.deliveries:
            click.echo(f"  {way.channel} {way.address} {way.state}" + (f": {way.reason['vi']}" if way.reason else ""))
        if each.untold:
            click.echo(f"  {each.untold['vi']}")
    click.echo(f"{found.total} thông báo, trang {found.page}/{found.pages} · {found.total} notices, page {found.page}/{found.pages}", err=True)


@notice.command()
@click.option("--json", "as_json", is_flag=True, help="In JSON ra stdout · Print JSON alone on stdout.")
def send(as_json: bool) -> None:
    """Ghi thông báo mới và gửi ngay mọi thứ đang chờ · Write what is new, and send everything that waits now."""
    from catalog.notices.sending import deliver_all
    from catalog.notices.watching import write_notices

    with open_house() as house:
        written = write_notices(house)
        done = deliver_all(house)
    if as_json:
        click.echo(json.dumps({"written": written, **asdict(done)}))
    else:
        click.echo(f"Thông báo mới: {written}; đã gửi: {done.sent}; còn chờ: {done.waiting}; không gửi được: {done.failed}\n"
                   f"New: {written}; sent: {done.sent}; waiting: {done.waiting}; failed: {done.failed}")
    if done.waiting or done.failed:
        click.echo("Xem lý do: haidang notice list · See why: haidang notice list", err=True)
        sys.exit(1)


@notice.command()
@click.argument("address")
@click.option("--json", "as_json", is_flag=True, help="In JSON ra stdout · Print JSON alone on stdout.")
def test(address: str, as_json: bool) -> None:
    """Gửi một thư thử đến ADDRESS · Send a test mail to ADDRESS."""
    from catalog.mail_server import is_address, mail_server
    from catalog.net import mail_session
    from catalog.notices.digest import trial

    if not is_address(address):
        raise UsageError(f"{address!r} không phải là một địa chỉ thư.", f"{address!r} is no mail address.")
    with open_house() as house:
        if not house.settings.mail_url:
            raise UsageError("Chưa đặt máy chủ thư: đặt HAIDANG_MAIL_URL=smtp://người-dùng:mật-khẩu@máy-chủ:587.",
                             "No mail server is set up: set HAIDANG_MAIL_URL=smtp://user:password@host:587.")
        with mail_session(mail_server(house.settings.mail_url)) as session:
            session.send(house.settings.mail_from, address, trial(house.settings, address, datetime.now(UTC)))
    if as_json:
        click.echo(json.dumps({"sent": address}))
    else:
        click.echo(f"Máy chủ thư đã nhận thư thử gửi {address} · The mail server took a test mail for {address}")


def _agency(session: Any, slug: str | None) -> str | None:
    from sqlalchemy import select

    from catalog.models import Agency

    if slug is None:
        return None
    found = session.scalar(select(Agency.id).where(Agency.slug == slug))
    if found is None:
        raise UsageError(f"Sổ bộ cơ quan chưa có {slug}.", f"The register has no agency {slug}.")
    return found


def _source(session: Any, name: str | None) -> str | None:
    from catalog.runs import source_named

    if name is None:
        return None
    found = source_named(session, name)
    if found is None:
        raise UsageError(f"Không có nguồn nào tên {name}.", f"There is no source named {name}.")
    return found.id

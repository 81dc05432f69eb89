"""`haidang links check | list`: whether the links of published datasets lead to what they promise."""

from __future__ import annotations

import json
import sys
from collections import Counter
from typing import Any

import click
from sqlalchemy import update
from sqlalchemy.orm import Session

from catalog.clock import day_of
from catalog.commands.official_list import open_house
from catalog.errors import UsageError
from catalog.models import Dataset, LinkCheck
from catalog.site import Site

ROUND = 200  # links checked between two looks at the clock


def add_to(group: click.Group) -> None:
    """Add the verbs of links to the command."""
    group.add_command(links)


@click.group()
def links() -> None:
    """Đường dẫn của các bộ dữ liệu · The links of datasets."""


@links.command()
@click.argument("dataset", required=False)
@click.option("--now", "at_once", is_flag=True, help="Cả những đường dẫn chưa tới hạn · Also those that are not due yet.")
@click.option("--json", "as_json", is_flag=True, help="In JSON ra stdout · Print JSON alone on stdout.")
def check(dataset: str | None, at_once: bool, as_json: bool) -> None:
    """Kiểm tra các đường dẫn tới hạn, hoặc của một bộ dữ liệu · Check the links that are due, or those of one dataset."""
    from catalog.links import check_again

    with open_house() as house:
        if dataset is not None:
            with house.reading() as session:
                dataset_id = _dataset(session, dataset).id
            if at_once:
                _make_due(house, dataset_id)
            statuses = dict(check_again(house, dataset_id).statuses)
        else:
            statuses = _check_all(house, at_once)
    if as_json:
        click.echo(json.dumps({"checked": sum(statuses.values()), "statuses": statuses}))
    else:
        counts = ", ".join(f"{status} {count}" for status, count in sorted(statuses.items())) or "–"
        click.echo(f"Đã kiểm tra {sum(statuses.values())} đường dẫn · links checked: {counts}")
    sys.exit(1 if statuses.get("broken") or statuses.get("soft-404") else 0)


def _dataset(session: Session, name: str) -> Dataset:
    from catalog.addresses import dataset_at

    found = dataset_at(session, name)
    if found is None or found.dataset.state != "active":
        raise UsageError(f"Không có bộ dữ liệu nào tên {name} đang công bố.", f"No dataset named {name} is published.")
    return found.dataset


def _make_due(house: Site, dataset_id: str | None = None) -> None:
    """Let links be checked though their day has not come."""
    statement = update(LinkCheck).values(due_at=house.clock.now())
    with house.writing() as session:
        if dataset_id is not None:
            statement = statement.where(LinkCheck.dataset_id == dataset_id).values(checked_at=None)
        session.execute(statement)


def _check_all(house: Site, at_once: bool) -> dict[str, int]:
    from catalog.links import check_due_links

    if at_once:
        _make_due(house)
    statuses: Counter[str] = Counter()
    while True:
        done = check_due_links(house, ROUND, seconds=600.0)
        statuses.update(done.statuses)
        if not done.more:
            return dict(statuses)


@links.command("list")
@click.argument("dataset", required=False)
@click.option("--broken", is_flag=True, help="Chỉ những đường dẫn hỏng · Only broken ones.")
@click.option("--page", type=click.IntRange(1, 10_000), default=1, help="Trang thứ mấy · Which page.")
@click.option("--json", "as_json", is_flag=True, help="In JSON ra stdout · Print JSON alone on stdout.")
def list_links(dataset: str | None, broken: bool, page: int, as_json: bool) -> None:
    """Liệt kê đường dẫn, hỏng lâu nhất trước · List links, the longest broken first."""
    from catalog.links import listing

    with open_house() as house, house.reading() as session:
        dataset_id = _dataset(session, dataset).id if dataset else None
        found = listing(session, broken=broken, dataset_id=dataset_id, page=page)
    if as_json:
        click.echo(json.dumps({"total": found.total, "page": found.page, "pages": found.pages,
                               "links": [_shown(each.link, each.dataset) for each in found.items]}, ensure_ascii=False))
        return
    for each in found.items:
        link = each.link
        since = f"từ · since {day_of(link.first_failure):%d/%m/%Y}, {link.failures} lần · times" if link.first_failure else ""
        click.echo(f"{link.status:10} {link.http_status or '–':>4} {each.dataset:40} {link.url}  {link.code} {since}".rstrip())
    click.echo(f"{found.total} đường dẫn, trang {found.page}/{found.pages} · {found.total} links, page {found.page}/{found.pages}", err=True)


def _shown(link: LinkCheck, dataset: str) -> dict[str, Any]:
    moments = {name: getattr(link, name) for name in ("due_at", "checked_at", "last_success", "first_failure")}
    return {"resource": link.resource_id, "dataset": dataset, "url": link.url, "held": link.held, "status": link.status, "reason": link.code,
            "http_status": link.http_status, "method": link.method, "failures": link.failures, "leads_to": link.leads_to,
            **{name: moment.isoformat() if moment else None for name, moment in moments.items()}}

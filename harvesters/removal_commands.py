"""`haidang source removals | confirm | refuse | undo`: what is missing from a listing, and bringing back what was archived."""

from __future__ import annotations

import getpass
import json
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog import archiving, removals, sight
from catalog.archiving import Act
from catalog.errors import UsageError
from catalog.models import Dataset, Removal, Source
from catalog.site import Site, site_here
from catalog.sources import source_named

DECISIONS = {None: "đang chờ trả lời · waits for an answer", "confirmed": "đã đồng ý gỡ · confirmed", "refused": "đã giữ lại · refused",
             "lapsed": "tự hết, các bộ đã trở lại · lapsed, they came back"}


@click.command("removals")
@click.argument("name", required=False)
@click.option("--all", "every", is_flag=True, help="Cả những câu đã trả lời · Answered ones too.")
@click.option("--page", type=click.IntRange(1, 10_000), default=1, help="Trang thứ mấy · Which page.")
@click.option("--json", "as_json", is_flag=True, help="In JSON ra stdout · Print JSON alone on stdout.")
def list_removals(name: str | None, every: bool, page: int, as_json: bool) -> None:
    """Nguồn vắng quá nhiều bộ dữ liệu, đang chờ người quyết định · Listings that lost so much that a person must decide."""
    site = site_here()
    with site.reading() as session:
        source_id = source_named(session, name).id if name else None
        found = removals.questions(session, source_id=source_id, still_open=not every, page=page)
        rows = [_shown(session, removal) for removal in found.items]
    if as_json:
        click.echo(json.dumps({"total": found.total, "page": found.page, "pages": found.pages, "removals": rows}, ensure_ascii=False, indent=2))
        return
    for row in rows:
        click.echo(f"{row['source']:32} {row['missing_count']}/{row['before']}  {row['asked_at'][:16]}  {DECISIONS[row['decision']]}"
                   + (f" ({row['decided_by']}: {row['reason']})" if row["decided_by"] else ""))
        for dataset in row["datasets"]:
            click.echo(f"    {dataset['name']}: {dataset['title']}")
    click.echo(f"{found.total} câu hỏi · {found.total} questions", err=True)


def _shown(session: Session, removal: Removal) -> dict[str, Any]:
    return {
        "id": removal.id, "source": removals.source_of(session, removal).name, "run": removal.run_id, "before": removal.before,
        "missing_count": len(removal.missing), "missing": removal.missing, "asked_at": removal.asked_at.isoformat(),
        "decision": removal.decision, "decided_by": removal.decided_by, "reason": removal.reason,
        "decided_at": removal.decided_at.isoformat() if removal.decided_at else None,
        "datasets": [{"name": name, "title": title} for name, title in removals.titles(session, removal, sight.everybody)],
    }


def _question(session: Session, source: Source) -> Removal:
    question = removals.open_question(session, source.id)
    if question is None:
        raise UsageError(f"Nguồn {source.name} không có câu hỏi nào đang chờ.", f"No question about {source.name} waits for an answer.")
    return question


def _act(site: Site, by: str, reason: str) -> Act:
    return Act(by=by or getpass.getuser(), at=site.clock.now(), reason=reason)


@click.command()
@click.argument("name")
@click.option("--reason", required=True, help="Lý do · Why.")
@click.option("--by", default="", metavar="NAME", help="Người quyết định · Who decides; by default whoever is signed in here.")
@click.option("--now", "at_once", is_flag=True, help="Lưu trữ ngay, không chờ · Archive at once, without the grace.")
def confirm(name: str, reason: str, by: str, at_once: bool) -> None:
    """Đồng ý gỡ những bộ nguồn không còn liệt kê · What is missing may go, after the usual grace."""
    site = site_here()
    with site.writing() as session:
        source = source_named(session, name)
        decided = removals.confirm(site, session, _question(session, source).id, _act(site, by, reason), at_once=at_once)
        days = archiving.grace_of(site, source).days
    if at_once:
        click.echo(f"Đã lưu trữ {len(decided.archived)} bộ. Hoàn tác: haidang source undo {name} · Archived; undo with: haidang source undo {name}", err=True)
    else:
        click.echo(f"{len(decided.datasets)} bộ sẽ được lưu trữ sau {days} ngày nếu chưa trở lại. · They will be archived after {days} days.", err=True)


@click.command()
@click.argument("name")
@click.option("--reason", required=True, help="Lý do · Why.")
@click.option("--by", default="", metavar="NAME", help="Người quyết định · Who decides; by default whoever is signed in here.")
def refuse(name: str, reason: str, by: str) -> None:
    """Giữ lại những bộ nguồn không còn liệt kê · What is missing stays on the site."""
    site = site_here()
    with site.writing() as session:
        decided = removals.refuse(session, _question(session, source_named(session, name)).id, _act(site, by, reason))
    click.echo(f"Giữ lại {len(decided.datasets)} bộ cho tới khi nguồn liệt kê lại. · They stay until the source lists them again.", err=True)


@click.command()
@click.argument("name")
@click.option("--run", "run_id", metavar="RUN", help="Lượt đã gỡ; không ghi thì lượt gần nhất · The run that took them off; the last one by default.")
@click.option("--dataset", metavar="NAME", help="Chỉ một bộ · Only this dataset.")
@click.option("--reason", required=True, help="Lý do · Why.")
@click.option("--by", default="", metavar="NAME", help="Người khôi phục · Who brings them back.")
def undo(name: str, run_id: str | None, dataset: str | None, reason: str, by: str) -> None:
    """Đưa trở lại những bộ đã lưu trữ · Bring back what was archived."""
    site = site_here()
    with site.writing() as session:
        source, act = source_named(session, name), _act(site, by, reason)
        if dataset is None:
            back = archiving.undo(session, source, run_id, act)
        else:
            back = [_archived(session, source, dataset)]
            archiving.restore(session, back, act)
        names = [each.name for each in back]
    for each in names:
        click.echo(each)
    click.echo(f"Đã khôi phục {len(names)} bộ. · {len(names)} are back.", err=True)


def _archived(session: Session, source: Source, name: str) -> Dataset:
    found = session.scalar(select(Dataset).where(
        Dataset.source_id == source.id, Dataset.name == name, Dataset.state == "deleted").order_by(Dataset.archived_at.desc()).limit(1))
    if found is None:
        raise UsageError(f"Nguồn {source.name} không có bộ {name} nào đang lưu trữ.", f"No dataset {name} of {source.name} is archived.")
    return found


VERBS = (list_removals, confirm, refuse, undo)

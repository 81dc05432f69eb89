"""`haidang harvest`: order runs, show how they go, answer with what they did."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeRemainingColumn,
)
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog import jobs, workers
from catalog.errors import UsageError
from catalog.models import Run, Source
from catalog.runs import counters
from catalog.site import Site, site_here
from catalog.sources import source_named

BAD = ("failed", "cancelled", "lost", "succeeded-with-issues")
LOOK = 0.3  # seconds between looks at the store


@click.command()
@click.argument("names", nargs=-1)
@click.option("--all", "every", is_flag=True, help="Mọi nguồn đang hoạt động · Every active source.")
@click.option("--force", is_flag=True, help="Làm lại cả những gì không đổi · Do again what has not changed.")
@click.option("--detach", is_flag=True, help="Không chờ; cần một bộ chạy đang hoạt động · Do not wait; a worker must be running.")
@click.option("--join", is_flag=True, help="Nguồn nào đang chạy thì chờ lượt đó · Wait for a run that is going already instead of refusing.")
@click.option("--cancel", "cancelled", metavar="RUN", help="Hủy một lượt · Call a run off.")
@click.option("--json", "as_json", is_flag=True, help="In JSON ra stdout · Print JSON alone on stdout.")
def harvest(names: tuple[str, ...], every: bool, force: bool, detach: bool, join: bool, cancelled: str | None, as_json: bool) -> None:
    """Thu thập các nguồn, chờ và báo tiến độ · Harvest sources; waits with progress."""

    site = site_here()
    if cancelled:
        _cancel(site, cancelled)
        return
    if not names and not every:
        raise UsageError("Cần tên nguồn, hoặc --all.", "Give the name of a source, or --all.")
    if detach and not workers.worker_alive(site):
        raise UsageError("--detach cần một bộ chạy đang hoạt động. Hãy chạy trước: haidang worker",
                         "--detach needs a worker that is running. Start one first: haidang worker")
    orderer = jobs.Jobs(site)
    try:
        run_ids = order(site, orderer, names, forced=force, join=join)
        with ExitStack() as stack:
            if not detach:
                if not workers.worker_alive(site):
                    from harvesters.worker import working

                    stack.enter_context(working(site))
                watch(site, run_ids, Console(stderr=True))
        answer = results(site, run_ids)
    finally:
        orderer.close()
    _answer(answer, as_json)
    sys.exit(1 if any(run["status"] in BAD for run in answer) else 0)


def order(site: Site, orderer: jobs.Jobs, names: Sequence[str], *, forced: bool = False, join: bool = False) -> list[str]:
    """Queue a run for each named source, or for every active one, of which those that are running already are joined.

    A named source that is running is refused (Busy), unless it may be joined too.
    """
    ids = []
    with site.writing() as session:
        sources = [source_named(session, name) for name in names] or list(
            session.scalars(select(Source).where(Source.state == "active").order_by(Source.name)))
        for source in sources:
            try:
                ids.append(orderer.order(session, source, forced=forced).id)
            except jobs.Busy as busy:
                if names and not join:
                    raise
                ids.append(busy.run_id)
    return ids


def watch(site: Site, run_ids: Sequence[str], console: Console) -> None:
    """Show a bar until every run has ended; counts are read from the store. Ctrl+C calls the runs off."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    try:
        with Progress(*columns, console=console, transient=False) as bar:
            task = bar.add_task("Thu thập · Harvesting", total=None)
            while True:
                done, expected, ended = _state(site, run_ids)
                bar.update(task, completed=done, total=expected or None,
                           description=f"Thu thập · Harvesting {ended}/{len(run_ids)} nguồn")
                if ended == len(run_ids):
                    return
                time.sleep(LOOK)
    except KeyboardInterrupt:
        with site.writing() as session:
            for run_id in run_ids:
                jobs.cancel(session, run_id, site.clock.now())
        raise


def _state(site: Site, run_ids: Sequence[str]) -> tuple[int, int, int]:
    """Records done, records expected as far as known, runs ended."""
    with site.reading() as session:
        runs = list(session.scalars(select(Run).where(Run.id.in_(run_ids))))
        counted = counters(session, run_ids)
    done = sum(counted[run.id].done for run in runs)
    expected = sum(max(run.expected or 0, counted[run.id].done) for run in runs)
    return done, expected, sum(run.status not in jobs.ACTIVE for run in runs)


def results(site: Site, run_ids: Sequence[str]) -> list[dict[str, Any]]:
    """What each run did: source, status, counts by outcome, issues, seconds."""
    with site.reading() as session:
        return [_result(session, run_id) for run_id in run_ids]


def _result(session: Session, run_id: str) -> dict[str, Any]:
    run = session.get_one(Run, run_id)
    source = session.get_one(Source, run.source_id)
    counted = counters(session, [run_id])[run_id]
    seconds = (run.finished_at - run.started_at).total_seconds() if run.finished_at and run.started_at else None
    return {"run": run.id, "source": source.name, "status": run.status, "records": counted.done, "counts": dict(counted.outcomes),
            "issues": dict(counted.severities), "seconds": seconds}


def _answer(answer: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False, indent=2))
        return
    for run in answer:
        counts = ", ".join(f"{outcome} {count}" for outcome, count in sorted(run["counts"].items())) or "–"
        click.echo(f"{run['source']:32} {run['status']:24} {counts}  issues {sum(run['issues'].values())}")


def _cancel(site: Site, run_id: str) -> None:
    with site.writing() as session:
        if jobs.cancel(session, run_id, site.clock.now()) is None:
            raise UsageError(f"Không có lượt nào mã {run_id} đang chạy hoặc đang chờ.", f"No run {run_id} is running or queued.")
    click.echo("Đã yêu cầu hủy; những gì đã xong được giữ lại. · Asked to stop; what is finished stays.", err=True)

"""`haidang publish`: send what is public to a target, with progress; what is there already costs nothing."""

from __future__ import annotations

import getpass
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click

from catalog.commands.official_list import open_house
from catalog.issues import Issue, say

BAD = ("failed", "cancelled", "succeeded-with-issues")
SHOWN = 20  # names of one kind that are printed


def add_to(group: click.Group) -> None:
    """Add the verb to the command."""
    group.add_command(publish)


@click.command()
@click.option("--to", "target", required=True, metavar="TARGET", help="Đích, xem haidang target list · The target, see haidang target list.")
@click.option("--dataset", "datasets", multiple=True, metavar="NAME", help="Chỉ bộ này; lặp lại được · Only this dataset; may be repeated.")
@click.option("--force", is_flag=True, help="Gửi lại cả những gì không đổi · Send again what has not changed.")
@click.option("--dry-run", is_flag=True, help="Chỉ nói sẽ làm gì, không hỏi đích · Only say what would be done; the target is not asked.")
@click.option("--json", "as_json", is_flag=True, help="In JSON ra stdout · Print JSON alone on stdout.")
def publish(target: str, datasets: tuple[str, ...], force: bool, dry_run: bool, as_json: bool) -> None:
    """Công bố tiếp dữ liệu công khai tới một cổng CKAN khác · Publish what is public onward to another CKAN."""
    from catalog.onward.orders import publish as publish_now

    with open_house() as house:
        if dry_run:
            _foresee(house, target, datasets, force, as_json)
            return
        with _progress(target, wanted=not as_json) as told:
            run = publish_now(house, target, getpass.getuser(), names=datasets, forced=force, told=told)
        failed = _failed(house, run.target_id)
    if as_json:
        click.echo(json.dumps({"target": target, "run": run.id, "status": run.status, "did": run.did, "issues": run.issues, "datasets_with_issues": failed},
                              ensure_ascii=False, indent=2))
    else:
        counts = ", ".join(f"{outcome} {count}" for outcome, count in sorted(run.did.items())) or "–"
        click.echo(f"{target}: {run.status}  {counts}")
        for name, issue in [*((target, issue) for issue in run.issues), *((row["dataset"], row) for row in failed)][:SHOWN]:
            _say(name, Issue.from_dict(issue))
    sys.exit(1 if run.status in BAD else 0)


def _failed(house: Any, target_id: str) -> list[dict[str, Any]]:
    from catalog.onward.listing import lines

    with house.reading() as session:
        return [{"dataset": line.name, **issue} for line in lines(session, target_id, wrong=True, page=1).items for issue in line.issues]


def _foresee(house: Any, target: str, datasets: tuple[str, ...], force: bool, as_json: bool) -> None:
    from catalog.onward.publishing import foreseen
    from catalog.onward.targets import target_named

    with house.reading() as session:
        row = target_named(session, target)
    plan, issue = foreseen(house, row, datasets, forced=force)
    if as_json:
        click.echo(json.dumps({"target": target, **plan, "issues": [issue.to_dict()] if issue else []}, ensure_ascii=False, indent=2))
        return
    for outcome, names in plan.items():
        shown = "" if outcome == "unchanged" else ": " + ", ".join(names[:SHOWN]) + (" …" if len(names) > SHOWN else "")
        click.echo(f"{outcome} {len(names)}{shown if names else ''}")
    if issue is not None:
        _say(target, issue)


def _say(name: str, issue: Issue) -> None:
    for language in ("vi", "en"):
        said = say(issue, language)
        click.echo(f"{name}: {said.what} {said.mend} [{said.who}]", err=True)


@contextmanager
def _progress(target: str, *, wanted: bool) -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error, where that is a terminal."""
    if not wanted or not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(f"Công bố tới · Publishing to {target}", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)

"""`haidang target`: the other catalogues to which datasets are published onward, and the questions about taking much away."""

from __future__ import annotations

import getpass
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from catalog.commands.official_list import open_house
from catalog.errors import UsageError

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from catalog.archiving import Act
    from catalog.models import Target
    from catalog.site import Site

MAX_TOKEN = 10_000  # characters
AS_JSON = click.option("--json", "as_json", is_flag=True, help="In JSON ra stdout · Print JSON alone on stdout.")
BY = click.option("--by", default="", metavar="NAME", help="Người quyết định · Who decides; by default whoever is signed in here.")
REASON = click.option("--reason", required=True, help="Lý do · Why.")


def add_to(group: click.Group) -> None:
    """Add the verbs of targets to the command."""
    group.add_command(target)


@click.group()
def target() -> None:
    """Các cổng CKAN mà dữ liệu được công bố tiếp tới · Other CKANs to which datasets are published onward."""


@target.command()
@click.argument("name")
@click.option("--url", help="Địa chỉ trang gốc của cổng CKAN · The root of the CKAN.")
@click.option("--title", help="Tên hiển thị · A name for people.")
@click.option("--token", metavar="FILE", help="Tệp chứa mã truy cập, - là nhập kín hoặc đầu vào chuẩn · A file with the API token; - is typed unseen, or standard input.")
@click.option("--mode", type=click.Choice(["link", "upload"]), help="Gửi liên kết, hoặc cả nội dung tệp · Send links, or the bytes of files too.")
@click.option("--schedule", metavar="CRON", help="Lịch theo giờ Việt Nam: hourly, daily … hoặc cron; rỗng là bằng tay · Its schedule in the time of Vietnam; empty is by hand.")
@click.option("--prefix", help="Đặt trước mọi tên tại đích · Before every name at the target.")
@click.option("--organization", "organizations", multiple=True, metavar="OURS=THEIRS", help="Cơ quan của ta là cơ quan nào tại đích; * là mọi cơ quan khác · Which organization there is that of an agency; * is every other.")
@click.option("--group", "groups", multiple=True, metavar="OURS=THEIRS", help="Chủ đề của ta là nhóm nào tại đích; rỗng là bỏ · Which group there is that of a theme; empty leaves it out.")
@click.option("--licence", "licences", multiple=True, metavar="OURS=THEIRS", help="Mã giấy phép tại đích · The id of a licence there.")
@click.option("--field", "fields", multiple=True, metavar="OURS=THEIRS", help="Tên trường tại đích, extra:TÊN cho trường mở rộng; rỗng là bỏ · The name of a field there, extra:NAME among the extras; empty leaves it out.")
@click.option("--constant", "constants", multiple=True, metavar="THEIRS=VALUE", help="Giá trị mà mọi bộ dữ liệu đều có tại đích · What every dataset has there.")
@click.option("--max-upload", type=click.IntRange(0, 2_000), metavar="MB", help="Tệp lớn hơn thì chỉ gửi liên kết · A larger file stays a link.")
@click.option("--illustrative/--no-illustrative", default=None, help="Gửi cả dữ liệu minh hoạ · Also send what was made up for a demonstration.")
@AS_JSON
def add(name: str, as_json: bool, token: str | None, **given: Any) -> None:
    """Thêm một đích, hoặc sửa: điều gì không nêu thì giữ nguyên · Add a target, or change it: what is not said stays."""
    from sqlalchemy import select

    from catalog.models import Target
    from catalog.onward.mapping import Rules
    from catalog.onward.targets import Draft, save_target

    with open_house() as house:
        with house.reading() as session:
            before = session.scalar(select(Target).where(Target.name == name))
        said = {key: _pairs(value) if isinstance(value, tuple) else value for key, value in given.items() if value not in (None, ())}
        if before is None and "url" not in said:
            raise UsageError("Cần --url, địa chỉ trang gốc của cổng CKAN.", "--url is needed, the root of the CKAN.")
        kept = {key: getattr(before, key) for key in ("url", "title", "mode", "schedule")} if before is not None else {}
        rules = Rules(**{**(before.mapping if before is not None else {}), **{key: value for key, value in said.items() if key in Rules.__slots__}})
        draft = Draft(name=name, rules=rules, **{**kept, **{key: value for key, value in said.items() if key not in Rules.__slots__}})
        secret = _token(token if token is not None or (before is not None and before.secrets) else "-")
        saved = save_target(house, draft, secret)
        _say(_told(house, saved), as_json)
    click.echo(f"Đã lưu đích {name}. Xem trước: haidang publish --to {name} --dry-run · Saved. See what would be sent: haidang publish --to {name} --dry-run", err=True)


def _pairs(words: Sequence[str]) -> dict[str, str]:
    for word in words:
        if "=" not in word:
            raise UsageError(f"Hãy viết {word!r} theo dạng TÊN=GIÁ-TRỊ.", f"Write {word!r} as NAME=VALUE.")
    return dict(word.split("=", 1) for word in words)


def _token(where: str | None) -> str | None:
    """The token from a file, typed unseen, or read from standard input; it never stands on the command line."""
    if where is None:
        return None
    if where != "-":
        try:
            return Path(where).read_text("utf-8")[:MAX_TOKEN].strip()
        except (OSError, UnicodeDecodeError):
            raise UsageError(f"Không đọc được tệp {where}.", f"The file {where} cannot be read.") from None
    if sys.stdin.isatty():
        return click.prompt("Mã truy cập tại đích · API token at the target", hide_input=True, err=True).strip()
    return sys.stdin.readline(MAX_TOKEN).strip()


@target.command("list")
@AS_JSON
def list_targets(as_json: bool) -> None:
    """Liệt kê các đích và tình trạng · List the targets and how each stands."""
    from catalog.onward.targets import targets

    with open_house() as house:
        with house.reading() as session:
            found = targets(session)
        told = [_told(house, row) for row in found]
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    for each in told:
        _say(each, as_json=False)


@target.command()
@click.argument("name")
@AS_JSON
def show(name: str, as_json: bool) -> None:
    """Một đích: quy tắc, lượt gần nhất, vấn đề của từng bộ dữ liệu · One target: its rules, its last run, the issues of each dataset."""
    from catalog.issues import Issue, say
    from catalog.onward.listing import lines
    from catalog.onward.targets import target_named

    with open_house() as house:
        with house.reading() as session:
            row = target_named(session, name)
            wrong = [(line.name, issue) for line in lines(session, row.id, wrong=True, page=1).items for issue in line.issues]
        told = _told(house, row) | {"mapping": row.mapping, "datasets_with_issues": [{"dataset": dataset, **issue} for dataset, issue in wrong]}
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    _say(told, as_json=False)
    for dataset, issue in [*(("", issue) for issue in told["issues"]), *wrong]:
        vi, en = (say(Issue.from_dict(issue), language) for language in ("vi", "en"))
        click.echo(f"  {dataset or name}: {vi.what} {vi.mend}\n  {' ' * len(dataset or name)}  {en.what} {en.mend}")


def _told(house: Site, row: Target) -> dict[str, Any]:
    """A target as a program reads it; of its token only whether there is one."""
    from catalog.onward.listing import standing

    with house.reading() as session:
        now = standing(session, house, row)
    run = now.last
    return {
        "name": row.name, "title": row.title, "url": row.url, "mode": row.mode, "schedule": row.schedule, "state": row.state, "token": bool(row.secrets),
        "datasets": now.counts, "with_issues": now.wrong, "asked": now.question.missing if now.question else [],
        "next_run": now.next_run.isoformat() if now.next_run else None, "issues": run.issues if run else [],
        "last_run": {"id": run.id, "status": run.status, "by": run.by, "did": run.did, "started_at": run.started_at and run.started_at.isoformat(),
                     "finished_at": run.finished_at and run.finished_at.isoformat()} if run else None,
    }


def _say(told: dict[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    counts = ", ".join(f"{state} {count}" for state, count in sorted(told["datasets"].items())) or "–"
    last = told["last_run"]
    run = f"{last['status']} {(last['finished_at'] or last['started_at'] or '')[:16]}" if last else "–"
    click.echo(f"{told['name']:24} {told['state']:8} {told['mode']:7} {told['url']}  {counts}  {run}")


@target.command()
@click.argument("name")
@AS_JSON
def pause(name: str, as_json: bool) -> None:
    """Tạm dừng một đích: không gửi gì tới đó nữa · Pause a target: nothing is sent there any more."""
    _set(name, "paused", as_json)


@target.command()
@click.argument("name")
@AS_JSON
def resume(name: str, as_json: bool) -> None:
    """Cho một đích chạy tiếp · Take a target up again."""
    _set(name, "active", as_json)


@target.command()
@click.argument("name")
@AS_JSON
def remove(name: str, as_json: bool) -> None:
    """Bỏ một đích và quên mã truy cập; những gì đã gửi vẫn ở đó · Remove a target and forget its token; what was sent stays there."""
    _set(name, "removed", as_json)


def _set(name: str, state: str, as_json: bool) -> None:
    from catalog.onward.targets import set_state, target_named

    with open_house() as house:
        with house.writing() as session:
            row = target_named(session, name)
            set_state(house, session, row, state)
        _say(_told(house, row), as_json)


@target.command()
@click.argument("name")
@REASON
@BY
def confirm(name: str, reason: str, by: str) -> None:
    """Cho phép xóa tại đích những bộ không còn công khai ở đây · What is no longer public here may be deleted at the target."""
    from catalog.onward import leaving

    count = _decide(name, leaving.confirm, reason, by)
    click.echo(f"{count} bộ sẽ bị xóa tại đích ở lượt sau: haidang publish --to {name} · {count} are deleted there by the next run.", err=True)


@target.command()
@click.argument("name")
@REASON
@BY
def refuse(name: str, reason: str, by: str) -> None:
    """Giữ lại tại đích những bộ không còn công khai ở đây · What is no longer public here stays at the target."""
    from catalog.onward import leaving

    click.echo(f"Giữ lại {_decide(name, leaving.refuse, reason, by)} bộ tại đích. · They stay at the target.", err=True)


def _decide(name: str, answer: Callable[[Session, str, Act], int], reason: str, by: str) -> int:
    from catalog.archiving import Act
    from catalog.onward.targets import target_named

    with open_house() as house, house.writing() as session:
        act = Act(by=by or getpass.getuser(), at=house.clock.now(), reason=reason)
        return answer(session, target_named(session, name).id, act)

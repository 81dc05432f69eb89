"""The command `haidang`: a group to which each part of the house adds its verbs.

Exit codes: 0 fine, 1 the data or the run has problems, 2 usage or environment, 130 stopped by Ctrl+C. With `--json` only JSON goes to
standard output; words for people go to standard error.
"""

from __future__ import annotations

import logging
import sys
import uuid
from importlib.metadata import entry_points
from typing import Any

import click

from catalog.commands import (
    commitments,
    database,
    export,
    fixes,
    links,
    notice,
    participation,
    publish,
    register,
    schema,
    target,
    token,
    user,
    validate,
)
from catalog.errors import Refusal, Trouble, UsageError
from catalog.issues import Issue, say

log = logging.getLogger(__name__)


class House(click.Group):
    """The group; it turns the errors of the house into words and exit codes, in this one place."""

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except UsageError as error:
            click.echo(f"{error.vi}\n{error.en}", err=True)
            code = 2
        except Trouble as trouble:
            _say(trouble.issue)
            code = 1
        except Refusal as refusal:
            click.echo(refusal.message or type(refusal).__name__, err=True)
            code = 1
        except KeyboardInterrupt:
            code = _stopped()
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except Exception:  # noqa: BLE001 - a fault of ours: a reference for the user, the trace for the log
            reference = uuid.uuid4().hex[:12]
            log.exception("fault %s", reference)
            click.echo(f"Hệ thống gặp lỗi của chính mình. Mã tra cứu: {reference}\nThe system itself failed. Reference: {reference}", err=True)
            code = 2
        context.exit(code)
        return None


def _stopped() -> int:
    click.echo("Đã dừng theo yêu cầu. · Stopped as asked.", err=True)
    return 130


def _say(issue: Issue) -> None:
    for language in ("vi", "en"):
        said = say(issue, language)
        where = f"({said.where})" if said.where else ""
        click.echo(" ".join(part for part in (said.what, where, said.mend, f"[{said.who}]") if part), err=True)


def build() -> click.Group:
    """The whole command, with the verbs of every part that is installed."""
    group = House("haidang", context_settings={"help_option_names": ["-h", "--help"]}, help=(
        "Hải Đăng: thu thập, kiểm tra, công bố dữ liệu mở và theo dõi cơ quan tham gia.\n\n"
        "Harvest, check and publish open data, and track which agencies take part."))
    click.version_option(package_name="haidang", prog_name="haidang")(group)
    for part in (database, register, commitments, schema, validate, participation, fixes, token, user, notice, links, export, target, publish):
        part.add_to(group)
    for entry in entry_points(group="haidang.commands"):
        entry.load()(group)
    return group


def main() -> None:
    """Run the command."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    try:
        build()()
    except KeyboardInterrupt:  # before the verb has begun
        sys.exit(_stopped())

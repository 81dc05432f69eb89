"""The command `haidang`: a group to which each part of the house adds its verbs.

Exit codes: 0 fine, 1 the data or the run has problems, 2 usage or environment. With `--json` only JSON goes to
standard output; words for people go to standard error.
"""

from __future__ import annotations

import sys
from importlib.metadata import entry_points

import click

from catalog import settings as settings_module
from catalog.commands import commitments, database, participation, register, schema, token, validate
from catalog.errors import Refusal, Trouble, UsageError
from catalog.issues import say
from catalog.site import Site, open_site


class House(click.Group):
    """The group; it turns the errors of the house into words and exit codes, in this one place."""

    def main(self, *args, **kwargs):  # type: ignore[override]
        try:
            return super().main(*args, **kwargs)
        except UsageError as error:
            click.echo(f"{error.vi}\n{error.en}", err=True)
            sys.exit(2)
        except Trouble as trouble:
            for language in ("vi", "en"):
                said = say(trouble.issue, language)
                click.echo(" ".join(part for part in (said.what, f"({said.where})" if said.where else "", said.mend, f"[{said.who}]") if part), err=True)
            sys.exit(1)
        except Refusal as refusal:
            click.echo(refusal.message or type(refusal).__name__, err=True)
            sys.exit(1)


@click.group(cls=House, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="haidang", prog_name="haidang")
def main() -> None:
    """Hải Đăng: thu thập, kiểm tra, công bố dữ liệu mở và theo dõi cơ quan tham gia.

    Harvest, check, publish open data, and track which agencies take part.
    """


def site(*, migrate: bool = False) -> Site:
    """The site that the settings of this folder describe."""
    return open_site(settings_module.load(), migrate=migrate)


for part in (database, register, commitments, schema, validate, participation, token):
    part.add_to(main)
for entry in entry_points(group="haidang.commands"):
    entry.load()(main)

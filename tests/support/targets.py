"""A site that publishes onward, and another one of ours, really served, to which it does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from catalog.accounts import add_account
from catalog.models import Dataset, Onward, OnwardRun, Target, Version
from catalog.onward import orders
from catalog.onward.mapping import Rules
from catalog.onward.targets import Draft, save_target
from catalog.site import Site
from catalog.tokens import add_token
from support.publishing import call
from support.seeded_site import open_empty, serving
from web import create_app


@dataclass(frozen=True, slots=True)
class There:
    """The target: its site, where it is served, and tokens of a system administrator and of somebody who may do nothing yet."""

    site: Site
    url: str
    root: str
    stranger: str

    def names(self) -> list[str]:
        """The names of its public datasets."""
        return call(self.site, "package_list")

    def show(self, name: str) -> dict[str, Any]:
        """One of its datasets."""
        return call(self.site, "package_show", id=name)


@contextmanager
def target_site(folder: Path, clock: Any) -> Iterator[There]:
    """An empty site of ours, served on loopback as a target."""
    folder.mkdir()
    site = open_empty(folder, clock)
    with site.writing() as session:
        secrets = [add_token(session, "onward", clock.now(), account_id=add_account(session, name, clock.now(), sysadmin=name == "root").id).secret
                   for name in ("root", "stranger")]
    try:
        with serving(create_app(site)) as url:
            yield There(site, url, *secrets)
    finally:
        site.engine.dispose()


def aim(site: Site, url: str, token: str = "", *, name: str = "tinh", mode: str = "link", **rules: Any) -> Target:
    """A saved target; one that is there already keeps its token where none is given."""
    return save_target(site, Draft(name=name, url=url, mode=mode, rules=Rules(**rules)), token)


def publish_to(site: Site, name: str = "tinh", **more: Any) -> OnwardRun:
    """Publish to a target, as the command does."""
    return orders.publish(site, name, "tester", **more)


def rows(site: Site) -> dict[str, Onward]:
    """What is known of each dataset at targets, by its name here."""
    with site.reading() as session:
        return {row.name: row for row in session.scalars(select(Onward))}


def codes_of(issues: list[dict[str, Any]]) -> list[str]:
    """The codes of issues as they are kept."""
    return [issue["code"] for issue in issues]


def give_bytes(site: Site, name: str, data: bytes) -> None:
    """Let the first file of a dataset have these bytes."""
    with site.writing() as session:
        dataset = session.scalars(select(Dataset).where(Dataset.name == name)).one()
        version = session.get_one(Version, dataset.resources[0].version_id)
        version.sha256, version.size = site.files.put_bytes(data), len(data)

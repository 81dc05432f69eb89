"""Targets: saved, paused, removed. The command line and the pages both come here.

The token of a target is sealed as the secrets of sources are, opened at the last moment, and never sent to another server.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlunsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog import schedules
from catalog.errors import Trouble, UsageError
from catalog.issues import Issue, say
from catalog.models import Target, new_id
from catalog.names import slug
from catalog.net import Net
from catalog.net.guard import urlsplit_or_none
from catalog.onward.mapping import Rules
from catalog.sealing import Unreadable, seal, unseal
from catalog.settings import Settings
from catalog.site import Site
from catalog.source_secrets import server
from catalog.sources import Problem, SourceRefused

MODES = ("link", "upload")
STATES = ("active", "paused", "removed")
TOKEN = "token"
_PREFIX = re.compile(r"[a-z0-9_-]{0,40}")
_API = re.compile(r"/(api(/\d)?(/action)?)?/*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A target as somebody writes it down; `url` is the root of the CKAN, `schedule` cron on Vietnam's clock."""

    name: str
    url: str
    title: str = ""
    mode: str = "link"
    schedule: str = ""
    rules: Rules = Rules()


def target_named(session: Session, name: str) -> Target:
    """The target of that name; UsageError when there is none, or it was removed."""
    found = session.scalar(select(Target).where(Target.name == name, Target.state != "removed"))
    if found is None:
        raise UsageError(f"Không có đích nào tên {name}. Xem danh sách: haidang target list", f"There is no target named {name}. See: haidang target list")
    return found


def targets(session: Session) -> list[Target]:
    """Every target that was not removed, by name."""
    return list(session.scalars(select(Target).where(Target.state != "removed").order_by(Target.name)))


def save_target(site: Site, draft: Draft, token: str | None = None) -> Target:
    """Add the target, or change the one of that name; one that was removed is there again, one that is paused stays so.

    SourceRefused (a UsageError) names every field that is wrong. A token that is not given stays as it is, unless the address
    is now another server's.
    """
    url = _root(draft.url)
    problems = _problems(draft, url, site.net)
    with site.writing() as session:
        row = session.scalar(select(Target).where(Target.name == draft.name))
        kept = row is not None and bool(row.secrets) and server(row.url) == server(url)
        if not token and not kept:
            problems.append(Problem(TOKEN, "Cần mã truy cập (API token) của tài khoản tại đích.", "The API token of an account at the target is needed."))
        if problems:
            raise SourceRefused(problems)
        row = row or Target(id=new_id(), name=draft.name, state="active", created=site.clock.now())
        schedule, state = schedules.cron(draft.schedule), "paused" if row.state == "paused" else "active"
        if (row.schedule, row.state) != (schedule, state):
            row.due_after = site.clock.now()
        row.url, row.title, row.mode, row.schedule, row.state = url, draft.title or row.title or draft.name, draft.mode, schedule, state
        row.mapping = draft.rules.kept()
        if token:
            row.secrets = {TOKEN: seal(site.settings.secret_key, row.id, TOKEN, token)}
        session.add(row)
        session.flush()
        return row


def set_state(site: Site, session: Session, row: Target, state: str) -> None:
    """Make the target active, paused or removed; what it has stays there, but the token of a removed one is forgotten."""
    if state not in STATES:
        raise ValueError(state)
    if row.state != "active":
        row.due_after = site.clock.now()
    row.state, row.secrets = state, {} if state == "removed" else row.secrets


def token_of(settings: Settings, row: Target) -> str:
    """The token in clear; Trouble where it does not open."""
    try:
        return unseal(settings.secret_key, row.id, TOKEN, row.secrets.get(TOKEN, ""))
    except Unreadable:
        raise Trouble(Issue("onward-token-unreadable", facts={"target": row.name})) from None


def _root(url: str) -> str:
    """The root of a CKAN, from the address of its page or of its API."""
    parts = urlsplit_or_none(url)
    return url if parts is None else urlunsplit((parts.scheme, parts.netloc, _API.sub("", parts.path), "", ""))


def _problems(draft: Draft, url: str, net: Net) -> list[Problem]:
    problems = []
    if slug(draft.name) != draft.name or len(draft.name) > 100:
        problems.append(Problem("name", f"Tên đích {draft.name!r} chưa dùng được; hãy dùng chữ thường, số và gạch nối, ví dụ {slug(draft.name)[:100]}.",
                                f"The name {draft.name!r} cannot be used; take lower-case letters, digits and hyphens, such as {slug(draft.name)[:100]}."))
    if not _PREFIX.fullmatch(draft.rules.prefix):
        problems.append(Problem("prefix", "Tiền tố chỉ gồm chữ thường không dấu, số, gạch nối và gạch dưới, tối đa 40 ký tự.",
                                "A prefix has lower-case letters, digits, hyphens and underscores only, at most 40."))
    try:
        schedules.cron(draft.schedule)
    except UsageError as error:
        problems.append(Problem("schedule", error.vi, error.en))
    parts = urlsplit_or_none(url)
    if parts is not None and "@" in parts.netloc:
        problems.append(Problem("url", "Không ghi tên đăng nhập và mật khẩu trong địa chỉ; đích chỉ cần mã truy cập.",
                                "User and password do not belong in the address; a target needs a token only."))
        return problems
    try:
        net.vet(url)
    except Trouble as trouble:
        vi, en = say(trouble.issue, "vi"), say(trouble.issue, "en")
        problems.append(Problem("url", f"{vi.what} {vi.mend}", f"{en.what} {en.mend}"))
    return problems

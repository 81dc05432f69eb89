"""Sources: what can be declared of one, saving it, pausing, removing. The command line and the pages both come here.

What the connectors declare (kinds, titles, options) is written down by the worker as a fact of the site, so that the pages
can ask for it without knowing a connector.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog import evidence, schedules
from catalog.errors import Trouble, UsageError
from catalog.issues import say
from catalog.models import Agency, Source, new_id
from catalog.names import slug
from catalog.net import Net, is_file_url
from catalog.net.guard import PORTS, urlsplit_or_none
from catalog.site import Site, remember, remembered
from catalog.source_secrets import is_for_the_same, sealed

FACT = "connectors"
STATES = ("active", "paused", "removed")
MAX_TEXT = 2_000  # characters of one field
MAX_OPTION = 1 << 16  # characters of an option or a secret: a description of tables, a private key

# kind -> {"title": {"vi", "en"}, "options": [{"name", "vi", "en", …}], "own_scheme", "placed", "local"}
Declared = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A source as somebody writes it down. `agency` is the agency's name in addresses, `schedule` cron on Vietnam's clock."""

    name: str
    agency: str
    connector: str
    url: str
    title: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    schedule: str = ""
    minimum: int | None = None
    expectations: Mapping[str, Any] | None = None  # beside the minimum: hours, blackout, shrink_share …; None keeps what is saved


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a draft cannot be saved: the field (an option is `option:NAME`) and the words in both languages."""

    field: str
    vi: str
    en: str


class SourceRefused(UsageError):
    """A draft that cannot be saved; `problems` says why, field by field."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(" ".join(problem.vi for problem in problems), " ".join(problem.en for problem in problems))
        self.problems = problems


def remember_connectors(session: Session, declared: Declared) -> None:
    """Write down what the connectors declare, for the pages."""
    remember(session, FACT, declared)


def connectors(site: Site) -> Declared:
    """What the connectors declare; empty while no worker has ever started."""
    found = remembered(site.engine, FACT, {})
    return found if isinstance(found, dict) else {}


def source_named(session: Session, name: str) -> Source:
    """The source of that name; UsageError when there is none, or it was removed."""
    found = session.scalar(select(Source).where(Source.name == name, Source.state != "removed"))
    if found is None:
        raise UsageError(f"Không có nguồn nào tên {name}. Xem danh sách: haidang source list",
                         f"There is no source named {name}. See: haidang source list")
    return found


def save_source(site: Site, draft: Draft, *, declared: Declared, secrets: Mapping[str, str] | None = None, forget: Sequence[str] = ()) -> Source:
    """Add the source, or change the one of that name; one that was removed is there again, one that is paused stays so.

    SourceRefused names every field that is wrong. `secrets` are values of secret options as they were typed; those not given
    stay as they are, but for those to `forget`. The address is looked at before the store is held.
    """
    draft = placed(draft, declared)
    problems = problems_of(draft, declared, site.net)
    with site.writing() as session:
        owner = session.scalar(select(Agency).where(Agency.slug == draft.agency))
        before = session.scalar(select(Source).where(Source.name == draft.name))
        if owner is None:
            problems.insert(0, Problem("agency", f"Sổ bộ cơ quan chưa có {draft.agency}.", f"The register has no agency {draft.agency}."))
        kept, wrong = _secrets_kept(before, draft, declared, {**(secrets or {}), **dict.fromkeys(forget, "")})
        problems += wrong
        if problems or owner is None:
            raise SourceRefused(problems)
        row = before or Source(id=new_id(), name=draft.name, created=site.clock.now())
        schedule, state = schedules.cron(draft.schedule), "paused" if row.state == "paused" else "active"
        if (row.schedule, row.state) != (schedule, state):
            row.due_after = site.clock.now()  # what would have been due before is not made up for
        row.agency_id, row.connector, row.url, row.options = owner.id, draft.connector, draft.url, dict(draft.options)
        row.title, row.schedule, row.state = draft.title or row.title or draft.name, schedule, state
        row.secrets = {**kept, **sealed(site.settings, row.id, {name: value for name, value in (secrets or {}).items() if value})}
        row.expectations = _expected(row.expectations or {}, draft)
        session.add(row)
        session.flush()
        evidence.record_source(session, row.id, site.clock.now())
        return row


def placed(draft: Draft, declared: Declared) -> Draft:
    """The draft with the address of its own that a connector which needs none from outside gives it."""
    scheme = declared.get(draft.connector, {}).get("own_scheme")
    return replace(draft, url=f"{scheme}:{draft.name}") if scheme and not draft.url else draft


def _expected(before: Mapping[str, Any], draft: Draft) -> dict[str, Any]:
    given = before if draft.expectations is None else draft.expectations
    return {key: value for key, value in {**given, "minimum": draft.minimum or None}.items() if value is not None}


def _secrets_kept(before: Source | None, draft: Draft, declared: Declared, given: Mapping[str, str]) -> tuple[dict[str, str], list[Problem]]:
    """The sealed secrets that stay, and what is wrong: one that would go to another server, one that is needed and not there."""
    if draft.connector not in declared:
        return {}, []
    options = {option["name"]: option for option in declared[draft.connector]["options"] if option.get("secret")}
    saved = {name: value for name, value in (before.secrets or {}).items() if name in options and name not in given} if before else {}
    problems = [Problem(f"option:{name}", f"Kiểu kết nối {draft.connector} không có thông tin bí mật {name}.", f"Connector {draft.connector} has no secret {name}.")
                for name in given if name not in options]
    problems += [Problem(f"option:{name}", f"{name} dài quá {MAX_OPTION} ký tự.", f"{name} is longer than {MAX_OPTION} characters.")
                 for name, value in given.items() if len(value) > MAX_OPTION]
    if saved and before is not None and not is_for_the_same(before, draft.connector, draft.url):
        problems += [Problem(f"option:{name}", f"Nguồn chuyển sang máy chủ khác, nên {name} đã lưu không được gửi theo; hãy nhập lại.",
                             f"The source moves to another server, to which the saved {name} is not sent; give it again.") for name in saved]
    lacking = [option for name, option in options.items() if option.get("required") and not saved.get(name) and not given.get(name)]
    problems += [Problem(f"option:{option['name']}", f"Cần {option['name']}: {option['vi']}.", f"{option['name']} is needed: {option['en']}.") for option in lacking]
    return saved, problems


def set_state(site: Site, session: Session, row: Source, state: str) -> None:
    """Pause a source, take it up again, or remove it; what it has published stays in each case.

    Nobody looks after the secrets of a source that was removed, so they go; what was due during a pause is not made up for.
    """
    if state not in STATES:
        raise ValueError(state)
    if row.state != "active":
        row.due_after = site.clock.now()
    row.state = state
    row.secrets = {} if state == "removed" else row.secrets
    session.flush()
    evidence.record_source(session, row.id, site.clock.now())


def problems_of(draft: Draft, declared: Declared, net: Net) -> list[Problem]:
    """Everything that is wrong with a draft, as far as it can be told without asking the source."""
    problems = []
    if slug(draft.name) != draft.name or len(draft.name) > 100:
        problems.append(Problem("name", f"Tên nguồn {draft.name!r} chưa dùng được; hãy dùng chữ thường, số và gạch nối, ví dụ {slug(draft.name)[:100]}.",
                                f"The name {draft.name!r} cannot be used; take lower-case letters, digits and hyphens, such as {slug(draft.name)[:100]}."))
    problems += option_problems(draft.connector, draft.options, declared)
    problems += credentials_in(draft.url, draft.connector, declared) or _address_problems(draft, declared, net)
    try:
        schedules.cron(draft.schedule)
    except UsageError as error:
        problems.append(Problem("schedule", error.vi, error.en))
    return problems


def option_problems(kind: str, options: Mapping[str, Any], declared: Declared, *, secrets: Mapping[str, str] | None = None) -> list[Problem]:
    """What is wrong with the options of a connector: unknown, missing, or not one of the choices.

    `secrets` are looked at, too, where they are given in clear; a draft's are not (see `save_source`).
    """
    if kind not in declared:
        return [Problem("connector", f"Không có kiểu kết nối {kind}; các kiểu có: {', '.join(sorted(declared))}.",
                        f"There is no connector {kind}; there are: {', '.join(sorted(declared))}.")]
    known = {option["name"]: option for option in declared[kind]["options"]}
    problems = []
    if unknown := sorted({*options, *(secrets or {})} - set(known)):
        problems.append(Problem("connector", f"Kiểu kết nối {kind} không có tùy chọn {', '.join(unknown)}; có: {', '.join(sorted(known))}.",
                                f"Connector {kind} has no option {', '.join(unknown)}; it has: {', '.join(sorted(known))}."))
    for name, option in known.items():
        if option.get("secret") and secrets is None:
            continue
        value = ((secrets or {}) if option.get("secret") else options).get(name)
        if value is None or not str(value).strip():
            if option.get("required"):
                problems.append(Problem(f"option:{name}", f"Cần tùy chọn {name} ({option['vi']}).", f"Option {name} ({option['en']}) is needed."))
        elif option.get("choices") and value not in option["choices"]:
            problems.append(Problem(f"option:{name}", f"Tùy chọn {name} chỉ nhận: {', '.join(option['choices'])}.",
                                    f"Option {name} is one of: {', '.join(option['choices'])}."))
        elif len(str(value)) > MAX_OPTION:
            problems.append(Problem(f"option:{name}", f"Tùy chọn {name} dài quá {MAX_OPTION} ký tự.", f"Option {name} is longer than {MAX_OPTION} characters."))
    return problems


def is_local(url: str) -> bool:
    """Whether the address is a folder of this machine, which only its operator may name."""
    return url.startswith("/") or is_file_url(url)


def credentials_in(url: str, kind: str, declared: Declared) -> list[Problem]:
    """What is wrong with an address that holds a password, or a user where the connector takes none there: everybody may read it."""
    parts = urlsplit_or_none(url)
    if parts is None or "@" not in parts.netloc:
        return []
    options = declared.get(kind, {}).get("options", ())
    names = [option["name"] for option in options if option.get("secret") or option["name"] == "user"]
    if parts.scheme.lower() not in PORTS and "user" not in names and ":" not in parts.netloc.rpartition("@")[0]:
        return []
    instead = ", ".join(names)
    vi = f"hãy dùng tùy chọn: {instead}" if instead else "kiểu kết nối này không đăng nhập, nên hãy dùng một địa chỉ không cần mật khẩu"
    en = f"use the options: {instead}" if instead else "this connector does not sign in, so take an address that needs no password"
    return [Problem("url", f"Không ghi tên đăng nhập và mật khẩu trong địa chỉ, vì ai cũng đọc được địa chỉ; {vi}.",
                    f"User and password do not belong in the address, which everybody may read; {en}.")]


def _address_problems(draft: Draft, declared: Declared, net: Net) -> list[Problem]:
    about = declared.get(draft.connector, {})
    if about.get("placed") or (about.get("local") and is_local(draft.url)):
        return []
    try:
        net.vet(draft.url)
    except Trouble as trouble:
        vi, en = say(trouble.issue, "vi"), say(trouble.issue, "en")
        return [Problem("url", f"{vi.what} {vi.mend}", f"{en.what} {en.mend}")]
    return []

"""Sources: what can be declared of one, saving it, pausing, removing. The command line and the pages both come here.

What the connectors declare (kinds, titles, options) is written down by the worker as a fact of the site, so that the pages
can ask for it without knowing a connector.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog import evidence
from catalog.errors import Trouble, UsageError
from catalog.issues import say
from catalog.models import Agency, Source
from catalog.names import slug
from catalog.net import Net, is_file_url
from catalog.site import Site, remember, remembered

FACT = "connectors"
STATES = ("active", "paused", "removed")
MAX_TEXT = 2_000  # characters of one field
_CRON = re.compile(r"[0-9A-Za-z*/,\-]+")
_RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))  # minute, hour, day, month, weekday

Declared = Mapping[str, Mapping[str, Any]]  # kind -> {"title": {"vi", "en"}, "options": [{"name", "vi", "en", …}]}


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


def save_source(site: Site, draft: Draft, *, declared: Declared, secrets: Mapping[str, str] | None = None) -> Source:
    """Add the source, or change the one of that name; one that was removed is there again, one that is paused stays so.

    SourceRefused names every field that is wrong. `secrets` are values of secret options as they were typed; those not given
    stay as they are. The address is looked at before the store is held.
    """
    problems = [*problems_of(draft, declared, site.net), *_unkept(secrets)]
    with site.writing() as session:
        owner = session.scalar(select(Agency).where(Agency.slug == draft.agency))
        if owner is None:
            problems.insert(0, Problem("agency", f"Sổ bộ cơ quan chưa có {draft.agency}.", f"The register has no agency {draft.agency}."))
        if problems or owner is None:
            raise SourceRefused(problems)
        row = session.scalar(select(Source).where(Source.name == draft.name)) or Source(name=draft.name, created=site.clock.now())
        row.agency_id, row.connector, row.url, row.options = owner.id, draft.connector, draft.url, dict(draft.options)
        row.title, row.schedule = draft.title or row.title or draft.name, draft.schedule
        row.state = "paused" if row.state == "paused" else "active"
        row.expectations = {key: value for key, value in {**(row.expectations or {}), "minimum": draft.minimum}.items() if key != "minimum" or value}
        session.add(row)
        session.flush()
        evidence.record_source(session, row.id, site.clock.now())
        return row


def set_state(site: Site, session: Session, row: Source, state: str) -> None:
    """Pause a source, take it up again, or remove it; what it has published stays in each case."""
    if state not in STATES:
        raise ValueError(state)
    row.state = state
    session.flush()
    evidence.record_source(session, row.id, site.clock.now())


def problems_of(draft: Draft, declared: Declared, net: Net) -> list[Problem]:
    """Everything that is wrong with a draft, as far as it can be told without asking the source."""
    problems = []
    if slug(draft.name) != draft.name or len(draft.name) > 100:
        problems.append(Problem("name", f"Tên nguồn {draft.name!r} chưa dùng được; hãy dùng chữ thường, số và gạch nối, ví dụ {slug(draft.name)[:100]}.",
                                f"The name {draft.name!r} cannot be used; take lower-case letters, digits and hyphens, such as {slug(draft.name)[:100]}."))
    problems += option_problems(draft.connector, draft.options, declared)
    problems += _address_problems(draft, net)
    if draft.schedule and not is_cron(draft.schedule):
        problems.append(Problem("schedule", f"Lịch {draft.schedule!r} chưa đúng; cần năm phần: phút, giờ, ngày, tháng, thứ. Ví dụ 0 2 * * * là 02:00 hằng ngày.",
                                f"The schedule {draft.schedule!r} cannot be read; it has five parts: minute, hour, day, month, weekday. 0 2 * * * is 02:00 every day."))
    return problems


def option_problems(kind: str, options: Mapping[str, Any], declared: Declared) -> list[Problem]:
    """What is wrong with the options of a connector: unknown, missing, or not one of the choices."""
    if kind not in declared:
        return [Problem("connector", f"Không có kiểu kết nối {kind}; các kiểu có: {', '.join(sorted(declared))}.",
                        f"There is no connector {kind}; there are: {', '.join(sorted(declared))}.")]
    known = {option["name"]: option for option in declared[kind]["options"]}
    problems = []
    if unknown := sorted(set(options) - set(known)):
        problems.append(Problem("connector", f"Kiểu kết nối {kind} không có tùy chọn {', '.join(unknown)}; có: {', '.join(sorted(known))}.",
                                f"Connector {kind} has no option {', '.join(unknown)}; it has: {', '.join(sorted(known))}."))
    for name, option in known.items():
        value = options.get(name)
        if value is None or value == "":
            if option.get("required") and not option.get("secret"):
                problems.append(Problem(f"option:{name}", f"Cần tùy chọn {name}: {option['vi']}.", f"Option {name} is needed: {option['en']}."))
        elif option.get("choices") and value not in option["choices"]:
            problems.append(Problem(f"option:{name}", f"Tùy chọn {name} chỉ nhận: {', '.join(option['choices'])}.",
                                    f"Option {name} is one of: {', '.join(option['choices'])}."))
        elif len(str(value)) > MAX_TEXT:
            problems.append(Problem(f"option:{name}", f"Tùy chọn {name} dài quá {MAX_TEXT} ký tự.", f"Option {name} is longer than {MAX_TEXT} characters."))
    return problems


def is_local(url: str) -> bool:
    """Whether the address is a folder of this machine, which only its operator may name."""
    return url.startswith("/") or is_file_url(url)


def is_cron(text: str) -> bool:
    """Whether the text is a schedule of five parts, each in its range; names of days and months as they stand."""
    parts = text.split()
    return len(parts) == 5 and all(
        _CRON.fullmatch(part) and all(low <= int(number) <= high for number in re.findall(r"\d+", part.split("/")[0]))
        for part, (low, high) in zip(parts, _RANGES, strict=True))


def _address_problems(draft: Draft, net: Net) -> list[Problem]:
    if draft.connector == "directory" and is_local(draft.url):
        return []
    try:
        net.vet(draft.url)
    except Trouble as trouble:
        vi, en = say(trouble.issue, "vi"), say(trouble.issue, "en")
        return [Problem("url", f"{vi.what} {vi.mend}", f"{en.what} {en.mend}")]
    return []


def _unkept(secrets: Mapping[str, str] | None) -> list[Problem]:
    """A secret is kept sealed or not at all."""
    return [Problem(f"option:{name}", f"Chưa lưu được {name}: hệ thống chưa có chỗ cất bí mật có mã hóa. Chưa có gì được lưu.",
                    f"{name} cannot be kept: there is no sealed place for secrets yet. Nothing was saved.") for name in secrets or {}]

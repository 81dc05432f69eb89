"""The form of a source, made of what its connector declares; read back into a draft."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import MultiDict

from catalog.models import Source
from catalog.sources import MAX_OPTION, MAX_TEXT, Draft, Problem, is_local
from web.words import language

OFTEN = ("", "daily", "weekly", "monthly", "quarterly", "other")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What stands in a form: the draft, the secrets that were typed, and how the schedule was chosen."""

    draft: Draft
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    often: str = ""
    at: str = "02:00"


def blank(connector: str, agency: str) -> Asked:
    """An empty form for a new source."""
    return Asked(draft=Draft(name="", agency=agency, connector=connector, url=""), often="daily")


def of_source(source: Source, agency: str) -> Asked:
    """The form of a saved source; of its secrets nothing comes back."""
    often, at = _chosen(source.schedule)
    return Asked(often=often, at=at, draft=Draft(
        name=source.name, agency=agency, connector=source.connector, url=source.url, title=source.title, options=source.options or {},
        schedule=source.schedule, minimum=(source.expectations or {}).get("minimum")))


def read(form: MultiDict[str, str], connector: str, options: Sequence[Mapping[str, Any]], name: str | None) -> Asked:
    """What was sent; `name` is that of a saved source, which a form cannot change."""
    often = form.get("often", "") if form.get("often", "") in OFTEN else ""
    at = form.get("at", "02:00")[:5]
    given = {option["name"]: _lines(form.get(f"option:{option['name']}", "").strip()) for option in options if not option.get("secret")}
    typed = {option["name"]: _lines(form.get(f"option:{option['name']}", "")) for option in options if option.get("secret")}
    minimum = form.get("minimum", "").strip()
    return Asked(
        often=often, at=at, secrets={key: value for key, value in typed.items() if value},
        draft=Draft(
            name=name or form.get("name", "").strip()[:200], agency=form.get("agency", "")[:100], connector=connector,
            url=form.get("url", "").strip()[:MAX_TEXT], title=form.get("title", "").strip()[:300],
            options={key: value for key, value in given.items() if value}, schedule=_cron(often, at, form.get("cron", "").strip()[:100]),
            minimum=int(minimum) if minimum.isascii() and minimum.isdecimal() and len(minimum) < 8 else None))


def _lines(text: str) -> str:
    """What was typed, with the line ends that files have; browsers send their own."""
    return text.replace("\r\n", "\n")[: MAX_OPTION + 1]


def page_problems(asked: Asked, before: Source | None) -> list[Problem]:
    """What the pages refuse beside what every way refuses: a folder of the server is named by its operator only."""
    url = asked.draft.url
    if not is_local(url) or (before is not None and before.url == url):
        return []
    return [Problem("url", "Thư mục trên máy chủ chỉ người vận hành khai được, bằng lệnh haidang source add.",
                    "A folder of the server can be named by its operator only, with haidang source add.")]


def by_field(problems: Sequence[Problem]) -> dict[str, str]:
    """The words of each field that is wrong, in the reader's language."""
    said: dict[str, str] = {}
    for problem in problems:
        said[problem.field] = f"{said.get(problem.field, '')} {problem.en if language() == 'en' else problem.vi}".strip()
    return said


def _cron(often: str, at: str, other: str) -> str:
    """The schedule that was chosen, as cron on Vietnam's clock."""
    hour, _, minute = at.partition(":")
    if often == "other":
        return other
    if not often:
        return ""
    if not (hour.isdecimal() and minute.isdecimal()):
        return at or "?"
    days = {"daily": "* * *", "weekly": "* * 1", "monthly": "1 * *", "quarterly": "1 1,4,7,10 *"}
    return f"{int(minute)} {int(hour)} {days[often]}"


def _chosen(cron: str) -> tuple[str, str]:
    """How a schedule stands in the form: which choice, and at what time."""
    parts = cron.split()
    if not parts:
        return "", "02:00"
    if len(parts) == 5 and all(part.isdecimal() for part in parts[:2]):
        for often in OFTEN[1:-1]:
            at = f"{int(parts[1]):02d}:{int(parts[0]):02d}"
            if _cron(often, at, "").split()[2:] == parts[2:]:
                return often, at
    return "other", "02:00"

"""Who the site is: its name and words, kept as facts of the site, since the code knows no province's name.

Facts: `identity` maps each key of `DEFAULT` to a text or to {"vi": …, "en": …}; `popular_searches` is a list of
terms or {"vi": […], "en": […]}; `demo` is true where the catalogue shows what is made up; `target` is what the plan
asks for: {"percent": 100, "day": "2025-12-31", "basis": …, "url": …}.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Flask, current_app, g
from sqlalchemy import select

from catalog.identity import DEFAULT
from catalog.models import SiteFact
from web.kept import kept
from web.words import language

FACTS = ("identity", "popular_searches", "demo", "target")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The share of agencies that the plan asks for, by which day, and where that is written."""

    percent: float
    day: date
    basis: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The site's words in the language of the request."""

    name: str
    tagline: str
    official: str
    story: str
    operator: str
    contact: str
    demo: bool
    popular_searches: tuple[str, ...]
    target: Target | None


def identity_in(chosen: str, facts: dict[str, Any]) -> Identity:
    """The site's words in one language, from its facts; what a fact does not say is said by default."""
    given = {**DEFAULT, **(facts.get("identity") or {})}
    words = {key: _in(chosen, given[key]) for key in DEFAULT}
    popular = _in(chosen, facts.get("popular_searches") or [])
    return Identity(**words, demo=bool(facts.get("demo")), popular_searches=tuple(popular), target=_target(chosen, facts.get("target")))


def _target(chosen: str, fact: dict[str, Any] | None) -> Target | None:
    if not fact:
        return None
    return Target(percent=float(fact["percent"]), day=date.fromisoformat(fact["day"]), basis=_in(chosen, fact.get("basis", "")), url=fact.get("url", ""))


def _in(chosen: str, value: Any) -> Any:
    return (value.get(chosen) or value.get("vi") or "") if isinstance(value, dict) else value


def current() -> Identity:
    """The site's words for this request; read once."""
    if "identity" not in g:
        g.identity = identity_in(language(), kept("identity", _facts))
    return g.identity


def _facts() -> dict[str, Any]:
    with current_app.extensions["haidang"].reading() as session:
        return dict(session.execute(select(SiteFact.key, SiteFact.value).where(SiteFact.key.in_(FACTS))).all())


def assume_nothing() -> None:
    """From here on this request asks the database nothing about the site; for pages shown when it is broken."""
    g.setdefault("identity", identity_in(language(), {}))


def init_app(app: Flask) -> None:
    """Give templates `identity()`."""
    app.add_template_global(current, "identity")

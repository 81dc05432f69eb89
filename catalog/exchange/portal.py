"""Who offers the catalogue: the site's address and its own words in both languages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from catalog.actions.context import Context
from catalog.exchange.wording import mailto, plain, uri
from catalog.identity import DEFAULT
from catalog.models import Dataset, SiteFact

PUBLIC = (Dataset.state == "active", Dataset.private.is_(False))


@dataclass(frozen=True, slots=True, kw_only=True)
class Portal:
    """The catalogue as a whole; `url` has no slash at its end, texts are (Vietnamese, English)."""

    url: str
    title: tuple[str, str]
    description: tuple[str, str]
    operator: tuple[str, str]
    mail: str | None
    spatial: str | None
    today: date
    modified: datetime | None
    issued: datetime | None


def portal(context: Context) -> Portal:
    """The catalogue's own description, from the facts of the site (`identity`, and `spatial`: the address of its territory)."""
    session = context.session
    facts = dict(session.execute(select(SiteFact.key, SiteFact.value).where(SiteFact.key.in_(("identity", "spatial")))).all())
    given: dict[str, Any] = {**DEFAULT, **(facts.get("identity") or {})}
    name, tagline = _both(given["name"]), _both(given["tagline"])
    first, last = session.execute(select(func.min(Dataset.metadata_created), func.max(Dataset.metadata_modified)).where(*PUBLIC)).one()
    operator = _both(given["operator"])
    return Portal(
        url=context.site_url, title=(f"{name[0]} – {tagline[0]}", f"{name[1]} – {tagline[1]}"), description=_both(given["story"]),
        operator=operator if operator[0] else name, mail=mailto(_both(given["contact"])[0]), spatial=uri(facts.get("spatial") or ""),
        today=context.site.clock.today(), modified=last, issued=first)


def _both(value: Any) -> tuple[str, str]:
    if isinstance(value, dict):
        vi = plain(str(value.get("vi") or ""))
        return vi, plain(str(value.get("en") or "")) or vi
    return (plain(str(value or "")),) * 2

"""Which records an OAI-PMH request is about, a page at a time, and the signed tokens with which a listing goes on.

What is published comes first, by the moment of its last change; then what was archived, as tombstones. A dataset that changes
while it is listed moves to the end of the listing, so that nobody misses it. A token holds all that is needed to go on; nothing
is kept for it here, so it never expires.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy import ColumnElement, Text, and_, cast, func, or_, select
from sqlalchemy.orm import Session

from catalog import holdings
from catalog.models import Agency, Dataset

PAGE = 100
STATES = ("active", "deleted")
AGENCY, THEME = "organization:", "group:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is listed, and how far the listing has come. Moments are ISO 8601 in UTC; `until` is the first that is not meant."""

    prefix: str
    set: str = ""
    since: str = ""
    until: str = ""
    state: str = STATES[0]
    after: str = ""  # of the last record listed: its moment and its id
    after_id: str = ""
    seen: int = 0
    total: int = 0


def token(wanted: Wanted, secret: str) -> str:
    """A resumption token."""
    return _signer(secret).dumps(asdict(wanted))


def resumed(given: str, secret: str) -> Wanted | None:
    """What a token stands for; None for one that was not made here."""
    try:
        return Wanted(**_signer(secret).loads(given))
    except (BadData, TypeError):
        return None


def _signer(secret: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt="oai-pmh")


def stamped(dataset: Dataset) -> datetime:
    """When a record last changed: the dataset, or that it is gone."""
    return dataset.archived_at or dataset.metadata_modified if dataset.state == "deleted" else dataset.metadata_modified


def page(session: Session, wanted: Wanted) -> tuple[Sequence[Dataset], Wanted | None]:
    """The next records, and where the listing goes on; None where it ends."""
    if not wanted.seen:
        wanted = replace(wanted, total=_count(session, wanted))
    found: list[Dataset] = []
    at = wanted
    while len(found) <= PAGE:
        rows = session.scalars(_rows(at, PAGE + 1 - len(found))).all()
        found += rows
        if len(found) > PAGE or at.state == STATES[-1]:
            break
        at = replace(at, state=STATES[-1], after="", after_id="")
    shown = found[:PAGE]
    if len(found) <= PAGE:
        return shown, None
    last = shown[-1]
    return shown, replace(wanted, state=last.state, after=stamped(last).isoformat(), after_id=last.id, seen=wanted.seen + PAGE)


def _stamp(state: str) -> Any:
    return func.coalesce(Dataset.archived_at, Dataset.metadata_modified, type_=Dataset.metadata_modified.type) if state == "deleted" else Dataset.metadata_modified


def _conditions(wanted: Wanted, state: str) -> list[ColumnElement[bool]]:
    stamp = _stamp(state)
    found = [Dataset.state == state, Dataset.private.is_(False)]
    if wanted.since:
        found.append(stamp >= datetime.fromisoformat(wanted.since))
    if wanted.until:
        found.append(stamp < datetime.fromisoformat(wanted.until))
    if wanted.set.startswith(AGENCY):
        found.append(Dataset.owner_org == select(Agency.id).where(Agency.slug == wanted.set.removeprefix(AGENCY)).scalar_subquery())
    elif wanted.set:
        found.append(cast(Dataset.groups, Text).contains(f'"{wanted.set.removeprefix(THEME)}"', autoescape=True))
    return found


def _rows(wanted: Wanted, limit: int) -> Any:
    stamp, conditions = _stamp(wanted.state), _conditions(wanted, wanted.state)
    if wanted.after:
        after = datetime.fromisoformat(wanted.after)
        conditions.append(or_(stamp > after, and_(stamp == after, Dataset.id > wanted.after_id)))
    return select(Dataset).where(*conditions).order_by(stamp, Dataset.id).limit(limit)


def _count(session: Session, wanted: Wanted) -> int:
    return sum(session.scalar(select(func.count()).select_from(Dataset).where(*_conditions(wanted, state))) or 0 for state in STATES)


def earliest(session: Session) -> datetime:
    """The moment before which nothing is listed."""
    first = session.scalar(select(func.min(Dataset.metadata_modified)).where(Dataset.state.in_(STATES), Dataset.private.is_(False)))
    return first or datetime(1970, 1, 1, tzinfo=UTC)


def sets(session: Session) -> list[tuple[str, str]]:
    """The sets by their names and titles: each agency that has published something, and each theme."""
    holding = holdings.counts_by_agency(session)
    return [*((AGENCY + agency.slug, agency.name_on(None).name_vi) for agency in holdings.agencies(session) if agency.id in holding),
            *((THEME + theme.name, theme.title_vi) for theme in holdings.themes(session))]


def bound(text: str, *, end: bool) -> datetime | None:
    """A day or a moment of a request in UTC; with `end` the first moment after it. None for what is neither."""
    for form, length, step in (("%Y-%m-%d", 10, timedelta(days=1)), ("%Y-%m-%dT%H:%M:%SZ", 20, timedelta(seconds=1))):
        if len(text) == length and text.isascii():
            try:
                return datetime.strptime(text, form).replace(tzinfo=UTC) + (step if end else timedelta())
            except (ValueError, OverflowError):
                return None
    return None

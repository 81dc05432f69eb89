"""How the figure moved: its trend, who was gained and lost on which day and why, and when the target would be met."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalog.clock import day_of
from catalog.issues import Issue, Said, say
from catalog.models import Agency, Evidence, Exemption, Succession
from catalog.participation.days import DAY, Span, around, union
from catalog.participation.figure import Member, members_on, participation
from catalog.participation.ledger import read_ledger
from catalog.register import heirs

WINDOWS = (91, 182, 364)  # days over which a pace is measured; the middle one makes the forecast
LEAST_HISTORY = 28  # with less than this a pace means nothing
FARTHEST = 3660  # a day beyond ten years is no forecast


@dataclass(frozen=True, slots=True)
class Epoch:
    """Days between two changes of the register: the same agencies, the same holders."""

    first: date
    last: date
    members: Sequence[Member]
    lit: Mapping[str, Sequence[Span]]  # by agency: the days on which what it holds meets every condition

    def count(self, day: date) -> tuple[int, int]:
        counted = sum(around(self.lit[member.id], day) is not None for member in self.members)
        return counted, len(self.members)


def _epochs(session: Session, since: date, until: date) -> list[Epoch]:
    """The days from `since` to `until`, cut where an agency or an exemption begins or ends."""
    cuts = {since}
    for first, last in [*session.execute(select(Agency.valid_from, Agency.valid_to)),
                        *session.execute(select(Exemption.valid_from, Exemption.valid_to))]:
        cuts |= {first, *([last + DAY] if last else [])}
    cuts |= set(session.scalars(select(Succession.day)))
    firsts = sorted(cut for cut in cuts if since <= cut <= until)
    lit = read_ledger(session, until).lit_days()
    epochs = []
    for first, following in zip(firsts, [*firsts[1:], until + DAY], strict=True):
        who = heirs(session, first)
        held: dict[str, list[Span]] = {}
        for agency_id, spans in lit.items():
            for holder in who(agency_id):
                held.setdefault(holder, []).extend(spans)
        members = [member for member in members_on(session, first) if member.exempt is None]
        epochs.append(Epoch(first, following - DAY, members, {member.id: union(held.get(member.id, ())) for member in members}))
    return epochs


def trend(session: Session, since: date, until: date, step: timedelta | str = "month") -> list[tuple[date, int, int]]:
    """Day, counted and total: at every `step` of days, or at the end of every month; always on `until` too."""
    if until < since:
        return []
    days = list(_month_ends(since, until)) if step == "month" else list(_every(since, until, step))
    points, epochs = [], _epochs(session, since, until)
    for epoch in epochs:
        points += [(day, *epoch.count(day)) for day in days if epoch.first <= day <= epoch.last]
    return points


def _month_ends(since: date, until: date) -> Iterator[date]:
    day = since
    while day <= until:
        following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
        yield min(following - DAY, until)
        day = following


def _every(since: date, until: date, step: timedelta | str) -> Iterator[date]:
    if not isinstance(step, timedelta) or step < DAY:
        raise ValueError("step is a timedelta of at least one day, or 'month'")
    day = since
    while day < until:
        yield day
        day += step
    yield until


def first_day(session: Session) -> date | None:
    """The first day of any evidence; None while there is none."""
    moment = session.scalar(select(func.min(Evidence.since)))
    return day_of(moment) if moment is not None else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An agency that began to count, or stopped, on `day`; `cause` says why it stopped, `datasets` how many made it count."""

    day: date
    slug: str
    names: Mapping[str, str]
    gained: bool
    cause: Issue | None = None
    dataset: Mapping[str, object] | None = None
    datasets: int = 0

    def said(self, language: str) -> Said | None:
        """Why it stopped, in words; None for one that was gained."""
        return say(self.cause, language) if self.cause is not None else None


def changes(session: Session, since: date, until: date) -> list[Change]:
    """Who was gained and who was lost on the days from `since` to `until`, newest first.

    A successor that goes on with what its predecessor held is neither.
    """
    moves = []
    for epoch in _epochs(session, since, until):
        for member in epoch.members:
            for first, last in epoch.lit[member.id]:
                moves += [(first, member, True)] if epoch.first <= first <= epoch.last else []
                moves += [(last + DAY, member, False)] if last != date.max and epoch.first <= last + DAY <= epoch.last else []
    figures = {day: participation(session, day) for day in {day for day, _, _ in moves}}
    found = []
    for day, member, gained in moves:
        state = figures[day].agency(member.slug)
        trouble = state.trouble if state is not None and not gained else None
        found.append(Change(
            day=day, slug=member.slug, names=member.names, gained=gained, datasets=state.qualifying if state is not None else 0,
            cause=trouble.cause if trouble is not None else None, dataset=trouble.dataset if trouble is not None else None))
    return sorted(found, key=lambda change: (-change.day.toordinal(), change.gained, change.slug))


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """When every agency would count if the pace of the last six months went on.

    `earliest` and `latest` come from the fastest and the slowest pace over the last 3, 6 and 12 months, as far as
    there is evidence; `latest` is None when one of them does not rise. `monthly` is the pace in agencies a month.
    """

    reached: date
    earliest: date
    latest: date | None
    monthly: float


def forecast(session: Session, day: date) -> Forecast | None:
    """The day on which the figure would reach 100 %, drawn on in a straight line; None when it does not rise,
    or with less than four weeks of evidence."""
    begin = first_day(session)
    if begin is None or (day - begin).days < LEAST_HISTORY:
        return None
    days = sorted({max(begin, day - timedelta(days=window)) for window in WINDOWS})
    shares = {at: Fraction(counted, total) for at in (*days, day) for _, counted, total in trend(session, at, at, DAY) if total}
    if day not in shares:
        return None
    now, left = shares[day], 1 - shares[day]
    paces = {at: (now - shares[at]) / (day - at).days for at in days if at in shares and (day - at).days >= LEAST_HISTORY}
    middle = max(begin, day - timedelta(days=WINDOWS[1]))
    pace = paces.get(middle, Fraction(0))
    if pace <= 0 or left / pace > FARTHEST:
        return None
    slowest = min(paces.values())
    total = trend(session, day, day, DAY)[0][2]
    return Forecast(
        reached=day + timedelta(days=int(left / pace)), earliest=day + timedelta(days=int(left / max(paces.values()))),
        latest=day + timedelta(days=int(left / slowest)) if slowest > 0 and left / slowest <= FARTHEST else None,
        monthly=float(pace * total * 365 / 12))

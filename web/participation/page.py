"""Everything that the page of participation shows of one day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalog.models import Agency, SiteFact
from catalog.participation import (
    STEP_KEYS,
    AgencyState,
    Change,
    Forecast,
    Participation,
    changes,
    forecast,
    participation,
    trend,
)
from catalog.participation.trend import first_day
from web.identity import Target
from web.participation import chart

MISSING = "chua"  # key of the filter for those that do not take part


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The figure of a day with all that stands beside it.

    `groups` are the keys of the filter with their counts; `met` how many agencies meet each step; `points` the
    trend by month; `goal` the plan's own sentence by language.
    """

    figure: Participation
    today: date
    earliest: date
    levels: Sequence[tuple[str, int, int]]
    groups: Mapping[str, int]
    met: Mapping[str, int]
    all_kept: int
    kept: int
    promised: int
    moves: Sequence[Change]
    points: Sequence[tuple[date, int, int]]
    forecast: Forecast | None
    target: Target | None
    goal: Mapping[str, str]
    large: chart.Drawing | None
    small: chart.Drawing | None

    @property
    def is_today(self) -> bool:
        return self.figure.day == self.today

    @property
    def gained(self) -> int:
        return sum(move.gained for move in self.moves)

    @property
    def lost(self) -> int:
        return len(self.moves) - self.gained

    @property
    def missing(self) -> list[AgencyState]:
        return [agency for agency in self.figure.denominator if not agency.counts]

    @property
    def exempt(self) -> list[AgencyState]:
        return [agency for agency in self.figure.agencies if agency.exempt is not None]


def look(session: Session, day: date, today: date, target: Target | None) -> Seen:
    """Ask the catalogue for the figure of `day` and lay it out."""
    figure = participation(session, day)
    members = figure.denominator
    begin = first_day(session)
    points = trend(session, begin, day) if begin is not None and begin <= day else []
    points = [point for point in points if point[2]]
    ahead = forecast(session, day)
    levels = [(level, sum(agency.counts for agency in members if agency.level == level), sum(agency.level == level for agency in members))
              for level in dict.fromkeys(agency.level for agency in members)]
    fact = session.get(SiteFact, "target")
    drawn = len(points) > 1
    return Seen(
        figure=figure, today=today, levels=levels, earliest=session.scalar(select(func.min(Agency.valid_from))) or today,
        groups={**({level: total for level, _, total in levels} if len(levels) > 1 else {}), MISSING: len(members) - figure.counted},
        met={key: sum(agency.step(key).state == "ok" if key == "commitments" else agency.step(key).met for agency in members) for key in STEP_KEYS},
        all_kept=sum(bool(agency.promised) and agency.kept == agency.promised for agency in members),
        kept=sum(agency.kept for agency in members), promised=sum(agency.promised for agency in members),
        moves=changes(session, day.replace(day=1), day), points=points, forecast=ahead, target=target,
        goal=(fact.value.get("words") or {}) if fact is not None else {},
        large=chart.draw(points, target, ahead, chart.LARGE) if drawn else None,
        small=chart.draw(points, target, ahead, chart.SMALL) if drawn else None,
    )

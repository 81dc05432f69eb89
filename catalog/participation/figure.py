"""The figure of one day: who counts, of how many, and the five steps of each agency."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from catalog.clock import end_of
from catalog.commitments import KEPT, CommitmentState, state_on
from catalog.models import Agency, AgencyName, Evidence, Exemption
from catalog.participation.causes import explain, point_out, read_samples
from catalog.participation.days import around, lost_on, union
from catalog.participation.ledger import STANDING, Ledger, SourceFact, Standing, read_ledger
from catalog.participation.steps import Holding, Step, steps_of
from catalog.register import Heirs, heirs

RULE_VERSION = 1


def percent(share: Fraction | None) -> float | None:
    """A share in percent with one decimal, halves rounded up."""
    if share is None:
        return None
    return float((Decimal(100 * share.numerator) / share.denominator).quantize(Decimal("0.1"), ROUND_HALF_UP))


@dataclass(frozen=True, slots=True, kw_only=True)
class Light:
    """An agency of the denominator, and whether it takes part."""

    slug: str
    names: Mapping[str, str]
    lit: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The figure of a day and its lights; `share` is exact, None while nobody belongs to the denominator."""

    day: date
    counted: int
    total: int
    lights: tuple[Light, ...]
    rule_version: int = RULE_VERSION

    @property
    def share(self) -> Fraction | None:
        return Fraction(self.counted, self.total) if self.total else None

    @property
    def percent(self) -> float | None:
        return percent(self.share)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyState:
    """One agency of the register on one day.

    `since` is the first day of its present taking part, `lapsed` the day on which it stopped; `datasets` are those
    that stood published in good order, `qualifying` those that met every condition. An exempt agency stays out
    of numerator and denominator; `exempt` is the decision.
    """

    id: str
    slug: str
    names: Mapping[str, str]
    level: str
    counts: bool
    since: date | None
    lapsed: date | None
    steps: tuple[Step, ...]
    kept: int
    promised: int
    datasets: int
    qualifying: int
    exempt: str | None = None
    contact: str = ""

    @property
    def trouble(self) -> Step | None:
        """The first step that asks somebody to act: one that is not met, else one that is met only in part."""
        asking = [step for step in self.steps if step.cause is not None]
        return next((step for step in asking if not step.met), asking[0] if asking else None)

    def step(self, key: str) -> Step:
        return next(step for step in self.steps if step.key == key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Participation:
    """The figure of one day with all agencies; `agencies` are in the order of the official list, exempt ones among them."""

    day: date
    agencies: tuple[AgencyState, ...]
    rule_version: int = RULE_VERSION

    @property
    def denominator(self) -> tuple[AgencyState, ...]:
        return tuple(agency for agency in self.agencies if agency.exempt is None)

    @property
    def numerator(self) -> tuple[AgencyState, ...]:
        return tuple(agency for agency in self.agencies if agency.counts)

    @property
    def counted(self) -> int:
        return len(self.numerator)

    @property
    def total(self) -> int:
        return len(self.denominator)

    @property
    def share(self) -> Fraction | None:
        return Fraction(self.counted, self.total) if self.total else None

    @property
    def percent(self) -> float | None:
        return percent(self.share)

    def agency(self, slug: str) -> AgencyState | None:
        """One agency by its slug; None when it is not of the denominator on that day."""
        return next((agency for agency in self.agencies if agency.slug == slug), None)


@dataclass(frozen=True, slots=True)
class Member:
    """An agency that belongs to the denominator on a day, unless `exempt` names a decision."""

    id: str
    slug: str
    level: str
    contact: str
    names: Mapping[str, str]
    exempt: str | None


def members_on(session: Session, day: date) -> list[Member]:
    """The active agencies that the register counts, with their names of the day, in the order of the official list."""
    active = (Agency.counts, Agency.valid_from <= day, or_(Agency.valid_to.is_(None), Agency.valid_to >= day))
    names: dict[str, dict[str, str]] = {
        agency_id: {"vi": vi, "en": en} for agency_id, vi, en in session.execute(
            select(AgencyName.agency_id, AgencyName.name_vi, AgencyName.name_en).join(Agency)
            .where(*active, AgencyName.valid_from <= day).order_by(AgencyName.valid_from))
    }
    exempt = dict(session.execute(
        select(Exemption.agency_id, Exemption.decision)
        .where(Exemption.valid_from <= day, or_(Exemption.valid_to.is_(None), Exemption.valid_to >= day))).all())
    return [
        Member(row.id, row.slug, row.level, row.contact, names.get(row.id, {"vi": row.slug, "en": row.slug}), exempt.get(row.id))
        for row in session.execute(select(Agency.id, Agency.slug, Agency.level, Agency.contact).where(*active)
                                   .order_by(Agency.position, Agency.slug))
    ]


def summary(session: Session, day: date) -> Summary:
    """Who counts on `day`: the figure and the lights, without steps; a few quick questions for the home page."""
    end = end_of(day)
    in_force = (Evidence.since < end, or_(Evidence.until.is_(None), Evidence.until >= end))
    down = {row.source_id for row in session.execute(
        select(Evidence.source_id, Evidence.facts).where(Evidence.kind == "harvest", Evidence.state == "bad", *in_force))
        if row.facts.get("unreachable")}
    good = session.execute(
        select(Evidence.agency_id, Evidence.source_id).distinct().where(
            STANDING, Evidence.state == "ok", *in_force, or_(Evidence.good_until.is_(None), Evidence.good_until >= day)))
    who = heirs(session, day)
    lit = {holder for agency_id, source_id in good if source_id not in down for holder in who(agency_id)}
    lights = tuple(Light(slug=each.slug, names=each.names, lit=each.id in lit) for each in members_on(session, day) if each.exempt is None)
    return Summary(day=day, counted=sum(light.lit for light in lights), total=len(lights), lights=lights)


def participation(session: Session, day: date) -> Participation:
    """The figure at the end of `day` (for today: as things stand), with every agency's five steps and their causes."""
    who = heirs(session, day)
    ledger = read_ledger(session, day)
    held = _held(ledger, who, state_on(session, day, who=who))
    members = members_on(session, day)
    steps = point_out(session, {member.id: steps_of(held[member.id], day) for member in members},
                      {member.id: sorted({standing.agency_id for standing in held[member.id].standings}) for member in members}, day)
    samples = read_samples(session, (step for each in steps.values() for step in each), day)
    agencies = tuple(
        _state(member, held[member.id], tuple(explain(step, samples, day) for step in steps[member.id]), ledger, day) for member in members)
    return Participation(day=day, agencies=agencies)


def _held(ledger: Ledger, who: Heirs, promises: Sequence[CommitmentState]) -> dict[str, Holding]:
    """What each agency holds: its own evidence and that of those it succeeded."""
    standings: dict[str, list[Standing]] = defaultdict(list)
    sources: dict[str, list[SourceFact]] = defaultdict(list)
    promised: dict[str, list[CommitmentState]] = defaultdict(list)
    for standing in ledger.standings:
        for holder in who(standing.agency_id):
            standings[holder].append(standing)
    for fact in ledger.sources:
        for holder in who(fact.agency_id):
            sources[holder].append(fact)
    for promise in promises:
        promised[promise.agency_id].append(promise)
    found: dict[str, Holding] = defaultdict(lambda: Holding((), (), ()))
    for agency_id in {*standings, *sources, *promised}:
        found[agency_id] = Holding(standings[agency_id], sources[agency_id], promised[agency_id])
    return found


def _state(member: Member, holding: Holding, steps: tuple[Step, ...], ledger: Ledger, day: date) -> AgencyState:
    counting: list[Any] = [(standing, ledger.counting_days(standing)) for standing in holding.standings]
    islands = union(span for _, spans in counting for span in spans)
    here = around(islands, day)
    return AgencyState(
        id=member.id, slug=member.slug, names=member.names, level=member.level, contact=member.contact, exempt=member.exempt,
        counts=here is not None and member.exempt is None, since=here[0] if here else None,
        lapsed=None if here else lost_on(islands, day), steps=steps,
        kept=sum(promise.state == KEPT for promise in holding.promises), promised=len(holding.promises),
        datasets=sum(standing.count for standing in holding.standings if standing.state == "ok" and standing.holds_on(day)),
        qualifying=sum(standing.fresh for standing, spans in counting if around(spans, day)),
    )

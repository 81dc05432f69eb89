"""The five steps of an agency on the way to taking part, each with its state, since when, and why.

source registered → harvest runs → valid data published → up to date → every commitment kept. States are those of the
design: ok, due (under 14 days left), part (at least one), hold (waits for a person), lapse (was met, now lost), bad
(never met), none (nobody began), na (the step before is not done).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from catalog.commitments import DUE, KEPT, OVERDUE, CommitmentState
from catalog.freshness import SOON
from catalog.issues import Issue, Said, say
from catalog.participation.days import DAY, Span, around, lost_on, union
from catalog.participation.ledger import SourceFact, Standing

STEP_KEYS = ("source", "harvest", "valid", "current", "commitments")
MET = ("ok", "due", "part")
# Which trouble of a dataset is shown first when several have as many: what a person must decide, then what is wrong inside.
TROUBLES = ("held", "valid", "reachable", "licence", "machine-readable", "unpublished")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step on one day. `since` is the first day of its state; `cause` says why it is not `ok`, and who must act."""

    key: str
    state: str
    since: date | None = None
    done: int | None = None  # datasets, sources or commitments that meet it, of `total`
    total: int | None = None
    cause: Issue | None = None
    dataset: Mapping[str, Any] | None = None  # of the dataset that shows it: name, and titles vi and en
    sample: str | None = None  # its id, or the day on which it becomes overdue
    sample_day: date | None = None
    code: str | None = None  # what to say of it, before the facts are known
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def met(self) -> bool:
        return self.state in MET

    @property
    def who(self) -> str | None:
        """Who must act: agency, platform or catalogue."""
        return str(self.cause.who) if self.cause is not None else None

    def said(self, language: str) -> Said | None:
        """What happened, and the next step, in words."""
        return say(self.cause, language) if self.cause is not None else None


@dataclass(frozen=True, slots=True)
class Holding:
    """What an agency holds on a day, through its predecessors too."""

    standings: Sequence[Standing]
    sources: Sequence[SourceFact]
    promises: Sequence[CommitmentState]


def steps_of(holding: Holding, day: date) -> tuple[Step, ...]:
    """The five steps of one agency at the end of `day`; causes still lack the words of the dataset that shows them."""
    source = _source(holding, day)
    harvest = _harvest(holding, day, source)
    valid = _valid(holding, day, harvest)
    return (source, harvest, valid, _current(holding, day, valid), _commitments(holding.promises))


def _days(facts: Iterable[SourceFact], kind: str, state: str) -> list[Span]:
    return union(fact.days for fact in facts if fact.kind == kind and fact.state == state)


def _sent_directly(holding: Holding, day: date) -> date | None:
    """Since when there have been datasets handed in through the API, which need no source; None where there are none."""
    here = around(union(each.days for each in holding.standings if each.source_id is None and each.state != "withdrawn"), day)
    return here[0] if here else None


def _source(holding: Holding, day: date) -> Step:
    islands = _days(holding.sources, "registered", "ok")
    count = len(_registered(holding, day))
    if here := around(islands, day):
        return Step(key="source", state="ok", since=here[0], done=count, total=count)
    if direct := _sent_directly(holding, day):
        return Step(key="source", state="ok", since=direct)
    if lost := lost_on(islands, day):
        return Step(key="source", state="lapse", since=lost, code="agency-source-removed", facts={"day": lost.strftime("%d/%m/%Y")})
    return Step(key="source", state="none", code="agency-without-source")


def _registered(holding: Holding, day: date) -> set[str]:
    return {fact.source_id for fact in holding.sources if fact.kind == "registered" and fact.state == "ok" and fact.holds_on(day)}


def _harvest(holding: Holding, day: date, source: Step) -> Step:
    registered = _registered(holding, day)
    if not registered:
        direct = _sent_directly(holding, day)
        return Step(key="harvest", state="ok", since=direct) if direct else Step(key="harvest", state="na")
    facts = [fact for fact in holding.sources if fact.kind == "harvest" and fact.source_id in registered]
    now = {fact.source_id: fact for fact in facts if fact.holds_on(day)}
    good = [fact for fact in now.values() if fact.state == "ok"]
    bad = [fact for fact in now.values() if fact.state == "bad"]
    counts = {"done": len(good), "total": len(registered)}
    islands = _days(facts, "harvest", "ok")
    trouble = {}
    if bad:
        first = min(bad, key=lambda fact: fact.days[0])
        trouble = {"code": first.cause or "harvest-failed", "facts": first.facts}
    elif len(good) < len(registered):
        waiting = next((fact for fact in now.values() if fact.state == "none"), None)
        trouble = {"code": "harvest-not-run", "facts": waiting.facts if waiting else {}}
    if here := around(islands, day):
        return Step(key="harvest", state="part" if trouble else "ok", since=here[0], **counts, **trouble)
    if not bad:
        return Step(key="harvest", state="none", **counts, **trouble)
    lost = lost_on(islands, day)
    return Step(key="harvest", state="lapse" if lost else "bad", since=lost or min(fact.days[0] for fact in bad), **counts, **trouble)


def _valid(holding: Holding, day: date, harvest: Step) -> Step:
    here = [each for each in holding.standings if each.holds_on(day) and each.state != "withdrawn"]
    islands = union(each.days for each in holding.standings if each.state == "ok")
    total, good = sum(each.count for each in here), sum(each.count for each in here if each.state == "ok")
    counts = {"done": good, "total": total}
    lost = lost_on(islands, day)
    if not here:
        if lost:
            return Step(key="valid", state="lapse", since=lost, code="nothing-published", **counts)
        return Step(key="valid", state="bad", code="nothing-published", **counts) if harvest.met else Step(key="valid", state="na")
    trouble = _trouble(here)
    if good:
        island = around(islands, day)
        return Step(key="valid", state="part" if trouble else "ok", since=island[0] if island else None, **counts, **trouble)
    since = min(each.days[0] for each in here)
    if any(each.state == "held" for each in here):
        since = min(each.days[0] for each in here if each.state == "held")
        return Step(key="valid", state="hold", since=since, **counts, **_trouble([each for each in here if each.state == "held"]))
    return Step(key="valid", state="lapse" if lost else "bad", since=lost or since, **counts, **trouble)


def _trouble(here: Sequence[Standing]) -> dict[str, object]:
    """The commonest trouble among datasets, and one that shows it."""
    counts: dict[str, int] = {}
    for each in here:
        if each.state in TROUBLES:
            counts[each.state] = counts.get(each.state, 0) + each.count
    if not counts:
        return {}
    worst = min(counts, key=lambda state: (-counts[state], TROUBLES.index(state)))
    sample = min((each for each in here if each.state == worst), key=lambda each: (each.days[0], each.sample))
    return {"code": worst, "sample": sample.sample, "facts": {"count": counts[worst]}}


def _current(holding: Holding, day: date, valid: Step) -> Step:
    here = [each for each in holding.standings if each.state == "ok" and each.holds_on(day)]
    if not here:
        return Step(key="current", state="na")
    counts = {"done": sum(each.fresh for each in here), "total": sum(each.count for each in here)}
    islands = union(days for each in holding.standings if each.state == "ok" and (days := each.fresh_days))
    if not counts["done"]:
        last = max(each.best for each in here)
        return Step(key="current", state="lapse", since=lost_on(islands, day) or last + DAY, code="data-overdue", sample_day=last, **counts)
    island = around(islands, day)
    since = island[0] if island else None
    if counts["done"] < counts["total"]:
        oldest = min(each.oldest for each in here if each.oldest is not None)
        return Step(key="current", state="part", since=since, code="data-overdue", sample_day=oldest, **counts)
    soonest = min((each.soonest for each in here if each.soonest is not None), default=None)
    if soonest is not None and (soonest - day).days < SOON:
        return Step(key="current", state="due", since=since, code="data-due-soon", sample_day=soonest, **counts)
    return Step(key="current", state="ok", since=since, **counts)


def _commitments(promises: Sequence[CommitmentState]) -> Step:
    kept = sum(promise.state == KEPT for promise in promises)
    counts = {"done": kept, "total": len(promises)}
    broken = [promise for promise in promises if promise.broken]
    coming = [promise for promise in promises if promise.state == DUE]
    if not promises:
        return Step(key="commitments", state="none", code="agency-without-commitments", **counts)
    if not broken and not coming:
        return Step(key="commitments", state="ok", **counts)
    shown = min(broken or coming, key=lambda promise: (promise.due, promise.dataset_key))
    words: dict[str, object] = {"title_vi": shown.titles["vi"], "title_en": shown.titles["en"], "due": shown.due.strftime("%d/%m/%Y"),
                                "count": len(broken or coming)}
    if not broken:
        return Step(key="commitments", state="part" if kept else "none", code="commitment-due", facts=words, **counts)
    lost = _broken_since(shown)
    code = "commitment-overdue" if shown.state == OVERDUE else "commitment-not-published"
    words["since"] = lost.strftime("%d/%m/%Y")
    return Step(key="commitments", state="part" if kept else ("lapse" if shown.state == OVERDUE else "bad"), since=None if kept else lost,
                code=code, facts=words, **counts)


def _broken_since(promise: CommitmentState) -> date:
    last = promise.good_until if promise.state == OVERDUE and promise.good_until else promise.due
    return last + DAY

"""A run: everything that is public sent to one target, what is no longer public taken away, each dataset written down as it is done.

A dataset that fails stops no other. A target that does not answer is left, with what is still to be sent said in an issue; the next
run goes on from there. What is there already as it should be costs the target no call at all.
"""

from __future__ import annotations

import logging
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial

from catalog.archiving import Act
from catalog.errors import CalledOff, HaidangError, Invalid, Refusal, Trouble
from catalog.issues import Issue, Place
from catalog.models import Onward, OnwardRun, Target
from catalog.net import ABOUT_THE_HOST
from catalog.onward import leaving
from catalog.onward.choosing import chosen, parcels
from catalog.onward.delivering import Delivery, Parcel, Record
from catalog.onward.holders import Holders
from catalog.onward.mapping import Rules
from catalog.onward.portal import Portal, reasons
from catalog.onward.targets import token_of
from catalog.site import Site

log = logging.getLogger(__name__)

PATIENCE = 3  # datasets in a row that fail for the target's sake, until it is left
FOR_GOOD = {"host-unknown", "tls-bad", "host-busy-long"}  # after one of these nothing more is tried
NO_CKAN = {"onward-not-ckan", "onward-moved", "http-status"}
LISTED = 50  # issues of the target that a run keeps

Told = Callable[[int, int], None]  # how many datasets are done, of how many


class Left(HaidangError):
    """The target is left: nobody answers there, or nothing that is a CKAN."""

    def __init__(self, issue: Issue) -> None:
        super().__init__(issue.code)
        self.issue = issue


@dataclass(slots=True)
class Done:
    """What a run has done so far, by outcome, and what concerns the target as a whole; `grave` where the run could not go on."""

    did: Counter[str] = field(default_factory=Counter)
    issues: list[Issue] = field(default_factory=list)
    noted: bool = False
    grave: bool = False

    @property
    def status(self) -> str:
        """How a run with this ends."""
        if self.grave:
            return "failed"
        return "succeeded-with-issues" if self.issues or self.noted or self.did["failed"] else "succeeded"


def foreseen(site: Site, target: Target, names: Sequence[str] = (), *, forced: bool = False) -> tuple[dict[str, list[str]], Issue | None]:
    """What a run would do now, the names of datasets by outcome, and why nothing would be taken away; asks nobody and changes nothing."""
    with site.reading() as session:
        ids, named = chosen(session, target, names)
        found = leaving.gone(session, site.settings, target, named)
    plan: dict[str, list[str]] = {"created": [], "updated": [], "unchanged": [], "deleted": [row.name for row in found.may_go]}
    for parcel, known in parcels(site, target, ids):
        there = known is not None and known.remote_id is not None and known.state != leaving.DELETED
        plan["unchanged" if not forced and _is_there(parcel, known) else "updated" if there else "created"].append(parcel.name)
    return plan, found.issue


def _is_there(parcel: Parcel, known: Onward | None) -> bool:
    """Whether the target has the dataset as it is here, by what we wrote down."""
    return known is not None and known.state == "sent" and known.hash == parcel.hash and known.kept_by is None


class Run:
    """One run, of which the row is written; `told` hears how far it is."""

    def __init__(self, site: Site, target: Target, run: OnwardRun, told: Told) -> None:
        self._site, self._target, self._told = site, target, told
        self._run_id, self._names, self._forced, self._by = run.id, run.names, run.forced, run.by
        self.done, self._failures = Done(), 0

    def perform(self) -> None:
        """Send and take away; CalledOff where somebody called it off. What is finished stays in any case, and `done` counts it."""
        with self._site.reading() as session:
            ids, named = chosen(session, self._target, self._names)
        try:
            for number, (parcel, known) in enumerate(parcels(self._site, self._target, ids)):
                self._told(number, len(ids))
                self._send(parcel, known)
            self._told(len(ids), len(ids))
            self._take_away(named)
        except Left as left:
            self.done.grave = True
            waiting = len(ids) - self.done.did.total()
            self.done.issues += [left.issue, Issue("onward-left", Place(url=self._target.url), {"target": self._target.name, "waiting": max(waiting, 0)})]

    @cached_property
    def _delivery(self) -> Delivery:
        """The way to the target, once it has been seen that a CKAN answers there; Left where none does."""
        try:
            portal = Portal(self._target.url, token_of(self._site.settings, self._target), self._site.net)
            portal.call_action("status_show", {})
        except Trouble as trouble:
            raise Left(trouble.issue) from None
        except Refusal:
            raise Left(Issue("onward-not-ckan", Place(url=self._target.url), {"action": "status_show"})) from None
        return Delivery(self._site, self._target.id, portal, Holders(portal, Rules.of(self._target)))

    def _send(self, parcel: Parcel, known: Onward | None) -> None:
        if not self._forced and _is_there(parcel, known):
            self.done.did["unchanged"] += 1
            return
        self._heed()
        record = Record(self._site, self._target.id, parcel.dataset_id)
        self._attempt(partial(self._delivered, parcel, known), record, {"state": "failed", "name": parcel.name})

    def _delivered(self, parcel: Parcel, known: Onward | None) -> str:
        outcome, notes = self._delivery.deliver(parcel, known)
        self.done.noted |= bool(notes)
        return outcome

    def _withdrawn(self, row: Onward) -> str:
        self._delivery.withdraw(row)
        return "deleted"

    def _take_away(self, named: Sequence[str] | None) -> None:
        """Take away what is no longer public, unless that is too much at once: then a person is asked."""
        act = Act(by=self._by, at=self._site.clock.now(), reason="")
        with self._site.writing() as session:
            found = leaving.gone(session, self._site.settings, self._target, named)
            if named is None:
                leaving.ask(session, self._target.id, found, act)
                leaving.forget(session, self._target)
        if found.issue is not None:
            self.done.issues.append(found.issue)
        for row in found.may_go:
            self._heed()
            self._attempt(partial(self._withdrawn, row), Record(self._site, self._target.id, row.dataset_id), {"state": row.state})

    def _attempt(self, act: Callable[[], str], record: Record, otherwise: dict[str, str]) -> None:
        """Do it and count what came of it; a failure is written down beside the dataset, and one of the target's own is counted."""
        issue = None
        try:
            self.done.did[act()] += 1
        except Trouble as trouble:
            issue = trouble.issue
        except Invalid as refused:
            issue = Issue("onward-refused", Place(url=self._target.url), {"reason": reasons(refused)})
        except Refusal as refused:
            issue = Issue("onward-refused", Place(url=self._target.url), {"reason": refused.message or type(refused).__name__})
        except (CalledOff, Left):
            raise
        except Exception:  # noqa: BLE001 - a fault of ours with one dataset must not keep the others here
            reference = uuid.uuid4().hex[:12]
            log.exception("a dataset could not be sent to %s; reference %s", self._target.name, reference)
            issue = Issue("onward-fault", facts={"reference": reference})
        if issue is None:
            self._failures = 0
            return
        self.done.did["failed"] += 1
        record.keep(**otherwise, issues=[issue.to_dict()])
        self._mind(issue)

    def _mind(self, issue: Issue) -> None:
        """Left where the target itself is at fault, for certain or for the third time in a row."""
        cause = issue.facts.get("cause", issue.code)
        self._failures = self._failures + 1 if cause in ABOUT_THE_HOST | NO_CKAN else 0
        if cause in FOR_GOOD or issue.facts.get("remembered") or self._failures >= PATIENCE:
            raise Left(issue)

    def _heed(self) -> None:
        with self._site.reading() as session:
            run = session.get(OnwardRun, self._run_id)
            if run is None or run.cancel_requested:
                raise CalledOff

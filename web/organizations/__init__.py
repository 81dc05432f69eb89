"""Agencies and themes: who publishes what, where each stands, and what an old agency became."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, current_app, redirect, render_template, url_for
from sqlalchemy.orm import Session

from catalog import attention, holdings, runs
from catalog.addresses import agency_at, theme_at
from catalog.commitments import state_on
from catalog.freshness import WORDS
from catalog.models import Agency
from catalog.participation import participation, summary
from catalog.register import successors
from catalog.search import Query
from web.organizations import words
from web.participation import words as part_words
from web.runs import page_asked
from web.runs.lines import for_pages
from web.search.labels import read_labels
from web.search.shown import read_rows

bp = Blueprint("organizations", __name__)

ROWS = 20


@bp.context_processor
def _words() -> dict[str, Any]:
    return {**for_pages(), "agency_words": words, "part_words": part_words, "frequencies": WORDS}


@bp.get("/organization")
def index() -> str:
    """Every agency of the register: those of today with what they hold, and those that have ended."""
    site = current_app.extensions["haidang"]
    today = site.clock.today()
    with site.reading() as session:
        every = holdings.agencies(session)
        lights = {light.slug: light.lit for light in summary(session, today).lights}
        return render_template(
            "organizations/index.html", today=today, lights=lights, counts=holdings.counts_by_agency(session),
            active=[agency for agency in every if agency.active_on(today)],
            ended=[agency for agency in every if agency.valid_to is not None and agency.valid_to < today],
            coming=[agency for agency in every if agency.valid_from > today], heirs=holdings.heirs_of_ended(session, today),
        )


@bp.get("/organization/<name>")
def show(name: str) -> Response | str:
    """One agency: where it stands and since when, what it promised and what is there, its sources, who must act."""
    site = current_app.extensions["haidang"]
    with site.reading() as session:
        agency = agency_at(session, name) or abort(404)
        if agency.slug != name:
            return redirect(url_for("organizations.show", name=agency.slug), 301)
        return render_template("organizations/show.html", **_page(site, session, agency))


def _page(site: Any, session: Session, agency: Agency) -> dict[str, Any]:
    today = site.clock.today()
    states = attention.source_states(session, agency_id=agency.id)
    rows, found = _datasets(site, session, {"organization": [agency.slug]})
    return {
        "agency": agency, "today": today, "now": site.clock.now(), "state": participation(session, today).agency(agency.slug),
        "promises": [promise for promise in state_on(session, today) if promise.agency_id == agency.id],
        "states": states, "counts": runs.counters(session, [state.last.id for state in states if state.last]),
        "issues": attention.open_issues(session, source_ids=[state.source.id for state in states], limit=10),
        "rows": rows, "found": found, "page": page_asked(), "last": max(1, -(-found.count // ROWS)),
        "before": holdings.predecessors(session, agency.id), "after": holdings.successors(session, agency.id),
        "holders": [] if agency.active_on(today) else successors(session, agency.id, today),
    }


def _datasets(site: Any, session: Session, filters: dict[str, list[str]]) -> tuple[Any, Any]:
    """One page of the datasets under a filter, and how many there are, as the search answers."""
    found = site.search.search(Query(filters=filters, sort="modified", start=(page_asked() - 1) * ROWS, rows=ROWS), session=session)
    today = site.clock.today()
    return read_rows(session, found.ids, labels=read_labels(session, today), today=today), found


@bp.get("/group")
def themes() -> str:
    """Every theme with how many datasets it has."""
    site = current_app.extensions["haidang"]
    with site.reading() as session:
        found = site.search.search(Query(rows=0, facets=("groups",), facet_limit=-1), session=session)
        return render_template("organizations/themes.html", themes=holdings.themes(session), counts=dict(found.facets.get("groups", ())))


@bp.get("/group/<name>")
def theme(name: str) -> Response | str:
    """One theme and its datasets."""
    site = current_app.extensions["haidang"]
    with site.reading() as session:
        chosen = theme_at(session, name) or abort(404)
        if chosen.name != name:
            return redirect(url_for("organizations.theme", name=chosen.name), 301)
        rows, found = _datasets(site, session, {"groups": [chosen.name]})
        return render_template("organizations/theme.html", theme=chosen, rows=rows, found=found, page=page_asked(),
                               last=max(1, -(-found.count // ROWS)))

"""Sources and runs: what is being harvested now, what became of it, and who must act."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from flask import Blueprint, Response, abort, current_app, render_template, request
from sqlalchemy.orm import Session

from catalog import activity, attention, links, removals, runs
from catalog.issue_page import STAGES
from catalog.issues import codes
from catalog.models import Agency, Run, Source
from catalog.notices.listing import WantedNotices
from catalog.notices.listing import notices as kept_notices
from catalog.schedules import next_run
from catalog.sight import nobody
from catalog.sources import connectors
from web.account import current, may_act
from web.kept import kept
from web.runs import chart, following, issue_table, live
from web.runs.lines import for_pages
from web.sheets import as_csv

bp = Blueprint("runs", __name__)

WHO = ("agency", "catalogue", "platform")
_ID = re.compile(r"[0-9a-f-]{36}")
DAYS, MONTH = 14, timedelta(days=30)
MINUTE = 60  # seconds for which what is counted over days is not counted again
LAST_PAGE = 10_000  # deeper pages of a list are not asked for by people


def page_asked() -> int:
    """The page of a list that the address asks for; 1 for anything that is no page."""
    text = request.args.get("page", "1")
    return min(int(text), LAST_PAGE) if text.isascii() and text.isdecimal() and len(text) < 6 and int(text) else 1


@bp.context_processor
def _words() -> dict[str, Any]:
    return for_pages()


@bp.get("/runs")
def index() -> str:
    """What runs now, every source with its last run, and who must do what."""
    site = current_app.extensions["haidang"]
    now = site.clock.now()
    who = request.args.get("who", "")
    with site.reading() as session:
        running = runs.active_runs(session)
        waiting, causes, far = kept("counts of now", partial(_counts, session, running))
        found = attention.source_list(session, waiting, who={"all-who": "anybody"}.get(who, who if who in WHO else None), page=page_asked())
        active = [(run, far.get(run.id) or runs.progress(session, run, now)) for run in running]
        days, met = kept("statistics of runs", partial(_statistics, session), MINUTE)
        states = found.paged.items
        return render_template(
            "runs/index.html", now=now, today=site.clock.today(), paged=found.paged, states=states, who=who, active=active, tally=_tally(found),
            counts=runs.counters(session, [state.last.id for state in states if state.last]), sources=following.sources_of(session, active),
            open_causes=causes, next_runs={state.source.id: next_run(state.source, site.settings, now) for state in states},
            met=met, silent=activity.silent_since(session, [run for run, _ in active], datetime.now(UTC)),
            drawings=[chart.draw(days, frame) for frame in (chart.LARGE, chart.SMALL)] if any(day.total for day in days) else [], days=days,
        )


def _counts(session: Session, running: Sequence[Run]) -> tuple[attention.Waiting, list[attention.OpenCause], dict[str, runs.Progress]]:
    """What is counted over all open issues, and over all records of the runs that are `running`."""
    now = current_app.extensions["haidang"].clock.now()
    return attention.waiting_at(session), attention.open_causes(session), {run.id: runs.progress(session, run, now) for run in running}


def _statistics(session: Session) -> tuple[list[activity.Day], list[activity.Met]]:
    clock = current_app.extensions["haidang"].clock
    return activity.days(session, clock.today(), DAYS), activity.met(session, clock.now() - MONTH)


def _tally(found: attention.SourceList) -> dict[str, int]:
    tally = {who: found.tally.get(who, 0) for who in WHO}
    everyone = sum(found.tally.values())
    return {**tally, "all": everyone, "needs": sum(tally.values()), "fine": everyone - sum(tally.values()), "agencies": found.agencies}


@bp.get("/runs/all")
def history() -> str:
    """All runs, newest first, of one source where the address names one."""
    site = current_app.extensions["haidang"]
    with site.reading() as session:
        source = None
        if name := request.args.get("source"):
            source = runs.source_named(session, name[:100]) or abort(404)
        paged = runs.recent_runs(session, source_id=source.id if source else None, page=page_asked())
        sources = runs.sources(session, [run.source_id for run in paged.items])
        counts = runs.counters(session, [run.id for run in paged.items])
        return render_template("runs/history.html", paged=paged, sources=sources, source=source, counts=counts)


@bp.get("/runs/issues")
def issues() -> str:
    """Every open issue, of one code, one source or one who must act, each with its place and remedy."""
    site = current_app.extensions["haidang"]
    code, who = request.args.get("code", "")[:60], request.args.get("who", "")
    with site.reading() as session:
        source = None
        if name := request.args.get("source"):
            source = runs.source_named(session, name[:100]) or abort(404)
        paged = attention.open_issue_list(session, attention.Wanted(
            code=code or None, who=who if who in WHO else None, source_id=source.id if source else None), page=page_asked())
        sources = runs.sources(session, [row.source_id for row in paged.items])
        return render_template("runs/issues.html", paged=paged, sources=sources, source=source, code=code, who=who)


@bp.get("/runs/codes")
def issue_codes() -> str:
    """Every code that an issue may have, by the step where it arises: what it means, how it is mended, who must act."""
    stages = [(stage, sorted((code for code in codes().values() if code.stage == stage), key=lambda code: code.name)) for stage in STAGES]
    return render_template("runs/codes.html", stages=stages, total=len(codes()))


def _run_or_404(session, run_id: str) -> Run:
    run = session.get(Run, run_id) if _ID.fullmatch(run_id) else None
    return run or abort(404)


@bp.get("/runs/<run_id>")
def show(run_id: str) -> str:
    """One run: how far it is, what became of its records, what went wrong and who must act."""
    site = current_app.extensions["haidang"]
    outcome, code, severity = (request.args.get(key, "")[:60] for key in ("outcome", "code", "severity"))
    with site.reading() as session:
        run = _run_or_404(session, run_id)
        source = session.get(Source, run.source_id)
        chosen_issues = runs.issues_of(session, run.id, code=code, severity=severity, page=page_asked()) if code or severity else None
        return render_template(
            "runs/show.html", run=run, source=source, agency=session.get(Agency, source.agency_id),
            now=site.clock.now(), today=site.clock.today(),
            progress=runs.progress(session, run, site.clock.now()), counters=runs.counters(session, [run.id])[run.id],
            causes=runs.causes(session, run.id), chosen_issues=chosen_issues, outcome=outcome, code=code, severity=severity,
            records=None if chosen_issues else runs.records_of(session, run.id, outcome=outcome or None, page=page_asked()),
        )


@bp.get("/runs/<run_id>/issues.csv")
def run_issues_csv(run_id: str) -> Response:
    """Every issue of a run, none left out, as a table for a spreadsheet."""
    site = current_app.extensions["haidang"]
    with site.reading() as session:
        run = _run_or_404(session, run_id)
    return as_csv(f"van-de-{run.id}", issue_table.issue_rows(site, run.id, person.may_act if (person := current()) else nobody))


@bp.get("/runs/<run_id>/progress.json")
def progress_json(run_id: str) -> Response:
    """How far a run is, for a page without events and for other programs."""
    site = current_app.extensions["haidang"]
    with site.reading() as session:
        _run_or_404(session, run_id)
    return following.progress_json(site, run_id)


@bp.get("/runs/events")
def events() -> Response:
    """What changes on the page of all runs, as it happens."""
    return following.all_runs(current_app.extensions["haidang"])


@bp.get("/runs/<run_id>/events")
def run_events(run_id: str) -> Response:
    """What changes on the page of one run, as it happens."""
    site = current_app.extensions["haidang"]
    with site.reading() as session:
        _run_or_404(session, run_id)
    return following.one_run(site, run_id)


@bp.get("/runs/issues.csv")
def issues_csv() -> Response:
    """What runs of the last 30 days met, as a table for a spreadsheet."""
    site = current_app.extensions["haidang"]
    with site.reading() as session:
        found = activity.met(session, site.clock.now() - MONTH)
    return as_csv("bang-loi-30-ngay", list(issue_table.met_rows(found)))


@bp.get("/runs/notices")
def notices() -> str:
    """Every notice that was kept, newest first; of one source where the address names one."""
    site = current_app.extensions["haidang"]
    standing = request.args.get("standing") == "yes"
    with site.reading() as session:
        chosen = None
        if name := request.args.get("source"):
            chosen = runs.source_named(session, name[:100]) or abort(404)
        paged = kept_notices(session, WantedNotices(source_id=chosen.id if chosen else None, standing=standing), page=page_asked())
        sources = runs.sources(session, [line.source_id for line in paged.items if line.source_id])
        return render_template("runs/notices.html", paged=paged, sources=sources, source=chosen, standing=standing)


@bp.get("/runs/source/<name>")
def source(name: str) -> str:
    """One source: its last runs, what waits for whom, how it is reached, what is expected of it, what was told of it."""
    site = current_app.extensions["haidang"]
    with site.reading() as session:
        row = runs.source_named(session, name[:100]) or abort(404)
        state = next(iter(attention.source_states(session, source_ids=[row.id])), None)
        history = runs.recent_runs(session, source_id=row.id)
        told, question = kept_notices(session, WantedNotices(source_id=row.id)), removals.open_question(session, row.id)
        return render_template(
            "runs/source.html", source=row, state=state, agency=session.get_one(Agency, row.agency_id), today=site.clock.today(),
            history=history.items[:10], total=history.total, counts=runs.counters(session, [run.id for run in history.items[:10]]),
            issues=attention.open_issues(session, source_ids=[row.id], limit=5), notices=told, now=site.clock.now(),
            next_run=next_run(row, site.settings, site.clock.now()), question=question, lost=removals.titles(session, question, may_act) if question else [],
            links_waiting=links.waiting(session, row.id, site.clock.now()),
            declared={option["name"]: option for option in connectors(site).get(row.connector, {}).get("options", [])},
            active=next((run for run in history.items if run.status in runs.ACTIVE), None))


@bp.record_once
def _live(state) -> None:
    state.app.extensions["haidang.live"] = live.Live(state.app.extensions["haidang"])

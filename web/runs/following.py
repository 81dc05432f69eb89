"""What a reader of a page is told of the runs as they happen: figures of each run, and parts of the page where more has changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from flask import Response, current_app, jsonify, render_template, stream_with_context, url_for
from sqlalchemy.orm import Session

from catalog import runs
from catalog.models import Run, Source
from catalog.runs import Counters, Progress
from catalog.site import Site
from web.formats import moment
from web.runs import live, words

FULL = 503  # every place is taken: the browser falls back to asking


def figures(run: Run, progress: Progress, counters: Counters, now: str = "") -> dict[str, Any]:
    """How far a run is, for the script of the pages and for other programs."""
    return {
        "id": run.id, "status": run.status, "status_words": str(words.STATUS[run.status][1]), "stage": run.stage,
        "stage_words": str(words.STAGE.get(run.stage, run.stage)), "done": progress.done, "expected": progress.expected, "percent": progress.percent,
        "rate": round(progress.rate, 1) if progress.rate is not None else None, "eta": progress.eta, "eta_words": words.time_left(progress.eta),
        "finished": progress.finished, "outcomes": dict(counters.outcomes), "issues": counters.issues, "severities": dict(counters.severities),
        "url": url_for("runs.show", run_id=run.id), "at": now,
    }


def all_runs(site: Site) -> Response:
    """The stream of the page of all runs: figures of each, and the list anew when runs come, go or take another step."""
    told: dict[str, Any] = {}
    shape: list[Any] = [None]

    def tell(look: live.Look) -> Iterator[tuple[str, Any]]:
        going = {run_id: one for run_id, one in look.seen.items() if not one.progress.finished}
        now = [(run_id, one.run.status, one.run.stage, one.run.cancel_requested) for run_id, one in sorted(going.items())]
        if shape[0] is not None and shape[0] != now:
            yield "part", {"part": "active", "html": _active(site)}
            if any(one.progress.finished and run_id not in told.get("ended", ()) for run_id, one in look.seen.items()):
                yield "fresh", {}
        shape[0] = now
        told["ended"] = {run_id for run_id, one in look.seen.items() if one.progress.finished}
        yield from _changed(site, told, going)

    return _answer(site, tell)


def one_run(site: Site, run_id: str) -> Response:
    """The stream of one run's page: its figures, what became of its records and issues, and its end."""
    told: dict[str, Any] = {}

    def tell(look: live.Look) -> Iterator[tuple[str, Any]]:
        one = look.seen.get(run_id)
        if one is None:
            one = _read(site, run_id)
        counted = (dict(one.counters.outcomes), dict(one.counters.severities))
        if told.get("counted") != counted:
            told["counted"] = counted
            yield "part", {"part": "counts", "html": render_template("runs/_counts.html", run=one.run, counters=one.counters, words=words)}
        yield from _changed(site, told, {run_id: one})

    return _answer(site, tell)


def progress_json(site: Site, run_id: str) -> Response:
    """The figures of one run, asked for once."""
    one = _read(site, run_id)
    answer = jsonify(figures(one.run, one.progress, one.counters))
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _changed(site: Site, told: dict[str, Any], seen: dict[str, live.Seen]) -> Iterator[tuple[str, Any]]:
    """The figures of each run that are not as this reader was told last."""
    for run_id, one in seen.items():
        if told.get(run_id) != (mark := live.mark(one)):
            told[run_id] = mark
            yield "run", figures(one.run, one.progress, one.counters, moment(site.clock.now()))


def _read(site: Site, run_id: str) -> live.Seen:
    with site.reading() as session:
        run = session.get_one(Run, run_id)
        return live.Seen(run, runs.progress(session, run, site.clock.now()), runs.counters(session, [run.id])[run.id])


def _active(site: Site) -> str:
    """The list of what runs and waits, as it stands now."""
    now = site.clock.now()
    with site.reading() as session:
        active = [(run, runs.progress(session, run, now)) for run in runs.active_runs(session)]
        return render_template("runs/_active.html", active=active, sources=sources_of(session, active), words=words)


def sources_of(session: Session, active: Sequence[tuple[Run, Progress]]) -> dict[str, Source]:
    """The sources of the runs that go on or wait, by id; without those that were removed."""
    return {id_: source for id_, source in runs.sources(session, [run.source_id for run, _ in active]).items() if source.state != "removed"}


def _answer(site: Site, tell: Callable[[live.Look], Iterator[tuple[str, Any]]]) -> Response:
    """The stream, where there is a place; no store between us and the reader may hold it back."""
    looks: live.Live = current_app.extensions["haidang.live"]
    if not looks.enter():
        return Response(status=FULL, headers={"Retry-After": "30", "Cache-Control": "no-store"})
    answer = Response(stream_with_context(live.stream(looks, tell)), mimetype="text/event-stream",
                      headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
    answer.call_on_close(looks.leave)
    return answer

"""Where datasets are published onward: the targets, how each stands, and the acts of administrators on them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from catalog.archiving import Act
from catalog.errors import NotFound, UsageError
from catalog.models import Target
from catalog.onward import leaving, listing, orders, targets
from catalog.site import Site
from web import account
from web.desk.orders import queue, say_who_works
from web.onward import words
from web.runs import page_asked
from web.runs.lines import for_pages
from web.words import either

bp = Blueprint("onward", __name__, url_prefix="/admin/onward")

MAX_REASON = 500  # characters


@bp.before_request
def _administrators_only() -> AnyResponse | None:
    answer = account.required()
    if answer is None and not account.current().everywhere:
        abort(403)
    return answer


@bp.context_processor
def _words() -> dict[str, Any]:
    return {**for_pages(), "onward": words}


def _site() -> Site:
    return current_app.extensions["haidang"]


def _target(session: Session, name: str) -> Target:
    try:
        return targets.target_named(session, name[:100])
    except UsageError:
        abort(404)


@bp.get("")
def index() -> str:
    """Every target, how many datasets it has and in which state, its last run."""
    site = _site()
    with site.reading() as session:
        standings = [listing.standing(session, site, target) for target in targets.targets(session)]
    return render_template("onward/index.html", standings=standings)


@bp.get("/<name>")
def show(name: str) -> str:
    """One target: what waits for a person, its last runs, each dataset there."""
    site, wrong = _site(), request.args.get("wrong") == "yes"
    with site.reading() as session:
        target = _target(session, name)
        standing = listing.standing(session, site, target)
        gone = leaving.names(session, standing.question) if standing.question else []
        return render_template("onward/show.html", target=target, standing=standing, gone=gone, runs=listing.runs(session, target.id), wrong=wrong,
                               paged=listing.lines(session, target.id, wrong=wrong, page=page_asked()))


@bp.post("/<name>/publish")
def publish(name: str) -> AnyResponse:
    """Order a run to a target."""
    site = _site()
    try:
        with queue(site) as jobs, site.writing() as session:
            orders.order(site, session, jobs, _target(session, name), account.current().name)
    except UsageError as error:
        flash(either(error.vi, error.en), "warn")
    else:
        flash(_("Đã xếp hàng một lượt công bố."), "ok")
        say_who_works(site)
    return _back(name)


@bp.post("/<name>/runs/<run_id>/cancel")
def cancel(name: str, run_id: str) -> AnyResponse:
    """Call a run off; what was sent stays."""
    site = _site()
    with site.writing() as session:
        _target(session, name)
        called_off = orders.cancel(session, run_id[:36], site)
    if called_off:
        flash(_("Đã yêu cầu dừng. Những gì đã gửi vẫn ở đích."), "ok")
    else:
        flash(_("Lượt này đã kết thúc, không còn gì để hủy."), "warn")
    return _back(name)


@bp.post("/<name>/pause")
def pause(name: str) -> AnyResponse:
    """Pause a target; undone by resuming."""
    return _state(name, "paused", _("Đã tạm dừng đích. Bấm “Cho chạy tiếp” để hoàn tác."))


@bp.post("/<name>/resume")
def resume(name: str) -> AnyResponse:
    """Take a target up again."""
    return _state(name, "active", _("Đích hoạt động trở lại."))


def _state(name: str, state: str, said: str) -> AnyResponse:
    site = _site()
    with site.writing() as session:
        targets.set_state(site, session, _target(session, name), state)
    flash(said, "ok")
    return _back(name)


@bp.post("/<name>/removal")
def answer_removal(name: str) -> AnyResponse:
    """Answer the question whether so much may be deleted at the target."""
    site, reason = _site(), request.form.get("reason", "").strip()[:MAX_REASON]
    answer = {"confirm": leaving.confirm, "refuse": leaving.refuse}.get(request.form.get("decision", ""))
    if answer is None or not reason:
        flash(_("Hãy ghi lý do và chọn một câu trả lời."), "warn")
        return _back(name)
    try:
        with site.writing() as session:
            answer(session, _target(session, name).id, Act(by=account.current().name, at=site.clock.now(), reason=reason))
    except NotFound:
        flash(_("Câu hỏi này đã được trả lời."), "warn")
    else:
        flash(_("Đã ghi câu trả lời; lượt công bố sau làm theo."), "ok")
    return _back(name)


def _back(name: str) -> AnyResponse:
    return redirect(url_for("onward.show", name=name), 303)

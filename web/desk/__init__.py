"""Acts on sources and runs, for those who may act for their agency: run, cancel, pause, add, edit, remove, and try without saving.

Every act is a POST under the guard of `web.account`; what it did is said once on the page that follows.
"""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from catalog import fixes, runs, sources
from catalog.models import Agency, Run, Source
from catalog.register import agencies_on
from catalog.site import Site
from catalog.sources import SourceRefused
from web import account
from web.desk import answers, forms, orders, trying
from web.participation import words as part_words
from web.runs.lines import for_pages
from web.words import either

bp = Blueprint("desk", __name__, url_prefix="/desk")

_ID = re.compile(r"[0-9a-f-]{36}")


@bp.before_request
def _signed_in() -> AnyResponse | None:
    return account.required()


@bp.context_processor
def _words() -> dict[str, Any]:
    return for_pages()


def site_here() -> Site:
    """The site that this application serves."""
    return current_app.extensions["haidang"]


def source_or_404(session: Session, name: str, *, removed: bool = False) -> Source:
    """The source of that name, 403 for who may not act on it; one that was removed only where the act is to bring it back."""
    source = runs.source_named(session, name[:100])
    if source is None or (source.state == "removed" and not removed):
        abort(404)
    _allowed(source.agency_id)
    return source


def _allowed(agency_id: str | None) -> None:
    if not account.may_act(agency_id):
        abort(403)


def _allowed_somewhere() -> None:
    person = account.current()
    if person is None or not person.acts:
        abort(403)


@bp.post("/sources/<name>/run")
def run_source(name: str) -> AnyResponse:
    """Harvest a source now; `forced` looks at every file again whether it changed or not."""
    site = site_here()
    with site.reading() as session:
        source = source_or_404(session, name)
    run_id = orders.run_now(site, source, forced=request.form.get("forced") == "yes")
    return redirect(url_for("runs.show", run_id=run_id), 303)


@bp.post("/runs/<run_id>/cancel")
def cancel_run(run_id: str) -> AnyResponse:
    """Call a run off; what it has published stays."""
    with site_here().writing() as session:
        run = (session.get(Run, run_id) if _ID.fullmatch(run_id) else None) or abort(404)
        _allowed(session.get_one(Source, run.source_id).agency_id)
        orders.cancel(session, run_id, site_here().clock.now())
    return redirect(url_for("runs.show", run_id=run_id), 303)


@bp.post("/sources/<name>/pause")
def pause(name: str) -> AnyResponse:
    """Pause a source: no run starts by the schedule; undone by resuming."""
    return _state(name, "paused", _("Đã tạm dừng nguồn. Bấm “Cho chạy tiếp” để hoàn tác."))


@bp.post("/sources/<name>/resume")
def resume(name: str) -> AnyResponse:
    """Take a source up again, one that was paused or removed."""
    return _state(name, "active", _("Nguồn hoạt động trở lại."))


@bp.get("/sources/<name>/remove")
def ask_to_remove(name: str) -> str:
    """Ask before a source is removed."""
    with site_here().reading() as session:
        source = source_or_404(session, name)
        return render_template("desk/remove.html", source=source, agency=session.get_one(Agency, source.agency_id), today=site_here().clock.today())


@bp.post("/sources/<name>/remove")
def remove(name: str) -> AnyResponse:
    """Remove a source; what it published stays, and it can be brought back."""
    return _state(name, "removed", _("Đã gỡ nguồn. Dữ liệu đã công bố vẫn còn; bấm “Khôi phục nguồn” để hoàn tác."))


def _state(name: str, state: str, said: str) -> AnyResponse:
    site = site_here()
    with site.writing() as session:
        sources.set_state(site, session, source_or_404(session, name, removed=state == "active"), state)
    flash(said, "ok")
    return redirect(url_for("runs.source", name=name), 303)


@bp.post("/sources/<name>/removal")
def answer_removal(name: str) -> AnyResponse:
    """Answer the question about a listing that lost too much: let it go, or keep it."""
    site = site_here()
    with site.reading() as session:
        source = source_or_404(session, name)
    person = account.current() or abort(403)
    answers.decide(site, source, person.name)
    return redirect(url_for("runs.source", name=name), 303)


@bp.post("/sources/<name>/links")
def check_links(name: str) -> AnyResponse:
    """Have links that are said to be broken checked again soon."""
    site = site_here()
    with site.reading() as session:
        source = source_or_404(session, name)
    answers.check_links(site, source)
    return redirect(url_for("runs.source", name=name), 303)


@bp.get("/sources/new")
def new_source() -> str:
    """Choose how a new source is reached, then fill in its form."""
    _allowed_somewhere()
    site, kind = site_here(), request.args.get("connector", "")[:50]
    declared = sources.connectors(site)
    if kind not in declared:
        return render_template("desk/kinds.html", declared=declared)
    return _form(site, forms.blank(kind, request.args.get("agency", "")[:100]), declared)


@bp.post("/sources/new")
def add_source() -> Any:
    """Save a new source, or try it first."""
    _allowed_somewhere()
    declared = sources.connectors(site_here())
    kind = request.form.get("connector", "")[:50]
    if kind not in declared:
        return redirect(url_for("desk.new_source"), 303)
    asked = forms.read(request.form, kind, declared[kind]["options"], None)
    return _take(asked, declared, before=None)


@bp.get("/sources/<name>/edit")
def edit_source(name: str) -> Any:
    """The form of a saved source."""
    site = site_here()
    with site.reading() as session:
        source = source_or_404(session, name)
        agency = session.get_one(Agency, source.agency_id)
    declared = sources.connectors(site)
    if source.connector not in declared:
        flash(_("Bộ chạy chưa khai báo kiểu kết nối này, nên chưa sửa được trên trang."), "warn")
        return redirect(url_for("runs.source", name=name), 303)
    return _form(site, forms.of_source(source, agency.slug), declared, before=source)


@bp.post("/sources/<name>/edit")
def save_source(name: str) -> Any:
    """Save a changed source, or try the change first."""
    site = site_here()
    with site.reading() as session:
        source = source_or_404(session, name)
    declared = sources.connectors(site)
    if source.connector not in declared:
        return redirect(url_for("desk.edit_source", name=name), 303)
    return _take(forms.read(request.form, source.connector, declared[source.connector]["options"], name), declared, before=source)


def _take(asked: forms.Asked, declared: sources.Declared, *, before: Source | None) -> Any:
    """Save what was asked, or order a dry run of it; the form again, with reasons, where it cannot be."""
    site = site_here()
    with site.reading() as session:
        owner = session.scalar(select(Agency).where(Agency.slug == asked.draft.agency))
    if owner is not None:  # one that is not there is told beside its field
        _allowed(owner.id)
    problems = forms.page_problems(asked, before)
    if before is None and not problems:
        problems += _taken(site, asked.draft.name)
    if not problems and "try" in request.form:
        problems = [*sources.problems_of(asked.draft, declared, site.net)]
        if not problems:
            return trying.ordered(site, trying.draft_of(asked.draft), before)
    if not problems:
        try:
            saved = sources.save_source(site, asked.draft, declared=declared, secrets=asked.secrets)
        except SourceRefused as refused:
            problems = refused.problems
        else:
            flash(_("Đã lưu nguồn. Bấm “Chạy thử” để xem trước, hoặc “Chạy ngay” để thu thập."), "ok")
            return redirect(url_for("runs.source", name=saved.name), 303)
    return _form(site, asked, declared, before=before, wrong=forms.by_field(problems)), 422


def _taken(site: Site, name: str) -> list[sources.Problem]:
    """A new source never takes the place of another by a slip; one that was removed may come back by its own page."""
    with site.reading() as session:
        if runs.source_named(session, name) is None:
            return []
    return [sources.Problem("name", f"Đã có nguồn tên {name}. Hãy chọn tên khác, hoặc sửa nguồn ấy.",
                            f"There is a source named {name} already. Choose another name, or edit that one.")]


def _form(site: Site, asked: forms.Asked, declared: sources.Declared, *, before: Source | None = None, wrong: dict[str, str] | None = None) -> str:
    today = site.clock.today()
    with site.reading() as session:
        agencies = [(agency.slug, either(agency.name_on(today).name_vi, agency.name_on(today).name_en)) for agency in agencies_on(session, today)
                    if account.may_act(agency.id)]
    kind = declared[asked.draft.connector]
    options = sorted(kind["options"], key=lambda option: not (option.get("required") or option.get("secret")))
    return render_template("desk/form.html", asked=asked, draft=asked.draft, kind=kind, options=options, agencies=agencies, source=before,
                           wrong=wrong or {}, local=sources.is_local(asked.draft.url))


@bp.get("/fixes")
@bp.get("/fixes/<slug>")
def ranked_fixes(slug: str = "") -> Any:
    """What an agency has to mend, that which changes most first; without a name, of the only one that somebody acts for."""
    _allowed_somewhere()
    site = site_here()
    with site.reading() as session:
        mine = [agency for agency in agencies_on(session, site.clock.today()) if account.may_act(agency.id)]
        if not slug and len(mine) == 1:
            return redirect(url_for("desk.ranked_fixes", slug=mine[0].slug), 303)
        agency = session.scalar(select(Agency).where(Agency.slug == slug)) if slug else None
        if slug:
            _allowed(agency.id if agency is not None else abort(404))
        return render_template("desk/fixes.html", agency=agency, agencies=mine, today=site.clock.today(), part_words=part_words,
                               fixes=fixes.ranked(session, agency, site.clock.today()) if agency is not None else [])


@bp.post("/sources/<name>/preview")
def try_source(name: str) -> AnyResponse:
    """Order a dry run of a saved source."""
    site = site_here()
    with site.reading() as session:
        source = source_or_404(session, name)
    return trying.ordered(site, None, source)


@bp.get("/previews/<preview_id>")
def preview(preview_id: str) -> str:
    """What a dry run found, or that it still goes on."""
    return trying.shown(site_here(), preview_id if _ID.fullmatch(preview_id) else abort(404))


@bp.get("/previews/<preview_id>/state.json")
def preview_state(preview_id: str) -> Any:
    """How far a dry run is, for the small script of its page."""
    return trying.state(site_here(), preview_id if _ID.fullmatch(preview_id) else abort(404))

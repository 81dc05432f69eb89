"""Dry runs on the pages: ordered here, done by the worker, shown with everything a full run would do."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, jsonify, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from catalog import previews
from catalog.errors import UsageError
from catalog.issues import Issue, Said, codes, say
from catalog.models import Preview, Source
from catalog.previews import Asked
from catalog.site import Site
from catalog.sources import Draft
from catalog.veil import veiled_facts
from web import account
from web.desk import orders
from web.words import either, language


def draft_of(draft: Draft) -> dict[str, Any]:
    """A draft as a dry run takes it; without any secret."""
    return {"name": draft.name, "connector": draft.connector, "url": draft.url, "options": dict(draft.options), "minimum": draft.minimum,
            "title": draft.title, "agency": draft.agency, "schedule": draft.schedule}


def ordered(site: Site, draft: dict[str, Any] | None, source: Source | None) -> AnyResponse:
    """Order the dry run of a draft, or of a saved source, and lead to its page."""
    person = account.current()
    asked = Asked(by=person.name if person else "", source_id=source.id if source else None, draft=draft)
    try:
        with orders.queue(site) as jobs, site.writing() as session:
            preview = previews.order(site, jobs, session, asked)
    except UsageError as error:
        flash(either(error.vi, error.en), "warn")
        return redirect(url_for("runs.source", name=source.name) if source else url_for("runs.index"), 303)
    orders.say_who_works(site)
    return redirect(url_for("desk.preview", preview_id=preview.id), 303)


def shown(site: Site, preview_id: str) -> str:
    """The page of a dry run."""
    preview, source = _found(site, preview_id)
    answer = preview.answer or {}
    ahead = answer.get("forecast") or {}
    return render_template(
        "desk/preview.html", preview=preview, source=source, answer=answer, ahead=ahead, now=site.clock.now(),
        url=(preview.draft or {}).get("url") or (source.url if source else ""), going=preview.state in previews.OPEN,
        connector=(preview.draft or {}).get("connector") or (source.connector if source else ""),
        trouble=said(answer["issue"]) if "issue" in answer else None, stop=said(ahead["stop"]) if ahead.get("stop") else None,
        listing_issues=[said(issue) for issue in ahead.get("issues") or []], said=said)


def state(site: Site, preview_id: str) -> Any:
    """Whether the dry run has ended, as JSON."""
    preview, _source = _found(site, preview_id)
    return jsonify(finished=preview.state not in previews.OPEN)


def said(data: dict[str, Any]) -> Said:
    """An issue of a dry run in the reader's language; cells that it repeats are veiled."""
    if data.get("code") not in codes():
        return Said(_("Có vấn đề loại “%(code)s”.", code=data.get("code", "?")), "", "", "")
    issue = Issue.from_dict(data)
    return say(Issue(issue.code, issue.place, veiled_facts(issue.facts)), language())


def _found(site: Site, preview_id: str) -> tuple[Preview, Source | None]:
    with site.reading() as session:
        preview = previews.preview_with_id(session, preview_id) or abort(404)
        source, person = previews.source_of(session, preview), account.current() or abort(403)
        if not (person.may_act(source.agency_id) if source else person.everywhere or preview.asked_by == person.name):
            abort(403)
        return preview, source

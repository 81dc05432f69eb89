"""The first page: search, the light of the agencies, ways in, themes, what is new; and a page about the API."""

from __future__ import annotations

from flask import Blueprint, current_app, render_template

from web import identity
from web.home import overview

bp = Blueprint("home", __name__)


@bp.record_once
def _remember(state) -> None:
    state.app.extensions["haidang.overview"] = overview.Remembered()


@bp.get("/")
def index() -> str:
    """The first page."""
    site = current_app.extensions["haidang"]
    with site.reading() as session:
        seen = current_app.extensions["haidang.overview"].read(site, session, identity.current().target)
    return render_template("home/index.html", seen=seen)


@bp.get("/api/docs")
def api() -> str:
    """How a program reads the catalogue."""
    return render_template("home/api.html")

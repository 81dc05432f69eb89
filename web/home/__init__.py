"""The first page: search, the light of the agencies, ways in, themes, what is new."""

from __future__ import annotations

from flask import Blueprint, render_template

bp = Blueprint("home", __name__)


@bp.get("/")
def index() -> str:
    """The first page."""
    return render_template("home/index.html")

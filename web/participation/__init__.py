"""Who takes part: the figure of today or any past day, where it comes from, and what each agency must do next."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, render_template, request
from flask_babel import gettext as _

from catalog.participation import changes, participation
from catalog.participation.shape import as_dict, csv_rows
from catalog.participation.trend import first_day
from web import sheets
from web.identity import current as identity
from web.participation import page, words

bp = Blueprint("participation", __name__)


@bp.context_processor
def _for_pages() -> dict[str, Any]:
    return {"part_words": words, "groups_of": _groups}


def _groups(seen: page.Seen) -> list[tuple[str, str, int]]:
    """The filters of the list: key, words, how many agencies."""
    return [(key, words.LEVELS.get(key, key) if key != page.MISSING else _("Chưa tham gia"), count) for key, count in seen.groups.items()]


def _asked_day() -> tuple[date, str]:
    """The day that the address asks for, and what is wrong with it; today where it asks for none that can be used."""
    today = current_app.extensions["haidang"].clock.today()
    given = request.args.get("as_of", "").strip()
    if not given:
        return today, ""
    try:
        day = date.fromisoformat(given)
    except ValueError:
        return today, _("“%(given)s” chưa phải một ngày dạng 2024-09-30; trang đang cho xem hôm nay.", given=given[:40])
    if day > today:
        return today, _("Ngày %(day)s chưa đến; trang đang cho xem hôm nay.", day=f"{day:%d/%m/%Y}")
    return day, ""


@bp.get("/participation")
def index() -> str:
    """The figure, what moved it, how it is made, its way to the target, and every agency with its next step."""
    site = current_app.extensions["haidang"]
    day, wrong = _asked_day()
    with site.reading() as session:
        seen = page.look(session, day, site.clock.today(), identity().target)
    group = request.args.get("nhom", "")
    return render_template("participation/index.html", seen=seen, wrong=wrong, group=group if group in seen.groups else "")


@bp.get("/participation/changes")
def history() -> str:
    """Every agency that was gained or lost in one year, with the cause."""
    site = current_app.extensions["haidang"]
    today = site.clock.today()
    with site.reading() as session:
        begin = first_day(session) or today
        asked = request.args.get("year", type=int) or today.year
        year = min(max(asked, begin.year), today.year)
        moves = changes(session, date(year, 1, 1), min(today, date(year, 12, 31)))
    return render_template("participation/changes.html", moves=moves, year=year, years=range(today.year, begin.year - 1, -1))


@bp.get("/participation.json")
def as_json() -> Response:
    """The figure of a day for programs: both lists, and every agency's steps."""
    return jsonify(_figure_as(as_dict))


@bp.get("/participation.csv")
def as_csv() -> Response:
    """The figure of a day as a table, a row for each agency; with a byte order mark, so that Excel reads the letters."""
    return sheets.as_csv(f"muc-do-tham-gia-{_asked_day()[0].isoformat()}", _figure_as(lambda figure: list(csv_rows(figure))))


def _figure_as(shape: Any) -> Any:
    with current_app.extensions["haidang"].reading() as session:
        return shape(participation(session, _asked_day()[0]))

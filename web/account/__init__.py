"""Who acts on the pages: signing in and out, and the guard of every form.

Reading never needs it and sets no cookie. Today somebody signs in with a token, of `haidang token add` or of an account;
passwords or OpenID Connect replace `catalog.sign_ins` and the form of this page, and nothing else: other parts ask only
`current()`, `may_act()` and `required()`. The API takes no cookie, so its guard is its tokens, and it stands outside the forms' guard from
the start of the application, never by a request.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.wrappers import Response as AnyResponse

from catalog import sign_ins
from catalog.sign_ins import Person
from web.addresses import asker

bp = Blueprint("account", __name__, url_prefix="/account")

MAX_FORM = 256 * 1024  # bytes of a form of the pages
MAX_SECRET = 500  # characters; a longer text is no token


def current() -> Person | None:
    """Who has signed in in this browser; asks the store once in a request, and only where a key is shown."""
    if "person" not in g:
        key = session.get("key") if current_app.config["SESSION_COOKIE_NAME"] in request.cookies else None
        site = current_app.extensions["haidang"]
        g.person = None
        if isinstance(key, str):
            with site.reading() as store:
                g.person = sign_ins.person_of(store, key, site.clock.now())
    return g.person


def may_act(agency_id: str | None) -> bool:
    """Whether who has signed in may act on the sources of the agency."""
    person = current()
    return person is not None and person.may_act(agency_id)


def required() -> AnyResponse | None:
    """For `before_request` of what only those may do who have signed in: the way to the sign-in page, or None."""
    if current() is not None:
        return None
    flash(_("Việc này cần đăng nhập."), "warn")
    back = request.full_path.rstrip("?") if request.method == "GET" else _local(request.form.get("back"))
    return redirect(url_for("account.sign_in", next=back or None), 303)


def required_to_act() -> AnyResponse | None:
    """The same of what only those may do who act for an agency; 403 for others who have signed in."""
    away = required()
    if away is None and not current().acts:
        abort(403)
    return away


@bp.get("/sign-in")
def sign_in() -> str:
    """The page on which somebody signs in."""
    return render_template("account/sign_in.html", back=_local(request.args.get("next")), wrong="")


@bp.post("/sign-in")
def sign_in_now() -> Any:
    """Sign in with a token; the key of the cookie and the guard of the forms are new from here on."""
    site = current_app.extensions["haidang"]
    back = _local(request.form.get("next"))
    with site.writing() as store:
        begun = sign_ins.begin(store, request.form.get("token", "")[:MAX_SECRET], asker(), site.clock.now())
    if begun.key is None:
        status, wrong = (429, _too_many(begun.wait)) if begun.wait else (403, _("Mã truy cập chưa đúng hoặc đã bị thu hồi."))
        return render_template("account/sign_in.html", back=back, wrong=wrong), status, {"Cache-Control": "no-store"}
    session.clear()
    session["key"], session.permanent = begun.key, True
    flash(_("Đã đăng nhập."), "ok")
    return redirect(back or url_for("runs.index"), 303)


@bp.post("/sign-out")
def sign_out() -> AnyResponse:
    """Sign out here; the cookie is worth nothing from now on, wherever a copy may be."""
    if isinstance(key := session.get("key"), str):
        with current_app.extensions["haidang"].writing() as store:
            sign_ins.end(store, key)
    session.clear()
    g.pop("person", None)
    return redirect(url_for("runs.index"), 303)


def _too_many(wait: timedelta) -> str:
    minutes = max(1, -(-int(wait.total_seconds()) // 60))
    return ngettext("Đã thử sai nhiều lần. Hãy thử lại sau %(num)d phút.", "Đã thử sai nhiều lần. Hãy thử lại sau %(num)d phút.", minutes)


def _local(path: str | None) -> str:
    """The path where it leads to a page of this site; else empty, so that nobody is sent elsewhere."""
    fine = path and path.startswith("/") and not path.startswith("//") and "\\" not in path and path.isprintable()
    return path[:1000] if fine else ""


def _keep_private(response: Response) -> Response:
    """What was made for one person is kept by nobody else."""
    if g.get("person") is not None or session.modified:
        response.headers["Cache-Control"] = "private, no-store"
    return response


def _stale(error: CSRFError) -> Any:
    """A form without its guard: from another site, or left open since before somebody signed in or out."""
    from web.errors import Told, answer

    return answer(Told(status=400, what=_("Biểu mẫu này đã cũ, nên chưa làm gì cả"), detail="",
                       mend=_("Hãy quay lại trang trước, tải lại trang rồi bấm lần nữa.")))


def init_app(app: Flask, *, outside: tuple[Blueprint, ...], large: Mapping[str, int]) -> None:
    """Guard every form of the pages; `outside` are those that take no cookie at all, `large` the bytes that some take of who has signed in."""
    site = app.extensions["haidang"]
    app.config.update(
        SESSION_COOKIE_NAME="haidang", SESSION_COOKIE_HTTPONLY=True, SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=site.settings.site_url.startswith("https://"), SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=sign_ins.LIFETIME, WTF_CSRF_TIME_LIMIT=None)
    app.before_request(partial(_bound, outside={bp.name for bp in outside}, large=large))
    guard = CSRFProtect(app)
    for blueprint in outside:
        guard.exempt(blueprint)
    app.register_error_handler(CSRFError, _stale)
    app.after_request(_keep_private)
    app.add_template_global(current, "person")
    app.add_template_global(may_act, "may_act")


def _bound(outside: set[str], large: Mapping[str, int]) -> None:
    """No form of a page is large, but for files of those who have signed in; what is larger is not even read."""
    if request.blueprint in outside:
        return
    files = large.get(request.blueprint or "")
    request.max_content_length = files if files and current() is not None else MAX_FORM

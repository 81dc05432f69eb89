"""The door of CKAN's Action API: any CKAN client speaks to it unchanged.

A call is one transaction. It takes its parameters from the query, a form, or JSON, as CKAN does; it uses no cookie,
so no other site can call it in a visitor's name. Who may write shows a token, in `Authorization` (bare or after
`Bearer`) or in `X-CKAN-API-Key`; a token that is not known is nobody's.
"""

from __future__ import annotations

import html
import logging
import secrets
from typing import Any

from flask import Blueprint, Response, abort, current_app, request
from sqlalchemy.exc import IntegrityError
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from catalog.actions import ACTIONS, SIDE_EFFECTS, shown
from catalog.actions.performing import perform
from catalog.actions.resource_write import TAKE_FILES, require_upload
from catalog.errors import Invalid, NotAuthorized, NotFound, Refusal, SearchRefused, Stale
from catalog.metadata import WrongShape
from catalog.nesting import TooDeep, read_json
from catalog.public_texts import Ready
from catalog.search.lucene import SearchSyntax
from catalog.site import Site
from catalog.tokens import seen
from web.api import asking, sending
from web.api.action_document import document
from web.api.given import kept
from web.api.writing import written

log = logging.getLogger(__name__)
bp = Blueprint("ckan", __name__)

MAX_BODY = 20 * 1024 * 1024  # bytes of one call's parameters
SHOW_A_PACKAGE = {"package_show", "package_create", "package_update", "package_patch"}
MAX_DEPTH_ERROR = "Request data is nested too deeply"


class Unreadable(Exception):
    """The request cannot be understood as a call; the message goes out as a bare JSON string."""


@bp.get("/api")
@bp.get("/api/<int(min=1, max=3):version>")
def versions(version: int = 1) -> Response:
    """Say which version of the API this is."""
    return _json({"version": version})


@bp.get("/api/3/openapi.json")
def openapi() -> Response:
    """Describe every action in OpenAPI 3.1."""
    return _json(document(asking.site_url()))


@bp.route("/api/action/<name>", methods=["GET", "POST"])
@bp.route("/api/3/action/<name>", methods=["GET", "POST"])
def action(name: str) -> Response:
    """Run one action and answer in CKAN's envelope."""
    if name not in ACTIONS:
        return _json(f"Bad request: Action name not known: {name}", 400)
    envelope: dict[str, Any] = {"help": f"{asking.site_url()}/api/3/action/help_show?name={name}"}
    try:
        data, callback = _parameters(name)
        data = kept(data)
        result = _run(name, data, anonymous=callback is not None)
    except Unreadable as error:
        return _json(f"Bad request: JSON Error: {error}", 400)
    except Refusal as refusal:
        status, error = _refused(refusal)
        more = {"hint": dict(refusal.hint)} if refusal.hint else {}
        return _json(envelope | {"error": error, "success": False} | more, status)
    except IntegrityError:
        log.exception("conflicting write in %s", name)
        error = {"__type": "Integrity Error", "message": "The write conflicts with another one; try again"}
        return _json(envelope | {"error": error, "success": False}, 409)
    except HTTPException:
        raise  # a wrong media type or too large a body is a page, as with CKAN
    except Exception:  # noqa: BLE001 - a program that calls must get an envelope even for our own mistakes
        reference = secrets.token_hex(4)
        log.exception("action %s failed, reference %s", name, reference)
        error = {"__type": "Internal Server Error", "message": f"Internal Server Error (reference {reference})"}
        return _json(envelope | {"error": error, "success": False}, 500)
    changed = {"changed_entities": {"packages": [result["id"]]}} if name == "package_update" else {}
    response = _json(envelope | {"success": True, "result": result} | changed, callback=callback)
    if name in SHOW_A_PACKAGE:
        response.set_etag(result.etag if isinstance(result, Ready) else shown.etag(result))  # what If-Match of a later change must name
    return response


def _run(name: str, data: dict[str, Any], *, anonymous: bool) -> Any:
    site: Site = current_app.extensions["haidang"]
    writes = name in SIDE_EFFECTS
    with site.writing() if writes else site.reading() as session:
        caller = None if anonymous else asking.caller(session)
        if caller is not None and writes:
            caller.token.last_used = site.clock.now()
            if caller.account is not None:
                caller.account.last_active = site.clock.now()
        context = asking.context(session, caller, request.headers.get("If-Match", "") if writes else "", reads=not writes)
        result = perform(context, name, data)
    if caller is not None and caller.account is not None and not writes:
        seen(site, caller)
    return result


def _shows_token() -> bool:
    """Whether the call shows a token that holds; only then may it be as large as a file."""
    site: Site = current_app.extensions["haidang"]
    with site.reading() as session:
        return asking.caller(session) is not None


def _parameters(name: str) -> tuple[dict[str, Any], str | None]:
    """The parameters of the call, and the JSONP callback, which only a GET may name."""
    writes = name in SIDE_EFFECTS
    sends_file = name in TAKE_FILES and request.mimetype == "multipart/form-data" and _shows_token()
    request.max_content_length = sending.MAX_FILE if sends_file else MAX_BODY
    if request.method != "POST":
        if writes:
            raise Unreadable("Invalid request. Please use POST method for your request")
        data = _flat(request.args) or (_json_body() if request.is_json and request.get_data() else {})
        return data, data.pop("callback", None) if isinstance(data.get("callback"), str | None) else None
    data = _posted(name)
    if not writes:
        data |= _flat(request.args)
    data.pop("callback", None)
    return data, None


def _posted(name: str) -> dict[str, Any]:
    if request.is_json:
        return _json_body() if request.get_data() else {}
    if request.mimetype in ("", "application/x-www-form-urlencoded", "multipart/form-data"):
        return _form(name)
    if request.get_data():
        abort(415)
    return {}


def _form(name: str) -> dict[str, Any]:
    """A form; one whose only key is itself JSON is what `curl -d` sends without saying so."""
    raw = request.get_data(cache=True, parse_form_data=False) if request.mimetype != "multipart/form-data" else b""
    form = _flat(request.form)
    if name in TAKE_FILES and sending.sends(request.files):
        form |= _file(name, kept(form))
    if raw.lstrip()[:1] == b"{" and (not form or len(form) == 1):
        return _object(raw)
    return form


def _file(name: str, form: dict[str, Any]) -> dict[str, Any]:
    """The file that was sent, taken in for whoever may change what it is for."""
    site: Site = current_app.extensions["haidang"]
    with site.reading() as session:
        require_upload(asking.context(session, asking.caller(session)), name, form)
    return sending.files(site, request.files, form)


def _json_body() -> dict[str, Any]:
    return _object(request.get_data())


def _object(raw: bytes) -> dict[str, Any]:
    try:
        data = read_json(raw.decode("utf-8"))
    except TooDeep as error:
        raise Unreadable(MAX_DEPTH_ERROR) from error
    except ValueError as error:
        raise Unreadable(f"Error decoding JSON data. Error: {error} JSON data extracted from the request: {{}}") from error
    if not isinstance(data, dict):
        raise Unreadable(f"Request data JSON decoded to {str(data)[:100]} but it needs to be a dictionary.")
    return data


def _flat(values: MultiDict[str, str]) -> dict[str, Any]:
    """A key that is given once is text, one that is given several times is a list."""
    return {key: given[0] if len(given) == 1 else given for key, given in values.lists()}


def _refused(refusal: Refusal) -> tuple[int, dict[str, Any]]:
    """The status and the error object of a refusal, in CKAN's words."""
    match refusal:
        case Invalid():
            return 409, {**refusal.errors, "__type": "Validation Error"}
        case NotFound():
            return 404, _said("Not Found Error", "Not found", refusal.message)
        case NotAuthorized():
            return 403, _said("Authorization Error", "Access denied", refusal.message)
        case Stale():
            return 409, _said("Conflict Error", "Conflict", refusal.message)
        case SearchSyntax():
            return 409, _said("Search Error", "Search error", repr(refusal.message))
        case SearchRefused():
            return 400, _said("Search Query Error", "Search Query is invalid", repr(refusal.message))
        case WrongShape():
            return 400, {"__type": "Integrity Error", "message": refusal.message}
        case _:
            return 409, _said("Validation Error", refusal.message, "")


def _said(kind: str, what: str, detail: str) -> dict[str, str]:
    return {"__type": kind, "message": f"{what}: {detail}" if detail else what}


def _json(answer: Any, status: int = 200, *, callback: str | None = None) -> Response:
    text = written(answer)
    media_type = "application/json;charset=utf-8"
    if callback is not None and status == 200:
        text, media_type = f"{html.escape(callback)}({text});", "application/javascript;charset=utf-8"
    response = Response(text, status, content_type=media_type)
    response.headers["Cache-Control"] = "public, max-age=0, must-revalidate"
    response.headers["Vary"] = "Cookie"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response

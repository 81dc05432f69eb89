"""Where errors become status codes and pages: what happened, where, how to go on, and who must act.

A mistake of ours is told by a reference number only; the trace stands in the log under the same number.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from flask import Flask, Response, current_app, jsonify, make_response, render_template, request
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException, InternalServerError

from catalog.errors import Invalid, NotAuthorized, NotFound, Refusal, SearchRefused, Stale, Trouble
from catalog.issues import Who, say
from web import identity
from web.words import language

STATUS = {NotFound: 404, NotAuthorized: 403, Invalid: 400, SearchRefused: 400, Stale: 409}
TYPES = {400: "Validation Error", 403: "Authorization Error", 404: "Not Found Error", 405: "Method Not Allowed"}  # CKAN's words


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An error as a person is told it; `reference` only for a mistake of ours."""

    status: int
    what: str
    mend: str
    who: str = ""
    detail: str = ""
    reference: str = ""


def _told(status: int, detail: str = "") -> Told:
    """The words of a status."""
    if status == 404:
        return Told(status=status, what=_("Không có trang này"), detail=detail,
                    mend=_("Địa chỉ có thể gõ thiếu, hoặc bộ dữ liệu đã đổi tên. Hãy tìm theo tên hay từ khóa."))
    if status == 403:
        return Told(status=status, what=_("Trang này chưa mở cho bạn"), detail=detail,
                    mend=_("Đọc và tải dữ liệu không cần quyền nào; việc này thì cần. Hãy hỏi Ban biên tập."), who=_("Ban biên tập"))
    if status == 405:
        return Told(status=status, what=_("Địa chỉ này không nhận cách gọi vừa dùng"), detail=detail,
                    mend=_("Hãy mở lại trang từ một liên kết; nếu gọi bằng chương trình, xem tài liệu API."))
    if status >= 500:
        return Told(status=status, what=_("Trang đang trục trặc, lỗi ở phía chúng tôi"), detail=detail,
                    mend=_("Dữ liệu không bị ảnh hưởng. Hãy thử lại sau ít phút."), who=_("Đội nền tảng"))
    return Told(status=status, what=_("Chưa hiểu được yêu cầu này"), detail=detail,
                mend=_("Một giá trị trong địa chỉ chưa đúng. Hãy quay lại, sửa rồi thử lần nữa."))


def answer(told: Told) -> Response:
    """The error as a page, or as JSON in CKAN's envelope for an address of the API."""
    if request.path.startswith("/api/") and request.path != "/api/docs":
        error = {"__type": TYPES.get(told.status, "Internal Server Error" if told.status >= 500 else "Error"),
                 "message": told.detail or told.what}
        if told.reference:
            error["reference"] = told.reference
        response = jsonify(help=request.url, success=False, error=error)
    else:
        response = make_response(render_template("errors/error.html", told=told, address=request.path[:300]))
    response.status_code = told.status
    return response


def _http(error: HTTPException) -> Response:
    if error.response is not None:  # a redirect, or an answer that a view made itself
        return error.get_response()
    if error.code is not None and error.code < 400:
        return error.get_response()
    response = answer(_told(error.code or 500))
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            response.headers.setdefault(name, value)  # Allow, Retry-After
    return response


def _refusal(refusal: Refusal) -> Response:
    status = next((code for kind, code in STATUS.items() if isinstance(refusal, kind)), 400)
    return answer(_told(status, refusal.message if status == 400 else ""))


def _trouble(trouble: Trouble) -> Response:
    said = say(trouble.issue, language())
    status = 400 if trouble.issue.who is Who.AGENCY else 503
    return answer(Told(status=status, what=said.what, detail=said.where, mend=said.mend, who=said.who))


def _mistake(error: InternalServerError) -> Response:
    identity.assume_nothing()
    reference = secrets.token_hex(4).upper()
    cause = error.original_exception
    current_app.logger.error("reference %s: %s %s", reference, request.method, request.path, exc_info=cause or error)
    told = _told(500)
    return answer(Told(status=500, what=told.what, mend=told.mend, who=told.who, reference=reference))


def init_app(app: Flask) -> None:
    """Turn every error into an answer."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Refusal, _refusal)
    app.register_error_handler(Trouble, _trouble)
    app.register_error_handler(InternalServerError, _mistake)

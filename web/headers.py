"""What every answer says beside its content: what the browser may load and how long it may keep it."""

from __future__ import annotations

from flask import Flask, Response, request

POLICY = "; ".join((
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "font-src 'self'", "connect-src 'self'",
    "manifest-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
))
FOR_EVER = "public, max-age=31536000, immutable"
A_WEEK = "public, max-age=604800"
ASK_AGAIN = "public, max-age=0, must-revalidate"


def _complete(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", POLICY)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if request.endpoint == "static":
        headers["Cache-Control"] = FOR_EVER if "v" in request.args else A_WEEK
    elif response.status_code >= 400:
        headers.setdefault("Cache-Control", "no-store")
    elif request.method in ("GET", "HEAD"):
        headers.setdefault("Cache-Control", ASK_AGAIN)
        if response.mimetype == "text/html" and response.status_code == 200 and not response.is_streamed:
            response.add_etag()
            return response.make_conditional(request)
    return response


def init_app(app: Flask) -> None:
    """Complete the headers of every answer."""
    app.after_request(_complete)

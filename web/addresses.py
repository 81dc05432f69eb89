"""Addresses: every link keeps the language, every static file is called by its content."""

from __future__ import annotations

import hashlib
import ipaddress
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask, current_app, has_request_context, request
from werkzeug.datastructures import MultiDict

from web.words import language

MACHINE = ("/api/3", "/api/action", "/static/", "/datastore/", "/feeds/", "/catalog.", "/data.json", "/oai", "/sitemap", "/robots.txt")  # their answers have no language


def at(path: str, **query: Any) -> str:
    """The address of a page in the reader's language; a list repeats its key, None and "" are left out."""
    query = {key: value for key, value in query.items() if value not in (None, "")}
    if language() == "en" and not path.startswith(MACHINE):
        query["lang"] = "en"
    return path + ("?" + urlencode(query, doseq=True) if query else "")


def asker() -> str:
    """The address that asks; the one that a proxy of this very machine names, where the site stands behind one."""
    peer = request.remote_addr or ""
    named = request.headers.get("X-Forwarded-For", "").rsplit(",", 1)[-1].strip()
    try:
        behind = ipaddress.ip_address(peer).is_loopback and bool(ipaddress.ip_address(named))
    except ValueError:
        return peer
    return named if behind else peer


def this_page(**changes: Any) -> str:
    """The address of this very page with some of its query changed; None takes a key away."""
    query = MultiDict(request.args)
    for key, value in changes.items():
        query.poplist(key)
        if value is not None:
            query.setlist(key, value if isinstance(value, list) else [value])
    pairs = [(key, value) for key, value in query.items(multi=True) if value != ""]
    return request.path + ("?" + urlencode(pairs) if pairs else "")


@cache
def fingerprint(path: Path) -> str:
    """Ten hex digits of a file's SHA-256; empty when there is no such file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10] if path.is_file() else ""


def _complete(endpoint: str, values: dict[str, Any]) -> None:
    """Adds to a link what keeps the language, or what names the content of a static file."""
    if endpoint == "static":
        mark = fingerprint(Path(current_app.static_folder, values["filename"]))
        if mark:
            values.setdefault("v", mark)
        return
    if "lang" in values:
        if values["lang"] == "vi":
            del values["lang"]
    elif has_request_context() and language() == "en" and not _of_machine(endpoint):
        values["lang"] = "en"


def _of_machine(endpoint: str) -> bool:
    rules = current_app.url_map._rules_by_endpoint.get(endpoint, ())
    return any(rule.rule.startswith(MACHINE) or "/download/" in rule.rule for rule in rules)


def _links() -> dict[str, Any]:
    other = "vi" if language() == "en" else "en"
    return {"other_lang": other, "other_url": this_page(lang="en" if other == "en" else None)}


def init_app(app: Flask) -> None:
    """Make every link keep the language, and give templates `at()` and `this_page()`."""
    app.url_defaults(_complete)
    app.add_template_global(at)
    app.add_template_global(this_page)
    app.context_processor(_links)

"""When two titles read the same, and when two addresses are the same: keys under which a dataset is known again."""

from __future__ import annotations

import hashlib
import re
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from catalog.names import fold

_PORTS = {"http": 80, "https": 443}
_SPACES = re.compile(r"\W+")
_TRACKING = re.compile(r"utm_\w+|fbclid|gclid|jsessionid|phpsessid|_ga|_", re.IGNORECASE)


def title_key(title: str) -> str:
    """32 hex digits, equal for titles that differ in case, marks, spaces and signs only; empty for a title of signs alone."""
    words = _SPACES.sub(" ", fold(title)).strip()
    return _digest(words) if words else ""


def url_key(url: str) -> str:
    """32 hex digits, equal for addresses that lead to the same place; empty for what is no address of the web."""
    same = canonical_url(url)
    return _digest(same) if same else ""


def canonical_url(url: str) -> str:
    """The address without what does not change where it leads: scheme, case of the host, usual port, fragment, order and
    trackers of the query, escapes, a slash at the end (RFC 3986, section 6.2). Empty for what is no address of the web.
    """
    try:
        parts = urlsplit(url.strip())
        host, port = (parts.hostname or "").lower().rstrip("."), parts.port
    except ValueError:
        return ""
    if parts.scheme.lower() not in _PORTS or not host:
        return ""
    place = host if port in (None, _PORTS[parts.scheme.lower()]) else f"{host}:{port}"
    query = sorted((name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.fullmatch(name))
    path = quote(unquote(parts.path, errors="surrogateescape").encode("utf-8", "surrogateescape"), safe="/~!$&'()*+,;=:@").rstrip("/")
    return f"//{place}{path}" + (f"?{urlencode(query)}" if query else "")


def path_of(url: str) -> str:
    """The canonical address without its host: what stays when a site moves as a whole."""
    return canonical_url(url).removeprefix("//").partition("/")[2]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]

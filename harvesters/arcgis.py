"""How an ArcGIS REST service is asked: in JSON, with its error answers told in words, and its addresses taken apart.

The interface is Esri's ArcGIS REST API: a services directory lists services, a FeatureServer or MapServer lists layers and
tables, and each of these describes itself and answers queries. An error comes as HTTP 200 with `{"error": {"code": …}}`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

from catalog.errors import Trouble
from catalog.issues import Issue, Place
from catalog.net import Net

LOCKED = {401, 403, 498, 499}  # not allowed, token invalid, token required
_SERVICE = re.compile(r"(?P<service>.+/(?:FeatureServer|MapServer))(?:/(?P<layer>\d{1,9}))?/*", re.IGNORECASE)


def ask(net: Net, url: str, **params: Any) -> Mapping[str, Any]:
    """The answer of a service as an object; Trouble `arcgis-locked` or `arcgis-refused` for an error answer."""
    answer = net.get_json(url, params={**params, "f": params.get("f", "json")})
    if not isinstance(answer, Mapping):
        raise Trouble(Issue("listing-of-another-kind", Place(url=url), {"expected": "f=json"}))
    error = answer.get("error")
    if error or answer.get("status") == "error":
        said = error if isinstance(error, Mapping) else answer
        code = said.get("code")
        number = code if isinstance(code, int) and not isinstance(code, bool) else 0
        raise Trouble(Issue("arcgis-locked" if number in LOCKED else "arcgis-refused", Place(url=url), {"number": number}))
    return answer


def bare(url: str) -> str:
    """An address without query, fragment and last slash; as it is where it is no address."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return url
    return urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/"), "", ""))


def service_and_layer(url: str) -> tuple[str, int | None] | None:
    """A service's address and the number of a layer in it, where the address names one; None for any other address."""
    found = _SERVICE.fullmatch(bare(url))
    return (found["service"], None if found["layer"] is None else int(found["layer"])) if found else None


def path_of(url: str) -> str:
    """What tells a service or layer from others of its server: the part after `/rest/services/`, else the whole path."""
    path = unquote(urlsplit(url).path).strip("/")
    return path.rpartition("rest/services/")[2] or path


def iso(milliseconds: Any, zone: str = "") -> str:
    """A moment of the service (milliseconds since 1970, UTC) in ISO 8601; empty for what is none."""
    if isinstance(milliseconds, bool) or not isinstance(milliseconds, int | float):
        return ""
    try:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
    except (OverflowError, ValueError):
        return ""
    return moment.replace(tzinfo=None).isoformat(timespec="milliseconds" if moment.microsecond else "seconds") + zone

"""Texts and addresses from outside, made fit for any format: no character that XML forbids, no address that is no URI."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from urllib.parse import quote, urlsplit

# Beyond XML 1.0's characters (section 2.2), also those that it discourages and that break readers.
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_BARE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_PATH, _QUERY = "/%:@!$&'()*+,;=~", "/?%:@!$&'()*+,;=~"
_HOST = re.compile(r"[a-z0-9_]([a-z0-9_.-]{0,252}[a-z0-9_.])?", re.I)
_MAIL = re.compile(r"[A-Za-z0-9_.+~!$&'*=-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_DAY = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")
SCHEMES = ("http", "https", "ftp")


def plain(text: str | None) -> str:
    """The text without control characters and halves of surrogates, without space around it."""
    return _UNFIT.sub("", text or "").strip()


def uri(text: str | None) -> str | None:
    """A web address as a URI (RFC 3986): spaces and letters of any script encoded, credentials left out; None for none.

    `http://sở.vn/tệp 1.csv` becomes `http://xn--s-3ka.vn/t%E1%BB%87p%201.csv` or the like; what has no host, another
    scheme than `SCHEMES` or cannot be parsed is none.
    """
    text = plain(text)
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    host = f"[{host}]" if ":" in host else _ascii(host)
    if parts.scheme.lower() not in SCHEMES or not host:
        return None
    place = host + (f":{port}" if port else "")
    tail = _encoded(parts.path, _PATH)
    tail += f"?{_encoded(parts.query, _QUERY)}" if parts.query else ""
    tail += f"#{_encoded(parts.fragment, _QUERY)}" if parts.fragment else ""
    return f"{parts.scheme.lower()}://{place}{tail}"


def _ascii(host: str) -> str:
    """The host in the letters that the name service has; empty for one that can be no name."""
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            return ""
    return host.lower() if _HOST.fullmatch(host) else ""


def _encoded(part: str, safe: str) -> str:
    return quote(_BARE_PERCENT.sub("%25", part), safe=safe)


def mailto(text: str | None) -> str | None:
    """A mail address as a `mailto:` URI; None for what is no plain address."""
    text = plain(text).removeprefix("mailto:")
    return f"mailto:{text}" if _MAIL.fullmatch(text) else None


def moment(value: datetime) -> str:
    """A moment in UTC to the second, `2024-09-30T05:00:00Z`."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def day(text: str | None) -> str | None:
    """A day, month or year as ISO 8601 writes it, cut from a longer date; None for anything else."""
    found = _DAY.match(plain(text))
    if found is None:
        return None
    parts = [int(part) for part in found[0].split("-")]
    try:
        date(*parts, *([1] * (3 - len(parts))))
    except ValueError:
        return None
    return found[0]


def period(text: str | None) -> tuple[str | None, str | None] | None:
    """The two ends of `start/end`, of which one may be missing; a single day, month or year is both. None for other texts."""
    first, slash, last = plain(text).partition("/")
    start, end = day(first), day(last) if slash else day(first)
    return (start, end) if start or end else None

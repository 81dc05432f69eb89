"""The body of an answer: read in pieces under its limits, and what a broken transfer is called."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from email.message import Message
from email.utils import parsedate_to_datetime
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

import orjson
import requests
import urllib3
from urllib3.response import GzipDecoderState

from catalog.characters import keepable
from catalog.errors import Trouble
from catalog.issues import Issue, Place
from catalog.net.guard import Target, shown
from catalog.net.wire import Pace

PIECE = 1 << 16
BUSY = (429, 503)


def pieces(response: requests.Response, pace: Pace, max_bytes: int) -> Iterator[bytes]:
    """The decompressed body, piece by piece; Trouble `too-large` as soon as it passes `max_bytes`.

    A body that ends before its declared length is `cut-short`, one that goes on after it `length-wrong`,
    one that trickles past the end of the call `too-slow`.
    """
    declared = response.headers.get("content-length", "")
    if (declared_size(response) or 0) > max_bytes:
        raise Trouble(Issue("too-large", Place(url=shown(response.url)), {"limit": megabytes(max_bytes)}))
    seen = 0
    try:
        while piece := response.raw.read1(PIECE, decode_content=True):
            seen += len(piece)
            if seen > max_bytes:
                raise Trouble(Issue("too-large", Place(url=shown(response.url)), {"limit": megabytes(max_bytes)}))
            yield piece
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise trouble_of(error, response.url, pace) from error
    if response.raw.tell() and _lacks_its_end(getattr(response.raw, "_decoder", None)):
        raise Trouble(Issue("cut-short", Place(url=shown(response.url)), {"host": urlsplit(response.url).hostname or ""}))
    if getattr(response.raw._original_response, "has_surplus", False):
        raise Trouble(Issue("length-wrong", Place(url=shown(response.url)), {"declared": declared}))


def _lacks_its_end(decoder: Any) -> bool:
    """Whether compressed bytes stopped before their end, which urllib3 passes over: a file cut there would seem whole, or empty.

    What follows a whole member and is no gzip is left alone, as by every other reader.
    """
    parts = getattr(decoder, "_decoders", None)
    if parts is not None:
        return any(map(_lacks_its_end, parts))
    if getattr(decoder, "_state", None) == GzipDecoderState.SWALLOW_DATA:
        return False
    inner = getattr(decoder, "_obj", None)
    finished = getattr(inner, "is_finished", None)  # brotli's
    return not finished() if finished is not None else not getattr(inner, "eof", True)


def declared_size(response: requests.Response) -> int | None:
    """How many bytes the body will have, where the server says so of the body as it is."""
    declared = response.headers.get("content-length", "")
    return int(declared[:18]) if declared.isdecimal() and declared.isascii() and "content-encoding" not in response.headers else None


def settled_date(response: requests.Response) -> str | None:
    """The Last-Modified of an answer; None within the second of the answer, in which the file may change once more (RFC 9110, 8.8.2.2)."""
    said = response.headers.get("last-modified")
    try:
        age = parsedate_to_datetime(response.headers.get("date", "")) - parsedate_to_datetime(said or "")
    except (TypeError, ValueError):
        return said
    return said if age.total_seconds() > 1 else None


def body(response: requests.Response, pace: Pace, max_bytes: int) -> bytes:
    """The whole decompressed body in memory."""
    return b"".join(pieces(response, pace, max_bytes))


def beginning(response: requests.Response, pace: Pace, size: int) -> bytes:
    """The first bytes of a body, at most `size` of them; the rest is left where it is. Trouble where not even these come."""
    found = b""
    try:
        while len(found) < size and (piece := response.raw.read1(size - len(found), decode_content=True)):
            found += piece
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise trouble_of(error, response.url, pace) from error
    return found


def require_success(response: requests.Response, target: Target, longest: float, *, any_status: bool = False) -> None:
    """Trouble `host-busy` for 429 and 503, `host-busy-long` where the server asks for more than `longest` seconds.

    `http-status` unless 2xx or 304, or any is welcome.
    """
    status = response.status_code
    if 200 <= status < 300 or status == 304 or (any_status and status not in BUSY):
        return
    place = Place(url=shown(response.url))
    if status in BUSY:
        asked = retry_after(response.headers)
        facts = {"host": target.host, "port": target.port, "status": status, "retry_after": asked}
        if asked is not None and asked > longest:
            raise Trouble(Issue("host-busy-long", place, {**facts, "minutes": math.ceil(asked / 60)}))
        raise Trouble(Issue("host-busy", place, facts))
    raise Trouble(Issue("http-status", place, {"host": target.host, "status": status}))


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The pause that a server asks for, in seconds; a date is measured against the server's own clock. None for what is neither."""
    asked = headers.get("retry-after", "").strip()
    if asked.isdecimal() and len(asked) < 10:
        return float(asked)
    try:
        pause = parsedate_to_datetime(asked) - parsedate_to_datetime(headers.get("date", ""))
    except (TypeError, ValueError, OverflowError):
        return None
    return max(pause.total_seconds(), 0.0)


def trouble_of(error: Exception, url: str, pace: Pace) -> Trouble:
    """What a failure of the layers below means for a person; the text of the failure itself is left out."""
    causes = list(_causes(error))
    host = urlsplit(url).hostname or ""

    def has(*kinds: type[BaseException]) -> bool:
        return any(isinstance(cause, kinds) for cause in causes)

    if pace.is_over:
        code, facts = "too-slow", {"seconds": pace.total}
    elif has(requests.exceptions.ConnectTimeout, urllib3.exceptions.ConnectTimeoutError):
        code, facts = "connect-time-out", {"host": host, "seconds": pace.limits.connect}
    elif has(requests.exceptions.SSLError, urllib3.exceptions.SSLError):
        code, facts = "tls-bad", {"host": host, "reason": _tls_reason(causes)}
    elif has(TimeoutError, urllib3.exceptions.ReadTimeoutError, requests.exceptions.ReadTimeout):
        code, facts = "time-out", {"host": host, "seconds": pace.limits.read}
    elif has(urllib3.exceptions.DecodeError):
        code, facts = "undecodable", {}
    elif has(requests.exceptions.InvalidURL, urllib3.exceptions.LocationValueError):
        code, facts = "url-broken", {}
    else:
        code, facts = "cut-short", {"host": host}
    return Trouble(Issue(code, Place(url=shown(url)), facts))


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """An error and everything wrapped in it: causes, contexts, and errors carried as arguments."""
    waiting, seen = [error], set()
    while waiting:
        error = waiting.pop()
        if not isinstance(error, BaseException) or id(error) in seen:
            continue
        seen.add(id(error))
        yield error
        waiting += [error.__cause__, error.__context__, getattr(error, "reason", None), *error.args]


def _tls_reason(causes: list[BaseException]) -> str:
    """The certificate's fault in OpenSSL's words, which name no content of an answer."""
    for cause in causes:
        if text := getattr(cause, "verify_message", None):
            return str(text)
    return next((str(cause.reason) for cause in causes if isinstance(getattr(cause, "reason", None), str)), "TLS")


def parsed_json(data: bytes, url: str) -> Any:
    """The JSON of an answer; Trouble `answer-empty`, `not-json` (a web page) or `json-broken` with the position.

    A byte order mark is passed over, NaN and Infinity (which JSON does not have) become null, a whole number beyond
    64 bits becomes a decimal one (null if no number can hold it), and characters that no text may hold (NUL, half a surrogate pair) become U+FFFD.
    """
    text = data.removeprefix(b"\xef\xbb\xbf").strip()
    if not text:
        raise Trouble(Issue("answer-empty", Place(url=shown(url))))
    if text.startswith(b"<"):
        raise Trouble(Issue("not-json", Place(url=shown(url))))
    try:
        try:
            value = orjson.loads(text)
        except orjson.JSONDecodeError:
            return keepable(_lenient_json(data, url))  # ten times slower; only for what the strict reader refuses
        return keepable(value) if b"\\u0000" in text else value
    except RecursionError:  # nested without end
        raise Trouble(Issue("json-broken", Place(url=shown(url)), {"line": 1, "position": 1})) from None


def _lenient_json(data: bytes, url: str) -> Any:
    line, position = 1, 1
    try:
        return json.loads(data.decode(json.detect_encoding(data)), parse_constant=lambda _: None, parse_int=_number,
                          parse_float=_number)
    except json.JSONDecodeError as error:
        line, position = error.lineno, error.colno
    except UnicodeDecodeError as error:
        line, position = data.count(b"\n", 0, error.start) + 1, error.start - data.rfind(b"\n", 0, error.start)
    raise Trouble(Issue("json-broken", Place(url=shown(url)), {"line": line, "position": position}))


def _number(digits: str) -> int | float | None:
    """A number as JSON on every database can hold it; None for one that is beyond any."""
    if len(digits) < 19 and digits.lstrip("-").isdigit():
        return int(digits)
    number = float(digits)
    return number if math.isfinite(number) else None


def filename_of(response: requests.Response, url: str) -> str:
    """The file's name as the server gives it (Content-Disposition, RFC 6266), else the last part of the URL.

    Only ever a label: no part of it may become a path.
    """
    message = Message()
    message["content-disposition"] = as_utf8(response.headers.get("content-disposition", ""))
    name = message.get_filename() or ""
    for candidate in (as_utf8(name), *(unquote(urlsplit(u).path) for u in (response.url, url))):
        label = "".join(c for c in PurePosixPath(candidate.replace("\\", "/")).name if c.isprintable())
        if label and label not in (".", ".."):
            return label[-200:]
    return urlsplit(url).hostname or "data"


def as_utf8(text: str) -> str:
    """A header that carries UTF-8, which HTTP reads as Latin-1, put right."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def megabytes(size: int) -> str:
    """A size for a sentence: `64 MB`."""
    return f"{size / (1 << 20):g} MB"

"""What one address answers, and what that means. A server may lie: HEAD that says yes where GET says no, a page of regret with status 200.

HEAD alone is believed only where it says of the file what it said when the first bytes were last looked at (ETag or
Last-Modified). What a server will not say now (429, 503, a firewall's refusal, Retry-After) is unknown, never broken; so is what we refuse to
ask because its port is unusual.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

from catalog.characters import keepable
from catalog.errors import Trouble
from catalog.formats import MEDIA_TYPES, canonical, of_url
from catalog.issues import Issue, say
from catalog.names import fold
from catalog.net import Net
from catalog.net.guard import shown
from catalog.net.limits import Answer
from catalog.net.transfer import retry_after
from catalog.sameness import canonical_url

FIRST_BYTES = 16 * 1024
DATA = (frozenset(MEDIA_TYPES) - {"HTML"}) | {"SHP", "7Z", "RAR", "PPTX"}
HOMES = {"", "index.html", "index.htm", "index.php", "index.jsp", "default.aspx", "home", "trang-chu", "vi", "en", "vi-vn", "en-us"}
_SIGN_IN = re.compile(r"(^|[/._?&=-])(log-?in|sign-?in|dang-?nhap|sso|saml|oauth2?|openid-connect|cas)([/._?&=-]|$)")
_NOT_FOUND = re.compile(r"\b404\b|not found|khong tim thay|khong ton tai|(does not|doesn.t|no longer) exist|da bi (xoa|go)|page (is )?missing")
_TITLE = re.compile(rb"<(title|h1)\b[^>]*>(.*?)</\1\s*>", re.IGNORECASE | re.DOTALL)
_CHALLENGE = re.compile(r"captcha|just a moment|attention required|request blocked|web application firewall|incapsula|checking your browser|ddos")
_WALLS = ("cf-ray", "cf-mitigated", "x-sucuri-id", "x-sucuri-block", "x-iinfo", "x-amzn-waf-action", "x-akamai-transformed", "akamai-grn", "x-cdn-deny")
_WALL_SERVERS = ("cloudflare", "akamaighost", "sucuri", "imperva", "ddos-guard", "bigip", "fortiweb", "vcdn")
# A host that is not there for HEAD is not there for GET.
_SETTLED = {"host-unknown", "host-unreachable", "connect-time-out", "tls-bad", "address-private", "address-odd", "port-refused", "url-broken",
            "url-not-http", "redirect-loop", "redirect-many", "redirect-private", "redirect-broken", "host-busy", "host-busy-long"}
_BUSY = {"host-busy", "host-busy-long"}
_NOT_FOR_US = "port-refused"  # a rule of ours, which says nothing of the link
_A_DAY = 86_400.0
WHY = {
    "missing": ("máy chủ báo không có tệp (mã {status}).", "the server says that there is no such file (status {status})."),
    "sign-in": ("máy chủ yêu cầu đăng nhập (mã {status}).", "the server asks for a sign-in (status {status})."),
    "refused": ("máy chủ từ chối (mã {status}).", "the server refuses (status {status})."),
    "server": ("máy chủ gặp lỗi (mã {status}).", "the server has a fault (status {status})."),
    "page": ("tệp khai là {format} nhưng nhận được trang web.", "{format} is promised, and a web page comes."),
    "says-not-found": ("trang nhận được tự nói “{title}”.", "the page that comes says of itself “{title}”."),
    "home": ("bị chuyển về trang chủ {to}.", "it leads to the home page {to}."),
    "to-sign-in": ("bị chuyển sang trang đăng nhập {to}.", "it leads to a sign-in page {to}."),
    "empty": ("tệp nhận được không có byte nào.", "what comes has not a single byte."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What an address turned out to be: `status` as in LinkCheck; `method` decided; `pause` are seconds that the server asks for."""

    status: str
    method: str
    http_status: int | None = None
    why: tuple[str, str] = ("", "")
    reason: str = ""
    leads_to: str = ""
    seen: str = ""
    pause: float | None = None
    facts: dict[str, Any] = field(default_factory=dict)


def probe(net: Net, url: str, *, format: str = "", trusted: str = "") -> Verdict:
    """Judge an address. `format` is what it promises ("" where anything may come); `trusted` is what HEAD must say to be enough."""
    head = _asked(net, url, "HEAD")
    if isinstance(head, Issue):
        if head.code in _SETTLED or head.facts.get("remembered"):
            return _of_trouble(head, "HEAD")
    elif trusted and 200 <= head.status < 300 and marks(head) == trusted and not _astray(url, head.url):
        return _fine(url, head, "HEAD")
    got = _asked(net, url, "GET")
    return _of_trouble(got, "GET") if isinstance(got, Issue) else _judge(url, got, format)


def marks(answer: Answer) -> str:
    """What a server says of a file that changes when it does; empty where it says nothing of the kind."""
    etag, modified = answer.headers.get("etag", ""), answer.headers.get("last-modified", "")
    return keepable(" ".join((etag, modified, answer.headers.get("content-length", "")))) if etag or modified else ""


def _asked(net: Net, url: str, method: str) -> Answer | Issue:
    try:
        return net.probe(url, method=method, first=FIRST_BYTES)
    except Trouble as trouble:
        return trouble.issue


def _of_trouble(issue: Issue, method: str) -> Verdict:
    """No answer: unknown where the server asks for patience or was not even asked, else broken."""
    refused = _NOT_FOR_US in (issue.code, issue.facts.get("cause"))
    patient = issue.code in _BUSY or issue.facts.get("remembered")
    why = (say(issue, "vi").what, say(issue, "en").what)
    return Verdict(status="unknown" if patient or refused else "broken", method=method, reason=issue.code, why=why,
                   http_status=issue.facts.get("status"), pause=_A_DAY if refused else issue.facts.get("retry_after"))


def _judge(url: str, answer: Answer, format: str) -> Verdict:
    if not 200 <= answer.status < 300:
        return _refused(answer)
    page = _is_page(answer)
    words = _words(answer.body) if page else []
    if page and any(_CHALLENGE.search(fold(text)) for text in words):
        return Verdict(status="unknown", method="GET", http_status=answer.status, reason="firewall")
    astray = _astray(url, answer.url)
    said = next((text for text in words if len(text) < 120 and _NOT_FOUND.search(fold(text))), "")
    promised = canonical(format) if format else of_url(url)
    if astray:
        return _soft(answer, astray, to=shown(answer.url))
    if said:
        return _soft(answer, "says-not-found", title=said)
    if page and promised in DATA:
        return _soft(answer, "page", format=promised)
    if not answer.body and answer.status != 204 and promised in DATA:
        return _soft(answer, "empty")
    return _fine(url, answer, "GET")


def _fine(url: str, answer: Answer, method: str) -> Verdict:
    moved = canonical_url(answer.url) != canonical_url(url)
    return Verdict(status="moved" if moved else "ok", method=method, http_status=answer.status, leads_to=shown(answer.url) if moved else "",
                   seen=marks(answer))


def _refused(answer: Answer) -> Verdict:
    """A status that is no success: broken, unless a firewall or a server that asks for patience has answered."""
    status, headers = answer.status, answer.headers
    if status >= 500 and headers.get("retry-after", "").strip():
        return Verdict(status="unknown", method="GET", http_status=status, reason="busy", pause=retry_after(headers))
    if status in (403, 406) and _is_wall(answer):
        return Verdict(status="unknown", method="GET", http_status=status, reason="firewall")
    reason = "missing" if status in (404, 410) else "sign-in" if status in (401, 403, 407) else "server" if status >= 500 else "refused"
    return _because("broken", answer, reason)


def _is_wall(answer: Answer) -> bool:
    """Whether a firewall before the server answers for it; to people it may show the file."""
    server = answer.headers.get("server", "").lower()
    return (any(name in answer.headers for name in _WALLS) or any(name in server for name in _WALL_SERVERS)
            or bool(_CHALLENGE.search(fold(answer.body.decode("utf-8", "replace")))))


def _soft(answer: Answer, reason: str, **facts: Any) -> Verdict:
    return _because("soft-404", answer, reason, **facts)


def _because(status: str, answer: Answer, reason: str, **facts: Any) -> Verdict:
    vi, en = (words.format(status=answer.status, **facts) for words in WHY[reason])
    return Verdict(status=status, method="GET", http_status=answer.status, reason=reason, why=(vi, en), leads_to=facts.get("to", ""), facts=facts)


def _is_page(answer: Answer) -> bool:
    start = answer.body.removeprefix(b"\xef\xbb\xbf").lstrip()[:200].lower()
    return (answer.headers.get("content-type", "").lower().startswith(("text/html", "application/xhtml"))
            or start.startswith((b"<!doctype html", b"<html", b"<head", b"<body")))


def _words(body: bytes) -> list[str]:
    """The titles and first headings of a page, as text."""
    found = (re.sub(r"<[^>]*>", " ", match[2].decode("utf-8", "replace")) for match in _TITLE.finditer(body))
    return [" ".join(text.split()) for text in found]


def _astray(asked: str, came: str) -> str:
    """Where a redirect led away from the file: `home`, `to-sign-in`, or nowhere amiss."""
    before, after = urlsplit(asked), urlsplit(came)
    if canonical_url(asked) == canonical_url(came):
        return ""
    here, there = (fold(unquote(parts.path)).strip("/") for parts in (before, after))
    if _SIGN_IN.search(f"{after.netloc}/{there}?{after.query}") and not _SIGN_IN.search(f"{before.netloc}/{here}"):
        return "to-sign-in"
    return "home" if here not in HOMES and there in HOMES and not after.query else ""

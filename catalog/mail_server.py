"""What `HAIDANG_MAIL_URL` says of the mail server, and what an address for mail looks like.

`smtp://user:password@host:587` speaks plainly until STARTTLS, without which nothing is sent; `smtps://` is TLS from the first byte.
Only a server on this very machine may do without TLS. `?ca=/path.pem` trusts an authority of one's own beside the system's,
`?tls=off` (this machine only) leaves TLS out even where it is offered.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from catalog.errors import UsageError

PORTS = {"smtp": 587, "smtps": 465}
MOST = 254  # characters of an address, RFC 5321 section 4.5.3.1
_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Where mail is handed in. `implicit`: TLS from the first byte; `tls`: may not be left out; `starts`: is asked for at all."""

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    implicit: bool = False
    tls: bool = True
    starts: bool = True
    ca: Path | None = None


def mail_server(url: str) -> MailServer:
    """The mail server that a URL names; UsageError, which never repeats the URL, when it cannot be used."""
    try:
        parts = urlsplit(url.strip())
        scheme, host, port = parts.scheme.lower(), (parts.hostname or "").lower(), parts.port
        options = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
    except ValueError:
        raise _unusable("không phải là một địa chỉ", "it is no address") from None
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if scheme not in PORTS or not host or parts.path not in ("", "/") or parts.fragment or port == 0:
        raise _unusable("phải có dạng smtp://người-dùng:mật-khẩu@máy-chủ:587 hoặc smtps://…", "it must look like smtp://user:password@host:587 or smtps://…")
    if not (host.isascii() and host.isprintable() and user.isprintable() and password.isprintable()):
        raise _unusable("tên máy chủ, người dùng hoặc mật khẩu có ký tự lạ", "host, user or password holds odd characters")
    if set(options) - {"ca", "tls"} or options.get("tls", "off") != "off":
        raise _unusable("chỉ nhận các tham số ca và tls=off", "the only parameters are ca and tls=off")
    here, off = is_this_machine(host), "tls" in options
    if off and (not here or scheme == "smtps"):
        raise _unusable("tls=off chỉ dùng được với máy chủ thư trên chính máy này", "tls=off is for a mail server on this very machine")
    ca = Path(options["ca"]) if options.get("ca") else None
    if ca is not None and not ca.is_file():
        raise _unusable(f"không có tệp {ca}", f"there is no file {ca}")
    return MailServer(host=host, port=port or PORTS[scheme], user=user, password=password, implicit=scheme == "smtps",
                      tls=not here, starts=not off, ca=ca)


def is_this_machine(host: str) -> bool:
    """Whether a host is this machine by its name or number alone; no name is looked up."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_address(text: str) -> bool:
    """Whether mail can be sent there: a plain address, without a name, quotes, or characters beyond ASCII."""
    return len(text) <= MOST and _ADDRESS.fullmatch(text) is not None


def _unusable(vi: str, en: str) -> UsageError:
    return UsageError(f"HAIDANG_MAIL_URL chưa dùng được: {vi}.", f"HAIDANG_MAIL_URL cannot be used: {en}.")

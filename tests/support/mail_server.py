"""A real SMTP server of the test on loopback, with or without TLS, that keeps what it gets and refuses what it is told to."""

from __future__ import annotations

import ssl
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult


@dataclass
class Mailbox:
    """What arrived: envelopes and messages; `refuse` maps an address to the answer its RCPT gets, `broken` is the answer to DATA."""

    envelopes: list[tuple[str, list[str]]] = field(default_factory=list)
    messages: list[EmailMessage] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)
    broken: str = ""
    logins: list[tuple[bytes, bytes]] = field(default_factory=list)
    port: int = 0

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.broken:
            return self.broken
        self.envelopes.append((envelope.mail_from, envelope.rcpt_tos))
        self.messages.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"

    def login(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        self.logins.append((data.login, data.password))
        return AuthResult(success=data.password == b"dung-mat-khau", handled=False)

    def to(self, address: str) -> list[EmailMessage]:
        """The messages for an address, in the order in which they came."""
        return [message for (_, receivers), message in zip(self.envelopes, self.messages, strict=True) if address in receivers]


class _Controller(Controller):
    """Takes any free port; `implicit` is TLS from the first byte."""

    def __init__(self, mailbox: Mailbox, context: ssl.SSLContext | None, implicit: bool, options: dict[str, Any]) -> None:
        super().__init__(mailbox, hostname="127.0.0.1", port=0, ssl_context=context if implicit else None)
        self._options = {"tls_context": None if implicit else context, "enable_SMTPUTF8": False, **options}

    def factory(self) -> SMTP:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it knows nothing of TLS from the first byte, and warns of logging in without
            return SMTP(self.handler, hostname="mail.test", ident="thu", **self._options)

    def _trigger_server(self) -> None:  # the port is known only now
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def mail_server(context: ssl.SSLContext | None = None, *, implicit: bool = False, login: bool = False) -> Iterator[Mailbox]:
    """A running server; STARTTLS with `context`, TLS from the first byte where `implicit`, neither without one."""
    mailbox = Mailbox()
    options = {"authenticator": mailbox.login, "auth_required": True, "auth_require_tls": not implicit} if login else {}
    controller = _Controller(mailbox, context, implicit, options)
    controller.start()
    try:
        mailbox.port = controller.port
        yield mailbox
    finally:
        controller.stop()


@dataclass(frozen=True)
class Authority:
    """A certificate authority of the test; `pem` is what a client must trust."""

    ca: trustme.CA
    pem: Path

    def context(self, *names: str) -> ssl.SSLContext:
        """A server's side of TLS, with a certificate for these names."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.ca.issue_cert(*names).configure_cert(context)
        return context


def authority(folder: Path) -> Authority:
    """A new authority whose certificate lies in the folder."""
    ca = trustme.CA()
    pem = folder / "ca.pem"
    ca.cert_pem.write_to_path(str(pem))
    return Authority(ca, pem)

"""The way out for mail: one conversation with the operator's own mail server, under verified TLS and within its time.

The server is named by the operator's settings, never by data, so its address needs no vetting. Its certificate is verified against
its name (CVE-2026-41132 was the lack of that); a password never travels without TLS, but to this very machine. What the server says is
told by its status number only.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from catalog.errors import Trouble
from catalog.issues import Issue
from catalog.mail_server import MailServer
from catalog.net.limits import Limits
from catalog.net.wire import Pace, TimedSocket, TimedTLSSocket

LIMITS = Limits(connect=10.0, read=30.0, total=120.0)
MOST_READS = 5_000  # of at most 8 KiB each in one conversation; a server that talks without end is left


class _MailPace(Pace):
    """The time of one conversation, and how often it may still listen."""

    reads = 0

    def left(self) -> float:
        self.reads += 1
        if self.reads > MOST_READS:
            raise TimeoutError("talks without end")
        return super().left()


class _Conversation(smtplib.SMTP):
    """SMTP over a socket whose every wait is bounded."""

    def __init__(self, server: MailServer, pace: Pace, name: str) -> None:
        super().__init__(local_hostname=name, timeout=pace.limits.read)
        self._host = server.host  # the name that a certificate must carry
        self._server, self._pace = server, pace
        self._context = ssl.create_default_context()
        self._context.sslsocket_class = TimedTLSSocket
        if server.ca is not None:
            self._context.load_verify_locations(cafile=server.ca)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        failure: OSError = TimeoutError()
        for family, kind, protocol, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
            sock = TimedSocket(family, kind, protocol)
            sock.pace = self._pace
            try:
                sock.settimeout(min(self._pace.limits.connect, self._pace.left()))
                sock.connect(address)
            except OSError as error:
                sock.close()
                failure = error
                continue
            if not self._server.implicit:
                sock.settimeout(timeout)
                return sock
            try:
                return self._secured(self._context.wrap_socket(sock, server_hostname=self._host))
            except OSError:
                sock.close()
                raise
        raise failure

    def _secured(self, sock: ssl.SSLSocket) -> ssl.SSLSocket:
        sock.pace = self._pace
        sock.settimeout(self._pace.limits.read)
        return sock

    def secure(self) -> None:
        """Ask for TLS; a server that does not offer it is good enough only on this machine."""
        self.ehlo_or_helo_if_needed()
        if self._server.implicit or not self._server.starts:
            return
        if not self.has_extn("starttls"):
            if self._server.tls:
                raise _trouble("mail-no-tls", self._server)
            return
        try:
            self.starttls(context=self._context)
        except smtplib.SMTPResponseException:
            raise _trouble("mail-no-tls", self._server) from None
        self._secured(self.sock)
        self.ehlo_or_helo_if_needed()


class MailSession:
    """An open, secured conversation; `send` hands in one message."""

    def __init__(self, server: MailServer, conversation: smtplib.SMTP) -> None:
        self._server, self._conversation = server, conversation

    def send(self, sender: str, to: str, message: bytes) -> None:
        """Hand in a message for one address.

        Trouble `mail-address-refused` or `mail-refused` speak of this message (status 5xx for good, 4xx for now), every other one of the server.
        """
        with _words(self._server):
            self._conversation.sendmail(sender, [to], message)


@contextmanager
def mail_session(server: MailServer, name: str = "localhost", limits: Limits = LIMITS) -> Iterator[MailSession]:
    """A conversation with the mail server, which we tell our `name`; Trouble when it cannot be had safely."""
    pace = _MailPace(limits, time.monotonic)
    with pace.call(limits.total):
        with _words(server):
            conversation = _Conversation(server, pace, name)
        try:
            with _words(server):
                status, _ = conversation.connect(server.host, server.port)
                if status != 220:
                    raise _trouble("mail-server-busy", server, status=status)
                conversation.secure()
                if server.user:
                    conversation.login(server.user, server.password)
            yield MailSession(server, conversation)
        finally:
            with suppress(OSError):  # smtplib's own failures are among them
                conversation.quit()
            conversation.close()


@contextmanager
def _words(server: MailServer) -> Iterator[None]:
    """Failures of the layers below, as Trouble without a byte of what the server said."""
    try:
        yield
    except ssl.SSLError as error:
        reason = getattr(error, "verify_message", "") or error.reason or "TLS"
        raise _trouble("mail-tls-bad", server, reason=str(reason)) from None
    except smtplib.SMTPRecipientsRefused as error:
        status = next((code for code, _ in error.recipients.values()), 0)
        raise _trouble("mail-address-refused" if status != 421 else "mail-server-busy", server, status=status) from None
    except smtplib.SMTPDataError as error:
        raise _trouble("mail-refused", server, status=error.smtp_code) from None
    except smtplib.SMTPSenderRefused as error:
        raise _trouble("mail-sender-refused", server, status=error.smtp_code) from None
    except smtplib.SMTPAuthenticationError as error:
        raise _trouble("mail-login-refused", server, status=error.smtp_code) from None
    except smtplib.SMTPNotSupportedError:
        raise _trouble("mail-login-refused", server, status=502) from None
    except smtplib.SMTPServerDisconnected as error:
        raise _trouble("mail-time-out" if isinstance(error.__context__, TimeoutError) else "mail-broken-off", server) from None
    except smtplib.SMTPResponseException as error:
        raise _trouble("mail-server-busy", server, status=error.smtp_code) from None
    except smtplib.SMTPException:  # no way to sign in that both sides know; RFC 4954 has a number for it
        raise _trouble("mail-login-refused", server, status=504) from None
    except TimeoutError:
        raise _trouble("mail-time-out", server) from None
    except (OSError, UnicodeError):
        raise _trouble("mail-unreachable", server) from None
    except ValueError:
        raise _trouble("mail-broken-off", server) from None


def _trouble(code: str, server: MailServer, **facts: object) -> Trouble:
    return Trouble(Issue(code, facts={"host": server.host, "port": server.port, **facts}))

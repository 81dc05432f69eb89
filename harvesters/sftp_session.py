"""A conversation with an SFTP server: to a vetted address, only when it shows the key that it should, within limits."""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import re
import stat
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import paramiko

from catalog.digests import Hashing
from catalog.errors import Trouble, UsageError
from catalog.issues import Issue, Place
from catalog.net import Net
from catalog.net.guard import Target
from catalog.net.transfer import PIECE, megabytes
from harvesters.base import SourceSpec
from harvesters.waiting import hanging_up

PORTS = {"sftp": 22}
AHEAD = 32  # pieces of a file that are asked for before the first has come
_FINGERPRINT = re.compile(r"SHA256:[A-Za-z0-9+/]{43}=?")
_KEYS = (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey)


class Server:
    """An SFTP server as a source names it; nothing is asked before `session`."""

    def __init__(self, source: SourceSpec, net: Net) -> None:
        self._net, self._url = net, source.url
        given = re.split(r"[\s,;]+", str(source.options.get("host_key") or "").strip())
        if not all(_FINGERPRINT.fullmatch(key) for key in given):
            raise UsageError("Tùy chọn host_key cần dấu vân tay dạng SHA256:… (lệnh: ssh-keyscan MÁY | ssh-keygen -lf -).",
                             "The option host_key is a fingerprint such as SHA256:… (from: ssh-keyscan HOST | ssh-keygen -lf -).")
        self._fingerprints = [key.rstrip("=") for key in given]
        self._password = source.secrets.get("password") or ""
        self._key = _private_key(source.secrets.get("private_key") or "", self._password)
        self._user = str(source.options.get("user") or "")

    def vet(self) -> None:
        """Trouble unless the server may be reached."""
        self._net.vet_target(self._net.elsewhere(self._url, PORTS))

    @property
    def root(self) -> str:
        """The folder of the source on the server."""
        return "/" + unquote(urlsplit(self._url).path).strip("/")

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A signed-in session, in its turn; every failure of the layers below becomes Trouble."""
        target = self._net.elsewhere(self._url, PORTS)
        with self._net.turn(target):
            transport = paramiko.Transport(self._net.connected(target))
            try:
                with hanging_up(self._net.called_off, transport.close):
                    yield Session(self._signed_in(transport, target), self.root, self._net)
            except paramiko.AuthenticationException:
                raise Trouble(Issue("sign-in-refused", Place(), {"host": target.host, "user": self._user})) from None
            except TimeoutError:
                self._net.heed()
                raise Trouble(Issue("time-out", Place(), {"host": target.host, "seconds": self._net.limits.read})) from None
            except (paramiko.SSHException, EOFError, ConnectionError):
                self._net.heed()
                raise Trouble(Issue("cut-short", Place(), {"host": target.host})) from None
            finally:
                transport.close()

    def _signed_in(self, transport: paramiko.Transport, target: Target) -> paramiko.SFTPClient:
        limits = self._net.limits
        transport.banner_timeout = transport.auth_timeout = transport.handshake_timeout = transport.channel_timeout = limits.read
        transport.start_client(timeout=limits.read)
        shown = fingerprint(transport.get_remote_server_key())
        if not any(hmac.compare_digest(shown, expected) for expected in self._fingerprints):
            raise Trouble(Issue("host-key-differs", Place(), {"host": target.host, "shown": shown}))
        if self._key is not None:
            transport.auth_publickey(self._user, self._key)
        else:
            transport.auth_password(self._user, self._password, fallback=False)
        if not transport.is_authenticated():  # a further proof was asked for, which a program cannot give
            raise paramiko.AuthenticationException
        client = paramiko.SFTPClient.from_transport(transport)
        client.get_channel().settimeout(limits.read)
        return client


class Session:
    """Files below one folder of the server; what leads out of it is refused."""

    def __init__(self, client: paramiko.SFTPClient, root: str, net: Net) -> None:
        self._client, self._net, self._limits = client, net, net.limits
        self._ends = time.monotonic() + net.limits.total_download
        self._root = self._real(root)

    def folder(self, path: str) -> Iterator[tuple[str, paramiko.SFTPAttributes]]:
        """Names and attributes of what is in a folder, as the server lists them; the attributes of a link are those of the link."""
        with self._said(path):
            for entry in self._client.listdir_iter(self._below(path)):
                self._in_time()
                yield entry.filename, entry

    def target(self, path: str) -> paramiko.SFTPAttributes:
        """The attributes of what a path leads to; Trouble `folder-left` when that lies outside the source's folder."""
        with self._said(path):
            return self._client.stat(self._inside(path))

    def read(self, path: str, limit: int) -> bytes:
        """A small file whole."""
        data = io.BytesIO()
        for piece in self._pieces(path, limit):
            data.write(piece)
        return data.getvalue()

    def save(self, path: str, target: Path) -> str:
        """Write a file to `target`, which is there whole or not at all; its mark."""
        hashing, part = Hashing(), target.with_name(f".{target.name}.part")
        try:
            with part.open("wb") as file:
                before = mark_of(self.target(path))
                for piece in self._pieces(path, self._limits.max_download):
                    hashing.update(piece)
                    file.write(piece)
            if mark_of(self.target(path)) != before:
                raise Trouble(Issue("changed-while-read", Place(file=path[:200])))
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
        return before

    def _pieces(self, path: str, limit: int) -> Iterator[bytes]:
        with self._said(path), self._client.open(self._inside(path), "rb") as file:
            size, seen = file.stat().st_size or 0, 0
            if size > limit:
                raise Trouble(Issue("too-large", Place(file=path[:200]), {"limit": megabytes(limit)}))
            file.prefetch(size, AHEAD)
            while piece := file.read(PIECE):
                seen += len(piece)
                self._in_time()
                if seen > limit:
                    raise Trouble(Issue("too-large", Place(file=path[:200]), {"limit": megabytes(limit)}))
                yield piece
        if seen < size:
            raise Trouble(Issue("changed-while-read", Place(file=path[:200])))

    def _below(self, path: str) -> str:
        return f"{self._root.rstrip('/')}/{path}".rstrip("/") or "/"

    def _inside(self, path: str) -> str:
        """The real path on the server."""
        real = self._real(self._below(path))
        if not (real + "/").startswith(self._root.rstrip("/") + "/"):
            raise Trouble(Issue("folder-left", Place(file=path[:200])))
        return real

    def _real(self, path: str) -> str:
        with self._said(path):
            return self._client.normalize(path)

    @contextmanager
    def _said(self, path: str) -> Iterator[None]:
        """What the server says no to, as an issue that names the path."""
        try:
            yield
        except (TimeoutError, ConnectionError):
            raise
        except UnicodeDecodeError:
            raise _unreadable(path, "UTF-8") from None
        except OSError as error:
            self._net.heed()  # a line that we have cut ourselves is no server's no
            raise _unreadable(path, type(error).__name__) from None

    def _in_time(self) -> None:
        self._net.heed()
        if time.monotonic() > self._ends:
            raise Trouble(Issue("too-slow", Place(), {"seconds": self._limits.total_download}))


def mark_of(status: paramiko.SFTPAttributes) -> str:
    """What changes when a file does: its size and its time of change, as far as the server tells them."""
    return f"{status.st_size or 0:x}-{status.st_mtime or 0:x}"


def is_link(status: paramiko.SFTPAttributes) -> bool:
    """Whether an entry is a symbolic link."""
    return stat.S_ISLNK(status.st_mode or 0)


def is_folder(status: paramiko.SFTPAttributes) -> bool:
    """Whether an entry is a folder."""
    return stat.S_ISDIR(status.st_mode or 0)


def is_file(status: paramiko.SFTPAttributes) -> bool:
    """Whether an entry is a file; also where the server does not say what it is."""
    return stat.S_ISREG(status.st_mode or stat.S_IFREG)


def fingerprint(key: paramiko.PKey) -> str:
    """A server's key as OpenSSH shows it: `SHA256:` and the digest in Base64."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(key.asbytes()).digest()).decode().rstrip("=")


def _unreadable(path: str, reason: str) -> Trouble:
    return Trouble(Issue("remote-unreadable", Place(file=path[:200] or "/"), {"path": path[:200] or "/", "reason": reason}))


def _private_key(text: str, passphrase: str) -> paramiko.PKey | None:
    """A private key in OpenSSH's or PEM form; UsageError, without any of it, for one that cannot be read."""
    if not text.strip():
        return None
    arguments: Mapping[str, Any] = {"password": passphrase or None}
    for kind in _KEYS:
        try:
            return kind.from_private_key(io.StringIO(text), **arguments)
        except (paramiko.SSHException, ValueError):
            continue
    raise UsageError("Không đọc được khóa riêng private_key; cần khóa Ed25519, ECDSA hoặc RSA, mật khẩu khóa đặt trong password.",
                     "The private_key cannot be read; it is an Ed25519, ECDSA or RSA key, its passphrase goes into password.")

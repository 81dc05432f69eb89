"""A real SFTP server on loopback, which serves a folder and can be made to lie."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

import paramiko
from paramiko.sftp_attr import SFTPAttributes

from harvesters.sftp_session import fingerprint

USER, PASSWORD = "mo", "M4t-khau/sftp+bi'mat"


@cache
def host_key(number: int = 0) -> paramiko.PKey:
    """A key of the server; another for another number."""
    return paramiko.ECDSAKey.generate(bits=256 + 128 * (number % 2))


class SftpServer:
    """`root` is what the server shows as `/`; `lies` maps a folder to further names that it lists."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self.lies: dict[str, list[str]] = {}
        self.user_key: paramiko.PKey | None = None
        self.opened: list[str] = []  # paths of files that were read
        self.passwords: list[str] = []
        self.cut_after: int | None = None  # bytes of a file, then the connection breaks
        self.silent_at: str | None = None  # the folder or file at which the server falls silent until it is closed
        self.fell_silent, self._closing = threading.Event(), threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._transports: list[paramiko.Transport] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        return self._listener.getsockname()[1]

    @property
    def fingerprint(self) -> str:
        return fingerprint(host_key())

    def url(self, path: str = "/") -> str:
        return f"sftp://127.0.0.1:{self.port}{path}"

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                transport = paramiko.Transport(connection)
                transport.add_server_key(host_key())
                transport.set_subsystem_handler("sftp", paramiko.SFTPServer, _Files, served=self, transport=transport)
                self._transports.append(transport)
                with suppress(paramiko.SSHException, EOFError):
                    transport.start_server(event=threading.Event(), server=_Door(self))

    def fall_silent_at(self, path: str) -> None:
        """Answer nothing where the path is the one of the silence."""
        if path == self.silent_at:
            self.fell_silent.set()
            self._closing.wait()

    def close(self) -> None:
        self._closing.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()
        for transport in self._transports:
            transport.close()


class _Door(paramiko.ServerInterface):
    def __init__(self, served: SftpServer) -> None:
        self._served = served

    def get_allowed_auths(self, username: str) -> str:
        return "password,publickey"

    def check_auth_password(self, username: str, password: str) -> int:
        self._served.passwords.append(password)
        return paramiko.AUTH_SUCCESSFUL if (username, password) == (USER, PASSWORD) else paramiko.AUTH_FAILED

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        return paramiko.AUTH_SUCCESSFUL if username == USER and key == self._served.user_key else paramiko.AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return paramiko.OPEN_SUCCEEDED


class _Files(paramiko.SFTPServerInterface):
    def __init__(self, server, *_, served: SftpServer, transport: paramiko.Transport) -> None:
        super().__init__(server)
        self._served, self._transport = served, transport

    def _path(self, path: str) -> str:
        return str(self._served.root) + os.path.normpath("/" + path)

    def canonicalize(self, path: str) -> str:
        real = os.path.realpath(self._path(path))
        return "/" + os.path.relpath(real, self._served.root).removeprefix(".")

    def list_folder(self, path: str):
        self._served.fall_silent_at(path)
        try:
            found = [SFTPAttributes.from_stat(os.lstat(os.path.join(self._path(path), name)), name) for name in os.listdir(self._path(path))]
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno)
        return [*found, *(SFTPAttributes.from_stat(os.stat(__file__), name) for name in self._served.lies.get(path, ()))]

    def stat(self, path: str):
        try:
            return SFTPAttributes.from_stat(os.stat(self._path(path)))
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno)

    def lstat(self, path: str):
        try:
            return SFTPAttributes.from_stat(os.lstat(self._path(path)))
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno)

    def open(self, path: str, flags: int, attr):
        self._served.opened.append(path)
        try:
            file = open(self._path(path), "rb")  # noqa: SIM115 - the handle closes it
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno)
        handle = _Handle(flags)
        handle.readfile, handle.served, handle.transport, handle.path = file, self._served, self._transport, path
        return handle


class _Handle(paramiko.SFTPHandle):
    def stat(self):
        return SFTPAttributes.from_stat(os.fstat(self.readfile.fileno()))

    def read(self, offset: int, length: int):
        self.served.fall_silent_at(self.path)
        limit = self.served.cut_after
        if limit is not None and offset + length > limit:
            self.transport.close()
            return paramiko.SFTP_FAILURE
        return super().read(offset, length)


@contextmanager
def sftp_server(root: Path) -> Iterator[SftpServer]:
    """A running server of a folder; stopped at the end."""
    server = SftpServer(root)
    try:
        yield server
    finally:
        server.close()

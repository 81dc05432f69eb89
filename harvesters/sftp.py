"""A folder of files on an SFTP server. Every data file is a dataset."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any, ClassVar

from catalog.errors import Trouble
from catalog.issues import Issue, Place
from catalog.net import Net
from catalog.record import Made, Record
from harvesters.base import Gathered, Option, Page, SourceSpec
from harvesters.describing import DEFAULTS, as_text, is_yes
from harvesters.folder import OPTIONS
from harvesters.remote_folder import ENTRIES, Entry, Found, described, gathered, is_plain, listed
from harvesters.sftp_session import Server, Session, is_file, is_folder, is_link, mark_of


class Sftp:
    """An SFTP folder; `metadata.json` or `metadata.csv` in it may say more of its files, as in a folder of kind `directory`."""

    kind: ClassVar[str] = "sftp"
    title: ClassVar[Mapping[str, str]] = {"vi": "Thư mục SFTP", "en": "SFTP folder"}
    options: ClassVar[tuple[Option, ...]] = (
        Option(name="user", vi="Tên đăng nhập", en="User name", required=True),
        Option(name="host_key", vi="Dấu vân tay khóa của máy chủ (SHA256:…); máy chủ có khóa khác thì không kết nối",
               en="Fingerprint of the server's key (SHA256:…); a server with another key is not talked to", required=True),
        Option(name="password", vi="Mật khẩu, hoặc mật khẩu của khóa riêng", en="Password, or the passphrase of the private key", secret=True),
        Option(name="private_key", vi="Khóa riêng (đọc từ tệp: --secret private_key=@TỆP)", en="Private key (from a file: --secret private_key=@FILE)", secret=True, lines=True),
        *OPTIONS, *DEFAULTS,
    )

    def __init__(self, source: SourceSpec, net: Net) -> None:
        self._options, self._server = source.options, Server(source, net)
        self._found: Found | None = None

    def vet(self) -> None:
        """Trouble unless the server may be reached."""
        self._server.vet()

    def page(self, cursor: str | None) -> Page:
        """The next 100 files in the order of their paths."""
        if self._found is None:
            with self._server.session() as session:
                self._found = gathered(_Walk(session), self._options, recursive=is_yes(self._options.get("recursive")), since=cursor)
        return listed(self._found, cursor)

    def describe(self, item: Gathered) -> Record:
        """The dataset of one file: what the metadata file says, else what its name and the options say."""
        return described(item, self._options)

    def make(self, recipe: Mapping[str, Any], target: Path, mark: str | None) -> Made | None:
        """Fetch the file; None, without a word to the server, where the listing gave it the mark that it had."""
        path = as_text(recipe.get("path"))
        if mark and mark == recipe.get("mark"):
            return None
        if not all(map(is_plain, path.split("/"))):
            raise Trouble(Issue("folder-left", Place(file=path[:200])))
        with self._server.session() as session:
            found = session.save(path, target)
        return Made(filename=PurePosixPath(path).name, media_type="", mark=found)


class _Walk:
    """The folders of one session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def entries(self, folder: str) -> Iterator[Entry | Issue]:
        """What is in a folder; a link to a file is that file, a link to a folder is passed over: the folder stands in its own place."""
        with closing(self._session.folder(folder)) as names:
            found = list(islice(names, ENTRIES + 1))  # a folder without end is cut, and what is beyond is said to be missing
        for name, status in found:
            if not is_plain(name):
                yield Issue("folder-left", Place(file=(folder + name)[:200]))
                continue
            if is_link(status):
                try:
                    status = self._session.target(folder + name)
                except Trouble as trouble:
                    yield trouble.issue
                    continue
                if is_folder(status):
                    continue
            if is_folder(status) or is_file(status):
                changed = datetime.fromtimestamp(status.st_mtime, UTC).isoformat() if status.st_mtime else None
                yield Entry(name=name, is_folder=is_folder(status), where=folder + name, mark=mark_of(status), size=status.st_size, modified=changed)

    def read(self, entry: Entry, limit: int) -> bytes:
        """A small file whole."""
        return self._session.read(entry.where, limit)

"""The original bytes of everything, kept by what they are: an object store keyed by SHA-256.

The same bytes are kept once, a key never changes its meaning, and what is read back as a copy is checked against
its key. A folder (`file:///folder`) and an S3 store (`s3://bucket/prefix?endpoint=…`) are reached through the
same calls; credentials for S3 come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, S3Store

from catalog.digests import Digests
from catalog.errors import Trouble, UsageError
from catalog.issues import Issue, Place

CHUNK = 1 << 20
_KEY = re.compile(r"[0-9a-f]{64}")
_S3_OPTIONS = {"endpoint", "region"}


@dataclass(frozen=True, slots=True)
class Files:
    """An object store of original bytes; every key is the SHA-256 (64 hex digits) of what it holds.

    `folder` is where a local store keeps its objects, `cache` where copies of a remote one are put; `under` is the part of the
    store that is meant, "" for what is kept for good.
    Every call raises Trouble `storage-failed` when the store cannot be reached, `file-missing` when it has no such
    object, and `file-damaged` when a copy is not what its key says.
    """

    store: LocalStore | S3Store
    cache: Path
    folder: Path | None = None
    under: str = ""

    def beside(self, name: str) -> Files:
        """A part of the same store apart from what is kept for good, from which objects may be taken away again."""
        return replace(self, under=f"{name}/")

    def forget(self, sha256: str) -> None:
        """Take an object away; only from a part apart, ValueError elsewhere. One that is not there is gone already."""
        if not self.under:
            raise ValueError("what is kept for good is never taken away")
        try:
            with _troubles(sha256):
                obstore.delete(self.store, self._at(sha256))
        except Trouble as trouble:
            if trouble.issue.code != "file-missing":
                raise

    def _at(self, sha256: str) -> str:
        return self.under + key_of(sha256)

    def put(self, path: Path, digests: Digests | None = None) -> str:
        """Keep a file; its SHA-256, taken from its digests where they are known. Keeping it again changes nothing."""
        sha256 = digests.sha256 if digests else hash_file(path)
        self._put(sha256, path.stat().st_size, lambda key: obstore.put(self.store, key, path))
        return sha256

    def put_bytes(self, data: bytes) -> str:
        """Keep some bytes; their SHA-256."""
        sha256 = hashlib.sha256(data).hexdigest()
        self._put(sha256, len(data), lambda key: obstore.put(self.store, key, data))
        return sha256

    def _put(self, sha256: str, size: int, write: Callable[[str], object]) -> None:
        with _troubles(sha256):
            try:
                if obstore.head(self.store, self._at(sha256))["size"] == size:
                    return
            except FileNotFoundError:
                pass
            write(self._at(sha256))

    def get(self, sha256: str) -> bytes:
        """All bytes of one object, checked against its key."""
        with _troubles(sha256):
            data = bytes(obstore.get(self.store, self._at(sha256)).bytes())
        if hashlib.sha256(data).hexdigest() != sha256:
            raise Trouble(Issue("file-damaged", Place(file=sha256)))
        return data

    def stream(self, sha256: str) -> Iterator[bytes]:
        """The bytes in pieces of about 1 MiB, for an answer to a reader; not checked against the key."""
        with _troubles(sha256):
            for piece in obstore.get(self.store, self._at(sha256)).stream(min_chunk_size=CHUNK):
                yield bytes(piece)

    def path(self, sha256: str) -> Path:
        """A local file with the bytes, for programs that need one; read it, never write to it."""
        if self.folder is not None:
            path = self.folder / self._at(sha256)
            if not path.is_file():
                raise Trouble(Issue("file-missing", Place(file=sha256)))
            return path
        path = self.cache / self._at(sha256)
        if not path.is_file():
            self.copy(sha256, path)
        return path

    def copy(self, sha256: str, target: Path) -> None:
        """Fetch one object beside its place, check it, then move it there in one step."""
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=".copy-")
        try:
            with os.fdopen(handle, "wb") as file:
                for piece in self.stream(sha256):
                    file.write(piece)
            if hash_file(Path(name)) != sha256:
                raise Trouble(Issue("file-damaged", Place(file=sha256)))
            os.replace(name, target)
        finally:
            Path(name).unlink(missing_ok=True)

    def exists(self, sha256: str) -> bool:
        """Whether the store has the object."""
        try:
            self.size(sha256)
        except Trouble as trouble:
            if trouble.issue.code == "file-missing":
                return False
            raise
        return True

    def size(self, sha256: str) -> int:
        """How many bytes the object has."""
        with _troubles(sha256):
            return obstore.head(self.store, self._at(sha256))["size"]


def open_files(storage_url: str, cache: Path) -> Files:
    """The object store that the setting names; UsageError when it names none that we know."""
    url = urlsplit(storage_url)
    if url.scheme == "file" and url.netloc in ("", "localhost") and url.path.startswith("/"):
        folder = Path(unquote(url.path))
        folder.mkdir(parents=True, exist_ok=True)
        return Files(LocalStore(folder), cache, folder)
    options = dict(parse_qsl(url.query))
    if url.scheme == "s3" and url.netloc and not set(options) - _S3_OPTIONS:
        return Files(_s3(url.netloc, unquote(url.path).strip("/"), options), cache)
    raise UsageError(
        "HAIDANG_STORAGE_URL chưa dùng được. Hãy viết file:///thư-mục hoặc s3://tên-kho/tiền-tố?endpoint=https://máy-chủ&region=vùng.",
        "HAIDANG_STORAGE_URL cannot be used. Write file:///folder or s3://bucket/prefix?endpoint=https://server&region=region.",
    )


def _s3(bucket: str, prefix: str, options: dict[str, str]) -> S3Store:
    """An S3 store; path style and plain HTTP only where an endpoint of one's own is given."""
    endpoint = options.get("endpoint")
    own = {"endpoint": endpoint, "virtual_hosted_style_request": False} if endpoint else {}
    return S3Store(
        bucket, prefix=prefix or None, region=options.get("region", "us-east-1"), **own,
        client_options={"allow_http": bool(endpoint and endpoint.startswith("http://"))},
    )


def key_of(sha256: str) -> str:
    """Where an object lies: `ab/cd/<sha256>`; ValueError for anything that is no SHA-256 in lower-case hex."""
    if not _KEY.fullmatch(sha256):
        raise ValueError("not a SHA-256")
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def hash_file(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _troubles(sha256: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise Trouble(Issue("file-missing", Place(file=sha256))) from error
    except (BaseError, OSError) as error:
        raise Trouble(Issue("storage-failed", Place(file=sha256), {"reason": type(error).__name__})) from error

"""Files that an agency hands in itself: its own drop, for an agency that has no portal and no server.

The bytes go to the object store, and a row says whose they are. A file handed in again under the same name is a new
version of the same dataset; a withdrawn one is no longer listed, and handed in again it is there again.
"""

from __future__ import annotations

import shutil
import tempfile
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

import schemas
from catalog.digests import Hashing
from catalog.errors import Trouble
from catalog.files import CHUNK, Files
from catalog.freshness import PERIODS
from catalog.issues import Issue, Place
from catalog.models import Source, UploadedFile
from catalog.net.transfer import megabytes
from catalog.site import Site

CONNECTOR = "upload"
MAX_UPLOAD = 1 << 30  # bytes
NAME_LENGTH = 200
ENDINGS = ("csv", "tsv", "txt", "xlsx", "xls", "ods", "json", "geojson", "parquet", "zip")
WORDS = ("title", "title_en", "description", "tags", "theme", "license", "frequency", "schema")
WORD_LENGTH = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """Bytes that are in the object store already: their key (SHA-256), size in bytes and the file's name as it may stand."""

    sha256: str
    size: int
    filename: str


def receive(files: Files, stream: BinaryIO, filename: str, *, max_bytes: int = MAX_UPLOAD) -> Received:
    """Bring the bytes into the object store; done before a transaction is opened, so that nobody waits for a slow upload.

    Trouble `upload-name-refused`, `upload-empty`, `too-large`; nothing is kept then.
    """
    name = checked_name(filename)
    hashing = Hashing()
    with tempfile.TemporaryDirectory(prefix="haidang-upload-") as folder:
        path = Path(folder) / "file"
        size = 0
        with path.open("wb") as file:
            while piece := stream.read(CHUNK):
                size += len(piece)
                if size > max_bytes:
                    raise Trouble(Issue("too-large", Place(file=name), {"limit": megabytes(max_bytes)}))
                hashing.update(piece)
                file.write(piece)
        if size == 0:
            raise Trouble(Issue("upload-empty", Place(file=name)))
        return Received(sha256=files.put(path, hashing.digests()), size=size, filename=name)


def checked_name(filename: str) -> str:
    """The name as it may stand: its last part, in Unicode's composed form; Trouble `upload-name-refused` for one that cannot."""
    name = unicodedata.normalize("NFC", PurePosixPath(str(filename).replace("\\", "/")).name).strip()
    ending = PurePosixPath(name).suffix.lstrip(".").lower()
    unseen = any(unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") for sign in name)  # a turned-round "csv.exe", for one
    if unseen or name.startswith(".") or len(name) > NAME_LENGTH or ending not in ENDINGS:
        shown = "".join(sign if sign.isprintable() else "�" for sign in str(filename))[:100]
        raise Trouble(Issue("upload-name-refused", Place(), {"name": shown or "–", "endings": ", ".join(ENDINGS), "limit": NAME_LENGTH}))
    return name


def keep_upload(session: Session, source: Source, stream: BinaryIO | Received, filename: str, metadata: Mapping[str, Any], *, site: Site,
                identifier: str | None = None, told: Mapping[str, Any] | None = None) -> UploadedFile:
    """Keep a file that was handed in for a source, as a new dataset or as a new version of one.

    `metadata` may hold title, title_en, description, tags, theme, license, frequency and schema; what it does not hold stays as
    it was said of the version before. `identifier` names the dataset of which a file of another name is a new version.
    `told` is what was said of how this very file is to be read. The same bytes with the same words again change nothing. Trouble `upload-elsewhere`, `upload-unknown`,
    `upload-words-refused` and those of `receive`.
    """
    if source.connector != CONNECTOR:
        raise Trouble(Issue("upload-elsewhere", Place(), {"source": source.name, "connector": source.connector}))
    says = _checked_words(metadata)
    got = stream if isinstance(stream, Received) else receive(site.files, stream, filename)
    session.execute(select(Source.id).where(Source.id == source.id).with_for_update())  # one upload for a source at a time
    before = _newest(session, source.id, identifier or _identifier(got.filename))
    if identifier is not None and before is None:
        raise Trouble(Issue("upload-unknown", Place(), {"identifier": identifier[:200], "source": source.name}))
    if before is not None:
        says = {**before.says, **says}
        if before.withdrawn_at is None and (before.sha256, before.filename, before.says, before.told) == (got.sha256, got.filename, says, told):
            return before
    row = UploadedFile(source_id=source.id, identifier=before.identifier if before else _identifier(got.filename), number=before.number + 1 if before else 1,
                       filename=got.filename, sha256=got.sha256, size=got.size, says=says, told=told, uploaded_at=site.clock.now())
    session.add(row)
    session.flush()
    return row


def withdraw_upload(session: Session, source: Source, identifier: str, *, site: Site) -> UploadedFile:
    """Take a dataset off the list of what was handed in; its bytes stay. Trouble `upload-unknown` where there is none."""
    row = _newest(session, source.id, identifier)
    if row is None or row.withdrawn_at is not None:
        raise Trouble(Issue("upload-unknown", Place(), {"identifier": identifier[:200], "source": source.name}))
    row.withdrawn_at = site.clock.now()
    session.flush()
    return row


def uploads(session: Session, source_id: str) -> list[UploadedFile]:
    """What holds of a source's drop, by identifier: the newest version of each dataset that was not withdrawn."""
    newer = aliased(UploadedFile)
    newest = select(func.max(newer.number)).where(newer.source_id == source_id, newer.identifier == UploadedFile.identifier).scalar_subquery()
    found = session.scalars(select(UploadedFile).where(
        UploadedFile.source_id == source_id, UploadedFile.withdrawn_at.is_(None), UploadedFile.number == newest))
    return sorted(found, key=lambda row: row.identifier)  # the same order on every database, whatever its collation


@dataclass(frozen=True, slots=True)
class Drop:
    """What was handed in for one source, as its connector may read it."""

    site: Site
    source_id: str

    def listing(self, after: str, limit: int) -> tuple[Sequence[UploadedFile], int]:
        """At most `limit` files after an identifier, and how many there are in all."""
        with self.site.reading() as session:
            every = uploads(session, self.source_id)
        return [row for row in every if row.identifier > after][:limit], len(every)

    def copy(self, sha256: str, target: Path) -> UploadedFile:
        """Copy the bytes of a file that was handed in for this source; Trouble `file-missing` for any other."""
        with self.site.reading() as session:
            row = session.scalar(select(UploadedFile).where(UploadedFile.source_id == self.source_id, UploadedFile.sha256 == sha256)
                                 .order_by(UploadedFile.number.desc()).limit(1))
        if row is None:
            raise Trouble(Issue("file-missing", Place(file=sha256[:64])))
        shutil.copyfile(self.site.files.path(sha256), target)
        return row


def _newest(session: Session, source_id: str, identifier: str) -> UploadedFile | None:
    return session.scalar(select(UploadedFile).where(UploadedFile.source_id == source_id, UploadedFile.identifier == identifier)
                          .order_by(UploadedFile.number.desc()).limit(1))


def _identifier(filename: str) -> str:
    """What stays the same when a file is handed in again: its name, large and small letters alike."""
    return filename.lower()


def _checked_words(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """What may be said of a dataset; Trouble `upload-words-refused` names the field that cannot be used."""
    given = {key: value for key, value in metadata.items() if value not in (None, "", [])}
    for key, value in given.items():
        fits = isinstance(value, str) or (key == "tags" and isinstance(value, list) and all(isinstance(tag, str) for tag in value))
        if key not in WORDS or not fits or len(str(value)) > WORD_LENGTH:
            raise _refused(key, str(value))
    if given.get("frequency") and given["frequency"] not in PERIODS:
        raise _refused("frequency", given["frequency"])
    if given.get("schema") and given["schema"] not in schemas.names():
        raise _refused("schema", given["schema"])
    return given


def _refused(field: str, value: str) -> Trouble:
    return Trouble(Issue("upload-words-refused", Place(field=field[:40]), {"field": field[:40], "value": value[:100]}))

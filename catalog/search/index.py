"""The index of one node: opened, brought up to date from the change log, made anew when it cannot be used.

On disk: `CURRENT` names the folder of the generation in use; `lock` is held by the one process that writes. The index
keeps a mark of its own among its documents, written in the same commit: the last row of the change log that it has.
A process killed while writing leaves the last commit; the next one goes on from its mark.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import threading
import uuid
from collections.abc import Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tantivy
from sqlalchemy import Engine, bindparam, select
from sqlalchemy.orm import Session

from catalog.models import Change, Dataset
from catalog.search import answering
from catalog.search.documents import FORMAT, Reader, schema
from catalog.search.log import Mark, latest, seen
from catalog.search.question import Found, Query, Suggestion

HEAP, BUILD_HEAP = 50_000_000, 200_000_000  # bytes that the one writer may use before it writes a segment; fewer segments, less merging
BATCH = 500  # datasets read at once
COMMIT = 5_000  # rows of the log after which a long catch-up is committed
_MARK = "#mark"
_IDS = select(Dataset.id).where(Dataset.state != "deleted", Dataset.id > bindparam("last")).order_by(Dataset.id).limit(COMMIT)


@dataclass(frozen=True, slots=True)
class _Opened:
    generation: str
    index: tantivy.Index
    mark: Mark
    answers: dict[Hashable, Any] = field(default_factory=dict)  # found in this state before


class SearchIndex:
    """Search over the datasets. Safe for many threads and for several processes on one folder."""

    def __init__(self, folder: Path, engine: Engine) -> None:
        self._folder = folder
        self._engine = engine
        self._threads = threading.Lock()
        self._opened: _Opened | None = None

    def search(self, query: Query, *, session: Session | None = None) -> Found:
        """Find datasets, as of the last committed transaction; SearchRefused for a question that makes no sense.

        A caller that holds a session hands it in, so that no second connection is taken from the pool.
        """
        opened = self._up_to_date(session)
        return answering.find(opened.index.searcher(), query, opened.answers)

    def suggest(self, text: str, limit: int = 8, *, session: Session | None = None) -> list[Suggestion]:
        """Datasets whose title or name has the words, of which the last may be unfinished."""
        return answering.suggest(self._searcher(session), text, limit)

    def did_you_mean(self, text: str, *, session: Session | None = None) -> str | None:
        """The text with words that occur nowhere replaced by near ones that do (folded); None when there are none."""
        return answering.did_you_mean(self._searcher(session), text)

    def refresh(self) -> None:
        """Apply what the change log has and the index lacks; searching does it by itself."""
        self._searcher(None)

    def rebuild(self) -> None:
        """Make the index anew from the database; searches go on with the old one until it is there."""
        with self._threads, self._lock():
            self._opened = self._build()

    def _searcher(self, session: Session | None) -> tantivy.Searcher:
        return self._up_to_date(session).index.searcher()

    def _up_to_date(self, session: Session | None) -> _Opened:
        opened = self._opened
        latest = self._latest(session)
        if opened is None or opened.mark != latest or self._current() != opened.generation:
            opened = self._catch_up()
        return opened

    def _latest(self, session: Session | None) -> Mark:
        if session is not None:
            return seen(session)
        with self._engine.connect() as connection:
            return latest(connection)

    def _catch_up(self) -> _Opened:
        with self._threads:
            opened = self._open()  # perhaps another process, or another thread, has done it
            if opened is None or opened.mark != self._latest(None):
                with self._lock():
                    opened = self._open()
                    if opened is None or not self._continues(opened.mark):
                        opened = self._build()
                    else:
                        opened = self._apply(opened)
            self._opened = opened
            return opened

    def _current(self) -> str | None:
        try:
            return (self._folder / "CURRENT").read_text().strip()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def _open(self) -> _Opened | None:
        """The index as it stands on disk; None when there is none or it cannot be read."""
        generation = self._current()
        path = self._folder / generation if generation else None
        if path is None or not path.is_dir():
            return None
        try:
            if self._opened and self._opened.generation == generation:
                index = self._opened.index
                index.reload()
            else:
                index = tantivy.Index.open(str(path))
            mark = _mark_of(index)
        except (ValueError, OSError):  # tantivy says ValueError for whatever is wrong with its files
            return None
        return _Opened(generation, index, mark) if mark else None

    def _continues(self, mark: Mark) -> bool:
        """Whether the log still has the row at which the index stands (not so after a restore from a backup)."""
        if mark == Mark():
            return True
        with self._engine.connect() as connection:
            return connection.scalar(select(Change.dataset_id).where(Change.seq == mark.seq)) == mark.dataset_id

    def _apply(self, opened: _Opened) -> _Opened:
        mark = opened.mark
        with Session(self._engine) as session:
            while rows := session.execute(
                select(Change.seq, Change.dataset_id).where(Change.seq > mark.seq).order_by(Change.seq).limit(COMMIT)
            ).all():
                mark = Mark(*rows[-1])
                changed = list(dict.fromkeys(row.dataset_id for row in rows))
                with _writing(opened.index, mark) as writer:
                    for dataset_id in changed:
                        writer.delete_documents_by_term("id", dataset_id)
                    _add(writer, session, changed)
                session.expunge_all()
        opened.index.reload()
        return _Opened(opened.generation, opened.index, mark)

    def _build(self) -> _Opened:
        generation = f"v{FORMAT}-{uuid.uuid4().hex[:12]}"
        path = self._folder / generation
        path.mkdir(parents=True)
        index = tantivy.Index(schema(), path=str(path))
        with Session(self._engine) as session:
            mark = latest(session.connection())
            with _writing(index, mark, BUILD_HEAP) as writer:
                last = ""
                while ids := session.scalars(_IDS, {"last": last}).all():
                    _add(writer, session, ids)
                    last = ids[-1]
        index.reload()
        self._make_current(generation)
        return _Opened(generation, index, mark)

    def _make_current(self, generation: str) -> None:
        beside = self._folder / f"CURRENT.{os.getpid()}"
        beside.write_text(generation)
        os.replace(beside, self._folder / "CURRENT")
        for old in self._folder.iterdir():
            if old.is_dir() and old.name != generation:
                shutil.rmtree(old, ignore_errors=True)

    @contextmanager
    def _lock(self) -> Iterator[None]:
        """One writer among all processes of the node; the lock goes with the process that dies."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


@contextmanager
def _writing(index: tantivy.Index, mark: Mark, heap: int = HEAP) -> Iterator[tantivy.IndexWriter]:
    """A writer whose work is committed together with the mark, or not at all."""
    writer = index.writer(heap, num_threads=1)
    try:
        yield writer
        document = tantivy.Document()
        document.add_text("id", _MARK)
        document.add_text("shown", json.dumps({"format": FORMAT, "seq": mark.seq, "dataset_id": mark.dataset_id}))
        writer.delete_documents_by_term("id", _MARK)
        writer.add_document(document)
        writer.commit()
    except BaseException:
        writer.rollback()
        raise
    finally:
        writer.wait_merging_threads()


def _mark_of(index: tantivy.Index) -> Mark | None:
    searcher = index.searcher()
    hits = searcher.search(tantivy.Query.term_query(index.schema, "id", _MARK, "basic"), 1).hits
    if not hits:
        return None
    kept = json.loads(searcher.doc(hits[0][1])["shown"][0])
    return Mark(kept["seq"], kept["dataset_id"]) if kept["format"] == FORMAT else None


def _add(writer: tantivy.IndexWriter, session: Session, ids: Sequence[str]) -> None:
    reader = Reader(session)
    for at in range(0, len(ids), BATCH):
        for document in reader.documents(ids[at : at + BATCH]):
            writer.add_document(document)
        session.expunge_all()

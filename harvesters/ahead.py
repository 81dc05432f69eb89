"""Asks for a listing's next page while the one before is being staged, so that source and worker do not wait for each other.

Only where the page before that left no record to work on: what has come is worked on before more is asked for.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future

from harvesters.base import Page


class Ahead:
    """The next page of each run, at most one. What a killed worker had asked for is lost, and asked for again."""

    def __init__(self) -> None:
        self._coming: dict[str, tuple[str, Future[Page]]] = {}
        self._idle: set[str] = set()

    def ask(self, run_id: str, cursor: str, read: Callable[[], Page]) -> None:
        """Begin to read the page at `cursor`, in a thread of its own, if the page before the present one left nothing to work on."""
        if run_id not in self._idle:
            return
        coming: Future[Page] = Future()
        self._coming[run_id] = cursor, coming
        threading.Thread(target=_fulfil, args=(coming, read), name="page-ahead", daemon=True).start()

    def staged(self, run_id: str, *, work: bool) -> None:
        """A page has been staged; where it left work, wait for what was asked for, for a connector serves one caller at a time."""
        if work:
            self._idle.discard(run_id)
            if run_id in self._coming:
                self._coming[run_id][1].exception()
        else:
            self._idle.add(run_id)

    def page(self, run_id: str, cursor: str | None, read: Callable[[], Page]) -> Page:
        """The page at `cursor`: the one that was asked for, or read now; raises what reading it raised."""
        asked, coming = self._coming.pop(run_id, (None, None))
        if coming is None:
            return read()
        coming.exception()
        return coming.result() if asked == cursor else read()

    def forget(self, run_id: str) -> None:
        """The run asks for no more; a page still on its way is dropped when it comes."""
        self._coming.pop(run_id, None)
        self._idle.discard(run_id)


def _fulfil(coming: Future[Page], read: Callable[[], Page]) -> None:
    try:
        coming.set_result(read())
    except BaseException as error:  # noqa: BLE001 - whoever asks for the page gets it
        coming.set_exception(error)

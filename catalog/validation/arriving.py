"""Work on a file while it is on its way here: the download in a thread of its own, the work where it was asked for.

    with arriving(partial(net.download, url), folder / "download") as file:
        verdict = steadily(file, validate)      # validate(file) reads file.open() as often as it likes
        file.digests()                          # waits for the last byte; raises what broke the download

So the work ends when the last byte has come and has been looked at, not as long again after it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from catalog.validation.growing import GrowingFile, StartedAgain, Writer

T = TypeVar("T")


@contextmanager
def arriving(fetch: Callable[[Writer], Any], path: Path, *, cancelled: Callable[[], bool] | None = None,
             watched_by: Callable[[], Callable[[bytes], None]] | None = None, leaving: float | None = None) -> Iterator[GrowingFile]:
    """The file at `path` that `fetch` is filling; `head()` is what the download said of it before its first byte.

    What breaks `fetch` is raised by whatever reads the file. The fetching is over when the block is left, and stopped there if
    it is not done: whoever wants all bytes asks for the digests first. A server that is silent holds up the leaving for as
    long as `fetch` waits for it, or for at most `leaving` seconds; then what comes later is thrown away.
    """
    growing = GrowingFile(path, cancelled=cancelled)

    def run() -> None:
        try:
            with growing.writer(watched_by) as writer:
                fetch(writer)
        except BaseException:  # noqa: BLE001 - the writer has told it to the readers
            return

    thread = threading.Thread(target=run, name="arriving", daemon=True)
    thread.start()
    try:
        yield growing
    finally:
        growing.abandon()
        thread.join(leaving)


def steadily(growing: GrowingFile, work: Callable[[GrowingFile], T]) -> T:
    """The result of the work, done again from the start where the download had to start again."""
    while True:
        try:
            return work(growing)
        except StartedAgain:
            continue

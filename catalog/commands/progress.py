"""How far a check is, shown on a terminal: rows so far and how fast, bytes that have come and of how many."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from catalog.validation.growing import GrowingFile

_WORDS = {"vi": ("dòng", "dòng/giây"), "en": ("rows", "rows/s")}


@dataclass(slots=True)
class Seen:
    """What is known so far of a check; `file` is the download, where there is one."""

    rows: int = 0
    file: GrowingFile | None = None
    clock: Callable[[], float] = time.monotonic
    _since: float = field(init=False)

    def __post_init__(self) -> None:
        self._since = self.clock()

    def reached(self, rows: int) -> None:
        """So many rows have been checked."""
        self.rows = rows

    def coming(self, file: GrowingFile) -> None:
        """The file comes by this download."""
        self.file = file

    @property
    def bytes(self) -> tuple[int, int | None]:
        """Bytes that have come, and how many there will be, where the server has said so."""
        if self.file is None:
            return 0, None
        return self.file.size, self.file.begun and self.file.begun.declared

    def said(self, lang: str) -> str:
        """One line: `12.3/100.0 MB · 81 000 rows · 40 500 rows/s`."""
        rows, rate = _WORDS[lang]
        came, declared = self.bytes
        megabytes = f"{came / 1e6:.1f}" + (f"/{declared / 1e6:.1f}" if declared else "") + " MB" if self.file else ""
        seconds = max(self.clock() - self._since, 0.001)
        counted = f"{self.rows:,} {rows} · {self.rows / seconds:,.0f} {rate}".replace(",", "\u202f")
        return " · ".join(filter(None, [megabytes, counted]))


@contextmanager
def shown(name: str, lang: str, *, wanted: bool) -> Iterator[Seen]:
    """What the check tells how far it is; a bar on standard error while it runs, where that is a terminal and one is `wanted`."""
    seen = Seen()
    if not wanted or not sys.stderr.isatty():
        yield seen
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, ProgressColumn, SpinnerColumn, Task
    from rich.text import Text

    class Line(ProgressColumn):
        def render(self, task: Task) -> Text:
            came, declared = seen.bytes
            task.completed, task.total = came, declared
            return Text(seen.said(lang))

    with Progress(Line(), SpinnerColumn(), BarColumn(bar_width=24), console=Console(stderr=True), transient=True) as bar:
        bar.add_task(name, total=None)
        yield seen

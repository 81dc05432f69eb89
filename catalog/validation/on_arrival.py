"""The check of a file while it downloads: its verdict is there when its last byte is, and is the one that `check` gives.

Delimited text is validated as it comes, taken for plain UTF-8. The survey of all its bytes, made on their way, says in the
end whether it was; if not, and for every other kind of file, `check` is asked once the whole file is here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import BinaryIO, cast

from catalog.net import Downloaded, Sink
from catalog.reading import Limits, Request, read_arriving, sniff_arriving
from catalog.reading.survey import Survey
from catalog.validation.arriving import arriving, steadily
from catalog.validation.checking import Asked, check, judged
from catalog.validation.growing import GrowingFile, StartedAgain
from catalog.validation.told import Told
from catalog.validation.verdict import Cancelled, Verdict

_LEAVING = 0.3  # seconds that a download which is not wanted any more has to end by itself


class _NotPlain(Exception):
    """The file is not what it was taken for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One download and what is asked of it; `fetch` fills the sink, `filename` is what the file is called if its server has no name for it.

    `progress` and `cancelled` are as in `check`; `coming` is handed the growing file, whose size is that of the bytes so far.
    """

    fetch: Callable[[Sink], Downloaded]
    path: Path
    filename: str
    schema: str | dict | None = None
    encoding: str | None = None
    limit_errors: int = 1000
    told: Told | None = None
    cancelled: Callable[[], bool] = field(default=lambda: False)
    progress: Callable[[int], None] = field(default=lambda rows: None)
    coming: Callable[[GrowingFile], None] = field(default=lambda file: None)
    limits: Limits = field(default_factory=Limits)

    def verdict(self) -> tuple[Verdict, str]:
        """The verdict and the file's name. Raises Trouble for what breaks the download, Cancelled when asked to stop."""
        surveys: list[Survey] = []

        def watched_by() -> Callable[[bytes], None]:
            surveys.append(Survey(self.limits.line))
            return surveys[-1].update

        with arriving(self.fetch, self.path, cancelled=self.cancelled, watched_by=watched_by, leaving=_LEAVING) as file:
            self.coming(file)
            return steadily(file, partial(self._attempt, surveys))

    def _attempt(self, surveys: list[Survey], file: GrowingFile) -> tuple[Verdict, str]:
        """One attempt, from the first byte to the verdict; StartedAgain when the download began anew."""
        head = file.head()
        attempt = file.attempt
        survey = surveys[attempt - 1] if attempt <= len(surveys) else Survey(self.limits.line)
        request = Request(path=self.path, filename=(head and head.filename) or self.filename, media_type=head and head.media_type,
                          encoding=self.encoding, limits=self.limits)
        early = self._early(request, survey, file)
        digests = file.digests()  # the end, or what broke the download
        if file.attempt != attempt or file.head() is not head:
            raise StartedAgain
        if self.cancelled():
            raise Cancelled
        if early is not None and survey.finish() and digests.size <= self.limits.file:
            return early, request.filename
        late = check(self.path, filename=request.filename, media_type=request.media_type, schema=self.schema, encoding=self.encoding,
                     limit_errors=self.limit_errors, cancelled=self.cancelled, progress=self.progress, limits=self.limits, digests=digests,
                     told=self.told)
        return late, request.filename

    def _early(self, request: Request, survey: Survey, file: GrowingFile) -> Verdict | None:
        """The verdict on delimited text that is plain from end to end; None as soon as it is known that the file is something else."""
        asked = Asked(schema=self.schema, limit_errors=self.limit_errors, told=self.told or Told(), tick=partial(self._tick, survey))
        here = _Here(file)
        try:
            kind = sniff_arriving(request, here)
            return kind and judged(request, kind, asked, lambda work: read_arriving(request, work, kind.format, here))
        except (_NotPlain, UnicodeDecodeError):
            return None

    def _tick(self, survey: Survey, rows: int) -> None:
        if self.cancelled():
            raise Cancelled
        if not survey.plain:
            raise _NotPlain
        self.progress(rows)


class _Here:
    """The growing file for those who read it now, and, once it is all here, the file itself for those who read it later."""

    def __init__(self, file: GrowingFile) -> None:
        self._file = file
        self.digests = file.digests

    def open(self) -> BinaryIO:
        return cast(BinaryIO, self._file.path.open("rb") if self._file.ended else self._file.open())

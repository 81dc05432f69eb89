"""A process kept warm for matching expressions that might never end: asked, timed, stopped and started again."""

from __future__ import annotations

import selectors
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from time import monotonic

from catalog.validation import pattern_process as process

_PROGRAM = Path(process.__file__)
_PATIENCE = 10.0  # times the seconds of processor time, before a process that gets no processor is given up
_START = 60.0  # seconds that an interpreter may take to start
_PROMPT = 0.05  # seconds of an answer that costs nothing of the total


class TookTooLong(Exception):
    """There was no answer within the seconds, or the memory, that one may take."""


class Worker:
    """Matches in a process of its own, started at the first question. One at a time: it belongs to one validation.

    `seconds` of processor time are given to each answer, `total` to all those together that are not prompt, `memory` bytes
    to the process.
    """

    def __init__(self, seconds: float, total: float, memory: int = 2**31) -> None:
        self._seconds, self._left, self._memory = seconds, total, memory
        self._child: subprocess.Popen[bytes] | None = None
        self._numbers: dict[str, int] = {}  # of the expressions that the process has compiled

    def compiles(self, source: str) -> bool:
        """Whether re.compile takes the expression. Raises TookTooLong."""
        self._ready()
        return source in self._numbers or self._compile(source) == process.YES

    def matches(self, source: str, text: str) -> bool:
        """Whether re.compile(source).match(text) finds something. Raises TookTooLong."""
        self._ready()
        if source not in self._numbers and self._compile(source) != process.YES:
            raise TookTooLong
        answer = self._ask(process.MATCH, self._numbers[source], text)
        if answer not in (process.YES, process.NO):
            raise TookTooLong
        return answer == process.YES

    def close(self) -> None:
        """End the process, whatever it is doing."""
        child, self._child = self._child, None
        self._numbers.clear()
        if child is None:
            return
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            with suppress(BrokenPipeError):  # what was not sent is not missed
                pipe.close()

    def _compile(self, source: str) -> bytes:
        number = len(self._numbers)
        answer = self._ask(process.COMPILE, number, source)
        if answer == process.NO_MEMORY:
            raise TookTooLong
        if answer == process.YES:
            self._numbers[source] = number
        return answer

    def _ready(self) -> None:
        """Have a process that answers."""
        if self._child is not None and self._child.poll() is not None:
            self.close()
        if self._child is None:
            command = [sys.executable, "-I", "-S", str(_PROGRAM), repr(self._seconds), str(self._memory)]
            self._child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            if self._answer(_START) != process.READY:
                self.close()
                raise RuntimeError("the process that matches patterns does not start")

    def _ask(self, kind: bytes, number: int, text: str) -> bytes:
        payload = text.encode("utf-8", "surrogatepass")
        started = monotonic()
        with suppress(BrokenPipeError):  # then there is no answer either
            self._child.stdin.write(process.HEADER.pack(kind, number, len(payload)))
            self._child.stdin.write(payload)
            self._child.stdin.flush()
        answer = self._answer(self._seconds * _PATIENCE)
        self._left -= max(0.0, monotonic() - started - _PROMPT)
        if not answer or self._left < 0:
            self.close()
            raise TookTooLong
        return answer

    def _answer(self, seconds: float) -> bytes:
        """The next byte; none when the process has ended or the time has."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._child.stdout, selectors.EVENT_READ)
            if not selector.select(seconds):
                return b""
        return self._child.stdout.read1(1)

"""`haidang validate` on a terminal shows how far it is, elsewhere it does not; Ctrl+C ends it and leaves nothing behind."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support.web_server import WebServer, streamed, web_server

from catalog.commands.progress import Seen
from catalog.validation.growing import GrowingFile

ROWS = b"ma,ten\n" + b"1,V\xc5\xa9ng T\xc3\xa0u\n" * 5000


@pytest.fixture
def server():
    with web_server() as server:
        yield server


@contextmanager
def interruptible() -> Iterator[None]:
    """What is started meanwhile can be interrupted, even where this process cannot, as in what a shell starts in the background."""
    ignored = signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    if ignored:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        if ignored:
            signal.signal(signal.SIGINT, signal.SIG_IGN)


class Running:
    """The command in a process of its own, with a folder of its own for what is temporary; standard error is a terminal if wanted."""

    def __init__(self, folder: Path, *arguments: str, terminal: bool) -> None:
        self.folder = folder / "temporary"
        self.folder.mkdir()
        self.shown = b""
        ours, theirs = pty.openpty() if terminal else os.pipe()
        environment = {**os.environ, "TMPDIR": str(self.folder), "HAIDANG_ALLOW_HOSTS": "127.0.0.1", "TERM": "xterm", "COLUMNS": "100"}
        with interruptible():
            self.process = subprocess.Popen([sys.executable, "-m", "catalog", "validate", *arguments], stdout=subprocess.PIPE, stderr=theirs,
                                            env=environment, start_new_session=True)
        os.close(theirs)
        self._reader = threading.Thread(target=self._read, args=(ours,), daemon=True)
        self._reader.start()

    def _read(self, end: int) -> None:
        try:
            while piece := os.read(end, 65536):
                self.shown += piece
        except OSError:  # how a terminal ends
            pass
        finally:
            os.close(end)

    def interrupt(self) -> None:
        """What Ctrl+C does: the signal goes to the command and to all that it has started."""
        os.killpg(self.process.pid, signal.SIGINT)

    def ended(self) -> tuple[int, str, str]:
        """Exit code, standard output, standard error without what moves the cursor."""
        out = self.process.communicate(timeout=30)[0].decode()
        self._reader.join()
        return self.process.returncode, out, re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self.shown.decode())

    def survivors(self) -> list[str]:
        """Processes of the command's session that are still there."""
        here = []
        for status in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = status.read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[3]) == self.process.pid and fields[0] != "Z":
                here.append(status.parent.name)
        return here


def wait_until(seen) -> None:
    for _ in range(3000):
        if seen():
            return
        time.sleep(0.01)
    raise AssertionError("nothing came")


@pytest.mark.parametrize(("terminal", "options"), [(True, ()), (True, ("--json",)), (False, ())])
def test_progress_is_shown_on_a_terminal_only(terminal, options, server: WebServer, tmp_path):
    server.routes["/a.csv"] = streamed({"content-length": str(len(ROWS))}, ROWS, 1)
    code, out, shown = Running(tmp_path, server.url("/a.csv"), *options, terminal=terminal).ended()
    assert code == 0 and out
    if terminal and not options:
        assert "MB · " in shown and "dòng/giây" in shown
    else:
        assert shown == ""


def half_sent(handler) -> None:
    """The beginning of a file, and then silence."""
    handler.send_response(200)
    handler.send_header("content-length", "90000000")
    handler.end_headers()
    handler.wfile.write(ROWS)
    handler.wfile.flush()
    time.sleep(60)


@pytest.mark.parametrize("terminal", [True, False])
def test_an_interrupt_ends_a_silent_download(terminal, server: WebServer, tmp_path):
    server.routes["/a.csv"] = half_sent
    command = Running(tmp_path, server.url("/a.csv"), terminal=terminal)
    wait_until(lambda: [file for file in command.folder.glob("*/download") if file.stat().st_size == len(ROWS)])
    command.interrupt()
    code, out, shown = command.ended()
    assert (code, out, shown.strip().splitlines()[-1]) == (130, "", "Đã dừng theo yêu cầu. · Stopped as asked.")
    assert "Traceback" not in shown and (terminal or len(shown.splitlines()) == 1)
    assert list(command.folder.iterdir()) == [] and command.survivors() == []


def test_an_interrupt_ends_the_process_that_matches_a_pattern(tmp_path):
    (tmp_path / "s.json").write_text('{"fields":[{"name":"a","type":"string","constraints":{"pattern":"(x+x+)+\\\\1y"}}]}')
    (tmp_path / "a.csv").write_text("a\n" + "".join(f"{'x' * 40}{number}\n" for number in range(50)))
    command = Running(tmp_path, str(tmp_path / "a.csv"), "--schema", str(tmp_path / "s.json"), terminal=False)
    wait_until(lambda: len(command.survivors()) > 1)
    command.interrupt()
    code, _, shown = command.ended()
    assert (code, shown) == (130, "Đã dừng theo yêu cầu. · Stopped as asked.\n")
    assert list(command.folder.iterdir()) == [] and command.survivors() == []


def test_the_line_says_bytes_rows_and_their_rate(tmp_path):
    class Head:
        declared = 4_000_000

    now = iter([0.0, 2.0, 2.0, 2.0])
    seen = Seen(clock=lambda: next(now))
    seen.reached(81_000)
    assert seen.said("en") == "81\u202f000 rows · 40\u202f500 rows/s"
    growing = GrowingFile(tmp_path / "spool")
    seen.coming(growing)
    assert seen.said("vi") == "0.0 MB · 81\u202f000 dòng · 40\u202f500 dòng/giây"
    with growing.writer() as writer:
        writer.begin(Head)
        writer.write(b"x" * 1_500_000)
    assert seen.said("en") == "1.5/4.0 MB · 81\u202f000 rows · 40\u202f500 rows/s"

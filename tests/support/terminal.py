"""A person at a terminal: runs a command on a real one, answers what it asks, and sees what stands on the screen."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from collections.abc import Sequence

from catalog.site import Site
from support.harvesting import environment

PATIENCE = 60  # seconds for each thing that is to appear on the screen


def at_terminal(site: Site, words: Sequence[str], answers: Sequence[str]) -> tuple[int, str]:
    """The exit code of `haidang WORDS` and the whole screen, after one answer to each question."""
    ours, theirs = os.openpty()
    process = subprocess.Popen([sys.executable, "-m", "catalog", *words], env=environment(site.settings), cwd=site.settings.var,
                               stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
    os.close(theirs)
    screen = b""
    try:
        for answer in answers:
            screen += _until(ours, b": ")
            os.write(ours, answer.encode() + b"\n")
        screen += _until(ours, None)
        return process.wait(30), screen.decode()
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def _until(terminal: int, end: bytes | None) -> bytes:
    """What is written until a question stands there, or until the other side hangs up."""
    said, deadline = b"", time.monotonic() + PATIENCE
    while end is None or not said.endswith(end):
        ready, _, _ = select.select([terminal], [], [], max(0.0, deadline - time.monotonic()))
        assert ready, f"nothing more after {PATIENCE} s: {said.decode(errors='replace')}"
        try:
            piece = os.read(terminal, 1024)
        except OSError:  # hung up
            return said
        if not piece:
            return said
        said += piece
    return said

"""A person at a terminal: runs a command on a real one, answers what it asks, and sees what stands on the screen."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence

from catalog.site import Site
from support.harvesting import environment


def at_terminal(site: Site, words: Sequence[str], answers: Sequence[str]) -> tuple[int, str]:
    """The exit code of `haidang WORDS` and the whole screen, after one answer to each question."""
    ours, theirs = os.openpty()
    process = subprocess.Popen([sys.executable, "-m", "catalog", *words], env=environment(site.settings), cwd=site.settings.var,
                               stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
    os.close(theirs)
    screen = b""
    for answer in answers:
        screen += _until(ours, b": ")
        os.write(ours, answer.encode() + b"\n")
    screen += _until(ours, None)
    code = process.wait(30)
    os.close(ours)
    return code, screen.decode()


def _until(terminal: int, end: bytes | None) -> bytes:
    """What is written until a question stands there, or until the other side hangs up."""
    said = b""
    while end is None or not said.endswith(end):
        try:
            piece = os.read(terminal, 1024)
        except OSError:  # hung up
            return said
        if not piece:
            return said
        said += piece
    return said

"""`haidang worker` in a process that is forked with everything imported, and that tells even after its death where it stood."""

from __future__ import annotations

import functools
import mmap
import os
import struct
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import catalog.cli
import catalog.pipeline
import harvesters.connectors  # noqa: F401 - the fork has it already
import harvesters.worker  # noqa: F401 - so does it
from catalog.net import Net
from harvesters.run import Harvest

STAGES = ("gather", "fetch", "make", "take-in", "finish")
_COUNTS = struct.Struct(f"{len(STAGES)}i")


def work(environment: dict[str, str], marks: Path, log: Path) -> None:
    """Be the worker that the environment describes; `marks` holds how many threads are at each stage."""
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(environment["HAIDANG_VAR"])
    said = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.dup2(said, 1)
    os.dup2(said, 2)
    marks.write_bytes(bytes(_COUNTS.size))
    with marks.open("r+b") as file:
        _mark(mmap.mmap(file.fileno(), _COUNTS.size))
    catalog.cli.build()(["worker"])


def stages_at(marks: Path) -> set[str]:
    """The stages at which the worker is, or was when it died."""
    told = marks.read_bytes() if marks.exists() else b""
    return {stage for stage, count in zip(STAGES, _COUNTS.unpack(told), strict=True) if count} if len(told) == _COUNTS.size else set()


def _mark(shared: mmap.mmap) -> None:
    counts, lock = [0] * len(STAGES), threading.Lock()

    def step(at: int, by: int) -> None:
        with lock:
            counts[at] += by
            shared[:] = _COUNTS.pack(*counts)

    def marked(at: int, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            step(at, 1)
            try:
                return function(*args, **kwargs)
            finally:
                step(at, -1)

        return call

    for at, (owner, name) in enumerate(((Harvest, "read_page"), (Net, "download"), (catalog.pipeline, "_make"),
                                        (Harvest, "take_in"), (Harvest, "finish"))):
        setattr(owner, name, marked(at, getattr(owner, name)))

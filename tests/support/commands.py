"""`haidang WORDS` as a process of its own, with all that it says.

It is forked from one that has loaded the code already, since loading it takes longer than what most commands do. Tests of workers, servers and
terminals begin `python -m catalog` itself.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from catalog.site import Site
from support.harvesting import environment

PATIENCE = 60  # seconds after which a command fails its test
_LOADED = ["catalog.cli", "catalog.validation.checking", "harvesters.commands", "harvesters.worker", "web.commands"]


def haidang(site: Site, *words: str, typed: str = "", begun: Callable[[int], None] | None = None, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command on the site, in its folder and with its settings and `more`; `typed` stands in its standard input, `begun` is told its process."""
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / name for name in ("typed", "output", "errors")]
        files[0].write_text(typed, encoding="utf-8")
        process = _context().Process(target=_run, args=(words, environment(site.settings) | more, site.settings.var, files))
        process.start()
        if begun is not None:
            begun(process.pid)
        process.join(PATIENCE)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired(words, PATIENCE, files[1].read_bytes(), files[2].read_bytes())
        output, errors = (file.read_text(encoding="utf-8") for file in files[1:])
        return subprocess.CompletedProcess(words, process.exitcode, output, errors)


@cache
def _context() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_LOADED)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", None)  # not the deep folder of some test: the address of a socket has 108 characters
        forkserver.ensure_running()
    return context


def _run(words: Sequence[str], environment: Mapping[str, str], folder: Path, files: Sequence[Path]) -> None:
    """Be the command: its environment, folder, files and words, and an end as an interpreter has it."""
    for number, path in enumerate(files):
        opened = os.open(path, os.O_RDWR | os.O_CREAT)
        os.dup2(opened, number)
        os.close(opened)
    sys.stdin, sys.stdout, sys.stderr = (os.fdopen(number, mode, encoding="utf-8", closefd=False) for number, mode in enumerate("rww"))
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.argv = ["haidang", *words]
    from catalog.cli import main

    try:
        main()
    finally:
        atexit._run_exitfuncs()

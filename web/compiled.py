"""Templates are compiled once for all processes that share `var`, and again when they change: compiling one takes longer than filling it in."""

from __future__ import annotations

from contextlib import suppress

from flask import Flask
from jinja2 import FileSystemBytecodeCache
from jinja2.bccache import Bucket


class _Compiled(FileSystemBytecodeCache):
    """On a full disk pages are shown all the same."""

    def dump_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            super().dump_bytecode(bucket)


def init_app(app: Flask) -> None:
    """Keep what is compiled in `var/cache/templates`, which may be emptied at any time."""
    folder = app.extensions["haidang"].settings.var / "cache" / "templates"
    folder.mkdir(parents=True, exist_ok=True)
    app.jinja_env.bytecode_cache = _Compiled(str(folder))

"""What changes rarely, or is counted over many days, is read at most once in a while by each process."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from typing import TypeVar

from flask import Flask, current_app

SECONDS = 2.0
Value = TypeVar("Value")


def kept(key: Hashable, read: Callable[[], Value], seconds: float = SECONDS) -> Value:
    """The value of `key`, read anew when it is older than some seconds."""
    values = current_app.extensions["haidang.kept"]
    until, value = values.get(key, (0.0, None))
    if time.monotonic() >= until:
        value = read()
        values[key] = (time.monotonic() + seconds, value)
    return value


def init_app(app: Flask) -> None:
    """Give the application a place for what is kept; its keys are few (languages, days) and never what a visitor gives, so it never grows."""
    app.extensions["haidang.kept"] = {}

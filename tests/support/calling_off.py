"""Work that is called off in the middle of a wait."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from catalog.errors import CalledOff
from catalog.net import Limits, Net

SOON = 8  # seconds; each of these waits would go on for ten or more


def patient(*allow_folders: str) -> Net:
    """A way out that waits longer than a test does."""
    return Net(("127.0.0.1", "localhost"), limits=Limits(retries=0, read=25, total=60), allow_folders=allow_folders)


def ends_soon(net: Net, called_off: Callable[[], bool], act: Callable[..., Any], *args: Any) -> bool:
    """Whether an act that is called off as soon as `called_off` answers True ends by that, and within seconds."""
    begin = time.monotonic()
    try:
        with net.heeding(called_off):
            act(*args)
    except CalledOff:
        return time.monotonic() - begin < SOON
    return False

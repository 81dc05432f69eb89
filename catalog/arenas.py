"""How the C library shares out memory among threads.

glibc gives each of many threads an arena of its own (up to eight a core), and each keeps what it has once held; a worker, whose threads
each read some pages and files, then holds far more than it uses. Other C libraries have no arenas.
"""

from __future__ import annotations

import ctypes

FEW = 2
_M_ARENA_MAX = -8  # malloc.h


def share_few() -> None:
    """Let all threads of this process share few arenas. Call it before they are started."""
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError):
        return
    mallopt(_M_ARENA_MAX, FEW)

"""The process that matches what may take for ever, so that it can be stopped. Run by its path, with nothing but `re`.

It reads requests and answers each with one byte; where it takes more than its seconds of processor time, the kernel ends it.

A request is a kind (`C` compile, `M` match), the number of the expression, the length of the text, and the text in UTF-8.
The answers: `R` ready, `1` yes, `0` no, `E` the expression raises, `M` no memory left.
"""

from __future__ import annotations

import re
import struct
import sys

HEADER = struct.Struct("<cIQ")
COMPILE, MATCH = b"C", b"M"
READY, YES, NO, RAISES, NO_MEMORY = b"R", b"1", b"0", b"E", b"M"


def main(seconds: float, memory: int) -> None:
    """Answer until there is no more to read; `memory` is in bytes of address space."""
    restart = _limits(memory)
    expressions: dict[int, re.Pattern[str]] = {}
    source, target = sys.stdin.buffer, sys.stdout.buffer
    answer = READY
    while True:
        target.write(answer)
        target.flush()
        header = source.read(HEADER.size)
        if len(header) < HEADER.size:
            return
        kind, number, length = HEADER.unpack(header)
        restart(seconds)
        try:
            text = source.read(length).decode("utf-8", "surrogatepass")
            if kind == COMPILE:
                expressions[number] = re.compile(text)
                answer = YES
            else:
                answer = YES if expressions[number].match(text) else NO
        except MemoryError:
            answer = NO_MEMORY
        except Exception:  # noqa: BLE001 - the asker compiles it too and meets the same
            answer = RAISES
        restart(0.0)


def _limits(memory: int):
    """Bound the memory; answer with what sets the clock of processor time, where the system has one."""
    try:
        import resource
        import signal
    except ImportError:
        return lambda seconds: None
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_AS, (memory if hard == resource.RLIM_INFINITY else min(memory, hard), hard))
    signal.signal(signal.SIGPROF, signal.SIG_DFL)  # ends the process, even in the midst of a match
    return lambda seconds: signal.setitimer(signal.ITIMER_PROF, seconds)


if __name__ == "__main__":
    main(float(sys.argv[1]), int(sys.argv[2]))

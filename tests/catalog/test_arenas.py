"""Many threads of one process share few arenas of memory, where the C library has them."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import ctypes, re, sys, tempfile, threading
from catalog.arenas import share_few

if sys.argv[1] == "few":
    share_few()
libc = ctypes.CDLL(None)
held, barrier = [], threading.Barrier(12)
def work():
    barrier.wait()
    held.append([bytes(600) for _ in range(2_000)])
threads = [threading.Thread(target=work) for _ in range(12)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
libc.fopen.restype = ctypes.c_void_p
libc.fclose.argtypes = [ctypes.c_void_p]
libc.malloc_info.argtypes = [ctypes.c_int, ctypes.c_void_p]
with tempfile.NamedTemporaryFile() as file:
    out = libc.fopen(file.name.encode(), b"w")
    libc.malloc_info(0, out)
    libc.fclose(out)
    print(len(re.findall(rb"<heap nr=", file.read())))
"""


def arenas(how: str) -> int:
    return int(subprocess.run([sys.executable, "-c", PROGRAM, how], check=True, capture_output=True, text=True).stdout)


def test_twelve_threads_share_few_arenas():
    assert arenas("few") <= 2 < arenas("as they are")

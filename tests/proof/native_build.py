"""Building the extension beside the project: with sanitizers, or from sources in which something was changed.

The project is copied to a folder, the built extension put into the copy, and the tests run there, so the product
itself knows nothing of other builds.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NATIVE = Path("catalog/validation/native")
EXTENSION = Path("catalog/validation/_native.abi3.so")
COPIED = ("catalog", "harvesters", "schemas", "web", "demo", "tests", "pyproject.toml")
LEFT_OUT = shutil.ignore_patterns("*.so", "__pycache__", "node_modules", "vendor", "*.egg-info")
ALWAYS = ("-std=c11", "-Wall", "-Wextra", "-DPy_LIMITED_API=0x030B0000", "-fPIC")
SANITIZED = ("-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-fno-omit-frame-pointer", "-g", "-O1")
PLAIN = ("-O1",)
CORES = os.cpu_count() or 1
MOST_MEMORY = 8 << 30


def compiler() -> str:
    """The path of gcc; where there is none, the proof fails in one line."""
    found = shutil.which("gcc")
    if found is None:
        pytest.fail("gcc is needed for this proof (Debian: apt install gcc)", pytrace=False)
    return found


def gcc(arguments: Iterable[str | Path]) -> str:
    """Run gcc; what it says. CalledProcessError, with that in `stdout`, where it fails."""
    command = [compiler(), *map(str, arguments)]
    return subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout


def compile_source(source: Path, target: Path, flags: Sequence[str]) -> str:
    """Compile one file to an object; what the compiler warns of."""
    return gcc([*ALWAYS, *flags, f"-I{sysconfig.get_path('include')}", f"-I{source.parent}", f"-I{ROOT / NATIVE}", "-c", source, "-o", target])


def compile_all(sources: Path, objects: Path, flags: Sequence[str]) -> str:
    """Compile every C file of a folder, one object each in the folder `objects`; what the compiler warns of."""
    objects.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(CORES) as pool:
        said = pool.map(lambda source: compile_source(source, objects / f"{source.stem}.o", flags), sorted(sources.glob("*.c")))
        return "".join(said)


def link(objects: Path, target: Path, flags: Sequence[str]) -> None:
    """Make the extension from the objects of a folder."""
    target.unlink(missing_ok=True)
    gcc(["-shared", *flags, *sorted(objects.glob("*.o")), "-o", target])


def copy_of_project(folder: Path) -> Path:
    """The packages and tests of the project in a folder of their own, without an extension."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=LEFT_OUT, dirs_exist_ok=True)
        else:
            shutil.copy(source, folder / name)
    return folder


def run_python(project: Path, arguments: Sequence[str], *, timeout: float, sanitized: bool = False) -> subprocess.CompletedProcess[str]:
    """Run Python in a copy of the project. TimeoutExpired where it takes too long."""
    command = [sys.executable, *arguments]
    environment = {**os.environ, "PYTHONPATH": f"{project}:{project / 'tests'}", "PYTHONDONTWRITEBYTECODE": "1"}
    if sanitized:
        # A sanitized extension in a Python that is not: the sanitizer has to be loaded first. libstdc++ with it, for
        # the exceptions of other extensions; leaks are not looked for, as Python itself keeps much until its end.
        libraries = " ".join(gcc([f"-print-file-name={name}"]).strip() for name in ("libasan.so", "libstdc++.so"))
        environment |= {"LD_PRELOAD": libraries, "ASAN_OPTIONS": "detect_leaks=0:allocator_may_return_null=1",
                        "UBSAN_OPTIONS": "print_stacktrace=1"}
    else:  # a fault in the C code shall not eat the machine; the sanitizers reserve more than any limit
        command = ["/bin/sh", "-c", f'ulimit -v {MOST_MEMORY >> 10}; exec "$@"', "sh", *command]
    return subprocess.run(command, cwd=project, env=environment, timeout=timeout, text=True, errors="replace",
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def run_tests(project: Path, files: Sequence[str], *, timeout: float, sanitized: bool = False) -> subprocess.CompletedProcess[str]:
    """Run test files in a copy of the project, up to the first that fails; the same examples each time."""
    return run_python(project, ["-m", "pytest", "-q", "-x", "--capture=sys", "-p", "no:cacheprovider", "-p", "proof.same_examples", *files],
                      timeout=timeout, sanitized=sanitized)


def existing(project: Path, files: Sequence[str]) -> list[str]:
    """The files, all of which must be there: a proof that runs less than it says is none."""
    absent = [name for name in files if not (project / name).is_file()]
    assert absent == []
    return list(files)

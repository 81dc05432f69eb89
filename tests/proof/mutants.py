"""Building a fault into the extension, and asking the quick tests whether they notice it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import native_build
from mutant_table import Mutant

PATIENCE = 120  # seconds; a mutant that does not end is noticed too


def changed_source(mutant: Mutant, folder: Path) -> Path:
    """The file with the fault in it. AssertionError where its text is not there exactly once."""
    source = native_build.ROOT / native_build.NATIVE / mutant.file
    text = source.read_text("utf-8")
    assert text.count(mutant.text) == 1, f"{mutant.file}: {text.count(mutant.text)} times {mutant.text!r}"
    changed = folder / mutant.file
    changed.write_text(text.replace(mutant.text, mutant.instead), "utf-8")
    return changed


def clean_project(folder: Path, sanitized: bool) -> Path:
    """A copy of the project with the extension as it is, and its objects beside it."""
    project, flags = native_build.copy_of_project(folder), flags_of(sanitized)
    native_build.compile_all(project / native_build.NATIVE, project / "objects", flags)
    native_build.link(project / "objects", project / native_build.EXTENSION, flags)
    return project


def _sources(mutant: Mutant, folder: Path) -> list[Path]:
    """The C files that the fault changes: one, or those that include a header."""
    native = folder / native_build.NATIVE
    shutil.move(changed_source(mutant, folder), native / mutant.file)
    return sorted(native.glob("*.c")) if mutant.file.endswith(".h") else [native / mutant.file]


def flags_of(sanitized: bool) -> tuple[str, ...]:
    """What the compiler is told."""
    return native_build.SANITIZED if sanitized else native_build.PLAIN


def is_noticed(mutant: Mutant, clean: Path, folder: Path) -> bool:
    """Whether a test fails, the process dies, or nothing comes to an end with this fault in a copy of the clean project."""
    shutil.copytree(clean, folder)
    flags = flags_of(mutant.sanitized)
    for source in _sources(mutant, folder):
        native_build.compile_source(source, folder / "objects" / f"{source.stem}.o", flags)
    native_build.link(folder / "objects", folder / native_build.EXTENSION, flags)
    try:
        run = native_build.run_tests(folder, native_build.existing(folder, mutant.layers), timeout=PATIENCE, sanitized=mutant.sanitized)
    except subprocess.TimeoutExpired:
        return True
    finally:
        shutil.rmtree(folder)
    assert run.returncode in (0, 1) or run.returncode < 0, run.stdout[-2000:]  # else pytest itself could not run
    return run.returncode != 0

"""The extension under AddressSanitizer and UndefinedBehaviorSanitizer: the quick tests, then a minute of hostile input."""

from __future__ import annotations

from pathlib import Path

import native_build
import pytest

QUICK = (  # tests that reach the extension and need no server
    "tests/catalog/validation/test_cells.py",
    "tests/catalog/validation/test_key_store.py",
    "tests/catalog/validation/test_patterns.py",
    "tests/catalog/validation/test_records.py",
    "tests/catalog/validation/test_reports.py",
)
SECONDS = 90  # of hostile input, shared by the seeds
SEEDS = (1, 2, 3)


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """A copy of the project with the sanitized extension."""
    folder = native_build.copy_of_project(tmp_path_factory.mktemp("sanitized"))
    native_build.compile_all(folder / native_build.NATIVE, folder / "objects", native_build.SANITIZED)
    native_build.link(folder / "objects", folder / native_build.EXTENSION, native_build.SANITIZED)
    where = native_build.run_python(folder, ["-c", "from catalog.validation import _native; print(_native.__file__)"], timeout=60, sanitized=True)
    assert where.stdout.strip() == str(folder / native_build.EXTENSION)
    return folder


def test_the_compiler_has_nothing_to_say(tmp_path):
    flags = ("-O2", "-Wconversion", "-Wno-sign-conversion", "-Wno-cast-function-type", "-Wshadow", "-Wvla")
    assert native_build.compile_all(native_build.ROOT / native_build.NATIVE, tmp_path, flags) == ""


def test_the_sanitizers_are_at_work(project):
    """A read behind the end of memory, made on purpose, ends the process: silence in the other tests means something."""
    source = project / "planted" / "keys_hash.c"
    source.parent.mkdir()
    text = (project / native_build.NATIVE / "keys_hash.c").read_text("utf-8")
    assert text.count("(uint64_t)text[n - 1] << 16") == 1
    source.write_text(text.replace("(uint64_t)text[n - 1] << 16", "(uint64_t)text[n + 70000] << 16"), "utf-8")
    objects = project / "objects" / "keys_hash.o"
    kept = objects.read_bytes()
    native_build.compile_source(source, objects, native_build.SANITIZED)
    planted = native_build.copy_of_project(project / "planted")
    native_build.link(project / "objects", planted / native_build.EXTENSION, native_build.SANITIZED)
    objects.write_bytes(kept)
    code = "from catalog.validation import _native; _native.hash_bytes(bytes(bytearray(3)))"
    said = native_build.run_python(planted, ["-c", code], timeout=60, sanitized=True)
    assert said.returncode != 0 and "AddressSanitizer" in said.stdout, said.stdout


def test_the_quick_tests_pass(project):
    said = native_build.run_tests(project, native_build.existing(project, QUICK), timeout=1200, sanitized=True)
    assert said.returncode == 0, said.stdout[-6000:]


@pytest.mark.parametrize("seed", SEEDS)
def test_hostile_input_finds_nothing(project, seed):
    script = str(project / "tests/proof/hostile_input.py")
    said = native_build.run_python(project, [script, str(seed), str(SECONDS / len(SEEDS))], timeout=SECONDS + 300, sanitized=True)
    assert said.returncode == 0, said.stdout[-6000:]
    print(f"\n{said.stdout.strip()}")

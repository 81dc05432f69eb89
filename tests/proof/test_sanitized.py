"""The extension under AddressSanitizer and UndefinedBehaviorSanitizer: the quick tests, then a minute of hostile input."""

from __future__ import annotations

import shutil
from pathlib import Path

import native_build
import pytest

DIGESTS = Path("catalog/native")
QUICK = (  # tests that reach the extensions and need no server
    "tests/catalog/test_digests.py",
    "tests/catalog/validation/test_cells.py",
    "tests/catalog/validation/test_key_store.py",
    "tests/catalog/validation/test_patterns.py",
    "tests/catalog/validation/test_records.py",
    "tests/catalog/validation/test_reports.py",
    "tests/catalog/validation/test_scanner.py",
)
SECONDS = 90  # of hostile input, shared by the seeds
SEEDS = (1, 2, 3)


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """A copy of the project with the sanitized extensions."""
    folder = native_build.copy_of_project(tmp_path_factory.mktemp("sanitized"))
    native_build.compile_all(folder / native_build.NATIVE, folder / "objects", native_build.SANITIZED)
    native_build.link(folder / "objects", folder / native_build.EXTENSION, native_build.SANITIZED)
    native_build.compile_all(folder / DIGESTS, folder / "digests", native_build.SANITIZED)
    native_build.link(folder / "digests", folder / "catalog/_digests.abi3.so", native_build.SANITIZED)
    where = native_build.run_python(folder, ["-c", "from catalog.validation import _native; print(_native.__file__)"], timeout=60, sanitized=True)
    assert where.stdout.strip() == str(folder / native_build.EXTENSION)
    return folder


@pytest.mark.parametrize("sources", [native_build.NATIVE, DIGESTS], ids=str)
def test_the_compiler_has_nothing_to_say(sources, tmp_path):
    flags = ("-O2", "-Wconversion", "-Wno-sign-conversion", "-Wno-cast-function-type", "-Wshadow", "-Wvla")
    assert native_build.compile_all(native_build.ROOT / sources, tmp_path, flags) == ""


def test_the_sanitizers_are_at_work(project, tmp_path):
    """A write behind the end of memory, made on purpose, ends the process: silence in the other tests means something."""
    name, text, planted = "keys_spill.c", "malloc(store->chunk_rows * sizeof *window)", "malloc(store->chunk_rows * sizeof *window - 1)"
    shutil.copytree(project, tmp_path / "planted")
    source = tmp_path / "planted" / native_build.NATIVE / name
    written = source.read_text("utf-8")
    assert written.count(text) == 1
    source.write_text(written.replace(text, planted), "utf-8")
    objects = tmp_path / "planted/objects"
    native_build.compile_source(source, objects / "keys_spill.o", native_build.SANITIZED)
    native_build.link(objects, tmp_path / "planted" / native_build.EXTENSION, native_build.SANITIZED)
    code = "from catalog.validation import _native; _native.KeyStore(memory=0).extend(bytes(8 * 64))"
    said = native_build.run_python(tmp_path / "planted", ["-c", code], timeout=60, sanitized=True)
    assert said.returncode != 0 and "heap-buffer-overflow" in said.stdout, said.stdout


def test_the_quick_tests_pass(project):
    said = native_build.run_tests(project, native_build.existing(project, QUICK), timeout=1200, sanitized=True)
    assert said.returncode == 0, said.stdout[-6000:]


@pytest.mark.parametrize("seed", SEEDS)
def test_hostile_input_finds_nothing(project, seed):
    script = str(project / "tests/proof/hostile_input.py")
    said = native_build.run_python(project, [script, str(seed), str(SECONDS / len(SEEDS))], timeout=SECONDS + 300, sanitized=True)
    assert said.returncode == 0, said.stdout[-6000:]
    print(f"\n{said.stdout.strip()}")

"""Each fault put into the C files on purpose is noticed by the quick tests."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import mutants
import native_build
import pytest
from mutant_table import MUTANTS, Mutant

LEAST = 20


@pytest.fixture(scope="module")
def clean(tmp_path_factory) -> dict[bool, Path]:
    """The project without a fault, plainly built and with sanitizers; its tests pass, or a mutant's failing would mean nothing."""
    files = sorted({name for mutant in MUTANTS for name in mutant.layers})
    projects = {}
    for sanitized in sorted({mutant.sanitized for mutant in MUTANTS}):
        projects[sanitized] = mutants.clean_project(tmp_path_factory.mktemp("clean"), sanitized)
        run = native_build.run_tests(projects[sanitized], native_build.existing(projects[sanitized], files), timeout=1200, sanitized=sanitized)
        assert run.returncode == 0, run.stdout[-4000:]
    return projects


def test_every_mutant_changes_what_is_there_once(tmp_path):
    for mutant in MUTANTS:
        mutants.changed_source(mutant, tmp_path)
    assert len([mutant for mutant in MUTANTS if not mutant.equivalent]) >= LEAST


def test_every_mutant_is_noticed_unless_it_is_equivalent(clean, tmp_path):
    def judge(numbered: tuple[int, Mutant]) -> bool:
        number, mutant = numbered
        return mutants.is_noticed(mutant, clean[mutant.sanitized], tmp_path / str(number))

    with ThreadPoolExecutor(native_build.CORES) as pool:
        noticed = list(pool.map(judge, enumerate(MUTANTS)))
    told = list(zip(MUTANTS, noticed, strict=True))
    unnoticed = [str(mutant) for mutant, seen in told if not seen and not mutant.equivalent]
    not_equivalent = [str(mutant) for mutant, seen in told if seen and mutant.equivalent]
    equivalent = sum(bool(mutant.equivalent) for mutant in MUTANTS)
    print(f"\n{len(MUTANTS)} mutants: {sum(noticed)} noticed, {equivalent} equivalent")
    assert (unnoticed, not_equivalent) == ([], [])

"""Frictionless' own tests, which its wheel ships: the same pass and the same fail with the fast table and without it.

Many want files of frictionless' repository, which the wheel does not hold. Those there are lie in `../shared/data`
(HAIDANG_PROOF_DATA), a whole checkout is named by HAIDANG_FRICTIONLESS; without them those tests fail both times.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import frictionless

SUITE = Path(frictionless.__file__).parent
ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get("HAIDANG_PROOF_DATA") or ROOT.parent / "shared" / "data")
CHECKOUT = Path(os.environ.get("HAIDANG_FRICTIONLESS") or DATA / "frictionless" / "frictionlessdata+frictionless-py")
AWAY = ("aws", "remote", "ckan", "github", "zenodo", "gsheets", "console", "indexer", "sql")  # networks, servers, programs


def test_the_same_tests_pass_and_fail(tmp_path):
    without, with_ours = (run(tmp_path, swap) for swap in (False, True))
    assert len(without["outcomes"]) > 1000
    different = {name: (outcome, with_ours["outcomes"].get(name)) for name, outcome in without["outcomes"].items() if with_ours["outcomes"].get(name) != outcome}
    print(f"\n{len(without['outcomes'])} tests, {dict(Counter(without['outcomes'].values()))}; ways {with_ours['ways']}; {len(different)} different")
    assert different == {}
    assert with_ours["outcomes"].keys() == without["outcomes"].keys()
    assert with_ours["ways"].get("scanned", 0) >= 10


def run(folder: Path, swap: bool) -> dict[str, dict]:
    """Run the suite in a folder of its own, with the network shut; the outcome of each test."""
    place = folder / ("swapped" if swap else "plain")
    place.mkdir()
    if (CHECKOUT / "data").is_dir():
        shutil.copytree(CHECKOUT / "data", place / "data", copy_function=shutil.copyfile)
        for path in place.rglob("*"):
            path.chmod(0o755 if path.is_dir() else 0o644)
    shutil.copytree(SUITE, place / "frictionless", ignore=shutil.ignore_patterns("__pycache__"))
    shut = "http://127.0.0.1:9"  # nobody listens there
    environment = {**os.environ, "SWAP": str(int(swap)), "OUTCOMES": str(place / "outcomes.json"), "PYTHONPATH": f"{place}:{ROOT}:{Path(__file__).parent}",
                   "http_proxy": shut, "https_proxy": shut, "HTTP_PROXY": shut, "HTTPS_PROXY": shut, "ALL_PROXY": shut, "PYTHONDONTWRITEBYTECODE": "1"}
    folders = [str(each) for each in sorted((place / "frictionless").rglob("__spec__")) if not any(away in each.parts for away in AWAY)]
    (place / "pytest.ini").write_text("[pytest]\n", "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "swap_plugin", "-p", "no:cacheprovider", "--continue-on-collection-errors", "--rootdir", str(place), *folders]
    done = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, timeout=900, check=False)
    assert (place / "outcomes.json").exists(), done.stdout[-3000:] + done.stderr[-3000:]
    return json.loads((place / "outcomes.json").read_text("utf-8"))

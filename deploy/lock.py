"""Writes deploy/requirements*.txt: every dependency by name and version, without any registry's address."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
NOTE = "# Made by `make lock` from pyproject.toml; every package by name and version.\n"


def resolve(target: str) -> dict[str, str]:
    """What pip would install for `target` into an empty environment: name -> version."""
    answer = subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed", "--report", "-", target],
        check=True, capture_output=True, text=True, cwd=HERE.parent).stdout
    packages = {entry["metadata"]["name"].lower(): entry["metadata"]["version"] for entry in json.loads(answer)["install"]}
    packages.pop("haidang")
    return packages


def main() -> None:
    run, everything = resolve("."), resolve(".[test]")
    for name, packages in (("requirements.txt", run), ("requirements-test.txt", everything)):
        (HERE / name).write_text(NOTE + "".join(f"{package}=={version}\n" for package, version in sorted(packages.items())))


if __name__ == "__main__":
    main()

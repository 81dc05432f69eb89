"""Datasets a second: a portal of 800 datasets harvested for the first time, and again unchanged."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from support.harvesting import harvest
from support.seeding import add_source

from catalog.site import Site

COUNT = 800


def bench(site: Site, kind: str, answers: Path | None) -> None:
    """Print both rates; the portal runs in a process of its own so that it does not share our interpreter."""
    with subprocess.Popen([sys.executable, "-m", "benchmarks.portal", str(COUNT), str(answers or "")], stdout=subprocess.PIPE, text=True) as portal:
        try:
            url = json.loads(portal.stdout.readline())["url"]  # type: ignore[union-attr]
            add_source(site, url=url, copy="none")
            for what in ("first harvest", "unchanged"):
                run = harvest(site)
                print(f"{kind:12} {what:16} {run['records']:6} datasets  {run['records'] / run['seconds']:8.0f} datasets/s  {run['counts']}")
        finally:
            portal.kill()

"""A portal for the benchmark: made-up datasets of a real one's weight, or a recorded answer, served over HTTP."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from support.portal import Portal, serving


class Heavy(Portal):
    """Datasets like those of a national portal: ten files and some 16 KB of JSON each."""

    def dataset(self, number: int) -> dict:
        dataset = super().dataset(number)
        first = dataset["resources"][0]
        dataset["resources"] = [{**first, "id": f"r{number}-{n}", "url": f"{first['url']}?n={n}", "description": "Mô tả " * 80} for n in range(10)]
        dataset["extras"] = [{"key": f"khoa_{n}", "value": "giá trị " * 10} for n in range(20)]
        dataset["notes"] = "Số liệu tổng hợp theo quý của địa phương. " * 60
        return dataset


class Recorded(Portal):
    """One recorded package_search answer, given a page at a time."""

    def __init__(self, path: Path) -> None:
        results = json.loads(path.read_text("utf-8"))["result"]["results"]
        super().__init__(len(results))
        self._results = results

    def dataset(self, number: int) -> dict:
        return self._results[number]


if __name__ == "__main__":
    asked = sys.argv[1:]
    if asked[0].isdigit():
        portal = Heavy(int(asked[0]), light=True)
    else:
        portal = Heavy(int(asked[1])) if asked[0] == "--whole" else Recorded(Path(asked[0]))
    with serving(portal):
        print(json.dumps({"url": portal.url}), flush=True)
        time.sleep(3600)

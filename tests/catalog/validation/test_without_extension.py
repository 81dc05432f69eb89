"""Without the extension, as where no compiler was there, everything works and says the same."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

SCHEMA = {
    "fields": [
        {"name": "ma", "type": "string", "constraints": {"pattern": "[A-Z]{2}-[0-9]+", "unique": True}},
        {"name": "ngay", "type": "date", "format": "%d/%m/%Y"}, {"name": "gia", "type": "number", "constraints": {"minimum": 0}},
    ],
    "primaryKey": ["ma", "ngay"],
}
TABLE = "ma,ngay,gia\nVT-1,31/12/2024,1.5\nVT-1,31/12/2024,-2\nsai,2024-12-31,x\n\nVT-2,1/1/2025,7,thừa\n"
CHILD = """
import json, sys
if sys.argv[1] == "without":
    sys.modules["catalog.validation._native"] = None
from pathlib import Path
import catalog.cli
from catalog.commands.database import extension
from catalog.validation import check
verdict = check(Path(sys.argv[2]), filename="bang.csv", schema=json.loads(sys.argv[3]))
task = verdict.report["tasks"][0]
print(json.dumps([extension() is not None, verdict.state, task["errors"], task["stats"] | {"seconds": 0}], sort_keys=True))
"""


@pytest.fixture(scope="module")
def answers(tmp_path_factory) -> dict[str, list]:
    table = tmp_path_factory.mktemp("bang") / "bang.csv"
    table.write_text(TABLE, encoding="utf-8")
    ran = {way: subprocess.run([sys.executable, "-c", CHILD, way, str(table), json.dumps(SCHEMA)], capture_output=True, text=True, check=True)
           for way in ("with", "without")}
    return {way: json.loads(done.stdout) for way, done in ran.items()}


def test_the_report_is_the_same(answers):
    assert [answers["with"][0], answers["without"][0]] == [True, False]
    assert answers["with"][1:] == answers["without"][1:]
    assert len(answers["with"][2]) >= 6

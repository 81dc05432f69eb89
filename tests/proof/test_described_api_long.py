"""What `tests/web/test_described_api.py` proves with few examples, with many new ones each time."""

from __future__ import annotations

import pytest
from schemathesis import GenerationMode
from support.described_site import described
from support.describing import broken, seeded

EXAMPLES = 30  # of each operation, for each caller


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_every_action_answers_many_questions_as_its_document_says(site, tmp_path, mode):
    there = described(site, tmp_path)
    document = there.client.get("/api/3/openapi.json").json
    sent = seeded(document, there.of) if mode is GenerationMode.POSITIVE else document
    assert list(broken(there.app, sent, mode, there.callers, examples=EXAMPLES, seed=True, before=there.anew)) == []


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_every_table_answers_many_questions_as_its_document_says(site, tmp_path, mode):
    there = described(site, tmp_path)
    document = there.client.get(f"/api/v1/tables/{there.table}/openapi.json").json
    assert list(broken(there.app, document, mode, there.callers, examples=500, seed=True)) == []

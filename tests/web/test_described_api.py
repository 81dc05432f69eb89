"""The API keeps what its OpenAPI documents say, whatever is sent: no mistake of its own, no answer of another shape."""

from __future__ import annotations

import pytest
from jsonschema import Draft202012Validator
from schemathesis import GenerationMode
from support.described_site import Described, described
from support.describing import broken, seeded

from catalog.actions import ACTIONS, SIDE_EFFECTS

EXAMPLES = {GenerationMode.POSITIVE: (1, 2), GenerationMode.NEGATIVE: (0, 1)}  # of each operation, for nobody and for who may all; `make proof` sends many


@pytest.fixture
def there(site, tmp_path) -> Described:
    return described(site, tmp_path)


@pytest.mark.parametrize("mode", list(EXAMPLES))
def test_every_action_answers_as_its_document_says(there, mode):
    document = there.client.get("/api/3/openapi.json").json
    if there.site.engine.dialect.name == "postgresql":  # what reads does so in the same words on both
        document["paths"] = {path: operations for path, operations in document["paths"].items() if path.strip("/") in SIDE_EFFECTS}
    sent = seeded(document, there.of) if mode is GenerationMode.POSITIVE else document
    found = [line for headers, examples in zip(there.callers, EXAMPLES[mode], strict=True) if examples
             for line in broken(there.app, sent, mode, [headers], examples=examples, before=there.anew)]
    assert found == []


def test_every_table_answers_as_its_document_says(there):
    document = there.client.get(f"/api/v1/tables/{there.table}/openapi.json").json
    plain = {"group": [""], "aggregate": [""], "after": [""], "select": ["", "ten,ma"], "sort": ["", "-ten"]}
    grouped = {"select": [""], "after": [""], "group": ["ten", ""], "aggregate": ["count,sum:ma"], "sort": [""]}
    for mode, sent in ((GenerationMode.NEGATIVE, document), *((GenerationMode.POSITIVE, seeded(document, lambda path, known=known: known)) for known in (plain, grouped))):
        assert list(broken(there.app, sent, mode, there.callers, examples=20)) == []


def test_the_document_of_the_actions_names_every_action_and_how_it_is_asked(there):
    document = there.client.get("/api/3/openapi.json").json
    assert {path.strip("/") for path in document["paths"]} == set(ACTIONS)
    assert {path.strip("/") for path, operations in document["paths"].items() if "get" not in operations} == SIDE_EFFECTS
    assert document["servers"] == [{"url": "http://haidang.test/api/3/action"}]
    for path, operations in document["paths"].items():
        for operation in operations.values():
            answer = operation["responses"]["200"]["content"]["application/json"]["schema"]
            assert answer["required"] == ["help", "success", "result"], path
            assert answer["properties"]["result"], path
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)

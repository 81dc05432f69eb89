"""An answer as JSON, as Python's own writer has it; datasets that lie ready are put in as they are, rows of tables by a quicker writer."""

from __future__ import annotations

import json
from typing import Any

import orjson

from catalog.public_texts import Ready


def written(answer: Any) -> str:
    """The text of an answer. What lies ready stands in the answer's `result`, or in the list `results` there; rows are the list `records`."""
    result = answer.get("result") if isinstance(answer, dict) else None
    if isinstance(result, Ready):
        return _object(answer, "result", result.text)
    if isinstance(result, dict) and (found := result.get("results")) and isinstance(found[0], Ready):
        return _object(answer, "result", _object(result, "results", f"[{', '.join(ready.text for ready in found)}]"))
    if isinstance(result, dict) and isinstance(result.get("records"), list):
        return _object(answer, "result", _object(result, "records", _rows(result["records"])))
    return json.dumps(answer)


def _rows(records: list[Any]) -> str:
    try:
        return orjson.dumps(records).decode()
    except TypeError:  # a number beyond 64 bits, or half a surrogate pair
        return json.dumps(records)


def _object(members: dict[str, Any], ready: str, text: str) -> str:
    return "{" + ", ".join(f"{json.dumps(key)}: {text if key == ready else json.dumps(value)}" for key, value in members.items()) + "}"

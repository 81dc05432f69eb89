"""An answer as JSON, as Python's own writer has it; datasets that lie ready are put in as they are."""

from __future__ import annotations

import json
from typing import Any

from catalog.public_texts import Ready


def written(answer: Any) -> str:
    """The text of an answer. What lies ready stands in the answer's `result`, or in the list `results` there."""
    if isinstance(answer, dict) and isinstance(answer.get("result"), Ready):
        return _object(answer, "result", answer["result"].text)
    if isinstance(answer, dict) and isinstance(answer.get("result"), dict) and (found := answer["result"].get("results")) and isinstance(found[0], Ready):
        return _object(answer, "result", _object(answer["result"], "results", f"[{', '.join(ready.text for ready in found)}]"))
    return json.dumps(answer)


def _object(members: dict[str, Any], ready: str, text: str) -> str:
    return "{" + ", ".join(f"{json.dumps(key)}: {text if key == ready else json.dumps(value)}" for key, value in members.items()) + "}"

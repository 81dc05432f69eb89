"""One call of an action from outside the pipeline: what it changed is also evidence of who takes part."""

from __future__ import annotations

from typing import Any

from catalog import evidence
from catalog.actions import ACTIONS, SIDE_EFFECTS
from catalog.actions.context import Context
from catalog.search.log import noted


def perform(context: Context, action: str, data: dict[str, Any]) -> Any:
    """Run an action, write what it changed, and note of each changed dataset what holds from now on.

    The pipeline notes that itself, once for a whole batch. Raises what the action raises.
    """
    result = ACTIONS[action](context, data)
    if action in SIDE_EFFECTS:
        context.session.flush()
        changed = noted(context.session)
        if changed:
            evidence.record_datasets(context.session, changed, context.now)
    return result

"""What can be done with the catalogue, in CKAN's words: one function an action, one file a noun."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from catalog.actions.context import Context

Action = Callable[[Context, dict[str, Any]], Any]
ACTIONS: Mapping[str, Action] = {}
SIDE_EFFECTS: frozenset[str] = frozenset()

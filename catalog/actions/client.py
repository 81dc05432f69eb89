"""The catalogue of this house behind the shape of `ckanapi`, so that one piece of code speaks to it and to others."""

from __future__ import annotations

from functools import partial
from typing import Any

from catalog.actions import ACTIONS
from catalog.actions.context import Context


class LocalCatalogue:
    """`ckanapi.RemoteCKAN`'s twin without the network: `.call_action(name, data)` and `.action.package_show(id=…)`."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self.action = _Shortcut(self)

    def call_action(self, action: str, data_dict: dict[str, Any] | None = None, **_ignored: Any) -> Any:
        """Run the action in this transaction; raises `catalog.errors.Refusal` where the action refuses."""
        return ACTIONS[action](self._context, dict(data_dict or {}))


class _Shortcut:
    def __init__(self, catalogue: LocalCatalogue) -> None:
        self._catalogue = catalogue

    def __getattr__(self, name: str) -> Any:
        return partial(self._call, name)

    def _call(self, name: str, /, **data: Any) -> Any:
        return self._catalogue.call_action(name, data)

"""What the site says of itself: its state, its licences, and the help of each action."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from catalog.actions import lookup
from catalog.actions.context import Context
from catalog.errors import NotFound
from catalog.licences import LICENCES
from catalog.models import SiteFact

CKAN_VERSION = "2.12.0"  # whose answers ours follow; clients decide by it what they may ask


def status_show(context: Context, data: dict[str, Any]) -> dict[str, Any]:
    """Say what this site is called and which CKAN its answers follow.

    :rtype: dictionary
    """
    def fact(key: str, default: str) -> Any:
        found = context.session.get(SiteFact, key)
        return found.value if found else default

    return {
        "site_title": fact("site_title", "Hải Đăng"), "site_description": fact("site_description", ""), "site_url": context.site_url,
        "error_emails_to": "", "locale_default": "vi", "extensions": ["haidang"], "ckan_version": CKAN_VERSION,
    }


def license_list(context: Context, data: dict[str, Any]) -> list[dict[str, str]]:
    """List the licences that datasets may carry.

    :rtype: list of dictionaries
    """
    return [licence.to_dict() for licence in LICENCES.values()]


def help_show(actions: Mapping[str, Callable[..., Any]]) -> Callable[[Context, dict[str, Any]], str | None]:
    """Make the action `help_show` of a table of actions."""

    def help_show(context: Context, data: dict[str, Any]) -> str | None:
        """Show what an action does and which parameters it takes.

        :param name: the name of the action
        :rtype: string
        """
        action = actions.get(lookup.required(data, "name"))
        if action is None:
            raise NotFound("Action function not found")
        return inspect.getdoc(action)

    return help_show

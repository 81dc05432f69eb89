"""What a system administrator may see and set of the site's own words, and which jobs wait."""

from __future__ import annotations

from typing import Any

from catalog.actions import lookup, rights
from catalog.actions.context import Context
from catalog.errors import Invalid
from catalog.metadata_fields import clean
from catalog.models import SiteFact

# CKAN's names for what this site remembers of itself.
OPTIONS = {
    "ckan.site_title": "site_title", "ckan.site_description": "site_description", "ckan.site_about": "site_about",
    "ckan.site_intro_text": "site_intro_text",
}
MAX_VALUE = 20_000


def _value(context: Context, key: str) -> str:
    fact = context.session.get(SiteFact, OPTIONS[key])
    return str(fact.value) if fact else ""


def config_option_list(context: Context, data: dict[str, Any]) -> list[str]:
    """List what can be set while the site runs; only for system administrators.

    :rtype: list of strings
    """
    rights.require_sysadmin(context)
    return sorted(OPTIONS)


def config_option_show(context: Context, data: dict[str, Any]) -> str:
    """Show what is set; only for system administrators.

    :param key: such as ``ckan.site_title``
    :rtype: string
    """
    rights.require_sysadmin(context)
    key = lookup.required(data, "key")
    if key not in OPTIONS:
        raise Invalid({"key": [f"Configuration option '{key[:100]}' can not be shown"]})
    return _value(context, key)


def config_option_update(context: Context, data: dict[str, Any]) -> dict[str, str]:
    """Set words of the site; only for system administrators.

    :param ckan.site_title: any of what config_option_list names, with its new value
    :rtype: dictionary of what was set
    """
    rights.require_sysadmin(context)
    unknown = sorted(set(data) - set(OPTIONS))
    if unknown:
        raise Invalid({"message": f"Configuration option(s) '{' '.join(map(str, unknown))[:200]}' can not be updated"})
    for key, value in data.items():
        if isinstance(value, dict | list) or len(str(value)) > MAX_VALUE:
            raise Invalid({key: ["Must be a Unicode string value"]})
        context.session.merge(SiteFact(key=OPTIONS[key], value=clean(str(value)) if value is not None else ""))
    context.session.flush()
    return {key: _value(context, key) for key in data}


def job_list(context: Context, data: dict[str, Any]) -> list[dict[str, Any]]:
    """List what waits in CKAN's own queue. Work here runs as harvests, shown at ``/runs``, so that nothing waits there.

    :rtype: list of dictionaries
    """
    rights.require_sysadmin(context)
    return []

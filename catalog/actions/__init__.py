"""What can be done with the catalogue, in CKAN's words: one function an action, one file a noun.

The web pages, the API, the command line and the pipeline all call these, with a `Context` (the site, an open
transaction, who asks) and a dict of parameters. They answer with what JSON can hold, or raise a `catalog.errors.Refusal`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from catalog.actions.context import Context
from catalog.actions.group import group_autocomplete, group_list, group_show
from catalog.actions.organization import organization_autocomplete, organization_list, organization_show
from catalog.actions.package import (
    current_package_list_with_resources,
    package_autocomplete,
    package_list,
    package_show,
)
from catalog.actions.package_revise import package_revise
from catalog.actions.package_search import package_search
from catalog.actions.package_write import package_create, package_delete, package_patch, package_update
from catalog.actions.resource import resource_show
from catalog.actions.site import help_show, license_list, status_show
from catalog.actions.tag import tag_autocomplete, tag_list, tag_show

Action = Callable[[Context, dict[str, Any]], Any]

ACTIONS: dict[str, Action] = {
    "status_show": status_show,
    "license_list": license_list,
    "package_show": package_show,
    "package_list": package_list,
    "package_search": package_search,
    "package_autocomplete": package_autocomplete,
    "current_package_list_with_resources": current_package_list_with_resources,
    "package_create": package_create,
    "package_update": package_update,
    "package_patch": package_patch,
    "package_revise": package_revise,
    "package_delete": package_delete,
    "resource_show": resource_show,
    "organization_list": organization_list,
    "organization_show": organization_show,
    "organization_autocomplete": organization_autocomplete,
    "group_list": group_list,
    "group_show": group_show,
    "group_autocomplete": group_autocomplete,
    "tag_list": tag_list,
    "tag_show": tag_show,
    "tag_autocomplete": tag_autocomplete,
}
ACTIONS["help_show"] = help_show(ACTIONS)

# Actions that change something: POST only, and in a writing transaction.
SIDE_EFFECTS = frozenset({"package_create", "package_update", "package_patch", "package_revise", "package_delete"})

__all__ = ["ACTIONS", "SIDE_EFFECTS", "Action", "Context"]

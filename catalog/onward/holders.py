"""The organizations and groups of a target: looked at once in a run, made where they are missing and we may make them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalog.errors import Invalid, NotAuthorized, NotFound, Trouble
from catalog.issues import Issue, Place
from catalog.names import fold
from catalog.onward.mapping import MARK, Rules, mark_of
from catalog.onward.portal import Portal, reasons

_LEAN = {"include_datasets": False, "include_dataset_count": False, "include_users": False, "include_groups": False, "include_tags": False,
         "include_followers": False, "include_extras": True}


class Holders:
    """What is known of the organizations and groups of one target in one run."""

    def __init__(self, portal: Portal, rules: Rules) -> None:
        self._portal, self._rules = portal, rules
        self._organizations: dict[str, Issue | None] = {}
        self._groups: dict[str, Issue | None] = {}

    def require_organization(self, agency: Mapping[str, Any]) -> None:
        """See that the agency's organization is there; Trouble says who must make it or name it. `agency` as a package dict has it."""
        name = self._rules.organization(agency["name"])
        if name not in self._organizations:
            self._organizations[name] = self._organization(name, agency)
        if (issue := self._organizations[name]) is not None:
            raise Trouble(issue)

    def close(self, name: str, issue: Issue) -> None:
        """The target lets nobody of ours put a dataset into that organization; it is not asked again in this run."""
        self._organizations[name] = issue

    def missing_group(self, theme: Mapping[str, Any]) -> Issue | None:
        """See that the theme's group is there; why it is not, where it is missing and may not be made."""
        name = self._rules.group(theme["name"])
        if name not in self._groups:
            self._groups[name] = self._group(name, theme)
        return self._groups[name]

    def _organization(self, name: str, agency: Mapping[str, Any]) -> Issue | None:
        where, facts = Place(url=f"{self._portal.url}/organization/{name}"), {"name": name, "agency": agency["name"]}
        try:
            found = self._portal.call_action("organization_show", {"id": name, **_LEAN})
        except NotFound:
            return self._made("organization", name, agency, Issue("onward-organization-missing", where, facts))
        except NotAuthorized:
            return Issue("onward-organization-missing", where, facts)
        if found.get("state") == "deleted":
            return Issue("onward-organization-missing", where, facts)
        ours = self._rules.is_told(agency["name"]) or mark_of(found) == agency["id"] or fold(found.get("title") or "") == fold(agency["title"] or name)
        return None if ours else Issue("onward-organization-other", where, {**facts, "title": str(found.get("title") or "")[:200]})

    def _group(self, name: str, theme: Mapping[str, Any]) -> Issue | None:
        missing = Issue("onward-group-missing", Place(url=f"{self._portal.url}/group/{name}"), {"name": name})
        try:
            found = self._portal.call_action("group_show", {"id": name, **_LEAN})
        except NotFound:
            return self._made("group", name, theme, missing)
        except NotAuthorized:
            return missing
        return missing if found.get("state") == "deleted" else None

    def _made(self, kind: str, name: str, holder: Mapping[str, Any], missing: Issue) -> Issue | None:
        """Make an organization or a group; `missing` where we may not, and the target's reasons where it will not."""
        given = {"name": name, "title": holder["title"], "description": holder["description"], "extras": [{"key": MARK, "value": holder["id"]}]}
        try:
            self._portal.call_action(f"{kind}_create", given)
        except NotAuthorized:
            return missing
        except Invalid as refused:
            return Issue("onward-refused", missing.place, {"reason": reasons(refused)})
        return None

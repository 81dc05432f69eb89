"""CKAN's Action API at a portal: one question, one answer, and what counts as being refused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from catalog.errors import Trouble
from catalog.issues import Issue, Place
from catalog.net import Net

_FOREIGN = re.compile(r"/(api(/\d)?(/action(/\w+)?)?|dataset|organization|group)?/?$")
_REFUSALS = {400, 401, 403, 404, 405, 409, 410, 500, 501}


class ActionApi:
    """The API of a portal at the root of a site or under a path; `url` ends with a slash."""

    def __init__(self, url: str, net: Net) -> None:
        parts = urlsplit(url)
        self.url = urlunsplit((parts.scheme, parts.netloc, _FOREIGN.sub("", parts.path) + "/api/3/action/", "", ""))
        self._net = net

    def ask(self, action: str, params: Mapping[str, Any]) -> Any:
        """The result of an action; Trouble when it is refused or the answer is none of CKAN's."""
        url = self.url + action
        answer = self._net.get_json(url, params=params)
        if not isinstance(answer, Mapping) or "success" not in answer:
            raise Trouble(Issue("listing-of-another-kind", Place(url=url), {"expected": "success"}))
        if answer["success"] is not True:
            raise Trouble(Issue("ckan-refused", Place(url=url)))
        return answer.get("result")


def is_refusal(issue: Issue) -> bool:
    """Whether the portal is there and will not answer this question, so that another may be asked."""
    return issue.code == "ckan-refused" or issue.facts.get("status") in _REFUSALS

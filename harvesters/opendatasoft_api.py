"""The Explore API v2.1 of an OpenDataSoft (Huwise) portal: its address, its key, its pages and its exports."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

from catalog.errors import Trouble
from catalog.issues import Issue
from catalog.net import Net
from catalog.net.transfer import parsed_json

_FOREIGN = re.compile(r"/((api|explore|pages?|catalog|dataset|map|chart)(/.*)?)?$")


class ExploreApi:
    """The API of a portal, found from any address on it; `url` ends with a slash.

    The key goes with every question to the portal and to no other host.
    """

    def __init__(self, url: str, net: Net, key: str = "") -> None:
        parts = urlsplit(url)
        self.site = urlunsplit((parts.scheme, parts.netloc, _FOREIGN.sub("", parts.path) + "/", "", ""))
        self.url = f"{self.site}api/explore/v2.1/catalog/"
        self._net, self._key = net, key.strip()

    def dataset(self, identifier: str) -> str:
        """The address of a dataset in the API, with a slash at its end."""
        return f"{self.url}datasets/{quote(identifier, safe='')}/"

    def ask(self, url: str, params: Mapping[str, Any]) -> Any:
        """What an address of the API answers, in JSON."""
        answer = self._net.get(url, params=params, headers={"Accept": "application/json, */*;q=0.5", **self._secret()})
        return parsed_json(answer.body, answer.url)

    def save(self, url: str, params: Mapping[str, Any], target: Path) -> None:
        """Save an export, however large, to `target`."""
        self._net.download(f"{url}?{urlencode(params)}", target, headers=self._secret())

    def _secret(self) -> dict[str, str]:
        if not self._key:
            return {}
        if not (self._key.isascii() and self._key.isprintable()):
            raise Trouble(Issue("source-misconfigured", facts={
                "vi": "Khóa API của nguồn có ký tự lạ.", "en": "The source's API key has characters that no key can have."}))
        return {"Authorization": f"Apikey {self._key}"}

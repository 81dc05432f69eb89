"""A target behind the shape of `LocalCatalogue`: `ckanapi` over our own way out, its failures as our errors."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO
from urllib.parse import urlsplit

import ckanapi
import requests
from ckanapi.errors import ServerIncompatibleError

from catalog.errors import Invalid, NotAuthorized, NotFound, Trouble
from catalog.files import Files
from catalog.issues import Issue, Place, say
from catalog.net import Net
from catalog.net.transfer import BUSY, retry_after
from catalog.veil import veiled

AGAIN = 2  # how often a call is made again that the target was too busy to take
MAX_SAID = 500  # characters of what a target says


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file whose bytes go along with a call; they are fetched from the store when it is made."""

    sha256: str
    files: Files
    filename: str
    media_type: str


class Portal:
    """`call_action` at another CKAN, with its token; NotFound, NotAuthorized and Invalid as our own actions raise them.

    Trouble `onward-unreachable` where nobody answers, also where the target would not take the call although it was made again after
    the pause that it asked for (nothing else is ever sent twice), and others where what answers is no CKAN.
    """

    def __init__(self, url: str, token: str, net: Net) -> None:
        self.url = url
        self._net = net
        session = net.session()
        session.hooks["response"].append(self._look)
        self._client = ckanapi.RemoteCKAN(url, apikey=token, user_agent=str(session.headers["User-Agent"]), session=session)

    def call_action(self, action: str, data: Mapping[str, Any], upload: Upload | None = None) -> Any:
        """The result of an action, with a file where one goes along."""
        for attempt in range(AGAIN + 1):
            try:
                return self._once(action, data, upload)
            except Trouble as trouble:
                issue = trouble.issue
                if issue.code != "host-busy" or issue.facts.get("remembered") or attempt == AGAIN:
                    raise Trouble(_unreachable(issue)) from None
                self._net.rest(issue.facts["retry_after"] or self._net.limits.backoff * 2**attempt)
        raise AssertionError("the last attempt returns or raises")

    def _once(self, action: str, data: Mapping[str, Any], upload: Upload | None) -> Any:
        try:
            if upload is None:
                return self._client.call_action(action, dict(data))
            with upload.files.path(upload.sha256).open("rb") as file:
                part: tuple[str, BinaryIO, str] = (upload.filename, file, upload.media_type)
                return self._client.call_action(action, dict(data), files={"upload": part})
        except ckanapi.NotFound as error:
            raise NotFound(_said(error.extra_msg)) from None
        except ckanapi.NotAuthorized as error:
            raise NotAuthorized(_said(_message(error.extra_msg))) from None
        except ckanapi.ValidationError as error:
            raise Invalid({key: value for key, value in error.error_dict.items() if key != "__type"}) from None
        except (ckanapi.CKANAPIError, ServerIncompatibleError):
            raise Trouble(Issue("onward-not-ckan", Place(url=self.url), {"action": action})) from None

    def _look(self, response: requests.Response, **_: Any) -> None:
        """Trouble for what no CKAN answers: the words of servers that stand before one."""
        issue = self._wrong(response)
        if issue is not None:
            response.close()
            raise Trouble(issue)

    def _wrong(self, response: requests.Response) -> Issue | None:
        status, host = response.status_code, urlsplit(response.url)
        named = {"host": host.hostname or "", "port": host.port or (443 if host.scheme == "https" else 80), "status": status}
        if status in BUSY:
            asked = retry_after(response.headers)
            if asked is not None and asked > self._net.limits.max_wait:
                return Issue("host-busy-long", facts={**named, "retry_after": asked, "minutes": math.ceil(asked / 60)})
            return Issue("host-busy", facts={**named, "retry_after": asked})
        if status == 413:
            return Issue("onward-too-large")
        if 300 <= status < 400:
            return Issue("onward-moved", facts={"to": str(response.headers.get("location", ""))[:200]})
        if "json" in response.headers.get("content-type", ""):
            return None
        return Issue("http-status", facts=named) if status >= 400 else Issue("onward-not-ckan", facts={"action": urlsplit(response.url).path.rpartition("/")[2]})


def _unreachable(issue: Issue) -> Issue:
    """What went wrong on the way, as a fact of publishing: who must act is not an agency, and nothing was to be fetched."""
    if issue.code.startswith("onward-"):
        return issue
    vi, en = say(issue, "vi").what, say(issue, "en").what
    why = {"why_vi": vi.removeprefix("Chưa lấy được: "), "why_en": en.removeprefix("Not fetched: ")}
    return Issue("onward-unreachable", issue.place, {**why, "cause": issue.code, "remembered": bool(issue.facts.get("remembered"))})


def _message(error: Any) -> str:
    return str(error.get("message", "")) if isinstance(error, Mapping) else str(error or "")


def _said(message: Any) -> str:
    return veiled(str(message or "").removeprefix("Access denied: "))[:MAX_SAID]


def reasons(refused: Invalid) -> str:
    """What a target found wrong, field by field, in its own words and cut."""
    parts = [f"{key}: {', '.join(map(str, value)) if isinstance(value, list) else value}" for key, value in refused.errors.items()]
    return veiled("; ".join(parts))[:MAX_SAID]

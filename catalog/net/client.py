"""`Net`, the one object that goes out."""

from __future__ import annotations

import copy
import io
import socket
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

import orjson
import requests
import urllib3

from catalog.errors import Trouble
from catalog.issues import Issue, Place
from catalog.net import redirects, transfer
from catalog.net.asking import Ask, Deadline
from catalog.net.guard import Endpoint, Guard, Target, shown, without_sign_in
from catalog.net.ledger import Ledger
from catalog.net.limits import Answer, Downloaded, Limits, Sink, World, user_agent
from catalog.net.local import LocalFolder, LocalFolders, is_file_url, written
from catalog.net.politeness import Manner, Politeness
from catalog.net.robots import Robots
from catalog.net.wire import VettedAdapter

MAX_POST_ANSWER = 1 << 16  # bytes; an acknowledgement is short


class Net:
    """A way out to the network; one for the whole process, safe for many threads.

    `allow_hosts` are hosts (`host` or `host:port`) that may be reached although their address is private or their
    port unusual; `allow_folders` are folders of this machine below which database files may be read; `contact` is named to every server; `ledger`
    counts the calls to a host together with those of other processes. Every call raises `Trouble` when it has no usable answer.
    """

    def __init__(self, allow_hosts: Sequence[str] = (), *, limits: Limits | None = None, contact: str = "",
                 world: World | None = None, ledger: Ledger | None = None, allow_folders: Sequence[str] = ()) -> None:
        self.limits = limits or Limits()
        world = world or World()
        self._guard = Guard(allow_hosts, world)
        self._manner = Manner()
        self._robots = Robots(world.monotonic)
        self._user_agent = user_agent(contact)
        self._adapter = VettedAdapter(self._guard, self.limits, world)
        self._pace = self._adapter.pace
        self._world = replace(world, sleep=partial(self._pace.sleep, world.sleep))
        self._politeness = Politeness(self.limits, self._world, self._guard, ledger)
        self._session = self._prepare(requests.Session())
        self._folders = LocalFolders()
        self._allowed_folders = tuple(Path(folder).resolve() for folder in allow_folders)

    def get(self, url: str, *, params: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None,
            max_bytes: int | None = None) -> Answer:
        """Fetch a URL into memory; status 2xx or 304."""
        cap = max_bytes or self.limits.max_bytes
        return self._call(Ask(url=_with(url, params), headers=headers or {}, total=self.limits.total,
                              use=lambda response: _answer(response, transfer.body(response, self._pace, cap))))

    def get_json(self, url: str, *, params: Mapping[str, Any] | None = None, max_bytes: int | None = None) -> Any:
        """Fetch a URL that answers JSON; Trouble when it is a web page, broken or empty."""
        answer = self.get(url, params=params, headers={"Accept": "application/json, */*;q=0.5"}, max_bytes=max_bytes)
        return transfer.parsed_json(answer.body, answer.url)

    def post_json(self, url: str, question: Any, *, params: Mapping[str, Any] | None = None, max_bytes: int | None = None) -> Any:
        """Ask a question in JSON of an interface that answers JSON and changes nothing by it, so that asking again is safe.

        Trouble as of `get_json`. A redirect is asked the same question, one that says "see other" (303) is only fetched.
        """
        cap = max_bytes or self.limits.max_bytes
        answer = self._call(Ask(method="POST", url=_with(url, params), body=orjson.dumps(question), total=self.limits.total,
                                headers={"Accept": "application/json, */*;q=0.5", "Content-Type": "application/json"},
                                use=lambda response: _answer(response, transfer.body(response, self._pace, cap))))
        return transfer.parsed_json(answer.body, answer.url)

    def post_xml(self, url: str, question: bytes, *, max_bytes: int | None = None) -> Answer:
        """Ask a question in XML of an interface that changes nothing by it, so that asking again is safe."""
        cap = max_bytes or self.limits.max_bytes
        return self._call(Ask(method="POST", url=url, body=question, total=self.limits.total, headers={"Content-Type": "application/xml; charset=utf-8"},
                              use=lambda response: _answer(response, transfer.body(response, self._pace, cap))))

    def propfind(self, url: str, body: bytes, *, headers: Mapping[str, str] | None = None) -> Answer:
        """What a WebDAV server says of a folder and of what is in it (RFC 4918, 9.1, one level deep); changes nothing there."""
        asked = {"Depth": "1", "Content-Type": "application/xml; charset=utf-8", "Accept": "application/xml, text/xml;q=0.9", **(headers or {})}
        return self._call(Ask(method="PROPFIND", url=url, body=body, headers=asked, total=self.limits.total,
                              use=lambda response: _answer(response, transfer.body(response, self._pace, self.limits.max_bytes))))

    def head(self, url: str) -> Answer:
        """What a URL says of itself, without its body; asked by GET where HEAD is refused or fails."""
        ask = Ask(method="HEAD", url=url, headers={"Accept-Encoding": "identity"}, total=self.limits.total, use=_answer)
        try:
            return self._call(ask)
        except Trouble as trouble:
            if trouble.issue.code not in ("http-status", "host-busy", "cut-short") or trouble.issue.facts.get("remembered"):
                raise
        return self._call(replace(ask, method="GET"))

    def probe(self, url: str, *, method: str = "HEAD", first: int = 4096) -> Answer:
        """What a URL answers when it is asked once, with its status whatever it is and at most the `first` bytes of its body.

        Trouble where nobody answers, and `host-busy` for 429 and 503. Nothing is asked again: who looks for a verdict comes back later.
        """
        ask = Ask(method=method, url=url, headers={"Accept-Encoding": "identity"}, total=self.limits.connect + self.limits.read, any_status=True,
                  use=lambda response: _answer(response, b"" if method == "HEAD" else transfer.beginning(response, self._pace, first)))
        return self._attempt(ask, Deadline(self._world.monotonic() + ask.total))

    def post(self, url: str, body: bytes, *, headers: Mapping[str, str] | None = None) -> Answer:
        """Send bytes to a URL, once: nothing is asked again, and no redirect followed, for what is sent is for that address alone."""
        ask = Ask(method="POST", url=url, headers=headers or {}, total=self.limits.connect + self.limits.read, body=body, follows=False,
                  use=lambda response: _answer(response, transfer.body(response, self._pace, MAX_POST_ANSWER)))
        return self._attempt(ask, Deadline(self._world.monotonic() + ask.total))

    def download(self, url: str, to: Path | Sink, *, max_bytes: int | None = None, etag: str | None = None,
                 last_modified: str | None = None, headers: Mapping[str, str] | None = None) -> Downloaded:
        """Fetch a URL into the file `to`, which is there whole or not at all, or into a sink, piece by piece.

        `etag` and `last_modified` are what the server said last time; where it then says that nothing has changed,
        the status is `not-modified` and no file is written. `headers` are sent as well; secret ones never to another host.
        """
        conditions = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        headers = {"Accept-Encoding": "identity", **(headers or {})}
        headers |= {name: value for name, value in conditions.items() if value and _sendable(value)}
        cap = max_bytes or self.limits.max_download
        if is_file_url(url):
            return self._folders.download(url, to, cap, etag)
        return self._call(Ask(url=url, headers=headers, total=self.limits.total_download,
                              use=lambda response: self._save(response, url, to, cap)))

    def session(self) -> requests.Session:
        """A `requests.Session` under the same guard, limits and manners, for a client library such as ckanapi.

        It follows no redirect and returns every status; the body is read, within its limit, before it returns.
        """
        return self._prepare(_GuardedSession(self))

    def heeding(self, called_off: Callable[[], bool]) -> AbstractContextManager[None]:
        """Inside the `with`, whatever this thread asks for ends with CalledOff, within seconds after `called_off` answers True.

        It is asked about once a second, and with every piece that comes.
        """
        return self._pace.heeding(called_off)

    @property
    def called_off(self) -> Callable[[], bool]:
        """Whether the work of this thread was called off, as a question that other threads may ask for it; see `heeding`."""
        return self._pace.called_off or (lambda: False)

    def heed(self) -> None:
        """CalledOff when the work of this thread was called off; for long work between two calls."""
        self._pace.heed()

    def rest(self, seconds: float) -> None:
        """Sleep, and heed meanwhile."""
        self._world.sleep(seconds)

    def gently(self, pause: float) -> Net:
        """The same way out, which calls a host one call at a time with so many seconds between two; 0 changes nothing."""
        if pause <= 0:
            return self
        gentle = copy.copy(self)
        gentle._manner = Manner(places=1, pause=pause)
        return gentle

    def require_crawlable(self, url: str) -> None:
        """Trouble where the host's robots.txt keeps us from an address that was found by following links; see `catalog.net.robots`."""
        target = self._guard.target(url)
        if self._robots.is_new(target):
            rules = self._robots.read(target, self.get)
            self._politeness.slow_down(target, rules.pause)
        self._robots.require(target)

    def vet(self, url: str) -> None:
        """Whether a URL may be asked for at all; Trouble says why not. A host that is down or unknown today passes."""
        self.vet_target(self._guard.target(url))

    def vet_target(self, target: Target) -> None:
        """Whether a host may be reached; Trouble says why not. One that is down or unknown today passes."""
        try:
            self._guard.endpoints(target.host, target.port)
        except Trouble as trouble:
            if trouble.issue.code != "host-unknown":
                raise Trouble(replace(trouble.issue, place=Place(url=shown(target.url)))) from trouble

    def elsewhere(self, url: str, ports: Mapping[str, int], *, only_allowed: bool = False) -> Target:
        """The host behind an address of another protocol than HTTP, under the same guard; see `Guard.elsewhere`."""
        return self._guard.elsewhere(url, ports, only_allowed=only_allowed)

    def endpoints(self, target: Target) -> list[Endpoint]:
        """The vetted addresses of that host, which alone may be connected to; Trouble `host-unknown` or `address-private`."""
        return self._guard.endpoints(target.host, target.port)

    def turn(self, target: Target) -> AbstractContextManager[None]:
        """The turn of one conversation with that host, with the same manners as towards a web server."""
        return self._politeness.turn(target, self._manner)

    def connected(self, target: Target) -> socket.socket:
        """A connection to that host at one of its vetted addresses; Trouble `host-unreachable` or `connect-time-out`."""
        causes: list[OSError] = []
        for endpoint in self.endpoints(target):
            try:
                return socket.create_connection(endpoint.address[:2], timeout=self.limits.connect)
            except OSError as error:
                causes.append(error)
        if any(isinstance(cause, TimeoutError) for cause in causes):
            raise Trouble(Issue("connect-time-out", Place(), {"host": target.host, "seconds": self.limits.connect}))
        raise Trouble(Issue("host-unreachable", Place(), {"host": target.host, "port": target.port}))

    def allowed_file(self, path: str) -> Path:
        """A file of this machine, as its real path; Trouble unless it is there and lies below a folder that the operator allows."""
        real = Path(path).resolve()
        if not any(real.is_relative_to(folder) for folder in self._allowed_folders):
            raise Trouble(Issue("folder-not-allowed", Place(file=path)))
        if not real.is_file():
            raise Trouble(Issue("folder-missing", Place(file=path)))
        return real

    def local_folder(self, where: str) -> LocalFolder:
        """Open a folder of this machine, given as an absolute path or a `file://` URL; `download` then reads below it."""
        return self._folders.open(where)

    def _prepare(self, session: requests.Session) -> requests.Session:
        """No proxies, no netrc, no cookies kept, no way out but ours."""
        session.trust_env = False
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        session.headers.update({"User-Agent": self._user_agent, "Accept-Encoding": "gzip, deflate"})
        session.adapters.clear()
        for prefix in ("http://", "https://"):
            session.mount(prefix, self._adapter)
        return session

    def _call(self, ask: Ask) -> Any:
        """Ask, and ask again after a pause where the failure may have passed, within the time of the whole call."""
        ends = Deadline(self._world.monotonic() + ask.total)
        for attempt in range(1, self.limits.retries + 2):
            try:
                return self._attempt(ask, ends)
            except Trouble as trouble:
                pause = self._politeness.pause_before_retry(trouble.issue, attempt)
                if pause is None or self._world.monotonic() + pause >= ends.at:
                    self._politeness.gave_up(trouble.issue)
                    raise
                self._world.sleep(pause)
        raise AssertionError("the last attempt returns or raises")

    def _attempt(self, ask: Ask, ends: Deadline) -> Any:
        """One attempt, redirects included, each of them vetted as the first URL was."""
        target = self._guard.target(ask.url)
        seen: list[str] = []
        while True:
            with self._politeness.turn(target, self._manner) as waited, self._pace.call(ask.total, ends.after(waited)):
                request = requests.Request(ask.method, target.url, headers=dict(ask.headers), data=ask.body)
                try:
                    response = self.send(self._session.send, self._session.prepare_request(request), target)
                except Trouble as trouble:
                    raise redirects.blamed(trouble, ask.url, bool(seen)) from trouble
                with response:
                    location = redirects.location(response) if ask.follows else None
                    if location is None:
                        transfer.require_success(response, target, self.limits.max_wait, any_status=ask.any_status)
                        return ask.use(response)
            if response.status_code == 303 and ask.body is not None:
                ask = replace(ask, method="GET", body=None)
            seen.append(target.url)
            ask, target = self._follow(ask, target, location, seen)

    def _follow(self, ask: Ask, target: Target, location: str, seen: list[str]) -> tuple[Ask, Target]:
        """Where a redirect leads, vetted; what is secret does not travel to another host."""
        try:
            following = self._guard.target(location)
        except Trouble as trouble:
            raise redirects.blamed(trouble, ask.url, True) from trouble
        if following.url in seen:
            raise Trouble(Issue("redirect-loop", Place(url=shown(ask.url)), {"to": shown(following.url)}))
        if len(seen) > self.limits.max_redirects:
            raise Trouble(Issue("redirect-many", Place(url=shown(ask.url)), {"limit": self.limits.max_redirects}))
        if following[1:] != target[1:]:
            ask = replace(ask, headers=redirects.without_secrets(ask.headers))
        return ask, following

    def send(self, send: Callable[..., requests.Response], request: requests.PreparedRequest, target: Target) -> requests.Response:
        """Send one request and wait for the head of its answer; failures of the layers below become Trouble."""
        try:
            return send(request, stream=True, allow_redirects=False, proxies={},
                        timeout=(self.limits.connect, self.limits.read))
        except Trouble as trouble:  # from the guard, which knows no URL
            raise Trouble(replace(trouble.issue, place=Place(url=shown(target.url)))) from trouble
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise transfer.trouble_of(error, target.url, self._pace) from error

    def send_for(self, send: Callable[..., requests.Response], request: requests.PreparedRequest) -> requests.Response:
        """Send one request of a client library, in its turn, and read the body within its limit."""
        target = self._guard.target(request.url)
        with (self._politeness.turn(target, self._manner), self._pace.call(self.limits.total),
              self.send(send, request, target) as response):
            body = transfer.body(response, self._pace, self.limits.max_bytes)
        response.raw = io.BytesIO(body)
        return response

    def _save(self, response: requests.Response, url: str, to: Path | Sink, cap: int) -> Downloaded:
        """Write the body to `to`, unless the server says that nothing has changed."""
        headers = response.headers
        found = Downloaded(status="not-modified", url=without_sign_in(response.url), etag=headers.get("etag"),
                           last_modified=transfer.settled_date(response))
        if response.status_code == 304:
            return found
        found = replace(found, status="new", media_type=headers.get("content-type"), filename=transfer.filename_of(response, url),
                        declared=transfer.declared_size(response))
        return written(transfer.pieces(response, self._pace, cap), to, found)


class _GuardedSession(requests.Session):
    """What `Net.session` returns: each request goes through the way out that made it."""

    def __init__(self, net: Net) -> None:
        super().__init__()
        self._net = net

    def send(self, request: requests.PreparedRequest, **_: Any) -> requests.Response:
        return self._net.send_for(super().send, request)


def _answer(response: requests.Response, body: bytes = b"") -> Answer:
    return Answer(status=response.status_code, url=without_sign_in(response.url), body=body,
                  headers={name.lower(): transfer.as_utf8(value) for name, value in response.headers.items()})


def _sendable(value: str) -> bool:
    """Whether what a server said of itself may be said back to it; a header holds plain signs only."""
    return value.isascii() and value.isprintable()


def _with(url: str, params: Mapping[str, Any] | None) -> str:
    """The URL with more parameters in its query."""
    if not params:
        return url
    parts = urlsplit(url)
    query = "&".join(filter(None, [parts.query, urlencode(params, doseq=True)]))
    return urlunsplit(parts._replace(query=query, fragment=""))

"""Which addresses may be reached: http and https, public addresses, usual ports, and what the operator allows."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit, urlunsplit

import requests

from catalog.errors import Trouble
from catalog.issues import Issue, Place
from catalog.net.limits import World

PORTS = {"http": 80, "https": 443}
_NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class Endpoint(NamedTuple):
    """One resolved address: what `socket.socket` and `connect` need."""

    family: int
    address: Any


class Target(NamedTuple):
    """A URL that may be asked for: as it goes on the wire, and the host and port behind it."""

    url: str
    scheme: str
    host: str
    port: int


class Guard:
    """Vets a URL before it is asked for, and every address at the moment of connecting to it.

    An entry of `allow_hosts` is `host` (all its ports) or `host:port`; it lifts both the address and the port.
    """

    def __init__(self, allow_hosts: Iterable[str], world: World) -> None:
        self._allowed = {_split_entry(entry) for entry in allow_hosts}
        self._world = world

    def allows(self, host: str, port: int) -> bool:
        """Whether the operator put this host on the list of exceptions."""
        return (host, None) in self._allowed or (host, port) in self._allowed

    def target(self, url: str) -> Target:
        """The URL made ready; Trouble `url-not-http`, `url-broken`, `address-odd` or `port-refused`."""
        if not isinstance(url, str) or urlsplit_or_none(url) is None:
            raise Trouble(Issue("url-broken", Place(url=shown(url))))
        scheme = urlsplit(url.strip()).scheme.lower()
        if scheme and scheme not in PORTS:
            raise Trouble(Issue("url-not-http", Place(url=shown(url)), {"scheme": scheme}))
        prepared = requests.Request("GET", url.strip())
        try:
            parts = urlsplit(prepared.prepare().url)
            host, port = (parts.hostname or "").lower(), parts.port or PORTS[scheme]
        except (requests.RequestException, ValueError, KeyError) as error:
            raise Trouble(Issue("url-broken", Place(url=shown(url)))) from error
        if not host:
            raise Trouble(Issue("url-broken", Place(url=shown(url))))
        if is_odd(host):
            raise Trouble(Issue("address-odd", Place(url=shown(url)), {"host": host}))
        if port not in PORTS.values() and not self.allows(host, port):
            raise Trouble(Issue("port-refused", Place(url=shown(url)), {"host": host, "port": port}))
        return Target(urlunsplit(parts), scheme, host, port)

    def elsewhere(self, url: str, ports: Mapping[str, int], *, only_allowed: bool = False) -> Target:
        """An address of another protocol, under the same rules; `ports` holds the usual port of each scheme that may stand in it.

        Trouble `url-of-another-scheme`, `url-broken`, `address-odd`, `port-refused`, and `host-not-allowed` where only hosts
        that the operator put on the list may be reached.
        """
        parts = urlsplit_or_none(url) if isinstance(url, str) else None
        scheme = parts.scheme.lower() if parts is not None else ""
        if scheme not in ports:
            raise Trouble(Issue("url-of-another-scheme", Place(url=shown(url)), {"scheme": scheme or "–", "expected": ", ".join(ports)}))
        try:
            host, port = (parts.hostname or "").lower(), parts.port or ports[scheme]
        except ValueError as error:
            raise Trouble(Issue("url-broken", Place(url=shown(url)))) from error
        if not host:
            raise Trouble(Issue("url-broken", Place(url=shown(url))))
        if is_odd(host):
            raise Trouble(Issue("address-odd", Place(url=shown(url)), {"host": host}))
        if only_allowed and not self.allows(host, port):
            raise Trouble(Issue("host-not-allowed", Place(), {"host": host, "port": port}))
        if port != ports[scheme] and not self.allows(host, port):
            raise Trouble(Issue("port-refused", Place(url=shown(url)), {"host": host, "port": port}))
        return Target(shown(url), scheme, host, port)

    def endpoints(self, host: str, port: int) -> list[Endpoint]:
        """Resolve once and vet: the only addresses that a connection may go to.

        Trouble `host-unknown` when the name leads nowhere, `address-private` when any of its addresses is one that
        is not public; a name that mixes public and private addresses is refused as a whole.
        """
        host = host.strip("[]").lower()
        try:
            found = self._world.resolve(host, port, 0, socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise Trouble(Issue("host-unknown", Place(), {"host": host})) from error
        endpoints = [Endpoint(family, address) for family, _, _, _, address in found
                     if family in (socket.AF_INET, socket.AF_INET6)]
        if not endpoints:
            raise Trouble(Issue("host-unknown", Place(), {"host": host}))
        if not self.allows(host, port):
            for endpoint in endpoints:
                if not is_public(endpoint.address[0]):
                    raise Trouble(Issue("address-private", Place(), {"host": host, "address": endpoint.address[0]}))
        return endpoints


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet, also when it hides an IPv4 address inside."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if ip.version == 6:
        if ip.ipv4_mapped is not None or ip.is_site_local:
            return False
        if ip in _NAT64:  # how a network without IPv4 reaches the IPv4 internet
            return is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
        inner = ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is not None and not is_public(str(inner)):
            return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified or ip.is_loopback
                                 or ip.is_link_local)


def is_odd(host: str) -> bool:
    """Whether a host is an IPv4 address in an unusual spelling: `0x7f.1`, `2130706433`, `127.1`, `0177.0.0.1`."""
    last = host.rstrip(".").rpartition(".")[2]
    if ":" in host or not _NUMBER.fullmatch(last):
        return False
    try:
        ipaddress.IPv4Address(host)
    except ValueError:
        return True
    return False


def shown(url: object) -> str:
    """A URL as it may be shown: without user name and password, and not endless."""
    text = without_sign_in(str(url))
    return text if len(text) <= 500 else text[:499] + "…"


def without_sign_in(url: str) -> str:
    """A URL without user name and password, else as it is."""
    parts = urlsplit_or_none(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2])) if parts is not None and "@" in parts.netloc else url


def urlsplit_or_none(url: str):
    """`urlsplit`, or None where the text is no URL at all (a broken IPv6 address, for one)."""
    try:
        return urlsplit(url)
    except ValueError:
        return None


def _split_entry(entry: str) -> tuple[str, int | None]:
    """An entry of the allow-list as host and port; the port is None when all are meant."""
    entry = entry.strip().lower()
    if entry.startswith("["):
        host, _, rest = entry[1:].partition("]")
        return host, int(rest[1:]) if rest[1:].isdigit() else None
    host, colon, port = entry.partition(":")
    return (host, int(port)) if colon and port.isdigit() else (entry, None)

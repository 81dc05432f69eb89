"""What an address from outside must never do: each refused before a byte arrives, shown by a real socket that would have seen it.

Every test that refuses has a listener on this machine standing where the address leads, and ends by asking what arrived.
"""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.web_server import Handler, WebServer, raw_server, redirect, reply, streamed, web_server

from catalog.errors import Trouble
from catalog.issues import Issue, say
from catalog.net import Limits, Net, World, guard

FAST = Limits(connect=1, read=0.5, total=1.5, total_download=1.5, retries=0, interval=0, max_bytes=1 << 20, max_download=1 << 20)


class Listener:
    """A port on every address of this machine that notes each connection."""

    def __init__(self) -> None:
        both = socket.has_dualstack_ipv6()
        self._socket = socket.create_server(("", 0), family=socket.AF_INET6 if both else socket.AF_INET, dualstack_ipv6=both)
        self.port = self._socket.getsockname()[1]
        self.arrived: list[str] = []
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        while True:
            try:
                connection, address = self._socket.accept()
            except OSError:
                return
            self.arrived.append(address[0].removeprefix("::ffff:"))
            connection.close()

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(2)


@pytest.fixture
def listener() -> Iterator[Listener]:
    listener = Listener()
    yield listener
    listener.close()


@pytest.fixture
def server() -> Iterator[WebServer]:
    with web_server() as server:
        yield server


def resolving(*answers: str | list[str]):
    """A resolver that gives one answer after the other, the last for ever."""
    left = list(answers)

    def resolve(host: str, port: int, *_):
        found = left.pop(0) if len(left) > 1 else left[0]
        return [(socket.AF_INET6 if ":" in ip else socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port))
                for ip in ([found] if isinstance(found, str) else found)]

    return resolve


def refusal(net: Net, url: str, to: Path | None = None) -> Issue:
    """What is said of an address that is refused, in both languages and without a secret."""
    with pytest.raises(Trouble) as caught:
        net.download(url, to) if to else net.get(url)
    for language in ("vi", "en"):
        said = say(caught.value.issue, language)
        assert "…" not in said.what
        assert "secret" not in said.what + said.where + said.mend
    assert "secret" not in str(caught.value.issue.to_dict())
    return caught.value.issue


ADDRESSES = ["127.0.0.1", "localhost", "LOCALHOST", "localhost.", "127.0.0.1.", "0.0.0.0", "127.1", "127.000.000.001", "0177.0.0.1", "0x7f.0.0.1", "0x7f000001",
             "2130706433", "017700000001", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:127.0.0.1]", "[::127.0.0.1]",
             "[64:ff9b::127.0.0.1]", "[2002:7f00:1::]", "①②⑦.⓪.⓪.①", "127。0。0。1", "127．0．0．1", "loc%61lhost", "127.0.0.1%00.example.vn"]


@pytest.mark.parametrize("host", ADDRESSES)
@pytest.mark.parametrize("way", ["straight", "by redirect"])
def test_no_spelling_of_this_machine_leads_to_it(listener: Listener, server: WebServer, monkeypatch, host, way):
    """Not even where its port is a usual one, so that nothing but the address can stop it."""
    monkeypatch.setitem(guard.PORTS, "https", listener.port)
    inside = f"http://{host}:{listener.port}/"
    ports = (f"far.vn:{server.server_port}",)

    def resolve(name: str, port: int, *more):
        if name == "far.vn":
            return resolving("127.0.0.1")(name, port)
        return socket.getaddrinfo(name, port, *more)

    net = Net(ports, limits=FAST, world=World(resolve=resolve))
    server.routes["/"] = redirect(inside.encode().decode("latin-1"))
    found = refusal(net, inside if way == "straight" else server.url(host="far.vn"))
    assert found.code in {"address-private", "address-odd", "url-broken", "host-unknown", "redirect-private", "redirect-broken"}
    assert listener.arrived == []


@pytest.mark.parametrize("address", ["169.254.169.254", "169.254.170.2", "10.0.0.1", "172.31.255.255", "192.168.0.1", "100.64.0.1", "100.127.255.254", "224.0.0.251",
                                     "239.255.255.250", "240.0.0.1", "255.255.255.255", "192.0.0.1", "198.18.0.1", "fd00::1", "fe80::1", "ff02::1", "fec0::1"])
def test_a_name_that_leads_to_an_address_that_is_not_public_is_refused(address):
    assert refusal(Net(limits=FAST, world=World(resolve=resolving(address))), "http://so-yte.vn/").code == "address-private"


def test_a_name_rebound_between_check_and_call_is_refused_at_the_call(listener: Listener):
    """First a public address, as when the source was saved; then this machine's."""
    net = Net(limits=FAST, world=World(resolve=resolving("203.162.4.190", "127.0.0.1")))
    net.vet("http://rebind.vn/")
    assert refusal(net, "http://rebind.vn/").code == "address-private"
    assert listener.arrived == []


def test_a_name_is_looked_up_once_a_call_and_the_call_goes_to_what_was_vetted(server: WebServer):
    """A second look between check and connection would be answered with another address; there is none."""
    asked = []

    def resolve(host: str, port: int, *_):
        asked.append(host)
        return resolving("127.0.0.1" if len(asked) == 1 else "10.0.0.1")(host, port)

    server.routes["/"] = reply("ok")
    assert Net(("own.vn",), limits=FAST, world=World(resolve=resolve)).get(server.url(host="own.vn")).body == b"ok"
    assert asked == ["own.vn"]


def test_a_redirect_is_looked_up_and_vetted_anew(server: WebServer, listener: Listener):
    """The same name, public at the first call and private at the second, which its own redirect asks for."""
    answers = resolving("127.0.0.1", "10.0.0.1")
    server.routes["/"] = redirect("http://public.vn/")
    net = Net((f"own.vn:{server.server_port}",), limits=FAST, world=World(resolve=answers))
    assert refusal(net, server.url(host="own.vn")).code == "redirect-private"
    assert listener.arrived == []


def test_one_private_address_among_public_ones_refuses_them_all(listener: Listener):
    for mixed in (["203.162.4.190", "127.0.0.1"], ["127.0.0.1", "203.162.4.190"], ["2001:ee0::1", "::1"]):
        assert refusal(Net(limits=FAST, world=World(resolve=resolving(mixed))), "http://mixed.vn/").code == "address-private"
    assert listener.arrived == []


@pytest.mark.parametrize("scheme", ["file", "gopher", "ftp", "ftps", "dict", "ldap", "ws", "jar", "netdoc", "FILE", " file", "data", "javascript", "unix", "s3"])
@pytest.mark.parametrize("way", ["straight", "by redirect"])
def test_only_http_and_https_speak(listener: Listener, server: WebServer, tmp_path, scheme, way):
    (tmp_path / "secret").write_text("x")
    url = f"{scheme}:///{tmp_path}/secret" if "file" in scheme.lower() else f"{scheme}://127.0.0.1:{listener.port}/_secret"
    server.routes["/"] = redirect(url.strip())
    net = Net((f"127.0.0.1:{server.server_port}",), limits=FAST)
    with pytest.raises(Trouble) as caught:
        net.download(url if way == "straight" else server.url(), tmp_path / "got")
    assert caught.value.issue.code in {"url-not-http", "redirect-broken"}
    assert listener.arrived == []
    assert not (tmp_path / "got").exists()


@pytest.mark.parametrize("authority", ["good.vn@127.0.0.1", "good.vn:80@127.0.0.1", "good.vn%40127.0.0.1", "127.0.0.1#@good.vn", "127.0.0.1\\@good.vn",
                                       "good.vn@127.0.0.1@localhost", "good.vn\t@127.0.0.1"])
def test_a_user_name_that_looks_like_a_host_fools_nobody(listener: Listener, monkeypatch, authority):
    """Whatever part is taken for the host, this machine is not called."""
    monkeypatch.setitem(guard.PORTS, "https", listener.port)
    net = Net(limits=FAST, world=World(resolve=lambda host, port, *_: (
        resolving("127.0.0.1")(host, port) if "127" in host or host == "localhost" else resolving("192.0.2.1")(host, port))))
    assert refusal(net, f"http://{authority}:{listener.port}/").code in {"address-private", "url-broken", "address-odd", "host-unknown"}
    assert listener.arrived == []


def test_credentials_in_an_address_are_shown_nowhere(server: WebServer):
    server.routes["/a"] = redirect("http://u:secret@10.0.0.1/")
    net = Net(("127.0.0.1",), limits=FAST)
    for path in ("/none", "/a"):
        refusal(net, server.url(path).replace("http://", "http://user:secret@"))
    server.routes["/ok"] = reply("ok")
    assert "secret" not in net.get(server.url("/ok").replace("http://", "http://user:secret@")).url


def test_what_is_secret_goes_to_no_other_host_port_or_scheme(server: WebServer):
    with web_server() as other:
        other.routes |= {"/": redirect("/in"), "/in": reply("ok")}
        server.routes |= {"/": redirect(other.url()), "/user": redirect(other.url())}
        net = Net(("127.0.0.1", "localhost"), limits=FAST)
        secrets = {"Authorization": "Bearer secret", "Cookie": "s=secret", "X-CKAN-API-Key": "secret", "X-App-Token": "secret", "Proxy-Authorization": "secret"}
        net.get(server.url(), headers=secrets)
        net.get(server.url("/user").replace("http://", "http://user:secret@"))
        assert len(other.asked) == 4
        for _, _, headers in other.asked:
            assert not {name.lower() for name in secrets} & set(headers)
        assert server.asked[0][2]["authorization"] == "Bearer secret"


def test_a_port_that_is_no_web_port_is_refused(listener: Listener):
    net = Net(limits=FAST, world=World(resolve=resolving("127.0.0.1")))
    assert refusal(net, f"http://so-yte.vn:{listener.port}/").code == "port-refused"
    for port in (22, 25, 6379, 5432, 11211):
        assert refusal(net, f"http://so-yte.vn:{port}/").code == "port-refused"
    assert listener.arrived == []


def test_what_is_allowed_for_one_host_is_allowed_for_that_host_and_port_only(server: WebServer, listener: Listener):
    net = Net((f"127.0.0.1:{server.server_port}",), limits=FAST)
    server.routes["/"] = reply("ok")
    assert net.get(server.url()).body == b"ok"
    assert refusal(net, f"http://127.0.0.1:{listener.port}/").code == "port-refused"
    server.routes["/"] = redirect(f"http://127.0.0.1:{listener.port}/")
    assert refusal(net, server.url()).code == "redirect-private"
    assert listener.arrived == []


def test_five_redirects_and_no_more(server: WebServer):
    for n in range(8):
        server.routes[f"/{n}"] = redirect(f"/{n + 1}")
    assert refusal(Net(("127.0.0.1",), limits=FAST), server.url("/0")).code == "redirect-many"
    assert [path for _, path, _ in server.asked] == [f"/{n}" for n in range(6)]


@pytest.mark.parametrize("host", ["so-yte.vn..", "so-yte..vn", ".so-yte.vn", "so_yte.vn:abc", "so-yte.vn:-1", "so-yte.vn:99999", "[::1", "a" * 64 + ".vn", "xn--.vn", "-", "*", "so yte.vn"])
def test_names_that_are_none_are_refused_without_a_call(host):
    looked_up = []

    def resolve(name, port, *_):
        looked_up.append(name)
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    assert refusal(Net(limits=FAST, world=World(resolve=resolve)), f"http://{host}/").code in {"url-broken", "host-unknown"}


def test_a_name_in_other_letters_is_looked_up_as_it_goes_on_the_wire():
    """What is vetted is the name that is connected to, after IDNA: full-width and fancy dots change nothing."""
    looked_up = []

    def resolve(name, port, *_):
        looked_up.append(name)
        return resolving("10.0.0.1")(name, port)

    for host in ("sở-y-tế.vn", "ｓｏ-yte。vn", "SO-YTE.VN", "so-yte.vn."):
        assert refusal(Net(limits=FAST, world=World(resolve=resolve)), f"http://{host}/").code in {"address-private", "url-broken"}
    assert len(looked_up) >= 3
    assert all(name.isascii() and name == name.lower() for name in looked_up)


def test_a_drip_is_ended_by_the_time_of_the_whole_call(server: WebServer, tmp_path):
    server.routes["/"] = streamed({"Content-Length": "1000"}, b"x", 200, 0.05)
    began = time.monotonic()
    assert refusal(Net(("127.0.0.1",), limits=FAST), server.url(), tmp_path / "f").code == "too-slow"
    assert time.monotonic() - began < 4
    assert list(tmp_path.iterdir()) == []


def test_lengths_that_lie_leave_no_file(server: WebServer, tmp_path):
    net = Net(("127.0.0.1",), limits=FAST)
    for length, code in ((5, "length-wrong"), (500, "cut-short"), (1 << 50, "too-large")):
        server.routes["/"] = streamed({"Content-Length": str(length)}, b"0123456789", 1)
        assert refusal(net, server.url(), tmp_path / "f").code == code
    assert list(tmp_path.iterdir()) == []


def test_a_bomb_is_stopped_at_the_limit_after_decompression(server: WebServer, tmp_path):
    net = Net(("127.0.0.1",), limits=FAST)
    bomb = gzip.compress(bytes(32 << 20))
    server.routes |= {"/one": reply(bomb, content_encoding="gzip"), "/nested": reply(gzip.compress(bomb), content_encoding="gzip, gzip")}
    for path in ("/one", "/nested"):
        assert refusal(net, server.url(path), tmp_path / "f").code == "too-large"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("encodings", ["gzip", "deflate", "gzip, gzip"])
def test_compressed_bytes_that_stop_before_their_end_are_no_file(server: WebServer, tmp_path, encodings):
    import zlib

    net, data = Net(("127.0.0.1",), limits=FAST), b"".join(b"%d,%d\n" % (n, n * n) for n in range(5000))
    whole = {"gzip": gzip.compress(data), "deflate": zlib.compress(data), "gzip, gzip": gzip.compress(gzip.compress(data))}[encodings]
    server.routes["/"] = reply(whole, content_encoding=encodings)
    assert net.get(server.url()).body == data
    for length in (12, len(whole) // 2, len(whole) - 5):
        server.routes["/"] = reply(whole[:length], content_encoding=encodings)
        assert refusal(net, server.url(), tmp_path / "f").code in {"cut-short", "undecodable"}
    assert list(tmp_path.iterdir()) == []


def test_a_member_after_a_member_and_rubbish_after_the_last_are_read_as_everywhere(server: WebServer):
    net = Net(("127.0.0.1",), limits=FAST)
    server.routes["/two"] = reply(gzip.compress(b"a") + gzip.compress(b"b"), content_encoding="gzip")
    server.routes["/rubbish"] = reply(gzip.compress(b"a") + b"rubbish", content_encoding="gzip")
    server.routes["/cut"] = reply(gzip.compress(b"a") + gzip.compress(b"b" * 1000)[:-9], content_encoding="gzip")
    assert (net.get(server.url("/two")).body, net.get(server.url("/rubbish")).body) == (b"ab", b"a")
    assert refusal(net, server.url("/cut")).code == "cut-short"


def test_no_cookie_is_kept_or_sent(server: WebServer):
    server.routes |= {"/": redirect("/in", 302), "/in": reply("ok", set_cookie="id=1; Path=/")}

    def with_cookie(handler: Handler) -> None:
        reply("", status=302, location="/in", set_cookie="id=2; Path=/")(handler)

    server.routes["/set"] = with_cookie
    net = Net(("127.0.0.1",), limits=FAST)
    for path in ("/in", "/set", "/in"):
        net.get(server.url(path))
    with net.session() as session:
        session.get(server.url("/in"))
        session.get(server.url("/in"))
    assert len(server.asked) == 6
    assert all("cookie" not in headers for _, _, headers in server.asked)


def test_what_a_server_says_never_gets_into_what_we_say(server: WebServer):
    server.routes["/"] = reply("<script>secret</script>", status=500, x_powered_by="secret")
    refusal(Net(("127.0.0.1",), limits=FAST), server.url())


def test_an_answer_before_the_answer_is_passed_over_but_not_without_end():
    def talk(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    with raw_server(talk) as port:
        assert Net(("127.0.0.1",), limits=FAST).get(f"http://127.0.0.1:{port}/").body == b"ok"

    def chatter(connection: socket.socket) -> None:
        connection.recv(4096)
        for _ in range(1000):
            connection.sendall(b"HTTP/1.1 102 Processing\r\n\r\n")

    with raw_server(chatter) as port:
        assert refusal(Net(("127.0.0.1",), limits=FAST), f"http://127.0.0.1:{port}/").code == "cut-short"


def test_the_listener_of_these_tests_does_notice(listener: Listener):
    """What proves that nothing arrived must be able to prove that something did."""
    with pytest.raises(Trouble):
        Net(("127.0.0.1",), limits=FAST).get(f"http://127.0.0.1:{listener.port}/")
    assert listener.arrived == ["127.0.0.1"]

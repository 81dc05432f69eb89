"""Where the way out may go, and where it may not."""

from __future__ import annotations

import socket

import pytest
from support.web_server import WebServer, raw_server, redirect, reply, web_server

from catalog.errors import Trouble
from catalog.issues import say
from catalog.net import Limits, Net, World
from catalog.net.guard import is_odd, is_public, shown

FAST = Limits(connect=1, read=1, total=5, retries=0, interval=0)


@pytest.fixture
def server():
    with web_server() as server:
        yield server


def resolving(**names: str | list[str]):
    """A resolver for these names only; dots are written as underscores."""
    def resolve(host, port, *_):
        found = names.get(host.replace(".", "_"))
        if found is None:
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        return [(socket.AF_INET6 if ":" in ip else socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port))
                for ip in ([found] if isinstance(found, str) else found)]
    return resolve


def trouble(call, *args, **kwargs) -> Trouble:
    with pytest.raises(Trouble) as caught:
        call(*args, **kwargs)
    issue = caught.value.issue
    for language in ("vi", "en"):
        said = say(issue, language)
        assert said.what and said.mend and said.who
        assert "…" not in said.what, f"{issue.code} names a fact that is not there: {said.what}"
    return caught.value


def code(call, *args, **kwargs) -> str:
    return trouble(call, *args, **kwargs).issue.code


@pytest.mark.parametrize("url", ["file:///etc/passwd", "gopher://example.vn/", "ftp://example.vn/a.csv", "javascript:alert(1)", "data:,x"])
def test_only_http_and_https_are_followed(url):
    assert code(Net().get, url) == "url-not-http"


@pytest.mark.parametrize("url", ["", "http://", "http:///a", "http://[::1", "http://so y te.vn/", "http://a:99999/", "https://" + "a" * 64 + ".vn/", "http://①②⑦.⓪.⓪.①/", 7])
def test_what_is_no_address_is_said_to_be_none(url):
    assert code(Net().get, url) in {"url-broken", "url-not-http", "host-unknown"}


@pytest.mark.parametrize("address", [
    "127.0.0.1", "127.9.9.9", "10.0.0.1", "172.16.5.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
    "239.1.1.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1",
    "ff02::1", "fec0::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::", "2001:db8::1", "no address"])
def test_addresses_that_are_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "203.162.4.190", "2001:ee0::1", "64:ff9b::808:808"])
def test_addresses_that_are_public(address):
    assert is_public(address)


@pytest.mark.parametrize("host", ["0x7f.1", "2130706433", "127.1", "0177.0.0.1", "0x7f000001", "127.0.0.1.", "1.2.3.0x4", "8.8.8.8.8"])
def test_numeric_addresses_in_odd_spellings_are_refused(host):
    assert is_odd(host)
    assert code(Net().get, f"http://{host}/") == "address-odd"


def test_names_and_plain_addresses_are_not_odd():
    assert not any(map(is_odd, ("so-yte.vn", "127.0.0.1", "1.com", "0x7f.vn", "::1")))


@pytest.mark.parametrize("url", ["http://127.0.0.1/", "http://localhost/", "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://169.254.169.254/latest/"])
def test_private_addresses_are_refused(url):
    assert code(Net(limits=FAST).get, url) == "address-private"


def test_a_name_that_mixes_public_and_private_addresses_is_refused():
    net = Net(limits=FAST, world=World(resolve=resolving(mixed_vn=["8.8.8.8", "10.0.0.1"])))
    assert code(net.get, "http://mixed.vn/") == "address-private"


def test_an_unusual_port_is_refused_unless_allowed(server: WebServer):
    server.routes["/"] = reply("xin chào")
    world = World(resolve=resolving(data_vn="127.0.0.1"))
    assert code(Net(limits=FAST, world=world).get, server.url(host="data.vn")) == "port-refused"
    assert code(Net(("data.vn:1",), limits=FAST, world=world).get, server.url(host="data.vn")) == "port-refused"
    for entry in ("data.vn", f"data.vn:{server.server_port}", "DATA.VN"):
        assert Net((entry,), limits=FAST, world=world).get(server.url(host="data.vn")).body.decode() == "xin chào"


def test_the_vetted_address_is_connected_to_under_the_name_of_the_url(server: WebServer):
    server.routes["/"] = reply("ok")
    net = Net(("data.vn",), limits=FAST, world=World(resolve=resolving(data_vn="127.0.0.1")))
    net.get(server.url(host="data.vn"))
    assert server.asked[0][2]["host"] == f"data.vn:{server.server_port}"


def test_a_name_is_resolved_once_for_check_and_connection(server: WebServer):
    server.routes["/"] = reply("ok")
    asked = []

    def resolve(host, port, *_):
        asked.append(host)
        return resolving(data_vn="127.0.0.1")(host, port)

    Net(("data.vn",), limits=FAST, world=World(resolve=resolve)).get(server.url(host="data.vn"))
    assert asked == ["data.vn"]


def test_a_name_that_leads_inside_at_its_second_answer_is_refused_then():
    answers = iter(["8.8.8.8", "127.0.0.1"])
    net = Net(limits=FAST, world=World(resolve=lambda host, port, *_: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]))
    net.vet("http://rebind.vn/")
    assert code(net.get, "http://rebind.vn/") == "address-private"


def test_the_tls_name_is_that_of_the_url():
    hello = []

    def talk(connection):
        hello.append(connection.recv(4096))
        connection.sendall(b"this is not TLS at all\r\n\r\n")

    with raw_server(talk) as port:
        net = Net(("data.vn",), limits=FAST, world=World(resolve=resolving(data_vn="127.0.0.1")))
        assert code(net.get, f"https://data.vn:{port}/") == "tls-bad"
    assert b"data.vn" in hello[0]


@pytest.mark.parametrize("to", ["http://10.0.0.1/", "http://127.0.0.1:1/", "http://169.254.169.254/", "http://0x7f.1/", "http://[::1]/", "//localhost/"])
def test_a_redirect_to_a_private_address_is_refused(server: WebServer, to):
    server.routes["/"] = redirect(to)
    net = Net((f"data.vn:{server.server_port}",), limits=FAST, world=World(resolve=lambda host, port, *_: (
        resolving(data_vn="127.0.0.1")(host, port) if host == "data.vn" else socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM))))
    found = trouble(net.get, server.url(host="data.vn"))
    assert found.issue.code == "redirect-private"
    assert found.issue.place.url == server.url(host="data.vn")


@pytest.mark.parametrize("to", ["file:///etc/passwd", "ftp://x/"])
def test_a_redirect_to_something_else_than_a_web_address_is_refused(server: WebServer, to):
    server.routes["/"] = redirect(to)
    assert code(Net(("127.0.0.1",), limits=FAST).get, server.url()) == "redirect-broken"


def test_redirects_are_followed_five_times_and_no_more(server: WebServer):
    for n in range(7):
        server.routes[f"/{n}"] = redirect(f"/{n + 1}")
    server.routes["/5"] = reply("đến nơi")
    net = Net(("127.0.0.1",), limits=FAST)
    answer = net.get(server.url("/0"))
    assert (answer.body.decode(), answer.url) == ("đến nơi", server.url("/5"))
    server.routes["/5"] = redirect("/6")
    server.routes["/6"] = reply("quá xa")
    assert code(net.get, server.url("/0")) == "redirect-many"


def test_redirects_in_a_circle_are_named_so(server: WebServer):
    server.routes |= {"/a": redirect("/b"), "/b": redirect("/a")}
    assert code(Net(("127.0.0.1",), limits=FAST).get, server.url("/a")) == "redirect-loop"


def test_secrets_do_not_travel_to_another_host(server: WebServer):
    with web_server() as other:
        other.routes["/"] = reply("ok")
        server.routes |= {"/": redirect("/same"), "/same": redirect(other.url())}
        Net(("127.0.0.1",), limits=FAST).get(server.url(), headers={"Authorization": "k", "X-CKAN-API-Key": "k", "X-Own": "stays"})
        assert all(asked[2]["authorization"] == "k" for asked in server.asked)
        assert "authorization" not in other.asked[0][2]
        assert "x-ckan-api-key" not in other.asked[0][2]
        assert other.asked[0][2]["x-own"] == "stays"


def test_a_password_in_an_address_is_never_shown(server: WebServer):
    found = trouble(Net(("127.0.0.1",), limits=FAST).get, server.url("/none").replace("http://", "http://user:secret@"))
    assert found.issue.code == "http-status"
    assert "secret" not in str(found.issue.to_dict())
    assert shown("http://user:secret@host/a") == "http://host/a"


def test_proxies_and_netrc_of_the_environment_are_not_used(server: WebServer, monkeypatch, tmp_path):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login u password p\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    server.routes["/"] = reply("ok", set_cookie="a=b")
    net = Net(("127.0.0.1",), limits=FAST, contact="https://mo.example.vn")
    net.get(server.url())
    net.get(server.url())
    for _, _, headers in server.asked:
        assert "authorization" not in headers
        assert "cookie" not in headers
        assert "https://mo.example.vn" in headers["user-agent"]


def test_vetting_lets_a_host_pass_that_is_unknown_today():
    net = Net(limits=FAST, world=World(resolve=resolving(inside_vn="10.0.0.1", outside_vn="8.8.8.8")))
    net.vet("https://outside.vn/data.json")
    net.vet("https://not-yet.vn/data.json")
    assert code(net.vet, "http://inside.vn/") == "address-private"
    assert code(net.vet, "file:///etc/passwd") == "url-not-http"

"""A listing that falls short says so on one page, whatever the number of its pages; on every source that is walked before it is listed."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from support.library_answers import iso_19139
from support.sources import KINDS
from support.web_server import WebServer, reply

from catalog.net import Net
from harvesters import px_tree, remote_folder, web_folder
from harvesters.base import SourceSpec, every_page
from harvesters.connectors import connect

FILES = 205  # of three pages
V1 = "/api/v1/vi/dan-so"


def links(*names: str) -> str:
    return "<pre>" + "".join(f'<a href="{name}">{name}</a> 2024-09-30 10:00 12K\n' for name in names) + "</pre>"


def kept_out(kind: str, ending: str) -> Callable[..., SourceSpec]:
    """A web folder of which robots.txt keeps one file from us."""
    def serve(server: WebServer, monkeypatch: pytest.MonkeyPatch) -> SourceSpec:
        names = [f"bo-{n:03}.{ending}" for n in range(FILES + 1)]
        server.routes |= {"/f/": reply(links(*names)), "/robots.txt": reply("User-agent: *\nDisallow: /f/bo-000")}
        server.routes |= {f"/f/{name}": reply(iso_19139(name, "Bộ")) for name in names}
        return SourceSpec(name="nguon", url=server.url("/f/"))

    serve.__name__ = f"{kind}-kept-out"
    return serve


def maze(kind: str, ending: str) -> Callable[..., SourceSpec]:
    """A web folder with more folders in it than are followed."""
    def serve(server: WebServer, monkeypatch: pytest.MonkeyPatch) -> SourceSpec:
        monkeypatch.setattr(web_folder, "FOLDERS", 3)
        names = [f"bo-{n:03}.{ending}" for n in range(FILES - 2)]
        server.routes["/f/"] = reply(links(*names, *(f"{n}/" for n in range(5))))
        server.routes |= {f"/f/{n}/": reply(links(f"trong-{n}.{ending}")) for n in range(5)}
        server.routes |= {f"/f/{name}": reply(iso_19139(name, "Bộ")) for name in names}
        server.routes |= {f"/f/{n}/trong-{n}.{ending}": reply(iso_19139(f"trong-{n}", "Bộ")) for n in range(5)}
        return SourceSpec(name="nguon", url=server.url("/f/"), options={"recursive": "true"})

    serve.__name__ = f"{kind}-maze"
    return serve


def remote(kind: str) -> Callable[..., SourceSpec]:
    """A folder on another machine with more files in it than are listed."""
    def serve(server: WebServer, monkeypatch: pytest.MonkeyPatch) -> SourceSpec:
        monkeypatch.setattr(remote_folder, "ENTRIES", FILES - 1)
        return KINDS[kind].serve(server, [KINDS[kind].entry(n) for n in range(FILES)])

    serve.__name__ = f"{kind}-maze"
    return serve


def px_web(server: WebServer, monkeypatch: pytest.MonkeyPatch) -> SourceSpec:
    """A tree with more folders than are walked, each of which leads to more."""
    monkeypatch.setattr(px_tree, "FOLDERS", 2 * px_tree.AT_ONCE + 5)
    folders = [{"id": f"n{n}", "type": "l", "text": "Nhóm"} for n in range(50)]
    server.routes[V1] = reply(json.dumps(folders))
    for n in range(50):
        server.routes[f"{V1}/n{n}"] = reply(json.dumps([{"id": "sau", "type": "l"}, *({"id": f"T{t}.px", "type": "t", "text": "Bảng"} for t in range(5))]))
    return SourceSpec(name="nguon", url=server.url(V1))


SHORT = [("directory", kept_out("directory", "csv")), ("directory", maze("directory", "csv")), ("iso-folder", kept_out("iso-folder", "xml")),
         ("iso-folder", maze("iso-folder", "xml")), ("webdav", remote("webdav")), ("sftp", remote("sftp")), ("px-web", px_web)]


@pytest.mark.parametrize(("kind", "serve"), SHORT, ids=[serve.__name__ for _, serve in SHORT])
def test_a_listing_says_once_that_it_falls_short(server: WebServer, net: Net, monkeypatch, kind: str, serve):
    pages = list(every_page(connect(kind, serve(server, monkeypatch), net)))
    assert len(pages) == 3
    assert sum(len(page.items) for page in pages) >= FILES
    assert [page.shortfall is not None for page in pages].count(True) == 1


@pytest.mark.parametrize(("kind", "serve"), SHORT, ids=[serve.__name__ for _, serve in SHORT])
def test_what_is_read_anew_after_a_restart_does_not_keep_quiet(server: WebServer, net: Net, monkeypatch, kind: str, serve):
    spec = serve(server, monkeypatch)
    pages = [connect(kind, spec, net).page(None)]
    while pages[-1].cursor is not None:
        pages.append(connect(kind, spec, net).page(pages[-1].cursor))
    assert any(page.shortfall for page in pages)


def test_a_folder_that_leads_deeper_than_is_followed_does_not_make_what_lies_there_count_as_gone(server: WebServer, net: Net):
    for depth in range(12):
        server.routes["/f/" + "x/" * depth] = reply(links("x/", "a.csv"))
    page = connect("directory", SourceSpec(name="nguon", url=server.url("/f/"), options={"recursive": "true"}), net).page(None)
    assert (len(page.items), page.shortfall.code) == (web_folder.DEPTH + 1, "listing-incomplete")

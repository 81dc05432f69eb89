"""The agencies' endpoints: listings, files with conditional requests, a small CKAN, data.json, and one that is down."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import pytest

from demo.generate import generate
from demo.province import sources
from demo.serve import Endpoints


@pytest.fixture(scope="module")
def base(tmp_path_factory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("endpoints") / "province"
    generate(folder)
    with Endpoints(folder) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield server.base
        server.shutdown()
        thread.join()


def _get(url: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    request = urllib.request.Request(url, method=method, headers={name.replace("_", "-"): value for name, value in headers.items()})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, dict(error.headers), error.read()


@pytest.mark.parametrize("source", sources(), ids=lambda source: source.name)
def test_every_source_answers_as_it_is_meant_to(base, source):
    address = f"{base}{source.url}/api/3/action/package_list" if source.connector == "ckan" else base + source.url
    status, headers, body = _get(address)
    if source.agency == "ubnd-dat-do":
        assert status == 503
    elif source.agency == "so-xd":
        assert status == 200 and headers["Content-Type"].startswith("text/html") and body.startswith(b"<!doctype html>")
    else:
        assert status == 200, body
        if source.connector == "ckan":
            assert len(json.loads(body)["result"]) == len(source.datasets)
        elif source.connector == "dcat-us":
            assert len(json.loads(body)["dataset"]) == len(source.datasets)
        elif source.connector == "directory":
            assert all(quote(source.stem(dataset)) in body.decode() for dataset in source.datasets)


def test_every_file_that_a_catalogue_names_is_there_but_one(base):
    missing = []
    for source in sources():
        if source.agency == "so-xd" or source.connector not in ("ckan", "dcat-us"):
            continue
        if source.connector == "ckan":
            packages = json.loads(_get(f"{base}{source.url}/api/3/action/package_search?rows=100")[2])["result"]["results"]
            addresses = [resource["url"] for package in packages for resource in package["resources"]]
        else:
            entries = json.loads(_get(base + source.url)[2])["dataset"]
            addresses = [part.get("downloadURL") or part["accessURL"] for entry in entries for part in entry["distribution"]]
        assert all(address.startswith(base) for address in addresses)
        missing += [address for address in addresses if _get(address, "HEAD")[0] == 404]
    assert [address.rsplit("/", 1)[1] for address in missing] == ["co-so-xet-nghiem-duoc-cap-phep.csv"]


def test_a_file_that_is_held_is_not_sent_again(base):
    address = f"{base}/so-nv/don-vi-hanh-chinh-tinh-ba-ria-vung-tau-nam-2023.csv"
    status, headers, body = _get(address)
    assert (status, headers["Last-Modified"]) == (200, "Mon, 15 Jan 2024 01:00:00 GMT")
    assert body.startswith(b"ma_tinh,")
    assert _get(address, If_None_Match=headers["ETag"])[0] == 304
    assert _get(address, If_Modified_Since=headers["Last-Modified"])[0] == 304
    assert _get(address, If_Modified_Since="Mon, 01 Jan 2024 00:00:00 GMT")[0] == 200
    assert _get(address, If_None_Match='"another"')[0] == 200
    assert _get(address, "HEAD")[2] == b""


def test_the_portal_pages_and_sorts(base):
    first = json.loads(_get(f"{base}/so-yt/api/3/action/package_search?rows=4&start=0&sort=name%20asc")[2])["result"]
    rest = json.loads(_get(f"{base}/so-yt/api/3/action/package_search?rows=4&start=4&sort=name%20asc")[2])["result"]
    names = [package["name"] for package in first["results"] + rest["results"]]
    assert first["count"] == 6 and names == sorted(names) and len(set(names)) == 6
    shown = json.loads(_get(f"{base}/so-yt/api/3/action/package_show?id={names[0]}")[2])
    assert shown["success"] and shown["result"]["name"] == names[0]


def test_what_the_portal_does_not_know_it_says_in_ckans_words(base):
    status, _, body = _get(f"{base}/so-yt/api/3/action/package_show?id=nothing")
    assert status == 404 and json.loads(body)["success"] is False
    assert _get(f"{base}/so-yt/api/3/action/package_delete")[0] == 400
    assert _get(f"{base}/so-yt/api/3/action/package_search?rows=x")[0] == 409


@pytest.mark.parametrize("path", ["/../register.csv", "/so-yt/%2e%2e/%2e%2e/secret", "/so-yt/ckan.json", "/nothing", "/so-dl/tep/nothing.csv"])
def test_nothing_else_is_served(base, path):
    assert _get(base + path)[0] == 404


def test_the_command_serves_in_a_process_of_its_own(tmp_path):
    (tmp_path / "so-yt").mkdir()
    (tmp_path / "so-yt" / "a.csv").write_text("a\n1\n")
    code = ("import sys, demo.serve as s\n"
            "from pathlib import Path\n"
            "e = s.Endpoints(Path(sys.argv[1])); print(e.base, flush=True); e.serve_forever()")
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env, cwd=tmp_path) as process:
        try:
            assert _get(process.stdout.readline().decode().strip() + "/so-yt/a.csv")[2] == b"a\n1\n"
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                assert process.communicate(timeout=10) == (b"", b""), "nothing is printed but errors"

"""The MCP server: the official client shakes hands over HTTP, finds tools that only read, and calls each of them."""

from __future__ import annotations

import contextlib
import json
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import anyio
import pytest
import requests
import uvicorn
from mcp.client import Client
from sqlalchemy import select
from support.exchanging import ODD, fill
from support.harvesting import environment
from support.ports import free_port
from support.published import sow
from support.publishing import publish

from catalog.models import Dataset, Version
from catalog.search import note_change
from web.mcp import make_app
from web.mcp.tools import Tools


@contextmanager
def serving(site) -> Iterator[str]:
    """The server on a free port of loopback."""
    server = uvicorn.Server(uvicorn.Config(make_app(site, "127.0.0.1", 0), host="127.0.0.1", port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started:
        assert time.monotonic() < deadline, "the server did not start"
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/mcp"
    finally:
        server.should_exit = True
        thread.join(10)


def ask(url: str, tool: str, **arguments: Any) -> Any:
    """One call by the official client; the structured answer, or the words of the error."""
    async def talk() -> Any:
        async with Client(url) as client:
            answer = await client.call_tool(tool, arguments)
            text = "".join(part.text for part in answer.content if part.type == "text")
            return text if answer.is_error else answer.structured_content or json.loads(text)

    return anyio.run(talk)


@pytest.fixture
def filled(site) -> Iterator[str]:
    fill(site)
    with serving(site) as url:
        yield url


def test_the_handshake_names_the_server_and_tools_that_only_read(filled):
    async def talk() -> Any:
        async with Client(filled) as client:
            return client.server_info, (await client.list_tools()).tools

    info, tools = anyio.run(talk)
    assert info.name == "haidang"
    assert {tool.name for tool in tools} == {"search_datasets", "get_dataset", "preview_table", "list_schemas", "get_schema", "get_agency",
                                             "participation", "why_refused"}
    for tool in tools:
        assert tool.annotations.read_only_hint and not tool.annotations.destructive_hint
        assert tool.description and tool.input_schema["type"] == "object"


def test_datasets_are_searched_and_described(filled):
    found = ask(filled, "search_datasets", query="phong kham")
    assert [(one["name"], one["illustrative"]) for one in found["results"]] == [("phong-kham", True)]
    assert ask(filled, "search_datasets", theme="hanh-chinh")["results"][0]["name"] == "du-lieu-xau"
    assert ask(filled, "search_datasets", organization='x" OR *:*')["count"] == 0
    assert ask(filled, "search_datasets", rows=-3)["results"] == []
    assert ask(filled, "get_dataset", name="phong-kham")["title"] == "Phòng khám tư nhân"
    assert "<script>" in ask(filled, "get_dataset", name="du-lieu-xau")["title"]  # as it was given: JSON, not a page
    assert ask(filled, "search_datasets", query=ODD)["count"] >= 0


def test_schemas_and_participation_are_told(filled):
    assert "truong-hoc" in [schema["name"] for schema in ask(filled, "list_schemas")["schemas"]]
    assert ask(filled, "get_schema", name="truong-hoc")["fields"]
    figure = ask(filled, "participation")
    assert (figure["fraction"], figure["as_of"], len(figure["agencies"])) == ("0/3", "2024-09-30", 3)
    assert ask(filled, "participation", as_of="2023-10-01")["fraction"] == "0/0"
    assert ask(filled, "get_agency", name="so-y-te")["participation"]["slug"] == "so-y-te"


@pytest.mark.parametrize(("tool", "arguments"), [
    ("get_dataset", {"name": "khong-co"}), ("preview_table", {"dataset": "phong-kham"}), ("get_schema", {"name": "../x"}),
    ("get_agency", {"name": "khong-co"}), ("participation", {"as_of": "hôm qua"}), ("why_refused", {"dataset": "khong-co"})])
def test_what_is_not_there_is_said_in_words(filled, tool, arguments):
    said = ask(filled, tool, **arguments)
    assert isinstance(said, str) and "Traceback" not in said and len(said) > 20


WRONG = {
    "search_datasets": [({"query": 5}, "query must be text"), ({"rows": "mười"}, "rows must be a whole number"), ({"organisation": "x"}, "no parameter organisation"),
                        ({"organization": "x" * 200_000}, "longer than")],
    "get_dataset": [({}, "name is missing"), ({"name": None}, "name must be text"), ({"name": "\0"}, "Not there"), ({"name": "x" * 200_000}, "Not there")],
    "preview_table": [({"dataset": "phong-kham", "offset": 1.5}, "offset must be a whole number"), ({"dataset": "phong-kham", "offset": 10**30}, "holds no table")],
    "list_schemas": [({"name": "x"}, "no parameter name")],
    "get_schema": [({"name": ["truong-hoc"]}, "name must be text"), ({"name": "\0"}, "no such schema")],
    "get_agency": [({"name": {}}, "name must be text"), ({"name": "\0"}, "Not there")],
    "participation": [({"only_lagging": "có lẽ"}, "only_lagging must be true or false"), ({"as_of": "9" * 100_000}, "must be written like")],
    "why_refused": [({"dataset": 1}, "dataset must be text"), ({"dataset": "\0"}, "no such dataset")],
    "drop_table": [({}, "There is no tool drop_table"), ({"x" * 1000: 1}, "There is no tool")],
}


def test_bad_arguments_and_unknown_tools_are_refused_in_words(filled):
    async def talk() -> dict[str, list[Any]]:
        async with Client(filled) as client:
            assert set(WRONG) == {tool.name for tool in (await client.list_tools()).tools} | {"drop_table"}
            return {tool: [await client.call_tool(tool, arguments) for arguments, _ in wrong] for tool, wrong in WRONG.items()}

    answers = anyio.run(talk)
    for tool, wrong in WRONG.items():
        for answer, (_, said) in zip(answers[tool], wrong, strict=True):
            [part] = answer.content
            assert answer.is_error and said in part.text and len(part.text) < 1_000, part.text
            assert not any(word in part.text for word in ("Traceback", "pydantic", "Error executing"))


def test_a_mistake_of_ours_is_a_reference_number(filled, monkeypatch, caplog):
    monkeypatch.setattr(Tools, "_dataset", lambda *_, **__: 1 // 0)
    said = ask(filled, "preview_table", dataset="x")
    [reference] = re.findall(r"the reference (\w{8})\.", said)
    assert "division" not in said and reference in caplog.text


def test_what_is_no_call_is_refused(filled):
    headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    for body, status in ((b"x", 400), (b"[" * 100_000, 400), (b'{"jsonrpc": "2.0", "id": 1, "method": "' + b"x" * 300_000 + b'"}', 413)):
        answer = requests.post(filled, data=body, headers=headers, timeout=10)
        assert (answer.status_code, "Traceback" in answer.text) == (status, False)


def test_a_table_is_looked_into_and_a_refusal_explained_without_what_is_private(site, tmp_path):
    sown = sow(site, tmp_path)
    with site.writing() as session:
        version = session.scalars(select(Version).where(Version.resource_id == sown.resource, Version.number == 3)).one()
        report = json.loads(site.files.get(version.report_sha256))
        report["haidang"]["issues"].append({"code": "title-missing", "place": {}, "facts": {"identifier": "bo-1"}})
        version.report_sha256 = site.files.put_bytes(json.dumps(report).encode())
    with serving(site) as url:
        table = ask(url, "preview_table", dataset="tuyen-xe-buyt", rows=2)
        assert (table["total"], len(table["rows"]), table["fields"][0]["name"]) == (3, 2, "ma_tuyen")
        refused = ask(url, "why_refused", dataset="tuyen-xe-buyt")
        [file] = refused["files"]
        assert (file["state"], file["version"], file["live_version"]) == ("refused", 3, 2)
        assert [cause["code"] for cause in file["causes"]] == ["no-such-code", "title-missing"]
        assert file["causes"][1]["vi"]["what"] and file["causes"][1]["en"]["mend"] and file["causes"][1]["who_must_act"] == "agency"
        assert "079201001234" not in json.dumps(refused)
        assert refused["open_issues"]


def test_what_is_not_public_is_not_there(site, tmp_path):
    sown = sow(site, tmp_path)
    private = publish(site, name="kin", owner_org=sown.agency, private=True)["id"]
    with site.writing() as session:
        session.get_one(Dataset, sown.dataset).state = "draft"
        note_change(session, sown.dataset, site.clock.now())
    with serving(site) as url:
        for tool, key in (("get_dataset", "name"), ("preview_table", "dataset")):
            for name in ("tuyen-xe-buyt", sown.dataset, "kin", private):
                assert "Không có" in ask(url, tool, **{key: name})
        assert "Không có" in ask(url, "why_refused", dataset="kin")
        assert "tuyen-xe-buyt" not in json.dumps(ask(url, "search_datasets"))
        assert ask(url, "why_refused", dataset="tuyen-xe-buyt")["files"]  # harvested and refused: the reports are public, as on the pages
        with site.writing() as session:
            session.get_one(Dataset, sown.dataset).source_id = None  # what somebody is still writing
        assert "Không có" in ask(url, "why_refused", dataset="tuyen-xe-buyt")


def test_a_page_under_a_made_up_name_reaches_nothing(filled):
    answer = requests.post(filled, json={}, headers={"Host": "evil.test"}, timeout=10)
    assert answer.status_code == 421
    assert requests.post(filled, json={}, headers={"Origin": "http://evil.test"}, timeout=10).status_code == 403


def test_the_command_serves_it_until_it_is_told_to_stop(settings):
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "catalog", "mcp", "--port", str(port)], env=environment(settings), cwd=settings.var,
                               stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr.readline() == f"MCP: http://127.0.0.1:{port}/mcp\n"
        deadline = time.monotonic() + 30
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            assert process.poll() is None and time.monotonic() < deadline
            time.sleep(0.05)
        assert ask(f"http://127.0.0.1:{port}/mcp", "participation")["fraction"] == "0/0"
    finally:
        process.terminate()
        assert process.wait(15) in (0, -15)
        process.stderr.close()

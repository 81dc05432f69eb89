"""The real `ckanapi`, as a library and as a command, over HTTP: what is dumped can be loaded, what is sent comes back the same."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import ckanapi
import pytest
import requests
from support.publishing import call, furnish
from werkzeug.serving import make_server

from catalog.accounts import add_account
from catalog.tokens import add_token
from web import create_app


@pytest.fixture
def furnished(site):
    furnish(site)
    return site


@pytest.fixture
def tokens(furnished) -> dict[str, str]:
    """Tokens of a system administrator, and of an editor of Sở Y tế."""
    with furnished.writing() as session:
        now = furnished.clock.now()
        made = {name: add_token(session, "t", now, account_id=add_account(session, name, now, sysadmin=name == "root").id).secret
                for name in ("root", "jane")}
    call(furnished, "organization_member_create", user="tester", id="so-y-te", username="jane", role="editor")
    return made


@pytest.fixture
def address(furnished):
    """The address of the site, really served."""
    server = make_server("127.0.0.1", 0, create_app(furnished), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def editor(address, tokens):
    with ckanapi.RemoteCKAN(address, apikey=tokens["jane"]) as client:
        yield client


@pytest.fixture
def root(address, tokens):
    with ckanapi.RemoteCKAN(address, apikey=tokens["root"]) as client:
        yield client


def command(*arguments: str, sent: str = "") -> str:
    """What the command `ckanapi`, which starts workers of its own by name, prints."""
    here = Path(sys.executable).parent
    done = subprocess.run([here / "ckanapi", *arguments], input=sent.encode(), capture_output=True, timeout=120, check=False,
                          env={**os.environ, "PATH": f"{here}{os.pathsep}{os.environ['PATH']}"})
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def test_what_the_command_dumps_it_loads_again_unchanged(address, tokens, editor, tmp_path):
    made = [editor.action.package_create(name=f"bo-{n}", title=f"Bộ {n}", owner_org="so-y-te", tags=[{"name": "y tế"}], groups=[{"name": "y-te"}],
                                         extras=[{"key": "k", "value": str(n)}], resources=[{"url": f"http://x/{n}.csv", "name": "tệp"}]) for n in range(3)]
    dumped = command("dump", "datasets", "--all", "-r", address, "-a", tokens["root"], "-p", "1")
    lines = [json.loads(line) for line in dumped.splitlines()]
    assert {line["name"]: line for line in lines if line["name"].startswith("bo-")} == {package["name"]: package for package in made}
    for package in made:
        editor.action.package_delete(id=package["id"])
    command("load", "datasets", "-r", address, "-a", tokens["root"], "-p", "1", "-q", sent=dumped)
    again = {name: editor.action.package_show(id=name) for name in ("bo-0", "bo-1", "bo-2")}
    changing = {"metadata_modified"}
    assert [{key: value for key, value in again[package["name"]].items() if key not in changing} for package in made] == [
        {key: value for key, value in package.items() if key not in changing} for package in made]


def test_organizations_groups_and_users_go_the_same_way(address, tokens, root):
    root.action.organization_create(name="hoi-nha-bao", title="Hội Nhà báo", description="**x**", extras=[{"key": "a", "value": "1"}],
                                    users=[{"name": "jane", "capacity": "editor"}])
    for what, name in (("organizations", "hoi-nha-bao"), ("groups", "du-lich"), ("users", "jane")):
        dumped = command("dump", what, name, "-r", address, "-a", tokens["root"], "-p", "1")
        entry = json.loads(dumped)
        assert entry["name"] == name
        command("load", what, "-r", address, "-a", tokens["root"], "-p", "1", "-q", sent=dumped)
        assert json.loads(command("dump", what, name, "-r", address, "-a", tokens["root"], "-p", "1"))["id"] == entry["id"]


def test_bytes_that_are_sent_come_back_the_same(address, editor, furnished):
    editor.action.package_create(name="co-tep", owner_org="so-y-te")
    sent = "\ufeffMã;Tên\r\n1;Đường Lê Lợi\r\n".encode()
    made = editor.action.resource_create(package_id="co-tep", name="Bảng kê", format="csv", upload=("Bảng kê số 1.CSV", io.BytesIO(sent)))
    assert (made["url_type"], made["size"], made["mimetype"], made["format"]) == ("upload", len(sent), "text/csv", "CSV")
    assert made["url"] == f"http://haidang.test/dataset/{made['package_id']}/resource/{made['id']}/download/bang-ke-so-1.csv"
    got = requests.get(made["url"].replace("http://haidang.test", address), timeout=10)
    assert (got.status_code, got.content) == (200, sent)

    assert made["validation_status"] == "valid"
    every_byte = bytes(range(256))
    other = editor.action.resource_create(package_id="co-tep", name="Ảnh", upload=("anh.bin", io.BytesIO(every_byte)))
    assert requests.get(other["url"].replace("http://haidang.test", address), timeout=10).content == every_byte

    newer = editor.action.resource_update(id=made["id"], upload=("b.csv", io.BytesIO(b"a\n1\n")))
    assert (newer["size"], newer["version"], newer["name"]) == (4, 2, "Bảng kê")
    got = requests.get(newer["url"].replace("http://haidang.test", address), timeout=10)
    assert got.content == b"a\n1\n"
    assert furnished.files.get(made["hash"]) == sent  # the earlier version stays

    linked = editor.action.resource_patch(id=made["id"], url="https://noi-khac.example/b.csv")
    assert (linked["url"], linked["url_type"]) == ("https://noi-khac.example/b.csv", None)


PEOPLE = "Họ tên,Số CCCD,Điện thoại\n" + "".join(
    f"Nguyễn Văn {letter},0792010{number:05},09{number:08}\n" for number, letter in enumerate("ABCDEGHIKL", start=12345))


@pytest.mark.parametrize(("name", "sent", "vi", "en"), [
    ("dan.csv", PEOPLE, "căn cước công dân", "identity number"), ("dan.csv", "a,b\n1,2,3\n4\n", "dòng", "row"), ("bang.xlsx", "không phải XLSX", "tệp", "file"),
])
def test_a_file_that_is_not_good_is_refused_in_words_and_what_was_live_stays(address, editor, furnished, name, sent, vi, en):
    editor.action.package_create(name="co-tep", owner_org="so-y-te")
    made = editor.action.resource_create(package_id="co-tep", name="Bảng", upload=("a.csv", io.BytesIO(b"a\n1\n")))
    before = sorted(path.name for path in Path(furnished.files.folder).rglob("*") if path.is_file())
    for action, given in (("resource_create", {"package_id": "co-tep"}), ("resource_update", {"id": made["id"]})):
        with pytest.raises(ckanapi.ValidationError) as refused:
            editor.call_action(action, given, files={"upload": (name, io.BytesIO(sent.encode()))})
        said = " ".join(refused.value.error_dict["upload"])
        assert vi.lower() in said.lower() and en.lower() in said.lower(), said
    assert [resource["version"] for resource in editor.action.package_show(id="co-tep")["resources"]] == [1]
    assert sorted(path.name for path in Path(furnished.files.folder).rglob("*") if path.is_file()) == before


def test_a_file_that_nobody_may_send_is_not_kept(address, furnished):
    with ckanapi.RemoteCKAN(address) as nobody, pytest.raises(ckanapi.NotAuthorized):
        nobody.action.resource_create(package_id="zz-tieng-on-1", upload=("a.csv", io.BytesIO(b"x" * 1000)))
    assert not [path for path in Path(furnished.files.folder).rglob("*") if path.is_file()]


@pytest.mark.parametrize("action", ["resource_create", "resource_update", "resource_patch"])
def test_a_file_for_what_is_anothers_is_not_kept(editor, root, furnished, action):
    made = root.action.resource_create(package_id="zz-tieng-on-1", url="http://x/a.csv")
    for given, refusal in (({"package_id": "zz-tieng-on-1", "id": made["id"]}, ckanapi.NotAuthorized), ({"package_id": "khong-co", "id": "khong-co"}, ckanapi.NotFound)):
        given = {"package_id": given["package_id"]} if action == "resource_create" else {"id": given["id"]}
        with pytest.raises(refusal):
            editor.call_action(action, given, files={"upload": ("a.csv", io.BytesIO(b"a\n1\n"))})
    assert not [path for path in Path(furnished.files.folder).rglob("*") if path.is_file()]


def test_a_file_for_an_action_that_takes_none_is_not_kept(editor, furnished):
    assert editor.call_action("follow_dataset", {"id": "zz-tieng-on-1"}, files={"upload": ("a.csv", io.BytesIO(b"a\n1\n"))})["object_id"]
    assert not [path for path in Path(furnished.files.folder).rglob("*") if path.is_file()]


def test_searching_deleting_and_purging(editor, root):
    editor.action.package_create(name="mat", title="Mật ong rừng", owner_org="so-y-te", private=True)
    assert editor.action.package_search(q="mat ong")["count"] == 0
    assert [found["name"] for found in editor.action.package_search(q="mat ong", include_private=True)["results"]] == ["mat"]
    editor.action.package_patch(id="mat", private=False)
    assert editor.action.package_search(q="mật ong")["count"] == 1
    editor.action.package_delete(id="mat")
    assert editor.action.package_search(q="mat ong", include_private=True)["count"] == 0
    assert editor.action.package_show(id="mat")["state"] == "deleted"
    with pytest.raises(ckanapi.NotAuthorized):
        editor.action.dataset_purge(id="mat")
    root.action.dataset_purge(id="mat")
    with pytest.raises(ckanapi.NotFound):
        root.action.package_show(id="mat")


def test_an_editor_keeps_to_its_organization(editor, root):
    with pytest.raises(ckanapi.NotAuthorized, match="User jane not authorized to add dataset to this organization"):
        editor.action.package_create(name="cua-nguoi-khac", owner_org="so-du-lich")
    with pytest.raises(ckanapi.NotAuthorized):
        editor.action.package_patch(id="zz-tieng-on-1", title="x")
    own = editor.action.package_create(name="cua-toi", owner_org="so-y-te")
    with pytest.raises(ckanapi.ValidationError) as caught:
        editor.action.package_patch(id=own["id"], owner_org="so-du-lich")
    assert caught.value.error_dict["owner_org"] == ["You cannot add a dataset to this organization"]
    root.action.package_collaborator_create(id="zz-tieng-on-1", user_id="jane", capacity="editor")
    assert editor.action.package_patch(id="zz-tieng-on-1", title="Cùng làm")["title"] == "Cùng làm"
    assert [place["name"] for place in editor.action.organization_list_for_user(permission="create_dataset")] == ["so-y-te"]
    made = editor.action.api_token_create(user="jane", name="máy")
    editor.action.api_token_revoke(jti=made["id"])
    assert [token["name"] for token in editor.action.api_token_list(user_id="jane")] == ["t"]

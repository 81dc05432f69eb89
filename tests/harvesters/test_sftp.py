"""An SFTP folder is read from the right server only, below its own folder only, and whole; against a real server."""

from __future__ import annotations

import io
import json
import os
import socket

import paramiko
import pytest
from support.calling_off import ends_soon, patient
from support.harvesting import harvest
from support.seeding import add_source
from support.sftp_server import PASSWORD, USER, SftpServer, host_key, sftp_server
from support.sources import code_of

from catalog.errors import Trouble, UsageError
from catalog.models import Source
from catalog.net import Limits, Net
from catalog.source_secrets import sealed
from harvesters.base import SourceSpec, every_page
from harvesters.connectors import connect
from harvesters.sftp_session import fingerprint

GOOD = "ma,ten\nA1,Chợ Vũng Tàu\n".encode()
NAMES = ["chợ Bà Rịa.csv", "cho.csv", "năm 2024/quý 1/chợ.csv", "năm 2024/chợ.xlsx"]


@pytest.fixture
def sftp(tmp_path):
    """A server with data below /du-lieu, and something private beside it."""
    for name in NAMES:
        path = tmp_path / "may" / "du-lieu" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(GOOD)
    (tmp_path / "may" / "kin").mkdir()
    (tmp_path / "may" / "kin" / "kin.csv").write_bytes(b"bi mat\n1\n")
    with sftp_server(tmp_path / "may") as server:
        yield server


def source(sftp: SftpServer, path: str = "/du-lieu", secrets: dict[str, str] | None = None, **options: str) -> SourceSpec:
    return SourceSpec(name="nguon", url=sftp.url(path), secrets={"password": PASSWORD} if secrets is None else secrets,
                      options={"user": USER, "host_key": sftp.fingerprint, "recursive": "true", **options})


def listing(net: Net, spec: SourceSpec):
    pages = list(every_page(connect("sftp", spec, net)))
    return [item.identifier for page in pages for item in page.items], [issue.code for page in pages for issue in page.issues]


def fetched(net: Net, spec: SourceSpec, name: str, target, mark: str | None = None):
    connector = connect("sftp", spec, net)
    item = next(item for item in connector.page(None).items if item.identifier == name)
    return connector.make(connector.describe(item).resources[0].recipe, target, mark)


def test_every_file_below_the_folder_is_listed_whatever_its_letters(sftp, net):
    assert listing(net, source(sftp)) == (sorted(NAMES), [])
    assert listing(net, source(sftp, recursive="false")) == (["cho.csv", "chợ Bà Rịa.csv"], [])
    assert listing(net, source(sftp, "/du-lieu/n%C4%83m%202024", pattern="*.xlsx")) == (["chợ.xlsx"], [])


def test_a_file_comes_whole_and_is_not_fetched_again_while_its_mark_is_the_same(sftp, net, tmp_path):
    made = fetched(net, source(sftp), "năm 2024/quý 1/chợ.csv", tmp_path / "ra")
    assert (tmp_path / "ra").read_bytes() == GOOD
    assert made.filename == "chợ.csv"
    opened = len(sftp.opened)
    assert fetched(net, source(sftp), "năm 2024/quý 1/chợ.csv", tmp_path / "ra2", made.mark) is None
    assert len(sftp.opened) == opened
    (sftp.root / "du-lieu" / "năm 2024/quý 1/chợ.csv").write_bytes(GOOD * 2)
    assert fetched(net, source(sftp), "năm 2024/quý 1/chợ.csv", tmp_path / "ra3", made.mark).mark != made.mark
    assert (tmp_path / "ra3").read_bytes() == GOOD * 2


def test_a_large_file_comes_byte_for_byte(sftp, net, tmp_path):
    data = os.urandom(1 << 10) * 3000 + b"\x00\xff"
    (sftp.root / "du-lieu" / "lon.csv").write_bytes(data)
    fetched(net, source(sftp), "lon.csv", tmp_path / "ra")
    assert (tmp_path / "ra").read_bytes() == data


def test_a_metadata_file_speaks_for_the_files_beside_it(sftp, net):
    (sftp.root / "du-lieu" / "năm 2024" / "metadata.json").write_text(json.dumps({"chợ.xlsx": {"title": "Chợ 2024", "license": "cc-by"}}))
    connector = connect("sftp", source(sftp), net)
    records = {item.identifier: connector.describe(item) for item in connector.page(None).items}
    assert records["năm 2024/chợ.xlsx"].metadata["title"] == "Chợ 2024"
    assert records["năm 2024/chợ.xlsx"].resources[0].format == "XLSX"
    assert records["cho.csv"].metadata["title"] == "cho"
    assert "127.0.0.1" not in json.dumps(records["cho.csv"].to_dict())


def test_a_run_publishes_the_files_and_the_next_one_finds_nothing_new(site, sftp):
    source_id = add_source(site, url=sftp.url("/du-lieu"), connector="sftp", user=USER, host_key=sftp.fingerprint, pattern="*.csv", recursive="true")
    with site.writing() as session:
        session.get_one(Source, source_id).secrets = sealed(site.settings, source_id, {"password": PASSWORD})
    first, second = harvest(site), harvest(site)
    (sftp.root / "du-lieu" / "cho.csv").write_bytes(GOOD * 2)
    assert (first["counts"], second["counts"], harvest(site)["counts"]) == ({"created": 3}, {"unchanged": 3}, {"updated": 1, "unchanged": 2})


def test_a_server_with_another_key_gets_no_password(sftp, net):
    spec = source(sftp, host_key=fingerprint(host_key(1)))
    assert code_of(connect("sftp", spec, net).page, None) == "host-key-differs"
    assert sftp.passwords == []
    assert listing(net, source(sftp, host_key=f"{fingerprint(host_key(1))}, {sftp.fingerprint}="))[1] == []


@pytest.mark.parametrize("given", ["", "md5:00:11", "SHA256:abc", "AAAA", "SHA256:" + "A" * 43 + " x"])
def test_a_host_key_that_is_none_is_refused_by_name(net, given):
    with pytest.raises(UsageError, match="host_key"):
        connect("sftp", SourceSpec(name="x", url="sftp://127.0.0.1/", options={"user": "a", "host_key": given}), net)


def test_a_wrong_password_is_told_without_it(sftp, net):
    with pytest.raises(Trouble) as caught:
        connect("sftp", source(sftp, secrets={"password": "sai-mat-khau"}), net).page(None)
    assert caught.value.issue.code == "sign-in-refused"
    assert "sai-mat-khau" not in json.dumps(caught.value.issue.to_dict()) + repr(caught.value.__cause__)


def test_a_private_key_signs_in(sftp, net):
    sftp.user_key = paramiko.ECDSAKey.generate()
    text = io.StringIO()
    sftp.user_key.write_private_key(text, password="cau-mat-khau")
    assert listing(net, source(sftp, secrets={"private_key": text.getvalue(), "password": "cau-mat-khau"})) == (sorted(NAMES), [])
    other = io.StringIO()
    paramiko.ECDSAKey.generate().write_private_key(other)
    assert code_of(connect("sftp", source(sftp, secrets={"private_key": other.getvalue()}), net).page, None) == "sign-in-refused"
    with pytest.raises(UsageError) as caught:
        connect("sftp", source(sftp, secrets={"private_key": "khoa-khong-phai-khoa"}), net)
    assert "khoa-khong-phai-khoa" not in str(caught.value)


def test_links_in_circles_and_out_of_the_folder_lead_nowhere(sftp, net, tmp_path):
    data = sftp.root / "du-lieu"
    (data / "vong").symlink_to(data)
    (data / "ban-sao.csv").symlink_to(data / "cho.csv")
    (data / "ra-ngoai.csv").symlink_to(sftp.root / "kin" / "kin.csv")
    (data / "thu-muc-kin").symlink_to(sftp.root / "kin")
    (data / "gay.csv").symlink_to(data / "khong-co.csv")
    found, issues = listing(net, source(sftp))
    assert found == sorted([*NAMES, "ban-sao.csv"])
    assert sorted(issues) == ["folder-left", "folder-left", "remote-unreadable"]
    fetched(net, source(sftp), "ban-sao.csv", tmp_path / "ra")
    assert (tmp_path / "ra").read_bytes() == GOOD


def test_names_that_lead_elsewhere_are_issues_and_never_opened(sftp, net, tmp_path):
    sftp.lies["/du-lieu"] = ["../kin/kin.csv", "a/b.csv", "..\\x.csv"]
    found, issues = listing(net, source(sftp))
    assert (found, issues) == (sorted(NAMES), ["folder-left"] * 3)
    for path in ("../kin/kin.csv", "/etc/passwd", "a/../../kin/kin.csv", ""):
        assert code_of(connect("sftp", source(sftp), net).make, {"path": path}, tmp_path / "ra", None) == "folder-left"
    assert sftp.opened == []


def test_a_file_swapped_for_a_link_after_the_listing_is_not_followed(sftp, net, tmp_path):
    connector = connect("sftp", source(sftp), net)
    recipe = next(connector.describe(item) for item in connector.page(None).items if item.identifier == "cho.csv").resources[0].recipe
    (sftp.root / "du-lieu" / "cho.csv").unlink()
    (sftp.root / "du-lieu" / "cho.csv").symlink_to(sftp.root / "kin" / "kin.csv")
    assert code_of(connector.make, recipe, tmp_path / "ra", None) == "folder-left"
    assert not (tmp_path / "ra").exists()


def test_a_sub_folder_that_cannot_be_read_makes_the_listing_fall_short_and_a_root_ends_it(sftp, net):
    def page(spec: SourceSpec):
        return connect("sftp", spec, net).page(None)

    sftp.lies["/du-lieu"] = []
    assert page(source(sftp)).shortfall is None
    assert code_of(page, source(sftp, "/khong-co")) == "remote-unreadable"
    (sftp.root / "du-lieu" / os.fsdecode(b"n\xe3m")).mkdir()
    broken = code_of(page, source(sftp))
    assert broken == "remote-unreadable"


def test_folders_without_end_fall_short_and_say_so(sftp, net):
    deep = sftp.root / "du-lieu"
    for number in range(20):
        deep = deep / f"{number:02}"
        deep.mkdir()
        (deep / "x.csv").write_bytes(GOOD)
    page = connect("sftp", source(sftp), net).page(None)
    assert page.shortfall.code == "folder-a-maze"
    assert len(page.items) == len(NAMES) + 12


def test_a_file_that_cannot_be_had_whole_is_an_issue_and_leaves_nothing(sftp, net, tmp_path):
    (sftp.root / "du-lieu" / "cho.csv").write_bytes(b"x" * 500_000)
    connector = connect("sftp", source(sftp), net)
    recipe = next(connector.describe(item) for item in connector.page(None).items if item.identifier == "cho.csv").resources[0].recipe
    sftp.cut_after = 200_000
    assert code_of(connector.make, recipe, tmp_path / "ra", None) in {"cut-short", "remote-unreadable"}
    sftp.cut_after = None
    small = Net(("127.0.0.1",), limits=Limits(max_download=1000, read=2, retries=0))
    assert code_of(connect("sftp", source(sftp), small).make, recipe, tmp_path / "ra", None) == "too-large"
    (sftp.root / "du-lieu" / "cho.csv").unlink()
    assert code_of(connector.make, recipe, tmp_path / "ra", None) == "remote-unreadable"
    assert list(tmp_path.glob("*ra*")) == []


def test_addresses_are_vetted_like_those_of_the_web(sftp):
    def vet(url: str, *allowed: str) -> str:
        return code_of(connect("sftp", SourceSpec(name="x", url=url, options={"user": "a", "host_key": sftp.fingerprint}), Net(allowed)).vet)

    assert vet("sftp://127.0.0.1/") == "address-private"
    assert vet("sftp://[::ffff:127.0.0.1]/") == "address-private"
    assert vet("sftp://2130706433/") == "address-odd"
    assert vet("sftp://8.8.8.8:2222/") == "port-refused"
    assert vet("sftp://8.8.8.8:x/") == "url-broken"
    assert vet("sftp:///du-lieu") == "url-broken"
    assert vet("file:///etc") == "url-of-another-scheme"
    with pytest.raises(UsageError):
        connect("sftp", SourceSpec(name="x", url="sftp://a:b@127.0.0.1/", options={"user": "a", "host_key": sftp.fingerprint}), Net())


def test_who_is_no_sftp_server_or_not_there_is_told(net):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"sftp://127.0.0.1:{silent.getsockname()[1]}/"
        spec = SourceSpec(name="x", url=url, options={"user": "a", "host_key": "SHA256:" + "A" * 43})
        quick = Net(("127.0.0.1",), limits=Limits(connect=1, read=0.3, retries=0))
        assert code_of(connect("sftp", spec, quick).page, None) in {"time-out", "cut-short"}
    assert code_of(connect("sftp", spec, net).page, None) == "host-unreachable"


def test_a_listing_or_a_file_that_is_called_off_ends_within_seconds(sftp, tmp_path):
    net = patient()
    connector = connect("sftp", source(sftp), net)
    recipe = connector.describe(connector.page(None).items[0]).resources[0].recipe
    sftp.silent_at = f"/du-lieu/{recipe['path']}"
    assert ends_soon(net, sftp.fell_silent.is_set, connector.make, recipe, tmp_path / "ra", None)
    assert list(tmp_path.glob("*ra*")) == []
    sftp.silent_at = "/du-lieu/năm 2024"
    sftp.fell_silent.clear()
    assert ends_soon(net, sftp.fell_silent.is_set, connect("sftp", source(sftp), net).page, None)

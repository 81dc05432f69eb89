"""The file store, on a folder and on a real S3 server."""

from __future__ import annotations

import hashlib
import os

import pytest
from support.s3_server import KEYS

from catalog.errors import Trouble, UsageError
from catalog.files import Files, hash_file, key_of, open_files

NOTHING = "0" * 64


@pytest.fixture(params=["folder", "s3"])
def files(request, tmp_path, monkeypatch) -> Files:
    """An empty store of each kind."""
    if request.param == "folder":
        return open_files(f"file://{tmp_path / 'kho tệp'}", tmp_path / "cache")
    endpoint = request.getfixturevalue("s3_endpoint")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEYS[0])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", KEYS[1])
    return open_files(f"s3://kho/{tmp_path.name}?endpoint={endpoint}", tmp_path / "cache")


def code(call, *args) -> str:
    with pytest.raises(Trouble) as caught:
        call(*args)
    return caught.value.issue.code


def test_what_is_put_comes_back_by_its_hash(files: Files, tmp_path):
    data = "mã,tên\n1,Vũng Tàu\n".encode() * 1000
    source = tmp_path / "nguồn.csv"
    source.write_bytes(data)
    sha256 = files.put(source)
    assert sha256 == hashlib.sha256(data).hexdigest() == hash_file(source)
    assert files.get(sha256) == b"".join(files.stream(sha256)) == files.path(sha256).read_bytes() == data
    assert (files.exists(sha256), files.size(sha256)) == (True, len(data))


def test_putting_again_changes_nothing(files: Files, tmp_path):
    sha256 = files.put_bytes(b"one")
    (tmp_path / "one").write_bytes(b"one")
    assert files.put(tmp_path / "one") == files.put_bytes(b"one") == sha256
    assert files.get(sha256) == b"one"


def test_an_empty_file_is_a_file(files: Files, tmp_path):
    (tmp_path / "empty").touch()
    assert files.get(files.put(tmp_path / "empty")) == b""


def test_a_large_file_goes_in_parts_and_comes_in_pieces(files: Files, tmp_path):
    source = tmp_path / "large"
    source.write_bytes(os.urandom(12 << 20))
    sha256 = files.put(source)
    pieces = list(files.stream(sha256))
    assert len(pieces) > 1
    assert hashlib.sha256(b"".join(pieces)).hexdigest() == sha256
    assert hash_file(files.path(sha256)) == sha256


def test_what_is_not_there_is_said_to_be_missing(files: Files):
    assert not files.exists(NOTHING)
    assert {code(files.get, NOTHING), code(files.size, NOTHING), code(files.path, NOTHING), code(list, files.stream(NOTHING))} == {"file-missing"}


@pytest.mark.parametrize("key", ["", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 64 + "\n"])
def test_nothing_but_a_hash_is_a_key(key):
    with pytest.raises(ValueError, match="SHA-256"):
        key_of(key)


def test_keys_are_spread_over_folders(tmp_path):
    files = open_files(f"file://{tmp_path}/store", tmp_path / "cache")
    sha256 = files.put_bytes(b"x")
    assert files.path(sha256) == tmp_path / "store" / sha256[:2] / sha256[2:4] / sha256
    assert [path.name for path in (tmp_path / "store").rglob("*") if path.is_file()] == [sha256], "nothing unfinished is left"


def test_a_damaged_object_is_not_given_out(tmp_path):
    files = open_files(f"file://{tmp_path}/store", tmp_path / "cache")
    sha256 = files.put_bytes(b"true")
    files.path(sha256).write_bytes(b"fake")
    assert code(files.get, sha256) == "file-damaged"


def test_a_copy_of_a_remote_object_is_kept_and_checked(s3_endpoint, tmp_path, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEYS[0])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", KEYS[1])
    files = open_files(f"s3://kho/copies?endpoint={s3_endpoint}", tmp_path / "cache")
    sha256 = files.put_bytes(b"remote")
    path = files.path(sha256)
    assert path == tmp_path / "cache" / key_of(sha256)
    assert files.path(sha256) == path
    assert [p.name for p in (tmp_path / "cache").rglob("*") if p.is_file()] == [sha256]


def test_wrong_keys_are_refused_in_words(s3_endpoint, tmp_path, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEYS[0])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    files = open_files(f"s3://kho/x?endpoint={s3_endpoint}", tmp_path / "cache")
    assert code(files.put_bytes, b"x") == "storage-failed"


@pytest.mark.parametrize("url", ["", "/var/files", "http://a/b", "file://other-host/a", "file:relative", "s3://", "s3://kho?endpiont=http://x"])
def test_a_setting_that_names_no_store_is_refused(url, tmp_path):
    with pytest.raises(UsageError):
        open_files(url, tmp_path)


def test_a_part_apart_is_emptied_without_touching_what_is_kept_for_good(tmp_path):
    files = open_files(f"file://{tmp_path / 'store'}", tmp_path / "cache")
    apart = files.beside("drafts/one")
    kept, gone = files.put_bytes(b"same"), apart.put_bytes(b"same")
    assert kept == gone and apart.get(gone) == b"same" and not files.beside("drafts/two").exists(gone)
    apart.forget(gone)
    apart.forget(gone)
    assert not apart.exists(gone) and files.get(kept) == b"same"
    with pytest.raises(ValueError, match="for good"):
        files.forget(kept)

"""Packed files: unpacked as Python's own modules do, refused where they refuse."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.validation.streams import BROKEN, PACKED, open_packed, open_plain

TEXT = b"ma,ten\n" + b"1,Vung Tau\n" * 3000


def packed(packing: str, data: bytes = TEXT) -> bytes:
    if packing != "zip":
        return {"gz": gzip, "bz2": bz2, "xz": lzma}[packing].compress(data)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("first.csv", data)
        archive.writestr("second.csv", b"other")
    return buffer.getvalue()


def content(path, packing: str, entry: str = "", size: int = 1000) -> bytes:
    with open_packed(path, packing, entry) as stream:
        return b"".join(iter(lambda: stream.read(size), b""))


@pytest.mark.parametrize("packing", PACKED)
def test_what_was_packed_comes_out(packing, tmp_path):
    path = tmp_path / "file"
    path.write_bytes(packed(packing))
    assert content(path, packing) == TEXT


@pytest.mark.parametrize("packing", PACKED)
def test_a_file_cut_short_or_of_another_kind_is_broken(packing, tmp_path):
    path = tmp_path / "file"
    for data in (packed(packing)[:-20], b"a,b\n1,2\n"):
        path.write_bytes(data)
        with pytest.raises(BROKEN):
            content(path, packing)


def test_a_zip_gives_its_first_entry_or_the_one_that_is_named(tmp_path):
    path = tmp_path / "file.zip"
    path.write_bytes(packed("zip"))
    assert content(path, "zip", "second.csv") == b"other"
    with pytest.raises(KeyError):
        content(path, "zip", "third.csv")
    with zipfile.ZipFile(path, "w"):
        pass
    with pytest.raises(BROKEN):
        content(path, "zip")


def test_an_unknown_packing_is_named(tmp_path):
    with pytest.raises(LookupError):
        open_packed(tmp_path / "file", "rar")


def test_a_plain_file_is_just_read(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(TEXT)
    with open_plain(path) as stream:
        assert stream.read(5) + stream.read(2**20) == TEXT


MEMBERS = gzip.compress(TEXT[:200], mtime=0) + gzip.compress(b"more", mtime=0)


@pytest.mark.parametrize("data", [MEMBERS, MEMBERS + bytes(9), MEMBERS + bytes(9) + MEMBERS, MEMBERS + b"garbage", MEMBERS + b"\x1f", MEMBERS[:-3], b"",
                                  MEMBERS[:-4] + b"\1\0\0\0", MEMBERS[:-8] + bytes(4) + MEMBERS[-4:]])
def test_members_zeros_and_garbage_of_gzip_are_pythons(data, tmp_path):
    assert_as_python(data, tmp_path / "file.gz")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(MEMBERS) - 1), st.integers(0, 255)), max_size=3), st.integers(0, len(MEMBERS)))
def test_damaged_gzip_is_refused_where_python_refuses_it(tmp_path, changes, end):
    data = bytearray(MEMBERS)
    for position, value in changes:
        data[position] = value
    assert_as_python(bytes(data[: end or None]), tmp_path / "file.gz")


def assert_as_python(data: bytes, path) -> None:
    path.write_bytes(data)
    try:
        expected = python(path)
    except BROKEN:
        with pytest.raises(BROKEN):
            content(path, "gz")
    else:
        assert content(path, "gz") == expected


def python(path) -> bytes:
    with gzip.open(path) as stream:
        return stream.read()

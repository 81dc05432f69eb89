"""Digests: computed once, the same wherever the bytes pass by."""

from __future__ import annotations

import hashlib
import io

from hypothesis import given
from hypothesis import strategies as st

from catalog.digests import Digests, HashedStream, Hashing, blocks_of, digest_file


def of(data: bytes) -> Digests:
    return Digests(md5=hashlib.md5(data).hexdigest(), sha256=hashlib.sha256(data).hexdigest(), size=len(data))


@given(st.lists(st.binary(max_size=30)))
def test_pieces_add_up_to_the_whole(pieces):
    hashing = Hashing()
    for piece in pieces:
        hashing.update(piece)
    assert hashing.digests() == of(b"".join(pieces))


def test_a_file_has_the_digests_of_its_bytes(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"x" * (2**21 + 5))
    assert digest_file(path) == of(path.read_bytes())
    assert b"".join(blocks_of(path)) == path.read_bytes()


def test_a_stream_is_digested_as_it_is_read():
    hashing = Hashing()
    stream = HashedStream(io.BytesIO(b"abcdef"), hashing)
    assert (stream.read(4), hashing.digests()) == (b"abcd", of(b"abcd"))
    assert (stream.read(), stream.read(1), hashing.digests()) == (b"ef", b"", of(b"abcdef"))
    assert stream.readable() and not stream.seekable()
    stream.close()

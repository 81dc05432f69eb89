"""Digests: computed once, the same wherever the bytes pass by."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
import threading
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.digests import Digests, HashedStream, Hashing, OneByOne, blocks_of, digest_file, quickest

WAYS = sorted({OneByOne, quickest()}, key=lambda way: way.__name__)
WITHOUT = "import sys; sys.modules['catalog._digests'] = None; from catalog.digests import Hashing; h = Hashing(); h.update(b'abc'); print(h.digests())"


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


@pytest.mark.parametrize("way", WAYS)
def test_bytes_of_every_length_have_their_digests_however_they_are_cut(way):
    random = Random(1)
    for length in [*range(260), 2047, 2048, 4096 + 63]:
        data, cut = random.randbytes(length), random.randrange(length + 1)
        both = way()
        both.update(data[:cut])
        assert both.hexdigests() == (hashlib.md5(data[:cut]).hexdigest(), hashlib.sha256(data[:cut]).hexdigest())
        both.update(memoryview(data)[cut:])
        assert both.hexdigests() == (hashlib.md5(data).hexdigest(), hashlib.sha256(data).hexdigest())


@pytest.mark.parametrize("way", WAYS)
def test_what_is_no_bytes_is_refused_and_changes_nothing(way):
    both = way()
    for wrong in ("abc", 5, None, [1]):
        with pytest.raises(TypeError):
            both.update(wrong)
    both.update(bytearray(b"abc"))
    assert both.hexdigests()[0] == hashlib.md5(b"abc").hexdigest()
    with pytest.raises(TypeError):
        way(b"abc")


@pytest.mark.parametrize("way", WAYS)
def test_threads_that_hand_on_bytes_at_once_are_told_or_wait(way):
    """Whatever the digests are then, nothing dies, and what was refused was told."""
    both, done, block = way(), [], bytes(2**20)

    def hand_on() -> None:
        for _ in range(20):
            try:
                both.update(block)
                done.append(True)
            except RuntimeError:
                done.append(False)

    threads = [threading.Thread(target=hand_on) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert both.hexdigests()[1] == hashlib.sha256(bytes(2**20 * sum(done))).hexdigest()


def test_without_the_extension_hashlib_does_it():
    said = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, text=True, check=True).stdout
    assert said.strip() == repr(of(b"abc"))

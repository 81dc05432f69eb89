"""Blocks of UTF-8: the same text as Python's decoders give, however the bytes are cut."""

from __future__ import annotations

import codecs
import encodings.aliases
import io
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.validation.blocks import UndecodableBytes, read_ahead, supported, universal_newlines, utf8_blocks

ALL = sorted({codecs.lookup(name).name for name in encodings.aliases.aliases.values() if name not in ("mbcs", "oem")})
READ = [name for name in ALL if supported(name)]
SAMPLE = "tỉnh,Bà Rịa–Vũng Tàu\r\n1,2 €\n東京,\x00é\u0301😀ÿ"
SIZES = st.one_of(st.integers(1, 7), st.integers(8, 5000))


class Dripping(io.BytesIO):
    """A stream that gives less than it is asked for."""

    def read(self, size: int = -1) -> bytes:
        return super().read(max(size // 2, 1))


def writable(text: str, encoding: str) -> str:
    """The text without what the encoding has no sign for."""
    return text.encode(encoding, "ignore").decode(encoding)


def joined(data: bytes, encoding: str, size: int) -> bytes:
    return b"".join(utf8_blocks(lambda: Dripping(data), encoding, size=size))


@settings(deadline=None)  # an encoding is imported at its first use
@given(st.sampled_from(READ), st.text(max_size=60), SIZES)
def test_every_encoding_becomes_utf8_however_it_is_cut(encoding, text, size):
    text = writable(SAMPLE + text, encoding)
    data = text.encode(encoding)
    assert joined(data, encoding, size) == data.decode(encoding).encode()


@settings(deadline=None)  # an encoding is imported at its first use
@given(st.sampled_from(READ), st.binary(max_size=80), SIZES)
def test_any_bytes_give_what_a_text_file_gives_or_an_error(encoding, data, size):
    expected: bytes | None
    try:
        expected = io.TextIOWrapper(io.BytesIO(data), encoding, newline="").read().encode()
    except UnicodeError:
        expected = None
    try:
        given_bytes = joined(data, encoding, size)
        given_bytes.decode()
    except (UndecodableBytes, UnicodeDecodeError):
        assert expected is None
    else:
        assert given_bytes == expected


@given(st.binary(max_size=60), SIZES)
def test_what_comes_before_a_bad_byte_is_the_text_before_it(data, size):
    got, before = [], "đầu".encode("utf-16-le") + data + data
    with pytest.raises(UndecodableBytes) as caught:
        for block in utf8_blocks(lambda: io.BytesIO(before + b"\x00\xd8\x00\x00\xd8"), "utf-16-le", size=size):
            got.append(block)
    assert (before + b"\x00\xd8\x00\x00\xd8").startswith(b"".join(got).decode().encode("utf-16-le"))
    assert len(b"".join(got).decode().encode("utf-16-le")) <= caught.value.offset <= len(before) + 4


@pytest.mark.parametrize("encoding", ["utf-7", "iso2022_jp", "hz", "unicode_escape", "raw_unicode_escape", "idna", "punycode", "base64", "rot13",
                                      "no-such", "", "a\0b", "undefined", "..", "utf-8/x"])
def test_what_is_no_plain_encoding_of_a_file_is_not_read(encoding):
    assert not supported(encoding)
    with pytest.raises(LookupError):
        list(utf8_blocks(io.BytesIO, encoding))


@pytest.mark.parametrize("encoding", ["UTF8", "U8", "utf_8", "UTF-8-SIG", "us-ascii", "Latin1", "windows-1258", "Windows-1252", "UTF-16LE", "cp65001",
                                      "sjis", "GB18030", "koi8-r", "macroman"])
def test_an_encoding_may_go_by_any_of_its_names(encoding):
    assert supported(encoding)


def test_utf8_is_passed_on_as_it_is_for_the_scanner_to_judge():
    assert joined(b"\xef\xbb\xbfa\xff\xc3", "utf-8", 4) == b"\xef\xbb\xbfa\xff\xc3"


@pytest.mark.parametrize("data", [b"", b"\xef", b"\xef\xbb", b"\xef\xbb\xbf", b"\xef\xbb\xbf\xef\xbb\xbfa", b"\xef\xbba", b"abc"])
@pytest.mark.parametrize("size", [1, 2, 3, 4, 9])
def test_one_byte_order_mark_is_taken_off_as_python_does(data, size):
    expected = io.TextIOWrapper(io.BytesIO(data), "utf-8-sig", errors="surrogateescape").read()
    assert joined(data, "utf-8-sig", size) == expected.encode(errors="surrogateescape")


def test_the_stream_is_opened_late_and_closed_in_any_case():
    opened: list[io.BytesIO] = []

    def open_stream() -> io.BytesIO:
        opened.append(io.BytesIO(b"a" * 10))
        return opened[-1]

    blocks = utf8_blocks(open_stream, "latin-1", size=2)
    assert not opened
    next(blocks)
    blocks.close()
    list(utf8_blocks(open_stream, "utf-8"))
    assert [stream.closed for stream in opened] == [True, True]


@given(st.text("\r\nab", max_size=30), st.lists(st.integers(0, 30), max_size=6))
def test_newlines_are_those_of_a_text_file(text, cuts):
    places = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    blocks = [text[start:end].encode() for start, end in zip(places, places[1:], strict=False)]
    assert b"".join(universal_newlines(iter(blocks))).decode() == io.StringIO(text, newline=None).read()


def test_blocks_read_ahead_are_the_same_blocks():
    blocks = [bytes([number]) * 3 for number in range(50)]
    assert list(read_ahead(iter(blocks))) == blocks


def test_an_error_ahead_comes_in_its_place():
    ahead = read_ahead(utf8_blocks(lambda: io.BytesIO(b"aaab\xff"), "ascii", size=2))
    assert [next(ahead), next(ahead)] == [b"aa", b"ab"]
    with pytest.raises(UndecodableBytes):
        next(ahead)


def test_reading_ahead_can_be_left_at_any_time():
    before = threading.active_count()
    stream = io.BytesIO(b"a" * 1000)
    ahead = read_ahead(utf8_blocks(lambda: stream, "utf-8", size=1))
    next(ahead)
    ahead.close()
    assert (threading.active_count(), stream.closed) == (before, True)
    read_ahead(iter([]))
    assert threading.active_count() == before

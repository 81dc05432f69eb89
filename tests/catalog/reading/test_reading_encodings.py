"""The letters of a text file are decided over the whole file, and never guessed silently."""

from __future__ import annotations

import unicodedata

import pytest

from catalog.errors import Trouble
from catalog.reading import encodings, tcvn3
from catalog.reading.vietnamese import is_syllable, share_of_syllables

TEXT = "mã,tên\n1,Trường Tiểu học Nguyễn Viết Xuân\n2,Trạm y tế phường Thắng Nhất\n"


def decide(tmp_path, content: bytes, declared: str | None = None) -> encodings.Encoding:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    return encodings.decide(path, declared, "a.csv")


def windows_1258(text: str) -> bytes:
    """Vietnamese as Windows wrote it: letters with their shape, tones apart."""
    out = ""
    for letter in unicodedata.normalize("NFC", text):
        parts = unicodedata.normalize("NFD", letter)
        tones = "".join(sign for sign in parts if sign in "\u0300\u0301\u0303\u0309\u0323")
        out += unicodedata.normalize("NFC", "".join(sign for sign in parts if sign not in tones)) + tones
    return out.encode("cp1258")


def test_utf8_is_decided_over_the_whole_file(tmp_path):
    found = decide(tmp_path, TEXT.encode())
    assert (found.name, found.decided_by, found.is_plain) == ("utf-8", "whole file", True)


def test_a_byte_order_mark_is_named(tmp_path):
    assert decide(tmp_path, TEXT.encode("utf-8-sig")).name == "utf-8-sig"
    assert decide(tmp_path, TEXT.encode("utf-16")).name == "utf-16"


def test_utf8_wins_over_what_the_source_declares(tmp_path):
    assert decide(tmp_path, TEXT.encode(), declared="windows-1258").name == "utf-8"


def test_windows_1258_is_known_by_its_syllables_and_composed(tmp_path):
    found = decide(tmp_path, windows_1258(TEXT))
    assert (found.name, found.decided_by, found.composed) == ("windows-1258", "syllables", False)
    target = tmp_path / "out.csv"
    encodings.transcode(tmp_path / "a.csv", found, target)
    assert target.read_text("utf-8") == TEXT


def test_tcvn3_is_known_by_its_syllables(tmp_path):
    table = {letter: byte for byte, letter in enumerate(tcvn3._MAP)}
    text = "stt,tên dự án\n1,xây dựng trường tiểu học phường thắng nhất\n"
    found = decide(tmp_path, bytes(table[letter] for letter in text))
    assert (found.name, found.decided_by) == ("tcvn3", "syllables")
    encodings.transcode(tmp_path / "a.csv", found, tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_text("utf-8") == text


def test_decomposed_text_is_noticed(tmp_path):
    assert not decide(tmp_path, unicodedata.normalize("NFD", TEXT).encode()).is_plain


def test_western_letters_are_never_assumed(tmp_path):
    content = "name,amount\nFrançois Noël,£5\nÉcole primaire,£7\n".encode("cp1252")
    with pytest.raises(Trouble) as caught:
        decide(tmp_path, content)
    assert caught.value.issue.code == "encoding-unknown"
    assert decide(tmp_path, content, declared="windows-1252").decided_by == "declared"


def test_a_pound_sign_is_not_taken_for_a_vietnamese_letter(tmp_path):
    with pytest.raises(Trouble):
        decide(tmp_path, "name,amount\na,£5\nb,£7\nc,£8\n".encode("cp1252"))


def test_bytes_of_no_encoding_are_named_with_offset_and_row(tmp_path):
    with pytest.raises(Trouble) as caught:
        decide(tmp_path, b"a,b\n1,2\n3,\xff\xfe\x81\n")
    issue = caught.value.issue
    assert (issue.code, issue.place.row, issue.facts["offset"], issue.facts["byte"]) == ("encoding-unknown", 3, 10, "FF")


def test_a_bad_byte_far_into_the_file_is_found_with_its_row(tmp_path):
    content = b"a,b\n" + b"1,2\n" * 700_000 + b"\xe1\xbb\n"
    with pytest.raises(Trouble) as caught:
        decide(tmp_path, content)
    issue = caught.value.issue
    assert (issue.place.row, issue.facts["offset"]) == (700_002, len(content) - 3)


def test_nul_bytes_are_named_with_offset_and_row(tmp_path):
    with pytest.raises(Trouble) as caught:
        decide(tmp_path, b"a,b\n1,\x002\n")
    issue = caught.value.issue
    assert (issue.code, issue.place.row, issue.facts["offset"]) == ("nul-bytes", 2, 6)


@pytest.mark.parametrize("declared", ["no-such-thing", "rot13", "", None, "\0"])
def test_a_declared_encoding_that_is_none_changes_nothing(tmp_path, declared):
    assert decide(tmp_path, windows_1258(TEXT), declared=declared).name == "windows-1258"


@pytest.mark.parametrize("word", ["Nguyễn", "TRƯỜNG", "đường", "khuya", "nghiêng", "Quyết", "oà", "hòa", "giếng", "yểu"])
def test_vietnamese_syllables_are_known(word):
    assert is_syllable(word)
    assert is_syllable(unicodedata.normalize("NFD", word))


@pytest.mark.parametrize("word", ["François", "Größe", "ëê", "Tr­êng", "piñata"])
def test_other_words_are_not_syllables(word):
    assert not is_syllable(word)


def test_a_wrong_decoding_scores_low():
    wrong = TEXT.encode().decode("latin-1")
    assert share_of_syllables(TEXT)[0] == 1.0
    assert share_of_syllables(wrong)[0] < 0.5

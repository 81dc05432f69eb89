"""VNI for Windows (the fonts VNI-Times …): a letter as in ASCII, then the sign of its mark; some letters in one byte.

Where a mark is written as a capital it belongs to a capital letter, but people mix them, so the letter decides.
Source: the table of VNI Software's own fonts, as the VNI entries of the Unicode conversion tables list it.
"""

from __future__ import annotations

import codecs
import unicodedata

from catalog.reading.vietnamese import PUNCTUATION

NAME = "vni"

_HUYEN, _SAC, _HOI, _NGA, _NANG = "\u0300", "\u0301", "\u0309", "\u0303", "\u0323"
_HAT, _BREVE = "\u0302", "\u0306"
# The signs after a letter, by the small form of each.
_TONES = {0xF8: _HUYEN, 0xF9: _SAC, 0xFB: _HOI, 0xF5: _NGA, 0xEF: _NANG}
_HATS = {0xE2: _HAT, 0xE0: _HAT + _HUYEN, 0xE1: _HAT + _SAC, 0xE5: _HAT + _HOI, 0xE3: _HAT + _NGA, 0xE4: _HAT + _NANG}
_BREVES = {0xEA: _BREVE, 0xE8: _BREVE + _HUYEN, 0xE9: _BREVE + _SAC, 0xFA: _BREVE + _HOI, 0xFC: _BREVE + _NGA, 0xEB: _BREVE + _NANG}
_ALONE = {0xF1: "đ", 0xF4: "ơ", 0xF6: "ư", 0xED: "í", 0xEC: "ì", 0xE6: "ỉ", 0xF3: "ĩ", 0xF2: "ị", 0xEE: "ỵ"}
_TAKES = {"a": _TONES | _HATS | _BREVES, "e": _TONES | _HATS, "o": _TONES | _HATS, "u": _TONES, "y": _TONES, "ơ": _TONES, "ư": _TONES}
_TO_SMALL = 0x20  # between the capital and the small form of a letter or sign beyond ASCII


def _letters() -> dict[int, str]:
    """What a byte stands for by itself: ASCII, one-byte letters in both cases, and the punctuation of windows-1252."""
    found = {byte: chr(byte) for byte in range(0x80)}
    for byte, letter in _ALONE.items():
        found |= {byte: letter, byte - _TO_SMALL: letter.upper()}
    return found | PUNCTUATION


def _pairs() -> dict[tuple[str, int], str]:
    """What a letter with a sign after it stands for, in both cases of each."""
    found = {}
    for letter, signs in _TAKES.items():
        for byte, marks in signs.items():
            whole = unicodedata.normalize("NFC", letter + marks)
            for sign in (byte, byte - _TO_SMALL):
                found |= {(letter, sign): whole, (letter.upper(), sign): whole.upper()}
    return found


_LETTERS = _letters()
_PAIRS = _pairs()
_BASES = frozenset(letter for letter, _ in _PAIRS)


class Decoder(codecs.BufferedIncrementalDecoder):
    """Decodes VNI bytes; UnicodeDecodeError on a byte that stands for nothing where it stands."""

    def _buffer_decode(self, data: bytes, errors: str, final: bool) -> tuple[str, int]:
        out, at, end = [], 0, len(data)
        while at < end:
            letter = _LETTERS.get(data[at])
            if letter is None:
                if errors == "strict":
                    raise UnicodeDecodeError(NAME, data, at, at + 1, "no sign of VNI here")
                letter = "\ufffd"
            if letter in _BASES:
                if at + 1 == end and not final:
                    break  # its mark may come with the next bytes
                pair = _PAIRS.get((letter, data[at + 1])) if at + 1 < end else None
                out.append(pair or letter)
                at += 2 if pair else 1
                continue
            out.append(letter)
            at += 1
        return "".join(out), at

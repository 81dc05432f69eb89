"""TCVN3 (the fonts .VnTime …): one byte a letter, in the places where Latin-1 has others.

Small letters only carry tones; the capital fonts (.VnTimeH) draw the same bytes as capitals, which the bytes
themselves do not say. Source: TCVN 5712:1993, third set (VN3).
"""

from __future__ import annotations

import codecs

from catalog.reading.vietnamese import PUNCTUATION

NAME = "tcvn3"

_TABLE = {
    0xB5: "à", 0xB6: "ả", 0xB7: "ã", 0xB8: "á", 0xB9: "ạ", 0xBB: "ằ", 0xBC: "ẳ", 0xBD: "ẵ", 0xBE: "ắ", 0xC6: "ặ",
    0xC7: "ầ", 0xC8: "ẩ", 0xC9: "ẫ", 0xCA: "ấ", 0xCB: "ậ", 0xCC: "è", 0xCE: "ẻ", 0xCF: "ẽ", 0xD0: "é", 0xD1: "ẹ",
    0xD2: "ề", 0xD3: "ể", 0xD4: "ễ", 0xD5: "ế", 0xD6: "ệ", 0xD7: "ì", 0xD8: "ỉ", 0xDC: "ĩ", 0xDD: "í", 0xDE: "ị",
    0xDF: "ò", 0xE1: "ỏ", 0xE2: "õ", 0xE3: "ó", 0xE4: "ọ", 0xE5: "ồ", 0xE6: "ổ", 0xE7: "ỗ", 0xE8: "ố", 0xE9: "ộ",
    0xEA: "ờ", 0xEB: "ở", 0xEC: "ỡ", 0xED: "ớ", 0xEE: "ợ", 0xEF: "ù", 0xF1: "ủ", 0xF2: "ũ", 0xF3: "ú", 0xF4: "ụ",
    0xF5: "ừ", 0xF6: "ử", 0xF7: "ữ", 0xF8: "ứ", 0xF9: "ự", 0xFA: "ỳ", 0xFB: "ỷ", 0xFC: "ỹ", 0xFD: "ý", 0xFE: "ỵ",
    **dict(enumerate("ĂÂÊÔƠƯĐăâêôơưđ", start=0xA1)),
    **PUNCTUATION,
}
_UNDEFINED = "\ufffe"  # what charmap decoding takes as "no letter"
_MAP = "".join(chr(byte) if byte < 0x80 else _TABLE.get(byte, _UNDEFINED) for byte in range(256))


class Decoder(codecs.IncrementalDecoder):
    """Decodes TCVN3 bytes; UnicodeDecodeError on a byte that the set does not have."""

    def decode(self, input: bytes, final: bool = False) -> str:  # noqa: A002 (the codec interface's name)
        return codecs.charmap_decode(input, self.errors, _MAP)[0]

    def getstate(self) -> tuple[bytes, int]:
        return b"", 0

"""VISCII: one byte a letter, six capitals in places of control signs. Source: RFC 1456, table 1."""

from __future__ import annotations

import codecs

NAME = "viscii"

_CONTROLS = {0x02: "Ẳ", 0x05: "Ẵ", 0x06: "Ẫ", 0x14: "Ỷ", 0x19: "Ỹ", 0x1E: "Ỵ"}
_HIGH = (
    "ẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲÕắằặấầẩậẽẹếềểễệốồổỗỠƠộờởịỰỨỪỬơớƯ"
    "ÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳĐứÒÓÔạỷừửÙÚỹỵÝỡưàáâãảăữẫèéêẻìíĩỉđựòóôõỏọụùúũủýợỮ"
)
_MAP = "".join(_CONTROLS.get(byte, chr(byte)) for byte in range(0x80)) + _HIGH


class Decoder(codecs.IncrementalDecoder):
    """Decodes VISCII bytes; every byte stands for something."""

    def decode(self, input: bytes, final: bool = False) -> str:  # noqa: A002 (the codec interface's name)
        return codecs.charmap_decode(input, self.errors, _MAP)[0]

    def getstate(self) -> tuple[bytes, int]:
        return b"", 0

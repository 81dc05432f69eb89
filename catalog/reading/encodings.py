"""Which letters do the bytes stand for? Decided over the whole file, never guessed from a sample alone.

Order: UTF-8 (with or without BOM) strictly over the whole file; UTF-16 by its BOM; what the source declared;
then the old Vietnamese code pages, taken only when what they give reads as Vietnamese. Western code pages accept
any byte and are therefore believed only when the source declares them. Everything else is an issue that
names the first bad byte.
"""

from __future__ import annotations

import codecs
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from catalog.errors import Trouble
from catalog.issues import Issue, Place
from catalog.reading.legacy import DECODERS
from catalog.reading.vietnamese import share_of_syllables

CHUNK = 2**20
ENOUGH = 0.8  # share of accented words that must be syllables
ENOUGH_WORDS = 2  # different accented words, below which nothing is proven
_WESTERN = {"iso8859-1", "cp1252", "iso8859-15", "latin-1"}
LEGACY = ("cp1258", *DECODERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoding:
    """`name` as people know it, `decided_by` (whole file, byte order mark, declared, syllables), `notes`.

    `composed` is False when the text holds letters apart from their marks (NFD, or windows-1258).
    """

    name: str
    codec: str
    decided_by: str
    composed: bool = True
    notes: tuple[str, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether the file can be read as it is, without a copy in composed UTF-8."""
        return self.codec in ("utf-8", "utf-8-sig") and self.composed


def decide(path: Path, declared: str | None, filename: str) -> Encoding:
    """The encoding of a text file; Trouble `nul-bytes` or `encoding-unknown` when there is none."""
    with path.open("rb") as file:
        head = file.read(4)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        composed = _composed(path, "utf-16", filename)
        return Encoding(name="utf-16", codec="utf-16", decided_by="byte order mark", composed=composed)
    _refuse_nul(path, filename)
    try:
        composed = _composed(path, "utf-8-sig", filename)
    except Trouble as trouble:
        return _without_utf8(path, declared, filename, trouble)
    return replace(utf8(marked=head.startswith(codecs.BOM_UTF8)), composed=composed)


def utf8(*, marked: bool) -> Encoding:
    """The encoding of a file that is UTF-8 and composed from end to end, `marked` by a byte order mark or not."""
    codec = "utf-8-sig" if marked else "utf-8"
    return Encoding(name=codec, codec=codec, decided_by="whole file")


def transcode(path: Path, encoding: Encoding, target: Path) -> None:
    """Copy a text file as UTF-8 with composed letters (NFC); line ends stay as they are."""
    with target.open("w", encoding="utf-8", newline="") as out:
        for text in decoded(path, encoding.codec):
            out.write(unicodedata.normalize("NFC", text))


def decoded(path: Path, codec: str) -> Iterator[str]:
    """The text in pieces that end at a line's end wherever there is one; UnicodeDecodeError on a bad byte."""
    decoder = _decoder(codec)
    rest = ""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            text = rest + decoder.decode(chunk)
            cut = max(text.rfind("\n"), text.rfind(",")) + 1 or len(text)
            rest = text[cut:]
            yield text[:cut]
    yield rest + decoder.decode(b"", final=True)


def _decoder(codec: str) -> codecs.IncrementalDecoder:
    return decoder_of(codec)("strict")


def decoder_of(codec: str) -> Callable[[str], codecs.IncrementalDecoder]:
    """What makes a decoder of that codec, Python's own or one for an old Vietnamese code page."""
    return DECODERS[codec] if codec in DECODERS else codecs.getincrementaldecoder(codec)


def _composed(path: Path, codec: str, filename: str) -> bool:
    """Whether all text is composed (NFC); Trouble naming the byte and the row where decoding stops."""
    composed = True
    try:
        for text in decoded(path, codec):
            composed = composed and unicodedata.is_normalized("NFC", text)
    except UnicodeDecodeError:
        raise Trouble(_bad_byte(path, codec, filename)) from None
    return composed


def _bad_byte(path: Path, codec: str, filename: str) -> Issue:
    """Where the first byte stands that the codec does not know: offset from 0, row from 1."""
    decoder = _decoder(codec)
    before, rows = 0, 1
    with path.open("rb") as file:
        while True:
            chunk = file.read(CHUNK)
            pending = len(decoder.getstate()[0])
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                start = before - pending + error.start
                rows += error.object[: error.start].count(b"\n")
                byte = error.object[error.start : error.start + 1].hex().upper()
                return Issue("encoding-unknown", Place(file=filename, row=rows), {"offset": start, "byte": byte, "tried": codec})
            if not chunk:
                raise AssertionError("decoding failed once and not again")
            before += len(chunk)
            rows += chunk.count(b"\n")


def _refuse_nul(path: Path, filename: str) -> None:
    before = rows = 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            at = chunk.find(0)
            if at >= 0:
                row = rows + chunk[:at].count(b"\n") + 1
                raise Trouble(Issue("nul-bytes", Place(file=filename, row=row), {"offset": before + at}))
            before += len(chunk)
            rows += chunk.count(b"\n")


def _without_utf8(path: Path, declared: str | None, filename: str, trouble: Trouble) -> Encoding:
    """An older code page: the declared one, or a Vietnamese one that gives Vietnamese."""
    declared_codec = _codec(declared)
    if declared_codec and declared_codec not in _WESTERN | {"utf-8", "utf-8-sig", "utf-16"} and (found := _try(path, declared_codec, filename)):
        return Encoding(name=declared_codec, codec=declared_codec, decided_by="declared", composed=found == "composed")
    sample = accented_lines(path)
    scores = {codec: _score(sample, codec) for codec in LEGACY}
    best = max(scores, key=lambda codec: scores[codec])
    if scores[best] >= ENOUGH and (found := _try(path, best, filename)):
        name = "windows-1258" if best == "cp1258" else best
        note = f"{scores[best]:.0%} of the accented words read as Vietnamese"
        return Encoding(name=name, codec=best, decided_by="syllables", composed=found == "composed", notes=(note,))
    if declared_codec in _WESTERN and (found := _try(path, declared_codec, filename)):
        return Encoding(name=declared_codec, codec=declared_codec, decided_by="declared", composed=found == "composed")
    raise trouble


def _codec(declared: str | None) -> str | None:
    """The codec's name for what a source declared; None when there is no such text encoding."""
    name = (declared or "").strip().strip("\"'")
    if name.lower() in DECODERS:
        return name.lower()
    try:
        info = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    return info.name if info._is_text_encoding else None


def _try(path: Path, codec: str, filename: str) -> str | None:
    """`composed` or `apart` when the whole file decodes, None when it does not."""
    try:
        return "composed" if _composed(path, codec, filename) else "apart"
    except Trouble:
        return None


def accented_lines(path: Path, enough: int = 2**18) -> bytes:
    """Lines with bytes beyond ASCII, at most about 256 KiB, from the whole file's first 32 MiB."""
    kept, size = [], 0
    with path.open("rb") as file:
        for _ in range(32):
            chunk = file.read(CHUNK)
            for line in chunk.splitlines():
                if not line.isascii():
                    kept.append(line[:4096])
                    size += len(kept[-1])
            if size >= enough or not chunk:
                break
    return b"\n".join(kept)[:enough]


def _score(sample: bytes, codec: str) -> float:
    share, words = share_of_syllables(decoder_of(codec)("replace").decode(sample, True))
    return share if words >= ENOUGH_WORDS else 0.0

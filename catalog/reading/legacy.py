"""Text that was typed with fonts of an older Vietnamese code page: what was meant, decided font by font and run by run.

A workbook holds such text as if its bytes were those of windows-1252: `Sè dù ¸n` stands for `Số dự án` under a TCVN3
font, `Soá döï aùn` under a VNI font. A font's name is only a hint, since it outlives a conversion; what counts is how
many of the accented words are Vietnamese syllables, read either way. Text that holds other letters of Unicode is never
touched where it reads as Vietnamese already.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from catalog.reading import tcvn3, viscii, vni
from catalog.reading.vietnamese import is_syllable, share_of_syllables

DECODERS: Mapping[str, type[codecs.IncrementalDecoder]] = {tcvn3.NAME: tcvn3.Decoder, vni.NAME: vni.Decoder, viscii.NAME: viscii.Decoder}
ENOUGH = 0.8  # share of accented words that must be syllables
ENOUGH_WORDS = 2  # different accented words, below which nothing is proven
MARGIN = 0.1  # by which a reading must be better than the text as it stands
SAMPLES = 2_000  # different runs that a decision on one font looks at

_SPECIAL = "".join(bytes([byte]).decode("cp1252") for byte in range(0x80, 0xA0) if byte not in (0x81, 0x8D, 0x8F, 0x90, 0x9D))
_SOME_BYTES = re.compile(f"[\x80-\xff{_SPECIAL}]")
_ONLY_BYTES = re.compile(f"[\x00-\xff{_SPECIAL}]*")
_PARTS = re.compile(f"[\x00-\xff{_SPECIAL}]+|[^\x00-\xff{_SPECIAL}]+")
# As it stands, a sign of Latin-1 between letters is part of a broken word.
_BROKEN = re.compile(r"[^\W\d_]+(?:[\xa1-\xa9\xac-\xb4\xb6-\xb8\xbb-\xbf\xd7\xf7]+[^\W\d_]*)+|[\xa2-\xa9\xac-\xaf\xb6-\xb8\xbb-\xbf]+[^\W\d_]+")
_HINTS = ((re.compile(r"\.vn", re.IGNORECASE), tcvn3.NAME), (re.compile(r"vni[- ]", re.IGNORECASE), vni.NAME),
          (re.compile(r"vi(scii)?[- ]times|viscii", re.IGNORECASE), viscii.NAME))


@dataclass(frozen=True, slots=True)
class Run:
    """Text of one font inside a cell; `font` is "" where nobody knows it."""

    text: str
    font: str = ""


def may_be_legacy(text: str) -> bool:
    """Whether a text holds a letter beyond ASCII that a byte could have been."""
    return not text.isascii() and _SOME_BYTES.search(text) is not None


def is_suspicious(samples: Iterable[str]) -> bool:
    """Whether texts that bytes could have been do not read as they stand, and do read in an older code page."""
    texts = [text for text in samples if not text.isascii() and _ONLY_BYTES.fullmatch(text)]
    as_it_is, _ = _as_it_is(texts)
    return any(share >= ENOUGH / 2 and share > as_it_is for share, words in (_share(texts, name) for name in DECODERS) if words)


def decoded(text: str, name: str) -> str | None:
    """The text in an older code page; None where it has a byte that stands for nothing there."""
    try:
        data = b"".join(_byte(sign) for sign in text)
        return DECODERS[name]("strict").decode(data, True)
    except UnicodeError:
        return None


def _byte(sign: str) -> bytes:
    return sign.encode("cp1252") if sign in _SPECIAL else sign.encode("latin-1")


def hint(font: str) -> str | None:
    """The code page that a font's name speaks of: `.VnTime` is of TCVN3, `VNI-Times` of VNI."""
    return next((name for pattern, name in _HINTS if pattern.match(font)), None)


def _share(texts: Sequence[str], name: str) -> tuple[float, int]:
    """The share of accented words that are syllables when read so, and how many different words there are.

    Texts that cannot be read so count with their words as they stand, all of them wrong.
    """
    read = [decoded(text, name) for text in texts]
    good, words = share_of_syllables("\n".join(text for text in read if text is not None))
    readable = sum(text is not None for text in read) / max(1, len(read))
    return good * readable, words


def _as_it_is(texts: Sequence[str]) -> tuple[float, int]:
    """As `_share`, of the texts as they stand."""
    text = "\n".join(texts)
    broken = len(_BROKEN.findall(text))
    share, words = share_of_syllables(_BROKEN.sub(" ", text))
    whole = len(re.findall(r"\w*[^\W\d_\x00-\x7f]\w*", _BROKEN.sub(" ", text)))
    return share * whole / max(1, whole + broken), words + broken


@dataclass(slots=True)
class Evidence:
    """Gathers the runs of each font, to decide what each font's text is; memory is bounded."""

    texts: dict[str, dict[str, None]] = field(default_factory=dict)

    def add(self, run: Run) -> None:
        """Look at a run; only one that bytes could have been tells anything."""
        if run.text.isascii() or not _ONLY_BYTES.fullmatch(run.text):
            return
        known = self.texts.setdefault(run.font.lower(), {})
        if len(known) < SAMPLES:
            known[run.text] = None

    def decided(self) -> Decisions:
        """The code page of each font; None is text as it stands."""
        everything = [text for texts in self.texts.values() for text in texts]
        overall = _best(everything, None) or None
        pages, doubtful = {}, set()
        for font, texts in self.texts.items():
            found = _best(list(texts), hint(font))
            if found is None and _as_it_is(list(texts))[0] < ENOUGH:
                found = overall if overall and all(decoded(text, overall) is not None for text in texts) else None
                doubtful |= {font} if found is None else set()
            pages[font] = found
        return Decisions(pages=pages, doubtful=frozenset(doubtful))


def _best(texts: Sequence[str], hinted: str | None) -> str | None:
    """The code page in which the texts read best, if clearly better than they stand; a hint decides what evidence is too thin for."""
    as_it_is, _ = _as_it_is(texts)
    shares = {name: _share(texts, name) for name in DECODERS}
    if hinted and shares[hinted][0] >= max(share for share, _ in shares.values()):
        share, words = shares[hinted]
        return hinted if words and share >= ENOUGH and share >= as_it_is else None
    name = max(shares, key=lambda name: shares[name][0])
    share, words = shares[name]
    return name if share >= ENOUGH and words >= ENOUGH_WORDS and share >= as_it_is + MARGIN else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """What each font's text is: `pages` by the font's name in small letters; `doubtful` fonts read as nothing."""

    pages: Mapping[str, str | None]
    doubtful: frozenset[str] = frozenset()

    def read(self, run: Run) -> tuple[str, str | None]:
        """The run as it was meant, and the code page that says so (None where it stands as it is)."""
        name = self.pages.get(run.font.lower())
        if not may_be_legacy(run.text):
            return run.text, None
        if _ONLY_BYTES.fullmatch(run.text):
            return self._whole(run.text, name)
        if name is None:
            return run.text, None
        return _mixed(run.text, name)

    def _whole(self, text: str, name: str | None) -> tuple[str, str | None]:
        others = [page for page in dict.fromkeys(self.pages.values()) if page not in (name, None)]
        read = decoded(text, name) if name else text
        if read is not None and _wrong(read) == 0:
            return read, name
        for other in others:  # a cell of another code page under this font
            found = decoded(text, other)
            if found is not None and _wrong(found) == 0 and _wrong(text) > 0:
                return found, other
        if name and _wrong(text) == 0 and (read is None or _wrong(read) > 0):
            return text, None  # typed in Unicode under an old font
        return (read, name) if name and read is not None else (text, None)


def _mixed(text: str, name: str) -> tuple[str, str | None]:
    """Text in which Unicode letters stand among those of a code page: its parts read, where that makes it better."""
    parts = [decoded(part, name) if _ONLY_BYTES.fullmatch(part) else part for part in _PARTS.findall(text)]
    if any(part is None for part in parts):
        return text, None
    read = "".join(part for part in parts if part is not None)
    return (read, name) if _wrong(read) < _wrong(text) else (text, None)


def _wrong(text: str) -> int:
    """How many accented words are no syllables, a word broken by signs of Latin-1 being one."""
    broken = len(_BROKEN.findall(text))
    words = re.findall(r"[^\W\d_]+", _BROKEN.sub(" ", text))
    return broken + sum(not word.isascii() and not is_syllable(word) for word in words)

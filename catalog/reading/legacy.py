"""Text that was typed with fonts of an older Vietnamese code page: what was meant, decided font by font and run by run.

A workbook holds such text as if its bytes were those of windows-1252: `Sè dù ¸n` stands for `Số dự án` under a TCVN3
font, `Soá döï aùn` under a VNI font. A font's name is only a hint, since it outlives a conversion; what counts is how
many of the accented words are Vietnamese syllables, read either way. Text that holds other letters of Unicode is never
touched where it reads as Vietnamese already.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from catalog.reading import tcvn3, viscii, vni
from catalog.reading.vietnamese import is_syllable, reads

DECODERS: Mapping[str, type[codecs.IncrementalDecoder]] = {tcvn3.NAME: tcvn3.Decoder, vni.NAME: vni.Decoder, viscii.NAME: viscii.Decoder}
ENOUGH = 0.8  # share of accented words that must be syllables
ENOUGH_WORDS = 2  # different accented words, below which nothing is proven
MARGIN = 0.1  # by which a reading must be better than the text as it stands
SEVERAL = 3  # different words of two accented letters or more that prove VISCII, which every byte could be
SAMPLES = 2_000  # different runs that a decision on one font looks at
LONGEST = 500  # characters of a run that a decision looks at
FONTS = 200  # of which evidence is kept; the runs of others are read as they stand, or as the whole workbook is

_SPECIAL = "".join(bytes([byte]).decode("cp1252") for byte in range(0x80, 0xA0) if byte not in (0x81, 0x8D, 0x8F, 0x90, 0x9D))
_SOME_BYTES = re.compile(f"[\x80-\xff{_SPECIAL}]")
_ONLY_BYTES = re.compile(f"[\x00-\xff{_SPECIAL}]*")
_PARTS = re.compile(f"[\x00-\xff{_SPECIAL}]+|[^\x00-\xff{_SPECIAL}]+")
# As it stands, a sign of Latin-1 between letters is part of a broken word.
_SIGNS = "\xa1-\xa9\xac-\xb4\xb6-\xb8\xbb-\xbf\xd7\xf7"
_TOKEN = re.compile(rf"(?:[^\W\d_]|[{_SIGNS}])+")
_WORD = re.compile(r"[^\W\d_]+")
_BREAK = re.compile(rf"[^\W\d_][{_SIGNS}]|[\xa2-\xa9\xac-\xaf\xb6-\xb8\xbb-\xbf][^\W\d_]")
_POWERS = "²³"
_UNITS = re.compile(r"(?<![^\W\d_])(?:[kcmdhµ]?m[²³]|µ(?:m|g|l|L|s|A|V|W|F|H|M|S|Sv|Gy|Pa|mol)|°\s?[CF]?|[±×¼½¾])(?![^\W\d_])")
_BLANKS = re.compile("[\t\n\r ]")
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
    texts = [text[:LONGEST] for text in samples if _is_telling(text[:LONGEST])]
    found = (_compared(texts, name) for name in DECODERS)
    return any(one.words and one.read >= ENOUGH / 2 and one.read > one.stands for one in found)


def _is_telling(text: str) -> bool:
    """Whether bytes could have been the text, and its letters beyond ASCII are more than signs of units: m², µm, °C, ±."""
    return not _is_of_units(text) and _ONLY_BYTES.fullmatch(text) is not None


def _is_of_units(text: str) -> bool:
    return text.isascii() or _UNITS.sub("", text).isascii()


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


@dataclass(frozen=True, slots=True)
class _Compared:
    """Texts in a code page beside how they stand, by the words that would change: which share of them are syllables, either way.

    `words` are the different accented words that the reading gives. Texts that cannot be read so count as read wrongly.
    """

    read: float
    stands: float
    words: frozenset[str]


def _compared(texts: Sequence[str], name: str) -> _Compared:
    then: list[tuple[str, bool]] = []
    now: list[tuple[str, bool]] = []
    unreadable = 0
    for text in texts:
        read = decoded(text, name)
        if read is None:
            unreadable += 1
            then += _judged(text)
            continue
        for before, after in zip(_BLANKS.split(text), _BLANKS.split(read), strict=True):
            if before != after:
                then += _judged(before)
                now += _judged(after)
    return _Compared(read=_share(now) * (1 - unreadable / max(1, len(texts))), stands=_share(then), words=frozenset(word for word, _ in now))


def _share(words: Sequence[tuple[str, bool]]) -> float:
    return sum(good for _, good in words) / max(1, len(words))


def _judged(text: str) -> Iterator[tuple[str, bool]]:
    """The accented words of a text, and whether each reads as a syllable; a word that signs of Latin-1 break does not.

    Units tell nothing, nor does a single letter.
    """
    for token in _TOKEN.findall(_UNITS.sub(" ", text)):
        whole = token.rstrip(_POWERS)
        if _BREAK.search(whole):
            yield whole, False
            continue
        yield from ((word, reads(word)) for word in _WORD.findall(whole) if len(word) > 1 and not word.isascii())


@dataclass(slots=True)
class Evidence:
    """Gathers the runs of each font, to decide what each font's text is; memory is bounded."""

    texts: dict[str, dict[str, None]] = field(default_factory=dict)

    def add(self, run: Run) -> None:
        """Look at a run; only one that bytes could have been tells anything."""
        text = run.text[:LONGEST]
        if not _is_telling(text):
            return
        font = run.font.lower()
        known = self.texts.setdefault(font if font in self.texts or len(self.texts) < FONTS else "", {})
        if len(known) < SAMPLES:
            known[text] = None

    def decided(self) -> Decisions:
        """The code page of each font; None is text as it stands."""
        everything = [text for texts in self.texts.values() for text in texts]
        overall = _best(everything, None) or None
        pages, doubtful = {}, set()
        for font, texts in self.texts.items():
            found = _best(list(texts), hint(font))
            if found is None and _share([word for text in texts for word in _judged(text)]) < ENOUGH:
                found = overall if overall and all(decoded(text, overall) is not None for text in texts) else None
                doubtful |= {font} if found is None else set()
            pages[font] = found
        return Decisions(pages=pages, doubtful=frozenset(doubtful))


def _best(texts: Sequence[str], hinted: str | None) -> str | None:
    """The code page in which the texts read best, if clearly better than they stand; a hint decides what evidence is too thin for."""
    found = {name: _compared(texts, name) for name in DECODERS}
    if hinted and found[hinted].read >= max(one.read for one in found.values()):
        one = found[hinted]
        return hinted if one.words and one.read >= ENOUGH and one.read >= one.stands else None
    if not _proves_viscii(found[viscii.NAME].words):
        del found[viscii.NAME]
    name = max(found, key=lambda name: found[name].read)
    one = found[name]
    return name if one.read >= ENOUGH and len(one.words) >= ENOUGH_WORDS and one.read >= one.stands + MARGIN else None


def _proves_viscii(words: Iterable[str]) -> bool:
    """Whether enough of the words are such as no chance makes: every byte is a letter in VISCII, so that m² would be mỗ."""
    return sum(sum(not sign.isascii() for sign in word) >= 2 and is_syllable(word) for word in words) >= SEVERAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """What each font's text is: `pages` by the font's name in small letters; `doubtful` fonts read as nothing."""

    pages: Mapping[str, str | None]
    doubtful: frozenset[str] = frozenset()

    def read(self, run: Run) -> tuple[str, str | None]:
        """The run as it was meant, and the code page that says so (None where it stands as it is)."""
        name = self.pages.get(run.font.lower(), self.pages.get("") if len(self.pages) >= FONTS else None)
        if not may_be_legacy(run.text) or (_is_of_units(run.text) and hint(run.font) != name):
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
    """How many accented words are no syllables, a word broken by signs of Latin-1 being one; case does not matter here."""
    return sum(1 for token in _TOKEN.findall(_UNITS.sub(" ", text)) if not token.isascii() for whole in [token.rstrip(_POWERS)]
               if _BREAK.search(whole) or any(not word.isascii() and not is_syllable(word) for word in _WORD.findall(whole)))

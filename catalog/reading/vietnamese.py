"""Does this text read as Vietnamese? The share of its accented words that are possible syllables.

A syllable is an initial, a nucleus with at most one tone, and a final; the lists are those of the school
orthography. The test tells a right decoding from a wrong one, it does not look words up.
"""

from __future__ import annotations

import re
import unicodedata

# Signs that old fonts for Windows draw in the places of windows-1252: … ‘ ’ “ ” • – — and the unbreakable blank.
PUNCTUATION = {byte: bytes([byte]).decode("cp1252") for byte in (0x85, *range(0x91, 0x98), 0xA0)}

_TONES = "\u0300\u0301\u0303\u0309\u0323"  # huyền, sắc, ngã, hỏi, nặng
_TONE = re.compile(f"[{_TONES}]")
_INITIAL = "b|c|ch|d|đ|g|gh|gi|h|k|kh|l|m|n|ng|ngh|nh|p|ph|q|qu|r|s|t|th|tr|v|x"
_NUCLEUS = (
    "a|ă|â|e|ê|i|o|ô|ơ|u|ư|y|ia|iê|ya|yê|ua|uô|ưa|ươ|oa|oă|oe|oo|uâ|uê|uơ|uy|uya|uyê|"
    "ai|ay|ao|au|âu|ây|eo|êu|iu|iêu|oi|ôi|ơi|ui|uôi|ưi|ưu|ươi|ươu|yêu|oai|oay|oao|oeo|uây|uyu|uêu"
)
_FINAL = "c|ch|m|n|ng|nh|p|t"
_SYLLABLE = re.compile(f"(?:{_INITIAL})?(?:{_NUCLEUS})(?:{_FINAL})?")
_WORD = re.compile(r"[^\W\d_]+")


def is_syllable(word: str) -> bool:
    """Whether a word could be one Vietnamese syllable, in any case and any Unicode form."""
    parts = unicodedata.normalize("NFD", word.lower())
    if len(_TONE.findall(parts)) > 1:
        return False
    return _SYLLABLE.fullmatch(unicodedata.normalize("NFC", _TONE.sub("", parts))) is not None


def reads(word: str) -> bool:
    """Whether a word is a syllable in one case; capitals after small letters are how a wrong decoding looks."""
    return (word.islower() or word.isupper() or word.istitle()) and is_syllable(word)


def share_of_syllables(text: str) -> tuple[float, int]:
    """The share of the accented words of a text that are syllables, and how many different such words there are.

    Single letters prove nothing.
    """
    words = [word for word in _WORD.findall(unicodedata.normalize("NFC", text)) if len(word) > 1 and not word.isascii()]
    if not words:
        return 0.0, 0
    good = sum(map(reads, words))
    return good / len(words), len(set(words))


def folded(text: str) -> str:
    """A text for finding words in: small letters without marks, đ as d, signs as single blanks."""
    parts = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    plain = "".join(sign for sign in parts if not unicodedata.combining(sign))
    return " ".join(re.split(r"[\W_]+", plain)).strip()

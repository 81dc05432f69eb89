"""Reads a PC-Axis file (`.px`): keywords in front, then the cells after `DATA=`.

The format: PX-file format specification 2013, Statistics Sweden. A statement is `KEYWORD[language]("part")=value;`. Texts
stand in quotes, a long one goes on in the next pair of quotes. The cells are numbers, or signs for
"no number" (`".."` and the like), which become the status; `-` is such a sign too. With `KEYS` only the rows that
are not empty stand there, each after its codes.

Letters: UTF-8 where the whole file is; else what `CODEPAGE` says; else an old Vietnamese code page that gives Vietnamese;
else windows-1252 where `CHARSET` is ANSI. Letters apart from their marks, as windows-1258 has them, are composed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from catalog.errors import Trouble
from catalog.issues import Issue, Place
from catalog.reading import encodings
from harvesters.cube import Dimension, Row, dense_rows, labelled, size_of

MAX_HEAD = 8 << 20  # characters before DATA
MAX_TOKEN = 1 << 16  # of one cell
_HEAD_BYTES = 1 << 20  # in which CHARSET and CODEPAGE stand
_PART = re.compile(r'"[^"]*"|[;"]')
_DATA = re.compile(r"\s*+DATA\s*+=", re.IGNORECASE)
_KEYWORD = re.compile(r'\s*+([A-Za-z][\w-]*+)\s*+(?:\[\s*+"?([\w-]*+)"?\s*+\])?\s*+(?:\(([^)"]*(?:"[^"]*"[^)"]*)*)\))?\s*+=')
_PIECE = re.compile(r'"([^"]*)"|(,)|([^\s,"]+)')
_TOKEN = re.compile(r'"[^"]*"|[^\s,;"]+|[;"]')
_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_SIGNS = {"-", ".", "..", "...", "....", ".....", "......", ":", ""}

Words = dict[tuple[str, str, tuple[str, ...]], list[str]]  # by keyword, language and parts


@dataclass(frozen=True, slots=True, kw_only=True)
class PxHead:
    """Everything before the cells; `language` is the one that is read."""

    words: Words
    language: str = ""
    place: Place = Place()

    def all(self, keyword: str, *parts: str) -> list[str]:
        """The texts of a statement in the language that is read, else in the file's own."""
        return self.words.get((keyword, self.language, parts)) or self.words.get((keyword, "", parts)) or []

    def one(self, keyword: str, *parts: str) -> str:
        """The first text of a statement; empty where there is none."""
        return next(iter(self.all(keyword, *parts)), "").strip()

    def in_language(self, keyword: str, language: str) -> str:
        """A text in one certain language."""
        language = "" if language == self.one("LANGUAGE").lower() else language
        return next(iter(self.words.get((keyword, language, ()), ())), "").strip()

    def notes(self) -> str:
        """Notes on the whole table; a `#` is a line end in this format."""
        kept = ("NOTEX", "NOTE")
        texts = (" ".join(texts) for keyword in kept if (texts := self.all(keyword)))
        return "\n\n".join(text.replace("#", "\n").strip() for text in texts)

    def stub_and_heading(self) -> list[str]:
        return [*self.all("STUB"), *self.all("HEADING")]

    def keys(self) -> list[str]:
        """The variables whose codes stand before each row; most files have none."""
        return [name for name in self.all("STUB") if self.one("KEYS", name)]

    def dimensions(self) -> tuple[Dimension, ...]:
        """The variables in the order of the cells; Trouble `px-broken` when one has no values."""
        names = self.stub_and_heading()
        own = [text for keyword in ("STUB", "HEADING") for text in self.words.get((keyword, "", ()), ())]
        if not names or len(set(names)) != len(names):
            raise Trouble(Issue("px-broken", self.place, {"keyword": "STUB, HEADING"}))
        return tuple(self._dimension(*pair) for pair in zip(names, own if len(own) == len(names) else names, strict=True))

    def _dimension(self, name: str, own: str) -> Dimension:
        """A variable under its name in the language that is read, and its `own` one under which the rest may stand."""
        values = self.all("VALUES", name) or self.all("VALUES", own)
        codes = self.all("CODES", name) or self.all("CODES", own)
        if not values or (codes and len(codes) != len(values)):
            raise Trouble(Issue("px-broken", self.place, {"keyword": "CODES" if values else "VALUES"}))
        codes = codes or values
        beside = labelled(values, codes)
        if name == self.one("CONTVARIABLE"):
            units = tuple(self.one("UNITS", value) for value in values)
            beside |= {"unit": units} if any(units) else {}
        code = self.one("VARIABLECODE", name) or self.one("VARIABLECODE", own)
        return Dimension(name=code or name, codes=tuple(codes), label=name, beside=beside)


@dataclass(frozen=True, slots=True, kw_only=True)
class PxFile:
    """A file that is open for its cells."""

    head: PxHead
    tokens: Iterator[str]

    def rows(self) -> Iterator[Row]:
        """The cells as rows; Trouble `px-broken`, `px-cell-odd`, `cube-size` when they are not what the head says."""
        place, dimensions = self.head.place, self.head.dimensions()
        if not self.head.keys():
            return dense_rows(dimensions, (_cell(token, n, place) for n, token in enumerate(self.tokens, start=1)), place)
        return _keyed_rows(self.head, dimensions, self.tokens)


def open_px(path: Path, place: Place, *, encoding: str | None = None, language: str = "") -> PxFile:
    """Read the head of a file; `language` is wanted where the file has it. Trouble `px-broken` when it is no such file."""
    codec = _codec(path, encoding, place)
    texts = (unicodedata.normalize("NFC", text) for text in encodings.decoded(path, codec))
    words, rest = _statements(texts, place)
    languages = [text.lower() for text in words.get(("LANGUAGES", "", ()), [])]
    own = next(iter(words.get(("LANGUAGE", "", ()), ())), "").lower()
    chosen = language if language in languages and language != own else ""
    return PxFile(head=PxHead(words=words, language=chosen, place=place), tokens=_tokens(chain([rest], texts), place))


def _codec(path: Path, encoding: str | None, place: Place) -> str:
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES).decode("latin-1")
    page = re.search(r'CODEPAGE\s*=\s*"([^"]{1,40})"', head)
    declared = encoding or _page_name(page[1] if page else "")
    try:
        return encodings.decide(path, declared, place.file or "").codec
    except Trouble:
        if declared or not re.search(r'CHARSET\s*=\s*"ANSI"', head):
            raise
    return encodings.decide(path, "cp1252", place.file or "").codec


def _page_name(name: str) -> str:
    """A code page as Python calls it: `1258` and `windows1258` are cp1258, `65001` is UTF-8."""
    name = name.strip().lower()
    number = re.fullmatch(r"(?:windows|cp|ibm|dos)?[-_ ]?(\d{3,5})", name)
    return {"65001": "utf-8"}.get(number[1], f"cp{number[1]}") if number else name


def _statements(texts: Iterator[str], place: Place) -> tuple[Words, str]:
    """The statements up to `DATA=`, and the text that was read beyond it."""
    words: Words = {}
    buffer, start, scanned, seen = "", 0, 0, 0
    for text in texts:
        seen += len(text)
        buffer, start, scanned = buffer[start:] + text, 0, scanned - start
        while True:
            if found := _DATA.match(buffer, start):
                return words, buffer[found.end():]
            end, scanned = _end_of_statement(buffer, scanned)
            if end is None:
                break
            _note(words, buffer[start:end], place)
            start = scanned = end + 1
        if seen > MAX_HEAD:
            break
    raise Trouble(Issue("px-broken", place, {"keyword": "DATA"}))


def _end_of_statement(buffer: str, start: int) -> tuple[int | None, int]:
    """Where the next semicolon outside quotes stands, if it is here yet; and from where to look on."""
    for part in _PART.finditer(buffer, start):
        if part[0] == ";":
            return part.start(), part.start()
        if part[0] == '"':  # opened, not yet closed
            return None, part.start()
        start = part.end()
    return None, start


def _note(words: Words, statement: str, place: Place) -> None:
    """Remember one statement; the first of a name counts."""
    found = _KEYWORD.match(statement)
    if found is None:
        if statement.strip():
            raise Trouble(Issue("px-broken", place, {"keyword": "="}))
        return
    keyword, language, parts = found[1].upper(), (found[2] or "").lower(), tuple(_texts(found[3] or ""))
    words.setdefault((keyword, language, parts), _texts(statement[found.end():]))


def _texts(value: str) -> list[str]:
    """The texts of a list; one that goes on in the next quotes is one text."""
    found: list[list[str]] = []
    is_new = True
    for quoted, comma, plain in _PIECE.findall(value):
        if comma:
            is_new = True
        elif is_new:
            found.append([quoted or plain])
            is_new = False
        else:
            found[-1].append(quoted or plain)
    return ["".join(pieces) for pieces in found]


def _tokens(texts: Iterator[str], place: Place) -> Iterator[str]:
    """The cells as they are written; Trouble `px-cut` when the file ends in the middle of one.

    A semicolon ends them by the book, but some offices end every row with one, so the count alone says what is whole.
    """
    rest = ""
    for text in texts:
        buffer, rest = rest + text, ""
        for token in _TOKEN.finditer(buffer):
            if token[0] == ";":
                continue
            if token.end() == len(buffer) or token[0] == '"':  # may go on in the next piece
                rest = buffer[token.start():]
                break
            yield token[0]
        if len(rest) > MAX_TOKEN:
            raise Trouble(Issue("px-cut", place))
    if rest.startswith('"') and _TOKEN.fullmatch(rest) and rest != '"':
        yield rest
    elif rest:
        raise Trouble(Issue("px-cut", place))


def _cell(token: str, number: int, place: Place) -> tuple[str, str]:
    """Value and status of a cell; Trouble `px-cell-odd` when it is neither a number nor a sign for none."""
    plain = token.strip('"').strip()
    if plain in _SIGNS:
        return "", plain
    if _NUMBER.fullmatch(plain):
        return plain.removesuffix("."), ""
    raise Trouble(Issue("px-cell-odd", place, {"position": number}))


def _keyed_rows(head: PxHead, dimensions: tuple[Dimension, ...], tokens: Iterator[str]) -> Iterator[Row]:
    """Rows of a file with KEYS: after the codes (or values) of the stub stand the cells of the heading."""
    stub = len(head.all("STUB"))
    if head.keys() != head.all("STUB"):
        raise Trouble(Issue("px-broken", head.place, {"keyword": "KEYS"}))
    known = []
    for name, dimension in zip(head.all("STUB"), dimensions[:stub], strict=True):
        texts = head.all("VALUES", name) if head.one("KEYS", name).upper() == "VALUES" else dimension.codes
        known.append(dict(zip(texts, dimension.entries(), strict=True)))
    width = size_of(dimensions[stub:])
    for number, first in enumerate(tokens, start=1):
        keys = [first, *(next(tokens, "") for _ in known[1:])]
        try:
            entries = [texts[key.strip('"')] for texts, key in zip(known, keys, strict=True)]
        except KeyError:
            raise Trouble(Issue("px-cell-odd", head.place, {"position": number})) from None
        cells = [_cell(token, number, head.place) for token in (next(tokens, None) for _ in range(width)) if token is not None]
        for row in dense_rows(dimensions[stub:], cells, head.place):
            yield [*chain.from_iterable(entries), *row]


def words_of(head: PxHead) -> Mapping[str, str]:
    """What the head says of the table, in words."""
    return {
        "title": head.one("TITLE") or head.one("DESCRIPTION") or head.one("CONTENTS"),
        "title_en": head.in_language("TITLE", "en"),
        "notes": head.notes(), "source": head.one("SOURCE"), "unit": head.one("UNITS"), "subject": head.one("SUBJECT-AREA"),
        "matrix": head.one("MATRIX"), "updated": head.one("LAST-UPDATED") or head.one("CREATION-DATE"),
        "frequency": head.one("UPDATE-FREQUENCY"), "contact": head.one("CONTACT").split("#")[0],
    }

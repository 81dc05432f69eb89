"""Names that go into addresses, and words as they are compared: folding, slugs, tags.

Folding keeps Vietnamese readable where CKAN deletes what Latin-1 has not: `Đường bộ` becomes `duong-bo`, the same
from composed and from decomposed Unicode.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Collection, Iterable
from functools import lru_cache

from sqlalchemy import ColumnElement, false, select
from sqlalchemy import text as sql
from sqlalchemy.orm import Session

from catalog.models import Dataset, OldName

MIN_NAME, MAX_NAME = 2, 100
MIN_TAG, MAX_TAG = 2, 100
LOCKS = 7_104_515  # the first key of PostgreSQL's locks on names that are being given

_NAME = re.compile(rf"[a-z0-9_-]{{{MIN_NAME},{MAX_NAME}}}")
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NOT_NAME = re.compile(r"[^a-z0-9]+")
_MARKS = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+")  # marks of Latin, Greek and Cyrillic


def nfc(text: str) -> str:
    """The text with each letter and its marks as one character, as it is kept and compared."""
    return unicodedata.normalize("NFC", text)


def is_id(text: str) -> bool:
    """Whether the text has the form of an id: a UUID in small letters."""
    return _ID.fullmatch(text) is not None


def fold(text: str) -> str:
    """The text as a hurried person types it: small letters, no marks, đ as d; `Dữ liệu` and `du lieu` are the same."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", _MARKS.sub("", unicodedata.normalize("NFD", text.lower().replace("đ", "d").replace("ð", "d"))))


def slug(title: str) -> str:
    """A name made from a title: `[a-z0-9-]`, 2 to 100 characters, always the same for the same title.

    A title of which nothing is left (signs only, or a script that is not Latin) gets a name from its hash.
    """
    title = nfc(title)
    name = _NOT_NAME.sub("-", fold(title)).strip("-")
    if len(name) > MAX_NAME:
        name = name[:MAX_NAME + 1].rpartition("-")[0] or name[:MAX_NAME]
        name = name[:MAX_NAME].strip("-")
    if len(name) < MIN_NAME:
        digest = hashlib.sha256(title.encode("utf-8", "surrogatepass")).hexdigest()[:8]
        name = f"{name}-{digest}" if name else f"dataset-{digest}"
    return name


def is_name(text: str) -> bool:
    """Whether the text can be the name of a dataset: 2 to 100 of `a-z`, `0-9`, `-` and `_`."""
    return _NAME.fullmatch(text) is not None


def unique_name(session: Session, wanted: str, *, taken: Iterable[str] = ()) -> str:
    """The wanted name, or the first free of `wanted-2`, `wanted-3` …

    Free is what no living dataset has, written or still to be written in this transaction, and what never was the
    name of another (old addresses keep leading to it). `taken` are further names that are not free.
    """
    taken = set(taken)
    if wanted not in taken and holder(session, wanted) is None and not _used(session, false(), OldName.name == wanted):
        return wanted
    stem = wanted[: MAX_NAME - 6].rstrip("-")
    pattern = stem.replace("_", r"\_") + "-%"
    taken |= _used(session, Dataset.name.like(pattern, escape="\\"), OldName.name.like(pattern, escape="\\"))
    number = 2
    while f"{stem}-{number}" in taken or _unwritten(session, f"{stem}-{number}"):
        number += 1
    return f"{stem}-{number}"


def keep_to_ourselves(session: Session, names: Collection[str]) -> None:
    """Wait for whoever is giving one of these names to a new dataset, and let nobody else until this transaction ends.

    So that of two who want a name the second sees that it is taken. On SQLite only one writes at a time anyway.
    """
    if not names or session.get_bind().dialect.name != "postgresql":
        return
    keys = sorted({int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big", signed=True) for name in names})  # one order, or two wait for each other
    session.execute(sql("SELECT pg_advisory_xact_lock(:kind, key) FROM unnest(CAST(:keys AS int[])) AS key"), {"kind": LOCKS, "keys": keys})


def holder(session: Session, name: str, *, written: bool = True) -> str | None:
    """The id of the living dataset that has the name, written or still to be written in this transaction.

    `written=False` asks only for what is still to be written, for whoever has asked the store already.
    """
    unwritten = _unwritten(session, name)
    if unwritten is not None or not written:
        return unwritten.id if unwritten is not None else None
    with session.no_autoflush:
        return session.scalar(select(Dataset.id).where(Dataset.name == name, Dataset.state != "deleted"))


_NEW = "catalog.names"


def note_new(session: Session, dataset: Dataset) -> None:
    """Remember the name of a dataset that is still to be written, so that the next one does not get it too."""
    session.info.setdefault(_NEW, {})[dataset.name] = dataset


def _unwritten(session: Session, name: str) -> Dataset | None:
    dataset = session.info.get(_NEW, {}).get(name)
    alive = dataset is not None and dataset in session and dataset.name == name and dataset.state != "deleted"
    return dataset if alive else None  # one that was rolled back is in no session any more


def _used(session: Session, live: ColumnElement[bool], old: ColumnElement[bool]) -> set[str]:
    with session.no_autoflush:
        return set(session.scalars(select(Dataset.name).where(Dataset.state != "deleted", live).union_all(select(OldName.name).where(old))))


def is_tag(text: str) -> bool:
    """Whether the text can be a tag: 2 to 100 letters or digits of any script, spaces, `-`, `_` and `.`."""
    return MIN_TAG <= len(text) <= MAX_TAG and all(_tag_letter(letter) for letter in text)


def _tag_letter(letter: str) -> bool:
    return letter in " -_." or letter.isalnum() or unicodedata.category(letter) in ("Mn", "Mc")


def clean_tags(tags: Iterable[str]) -> tuple[list[str], list[str]]:
    """Tags in NFC, each once, in the order given, and those that cannot be tags as they were given."""
    good: dict[str, None] = {}
    dropped: list[str] = []
    for tag in tags:
        text = " ".join(nfc(tag).split()) if isinstance(tag, str) else ""
        if is_tag(text):
            good.setdefault(text)
        else:
            dropped.append(str(tag))
    return list(good), dropped


# The letters of Vietnamese in the order of its dictionaries; tones order words that are otherwise the same.
_LETTERS = {letter: f"{place:02d}" for place, letter in enumerate("aăâbcdđeêfghijklmnoôơpqrstuưvwxyz")}
_TONES = {"̀": "1", "̉": "2", "̃": "3", "́": "4", "̣": "5"}  # huyền, hỏi, ngã, sắc, nặng


def collation_key(text: str) -> str:
    """A key that sorts as a Vietnamese dictionary does: a ă â … d đ … o ô ơ … u ư; then by tone."""
    weighed = [_weighed(letter) for letter in nfc(text.lower())]
    return "".join(base for base, _ in weighed) + "\x00" + "".join(tone for _, tone in weighed)


@lru_cache(maxsize=10_000)
def _weighed(letter: str) -> tuple[str, str]:
    """What a letter adds to a key, and to the end of it for its tone."""
    apart = unicodedata.normalize("NFD", letter)
    tone = next((mark for mark in apart if mark in _TONES), "")
    plain = nfc(apart.replace(tone, "")) if tone else letter
    if plain in _LETTERS:
        return "b" + _LETTERS[plain], _TONES.get(tone, "0")
    if plain.isdigit():
        return "a" + plain, ""
    return ("c" + plain, "") if plain.isalpha() else (" ", "")

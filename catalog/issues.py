"""What went wrong, where, and who must act: an `Issue`, and the catalogue of its codes.

An issue carries a code, a place and facts, never a sentence. The words in Vietnamese and English are made
from code and facts at the edge, from `issue_codes.toml`, the one file in which every code stands with its
stage, its severity, who must act, what happened and how to mend it.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import unquote


class Stage(StrEnum):
    """Where on the way it happened; in the order of the pipeline."""

    GATHER = "gather"
    FETCH = "fetch"
    READ = "read"
    VALIDATE = "validate"
    SCREEN = "screen"
    STORE = "store"
    PUBLISH = "publish"
    INDEX = "index"
    RUN = "run"


class Severity(StrEnum):
    """`error`: something is not published. `warning`: published, but not as it should be. `info`: worth knowing."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Who(StrEnum):
    """Who must act: the agency at the source, the platform's team, or the catalogue's editors."""

    AGENCY = "agency"
    PLATFORM = "platform"
    CATALOGUE = "catalogue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where: rows count from 1 as a spreadsheet shows them, `column` is a letter, `field` its name."""

    url: str | None = None
    file: str | None = None
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    field: str | None = None

    def to_dict(self) -> dict[str, Any]:
        return {key: value for key, value in asdict(self).items() if value is not None}


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing that is wrong; `facts` are JSON values that the words of the code name in braces."""

    code: str
    place: Place = Place()
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def stage(self) -> Stage:
        return code(self.code).stage

    @property
    def severity(self) -> Severity:
        return code(self.code).severity

    @property
    def who(self) -> Who:
        return code(self.code).who

    def fingerprint(self, identifier: str | None = None) -> str:
        """The same trouble at the same place has the same fingerprint in every run (32 hex digits)."""
        text = json.dumps([self.code, identifier, self.place.to_dict()], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    def to_dict(self) -> dict[str, Any]:
        return {"code": self.code, "place": self.place.to_dict(), "facts": dict(self.facts)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Issue:
        return cls(data["code"], Place(**data.get("place", {})), data.get("facts", {}))


@dataclass(frozen=True, slots=True)
class Code:
    """One entry of the catalogue: what an issue of this code means, in both languages."""

    name: str
    stage: Stage
    severity: Severity
    who: Who
    vi: str
    vi_mend: str
    en: str
    en_mend: str


@cache
def codes() -> dict[str, Code]:
    """Every code by name, read from `issue_codes.toml`."""
    table = tomllib.loads(files("catalog").joinpath("issue_codes.toml").read_text("utf-8"))
    return {
        name: Code(
            name=name, stage=Stage(row["stage"]), severity=Severity(row["severity"]), who=Who(row["who"]),
            vi=row["vi"], vi_mend=row["vi_mend"], en=row["en"], en_mend=row["en_mend"],
        )
        for name, row in table.items()
    }


def code(name: str) -> Code:
    """The entry of one code; KeyError for a code that nobody wrote down."""
    return codes()[name]


@dataclass(frozen=True, slots=True)
class Said:
    """An issue in words: what happened, where, how to mend it, who must act."""

    what: str
    where: str
    mend: str
    who: str


_WHO = {
    "vi": {Who.AGENCY: "Cơ quan nguồn", Who.PLATFORM: "Đội nền tảng", Who.CATALOGUE: "Ban biên tập"},
    "en": {Who.AGENCY: "The agency at the source", Who.PLATFORM: "The platform team", Who.CATALOGUE: "The catalogue's editors"},
}
_WHERE = {
    "vi": {"sheet": "trang tính {}", "field": "trường {}", "column": "cột {}", "row": "dòng {}", "file": "tệp {}", "url": "{}"},
    "en": {"sheet": "sheet {}", "field": "field {}", "column": "column {}", "row": "row {}", "file": "file {}", "url": "{}"},
}


class _Facts(dict):
    """Facts for `format_map`: a fact that is missing shows as an ellipsis instead of failing."""

    def __missing__(self, key: str) -> str:
        return "…"


def _legible(value: Any) -> str:
    """A part of a place as a person reads it: an address with its letters, not with their percent signs."""
    text = str(value)
    try:
        letters = unquote(text, errors="strict") if "://" in text else text
    except UnicodeDecodeError:
        return text
    return letters if letters.isprintable() else text


def say(issue: Issue, language: str) -> Said:
    """The issue in words of `language` (`vi` or `en`); plain text, to be escaped where it is shown."""
    entry = code(issue.code)
    what, mend = (entry.vi, entry.vi_mend) if language == "vi" else (entry.en, entry.en_mend)
    place = issue.place.to_dict()
    facts = _Facts({**place, **issue.facts})
    where = ", ".join(_WHERE[language][key].format(_legible(place[key])) for key in _WHERE[language] if key in place)
    return Said(what.format_map(facts), where, mend.format_map(facts), _WHO[language][entry.who])

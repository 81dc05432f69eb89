"""What `haidang source add` and `preview` ask for: what the connector declares as required and was not given.

A secret never stands on the command line, where the shell's history and every user of the machine could read it.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import click

from catalog.errors import UsageError
from catalog.models import Source
from catalog.settings import Settings
from catalog.source_secrets import is_for_the_same, unsealed
from harvesters.base import Option
from harvesters.connectors import check_places, known, missing

MAX_SECRET = 1 << 16  # bytes; a private key has some thousand


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """The options of a source, and its secrets in clear: `given` now, and `kept` from what is saved."""

    options: Mapping[str, str]
    given: Mapping[str, str] = field(default_factory=dict, repr=False)
    kept: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def secrets(self) -> dict[str, str]:
        """All secrets in clear."""
        return {**self.kept, **self.given}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What stood on the command line: `secrets` as `NAME` or `NAME=@FILE`, `forget` the names of saved ones to drop."""

    connector: str
    url: str
    options: Mapping[str, str]
    secrets: Sequence[str] = ()
    forget: Sequence[str] = ()


def ask(request: Request, before: Source | None, settings: Settings) -> Answers:
    """Everything that the connector needs; UsageError names what is missing where there is nobody to ask.

    Saved secrets are kept, unless the source moves to another server: what was given for one must not travel to another.
    """
    declared = {option.name: option for option in known(request.connector).options}
    words = [(name, *rest) for name, *rest in (word.split("=", 1) for word in request.secrets)]
    check_places(declared, request.options, {name: "" for name, *_ in words})
    given = {name: _secret(declared.get(name) or _unknown(name, request.connector), rest[0] if rest else None) for name, *rest in words}
    saved = {name: value for name, value in (before.secrets if before else {}).items()
             if name in declared and name not in given and name not in request.forget}
    options = dict(request.options)
    if before is None or is_for_the_same(before, request.connector, request.url):
        kept = unsealed(settings, before.id, saved) if before else {}
        again = []
    else:
        kept, again = {}, [declared[name] for name in saved]
    lacking = [*missing(request.connector, options, {**kept, **given}), *again]
    for option in dict.fromkeys(lacking) if sys.stdin.isatty() else ():
        (given if option.secret else options)[option.name] = _prompt(option)
    if again and not sys.stdin.isatty():
        names = ", ".join(option.name for option in again)
        raise UsageError(f"Nguồn chuyển sang máy chủ khác, nên thông tin bí mật đã lưu ({names}) không được gửi theo. Nhập lại bằng --secret, hoặc bỏ bằng --forget.",
                         f"The source moves to another server, to which its saved secrets ({names}) are not sent. Give them again with --secret, or drop them with --forget.")
    return Answers(options=options, given=given, kept=kept)


def _unknown(name: str, kind: str) -> Option:
    raise UsageError(f"Kiểu kết nối {kind} không có tùy chọn {name}.", f"Connector {kind} has no option {name}.")


def _secret(option: Option, place: str | None) -> str:
    """A secret typed unseen, read from a line of standard input, or from a file."""
    if place is not None and not place.startswith("@"):
        raise UsageError(f"Không ghi giá trị của {option.name} trên dòng lệnh. Dùng --secret {option.name} để nhập kín, hoặc --secret {option.name}=@TỆP.",
                         f"The value of {option.name} does not belong on the command line. Use --secret {option.name} to type it unseen, or --secret {option.name}=@FILE.")
    if place is not None:
        value = _from_file(option, Path(place[1:]))
    elif sys.stdin.isatty():
        value = _prompt(option)
    else:
        value = sys.stdin.readline(MAX_SECRET)
    value = value.rstrip("\r\n")
    if not value:
        raise UsageError(f"Chưa có giá trị của {option.name}.", f"There is no value of {option.name}.")
    return value


def _from_file(option: Option, path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(MAX_SECRET).decode()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"Không đọc được {option.name} từ tệp {path}.", f"{option.name} cannot be read from the file {path}.") from error


def _prompt(option: Option) -> str:
    """Ask on the terminal, in both languages; on standard error, for standard output is for results."""
    choice = click.Choice(option.choices) if option.choices else str
    return click.prompt(f"{option.name}: {option.vi} · {option.en}", hide_input=option.secret, type=choice, default=option.default, err=True)

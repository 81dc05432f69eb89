"""The single values of a dataset as they enter: text, flags, sizes, moments, links, addresses of mail; cleaned, or refused in CKAN's words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from marshmallow import ValidationError, fields

from catalog.names import nfc

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_UNKEPT = re.compile("[\x00\ud800-\udfff]")
_SCHEME = re.compile(r"\s*([a-zA-Z][a-zA-Z0-9+.-]*)\s*:")
_PASSED_OVER = re.compile("[\x00-\x20\x7f-\x9f]")  # a browser reads "java\nscript:" as it reads "javascript:"
_SCHEMES = {"http", "https", "ftp", "ftps", "sftp"}
_LONG_NUMBER = re.compile(r"\d(?:[ .\-]?\d){4}")
_TRUE = {"true", "yes", "t", "y", "1", "on"}


def clean(text: str) -> str:
    """The text in NFC without what cannot be kept."""
    return nfc(text if text.isprintable() else _UNKEPT.sub("", text))


def safe_link(url: str) -> bool:
    """Whether an address may be kept as a link: a web or FTP address, or one without a scheme; never a script or a local file."""
    read = _PASSED_OVER.sub("", url)
    scheme = _SCHEME.match(read)
    return scheme is None or scheme[1].lower() in _SCHEMES or read[scheme.end() :][:5].isdigit()


def nobodys(text: str) -> None:
    """Refuse words that hold a number which identifies a person."""
    if said := personal(text):
        raise ValidationError(said)


def personal(text: str | None) -> str:
    """Why words may not be published that hold a number which identifies a person, in both languages; "" where they hold none."""
    if not text or not _LONG_NUMBER.search(text):
        return ""
    from catalog.validation.descriptions import refusal

    return " / ".join(refusal([text]) or ())


def boolean(value: Any) -> bool:
    """CKAN's reading of a boolean: true, yes, t, y, 1, on in any case are True, all else False."""
    return value if isinstance(value, bool) else str(value).strip().lower() in _TRUE


class Text(fields.Field[str]):
    """Text; None is empty, numbers are written out."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if isinstance(value, Mapping | list):
            raise ValidationError("Must be a Unicode string value")
        return clean(str(value))


class Flag(fields.Field[bool]):
    """A boolean as CKAN reads it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        return boolean(value)


class Size(fields.Field[int]):
    """A number of bytes."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        try:
            number = int(value)
        except (TypeError, ValueError, OverflowError) as error:
            raise ValidationError("Invalid integer") from error
        if not 0 <= number < 2**63:
            raise ValidationError("Must be a natural number")
        return number


class When(fields.Field[datetime]):
    """A moment, ISO 8601; UTC where no zone is named. `lenient` makes an unreadable one empty instead of an error."""

    def __init__(self, *, lenient: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.lenient = lenient

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime | None:
        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(str(value).strip())
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError) as error:
            if self.lenient or value == "":
                return None
            raise ValidationError("Date format incorrect") from error


def link(value: str) -> None:
    """ValidationError for what is no link; see `safe_link`."""
    if not safe_link(value):
        raise ValidationError("Please provide a valid URL")


def is_email(text: str) -> bool:
    """Whether the text has the form of an address."""
    return _EMAIL.fullmatch(text.strip()) is not None


def email(value: str) -> None:
    """ValidationError for what is no address of mail, unless it is empty."""
    if value and not is_email(value):
        raise ValidationError(f"Email {value} is not a valid format")

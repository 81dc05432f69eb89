"""From a source's answer to a record: values of any kind made into what the catalogue expects, and what was changed said.

Nothing that a source writes may stop a record: a number where a text should be is read as text, a text where a list
should be as a list of one, and the record carries a warning that names the field.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import orjson

import schemas
from catalog.errors import Trouble
from catalog.issues import Issue, Place
from catalog.record import Distribution, Record
from harvesters import vocabulary
from harvesters.base import Gathered, Option

IDENTIFIER_LENGTH = 500
FORMAT_LENGTH, MEDIA_TYPE_LENGTH = 100, 200
_YES = {"true", "1", "yes", "co", "có"}

# What the operator may say of a source whose records do not say it themselves.
DEFAULTS = (
    Option(name="schema", vi="Lược đồ bảng để kiểm tra các tệp chưa khai lược đồ", en="Table Schema for files that name none"),
    Option(name="theme", vi="Chủ đề của các bộ dữ liệu chưa có chủ đề", en="Theme of datasets that have none"),
    Option(name="license", vi="Giấy phép của các bộ dữ liệu chưa khai giấy phép", en="Licence of datasets that state none"),
    Option(name="frequency", vi="Tần suất cập nhật của các bộ dữ liệu chưa khai", en="Frequency of update of datasets that state none",
           choices=("daily", "weekly", "monthly", "quarterly", "biannual", "annual", "irregular", "once")),
    Option(name="illustrative", vi="Dữ liệu minh hoạ, ghi rõ ở mọi nơi hiển thị", en="Illustrative data, marked wherever it is shown",
           default="false", choices=("true", "false")),
    Option(name="encoding", vi="Bảng mã của các tệp, khi nguồn biết chắc", en="Encoding of the files, where it is known for certain"),
    Option(name="copy", vi="Chép tệp về để kiểm tra (tables) hay chỉ dẫn đường liên kết (none)",
           en="Copy files here and check them (tables), or only link to them (none)", default="tables", choices=("tables", "none")),
    Option(name="pause", vi="Số giây nghỉ giữa hai lần hỏi máy chủ, mỗi lúc một lần hỏi, khi cơ quan muốn được hỏi chậm hơn (đến 60)",
           en="Seconds between two calls to the server, one call at a time, where the agency wants to be asked more slowly (up to 60)"),
)


class Draft:
    """A record in the making: reads fields of the source's answer and remembers what did not fit."""

    def __init__(self, item: Gathered, options: Mapping[str, Any]) -> None:
        self.identifier, self.raw, self.options = item.identifier, item.raw, options
        self.metadata: dict[str, Any] = {}
        self.extras: dict[str, str] = {}
        self.issues: list[Issue] = []

    def text(self, value: Any, field: str) -> str:
        """A value as text; a warning when it was something else."""
        if value is None or isinstance(value, str):
            return value or ""
        read = as_text(value)
        self._odd(value, field, read)
        return read

    def texts(self, value: Any, field: str) -> list[str]:
        """A value as a list of texts without empty ones and repetitions; commas part a text into several."""
        if isinstance(value, str):
            value = value.split(",")
        elif value is not None and not isinstance(value, list):
            self._odd(value, field, as_text(value))
            value = [value]
        found = (as_text(entry).strip() for entry in value or ())
        return list(dict.fromkeys(text for text in found if text))

    def objects(self, value: Any, field: str) -> list[Mapping[str, Any]]:
        """A value as a list of objects; one object is a list of one, and what is no object is left out with a warning."""
        entries = value if isinstance(value, list) else [value] if value else []
        for entry in entries:
            if not isinstance(entry, Mapping):
                self._odd(entry, field, "")
        return [entry for entry in entries if isinstance(entry, Mapping)]

    def _odd(self, value: Any, field: str, read: str) -> None:
        shown = as_text(value)[:100] or json.dumps(value)[:100]
        self.issues.append(Issue("value-of-another-kind", Place(field=field), {"value": shown, "read": read[:100] or "–"}))

    def licence(self, *given: str) -> None:
        """The licence, from the first value that names one; one that is not known is kept word for word in the extras."""
        named = next((text for text in given if text.strip()), "")
        known = vocabulary.licence(named)
        if named and known is None:
            self.issues.append(Issue("licence-unknown", Place(field="license"), {"licence": named[:300]}))
            self.extras["license_source"] = named
        default = str(self.options.get("license") or "")
        self.metadata["license_id"] = known or ("" if named else vocabulary.licence(default) or default)

    def frequency(self, given: str) -> None:
        """The promised frequency of update, in our words; one that is not known is kept in the extras."""
        known = vocabulary.frequency(given) if given.strip() else None
        if given.strip() and known is None:
            self.issues.append(Issue("frequency-unknown", Place(field="frequency"), {"frequency": given[:100]}))
            self.extras["frequency_source"] = given
        self.metadata["frequency"] = known or str(self.options.get("frequency") or "")

    def themes(self, given: Sequence[str]) -> None:
        """Our themes for those of the source; the others are kept in the extras."""
        found = {text: vocabulary.theme(text) for text in given}
        foreign = [text for text, theme in found.items() if theme is None]
        if foreign:
            self.extras["theme_source"] = ", ".join(foreign)
        default = str(self.options.get("theme") or "")
        self.metadata["groups"] = list(dict.fromkeys(filter(None, found.values()))) or ([default] if default else [])

    def illustrative(self, given: Any = None) -> None:
        """Whether the data is made up; the source's word, else the operator's."""
        self.metadata["illustrative"] = is_yes(self.options.get("illustrative") if given is None else given)

    def distribution(self, url: Any, *, schema: Any = None, extras: Mapping[str, Any] | None = None, **fields: Any) -> Distribution | None:
        """One file or link; None with a warning when it has no address that can be shown."""
        address = self.text(url, "url").strip()
        if not address:
            self.issues.append(Issue("file-without-address", Place(field="resources"), {"name": as_text(fields.get("name"))[:100] or "–"}))
            return None
        words = {key: self.text(value, key).strip() for key, value in fields.items() if key != "last_modified"}
        media_type = words.pop("media_type", "")[:MEDIA_TYPE_LENGTH]
        words["format"] = (words.get("format") or "").lstrip(".")[:FORMAT_LENGTH]
        encoding = words.pop("encoding", "") or str(self.options.get("encoding") or "")
        return Distribution(
            url=address, media_type=media_type or None, encoding=encoding or None, last_modified=as_moment(fields.get("last_modified")),
            schema=schema_named(schema) or str(self.options.get("schema") or "") or None, extras=dict(extras or {}), **words,
        )

    def record(self, resources: Sequence[Distribution | None]) -> Record:
        """The record that this draft has become."""
        extras = [{"key": key, "value": value} for key, value in self.extras.items() if key and value]
        return Record(source="", identifier=self.identifier, raw=self.raw, metadata={**self.metadata, "extras": extras},
                      resources=tuple(resource for resource in resources if resource is not None), issues=tuple(self.issues))


def identified(raw: Any, identifier: Any, place: Place) -> Gathered | Issue:
    """A listed record under its identifier, or why it cannot even be identified."""
    if not isinstance(raw, Mapping):
        return Issue("record-not-an-object", place, {"value": as_text(raw)[:100] or json.dumps(raw)})
    name = as_text(identifier).strip() if isinstance(identifier, str | int) and not isinstance(identifier, bool) else ""
    if not name:
        title = raw.get("title")
        return Issue("identifier-missing", place, {"title": title[:200] if isinstance(title, str) and title.strip() else _beginning(raw)})
    if len(name) > IDENTIFIER_LENGTH:
        return Issue("identifier-too-long", place, {"length": len(name), "limit": IDENTIFIER_LENGTH, "shown": name[:80]})
    try:
        orjson.dumps(raw)
    except TypeError:
        return Issue("record-too-deep", place, {"identifier": name})
    return Gathered(identifier=name, raw=raw)


def _beginning(raw: Mapping[str, Any]) -> str:
    """The first signs of a record that says nothing by which a person would find it."""
    try:
        return json.dumps(raw, ensure_ascii=False)[:100]
    except RecursionError:
        return "{"


def parted(found: Sequence[Gathered | Issue]) -> tuple[tuple[Gathered, ...], tuple[Issue, ...]]:
    """Records and issues, each in their order."""
    return (tuple(one for one in found if isinstance(one, Gathered)), tuple(one for one in found if isinstance(one, Issue)))


def require_object(item: Gathered) -> Mapping[str, Any]:
    """The answer as an object; Trouble when it is none."""
    if not isinstance(item.raw, Mapping):
        raise Trouble(Issue("record-not-an-object", Place(), {"value": as_text(item.raw)[:100]}))
    return item.raw


def as_text(value: Any) -> str:
    """Any JSON value as text: lists by commas, of translations the Vietnamese one, other objects as JSON."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    try:
        if isinstance(value, list):
            return ", ".join(filter(None, map(as_text, value)))
        if isinstance(value, Mapping):
            for key in ("vi", "en", "@value", "name", "title"):
                if isinstance(value.get(key), str):
                    return value[key]
        return json.dumps(value, ensure_ascii=False)
    except RecursionError:  # nested without end
        return "…"


def as_moment(value: Any) -> str | None:
    """A date or time in ISO 8601 or as HTTP writes it, as ISO in UTC without zone (CKAN's way); None for anything else."""
    if not isinstance(value, str) or not value.strip():
        return None
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = read(value.strip())
            return (moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment).isoformat()
        except (ValueError, TypeError, OverflowError):
            continue
    return None


def is_yes(value: Any) -> bool:
    """Whether a value says yes."""
    return value is True or str(value).strip().lower() in _YES


def schema_named(value: Any) -> str | None:
    """The schema of the registry that a name, an address or a descriptor speaks of."""
    if isinstance(value, Mapping):
        value = value.get("name")
    if not isinstance(value, str):
        return None
    try:
        parts = [part.removesuffix(".json") for part in urlsplit(value.strip()).path.split("/")]
    except ValueError:
        return None
    known = schemas.names()
    return next((part for part in reversed(parts) if part in known), None)

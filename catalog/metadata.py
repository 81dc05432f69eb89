"""The shapes in which datasets enter: CKAN's package dict, checked and cleaned, with CKAN's words where it does not hold.

What is cleaned: text is put in NFC, characters that no database keeps (NUL, halves of surrogates) are taken out, names
of formats are written as CKAN writes them. Nothing is escaped here; whoever shows a text escapes it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from marshmallow import EXCLUDE, INCLUDE, Schema, ValidationError, fields, pre_load, validates_schema

from catalog.errors import Invalid, Refusal
from catalog.formats import canonical, of_url
from catalog.metadata_fields import Flag, Size, Text, When, clean, email, link, nobodys, personal, safe_link
from catalog.names import MAX_NAME, MAX_TAG, MIN_NAME, MIN_TAG, is_tag

MAX_TITLE = 1000
MAX_RESOURCES = 1000
_NAME = re.compile(r"[a-z0-9_-]*")
RESERVED_NAMES = {"new", "edit", "search"}
_SCHEME = re.compile(r"\s*([a-zA-Z][a-zA-Z0-9+.-]*)\s*:")


class WrongShape(Refusal):
    """A list of objects was needed and something else was sent (CKAN: Integrity Error)."""


def check_name(name: str) -> None:
    """ValidationError unless the text can be the name of a dataset."""
    if name in RESERVED_NAMES:
        raise ValidationError("That name cannot be used")
    if len(name) < MIN_NAME:
        raise ValidationError([f"Must be at least {MIN_NAME} characters long", f'Name "{name}" length is less than minimum {MIN_NAME}'])
    if len(name) > MAX_NAME:
        raise ValidationError([f"Name must be a maximum of {MAX_NAME} characters long", f'Name "{name}" length is more than maximum {MAX_NAME}'])
    if not _NAME.fullmatch(name):
        raise ValidationError("Must be purely lowercase alphanumeric (ascii) characters and these symbols: -_")


def name_messages(name: str) -> list[str]:
    """What is wrong with a name, in CKAN's words; empty where it holds."""
    try:
        check_name(name)
    except ValidationError as error:
        return list(error.messages)
    return []


def _title(title: str) -> None:
    if len(title) > MAX_TITLE:
        raise ValidationError(f"Title must be a maximum of {MAX_TITLE} characters long")


_OPTIONAL = {"allow_none": True}


class ResourceIn(Schema):
    """One resource; keys that CKAN does not know are kept as extras."""

    class Meta:
        unknown = INCLUDE

    id = fields.UUID(error_messages={"invalid_uuid": "Invalid id provided"})
    url = Text(validate=link, **_OPTIONAL)
    name = Text(validate=nobodys, **_OPTIONAL)
    description = Text(validate=nobodys, **_OPTIONAL)
    format = Text(**_OPTIONAL)
    mimetype = Text(**_OPTIONAL)
    resource_type = Text(**_OPTIONAL)
    hash = Text(**_OPTIONAL)
    size = Size(**_OPTIONAL)
    last_modified = When(**_OPTIONAL)


class HarvestedResource(ResourceIn):
    """A resource from the pipeline, which also says what it knows of the file."""

    last_modified = When(lenient=True, **_OPTIONAL)
    state = fields.String()
    url_type = fields.String(**_OPTIONAL)
    schema_name = fields.String(**_OPTIONAL)
    version_id = fields.String(**_OPTIONAL)
    reachable = fields.Boolean(**_OPTIONAL)
    etag = Text(**_OPTIONAL)
    source_modified = Text(**_OPTIONAL)
    checked_at = When(**_OPTIONAL)
    extras = fields.Dict(**_OPTIONAL)


class HarvestedResources(fields.List):
    """The resources of a dataset from the pipeline: those of the usual types are read by hand, for there are many."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(fields.Nested(HarvestedResource), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[dict[str, Any]]:
        read = [_read_plain(resource) for resource in value]
        return super()._deserialize(value, attr, data, **kwargs) if None in read else read


_TEXTS_OF_RESOURCE = ("url", "name", "description", "format", "mimetype", "resource_type", "hash", "etag", "source_modified")
_TYPES_OF_RESOURCE: dict[str, tuple[type, ...]] = {
    "state": (str,), "url_type": (str, type(None)), "schema_name": (str, type(None)), "version_id": (str, type(None)),
    "reachable": (bool, type(None)), "extras": (dict, type(None)), "checked_at": (datetime, type(None)),
}
_ANY_MOMENT = When(lenient=True, allow_none=True)


def _read_plain(resource: Mapping[str, Any]) -> dict[str, Any] | None:
    """What `HarvestedResource` makes of a resource in which every value has its own type already; None for any other."""
    read = dict(resource)
    for key in _TEXTS_OF_RESOURCE:
        text = read.get(key)
        if text is not None:
            if type(text) is not str:
                return None
            read[key] = clean(text)
    if personal(read.get("name")) or personal(read.get("description")):
        return None
    size = read.get("size")
    if not safe_link(read.get("url") or "") or (size is not None and (type(size) is not int or not 0 <= size < 2**63)):
        return None
    if any(key in read and type(read[key]) not in types for key, types in _TYPES_OF_RESOURCE.items()):
        return None
    try:
        if "id" in read:
            read["id"] = UUID(read["id"])
    except (ValueError, AttributeError, TypeError):
        return None
    if "last_modified" in read:
        read["last_modified"] = _ANY_MOMENT.deserialize(read["last_modified"])
    return read


class Extras(fields.Field[list]):
    """A dataset's further facts, `[{"key": …, "value": …}]`; values are written out as text. Read by hand, for there are many."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[dict[str, str]]:
        if lacking := {at: {"key": ["Missing value"]} for at, extra in enumerate(value) if not extra.get("key")}:
            raise ValidationError(lacking)
        kept = (extra for extra in value if not extra.get("deleted"))
        return [{"key": clean(str(extra["key"])), "value": _written_out(extra.get("value"))} for extra in kept]


def _written_out(value: Any) -> str:
    if isinstance(value, Mapping | list):
        return clean(json.dumps(value, ensure_ascii=False))
    return "" if value is None else clean(str(value))


class Named(fields.Field[list]):
    """Tags or groups, each by its name or id."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[dict[str, str]]:
        return [{key: clean(str(item[key])) for key in ("name", "id") if item.get(key)} for item in value]


class PackageIn(Schema):
    """A dataset; keys that CKAN does not know are dropped."""

    class Meta:
        unknown = EXCLUDE

    id = fields.UUID(error_messages={"invalid_uuid": "Invalid id provided"})
    name = Text(validate=check_name)
    title = Text(validate=[_title, nobodys], **_OPTIONAL)
    notes = Text(validate=nobodys, **_OPTIONAL)
    url = Text(validate=link, **_OPTIONAL)
    version = Text(**_OPTIONAL)
    author = Text(**_OPTIONAL)
    author_email = Text(validate=email, **_OPTIONAL)
    maintainer = Text(**_OPTIONAL)
    maintainer_email = Text(validate=email, **_OPTIONAL)
    license_id = Text(**_OPTIONAL)
    type = Text(**_OPTIONAL)
    owner_org = Text(**_OPTIONAL)
    private = Flag(**_OPTIONAL)
    state = Text(**_OPTIONAL)
    tag_string = Text(**_OPTIONAL)
    tags = Named(**_OPTIONAL)
    groups = Named(**_OPTIONAL)
    extras = Extras(**_OPTIONAL)
    resources = fields.List(fields.Nested(ResourceIn), **_OPTIONAL)

    @pre_load
    def lists_of_objects(self, data: Any, **kwargs: Any) -> Any:
        for key in ("tags", "groups", "extras", "resources"):
            value = data.get(key)
            if value is not None and not (isinstance(value, list) and all(isinstance(item, Mapping) for item in value)):
                raise WrongShape(f"Only lists of dicts can be placed against subschema ('{key}',), not {type(value)}")
        if len(data.get("resources") or ()) > MAX_RESOURCES:
            raise ValidationError(f"A dataset may have at most {MAX_RESOURCES} resources", "resources")
        return data

    @validates_schema(skip_on_field_errors=False)
    def tags_hold(self, data: Any, **kwargs: Any) -> None:
        refused = [message for tag in tag_names(data) for message in tag_messages(tag)]
        if refused:
            raise ValidationError(refused, "tags")

    @validates_schema(skip_on_field_errors=False)
    def extras_once(self, data: Any, **kwargs: Any) -> None:
        seen: set[str] = set()
        for key in (extra.get("key") for extra in data.get("extras") or () if isinstance(extra, Mapping)):
            if key in seen:
                raise ValidationError(f'Duplicate key "{key}"', "extras_validation")
            seen.add(key)


class HarvestedPackage(PackageIn):
    """A dataset from the pipeline, which also says where it comes from; addresses of people are taken as they are."""

    author_email = Text(**_OPTIONAL)
    maintainer_email = Text(**_OPTIONAL)
    title_en = Text(validate=nobodys, **_OPTIONAL)
    source_id = fields.String(**_OPTIONAL)
    identifier = fields.String(**_OPTIONAL)
    published_by = fields.String(**_OPTIONAL)
    illustrative = Flag(**_OPTIONAL)
    frequency = Text(**_OPTIONAL)
    archived_reason = fields.String(**_OPTIONAL)
    resources = HarvestedResources(**_OPTIONAL)


_PACKAGE, _HARVESTED, _RESOURCE = PackageIn(), HarvestedPackage(), ResourceIn()


def load_package(data: Mapping[str, Any], *, from_pipeline: bool = False) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a package dict says, cleaned, and what is wrong with it, field to messages as CKAN has them."""
    try:
        return (_HARVESTED if from_pipeline else _PACKAGE).load(data), {}
    except ValidationError as error:
        return dict(error.valid_data or {}), ckan_errors(error.messages)


def load_resource(data: Mapping[str, Any]) -> dict[str, Any]:
    """What a resource dict says, cleaned; Invalid where it does not hold."""
    try:
        return _RESOURCE.load(data)
    except ValidationError as error:
        raise Invalid(ckan_errors(error.messages)) from error


def ckan_errors(messages: Mapping[str, Any]) -> dict[str, Any]:
    """Messages in CKAN's form: by field in alphabetical order; of a list, an object for each item up to the last bad one."""
    return {str(field): _positions(found) for field, found in sorted(messages.items())}


def _positions(found: Any) -> Any:
    if not isinstance(found, Mapping):
        return found
    if not all(isinstance(key, int) for key in found):
        return ckan_errors(found)
    return [ckan_errors(found[at]) if at in found else {} for at in range(max(found) + 1)]


def tag_names(data: Mapping[str, Any]) -> list[str]:
    """The names of the tags of a package dict, from `tags` and from `tag_string`, each once."""
    names = [tag.get("name") or "" for tag in data.get("tags") or () if isinstance(tag, Mapping)]
    names += [part.strip() for part in (data.get("tag_string") or "").split(",") if part.strip()]
    return list(dict.fromkeys(names))


def tag_messages(tag: str) -> list[str]:
    """What is wrong with a tag, in CKAN's words; empty where it holds."""
    if len(tag) < MIN_TAG:
        return [f'Tag "{tag}" length is less than minimum {MIN_TAG}']
    if len(tag) > MAX_TAG:
        return [f'Tag "{tag}" length is more than maximum {MAX_TAG}']
    if not is_tag(tag):
        return [f'Tag "{tag}" can only contain alphanumeric characters, spaces (" "), hyphens ("-"), underscores ("_") or dots (".")']
    return []


def resource_format(given: str | None, url: str | None) -> str:
    """The format as CKAN writes it; from the address's ending where none was given."""
    return canonical(given)[:100] if given else of_url(url or "")

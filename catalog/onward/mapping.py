"""What a dataset is to be at a target: CKAN's dict of it, with the names, licences and fields that the target wants.

Whatever is sent carries our id under `haidang_id`, by which we know it there again, whatever happened to us in between.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from catalog.models import Target
from catalog.names import MAX_NAME

MARK, HOME = "haidang_id", "haidang_url"
EVERY = "*"  # stands for every agency that is not named
EXTRA = "extra:"  # before the name of a field that is to be among the extras
TEXTS = ("title", "notes", "url", "version", "author", "author_email", "maintainer", "maintainer_email", "license_id")
FILE_FACTS = ("name", "description", "format", "url", "mimetype", "size", "hash", "last_modified", "resource_type")
STAYS_HERE = frozenset({"harvest_source_id", MARK, HOME})
MAX_UPLOAD = 50  # megabytes
NAMES = 5  # how many names are tried where others have them


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How what is ours is called at the target.

    organizations  name of an agency -> name of the organization there; `*` is every other agency
    groups         name of a theme -> name of the group there; an empty one is left out
    licences       id of a licence -> id there
    fields         key of a dataset -> key there, `extra:KEY` for one among the extras; an empty one is left out
    constants      key -> value of what every dataset has there, `extra:KEY` as above
    prefix         before the names of datasets, and of organizations and groups that are not named above
    max_upload     megabytes; a larger file stays a link
    illustrative   whether what was made up for a demonstration is sent, too
    """

    organizations: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)
    licences: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    prefix: str = ""
    max_upload: int = MAX_UPLOAD
    illustrative: bool = False

    @classmethod
    def of(cls, target: Target) -> Rules:
        """The rules of a saved target."""
        return cls(**target.mapping)

    def kept(self) -> dict[str, Any]:
        """The rules as they are saved."""
        return {key: dict(value) if isinstance(value, Mapping) else value for key, value in asdict(self).items()}

    def organization(self, slug: str) -> str:
        """The name of an agency's organization at the target."""
        return self.organizations.get(slug) or self.organizations.get(EVERY) or self._named(slug)

    def is_told(self, slug: str) -> bool:
        """Whether somebody said which organization there is that of the agency."""
        return bool(self.organizations.get(slug) or self.organizations.get(EVERY))

    def group(self, theme: str) -> str:
        """The name of a theme's group at the target; "" where it has none."""
        return self.groups[theme] if theme in self.groups else self._named(theme)

    def names(self, name: str) -> list[str]:
        """The names that a dataset may have at the target, the first wanted most."""
        return [self._named(name), *(f"{self._named(name)[:MAX_NAME - 2]}-{number}" for number in range(2, NAMES + 1))]

    def _named(self, name: str) -> str:
        return f"{self.prefix}{name}"[:MAX_NAME]


def outgoing(package: Mapping[str, Any], rules: Rules, home: str) -> dict[str, Any]:
    """What is sent of a dataset, but for its name and the ids of the target; `package` is what `package_show` says, `home` our address."""
    extras = {extra["key"]: extra["value"] for extra in package["extras"] if extra["key"] not in STAYS_HERE}
    sent: dict[str, Any] = {key: package[key] or "" for key in TEXTS}
    sent["license_id"] = rules.licences.get(sent["license_id"], sent["license_id"])
    for ours, theirs in rules.fields.items():
        value = sent.pop(ours, None) if ours in sent else extras.pop(ours, None)
        if value:
            _put(sent, extras, theirs, value)
    for key, value in rules.constants.items():
        _put(sent, extras, key, value)
    extras |= {MARK: package["id"], HOME: f"{home}/dataset/{package['name']}"}
    owner = package["organization"]
    return sent | {
        "owner_org": rules.organization(owner["name"]) if owner else "", "private": False, "state": "active",
        "tags": [{"name": tag["name"]} for tag in package["tags"]],
        "groups": [{"name": name} for group in package["groups"] if (name := rules.group(group["name"]))],
        "extras": [{"key": key, "value": value} for key, value in sorted(extras.items())],
        "resources": [_resource(resource) for resource in package["resources"]],
    }


def _put(sent: dict[str, Any], extras: dict[str, Any], key: str, value: Any) -> None:
    if key.startswith(EXTRA):
        extras[key.removeprefix(EXTRA)] = value
    elif key:
        sent[key] = value


def _resource(resource: Mapping[str, Any]) -> dict[str, Any]:
    return {key: resource[key] for key in FILE_FACTS if resource.get(key) not in (None, "")} | {MARK: resource["id"]}


def hash_of(sent: Mapping[str, Any], how: str) -> str:
    """64 hex digits that change whenever anything that is sent does, or the way (`how`) in which files go along."""
    return hashlib.sha256(json.dumps([sent, how], sort_keys=True, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()


def mark_of(shown: Mapping[str, Any]) -> str | None:
    """Our id on a dataset or an organization of a target; None on what is not ours."""
    return next((str(extra.get("value")) for extra in shown.get("extras") or [] if extra.get("key") == MARK), None)

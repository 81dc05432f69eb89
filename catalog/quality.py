"""How well a dataset can be found, had, used and understood: the 405 points of data.europa.eu and the five stars of open data.

Points follow the methodology of the Metadata Quality Assessment (https://data.europa.eu/mqa/methodology): what concerns files counts
by the share of the files that have it, but interoperability by the best file. A link that nobody has checked yet earns nothing and is
said to be unchecked. The stars follow https://5stardata.info. Neither looks into the data; whether that is valid and up to date is
said elsewhere (`catalog.participation`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from catalog.exchange import vocabulary
from catalog.exchange.entries import Entry, File
from catalog.licences import is_open
from catalog.quality_words import DIMENSIONS, INDICATORS, RATINGS, STARS, Words

MAXIMUM = 405
_AT_LEAST = ((351, "excellent"), (221, "good"), (121, "sufficient"), (0, "bad"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """One thing that is looked at. `share` is how far it is met (0 to 1, None where nobody has looked yet), `mend` what would meet it."""

    key: str
    dimension: str
    maximum: int
    share: float | None
    title: Words
    mend: Words

    @property
    def points(self) -> int:
        return round(self.maximum * (self.share or 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """The points of a dataset with their reasons, its rating and its stars (0 to 5)."""

    indicators: tuple[Indicator, ...]
    stars: int

    @property
    def points(self) -> int:
        return sum(indicator.points for indicator in self.indicators)

    @property
    def rating(self) -> str:
        """`excellent`, `good`, `sufficient` or `bad`."""
        return next(name for least, name in _AT_LEAST if self.points >= least)

    @property
    def lacking(self) -> list[Indicator]:
        """What would earn more points, the most first."""
        return sorted((one for one in self.indicators if one.points < one.maximum), key=lambda one: (one.points - one.maximum, one.key))

    def to_dict(self) -> dict[str, Any]:
        """Everything, in both languages."""
        return {
            "points": self.points, "maximum": MAXIMUM, "rating": {"code": self.rating, **_said(RATINGS[self.rating])},
            "stars": {"count": self.stars, "maximum": 5, **_said(STARS[self.stars])},
            "dimensions": {name: {**_said(words), "points": sum(one.points for one in self.indicators if one.dimension == name),
                                  "maximum": sum(one.maximum for one in self.indicators if one.dimension == name)}
                           for name, words in DIMENSIONS.items()},
            "indicators": [{"key": one.key, "dimension": one.dimension, "points": one.points, "maximum": one.maximum, "share": one.share,
                            "title": _said(one.title), **({"mend": _said(one.mend)} if one.points < one.maximum else {})}
                           for one in self.indicators],
            "methodology": "https://data.europa.eu/mqa/methodology",
        }


def _said(words: Words) -> dict[str, str]:
    return {"vi": words[0], "en": words[1]}


def quality(entry: Entry) -> Quality:
    """The quality of one published dataset, from what is known of it; nothing is asked for over the network."""
    shares = {**_of_dataset(entry), **_of_files(entry), **_best(entry.files)}
    return Quality(stars=stars(entry), indicators=tuple(
        Indicator(key=key, dimension=dimension, maximum=maximum, share=shares[key], title=title, mend=mend)
        for key, (dimension, maximum, title, mend) in INDICATORS.items()))


def _of_dataset(entry: Entry) -> dict[str, float | None]:
    """What a dataset as a whole has."""
    found = {
        "keywordAvailability": entry.tags, "categoryAvailability": entry.themes, "spatialAvailability": entry.spatial,
        "temporalAvailability": entry.temporal, "accessRightsAvailability": True, "accessRightsVocabularyAlignment": True,
        "contactPointAvailability": entry.contact[0] or entry.contact[1] or (entry.publisher and entry.publisher.contact),
        "publisherAvailability": entry.publisher, "dateIssuedAvailability": entry.issued, "dateModifiedAvailability": entry.modified,
        "dcatApCompliance": entry.title and entry.notes,  # the mandatory properties; how they are written is our own doing
    }
    return {key: float(bool(value)) for key, value in found.items()}


def _of_files(entry: Entry) -> dict[str, float | None]:
    """What files have, by their share."""
    files = entry.files
    return {
        "accessUrlStatusCode": _reached(files), "downloadUrlAvailability": _share(files, lambda file: file.download),
        "downloadUrlStatusCode": _reached([file for file in files if file.download]) if any(file.download for file in files) else 0.0,
        "licenceAvailability": _share(files, lambda _: entry.licence_uri),
        "knownLicence": _share(files, lambda _: vocabulary.is_registered_licence(entry.licence)),
        "rightsAvailability": _share(files, lambda _: entry.rights),
        "byteSizeAvailability": _share(files, lambda file: file.size is not None and file.size >= 0),
    }


def _share(files: Sequence[File], holds: Callable[[File], Any]) -> float:
    return sum(bool(holds(file)) for file in files) / len(files) if files else 0.0


def _reached(files: Sequence[File]) -> float | None:
    """The share of files that were there when they were last asked for; a copy held here always is. None while none was asked for."""
    known = [state for file in files if (state := _reachable(file)) is not None]
    if files and not known:
        return None
    return sum(known) / len(files) if files else 0.0


def _reachable(file: File) -> bool | None:
    return True if file.version is not None else file.resource.reachable


def _best(files: Sequence[File]) -> dict[str, float | None]:
    """Interoperability, of the file that has most of it."""
    def of(file: File) -> dict[str, float | None]:
        known = vocabulary.file_type(file.format) is not None
        found = {
            "formatAvailability": file.format, "mediaTypeAvailability": file.media_type, "formatMediaTypeVocabularyAlignment": known and file.media_type,
            "formatMediaTypeNonProprietary": file.format in vocabulary.OPEN_FORMATS,
            "formatMediaTypeMachineInterpretable": file.format in vocabulary.MACHINE_READABLE,
        }
        return {key: float(bool(value)) for key, value in found.items()}

    each = [of(file) for file in files] or [dict.fromkeys(
        ("formatAvailability", "mediaTypeAvailability", "formatMediaTypeVocabularyAlignment", "formatMediaTypeNonProprietary",
         "formatMediaTypeMachineInterpretable"), 0.0)]
    return max(each, key=lambda one: sum(INDICATORS[key][1] * (share or 0) for key, share in one.items()))


def stars(entry: Entry) -> int:
    """The stars of open data: on the web under an open licence, structured, in an open format, with addresses for things.

    A table that is held here is offered as CSV too, whatever the agency's own file is. The fifth star is given by nobody: whether data
    leads to other data cannot be seen from outside.
    """
    files = [file for file in entry.files if _reachable(file) is not False]
    if not files or not is_open(entry.licence):
        return 0
    return max(_stars_of(file) for file in files)


def _stars_of(file: File) -> int:
    if file.format in vocabulary.LINKED_DATA:
        return 4
    if (file.version is not None and file.version.table_sha256) or (
            file.format in vocabulary.MACHINE_READABLE and file.format in vocabulary.OPEN_FORMATS):
        return 3
    return 2 if file.format in vocabulary.MACHINE_READABLE else 1

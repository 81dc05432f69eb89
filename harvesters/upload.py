"""What an agency hands in itself, through the site or `haidang source upload`: every file is a dataset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote

from catalog.errors import Trouble
from catalog.issues import Issue, Place
from catalog.models import UploadedFile
from catalog.net import Net
from catalog.record import Made, Record
from catalog.uploads import CONNECTOR, WORDS
from harvesters.base import Gathered, Option, Page, SourceSpec
from harvesters.describing import DEFAULTS, Draft, as_text
from harvesters.file import format_from, title_from

FILES = 100  # of one page
_MEDIA_TYPES = {"CSV": "text/csv", "TSV": "text/tab-separated-values", "JSON": "application/json", "GEOJSON": "application/geo+json"}


class Upload:
    """An agency's drop; no network is needed. Its address, `upload:NAME`, is made from the source's name."""

    kind: ClassVar[str] = CONNECTOR
    own_scheme: ClassVar[str] = "upload"
    title: ClassVar[Mapping[str, str]] = {"vi": "Tệp do cơ quan tự nộp", "en": "Files that the agency hands in"}
    options: ClassVar[tuple[Option, ...]] = DEFAULTS

    def __init__(self, source: SourceSpec, net: Net) -> None:
        self._source, self._options = source, source.options

    def vet(self) -> None:
        """Trouble unless the address is one of a drop."""
        scheme = self._source.url.partition(":")[0].lower()
        if scheme != self.own_scheme or ":" not in self._source.url:
            raise Trouble(Issue("url-of-another-scheme", Place(), {"scheme": scheme[:40] or "–", "expected": f"{self.own_scheme}:"}))

    def page(self, cursor: str | None) -> Page:
        """The next 100 files by identifier; the cursor is the last one's."""
        self.vet()
        if self._source.drop is None:
            raise Trouble(Issue("source-misconfigured", Place(), {
                "vi": "Kiểu upload cần nguồn đã lưu: haidang source add.", "en": "The connector upload needs a saved source: haidang source add."}))
        rows, total = self._source.drop.listing(cursor or "", FILES + 1)
        items = tuple(Gathered(identifier=row.identifier, raw=_raw(row)) for row in rows[:FILES])
        return Page(items=items, cursor=items[-1].identifier if len(rows) > FILES else None, total=total)

    def describe(self, item: Gathered) -> Record:
        """The dataset of one file: what was said when it was handed in, else what its name and the options say."""
        raw = item.raw or {}
        name = as_text(raw.get("name")) or item.identifier
        draft = Draft(item, self._options)
        says = {key: raw.get(key) for key in WORDS}
        draft.metadata |= {key: draft.text(says[key], key) for key in ("title", "title_en")}
        draft.metadata["title"] = draft.metadata["title"] or title_from(name)
        draft.metadata["notes"] = draft.text(says["description"], "description")
        draft.metadata["tags"] = draft.texts(says["tags"], "tags")
        draft.licence(as_text(says["license"]))
        draft.frequency(as_text(says["frequency"]))
        draft.themes(draft.texts(says["theme"], "theme"))
        draft.illustrative()
        form = format_from(name)
        file = draft.distribution(quote(item.identifier, safe=""), name=name, format=form, media_type=_MEDIA_TYPES.get(form, ""),
                                  schema=says["schema"], last_modified=raw.get("uploaded"))
        return draft.record([file and replace(file, recipe={"sha256": as_text(raw.get("sha256"))}, told=raw.get("told"))])

    def make(self, recipe: Mapping[str, Any], target: Path, mark: str | None) -> Made | None:
        """The bytes as they were handed in; None where they are those of the mark, which is their SHA-256."""
        sha256 = as_text(recipe.get("sha256"))
        if mark is not None and sha256 == mark:
            return None
        if self._source.drop is None:
            raise Trouble(Issue("file-missing", Place(file=sha256[:64])))
        row = self._source.drop.copy(sha256, target)
        return Made(filename=row.filename, media_type=_MEDIA_TYPES.get(format_from(row.filename), ""), mark=sha256)


def _raw(row: UploadedFile) -> dict[str, Any]:
    """What the listing says of a file, with how it is to be read where somebody has looked at that."""
    told = {} if row.told is None else {"told": row.told}
    return {**row.says, "name": row.filename, "sha256": row.sha256, "size": row.size, "number": row.number, "uploaded": row.uploaded_at.isoformat(), **told}

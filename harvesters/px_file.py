"""One PC-Axis file (`.px`) by its address, as PX-Web and statistics offices offer them for download."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any, ClassVar
from urllib.parse import unquote, urlsplit

from catalog.issues import Place
from catalog.net import Net
from catalog.net.limits import Downloaded
from catalog.record import Made, Record
from harvesters import cube, px_text
from harvesters.base import Gathered, Option, Page, SourceSpec
from harvesters.cube_describing import LANGUAGE, Told, described, file_name, mark_of
from harvesters.describing import DEFAULTS, as_text


class PxFileByUrl:
    """A single file of the format; the dataset is what its head says, its table is made from its cells."""

    kind: ClassVar[str] = "px-file"
    title: ClassVar[Mapping[str, str]] = {"vi": "Một tệp PC-Axis (.px)", "en": "One PC-Axis file (.px)"}
    options: ClassVar[tuple[Option, ...]] = (LANGUAGE, *DEFAULTS)

    def __init__(self, source: SourceSpec, net: Net) -> None:
        self._source, self._options, self._net = source, source.options, net

    def page(self, cursor: str | None) -> Page:
        """The one file: what its head says, and the hash of its bytes."""
        with tempfile.TemporaryDirectory(prefix="haidang-") as folder:
            path, got = self._fetched(folder)
            said = px_text.words_of(self._opened(path).head)
        return Page(items=(Gathered(identifier=self._source.url, raw={**said, "sha256": got.sha256}),), total=1)

    def describe(self, item: Gathered) -> Record:
        """The dataset of this file."""
        raw = item.raw
        return described(item, self._options, Told(
            title=raw.get("title") or self._name(), title_en=raw.get("title_en"), notes=raw.get("notes"),
            author=raw.get("source"), maintainer=raw.get("contact"), frequency=raw.get("frequency"),
            url=self._source.url, recipe={}, updated=raw.get("updated"),
            extras={"unit": raw.get("unit"), "subject": raw.get("subject"), "matrix": raw.get("matrix")}))

    def make(self, recipe: Mapping[str, Any], target: Path, mark: str | None) -> Made | None:
        """The table of the file; None where its bytes are those of the mark."""
        with tempfile.TemporaryDirectory(prefix="haidang-") as folder:
            path, got = self._fetched(folder)
            made = mark_of(got.sha256, self._options.get("language"), self._options.get("encoding"))
            if made == mark:
                return None
            file = self._opened(path)
            place = file.head.place
            cube.write_table(target, cube.header(file.head.dimensions()), file.rows(), place, self._net.heed)
        return Made(filename=file_name(self._name()), media_type=cube.MEDIA_TYPE, mark=made)

    def _name(self) -> str:
        return PurePosixPath(unquote(urlsplit(self._source.url).path)).stem

    def _fetched(self, folder: str) -> tuple[Path, Downloaded]:
        path = Path(folder) / "file.px"
        return path, self._net.download(self._source.url, path)

    def _opened(self, path: Path) -> px_text.PxFile:
        place = Place(url=self._source.url)
        return px_text.open_px(path, place, encoding=as_text(self._options.get("encoding")) or None,
                               language=as_text(self._options.get("language")) or "vi")

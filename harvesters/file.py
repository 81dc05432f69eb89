"""One file by its address."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any, ClassVar
from urllib.parse import unquote, urlsplit

from catalog.net import Net
from catalog.record import Record
from harvesters.base import Gathered, Option, Page, SourceSpec
from harvesters.describing import DEFAULTS, Draft, as_text

WORDS = ("title", "title_en", "description", "tags", "url", "author", "maintainer", "maintainer_email")


class FileByUrl:
    """A single file; what a listing would say of it is said by the source's options."""

    kind: ClassVar[str] = "file"
    title: ClassVar[Mapping[str, str]] = {"vi": "Một tệp theo địa chỉ", "en": "One file by address"}
    options: ClassVar[tuple[Option, ...]] = (
        Option(name="title", vi="Tên bộ dữ liệu", en="Title of the dataset"),
        Option(name="title_en", vi="Tên bằng tiếng Anh", en="Title in English"),
        Option(name="description", vi="Mô tả", en="Description"),
        Option(name="tags", vi="Từ khóa, cách nhau bằng dấu phẩy", en="Keywords, separated by commas"),
        Option(name="url", vi="Trang giới thiệu bộ dữ liệu", en="Page about the dataset"),
        Option(name="author", vi="Đơn vị lập dữ liệu", en="Who made the data"),
        Option(name="maintainer", vi="Người hoặc bộ phận phụ trách", en="Who looks after it"),
        Option(name="maintainer_email", vi="Thư điện tử của nơi phụ trách", en="Their e-mail address"),
        Option(name="format", vi="Định dạng, khi địa chỉ chưa cho biết (CSV, XLSX …)", en="Format, where the address does not tell (CSV, XLSX …)"),
        *DEFAULTS,
    )

    def __init__(self, source: SourceSpec, net: Net) -> None:
        self._source, self._net = source, net

    def page(self, cursor: str | None) -> Page:
        """The one file, with the marks by which a change is seen."""
        raw = {"url": self._source.url, **self._marks(), "says": {
            name: self._source.options[name] for name in (*WORDS, "format") if self._source.options.get(name)}}
        return Page(items=(Gathered(identifier=self._source.url, raw=raw),), total=1)

    def _marks(self) -> dict[str, Any]:
        """ETag or Last-Modified as the server gives them; where it gives neither, the hash of the file."""
        headers = self._net.head(self._source.url).headers
        marks = {"etag": headers.get("etag"), "last_modified": headers.get("last-modified"),
                 "size": headers.get("content-length"), "media_type": headers.get("content-type")}
        if not (marks["etag"] or marks["last_modified"]):
            with tempfile.TemporaryDirectory(prefix="haidang-") as folder:
                marks["sha256"] = self._net.download(self._source.url, Path(folder) / "file").sha256
        return {name: value for name, value in marks.items() if value}

    def describe(self, item: Gathered) -> Record:
        """The dataset of this one file."""
        says = item.raw.get("says") if isinstance(item.raw.get("says"), Mapping) else {}
        name = PurePosixPath(unquote(urlsplit(self._source.url).path)).name
        draft = Draft(item, self._source.options)
        draft.metadata |= {key: as_text(says.get(key)) for key in WORDS}
        draft.metadata["notes"] = draft.metadata.pop("description")
        draft.metadata["title"] = draft.metadata["title"] or title_from(name)
        draft.metadata["tags"] = draft.texts(says.get("tags"), "tags")
        draft.licence("")
        draft.frequency("")
        draft.themes([])
        draft.illustrative()
        media_type = as_text(item.raw.get("media_type")).partition(";")[0].strip()
        return draft.record([draft.distribution(
            self._source.url, name=name, format=says.get("format") or format_from(name), media_type=media_type,
            last_modified=item.raw.get("last_modified"))])


def title_from(name: str) -> str:
    """A title made of a file's name: `truong-hoc_2024.csv` is "truong hoc 2024"."""
    return " ".join(PurePosixPath(name).stem.replace("_", " ").replace("-", " ").split())


def format_from(name: str) -> str:
    """The format that a file's ending tells."""
    return PurePosixPath(name).suffix.lstrip(".").upper()

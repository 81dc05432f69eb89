"""What all folders of files share: which files are data, what a metadata file beside them says, and the dataset of one file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath
from typing import Any

from catalog.errors import Trouble
from catalog.issues import Issue, Place
from catalog.net import LocalFolder, Net
from catalog.net.transfer import parsed_json
from harvesters.base import Gathered, Option
from harvesters.describing import Draft, as_text
from harvesters.file import title_from

DATA = {".csv", ".tsv", ".xlsx", ".xls", ".ods", ".json", ".geojson", ".parquet", ".zip"}
SIDECARS = {"metadata.json", "metadata.csv"}
MAX_SIDECAR = 8 << 20  # bytes

OPTIONS = (
    Option(name="pattern", vi="Chỉ lấy các tệp có tên khớp mẫu, ví dụ *.csv; nhiều mẫu cách nhau bằng dấu chấm phẩy",
           en="Only files whose names match, such as *.csv; several patterns are separated by semicolons"),
    Option(name="recursive", vi="Lấy cả các thư mục con", en="Sub-folders too", default="false", choices=("true", "false")),
)


def walked(folder: LocalFolder, net: Net, *, recursive: bool) -> Iterator[Path]:
    """The files of a folder of this machine, by their paths below it; CalledOff where nobody waits for them any more."""
    for path in folder.files(recursive=recursive):
        net.heed()
        yield path


def is_sidecar(name: str) -> bool:
    """Whether a file says something of the files beside it."""
    return name.lower() in SIDECARS


def is_wanted(name: str, options: Mapping[str, Any]) -> bool:
    """Whether a file of this name is a dataset: by the patterns of the options, else by its ending."""
    patterns = [pattern.strip().lower() for pattern in str(options.get("pattern") or "").split(";") if pattern.strip()]
    if patterns:
        return any(fnmatch(name.lower(), pattern) for pattern in patterns)
    return PurePosixPath(name).suffix.lower() in DATA


def words_by_file(data: bytes, path: str, url: str) -> dict[str, Mapping[str, Any]]:
    """What a metadata file says, by file name; Trouble where it cannot be read."""
    value = parsed_json(data, url) if path.lower().endswith(".json") else _table(data, url)
    if isinstance(value, Mapping):
        value = value.get("files", value)
    if isinstance(value, Mapping):
        return {name: words for name, words in value.items() if isinstance(words, Mapping)}
    if isinstance(value, list):
        return {as_text(words.get("file")): words for words in value if isinstance(words, Mapping) and words.get("file")}
    raise Trouble(Issue("listing-of-another-kind", Place(url=url), {"expected": "file"}))


def _table(data: bytes, url: str) -> list[dict[str, Any]]:
    """The rows of `metadata.csv` (UTF-8), without empty cells."""
    try:
        rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    except (UnicodeDecodeError, csv.Error) as error:
        raise Trouble(Issue("sidecar-unreadable", Place(url=url))) from error
    return [{key: value for key, value in row.items() if key and value} for row in rows]


def drafted(item: Gathered, options: Mapping[str, Any]) -> tuple[Draft, Mapping[str, Any]]:
    """The dataset of one file without its file, and what the metadata file says of it; else what its name and the options say."""
    raw = item.raw or {}
    says = raw.get("says") if isinstance(raw.get("says"), Mapping) else {}
    draft = Draft(item, options)
    draft.metadata |= {key: draft.text(says.get(key), key) for key in (
        "name", "title", "title_en", "author", "author_email", "maintainer", "maintainer_email", "url", "version")}
    draft.metadata["title"] = draft.metadata["title"] or title_from(PurePosixPath(item.identifier).name)
    draft.metadata["notes"] = draft.text(says.get("description") or says.get("notes"), "description")
    draft.metadata["tags"] = draft.texts(says.get("tags"), "tags")
    draft.licence(as_text(says.get("license") or says.get("license_id")))
    draft.frequency(as_text(says.get("frequency")))
    draft.themes(draft.texts(says.get("theme"), "theme"))
    draft.illustrative(says.get("illustrative"))
    return draft, says

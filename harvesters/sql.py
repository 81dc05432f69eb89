"""A database, asked by SQL: each table or query is a dataset with one CSV file. Nothing in it can be changed from here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote

from catalog.errors import Trouble, UsageError
from catalog.issues import Issue, Place
from catalog.net import Net
from catalog.record import Made, Record
from harvesters.base import Gathered, Option, Page, SourceSpec
from harvesters.describing import DEFAULTS, Draft, as_text
from harvesters.file import title_from
from harvesters.sql_database import Database, Reading
from harvesters.sql_query import checked_query, datasets_of
from harvesters.sql_table import BATCH, write_csv

DATASETS = 100  # of one page
FORM = "1-"  # stands before a mark, so that another way of writing the file makes another mark
DEFAULT_ROWS, DEFAULT_SECONDS = 5_000_000, 600


class Sql:
    """A database that the operator allows: PostgreSQL, SQLite, MySQL, MariaDB, Oracle, SQL Server.

    Without a key a table has no order of its own; a query with ORDER BY keeps the file the same while the rows are.
    """

    kind: ClassVar[str] = "sql"
    title: ClassVar[Mapping[str, str]] = {"vi": "Cơ sở dữ liệu (truy vấn SQL, chỉ đọc)", "en": "Database (SQL query, read-only)"}
    options: ClassVar[tuple[Option, ...]] = (
        Option(name="tables", vi="Các bảng hoặc khung nhìn được lấy, cách nhau bằng dấu phẩy; * là tất cả, nên chỉ dùng với tài khoản riêng cho dữ liệu mở",
               en="Tables or views to take, separated by commas; * for all of them, for an account made for open data only"),
        Option(name="query", vi="Một câu SELECT cho một bộ dữ liệu", en="One SELECT, for one dataset"),
        Option(name="datasets", vi="Danh sách bộ dữ liệu bằng YAML hoặc JSON: table hoặc query, identifier, title, description, tags, theme, license, frequency, schema",
               en="A list of datasets in YAML or JSON: table or query, identifier, title, description, tags, theme, license, frequency, schema", lines=True),
        Option(name="identifier", vi="Mã của bộ dữ liệu lấy bằng query", en="Identifier of the dataset of the query"),
        Option(name="title", vi="Tên của bộ dữ liệu lấy bằng query", en="Title of the dataset of the query"),
        Option(name="description", vi="Mô tả của bộ dữ liệu lấy bằng query", en="Description of the dataset of the query"),
        Option(name="password", vi="Mật khẩu của tài khoản chỉ có quyền đọc", en="Password of an account that may only read", secret=True),
        Option(name="max_rows", vi="Số dòng tối đa của một bảng; vượt thì báo, không cắt", en="Rows that a table may have; more are reported, never cut off",
               default=str(DEFAULT_ROWS)),
        Option(name="time_limit", vi="Số giây tối đa cho một truy vấn", en="Seconds that a query may take", default=str(DEFAULT_SECONDS)),
        *DEFAULTS,
    )

    def __init__(self, source: SourceSpec, net: Net) -> None:
        self._options, self._net = source.options, net
        self._rows = _whole(source.options, "max_rows", DEFAULT_ROWS)
        self._database = Database(source, net, _whole(source.options, "time_limit", DEFAULT_SECONDS))
        self._datasets = datasets_of(source.options, self._database.dialect)

    def vet(self) -> None:
        """Trouble unless the operator allows this database to be read."""
        self._database.vet()

    def page(self, cursor: str | None) -> Page:
        """The next 100 datasets by identifier; the database must let us in even where the options name them all."""
        with self._database.reading() as reading:
            found = self._datasets if self._datasets is not None else [{"identifier": name, "table": name} for name in reading.tables()]
        rest = [entry for entry in found if cursor is None or entry["identifier"] > cursor]
        items = tuple(Gathered(identifier=entry["identifier"], raw=entry) for entry in rest[:DATASETS])
        return Page(items=items, cursor=items[-1].identifier if len(rest) > DATASETS else None, total=len(found))

    def describe(self, item: Gathered) -> Record:
        """The dataset of one table or query; where the database lies is nobody's business, so its file has an address of ours."""
        raw = item.raw or {}
        draft = Draft(item, self._options)
        draft.metadata |= {key: draft.text(raw.get(key), key) for key in ("title", "title_en")}
        draft.metadata["title"] = draft.metadata["title"] or title_from(item.identifier)
        draft.metadata["notes"] = draft.text(raw.get("description"), "description")
        draft.metadata["tags"] = draft.texts(raw.get("tags"), "tags")
        draft.licence(as_text(raw.get("license")))
        draft.frequency(as_text(raw.get("frequency")))
        draft.themes(draft.texts(raw.get("theme"), "theme"))
        draft.illustrative()
        recipe = {key: as_text(raw.get(key)) for key in ("table", "query") if raw.get(key)}
        name = f"{item.identifier}.csv"
        file = draft.distribution(quote(name, safe=""), name=name, format="CSV", media_type="text/csv", schema=raw.get("schema"))
        return draft.record([file and replace(file, recipe=recipe)])

    def make(self, recipe: Mapping[str, Any], target: Path, mark: str | None) -> Made | None:
        """Read all rows into a CSV file; None where they are those of the mark, which is a hash of the file."""
        with self._database.reading() as reading:
            columns, batches = reading.rows(self._query(recipe, reading), BATCH)
            sha256 = write_csv(columns, batches, target, max_rows=self._rows, max_bytes=self._net.limits.max_download)
        found = FORM + sha256
        if found == mark:
            target.unlink()
            return None
        return Made(filename="data.csv", media_type="text/csv", mark=found)

    def _query(self, recipe: Mapping[str, Any], reading: Reading) -> str:
        """The query of a recipe, looked through again: a recipe has lain in the store meanwhile."""
        if recipe.get("table"):
            return reading.select_all(as_text(recipe["table"]))
        try:
            return checked_query(recipe.get("query"), self._database.dialect)
        except UsageError as error:
            raise Trouble(Issue("source-misconfigured", Place(), {"vi": error.vi, "en": error.en})) from error


def _whole(options: Mapping[str, Any], name: str, default: int) -> int:
    """An option that is a whole number above 0."""
    text = str(options.get(name) or default).strip()
    if not (text.isascii() and text.isdecimal() and 0 < int(text) <= 10**12):
        raise UsageError(f"Tùy chọn {name} phải là số nguyên dương.", f"Option {name} must be a whole number above 0.")
    return int(text)

"""Tables of a small office as DuckDB files: what may be read, noise, and a secret beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from catalog.tables.sql_pool import SqlPool

SECRET = "bi-mat-74c1"
SCHOOLS, DISTRICTS = "6f1d3a52-0000-4c1e-9a44-5d1f7a2b9c01", "6f1d3a52-0000-4c1e-9a44-5d1f7a2b9c02"


def _file(path: Path, *statements: str) -> Path:
    with duckdb.connect(str(path)) as connection:
        for statement in statements:
            connection.execute(statement)
    return path


@pytest.fixture(scope="session")
def table_files(tmp_path_factory) -> dict[str, Path]:
    """The DuckDB files that may be read, by the ids of their resources."""
    folder = tmp_path_factory.mktemp("tables'of")
    _file(folder / "secret.duckdb", f"CREATE TABLE rows AS SELECT '{SECRET}' AS note, 1 AS _id")
    (folder / "secret.csv").write_text(f"note\n{SECRET}\n", "utf-8")
    return {
        SCHOOLS: _file(folder / "schools.duckdb", """CREATE TABLE rows AS SELECT * FROM (VALUES
            (1, 'TH Kim Đồng', 'Q1', 420, 12.50::DECIMAL(10, 2), DATE '2001-09-05', true),
            (2, 'TH Lê Lợi', 'Q1', 380, 9.75, DATE '1998-09-05', true),
            (3, 'THCS Trần Phú', 'Q2', 610, 20.00, DATE '2010-01-15', false),
            (4, 'THPT Nguyễn Du', 'Q3', 905, NULL, NULL, true),
            (5, 'MN Hoa Sen', 'Q2', 150, 4.25, DATE '2019-08-20', NULL)) AS t(_id, ten, quan, "Số học sinh", dien_tich, ngay_lap, cong_lap)"""),
        DISTRICTS: _file(folder / "districts.duckdb",
                         "CREATE TABLE rows AS SELECT * FROM (VALUES (1, 'Q1', 'Quận 1'), (2, 'Q2', 'Quận 2'), (3, 'Q9', 'Quận 9')) AS t(_id, ma, ten)"),
        "noise": _file(folder / "noise.duckdb", "CREATE TABLE rows AS SELECT range AS _id, range % 7 AS g, 'noise' AS note FROM range(100000)"),
    }


@pytest.fixture(scope="session")
def readable(table_files) -> Callable[[str], Path | None]:
    """What an asker may read, by name."""
    return table_files.get


@pytest.fixture(scope="module")
def pool() -> Iterator[SqlPool]:
    """Two processes, closed after the tests of a file."""
    pool = SqlPool()
    yield pool
    pool.close()

"""A stored table becomes a DuckDB file once, however many ask; rows are numbered, words are found without accents."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from catalog.errors import Invalid, Trouble
from catalog.tables import serving
from catalog.tables.serving import Tables, table_file
from catalog.tables.shelf import Shelf

ROADS = {"ma": ["01", "02"], "tên": ["Đường  Trần-Phú", None], "dài": [3, 4], "ngày": [date(2024, 1, 2), None]}


def stored(folder: Path, columns: dict[str, list] | None = None, name: str = "t") -> Path:
    path = folder / f"{name}.parquet"
    pq.write_table(pa.table(columns or ROADS), path)
    return path


def tables(folder: Path, limit: int = 10**9) -> Tables:
    """Tables whose SHA-256 is the name of a file in the folder."""
    return Tables(Shelf(folder / "cache", limit), lambda sha256: folder / f"{sha256}.parquet")


def test_the_file_holds_the_rows_numbered_from_one(tmp_path):
    stored(tmp_path)
    with duckdb.connect(str(tables(tmp_path).path("t")), read_only=True) as connection:
        assert connection.execute("SELECT * FROM rows").fetchall() == [(1, "01", "Đường  Trần-Phú", 3, date(2024, 1, 2)), (2, "02", None, 4, None)]
        assert [row[0] for row in connection.execute("DESCRIBE rows").fetchall()] == ["_id", "ma", "tên", "dài", "ngày"]


def test_words_are_found_without_accents(tmp_path):
    stored(tmp_path)
    table = tables(tmp_path).open("t")
    assert table.ask("SELECT _words FROM kept ORDER BY _id") == [(" 01 duong tran phu 3 2024 01 02 ",), (" 02 4 ",)]
    assert [(column.name, column.kind) for column in table.columns] == [("ma", "text"), ("tên", "text"), ("dài", "int8"), ("ngày", "date")]
    assert (table.total, table.types["dài"]) == (2, "BIGINT")


def test_names_that_differ_by_big_letters_only_stay_apart(tmp_path):
    path = tmp_path / "t.parquet"
    pq.write_table(pa.Table.from_arrays([pa.array([n]) for n in range(4)], names=["a", "A", "_id", 'x"; --']), path)
    table = tables(tmp_path).open("t")
    assert [column.name for column in table.columns] == ["a", "A_2", "_id_2", 'x"; --']
    assert table.ask('SELECT * FROM rows') == [(1, 0, 1, 2, 3)]


def test_a_table_without_columns_or_rows_is_served(tmp_path):
    pq.write_table(pa.table({"a": pa.array([], pa.string())}), tmp_path / "t.parquet")
    assert tables(tmp_path).open("t").ask("SELECT * FROM rows") == []


def test_many_threads_build_it_once(tmp_path, monkeypatch):
    stored(tmp_path)
    built = []
    build = serving._build
    monkeypatch.setattr(serving, "_build", lambda source, target: (built.append(target), build(source, target)))
    site_tables = tables(tmp_path)
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: site_tables.open("t").ask("SELECT count(*) FROM rows"), range(40)))
    assert (answers, len(built)) == ([[(2,)]] * 40, 1)


def ask(folder: str) -> int:
    return tables(Path(folder)).open("t").ask("SELECT count(*) FROM rows")[0][0]


def test_several_processes_share_the_file(tmp_path):
    stored(tmp_path)
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        assert pool.map(ask, [str(tmp_path)] * 4) == [2] * 4
    assert [path.name for path in (tmp_path / "cache").glob("*") if path.suffix != ".lock"] == [f"t.{serving.FORM}.duckdb"]


def test_the_least_used_file_is_dropped_and_stays_readable_for_who_has_it_open(tmp_path):
    for name in ("one", "two", "three"):
        stored(tmp_path, name=name)
    one_file = tables(tmp_path).path("one").stat().st_size
    site_tables = tables(tmp_path, limit=2 * one_file)
    first, _ = site_tables.open("one"), site_tables.path("two")
    second = site_tables.open("two")
    site_tables.path("one")
    site_tables.path("three")
    assert {path.name.split(".")[0] for path in (tmp_path / "cache").glob("*.duckdb")} == {"one", "three"}
    assert first.ask("SELECT count(*) FROM rows") == second.ask("SELECT count(*) FROM rows") == [(2,)]
    assert tables(tmp_path).open("two").total == 2


def test_few_connections_stay_open_and_none_is_closed_under_a_reader(tmp_path, monkeypatch):
    monkeypatch.setattr(serving, "OPEN", 1)
    for name in ("one", "two"):
        stored(tmp_path, name=name)
    site_tables = tables(tmp_path)
    first = site_tables.open("one")
    site_tables.open("two")
    assert first.ask("SELECT count(*) FROM rows") == [(2,)]
    assert site_tables.open("one") is not first
    site_tables.close()


@pytest.mark.parametrize("sql", ["SELECT * FROM read_text('/etc/hostname')", "COPY rows TO '/tmp/x.csv'", "INSTALL httpfs", "SET threads = 9", "DROP VIEW rows",
                                 "ATTACH '/tmp/x.db'"])
def test_nothing_outside_the_file_is_in_reach(tmp_path, sql):
    stored(tmp_path)
    with pytest.raises(duckdb.Error):
        tables(tmp_path).open("t").ask(sql)


def test_a_query_without_end_is_ended(tmp_path, monkeypatch):
    stored(tmp_path)
    monkeypatch.setattr(serving, "SECONDS", 0.05)
    with pytest.raises(Invalid, match="too much time"):
        tables(tmp_path).open("t").ask("SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE a.range + b.range = 7")


def test_a_value_that_is_no_number_is_refused(tmp_path):
    stored(tmp_path)
    with pytest.raises(Invalid) as refused:
        tables(tmp_path).open("t").ask("SELECT * FROM rows WHERE dài = CAST(? AS BIGINT)", ["abc"])
    assert refused.value.errors["query"] == ["Invalid query"]


def test_a_stream_gives_all_rows(tmp_path):
    stored(tmp_path, {"n": list(range(5_000))})
    batches = list(tables(tmp_path).open("t").stream("SELECT n FROM kept ORDER BY n DESC"))
    assert [row[0] for batch in batches for row in batch] == list(range(4_999, -1, -1))


def test_a_build_that_fails_leaves_nothing(tmp_path):
    (tmp_path / "t.parquet").write_bytes(b"no table")
    with pytest.raises(pa.ArrowInvalid):
        tables(tmp_path).path("t")
    assert [path for path in (tmp_path / "cache").iterdir() if path.suffix != ".lock"] == []


def test_the_tables_of_a_site_come_from_its_files(site, tmp_path):
    sha256 = site.files.put(stored(tmp_path))
    assert table_file(site, sha256) == site.settings.var / "cache" / "tables" / f"{sha256}.{serving.FORM}.duckdb"
    assert site.tables.open(sha256).total == 2
    with pytest.raises(Trouble):
        table_file(site, "0" * 64)

"""Parquet files become rows of true values; hostile ones end as an issue."""

from __future__ import annotations

import datetime
import decimal
import io
import random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from catalog.errors import Trouble
from catalog.reading import Limits, Request, Workspace, open_file, sniff


def written(table: pa.Table, **options) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out, **options)
    return out.getvalue()


def read(tmp_path, content: bytes, filename: str = "table.parquet", **more):
    path = tmp_path / "file"
    path.write_bytes(content)
    request = Request(path=path, filename=filename, **more)
    return open_file(request, sniff(request), Workspace())


def rows(tmp_path, table: pa.Table, **options) -> list[list]:
    reading = read(tmp_path, written(table, **options))
    return list(reading.grids[0].rows())


def refused(tmp_path, content: bytes, **more) -> str:
    with pytest.raises(Trouble) as caught:
        read(tmp_path, content, **more)
    return caught.value.issue.code


def column(tmp_path, values: list, kind: pa.DataType | None = None) -> list:
    labels, *body = rows(tmp_path, pa.table({"a": pa.array(values, type=kind)}))
    assert labels == ["a"]
    return [row[0] for row in body]


DAY = datetime.date(2024, 12, 31)
MOMENT = datetime.datetime(2024, 12, 31, 23, 59, 59, 999999)


@pytest.mark.parametrize(("values", "kind"), [
    ([1, None, 3], pa.int64()), ([2**64 - 1, 0], pa.uint64()), ([-1, None], pa.int8()), ([1.5, None, 1e300], pa.float64()), ([True, False, None], pa.bool_()),
    ([decimal.Decimal("1.10"), None], pa.decimal128(10, 2)), (["Vũng Tàu", "", None], pa.string()), (["a"], pa.large_string()), ([None, None], pa.null()),
    ([DAY, None, datetime.date(1, 1, 1)], pa.date32()), ([MOMENT, None], pa.timestamp("us")), ([datetime.time(1, 2, 3, 4)], pa.time64("us")),
])
def test_values_come_as_they_are(tmp_path, values, kind):
    got = column(tmp_path, values, kind)
    assert got == values and [type(value) for value in got] == [type(value) for value in values]


def test_finer_and_coarser_units_come_as_pythons(tmp_path):
    table = pa.table({
        "nanoseconds": pa.array([1735689599999999999], pa.timestamp("ns")), "days": pa.array([DAY], pa.date64()), "clock": pa.array([3723000000001], pa.time64("ns")),
        "zone": pa.array([MOMENT], pa.timestamp("us", tz="Asia/Ho_Chi_Minh")), "float": pa.array([0.1], pa.float32()),
    })
    assert rows(tmp_path, table)[1] == [MOMENT, DAY, datetime.time(1, 2, 3), MOMENT.replace(tzinfo=datetime.UTC), 0.1]


def test_dates_beyond_pythons_come_as_text(tmp_path):
    assert column(tmp_path, [10_000_000], pa.date32())[0].startswith("29349-")


def test_lists_structs_and_bytes_come_as_text(tmp_path):
    table = pa.table({
        "list": [[1, None]], "struct": [{"tên": "x", "ngày": DAY}], "map": pa.array([[("a", 1)]], pa.map_(pa.string(), pa.int64())), "bytes": [b"\xff\x00"],
        "text": pa.array(["é".encode()], pa.binary()), "word": pa.array(["đ"]).dictionary_encode(), "number": pa.array([7]).dictionary_encode(),
    })
    assert rows(tmp_path, table)[1] == ["[1,null]", '{"tên":"x","ngày":"2024-12-31"}', '[["a",1]]', "/wA=", "é", "đ", 7]


def test_many_row_groups_and_batches_keep_their_order(tmp_path):
    got = rows(tmp_path, pa.table({"n": list(range(5000)), "t": [str(n) for n in range(5000)]}), row_group_size=700)
    assert got[0] == ["n", "t"] and got[1:] == [[n, str(n)] for n in range(5000)]


def test_large_cells_come_a_few_at_a_time(tmp_path):
    assert [len(cell) for cell in column(tmp_path, ["x" * 1_000_000] * 80)] == [1_000_000] * 80


def test_a_table_without_rows_or_with_repeated_names_has_its_header(tmp_path):
    assert rows(tmp_path, pa.table({"a": pa.array([], pa.int64()), "b": pa.array([], pa.list_(pa.string()))})) == [["a", "b"]]
    assert rows(tmp_path, pa.table([[1], [2]], names=["a", "a"])) == [["a", "a"], [1, 2]]


def test_rows_start_again_each_time(tmp_path):
    reading = read(tmp_path, written(pa.table({"a": [1]})))
    assert list(reading.grids[0].rows()) == list(reading.grids[0].rows()) == [["a"], [1]]


@pytest.mark.parametrize(("content", "filename", "media_type", "format"), [
    (b"PAR1", "noname", None, "Parquet"), (b"PAR1", "a.csv", None, "Parquet"), (b"words", "a.parquet", None, "text"), (b"a,b\n1,2\n", "a.parquet", None, "CSV"),
    (b"\0\1\2", "x", "application/vnd.apache.parquet", "binary"),
])
def test_the_bytes_say_that_it_is_parquet(tmp_path, content, filename, media_type, format):
    path = tmp_path / "file"
    path.write_bytes(content)
    assert sniff(Request(path=path, filename=filename, media_type=media_type)).format == format


GOOD = written(pa.table({"a": list(range(300)), "b": [f"chữ {n}" for n in range(300)], "c": [[n] for n in range(300)]}))


@pytest.mark.parametrize("content", [b"PAR1", b"PAR1PAR1", GOOD[:-1], GOOD[:-400], GOOD[: len(GOOD) // 2], b"PAR1" + bytes(100) + b"PAR1",
                                     GOOD[:-8] + b"\xff\xff\xff\x7fPAR1", GOOD[:4] + bytes(len(GOOD) - 2000) + GOOD[-1996:]])
def test_broken_files_are_refused(tmp_path, content):
    assert refused(tmp_path, content) == "parquet-broken"


def test_damage_anywhere_ends_in_rows_or_in_an_issue(tmp_path):
    chance = random.Random(7)
    for _ in range(6):
        content = bytearray(GOOD)
        for _ in range(3):
            content[chance.randrange(4, len(content) - 8)] = chance.randrange(256)
        try:
            reading = read(tmp_path, bytes(content))
            list(reading.grids[0].rows())
        except Trouble as trouble:
            assert trouble.issue.code in ("parquet-broken", "parquet-too-big")


def test_text_that_is_not_utf8_is_broken(tmp_path):
    assert refused(tmp_path, written(pa.table({"a": ["abcdefgh" * 3]}), use_dictionary=False, compression="none").replace(b"abcdefgh", b"abc\xffefgh")) == "parquet-broken"


def test_a_small_file_that_unpacks_without_end_is_stopped(tmp_path):
    words = pa.DictionaryArray.from_arrays(pa.array([0] * 200_000, pa.int32()), pa.array(["x" * 100_000]))
    content = written(pa.table({"a": words}))
    assert len(content) < 2**20
    assert refused(tmp_path, content, limits=Limits(unpacked=2**26)) == "parquet-too-big"
    assert refused(tmp_path, content, limits=Limits(workbook_memory=2**29)) == "parquet-too-big"


def test_a_file_above_the_limit_is_not_opened(tmp_path):
    assert refused(tmp_path, GOOD, limits=Limits(file=100)) == "file-too-big"

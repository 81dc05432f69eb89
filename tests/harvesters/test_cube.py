"""A cube of JSON-stat, of whichever version, and the tidy table that it becomes."""

from __future__ import annotations

import csv
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.sources import code_of

from catalog.errors import CalledOff
from catalog.issues import Place
from harvesters.cube import Dimension, header, unique_names, write_table
from harvesters.json_stat_cube import cube_of, is_dataset

PLACES = {"label": "Địa phương", "category": {"index": ["747", "748"], "label": {"747": "Vũng Tàu", "748": "Bà Rịa"}}}
YEARS = {"label": "Năm", "category": {"index": {"2023": 1, "2022": 0}}}
SUBJECT = {"label": "Chỉ tiêu", "category": {"label": {"DS": "Dân số"}, "unit": {"DS": {"decimals": 1, "label": "nghìn người"}}}}


def dataset(**changes):
    return {"version": "2.0", "class": "dataset", "label": "Dân số", "id": ["noi", "nam", "chi_tieu"], "size": [2, 2, 1],
            "dimension": {"noi": PLACES, "nam": YEARS, "chi_tieu": SUBJECT}, "value": [357.1, None, 118.5, 120],
            "status": {"1": ".."}, **changes}


def old(**changes):
    """Version 1 has names and sizes among the dimensions."""
    new = dataset(**changes)
    return {"label": new["label"], "value": new["value"], "status": new["status"],
            "dimension": {**new["dimension"], "id": new["id"], "size": new["size"], "role": {"time": ["nam"]}}}


def rows(value) -> list[list[str]]:
    cube = cube_of(value, Place())
    return [header(cube.dimensions), *cube.rows()]


TABLE = [["noi", "noi_label", "nam", "chi_tieu", "chi_tieu_label", "chi_tieu_unit", "value", "status"],
         ["747", "Vũng Tàu", "2022", "DS", "Dân số", "nghìn người", "357.1", ""],
         ["747", "Vũng Tàu", "2023", "DS", "Dân số", "nghìn người", "", ".."],
         ["748", "Bà Rịa", "2022", "DS", "Dân số", "nghìn người", "118.5", ""],
         ["748", "Bà Rịa", "2023", "DS", "Dân số", "nghìn người", "120", ""]]


@pytest.mark.parametrize("value", [
    dataset(), old(), dataset(status=["", "..", "", ""]), dataset(status=[None, "..", None, None]),
    dataset(value={"0": 357.1, "2": 118.5, "3": 120}), old(value={"0": 357.1, "2": 118.5, "3": 120})])
def test_one_row_a_cell_in_the_order_of_the_cube(value):
    assert rows(value) == TABLE


def test_a_status_of_all_stands_beside_every_cell():
    assert [row[-1] for row in rows(dataset(status="sơ bộ"))[1:]] == ["sơ bộ"] * 4


def test_of_an_object_the_cells_that_are_not_named_make_no_rows():
    assert rows(dataset(value={"3": 120}, status=None)) == [TABLE[0], TABLE[4]]


def test_a_hierarchy_has_a_column_of_what_is_above():
    category = {**PLACES["category"], "child": {"747": ["748"]}}
    table = rows(dataset(dimension={"noi": {"category": category}, "nam": YEARS, "chi_tieu": SUBJECT}))
    assert [row[:3] for row in table] == [["noi", "noi_label", "noi_parent"], *[["747", "Vũng Tàu", ""]] * 2,
        *[["748", "Bà Rịa", "747"]] * 2]


@pytest.mark.parametrize(("changes", "code"), [
    ({"value": [1, 2, 3]}, "cube-size"), ({"value": [1] * 5}, "cube-size"), ({"status": ["a"]}, "cube-size"),
    ({"value": []}, "cube-size"),
    ({"value": {"4": 1}}, "cube-position"), ({"value": {"-1": 1}}, "cube-position"), ({"value": {"x": 1}}, "cube-position"),
    ({"value": {"01": 1}}, "cube-position"), ({"value": {"9" * 5000: 1}}, "cube-position"),
    ({"status": {"7": "a"}}, "cube-position"),
    ({"value": [1, 2, True, 4]}, "cube-value-odd"), ({"value": [1, [], 3, 4]}, "cube-value-odd"),
    ({"status": {"0": {}}}, "cube-value-odd"),
    ({"value": "x"}, "cube-of-another-kind"), ({"value": None}, "cube-of-another-kind"), ({"status": 7}, "cube-of-another-kind"),
    ({"size": [2, 2]}, "cube-of-another-kind"), ({"size": None}, "cube-of-another-kind"),
    ({"id": ["noi", "noi", "nam"]}, "cube-of-another-kind"),
    ({"size": [2, 3, 1]}, "cube-dimension-broken"), ({"size": [2, 2, True]}, "cube-dimension-broken"),
    ({"id": ["noi", 7, "nam"]}, "cube-dimension-broken"), ({"dimension": {"noi": PLACES}}, "cube-dimension-broken"),
    ({"class": "collection"}, "cube-of-another-kind"), ({"dimension": []}, "cube-of-another-kind")])
def test_a_cube_that_does_not_add_up_gives_no_table(changes, code):
    assert code_of(rows, dataset(**changes)) == code


@pytest.mark.parametrize("index", [
    ["747", "747"], ["747", None], ["747", True], [["747"], "748"], {"747": 0, "748": 0}, {"747": 1, "748": 2},
    {"747": 0, "748": "1"},
    {"747": 0, "748": True}, {"747": 0.0, "748": 1.5}, "747", 7, None, {}])
def test_categories_whose_order_is_not_certain_are_refused(index):
    places = {"category": {**PLACES["category"], "index": index}}
    assert code_of(rows, dataset(dimension={"noi": places, "nam": YEARS, "chi_tieu": SUBJECT})) == "cube-dimension-broken"


ODD = st.recursive(st.none() | st.booleans() | st.integers(-3, 9) | st.text("ab0", max_size=2),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
    st.sampled_from(["id", "size", "value", "dimension", "category", "index", "label", "child", "unit", "status", "noi", "0",
    "1"]), inner, max_size=5))


@given(ODD, st.dictionaries(st.sampled_from(["id", "size", "value", "dimension", "status", "class"]), ODD))
def test_any_json_is_a_table_or_refused_in_words(value, changes):
    from catalog.errors import Trouble

    for candidate in (value, dataset(**changes), {"dimension": value, **changes}):
        is_dataset(candidate)
        try:
            table = rows(candidate)
        except Trouble as trouble:
            assert trouble.issue.code.startswith("cube-")
        else:
            assert {len(row) for row in table} == {len(table[0])}


@given(st.data())
def test_every_cell_stands_in_the_row_of_its_codes(data):
    sizes = data.draw(st.lists(st.integers(1, 4), min_size=1, max_size=4))
    names = [f"d{n}" for n in range(len(sizes))]
    described = {name: {"category": {"index": [f"{name}{code}" for code in range(size)]}} for name,
        size in zip(names, sizes, strict=True)}
    every = list(itertools.product(*(described[name]["category"]["index"] for name in names)))
    whole = {"id": names, "size": sizes, "dimension": described, "value": list(range(len(every)))}
    named = data.draw(st.sets(st.integers(0, len(every) - 1)))
    expected = [[*codes, str(n), ""] for n, codes in enumerate(every)]
    assert rows(whole)[1:] == expected
    assert rows({**whole, "value": {str(n): n for n in named}})[1:] == [expected[n] for n in sorted(named)]
    cube = cube_of(whole, Place())
    order = data.draw(st.permutations(cube.dimensions))
    back = {tuple(row[[d.name for d in order].index(name)] for name in names): row[-2] for row in cube.rows_of(order)}
    assert back == {codes: str(n) for n, codes in enumerate(every)}


def test_column_names_tell_columns_apart():
    assert unique_names(["Năm", "năm", "value", "STATUS", "", " Địa\n phương ", "Năm"]) == [
        "Năm", "năm_2", "value_2", "STATUS_2", "column_5", "Địa phương", "Năm_3"]
    assert header([Dimension(name="value", codes=("a",), beside={"label": ("A",)})]) == ["value_2", "value_label", "value",
        "status"]


def test_what_is_written_reads_back(tmp_path):
    odd = [['a,"b"', "Ch\u01a1\u0323  x\ny", "=1+1"]]
    label = Dimension(name="noi", codes=("Cho\u031b\u0323 ",), beside={"label": ("a\r\n b",)})
    assert label.entries() == [("Chợ", "a b")]
    assert write_table(tmp_path / "t.csv", ["a", "b", "c"], odd, Place(), lambda: None) == 1
    with (tmp_path / "t.csv").open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == [["a", "b", "c"], *odd]


def test_no_cells_make_no_table(tmp_path):
    assert code_of(write_table, tmp_path / "t.csv", ["a"], [], Place(), lambda: None) == "cube-empty"


def test_a_table_ends_at_the_cap(tmp_path, monkeypatch):
    monkeypatch.setattr("harvesters.cube.CELLS", 10)
    assert code_of(write_table, tmp_path / "t.csv", ["a"], itertools.repeat(["1"]), Place(), lambda: None) == "cube-too-large"


def test_a_table_that_is_called_off_is_written_no_further(tmp_path):
    def heed() -> None:
        raise CalledOff

    with pytest.raises(CalledOff):
        write_table(tmp_path / "t.csv", ["a"], (["1"] for _ in itertools.count()), Place(), heed)

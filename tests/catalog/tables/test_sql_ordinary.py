"""Queries that people ask of tables, with what they must get."""

from __future__ import annotations

import pytest

from catalog.errors import Invalid, NotAuthorized, NotFound
from catalog.tables import sql_pool
from tests.catalog.tables.conftest import DISTRICTS, SCHOOLS

S, D = f'"{SCHOOLS}"', f'"{DISTRICTS}"'
ORDINARY = {
    "columns": (f"SELECT _id, ten FROM {S} WHERE _id = 1", [[1, "TH Kim Đồng"]]),
    "lower case": (f"select max(\"Số học sinh\") from {S}", [[905]]),
    "semicolon and comment": (f"SELECT count(*) FROM {S}; -- tất cả", [[5]]),
    "no table": ("SELECT 1 AS one", [[1]]),
    "group": (f'SELECT quan, count(*) AS n, sum("Số học sinh") FROM {S} GROUP BY quan ORDER BY quan', [["Q1", 2, 800], ["Q2", 2, 760], ["Q3", 1, 905]]),
    "having": (f"SELECT quan FROM {S} GROUP BY quan HAVING count(*) > 1 ORDER BY 1 DESC", [["Q2"], ["Q1"]]),
    "filter": (f"SELECT count(*) FILTER (WHERE cong_lap), count(DISTINCT quan) FROM {S}", [[3, 3]]),
    "inner join": (f"SELECT s._id, d.ten FROM {S} s JOIN {D} d ON s.quan = d.ma WHERE d.ma = 'Q1' ORDER BY 1", [[1, "Quận 1"], [2, "Quận 1"]]),
    "left join": (f"SELECT s._id FROM {S} s LEFT JOIN {D} d ON s.quan = d.ma WHERE d.ma IS NULL", [[4]]),
    "full join": (f"SELECT count(*) FROM {S} s FULL OUTER JOIN {D} d ON s.quan = d.ma", [[6]]),
    "cross join": (f"SELECT count(*) FROM {S} CROSS JOIN {D}", [[15]]),
    "self join": (f"SELECT a._id FROM {S} a, {S} b WHERE a._id = b._id + 1 ORDER BY 1 LIMIT 2", [[2], [3]]),
    "using": (f"SELECT count(*) FROM {S} JOIN {D} USING (_id)", [[3]]),
    "table's own name": (f"SELECT {S}._id FROM {S} WHERE {S}.ten LIKE 'MN%'", [[5]]),
    "row number": (f'SELECT _id, row_number() OVER (PARTITION BY quan ORDER BY "Số học sinh" DESC) AS r FROM {S} WHERE quan = \'Q2\' ORDER BY r',
                   [[3, 1], [5, 2]]),
    "named window": (f'SELECT sum("Số học sinh") OVER w FROM {S} WINDOW w AS (ORDER BY _id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) ORDER BY _id LIMIT 2',
                     [[420], [800]]),
    "lag": (f"SELECT _id - lag(_id, 1, 0) OVER (ORDER BY _id) AS step FROM {S} LIMIT 1", [[1]]),
    "parts of dates": (f"SELECT extract(year FROM ngay_lap), date_part('month', ngay_lap) FROM {S} WHERE _id = 1", [[2001, 9]]),
    "date_trunc": (f"SELECT date_trunc('month', ngay_lap)::date FROM {S} WHERE _id = 3", [["2010-01-01"]]),
    "intervals": ("SELECT (date '2024-01-31' + interval '1 month')::date, date '2024-03-01' - date '2024-01-01'", [["2024-02-29", 60]]),
    "to_char": (f"SELECT to_char(ngay_lap, 'DD/MM/YYYY') FROM {S} WHERE _id = 5", [["20/08/2019"]]),
    "to_date": ("SELECT to_date('05/09/2001', 'DD/MM/YYYY')", [["2001-09-05"]]),
    "now": ("SELECT current_date = now()::date AND current_timestamp <= now() AS today", [[True]]),
    "casts": ("SELECT '5'::int + 1, cast('1.50' AS numeric(5, 2)), 3::text || 'x', 'true'::boolean", [[6, 1.5, "3x", True]]),
    "division": ("SELECT 7 / 2, -7 / 2, 7.5 / 2, 7 % 2, 2 ^ 3", [[3, -3, 3.75, 1, 8.0]]),
    "like": (f"SELECT _id FROM {S} WHERE ten LIKE 'TH %' AND ten NOT LIKE '%Lợi'", [[1]]),
    "ilike": (f"SELECT _id FROM {S} WHERE ten ILIKE '%nguyễn%'", [[4]]),
    "patterns": (f"SELECT _id FROM {S} WHERE ten ~ '^TH(CS|PT) ' AND ten !~* 'du$'", [[3]]),
    "unaccent": (f"SELECT unaccent(ten) FROM {S} WHERE unaccent(ten) ILIKE '%dong%'", [["TH Kim Dong"]]),
    "case": (f"SELECT CASE WHEN \"Số học sinh\" > 500 THEN 'lớn' ELSE 'nhỏ' END AS co, count(*) FROM {S} GROUP BY 1 ORDER BY 1", [["lớn", 2], ["nhỏ", 3]]),
    "nulls": (f"SELECT _id, coalesce(dien_tich, 0) FROM {S} WHERE dien_tich IS NULL OR cong_lap IS NULL ORDER BY 1", [[4, 0], [5, 4.25]]),
    "nulls first as PostgreSQL": (f"SELECT _id FROM {S} ORDER BY dien_tich DESC LIMIT 2", [[4], [3]]),
    "nulls last": (f"SELECT _id FROM {S} ORDER BY dien_tich DESC NULLS LAST LIMIT 1", [[3]]),
    "in": (f"SELECT _id FROM {S} WHERE quan IN ('Q2', 'Q3') AND _id NOT IN (4) ORDER BY 1", [[3], [5]]),
    "any": (f"SELECT _id FROM {S} WHERE _id = ANY(ARRAY[1, 5]) ORDER BY 1", [[1], [5]]),
    "between": (f"SELECT _id FROM {S} WHERE ngay_lap BETWEEN '2001-01-01' AND '2010-12-31' ORDER BY 1", [[1], [3]]),
    "in a query": (f"SELECT ten FROM {D} WHERE ma IN (SELECT quan FROM {S} WHERE cong_lap = false)", [["Quận 2"]]),
    "exists": (f"SELECT ma FROM {D} d WHERE NOT EXISTS (SELECT 1 FROM {S} s WHERE s.quan = d.ma)", [["Q9"]]),
    "a scalar query": (f'SELECT _id FROM {S} WHERE "Số học sinh" = (SELECT max("Số học sinh") FROM {S})', [[4]]),
    "a query as table": (f"SELECT max(count) FROM (SELECT quan, count(*) FROM {S} GROUP BY quan) AS x", [[2]]),
    "cte": (f"WITH a AS (SELECT quan, count(*) AS n FROM {S} GROUP BY quan), b AS (SELECT * FROM a WHERE n > 1) SELECT b.quan FROM b ORDER BY 1",
            [["Q1"], ["Q2"]]),
    "cte called as a table": (f"WITH {D} AS (SELECT 5 AS x) SELECT x FROM {D}", [[5]]),
    "cte with names of columns": (f"WITH a(x, y) AS (SELECT _id, ten FROM {D}) SELECT y FROM a WHERE x = 2", [["Quận 2"]]),
    "names without quotes in any case": ("SELECT N.G FROM Noise AS n WHERE n._ID = 8", [[1]]),
    "union": (f"SELECT quan FROM {S} UNION SELECT ma FROM {D} ORDER BY 1", [["Q1"], ["Q2"], ["Q3"], ["Q9"]]),
    "union all": ("SELECT 1 AS a UNION ALL SELECT 1", [[1], [1]]),
    "except and intersect": (f"(SELECT quan FROM {S} EXCEPT SELECT ma FROM {D}) UNION ALL (SELECT 'Q9' INTERSECT SELECT ma FROM {D})", [["Q3"], ["Q9"]]),
    "offset": (f"SELECT _id FROM {S} ORDER BY _id DESC LIMIT 2 OFFSET 1", [[4], [3]]),
    "fetch": (f"SELECT _id FROM {S} ORDER BY _id FETCH FIRST 1 ROWS ONLY", [[1]]),
    "distinct on": (f'SELECT DISTINCT ON (quan) quan, _id FROM {S} ORDER BY quan, "Số học sinh" DESC', [["Q1", 1], ["Q2", 3], ["Q3", 4]]),
    "values": ("SELECT y FROM (VALUES (1, 'a'), (2, 'b')) AS t(x, y) WHERE x > 1", [["b"]]),
    "rollup": (f"SELECT quan, count(*) FROM {S} GROUP BY ROLLUP (quan) ORDER BY quan NULLS FIRST LIMIT 1", [[None, 5]]),
    "aggregates": (f"SELECT avg(dien_tich), round(stddev_pop(_id), 3), string_agg(quan, ',' ORDER BY _id), bool_or(cong_lap) FROM {S}",
                   [[11.625, 1.414, "Q1,Q1,Q2,Q3,Q2", True]]),
    "percentile": (f"SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY _id), mode() WITHIN GROUP (ORDER BY quan) FROM {S} WHERE quan = 'Q1'", [[1.5, "Q1"]]),
    "texts": ("SELECT upper('đ'), length('Đường'), left('abc', 2), split_part('a-b', '-', 2), replace('a.b', '.', ''), trim('  x '), lpad('7', 3, '0')",
              [["Đ", 5, "ab", "b", "ab", "x", "007"]]),
    "numbers": ("SELECT abs(-2), ceil(1.2), floor(1.8), round(2.345, 2), greatest(1, 3), mod(7, 3), sqrt(9.0)", [[2, 2, 1, 2.35, 3, 1, 3.0]]),
    "quotes": ("SELECT 'it''s \\ \"q\"; --' AS \"a\"\"b\"", [["it's \\ \"q\"; --"]]),
}


@pytest.mark.parametrize("sql, rows", ORDINARY.values(), ids=ORDINARY)
def test_an_ordinary_query_gives_its_rows(pool, readable, sql, rows):
    assert sql_pool.query(pool, sql, readable).rows == rows


def test_columns_have_the_names_and_types_that_postgresql_gives(pool, readable):
    answer = sql_pool.query(pool, f"SELECT ten, ngay_lap, dien_tich, cong_lap, NULL AS nothing, 1.5 AS x, _id / 2 AS half, max(_id), count(*), 1 FROM {S} "
                                  "GROUP BY ten, ngay_lap, dien_tich, cong_lap, _id", readable)
    assert answer.columns == [("ten", "text"), ("ngay_lap", "date"), ("dien_tich", "numeric"), ("cong_lap", "bool"), ("nothing", "text"), ("x", "numeric"),
                              ("half", "int4"), ("max", "int4"), ("count", "int8"), ("?column?", "int4")]


def test_two_columns_of_one_name_are_both_there(pool, readable):
    answer = sql_pool.query(pool, f"SELECT a._id, b._id FROM {S} a JOIN {D} b ON a.quan = b.ma WHERE a._id = 3", readable)
    assert (answer.columns, answer.rows) == ([("_id", "int4"), ("_id_1", "int4")], [[3, 2]])


def test_rows_are_cut_where_ckan_cuts_them(pool, readable):
    answer = sql_pool.query(pool, "SELECT _id FROM noise ORDER BY _id", readable)
    assert (len(answer.rows), answer.truncated, answer.rows[-1]) == (32000, True, [31999])
    assert not sql_pool.query(pool, "SELECT _id FROM noise LIMIT 32000", readable).truncated


def test_bytes_are_cut_too(pool, readable):
    answer = sql_pool.query(pool, "SELECT note FROM noise", readable, size=100)
    assert (len(answer.rows), answer.truncated) == (11, True)


def test_a_table_that_is_not_there_is_not_found(pool, readable):
    with pytest.raises(NotFound):
        sql_pool.query(pool, 'SELECT * FROM "nope"', readable)


def test_what_the_asker_may_not_read_is_said_by_who_knows(pool):
    def tables(name: str):
        raise NotAuthorized("Not authorized to read resource.")

    with pytest.raises(NotAuthorized, match="Not authorized to read resource"):
        sql_pool.query(pool, f"SELECT * FROM {S}", tables)


def test_a_wrong_column_is_named_without_the_file(pool, readable):
    with pytest.raises(Invalid) as raised:
        sql_pool.query(pool, f"SELECT nofield FROM {S}", readable)
    assert "nofield" in raised.value.errors["query"][0]
    assert "duckdb" not in str(raised.value)

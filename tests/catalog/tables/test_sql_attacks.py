"""What strangers try: it is refused, or ended in its time and memory, and nobody else waits for it."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import threading

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.errors import Invalid, NotAuthorized, NotFound, Refusal
from catalog.tables import sql_child, sql_pool
from catalog.tables.sql_pool import SqlPool
from catalog.tables.sql_words import Halted
from tests.catalog.tables.conftest import SCHOOLS, SECRET

S = f'"{SCHOOLS}"'
NOT_THERE = ("SELECT * FROM '{file}'", 'SELECT * FROM "{file}"', 'SELECT * FROM "../secret.csv"', "SELECT * FROM '/etc/passwd'", 'SELECT * FROM "file:///etc/passwd"',
             "SELECT * FROM 'https://example.org/a.csv'", 'SELECT * FROM "*.duckdb"', "SELECT * FROM t0", "SELECT * FROM rows", 'SELECT * FROM "t0.main.rows"',
             'SELECT * FROM "main.rows"', "SELECT * FROM columns", "SELECT * FROM tables",
             "SELECT * FROM (WITH schemata AS (SELECT 1) SELECT 1) AS x, \"information_schema.tables\"")
DENIED = ("SELECT * FROM read_csv('{file}')", "SELECT * FROM read_csv_auto('{file}')", "SELECT * FROM read_text('{file}')", "SELECT * FROM read_parquet('{file}')",
          "SELECT * FROM glob('/*')", "SELECT * FROM sqlite_scan('{file}', 'rows')", "SELECT * FROM duckdb_settings()", "SELECT * FROM duckdb_secrets()",
          "SELECT * FROM duckdb_databases", "SELECT * FROM pg_catalog.pg_class", "SELECT * FROM pg_user", "SELECT * FROM pragma_database_list()",
          "SELECT * FROM information_schema.tables", "SELECT * FROM t0.main.rows", "SELECT * FROM main.rows", f"SELECT * FROM public.{S}", "SELECT * FROM range(1000000000000)",
          "SELECT * FROM generate_series(1, 1000000000000)", "SELECT unnest(range(1000000000))", "SELECT getenv('HOME')", "SELECT current_setting('memory_limit')",
          "SELECT version()", "SELECT current_user", "SELECT current_database()", "SELECT pg_sleep(100)", "SELECT repeat('x', 2000000000)", "SELECT lpad('x', 2000000000)",
          "SELECT rpad('x', 10 * 1000000)", f"SELECT lpad('x', _id) FROM {S}", "SELECT levenshtein('a', 'b')", "SELECT query('SELECT 1')", "SELECT * FROM query('SELECT 1')",
          "SELECT * FROM query_table('rows')", "SELECT read_text('{file}')", "SELECT nextval('x')", "SELECT list_transform(a, 1)", "SELECT ALL (SELECT getenv('HOME'))",
          "SELECT CASE WHEN true THEN getenv('HOME') END", f"SELECT * FROM {S} LIMIT (SELECT getenv('HOME'))", f"SELECT * FROM {S} ORDER BY getenv('HOME')",
          "SELECT count(*) FILTER (WHERE getenv('HOME') = '')", "SELECT sum(1) OVER (ORDER BY getenv('HOME'))", "WITH a AS (SELECT getenv('HOME')) SELECT * FROM a",
          "VALUES (getenv('HOME'))", "SELECT \"getenv\"('HOME')", "SELECT GETENV/**/('HOME')", "SELECT main.getenv('HOME')", "SELECT 'HOME'.getenv()")
INVALID = ("COPY {s} TO '/tmp/x'", "COPY (SELECT 1) TO '/tmp/x'", "ATTACH '{file}' AS x", "DETACH t0", "INSTALL httpfs", "LOAD httpfs", "PRAGMA database_list", "SET threads = 8",
           "RESET memory_limit", "EXPORT DATABASE '/tmp/x'", "IMPORT DATABASE '/tmp/x'", "CREATE TABLE x AS SELECT 1", "CREATE MACRO f() AS 1", "DROP TABLE {s}", "DELETE FROM {s}",
           "UPDATE {s} SET ten = ''", "INSERT INTO {s} VALUES (1)", "ALTER TABLE {s} ADD COLUMN x int", "SELECT * INTO x FROM {s}", "TRUNCATE {s}", "VACUUM", "CHECKPOINT",
           "BEGIN", "CALL f()", "EXPLAIN ANALYZE SELECT 1", "DESCRIBE {s}", "SUMMARIZE {s}", "SHOW TABLES", "USE t0", "PREPARE x AS SELECT 1", "EXECUTE x",
           "PIVOT {s} ON quan USING count(*)", "SELECT * FROM {s} PIVOT (count(*) FOR quan IN ('Q1'))", "SELECT * FROM {s} TABLESAMPLE BERNOULLI (10)",
           "SELECT * FROM {s} FOR UPDATE", "SELECT 1; SELECT 2", "SELECT 1; DROP TABLE {s}", "", ";", "-- nothing", "SELEC * FROM {s}", "SELECT", "SELECT * FROM",
           "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT count(*) FROM r", "WITH r AS (SELECT 1 AS n UNION ALL SELECT n FROM r) SELECT * FROM r",
           "WITH x AS (DELETE FROM {s} RETURNING *) SELECT * FROM x", "SELECT * FROM {s}, LATERAL (SELECT 1) AS x", "SELECT [x FOR x IN ARRAY[1, 2]]",
           "SELECT {{'a': 1}}", "SELECT ten[1] FROM {s}", "SELECT 'x'::regclass", "SELECT $1", "SELECT ?", "SELECT $$a$$", "SELECT E'a\\n'", "SELECT U&'\\0041'", "SELECT x'00'",
           "SELECT COLUMNS(*) FROM {s}", "SELECT * REPLACE (1 AS ten) FROM {s}", "SELECT * FROM {s} AT (VERSION => 1)", "SELECT date_part('year FROM now()), getenv(''HOME''), (', now())",
           "SELECT cast(1 AS STRUCT(a int))", "SELECT 1 COLLATE \"C\"", "SELECT " + "(" * 2000 + "1" + ")" * 2000, "SELECT " + "NOT " * 3000 + "true",
           "SELECT 1" + " UNION ALL SELECT 1" * 2000, "SELECT " + "(SELECT " * 500 + "1" + ")" * 500, "SELECT '" + "x" * 1_000_000 + "'", "SELECT 1 /* \0 */",
           "SELECT 1 FROM " + ", ".join(f"a{n}" for n in range(21)), "SELECT ten.a.b.c FROM {s}", "SELECT * FROM ROWS FROM (f(1))", "/*" * 500)
DOUBLED = "WITH c0 AS (SELECT 'xxxxxxxxxxxxxxxx' AS x), " + ", ".join(f"c{n} AS (SELECT x || x AS x FROM c{n - 1})" for n in range(1, 30)) + " SELECT length(x) FROM c29"
ENDLESS = {
    "cross joins": "SELECT count(*) FROM noise a, noise b, noise c WHERE (a._id * b._id + c._id) % 7 = 3",
    "a window of everything": "SELECT max(x) FROM (SELECT sum(a._id) OVER (ORDER BY a.g, b.g) AS x FROM noise a, noise b) AS t",
    "doubled texts": DOUBLED,
    "replaced texts": "SELECT length(" + "replace(" * 9 + "'xxxxxxxxxx'" + ", 'x', 'xxxxxxxxxx')" * 9 + ")",
    "one text of all": "SELECT length(string_agg(a.note || b.note || a._id, ',')) FROM noise a, noise b",
    "one list of all": "SELECT array_agg(a.note || b._id) FROM noise a, noise b",
    "patterns": "SELECT count(*) FROM noise a, noise b WHERE (a.note || b.note || a._id) ~ '(x+x+)+(y|z)*[a-z]{200}$'",
    "a sorted product": "SELECT a._id FROM noise a, noise b ORDER BY a.note || b._id, b.note DESC LIMIT 10 OFFSET 100000000",
    "groups of a product": "SELECT count(*) FROM (SELECT a._id, b._id AS i FROM noise a, noise b GROUP BY 1, 2) AS t",
    "cubes": "SELECT count(*) FROM noise GROUP BY CUBE (" + ", ".join(f"(_id + {n})" for n in range(12)) + ")",
    "lists in the parser": "SELECT " + "ARRAY[" * 24 + "1" + "]" * 24,
    "types in the parser": "SELECT " + "int(" * 24 + "1" + ")" * 24,
}


@pytest.fixture(scope="module")
def hasty() -> SqlPool:
    pool = SqlPool(seconds=2.0)
    yield pool
    pool.close()


@pytest.fixture(scope="session")
def secret_file(table_files) -> str:
    return str(table_files[SCHOOLS].with_name("secret.csv"))


def tried(pool, readable, sql: str, file: str) -> None:
    sql_pool.query(pool, sql.replace("{file}", file.replace("'", "''")).replace("{s}", S).replace("{{", "{").replace("}}", "}"), readable)


@pytest.mark.parametrize("sql", NOT_THERE)
def test_a_file_or_a_view_is_a_table_that_is_not_there(pool, readable, secret_file, sql):
    with pytest.raises(NotFound):
        tried(pool, readable, sql, secret_file)


@pytest.mark.parametrize("sql", DENIED)
def test_a_function_or_a_schema_is_denied(pool, readable, secret_file, sql):
    with pytest.raises((NotAuthorized, Invalid)) as raised:
        tried(pool, readable, sql, secret_file)
    assert not isinstance(raised.value, Halted)


@pytest.mark.parametrize("sql", INVALID, ids=[sql[:40].replace("\0", "0") for sql in INVALID])
def test_what_is_no_reading_select_is_refused(pool, readable, secret_file, sql):
    with pytest.raises(Refusal):
        tried(pool, readable, sql, secret_file)


@pytest.mark.parametrize("sql", ENDLESS.values(), ids=ENDLESS)
def test_what_has_no_end_is_ended(hasty, readable, sql):
    with pytest.raises(Invalid):
        sql_pool.query(hasty, sql, readable)
    assert sql_pool.query(hasty, f"SELECT count(*) FROM {S}", readable).rows == [[5]]


@pytest.mark.parametrize("sql, status, said", [
    ("SELECT\n  pg_sleep(1)", NotAuthorized, "Not authorized to call function pg_sleep"),
    ("SELECT * FROM a.b", NotAuthorized, "Not authorized to access tables in other schemas"),
    ("SELECT * FROM pg_user", NotAuthorized, "Not authorized to access system tables"),
    ("COPY x TO '/x'", Invalid, "Invalid query AST element: CopyStmt"), ("DELETE FROM x", Invalid, "Invalid query AST element: DeleteStmt"),
    ("SELECT * INTO y FROM x", Invalid, "Invalid query AST element: IntoClause"), ("SELECT 1; SELECT 2", Invalid, "Query is not a single statement"),
])
def test_a_refusal_says_what_as_ckan_does(pool, readable, sql, status, said):
    with pytest.raises(status) as raised:
        sql_pool.query(pool, sql, readable)
    assert (raised.value.errors["message"] if status is Invalid else raised.value.message) == said


@pytest.mark.parametrize(("sql", "vi", "en"), [
    ("SELECT\n  pg_sleep(1)", "Không được gọi hàm pg_sleep (dòng 2, cột 3).", "Not authorized to call function pg_sleep (line 2, column 3)."),
    ("SELECT * FROM a.b", "Không được đọc bảng trong lược đồ khác (dòng 1, cột 17).", "Not authorized to access tables in other schemas (line 1, column 17)."),
    ("SELECT 1; SELECT 2", "Chỉ nhận một câu lệnh trong mỗi lần gọi.", "One statement only is taken in a call."),
])
def test_beside_ckans_sentence_stands_where_it_is_in_both_languages(pool, readable, sql, vi, en):
    with pytest.raises(Refusal) as raised:
        sql_pool.query(pool, sql, readable)
    assert raised.value.hint == {"vi": vi, "en": en}


def test_others_are_answered_while_an_attack_runs(readable):
    pool = SqlPool(2, seconds=60.0)
    attack = threading.Thread(target=lambda: pytest.raises(Halted, sql_pool.query, pool, ENDLESS["cross joins"], readable, asker="a"))
    attack.start()
    assert [sql_pool.query(pool, f"SELECT count(*) FROM {S}", readable, asker="b").rows for _ in range(10)] == [[[5]]] * 10
    assert attack.is_alive()
    pool.close()
    attack.join()


def test_one_asker_cannot_take_all_processes(readable):
    pool = SqlPool(2, seconds=60.0, patience=0.0)
    attacks = [threading.Thread(target=lambda: pytest.raises(Halted, sql_pool.query, pool, ENDLESS["cross joins"], readable, asker="a")) for _ in range(2)]
    for attack in attacks:
        attack.start()
    while all(attack.is_alive() for attack in attacks):
        attacks[0].join(0.01)
    assert sql_pool.query(pool, f"SELECT count(*) FROM {S}", readable, asker="b").rows == [[5]]
    assert any(attack.is_alive() for attack in attacks)
    pool.close()
    for attack in attacks:
        attack.join()


def test_who_finds_all_busy_is_told_so(readable):
    pool = SqlPool(1, patience=0.0)
    try:
        with pool.process(), pytest.raises(Halted, match="Other queries are running"):
            sql_pool.query(pool, "SELECT 1", readable)
    finally:
        pool.close()


def test_a_process_that_was_ended_has_a_successor_and_none_is_left(readable):
    pool = SqlPool(1, seconds=0.5)
    pool.warm()
    (first,) = pool.pids
    with pytest.raises(Halted):
        sql_pool.query(pool, ENDLESS["cross joins"], readable)
    (second,) = pool.pids
    assert second != first
    pool.close()
    assert not any(os.path.exists(f"/proc/{pid}") for pid in (first, second))


def test_a_pool_that_is_closed_while_a_process_starts_says_busy_and_leaves_none(readable):
    pool, told = SqlPool(1), []
    asking = threading.Thread(target=lambda: told.append(pytest.raises(Halted, sql_pool.query, pool, "SELECT 1", readable)))
    asking.start()
    while not pool.pids:
        asking.join(0.001)
    (started,) = pool.pids
    pool.close()
    asking.join()
    with pytest.raises(Halted):
        sql_pool.query(pool, "SELECT 1", readable)
    assert told
    assert pool.pids == set()
    assert not os.path.exists(f"/proc/{started}")


def test_nothing_starts_before_the_first_query():
    pool = SqlPool()
    assert pool.pids == set()
    pool.close()


def test_a_process_in_the_midst_of_a_query_ends_with_its_parent(table_files):
    program = ("import sys, threading, pathlib\nfrom catalog.tables import sql_pool\n"
               "pool = sql_pool.SqlPool(1, seconds=60.0)\npool.warm()\nprint(*pool.pids, flush=True)\n"
               "def tables(name):\n    print('runs', flush=True)\n    return pathlib.Path(sys.argv[1])\n"
               "sql_pool.query(pool, sys.argv[2], tables)")
    parent = subprocess.Popen([sys.executable, "-c", program, str(table_files["noise"]), ENDLESS["cross joins"]], stdout=subprocess.PIPE, text=True,
                              env={**os.environ, "PYTHONPATH": os.getcwd()})
    with parent:
        child = os.pidfd_open(int(parent.stdout.readline()))
        assert parent.stdout.readline() == "runs\n"
        parent.kill()
    assert select.select([child], [], [], 30)[0] == [child]
    os.close(child)


@pytest.mark.parametrize("sql", [
    "SELECT * FROM read_text('{file}')", "SELECT * FROM read_csv('{file}')", "SELECT * FROM '{file}'", "SELECT * FROM glob('{file}')", "ATTACH '{other}' AS x",
    "ATTACH '{other}' AS x (READ_ONLY)", "COPY t0.main.rows TO '{file}'", "COPY (SELECT 1) TO '{file}.new'", "EXPORT DATABASE '{file}.new'", "INSTALL httpfs", "LOAD '{file}'",
    "SET enable_external_access = true", "RESET enable_external_access", "SET lock_configuration = false", "SET memory_limit = '20GB'", "SET threads = 4", "PRAGMA threads = 4",
    "SET allowed_paths = ['{file}']", "SET temp_directory = '/tmp'", "CREATE SECRET (TYPE s3)", "INSERT INTO t0.main.rows SELECT * FROM t0.main.rows", "DROP TABLE t0.main.rows",
    "CREATE TABLE t0.main.x AS SELECT 1", "SELECT * FROM sniff_csv('{file}')", "SELECT * FROM read_json('{file}')", "SELECT * FROM parquet_metadata('{file}')",
])
def test_the_second_wall_holds_without_the_first(table_files, secret_file, sql):
    with sql_child.opened([str(table_files[SCHOOLS])], 1 << 30) as connection, pytest.raises(duckdb.Error):
        connection.execute(sql.format(file=secret_file.replace("'", "''"), other=secret_file.replace("csv", "duckdb").replace("'", "''"))).fetchall()


names = st.sampled_from([S, '"noise"', '"secret"', "secret", "'{file}'", '"{file}"', "rows", "t0.rows", "t1.main.rows", "duckdb_tables", "information_schema.columns", "x", '"cte:x"',
                         "read_csv('{file}')", "read_text('{file}')", "glob('*')", "query('SELECT 1')", "duckdb_databases()", "(VALUES (1))"])
values = st.recursive(
    st.sampled_from(["1", "'{file}'", "ten", "_id", "x.note", '"a""b"', "*", "NULL", "current_setting('x')", "rowid", "'it''s'", "$$a$$", "read_text('{file}')"]),
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(["lower", "count", "max", "getenv", "read_blob", "string_agg", "unaccent", "EXTRACT", "list_transform", "first_value"]), inner).map(
            lambda pair: f"{pair[0]}({pair[1]})"),
        st.tuples(inner, st.sampled_from(["||", "=", "+", "LIKE", "->", ".", "::", "AS", ",", "/*", "--\n", "IN"]), inner).map(" ".join),
        st.tuples(inner, names).map(lambda pair: f"(SELECT {pair[0]} FROM {pair[1]})"),
        st.tuples(inner, inner).map(lambda pair: f"CASE WHEN {pair[0]} THEN {pair[1]} END")), max_leaves=5)
queries = st.recursive(
    st.tuples(values, names).map(lambda pair: f"SELECT {pair[0]} FROM {pair[1]}"),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["UNION ALL", "EXCEPT", ";", "--", "INTERSECT"]), inner).map(" ".join),
        st.tuples(inner, inner).map(lambda pair: f"WITH x AS ({pair[0]}) {pair[1]}"),
        st.tuples(values, inner, names).map(lambda three: f"SELECT {three[0]} FROM ({three[1]}) AS x, {three[2]} LIMIT 9"),
        inner.map(lambda sql: f"COPY ({sql}) TO '{{file}}'"), inner.map(lambda sql: f"({sql})")), max_leaves=4)


@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(sql=queries)
def test_nothing_beside_the_named_tables_is_reached(pool, readable, secret_file, sql):
    asked: list[str] = []

    def tables(name: str):
        asked.append(name)
        return readable(name)

    try:
        answer = sql_pool.query(pool, sql.replace("{file}", secret_file.replace("'", "''")), tables)
    except Refusal as refusal:
        assert SECRET not in str(refusal)
    else:
        assert SECRET not in repr(answer)
        assert set(asked) <= {SCHOOLS, "noise"}

"""A query is looked through before anything is asked: what might do more than read is refused in the SQL of every database."""

from __future__ import annotations

import pytest

from catalog.errors import UsageError
from harvesters.sql_database import KINDS
from harvesters.sql_query import checked_query

DIALECTS = sorted({"sqlite", *(kind.dialect for kind in KINDS.values())})

EVERYWHERE = [
    'SELECT "f"(1)', "SELECT `f`(1)", "SELECT [f](1)", 'SELECT public."ham"(1)', "SELECT dbo.f(1)", "SELECT dbo.[f](1)", "SELECT public.count(a) FROM t",
    'SELECT "pg_sleep"(9)', "SELECT CAST(f(1) AS int)", "SELECT a FROM t WHERE f(a) > 1", "SELECT a FROM t ORDER BY f(a)", "SELECT * FROM f(1)", "SELECT * FROM dbo.f(1)",
    "SELECT a INTO b FROM t", "SELECT a INTO OUTFILE '/tmp/x' FROM t", "SELECT a FROM t FOR UPDATE", "SELECT @x := 1", "SELECT @x", "SELECT /* /* */ f(1) /* */ */",
    "SELECT /*+ hint */ 1", "SELECT 1 /*!, f(1) */", "SELECT LOAD_FILE('/etc/passwd')", "SELECT SLEEP(5)", "SELECT BENCHMARK(1, 1)", "SELECT GET_LOCK('a', 1)",
    "SELECT pg_terminate_backend(1)", "SELECT lo_export(1, 'x')", "SELECT ts_rewrite('a', 'b')", "SELECT (f(1)).x", "SELECT nextval('a')", "SELECT setval('a', 1)",
    "SELECT count(*) FILTER (WHERE pg_sleep(1) IS NULL) FROM t", "SELECT dbms_lock.sleep(5) FROM dual", "SELECT utl_http.request('http://x') FROM dual",
    "SELECT s.nextval FROM dual", "WITH FUNCTION f RETURN NUMBER IS BEGIN RETURN 1; END; SELECT f FROM dual", "SELECT writefile('x', 'y')", "SELECT readfile('x')",
    "SELECT a FROM OPENROWSET('SQLNCLI', 'x', 'DELETE t')", "SELECT a FROM OPENQUERY(x, 'DELETE t')", "SELECT NEXT VALUE FOR s", "SELECT 1 UNION DELETE FROM t",
    "SELECT a FROM t WHERE EXISTS (INSERT INTO x VALUES (1) RETURNING 1)", "(SELECT 1); (DELETE FROM t)", "SELECT 1 -- \n; DELETE FROM t", "SELECT 1\0; DELETE FROM t",
    "EXPLAIN SELECT 1", "SHOW TABLES", "VALUES (1)", "SELECT 1 EXEC xp_cmdshell 'dir'", "SELECT 1 WAITFOR DELAY '0:0:5'", "SELECT 1 AS a DROP TABLE x",
]
WITHOUT_SEMICOLON = [
    "SELECT 1 shutdown", "SELECT 1 AS a shutdown", "SELECT a FROM t shutdown", "SELECT a FROM t SHUTDOWN WITH NOWAIT", "SELECT a FROM t AS b shutdown", "SELECT 1 checkpoint",
    "SELECT 1 reconfigure", "SELECT a FROM t EXEC('DELETE FROM t')", "SELECT a FROM t revert", "SELECT a FROM t commit", "SELECT a FROM t rollback", "SELECT a FROM t\nGO\n",
    "SELECT a FROM t save", "SELECT a FROM t return", "SELECT a FROM (SELECT 1 AS a) checkpoint", "SELECT a FROM t JOIN u shutdown ON 1 = 1", "SELECT a FROM t ORDER BY a shutdown",
    "SELECT a FROM t WHERE a = 1 shutdown", "SELECT a FROM t ORDER BY a OFFSET 0 ROWS FETCH NEXT 1 ROWS ONLY shutdown", "SELECT a FROM t GROUP BY a shutdown",
    "SELECT a FROM t WITH (NOLOCK) shutdown", "SELECT a FROM t kill 5", "SELECT a FROM t OPTION (RECOMPILE) shutdown", "SELECT a FROM t FOR JSON AUTO shutdown",
    "SELECT TOP 1 a FROM t UNION SELECT 2 shutdown", "SELECT a FROM t WHERE a IN (1) shutdown", "SELECT a FROM t ORDER BY a DESC shutdown",
]
READING = [
    "SELECT * FROM cho", "SELECT a, count(*) AS n FROM t WHERE b > 1 GROUP BY a HAVING count(*) > 2 ORDER BY a", "SELECT upper(a) AS a, coalesce(b, 0) AS b FROM t",
    "WITH x AS (SELECT a FROM t) SELECT x.a, u.b FROM x JOIN u ON u.a = x.a", "SELECT a FROM t UNION ALL SELECT a FROM u", "SELECT md5(a) AS a FROM t",
    "SELECT 'shutdown; DELETE FROM t' AS chu, 1 AS so FROM t -- ghi chú", "SELECT t.a FROM so_y_te.t /* bảng */ WHERE t.a IN (SELECT a FROM u);",
    "SELECT row_number() OVER (PARTITION BY a ORDER BY b) AS thu_tu FROM t",
]


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("query", EVERYWHERE)
def test_what_might_do_more_than_read_is_refused_in_every_sql(query, dialect):
    with pytest.raises(UsageError):
        checked_query(query, dialect)


@pytest.mark.parametrize("query", WITHOUT_SEMICOLON)
def test_a_second_statement_without_a_semicolon_is_refused_where_none_is_needed(query):
    with pytest.raises(UsageError):
        checked_query(query, "tsql")


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("query", READING)
def test_a_query_that_only_reads_is_taken(query, dialect):
    assert checked_query(query, dialect) == query.removesuffix(";")


def test_a_word_of_sql_server_may_be_a_name_in_brackets():
    assert checked_query("SELECT a AS [shutdown] FROM [save]", "tsql")

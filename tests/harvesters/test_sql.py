"""A database is read whole and typed, or not at all, and can in no way be changed; on real databases."""

from __future__ import annotations

import contextlib
import csv
import hashlib
import json
import socket
import sqlite3
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from time import monotonic
from uuid import UUID

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool
from support import postgres
from support.calling_off import ends_soon, patient
from support.harvesting import harvest
from support.relay import reach_postgres, relay
from support.seeding import add_source
from support.sources import code_of

from catalog.errors import Trouble, UsageError
from catalog.issues import say
from catalog.models import Source
from catalog.net import Limits, Net
from catalog.source_secrets import sealed
from catalog.validation import check
from harvesters import sql_database
from harvesters.base import SourceSpec, every_page
from harvesters.connectors import connect
from harvesters.sql_table import cell

PASSWORD = "m4t'khau-@/:%"
ROWS = """
CREATE TABLE cho (ma text PRIMARY KEY, ten text, so_luong integer);
INSERT INTO cho VALUES ('B2', 'Chợ Bà Rịa, "mới"', 7), ('A1', 'Chợ Vũng Tàu', 12), ('C3', NULL, NULL);
CREATE VIEW cho_lon AS SELECT ma, ten FROM cho WHERE so_luong > 10;
"""


class Given:
    """A database with the table `cho`: its address, and a way in for the test itself."""

    def __init__(self, url: str, admin: str, password: str | None) -> None:
        self.url, self.secrets, self._admin = url, {"password": password} if password else {}, admin

    def run(self, *statements: str) -> list[tuple]:
        engine = create_engine(self._admin, poolclass=NullPool)
        with engine.begin() as connection:
            for statement in statements:
                result = connection.execute(text(statement))
            rows = [tuple(row) for row in result] if result.returns_rows else []
        engine.dispose()
        return rows

    def source(self, url: str | None = None, secrets: dict[str, str] | None = None, **options: str) -> SourceSpec:
        return SourceSpec(name="nguon", url=url or self.url, options=options, secrets=self.secrets if secrets is None else secrets)


@pytest.fixture
def on_sqlite(tmp_path) -> Given:
    path = tmp_path / "dữ liệu mở #%41.db"
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.executescript(ROWS)
        connection.commit()
    url = "sqlite:///" + str(path).replace("%", "%25")
    return Given(url, url, None)


@pytest.fixture(scope="module")
def with_passwords(postgres_url) -> str:
    """The server, which asks accounts named `doc_…` for their password even where it trusts all others."""
    if make_url(postgres_url).query.get("host"):  # the server of these tests alone
        engine = create_engine(make_url(postgres_url).set(drivername="postgresql+psycopg"), poolclass=NullPool)
        with engine.connect() as connection:
            rules = Path(connection.scalar(text("SHOW hba_file")))
            rules.write_text('local all "/^doc_" scram-sha-256\n' + rules.read_text())
            connection.execute(text("SELECT pg_reload_conf()"))
        engine.dispose()
    return postgres_url


@pytest.fixture
def on_postgresql(with_passwords) -> Iterator[Given]:
    """A database of its own, and an account that could write, so that only our own walls keep it from that."""
    with postgres.database(with_passwords) as admin, relay(reach_postgres(with_passwords)) as port:
        name = make_url(admin).database
        user, escaped = f"doc_{name}", PASSWORD.replace("'", "''").replace(":", "\\:")
        given = Given(f"postgresql://{user}@127.0.0.1:{port}/{name}", admin, PASSWORD)
        given.run(*filter(str.strip, ROWS.split(";\n")), f"CREATE ROLE {user} LOGIN PASSWORD '{escaped}'", "CREATE SEQUENCE dem",
                  f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {user}", f"GRANT CREATE ON SCHEMA public TO {user}", f"GRANT ALL ON SEQUENCE dem TO {user}")
        try:
            yield given
        finally:
            given.run(f"DROP OWNED BY {user}", f"DROP ROLE {user}")


@pytest.fixture(params=["sqlite", "postgresql"])
def given(request) -> Given:
    return request.getfixturevalue(f"on_{request.param}")


@pytest.fixture
def net(tmp_path) -> Net:
    return Net(("127.0.0.1", "localhost"), limits=Limits(retries=0, connect=2, read=2, total=5), allow_folders=(str(tmp_path),))


def made(net: Net, source: SourceSpec, target: Path, mark: str | None = None):
    connector = connect("sql", source, net)
    [item] = connector.page(None).items
    record = connector.describe(item)
    return connector.make(record.resources[0].recipe, target, mark)


def table(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_a_table_comes_whole_and_in_the_order_of_its_key(given, net, tmp_path):
    found = made(net, given.source(tables="cho"), tmp_path / "ra.csv")
    assert table(tmp_path / "ra.csv") == [["ma", "ten", "so_luong"], ["A1", "Chợ Vũng Tàu", "12"], ["B2", 'Chợ Bà Rịa, "mới"', "7"], ["C3", "", ""]]
    assert found.mark == "1-" + hashlib.sha256((tmp_path / "ra.csv").read_bytes()).hexdigest()
    assert found.media_type == "text/csv"


def test_the_same_rows_are_not_made_twice_and_one_changed_cell_is_seen(given, net, tmp_path):
    source = given.source(query="SELECT ma, so_luong FROM cho ORDER BY ma", identifier="cho")
    first = made(net, source, tmp_path / "1.csv")
    assert made(net, source, tmp_path / "2.csv", first.mark) is None
    assert not (tmp_path / "2.csv").exists()
    given.run("UPDATE cho SET so_luong = 8 WHERE ma = 'B2'")
    assert made(net, source, tmp_path / "3.csv", first.mark).mark != first.mark


def test_tables_and_views_are_listed_by_name_and_described_in_words(given, net):
    assert [item.identifier for page in every_page(connect("sql", given.source(tables="*"), net)) for item in page.items] == ["cho", "cho_lon"]
    datasets = "- {identifier: b, query: 'SELECT * FROM cho', title: Chợ, theme: Công Thương, license: cc-by, tags: [chợ, 'siêu thị']}\n- table: cho"
    connector = connect("sql", given.source(datasets=datasets), net)
    first, second = (connector.describe(item) for item in connector.page(None).items)
    assert (first.metadata["title"], first.metadata["tags"], first.identifier, second.identifier) == ("Chợ", ["chợ", "siêu thị"], "b", "cho")
    assert first.resources[0].url == "b.csv"
    assert "127.0.0.1" not in json.dumps(first.to_dict()) + json.dumps(second.to_dict())


def test_a_run_publishes_what_the_database_holds_and_finds_nothing_new_the_next_time(site, on_postgresql):
    source_id = add_source(site, url=on_postgresql.url, connector="sql", tables="cho,cho_lon")
    with site.writing() as session:
        session.get_one(Source, source_id).secrets = sealed(site.settings, source_id, on_postgresql.secrets)
    first, second = harvest(site), harvest(site)
    on_postgresql.run("INSERT INTO cho VALUES ('D4', 'Chợ Long Điền', 1)")
    third = harvest(site)
    assert (first["counts"], second["counts"], third["counts"]) == ({"created": 2}, {"unchanged": 2}, {"updated": 1, "unchanged": 1})


@pytest.mark.parametrize(("value", "expected"), [
    (None, ""), ("", ""), (True, "true"), (False, "false"), (0, "0"), (10**30, str(10**30)), (Decimal("1.10"), "1.10"), (Decimal("1E+3"), "1000"),
    (Decimal("0.00000001"), "0.00000001"), (Decimal("NaN"), "NaN"), (0.1, "0.1"), (float("inf"), "INF"), (float("-inf"), "-INF"), (float("nan"), "NaN"),
    (date(2024, 9, 30), "2024-09-30"), (datetime(2024, 9, 30, 5, 0, 0, 120), "2024-09-30T05:00:00.000120"),
    (datetime(2024, 9, 30, 5, tzinfo=UTC), "2024-09-30T05:00:00+00:00"), (time(5, 1), "05:01:00"), (timedelta(days=1, seconds=2, microseconds=500_000), "P1DT2.5S"),
    (timedelta(seconds=-1), "-P0DT1S"), (b"\x00\xff", "00ff"), (memoryview(b"ab"), "6162"), ([1, None, "chợ"], '[1, null, "chợ"]'),
    ({"a": Decimal("1.10")}, '{"a": "1.10"}'), (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
])
def test_a_value_keeps_its_type_in_its_cell(value, expected):
    assert cell(value) == expected


def test_types_of_a_real_database_are_kept(on_postgresql, net, tmp_path):
    query = ("SELECT 12345678901234567890.123456789::numeric AS so, date '2024-02-29' AS ngay, timestamptz '2024-02-29 12:00+07' AS luc, true AS dung, "
             "NULL::integer AS trong, '\\x00ff'::bytea AS byte, ARRAY[1,2] AS mang, '{\"a\": 1}'::jsonb AS doi_tuong, 'a:b ::c %s %(x)s'::text AS chu")
    made(net, on_postgresql.source(query=query, identifier="x"), tmp_path / "ra.csv")
    [_, row] = table(tmp_path / "ra.csv")
    assert row[:2] == ["12345678901234567890.123456789", "2024-02-29"]
    assert datetime.fromisoformat(row[2]) == datetime(2024, 2, 29, 5, tzinfo=UTC)
    assert row[3:] == ["true", "", "00ff", "[1, 2]", '{"a": 1}', "a:b ::c %s %(x)s"]


def test_a_single_column_of_nothing_keeps_its_rows(on_sqlite, net, tmp_path):
    made(net, on_sqlite.source(query="SELECT ten FROM cho ORDER BY ma", identifier="x"), tmp_path / "ra.csv")
    verdict = check(tmp_path / "ra.csv", filename="ra.csv", format="CSV")
    assert (len(table(tmp_path / "ra.csv")), verdict.rows) == (4, 3)


@pytest.mark.parametrize("query", [
    "DELETE FROM cho", "UPDATE cho SET so_luong = 0", "INSERT INTO cho VALUES ('x', 'y', 1)", "DROP TABLE cho", "SELECT 1; DELETE FROM cho",
    "SELECT 1; SELECT 2", "WITH x AS (DELETE FROM cho RETURNING *) SELECT * FROM x", "SELECT * INTO moi FROM cho", "SELECT * FROM cho FOR UPDATE",
    "CREATE TABLE x AS SELECT 1", "SELECT nextval('dem')", "SELECT pg_sleep(9)", "SELECT pg_read_file('/etc/passwd')", "SELECT set_config('a.b', 'c', false)",
    "SELECT lo_import('/etc/passwd')", "SELECT * FROM dblink('x', 'y') AS t(a int)", "SELECT public.ham(1)", "SELECT load_extension('x')", "TRUNCATE cho",
    "COPY cho TO '/tmp/x'", "CALL f()", "EXPLAIN ANALYZE DELETE FROM cho", "VACUUM", "SET ROLE postgres", "SELECT /*! 1 */ 2", "", ";", "SELECT", "xin chào",
    "SELECT query_to_xml('DELETE FROM cho', true, true, '')", "BEGIN", "COMMIT; DELETE FROM cho",
])
def test_what_is_not_one_select_that_only_reads_is_refused_before_anything_is_asked(given, net, query):
    with pytest.raises(UsageError) as caught:
        connect("sql", given.source(query=query or " ", identifier="x"), net)
    assert caught.value.vi
    assert caught.value.en
    assert given.run("SELECT count(*) FROM cho") == [(3,)]


def test_a_function_that_writes_behind_a_view_is_stopped_by_the_transaction(on_postgresql, net, tmp_path):
    """What no look at the query can see."""
    on_postgresql.run("CREATE FUNCTION ghi() RETURNS int LANGUAGE sql AS 'DELETE FROM cho RETURNING 1'", "CREATE VIEW xau AS SELECT ghi() AS a",
                      "CREATE VIEW dem_len AS SELECT nextval('dem') AS a", "GRANT ALL ON xau, dem_len TO PUBLIC", "GRANT ALL ON SEQUENCE dem TO PUBLIC")
    assert code_of(made, net, on_postgresql.source(tables="xau"), tmp_path / "ra.csv") == "database-would-change"
    assert code_of(made, net, on_postgresql.source(tables="dem_len"), tmp_path / "ra.csv") == "database-would-change"
    assert on_postgresql.run("SELECT count(*) FROM cho") == [(3,)]
    assert list(tmp_path.glob("*.csv")) == []


def test_the_connection_itself_cannot_write(given, net):
    """Past all looking-through, as a hole in it would be."""
    connector = connect("sql", given.source(tables="cho"), net)
    for statement in ("DELETE FROM cho", "CREATE TABLE moi (a int)"):
        with pytest.raises(Trouble) as caught, connector._database.reading() as reading:
            columns, rows = reading.rows(statement, 10)
            list(rows)
        assert caught.value.issue.code in {"database-would-change", "database-said-no"}
    assert given.run("SELECT count(*) FROM cho") == [(3,)]


def test_a_wrong_password_is_told_without_any_password(on_postgresql, net):
    with pytest.raises(Trouble) as caught:
        connect("sql", on_postgresql.source(tables="cho", secrets={"password": "sai-mat-khau-nay"}), net).page(None)
    issue = caught.value.issue
    assert issue.code == "database-refused"
    assert "sai-mat-khau-nay" not in json.dumps(issue.to_dict()) + say(issue, "vi").what + repr(caught.value.__cause__) + repr(caught.value.__context__)


def test_a_password_in_the_address_is_refused_and_not_repeated(net):
    with pytest.raises(UsageError) as caught:
        connect("sql", SourceSpec(name="x", url=f"postgresql://a:{'bi-mat'}@127.0.0.1/x", options={"tables": "*"}), net)
    assert "bi-mat" not in str(caught.value)


@pytest.mark.parametrize("name", ["khong_co", "public.khong_co", 'cho"; DELETE FROM cho; --', "a.b.c"])
def test_an_unknown_table_is_an_issue_of_that_dataset(given, net, tmp_path, name):
    connector = connect("sql", given.source(datasets=json.dumps([{"table": name, "identifier": "x"}])), net)
    [item] = connector.page(None).items
    assert code_of(connector.make, connector.describe(item).resources[0].recipe, tmp_path / "ra.csv", None) == "database-said-no"
    assert given.run("SELECT count(*) FROM cho") == [(3,)]


def test_an_unknown_column_is_told_in_the_words_of_the_database(given, net, tmp_path):
    with pytest.raises(Trouble) as caught:
        made(net, given.source(query="SELECT khong_co FROM cho", identifier="x"), tmp_path / "ra.csv")
    assert (caught.value.issue.code, "khong_co" in caught.value.issue.facts["reason"]) == ("database-said-no", True)


def test_a_table_that_the_account_may_not_read_is_told(on_postgresql, net, tmp_path):
    on_postgresql.run("CREATE TABLE kin (a int)")
    assert code_of(made, net, on_postgresql.source(tables="kin"), tmp_path / "ra.csv") == "database-said-no"


ENDLESS = "WITH RECURSIVE n(a) AS (SELECT 1 UNION ALL SELECT a + 1 FROM n) SELECT {what} FROM n"


@pytest.mark.parametrize("what", ["count(*) AS c", "a"])
def test_a_query_without_end_is_stopped_in_time_and_leaves_no_file(given, net, tmp_path, what):
    source = given.source(query=ENDLESS.format(what=what), identifier="x", time_limit="1", max_rows="100000000")
    assert code_of(made, net, source, tmp_path / "ra.csv") == "database-too-slow"
    assert list(tmp_path.glob("*ra.csv*")) == []


def test_too_many_rows_are_an_issue_and_never_a_shorter_file(given, net, tmp_path):
    source = given.source(tables="cho", max_rows="2")
    assert code_of(made, net, source, tmp_path / "ra.csv") == "database-too-many-rows"
    assert list(tmp_path.glob("*ra.csv*")) == []
    assert made(net, given.source(tables="cho", max_rows="3"), tmp_path / "ra.csv").mark


def test_too_many_bytes_are_an_issue_and_never_a_shorter_file(given, tmp_path):
    net = Net(("127.0.0.1", "localhost"), limits=Limits(max_download=50), allow_folders=(str(tmp_path),))
    assert code_of(made, net, given.source(tables="cho"), tmp_path / "ra.csv") == "too-large"
    assert list(tmp_path.glob("*ra.csv*")) == []


def test_columns_of_one_name_are_told(given, net, tmp_path):
    source = given.source(query="SELECT ma, ten AS ma FROM cho", identifier="x")
    assert code_of(made, net, source, tmp_path / "ra.csv") == "database-columns-alike"


def test_a_server_that_the_operator_has_not_allowed_is_not_even_looked_up(on_postgresql, tmp_path):
    for allowed in ((), ("127.0.0.1:1",)):
        connector = connect("sql", on_postgresql.source(tables="cho"), Net(allowed, allow_folders=(str(tmp_path),)))
        assert code_of(connector.vet) == "host-not-allowed"
        assert code_of(connector.page, None) == "host-not-allowed"
    assert code_of(connect("sql", SourceSpec(name="x", url="postgresql://8.8.8.8/x", options={"tables": "*"}), Net()).vet) == "host-not-allowed"


def test_a_file_outside_the_allowed_folders_is_not_opened(on_sqlite, tmp_path):
    inside = tmp_path / "mo"
    inside.mkdir()
    (inside / "lien-ket.db").symlink_to(next(tmp_path.glob("*.db")))
    net = Net(allow_folders=(str(inside),))
    for url in (on_sqlite.url, f"sqlite:///{inside}/lien-ket.db", f"sqlite:///{inside}/../x.db"):
        assert code_of(connect("sql", on_sqlite.source(url=url, tables="*"), net).vet) == "folder-not-allowed"
    assert code_of(connect("sql", on_sqlite.source(url=f"sqlite:///{inside}/khong-co.db", tables="*"), net).page, None) == "folder-missing"
    assert list(inside.iterdir()) == [inside / "lien-ket.db"]


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "sqlite:///file:x?mode=rwc&uri=true", "sqlite:////x.db?mode=rw", "postgresql://h/x?host=/tmp",
                                 "postgresql://h/x?options=-c%20x", "postgresql://h/x?passfile=/etc/passwd"])
def test_an_address_that_smuggles_something_in_is_refused(net, url):
    with pytest.raises((UsageError, Trouble)):
        connect("sql", SourceSpec(name="x", url=url, options={"tables": "*"}), net)


@pytest.mark.parametrize("url", ["postgresql://127.0.0.1?@other.example:22/db", "postgresql://127.0.0.1#@other.example/db", "mysql://127.0.0.1?@other.example/db",
                                 "postgresql://127.0.0.1:x/db"])
def test_an_address_that_is_read_in_two_ways_is_refused(net, url):
    """What is vetted is what is asked: one reader takes for the host what another takes for the user."""
    with pytest.raises((Trouble, UsageError)) as caught:
        connect("sql", SourceSpec(name="x", url=url, options={"tables": "*"}), net)
    assert not isinstance(caught.value, Trouble) or caught.value.issue.code == "url-broken"


def test_the_driver_is_given_the_host_and_port_that_were_vetted(on_postgresql, net, monkeypatch):
    given, real = {}, sql_database.create_engine

    def create_engine(url, **others):
        given.update(others.get("connect_args") or {}, host=url.host, port=url.port)
        return real(url, **others)

    monkeypatch.setattr(sql_database, "create_engine", create_engine)
    address = make_url(on_postgresql.url)
    connect("sql", on_postgresql.source(tables="cho"), net).page(None)
    assert (given["host"], given["hostaddr"], given["port"]) == ("127.0.0.1", "127.0.0.1", address.port)
    connect("sql", on_postgresql.source(url="postgresql://a@LOCALHOST/x", tables="cho"), net).vet()  # the case of a host says nothing


def test_nothing_of_the_worker_s_own_surroundings_reaches_the_server(on_postgresql, net, tmp_path, monkeypatch):
    """Not the password of another database: libpq takes what it is not told from the environment and from ~/.pgpass."""
    keys = tmp_path / "pgpass"
    keys.write_text(f"*:*:*:*:{PASSWORD.replace(':', chr(92) + ':')}\n")
    keys.chmod(0o600)
    for name, value in (("PGPASSFILE", str(keys)), ("PGPASSWORD", PASSWORD)):
        with monkeypatch.context() as around:
            around.setenv(name, value)
            assert code_of(connect("sql", on_postgresql.source(tables="cho", secrets={}), net).page, None) == "database-refused"
    monkeypatch.setenv("PGOPTIONS", "-c search_path=pg_catalog")
    made(net, on_postgresql.source(query="SELECT current_schema() AS a", identifier="x"), tmp_path / "ra.csv")
    assert table(tmp_path / "ra.csv") == [["a"], ["public"]]


def test_nobody_there_is_told(net):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert code_of(connect("sql", SourceSpec(name="x", url=f"postgresql://a@127.0.0.1:{port}/x", options={"tables": "*"}), net).page, None) == "host-unreachable"


def test_a_connection_that_breaks_amid_the_rows_gives_an_issue_and_no_file(on_postgresql, with_passwords, net, tmp_path):
    source = on_postgresql.source(query="SELECT a, repeat('x', 100) AS b FROM generate_series(1, 100000) AS a", identifier="x")
    connector = connect("sql", source, net)
    recipe = connector.describe(connector.page(None).items[0]).resources[0].recipe
    with relay(reach_postgres(with_passwords), 1_000_000) as port:
        broken = connect("sql", on_postgresql.source(url=make_url(on_postgresql.url).set(port=port).render_as_string(), query="SELECT 1 AS a", identifier="x"), net)
        assert code_of(broken.make, recipe, tmp_path / "ra.csv", None) == "database-cut-short"
    assert list(tmp_path.glob("*ra.csv*")) == []


def test_a_server_that_falls_silent_amid_the_rows_is_left_in_time(on_postgresql, with_passwords, net, tmp_path):
    with relay(reach_postgres(with_passwords), 200_000, falls_silent=True) as port:
        source = on_postgresql.source(url=make_url(on_postgresql.url).set(port=port).render_as_string(), time_limit="1", identifier="x",
                                      query="SELECT a, repeat('x', 100) AS b FROM generate_series(1, 100000) AS a")
        began = monotonic()
        assert code_of(made, net, source, tmp_path / "ra.csv") == "database-too-slow"
        assert monotonic() - began < 20
    assert list(tmp_path.glob("*ra.csv*")) == []


def after_a_second():
    """Whether work is called off: a second from now."""
    begin = monotonic()
    return lambda: monotonic() - begin > 1


@pytest.mark.parametrize("what", ["count(*) AS c", "a"])
def test_a_query_of_sqlite_that_is_called_off_ends_within_seconds(on_sqlite, tmp_path, what):
    source = on_sqlite.source(query=ENDLESS.format(what=what), identifier="x", time_limit="20", max_rows="1000000000")
    net = patient(str(tmp_path))
    assert ends_soon(net, after_a_second(), made, net, source, tmp_path / "ra.csv")
    assert list(tmp_path.glob("*ra.csv*")) == []


def test_a_query_of_postgresql_that_is_called_off_ends_within_seconds(on_postgresql, tmp_path):
    source = on_postgresql.source(query=ENDLESS.format(what="a"), identifier="x", time_limit="20", max_rows="1000000000")
    net = patient(str(tmp_path))
    assert ends_soon(net, after_a_second(), made, net, source, tmp_path / "ra.csv")
    assert list(tmp_path.glob("*ra.csv*")) == []


@pytest.mark.parametrize("limit", [700, 200_000])
def test_a_silent_server_is_left_within_seconds_when_its_query_is_called_off(on_postgresql, with_passwords, tmp_path, limit):
    with relay(reach_postgres(with_passwords), limit, falls_silent=True) as port:
        source = on_postgresql.source(url=make_url(on_postgresql.url).set(port=port).render_as_string(), time_limit="20", identifier="x",
                                      query="SELECT a, repeat('x', 100) AS b FROM generate_series(1, 100000) AS a")
        net = patient(str(tmp_path))
        assert ends_soon(net, after_a_second(), made, net, source, tmp_path / "ra.csv")


SERIES = {"sqlite": "WITH RECURSIVE n(a) AS (SELECT 1 UNION ALL SELECT a + 1 FROM n WHERE a < 200000) SELECT a, printf('%0100d', a) AS b FROM n",
          "postgresql": "SELECT a, repeat('x', 100) AS b FROM generate_series(1, 200000) AS a"}


def test_memory_does_not_grow_with_the_rows(given, net, tmp_path):
    query = SERIES[make_url(given.url).get_backend_name()]
    tracemalloc.start()
    try:
        made(net, given.source(query=query, identifier="x", time_limit="120"), tmp_path / "ra.csv")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (tmp_path / "ra.csv").stat().st_size > 20_000_000
    assert peak < 8 << 20
    with (tmp_path / "ra.csv").open() as file:
        assert sum(1 for _ in file) == 200_001


@pytest.mark.parametrize(("options", "word"), [
    ({}, "tables, query, datasets"), ({"tables": "cho", "query": "SELECT 1"}, "tables, query, datasets"), ({"query": "SELECT 1 AS a"}, "identifier"),
    ({"datasets": "cho"}, "danh sách"), ({"datasets": "[{a: 1"}, "YAML"), ({"datasets": "[]"}, "danh sách"), ({"datasets": "[{table: a, query: SELECT 1}]"}, "table, query"),
    ({"datasets": "[{table: a, la: 1}]"}, "la"), ({"datasets": "[{table: a}, {table: a}]"}, "bị lặp"), ({"tables": "cho", "max_rows": "0"}, "max_rows"),
    ({"tables": "cho", "time_limit": "nhanh"}, "time_limit"), ({"datasets": "!!python/object/apply:os.getcwd []"}, "YAML"),
])
def test_options_that_say_nothing_usable_are_refused_by_name(on_sqlite, net, options, word):
    with pytest.raises(UsageError) as caught:
        connect("sql", on_sqlite.source(**options), net)
    assert word in caught.value.vi

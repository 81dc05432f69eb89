"""SQL over the tables of resources, as CKAN answers it."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from catalog.actions import Context
from catalog.actions.datastore_sql import search_sql
from catalog.errors import Invalid, NotAuthorized, NotFound


@pytest.fixture
def asked(furnished, tmp_path):
    """What a query is answered, where `open` may be read and `closed` may not."""
    path = tmp_path / "table.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE rows AS SELECT range + 1 AS _id, 'Quận ' || range AS ten FROM range(40000)")

    def table_of(context: Context, name: str) -> Path | None:
        if name == "closed":
            raise NotAuthorized("Not authorized to read resource.")
        return path if name == "open" else None

    action = search_sql(table_of)
    with furnished.reading() as session:
        yield lambda **data: action(Context(site=furnished, session=session), data)
    furnished.sql.close()


def test_records_and_fields_are_as_ckan_has_them(asked):
    sql = 'SELECT _id, ten FROM "open" ORDER BY _id LIMIT 1;'
    assert asked(sql=sql) == {"sql": sql, "records": [{"_id": 1, "ten": "Quận 0"}], "fields": [{"id": "_id", "type": "int8"}, {"id": "ten", "type": "text"}]}


def test_more_rows_than_ckan_gives_are_said_to_be_cut(asked):
    answer = asked(sql="SELECT _id FROM open")
    assert (answer["records_truncated"], len(answer["records"]), list(answer)) == (True, 32000, ["sql", "records_truncated", "records", "fields"])


def test_what_is_refused_is_refused_in_ckans_words(asked):
    with pytest.raises(NotFound) as missing:
        asked(sql='SELECT * FROM "nope"')
    with pytest.raises(NotAuthorized, match=r"^Not authorized to read resource\.$"):
        asked(sql="SELECT * FROM closed")
    with pytest.raises(Invalid) as several:
        asked(sql="SELECT 1; SELECT 2")
    with pytest.raises(Invalid) as none:
        asked()
    assert (missing.value.message, several.value.errors["message"], none.value.errors) == ("", "Query is not a single statement", {"sql": ["Missing value"]})

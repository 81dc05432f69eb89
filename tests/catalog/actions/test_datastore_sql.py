"""SQL over the tables of resources, as CKAN answers it, for whoever may read them."""

from __future__ import annotations

import pytest
from support.published import sow

from catalog.actions.context import Context
from catalog.actions.performing import perform
from catalog.errors import Invalid, NotAuthorized, NotFound
from catalog.models import Dataset


@pytest.fixture
def sown(site, tmp_path):
    yield sow(site, tmp_path)
    site.sql.close()


def ask(site, sql: str, *, may_write: bool = False):
    with site.reading() as session:
        return perform(Context(site=site, session=session, user="jane" if may_write else None, may_write=may_write), "datastore_search_sql", {"sql": sql})


def written(site, records):
    """A table that was written row by row."""
    with site.writing() as session:
        context = Context(site=site, session=session, user="jane", may_write=True)
        dataset = session.query(Dataset).first()
        return perform(context, "datastore_create", {"resource": {"package_id": dataset.id, "name": "Bảng"}, "records": records})["resource_id"]


def test_records_and_fields_are_as_ckan_has_them(site, sown):
    sql = f'SELECT _id, ma_tuyen FROM "{sown.resource}" ORDER BY _id LIMIT 1;'
    assert ask(site, sql) == {"sql": sql, "records": [{"_id": 1, "ma_tuyen": "01"}], "fields": [{"id": "_id", "type": "int8"}, {"id": "ma_tuyen", "type": "text"}]}


def test_tables_are_joined(site, sown):
    other = written(site, [{"ma": "01", "ten": "Chợ"}])
    answer = ask(site, f'SELECT b.ten, a.cu_ly FROM "{sown.resource}" a JOIN "{other}" b ON a.ma_tuyen = b.ma')
    assert answer["records"] == [{"ten": "Chợ", "cu_ly": 20.5}]


def test_more_rows_than_ckan_gives_are_said_to_be_cut(site, sown):
    many = written(site, [{"n": n} for n in range(200)])
    answer = ask(site, f'SELECT a._id FROM "{many}" a CROSS JOIN "{many}" b')
    assert (answer["records_truncated"], len(answer["records"]), list(answer)) == (True, 32000, ["sql", "records_truncated", "records", "fields"])


def test_what_is_refused_is_refused_in_ckans_words(site, sown):
    with pytest.raises(NotFound) as missing:
        ask(site, 'SELECT * FROM "nope"')
    with pytest.raises(Invalid) as several:
        ask(site, "SELECT 1; SELECT 2")
    with pytest.raises(Invalid) as none:
        ask(site, "")
    assert (missing.value.message, several.value.errors["message"], none.value.errors) == ("", "Query is not a single statement", {"sql": ["Missing value"]})


def test_the_table_of_a_private_dataset_is_read_by_those_who_may(site, sown):
    with site.writing() as session:
        session.get_one(Dataset, sown.dataset).private = True
    sql = f'SELECT count(*) FROM "{sown.resource}"'
    with pytest.raises(NotAuthorized, match=r"^Not authorized to read resource\.$"):
        ask(site, sql)
    assert ask(site, sql, may_write=True)["records"] == [{"count": 3}]


def test_the_table_of_a_draft_is_not_there(site, sown):
    with site.writing() as session:
        session.get_one(Dataset, sown.dataset).state = "draft"
    with pytest.raises(NotFound):
        ask(site, f'SELECT * FROM "{sown.resource}"')

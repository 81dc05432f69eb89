"""The registry of schemas."""

from __future__ import annotations

import json

import pytest
from support.published import HOSTILE, sow
from support.visiting import visitor

import schemas
from web.dictionary import in_words


@pytest.fixture
def client(site):
    return visitor(site)


def test_the_registry_names_every_schema_and_each_has_its_page(client):
    text = client.get("/schema").get_data(as_text=True)
    for schema in schemas.all_schemas():
        assert f'href="/schema/{schema.name}"' in text
        page = client.get(f"/schema/{schema.name}")
        assert page.status_code == 200 and all(field["name"] in page.get_data(as_text=True) for field in schema.fields)


def test_the_page_has_files_to_start_from_and_the_datasets_that_follow(client, site, tmp_path):
    sow(site, tmp_path)
    text = client.get("/schema/tuyen-xe-buyt").get_data(as_text=True)
    assert "Bảng mẫu đúng" in text and "Tuyến xe buýt &lt;script&gt;" in text and HOSTILE not in text
    assert json.loads(client.get("/schema/tuyen-xe-buyt/schema.json").data)["fields"]
    sample = client.get("/schema/tuyen-xe-buyt/valid.csv")
    assert sample.data == schemas.load("tuyen-xe-buyt").valid_sample.read_bytes()
    assert sample.headers["Content-Disposition"].startswith("attachment")


def test_nothing_but_the_named_files_is_handed_out(client):
    for path in ("/schema/khong-co", "/schema/tuyen-xe-buyt/README.md", "/schema/..%2f..%2fpyproject/schema.json", "/schema/tuyen-xe-buyt/..%2f__init__.py"):
        assert client.get(path).status_code == 404, path


def test_constraints_are_said_in_words(client):
    with client.application.test_request_context("/"):
        line = in_words({"fields": [{"name": "a", "type": "number", "constraints": {"required": True, "minimum": 0, "maximum": 14, "unique": True}}],
                         "primaryKey": "a"}, "vi")[0]
        assert line.rules == ("khóa của bảng: mỗi dòng một giá trị riêng", "bắt buộc có", "không trùng nhau", "từ 0 đến 14")
        assert line.type == "số"


def test_a_hostile_schema_is_shown_as_text(client):
    with client.application.test_request_context("/"):
        line = in_words({"fields": [{"name": HOSTILE, "title": HOSTILE, "type": HOSTILE, "constraints": {"pattern": HOSTILE, "enum": [HOSTILE]}}]}, "vi")[0]
        page = client.application.jinja_env.from_string(
            "{% from 'datasets/_parts.html' import dictionary_table with context %}{{ dictionary_table([line]) }}").render(line=line)
        assert HOSTILE not in page and "&lt;script&gt;" in page

"""CKAN's clients speak to our door as to CKAN's: envelopes, statuses, ways to send parameters, tokens."""

from __future__ import annotations

import json
import threading
import warnings

import ckanapi
import pytest
from click.testing import CliRunner
from flask import Flask
from support.publishing import furnish, publish
from werkzeug.serving import make_server

from catalog.commands import token as token_command
from catalog.models import ApiToken
from catalog.tokens import add_token, revoke_tokens
from web.api import ckan

HELP = "http://haidang.test/api/3/action/help_show?name="


@pytest.fixture
def furnished(site):
    furnish(site)
    return site


@pytest.fixture
def app(furnished):
    app = Flask("door")
    app.extensions["haidang"] = furnished
    app.register_blueprint(ckan.bp)
    return app


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def token(furnished) -> str:
    with furnished.writing() as session:
        return add_token(session, "jane", furnished.clock.now()).secret


@pytest.fixture
def address(app):
    """The address of the site, really served."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_ckanapi_writes_and_reads(address, token):
    with ckanapi.RemoteCKAN(address, apikey=token) as writer, ckanapi.RemoteCKAN(address) as reader:
        made = writer.action.package_create(name="qua-ckanapi", title="Qua ckanapi", owner_org="so-y-te", resources=[{"url": "http://x/a.csv"}])
        assert reader.action.package_show(id="qua-ckanapi") == made
        assert reader.action.package_search(q="qua ckanapi")["results"] == [made]
        assert writer.action.package_patch(id=made["id"], notes="đã vá")["notes"] == "đã vá"
        assert writer.action.package_update(**{**made, "title": "Khác"})["title"] == "Khác"
        assert reader.call_action("package_list", requests_kwargs={"timeout": 10})[0] == "qua-ckanapi"
        assert writer.action.package_delete(id=made["id"]) is None
        with pytest.raises(ckanapi.NotAuthorized):
            reader.action.package_show(id=made["id"])
        with pytest.raises(ckanapi.NotFound):
            reader.action.package_show(id="khong-co")
        with pytest.raises(ckanapi.ValidationError) as caught:
            writer.action.package_create(name="Sai Tên", owner_org="so-y-te")
        assert caught.value.error_dict["name"] == ["Must be purely lowercase alphanumeric (ascii) characters and these symbols: -_"]
        with pytest.raises(ckanapi.CKANAPIError):
            reader.action.package_search(foo="bar")


@pytest.mark.parametrize(("path", "status", "answer"), [
    ("/api", 200, {"version": 1}), ("/api/1", 200, {"version": 1}), ("/api/3", 200, {"version": 3}),
    ("/api/3/action/no_such", 400, "Bad request: Action name not known: no_such"),
    ("/api/3/action/Status_Show", 400, "Bad request: Action name not known: Status_Show"),
    ("/api/3/action/site_read", 400, "Bad request: Action name not known: site_read"),
    ("/api/3/action/package_create?name=x", 400, "Bad request: JSON Error: Invalid request. Please use POST method for your request"),
])
def test_bare_answers(client, path, status, answer):
    got = client.get(path)
    assert (got.status_code, got.get_json()) == (status, answer)
    assert got.content_type == "application/json;charset=utf-8"


@pytest.mark.parametrize(("query", "status", "error"), [
    ("package_show?id=no-such-dataset", 404, {"__type": "Not Found Error", "message": "Not found"}),
    ("package_show", 409, {"name_or_id": ["Missing value"], "__type": "Validation Error"}),
    ("package_show?name_or_id=x", 409, {"message": "Missing id, can not get Package object", "__type": "Validation Error"}),
    ("help_show?name=no_such", 404, {"__type": "Not Found Error", "message": "Not found: Action function not found"}),
    ("help_show", 409, {"name": ["Missing value"], "__type": "Validation Error"}),
    ("organization_list?sort=foo", 409, {"message": "Cannot sort by field `foo`", "__type": "Validation Error"}),
    ("package_search?rows=abc", 409, {"rows": ["Invalid integer", "Please enter an integer value"], "__type": "Validation Error"}),
    ("package_search?foo=bar", 400,
     {"__type": "Search Query Error", "message": "Search Query is invalid: \"Invalid search parameters: ['foo']\""}),
    ("package_search?sort=foo+bar+baz", 400, {"__type": "Search Query Error", "message": "Search Query is invalid: 'Invalid \"sort\" parameter'"}),
    ("package_search?q=%7B%21dismax+qf%3Dtitle%7Dx", 409,
     {"__type": "Search Error", "message": "Search error: \"Local parameters are not supported in param 'q'.\""}),
    ("package_search?facet.field=organization", 409,
     {"facet.field": ["Could not parse as valid JSON", "Not a list"], "__type": "Validation Error"}),
])
def test_refusals_in_the_envelope(client, query, status, error):
    got = client.get(f"/api/3/action/{query}")
    answer = got.get_json()
    assert (got.status_code, list(answer)) == (status, ["help", "error", "success"])
    assert list(answer["error"].items()) == list(error.items())
    assert (answer["success"], answer["help"]) == (False, HELP + query.partition("?")[0])


def test_an_answer_is_python_json_with_the_keys_in_order(client, furnished):
    publish(furnished, name="duong", title="Đường")
    text = client.get("/api/3/action/package_autocomplete?q=duong").get_data(as_text=True)
    assert text == ('{"help": "' + HELP + 'package_autocomplete", "success": true, "result": [{"name": "duong", "title": '
                    '"\\u0110\\u01b0\\u1eddng", "match_field": "name", "match_displayed": "duong"}]}')


def test_headers_are_ckans(client):
    headers = client.get("/api/3/action/status_show").headers
    assert (headers["Cache-Control"], headers["Vary"]) == ("public, max-age=0, must-revalidate", "Cookie")
    assert "Set-Cookie" not in headers


@pytest.mark.parametrize("sent", [
    {"json": {"id": "zz-tieng-on-1"}}, {"data": {"id": "zz-tieng-on-1"}},
    {"data": {"id": "zz-tieng-on-1"}, "content_type": "multipart/form-data"},
    {"data": '{"id": "zz-tieng-on-1"}', "content_type": "application/x-www-form-urlencoded"}, {"data": '{"id": "zz-tieng-on-1"}'},
    {"query_string": {"id": "zz-tieng-on-1"}},
    {"query_string": {"id": "zz-tieng-on-1"}, "json": {"id": "zz-tieng-on-2"}},  # the address wins
])
@pytest.mark.parametrize("door", ["/api/3/action/", "/api/action/"])
def test_parameters_come_in_every_way(client, sent, door):
    assert client.post(door + "package_show", **sent).get_json()["result"]["name"] == "zz-tieng-on-1"


def test_a_get_takes_json_too_and_a_list_by_repetition(client):
    got = client.get("/api/3/action/package_show", data='{"id": "zz-tieng-on-1"}', content_type="application/json")
    assert got.get_json()["result"]["name"] == "zz-tieng-on-1"
    facets = client.get("/api/3/action/package_search?facet.field=organization&facet.field=tags&rows=0").get_json()["result"]["facets"]
    assert facets == {"organization": {"ubnd-huyen-con-dao": 2}, "tags": {}}


@pytest.mark.parametrize(("body", "message"), [
    ('{"id": ', "Bad request: JSON Error: Error decoding JSON data."), ('["a"]', "Bad request: JSON Error: Request data JSON decoded to ['a']"),
    ("null", "Bad request: JSON Error: Request data JSON decoded to None but it needs to be a dictionary."),
    ('{"a":' * 100_000, "Bad request: JSON Error: "), ('{"a":' * 33 + "1" + "}" * 33, "Bad request: JSON Error: Request data is nested too deeply"), (b"\xff\xfe{", "Bad request: JSON Error: "),
])
def test_bad_json_is_answered_with_a_bare_string(client, body, message):
    got = client.post("/api/3/action/package_show", data=body, content_type="application/json")
    assert got.status_code == 400
    assert got.get_json().startswith(message)


def test_methods_and_addresses_that_are_not(client):
    assert client.put("/api/3/action/package_show").status_code == 405
    assert client.delete("/api/3/action/package_show?id=x").status_code == 405
    assert client.get("/api/3/action/status_show/").status_code == 404
    assert client.get("/api/1/action/status_show").status_code == 404
    assert client.get("/api/3/action/").status_code == 404
    assert client.post("/api/3/action/package_show", data='{"id": "x"}', content_type="text/plain").status_code == 415
    assert client.head("/api/3/action/status_show").status_code == 200
    assert set(client.options("/api/3/action/status_show").headers["Allow"].split(", ")) == {"HEAD", "POST", "GET", "OPTIONS"}


def test_jsonp_answers_an_anonymous_get_only(client, token):
    got = client.get("/api/3/action/status_show?callback=a.b%3Cc%3E")
    assert got.get_data(as_text=True).startswith('a.b&lt;c&gt;({"help": ')
    assert got.get_data(as_text=True).endswith("});")
    assert got.content_type == "application/javascript;charset=utf-8"
    assert client.get("/api/3/action/package_show?id=nope&callback=cb").get_json()["success"] is False
    assert client.post("/api/3/action/status_show", json={"callback": "cb"}).get_json()["success"] is True


def test_a_private_dataset_opens_to_a_token_however_it_is_shown(client, furnished, token):
    made = publish(furnished, name="rieng", private=True)
    url = "/api/3/action/package_show?id=rieng"
    denied = {"__type": "Authorization Error", "message": f"Access denied: User  not authorized to read package {made['id']}"}
    for headers in ({}, {"Authorization": "garbage"}, {"Authorization": "Bearer \u00ff"}):
        assert client.get(url, headers=headers).get_json()["error"] == denied
    assert client.get(url + "&callback=cb", headers={"Authorization": token}).status_code == 403
    for headers in ({"Authorization": token}, {"Authorization": f"Bearer {token}"}, {"X-CKAN-API-Key": token}):
        assert client.get(url, headers=headers).status_code == 200


def test_a_token_writes_until_it_is_revoked(client, furnished, token):
    send = {"json": {"name": "moi", "owner_org": "so-y-te"}, "headers": {"Authorization": token}}
    assert client.post("/api/3/action/package_create", json=send["json"]).get_json()["error"]["message"] == (
        "Access denied: User  not authorized to create packages")
    assert client.post("/api/3/action/package_create", **send).status_code == 200
    with furnished.reading() as session:
        assert session.query(ApiToken).one().last_used == furnished.clock.now()
    with furnished.writing() as session:
        assert revoke_tokens(session, "jane", furnished.clock.now()) == 1
    assert client.post("/api/3/action/package_create", **send).status_code == 403


def test_a_refused_write_leaves_nothing(client, furnished, token):
    got = client.post("/api/3/action/package_create", json={"name": "moi", "owner_org": "so-y-te", "tags": "a,b"}, headers={"Authorization": token})
    assert (got.status_code, got.get_json()["error"]["__type"]) == (400, "Integrity Error")
    assert client.get("/api/3/action/package_show?id=moi").status_code == 404


def test_a_mistake_of_ours_is_an_envelope_with_a_reference_in_the_log(client, monkeypatch, caplog):
    def broken(context, data):
        raise KeyError("secret detail")

    monkeypatch.setitem(ckan.ACTIONS, "status_show", broken)
    got = client.get("/api/3/action/status_show")
    error = got.get_json()["error"]
    assert (got.status_code, error["__type"]) == (500, "Internal Server Error")
    reference = error["message"].partition("reference ")[2].rstrip(")")
    assert reference in caplog.text and "secret detail" in caplog.text
    assert "secret" not in got.get_data(as_text=True)


def test_the_address_is_the_one_that_was_asked_where_none_is_set(furnished, app):
    from dataclasses import replace

    app.extensions["haidang"] = replace(furnished, settings=replace(furnished.settings, site_url=""))
    got = app.test_client().get("/api/3/action/status_show", base_url="http://elsewhere.test:81").get_json()
    assert got["help"] == "http://elsewhere.test:81/api/3/action/help_show?name=status_show"
    assert got["result"]["site_url"] == "http://elsewhere.test:81"


def test_a_harvester_pages_until_a_page_is_empty(client, furnished):
    for number in range(5):
        publish(furnished, name=f"trang-{number}")
    names, start = [], 0
    while page := client.get("/api/3/action/package_search", query_string={
            "q": "", "fq": "+organization:so-y-te", "rows": 2, "start": start, "sort": "id asc"}).get_json()["result"]["results"]:
        names += [package["name"] for package in page]
        start += 2
    assert sorted(names) == [f"trang-{number}" for number in range(5)]


def test_tokens_by_the_command_line(furnished, monkeypatch):
    monkeypatch.setattr(token_command, "site_here", lambda: furnished)
    run = CliRunner().invoke
    with warnings.catch_warnings():
        made = json.loads(run(token_command.token, ["add", "may-tram", "--json"]).stdout)
        secret = run(token_command.token, ["add", "khac"]).stdout.strip()
        listed = json.loads(run(token_command.token, ["list", "--json"]).stdout)
        assert {row["name"] for row in listed} == {"may-tram", "khac"}
        assert made["token"] not in json.dumps(listed)
        assert len(secret) > 40
        assert json.loads(run(token_command.token, ["revoke", made["id"], "--json"]).stdout) == {"revoked": 1}
        assert "đã thu hồi" in run(token_command.token, ["list"]).stdout
        assert run(token_command.token, ["revoke", "khong-co"]).exit_code != 0
        assert run(token_command.token, ["add", "pipeline"]).exit_code != 0

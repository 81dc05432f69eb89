"""What is true of every connector, tested over all that the entry points name."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import replace

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.sources import KINDS, Kind, code_of
from support.web_server import WebServer, reply, web_server

from catalog.errors import Trouble, UsageError
from catalog.fitting import fit
from catalog.freshness import PERIODS
from catalog.gathering import hash_raw
from catalog.issues import say
from catalog.net import Net
from catalog.record import Record
from catalog.sources import Draft, credentials_in, problems_of
from harvesters.base import Gathered, SourceSpec, every_page
from harvesters.connectors import check_options, connect, declared, kinds
from harvesters.describing import DEFAULTS

ODD = (None, 7, -1.5, True, "", " ", [], {}, [None, 1, {"a": []}], {"a": {"b": [None]}}, [[["x"]]], "<script>alert(1)</script>", "x" * 10_000,
       "\x00\x1b[31m", "\u202ecsv.exe", "http://[::1", 10**30)


# A single file is no listing, and files are identified by where they are.
OF_LISTINGS = pytest.mark.parametrize("kind", sorted(kind for kind in kinds() if KINDS[kind].many > 1))
OF_WEB_LISTINGS = pytest.mark.parametrize("kind", sorted(kind for kind in kinds() if KINDS[kind].many > 1 and KINDS[kind].listing))
ON_THE_WEB = pytest.mark.parametrize("kind", sorted(kind for kind in kinds() if KINDS[kind].listing))
OF_NAMED_RECORDS = pytest.mark.parametrize("kind", sorted(kind for kind in kinds() if KINDS[kind].identifier_key))


@pytest.fixture(params=sorted(kinds()))
def kind(request) -> str:
    return request.param


@pytest.fixture
def served(kind: str) -> Kind:
    assert kind in KINDS, f"tests/support/sources.py must tell how a source of kind {kind} is served"
    return KINDS[kind]


def gathered(connector) -> list[Gathered]:
    return [item for page in every_page(connector) for item in page.items]


def test_it_says_what_it_is_in_both_languages(kind: str, served: Kind):
    connector = kinds()[kind]
    assert connector.kind == kind
    assert all(connector.title[language] for language in ("vi", "en"))
    names = [option.name for option in connector.options]
    assert len(names) == len(set(names))
    assert {option.name for option in DEFAULTS} <= set(names)
    for option in connector.options:
        assert option.vi
        assert option.en
        assert option.vi == unicodedata.normalize("NFC", option.vi)
        assert option.default is None or not option.choices or option.default in option.choices
    defaults = {option.name: option.default for option in connector.options if option.default is not None}
    secrets = {option.name: "x" for option in connector.options if option.required and option.secret}
    check_options(kind, {**defaults, **served.required}, secrets)


def test_a_secret_is_never_taken_among_the_options_and_a_required_one_is_missed_by_name(kind: str, served: Kind):
    for option in kinds()[kind].options:
        secrets = {other.name: "x" for other in kinds()[kind].options if other.secret and other.required}
        if option.secret:
            with pytest.raises(UsageError, match=option.name):
                check_options(kind, {**served.required, option.name: "x"}, secrets)
        if option.required:
            with pytest.raises(UsageError, match=option.name):
                check_options(kind, {k: v for k, v in served.required.items() if k != option.name},
                              {k: v for k, v in secrets.items() if k != option.name})


def test_making_one_asks_nothing_of_the_network(server: WebServer, net: Net, kind: str, served: Kind):
    connect(kind, served.serve(server, [served.entry(0)]), net)
    assert server.asked == []


def test_every_record_is_listed_once_over_all_pages(server: WebServer, net: Net, kind: str, served: Kind):
    source = served.serve(server, [served.entry(n) for n in range(served.many)])
    pages = list(every_page(connect(kind, source, net)))
    items = [item for page in pages for item in page.items]
    assert len(pages) >= (3 if served.many > 1 else 1)
    assert len({item.identifier for item in items}) == len(items) == served.many
    assert pages[-1].total == served.many
    assert pages[-1].cursor is None
    assert not any(page.issues for page in pages)


def test_a_listing_goes_on_from_any_cursor_after_a_restart(server: WebServer, net: Net, kind: str, served: Kind):
    source = served.serve(server, [served.entry(n) for n in range(served.many)])
    first = list(every_page(connect(kind, source, net)))
    for number, page in enumerate(first):
        if page.cursor is not None:
            cursor = json.loads(json.dumps(page.cursor))
            again = connect(kind, source, net).page(cursor)
            assert again == first[number + 1]


def test_the_same_answer_has_the_same_hash_in_the_next_run(server: WebServer, net: Net, kind: str, served: Kind):
    source = served.serve(server, [served.entry(n) for n in range(3)])
    runs = [[(item.identifier, hash_raw(item.raw)) for item in gathered(connect(kind, source, net))] for _ in range(2)]
    assert runs[0] == runs[1]


def test_describing_needs_no_network_and_no_listing(server: WebServer, net: Net, kind: str, served: Kind):
    source = served.serve(server, [served.entry(n) for n in range(3)])
    items = gathered(connect(kind, source, net))
    asked = len(server.asked)
    after_restart = connect(kind, source, net)
    records = [after_restart.describe(Gathered(identifier=item.identifier, raw=json.loads(json.dumps(item.raw)))) for item in items]
    assert len(server.asked) == asked
    for record in records:
        expect_sound(record)
        assert record.metadata["title"]
        assert record.resources[0].url.startswith("http") or not served.has_address
        assert record.issues == ()


def expect_sound(record: Record) -> None:
    """The record has what the catalogue expects, whatever the source wrote."""
    metadata = record.metadata
    for key in ("title", "title_en", "notes", "license_id", "frequency", "author", "author_email", "maintainer", "maintainer_email", "url"):
        assert isinstance(metadata.get(key, ""), str), key
    assert metadata["frequency"] in PERIODS
    assert isinstance(metadata["illustrative"], bool)
    assert all(isinstance(text, str) for text in [*metadata["tags"], *metadata["groups"]])
    assert all(set(extra) == {"key", "value"} and all(isinstance(v, str) and v for v in extra.values()) for extra in metadata["extras"])
    assert len({extra["key"] for extra in metadata["extras"]}) == len(metadata["extras"])
    for resource in record.resources:
        assert isinstance(resource.url, str)
        assert resource.url
        assert len(resource.format) <= 100
        assert len(resource.media_type or "") <= 200
    assert Record.from_dict(orjson.loads(orjson.dumps(record.to_dict()))).identifier == record.identifier
    fit(record)
    for issue in record.issues:
        for language in ("vi", "en"):
            said = say(issue, language)
            assert said.what
            assert said.mend


def test_no_value_of_any_kind_stops_a_record(server: WebServer, net: Net, kind: str, served: Kind):
    source = served.serve(server, [served.entry(0)])
    connector = connect(kind, source, net)
    item = gathered(connector)[0]
    for odd in ODD:
        for path in paths(item.raw):
            expect_sound(connector.describe(Gathered(identifier="x", raw=put(item.raw, path, odd))))
        expect_sound(connector.describe(Gathered(identifier="x", raw=dict.fromkeys(item.raw, odd))))


def paths(value, at=()):
    """The path of every value in a JSON value."""
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in entries:
        yield (*at, key)
        yield from paths(inner, (*at, key))


def put(value, path, new):
    """The JSON value with another value at a path."""
    copy = json.loads(json.dumps(value))
    inner = copy
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = new
    return copy


ANY_JSON = st.recursive(st.none() | st.booleans() | st.integers(-10**6, 10**6) | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
                        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3), max_leaves=6)


@given(data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_json_is_described_or_refused_in_words(net: Net, kind: str, served: Kind, data):
    keys = {"name", "title", "notes", "description", "tags", "keyword", "groups", "theme", "extras", "resources", "distribution", "license",
            "license_id", "organization", "publisher", "contactPoint", "says", "url", "modified", "metadata_modified", "accrualPeriodicity"}
    raw = data.draw(st.dictionaries(st.sampled_from(sorted(keys)), ANY_JSON, max_size=8))
    with web_server() as server:
        connector = connect(kind, served.serve(server, []), net)
    expect_sound(connector.describe(Gathered(identifier="x", raw=raw)))


def test_scripts_in_a_title_travel_as_text(server: WebServer, net: Net, kind: str, served: Kind):
    connector = connect(kind, served.serve(server, [served.entry(0)]), net)
    key = served.says
    hostile = "<script>alert('x')</script>" + "ă" * 10_000
    raw = {**gathered(connector)[0].raw, key: {"title": hostile} if key == "says" else hostile}
    assert connector.describe(Gathered(identifier="x", raw=raw)).metadata["title"] == hostile


@OF_WEB_LISTINGS
@pytest.mark.parametrize(("body", "expected"), [
    ("<!doctype html><title>Đăng nhập</title><p>Mời đăng nhập", {"not-json", "listing-of-another-kind"}),
    ('{"success": true, "dataset": [', {"json-broken", "listing-of-another-kind"}),
    ("", {"answer-empty", "listing-of-another-kind"}), ("null", {"listing-of-another-kind"}), ("7", {"listing-of-another-kind"}),
    ('{"dataset": 7, "success": true, "result": 7}', {"listing-of-another-kind"}),
    ('{"dataset": {}, "success": true, "result": {"results": {}}}', {"listing-of-another-kind"}), ('"x"', {"listing-of-another-kind"})])
def test_a_listing_that_is_none_is_said_in_words(server: WebServer, net: Net, kind: str, served: Kind, body, expected):
    source = served.serve(server, [])
    server.routes[served.listing] = reply(body)
    assert code_of(connect(kind, source, net).page, None) in expected


@ON_THE_WEB
@pytest.mark.parametrize("status", [401, 404, 500])
def test_a_listing_that_is_refused_is_trouble(server: WebServer, net: Net, kind: str, served: Kind, status):
    source = served.serve(server, [])
    server.routes[served.listing] = reply("no", status=status)
    assert code_of(connect(kind, source, net).page, None) == "http-status"


@OF_LISTINGS
def test_an_empty_listing_is_no_failure(server: WebServer, net: Net, kind: str, served: Kind):
    page = connect(kind, served.serve(server, []), net).page(None)
    assert (page.items, page.cursor, page.total, page.issues) == ((), None, 0, ())


@OF_NAMED_RECORDS
def test_a_record_without_identifier_is_an_issue_and_stops_nothing(server: WebServer, net: Net, kind: str, served: Kind):
    entries = [served.entry(n) for n in range(6)]
    for entry, odd in zip(entries, (None, "", "  ", [], {}), strict=False):
        entry.pop("name", None)
        entry[served.identifier_key] = odd
    pages = list(every_page(connect(kind, served.serve(server, [*entries, "no object", None, 7]), net)))
    issues = [issue for page in pages for issue in page.issues]
    assert [issue.code for issue in issues] == ["identifier-missing"] * 5 + ["record-not-an-object"] * 3
    assert sum(len(page.items) for page in pages) == 1
    assert "Bộ dữ liệu 0" in say(issues[0], "vi").what


@OF_NAMED_RECORDS
def test_numbers_are_identifiers_too_and_endless_ones_are_not(server: WebServer, net: Net, kind: str, served: Kind):
    entries = [{**served.entry(0), served.identifier_key: odd} for odd in (12, "x" * 501)]
    page = connect(kind, served.serve(server, entries), net).page(None)
    assert [item.identifier for item in page.items] == ["12"]
    assert [issue.code for issue in page.issues] == ["identifier-too-long"]


@OF_NAMED_RECORDS
def test_an_identifier_that_comes_twice_reaches_the_pipeline_twice(server: WebServer, net: Net, kind: str, served: Kind):
    """The pipeline takes the first and says so of the second; a connector hides nothing."""
    entries = [served.entry(0), {**served.entry(1), served.identifier_key: served.entry(0)[served.identifier_key]}, served.entry(2)]
    items = gathered(connect(kind, served.serve(server, entries), net))
    assert [item.identifier for item in items] == [items[0].identifier, items[0].identifier, items[2].identifier]


def test_an_address_that_is_not_on_the_web_is_refused(net: Net, kind: str, served: Kind):
    for url in served.refused:
        with pytest.raises(Trouble) as caught:
            connect(kind, SourceSpec(name="x", url=url, options=served.required), net).page(None)
        assert caught.value.issue.code in {"url-not-http", "address-private", "address-odd", "url-broken", "url-of-another-scheme"}


@pytest.mark.parametrize("scheme", ["http", "https", "sftp", "postgresql", "mysql"])
def test_a_password_in_the_address_is_refused_before_it_is_saved_and_whenever_it_is_read(net: Net, kind: str, served: Kind, scheme):
    """An address is stored in clear, shown on pages and published with the files."""
    url = f"{scheme}://ten:bi-mat@example.vn/du-lieu"
    [problem] = credentials_in(url, kind, declared())
    secret = [option.name for option in kinds()[kind].options if option.secret]
    assert problem.field == "url"
    assert problem in problems_of(Draft(name="nguon", agency="so-y-te", connector=kind, url=url, options=served.required), declared(), net)
    for words in (problem.vi, problem.en):
        assert all(name in words for name in secret)
        assert "bi-mat" not in words
    with pytest.raises(UsageError) as caught:
        connect(kind, SourceSpec(name="x", url=url, options=served.required), net)
    assert problem in caught.value.problems


def test_a_user_stands_in_the_address_of_a_database_only(kind: str):
    for url in ("https://ten@example.vn/", "http://ten@example.vn/"):
        assert credentials_in(url, kind, declared())
    assert bool(credentials_in("postgresql://ten@example.vn/x", "sql", declared())) is False
    assert credentials_in("sftp://ten@example.vn/x", "sftp", declared())


def test_a_folder_of_this_machine_can_be_saved_where_the_connector_reads_one(net: Net, kind: str, served: Kind, tmp_path):
    draft = Draft(name="nguon", agency="so-y-te", connector=kind, url=str(tmp_path), options=served.required)
    opens = declared()[kind]["local"]
    assert opens is (kind in {"directory", "iso-folder"})
    if opens:
        for url in (str(tmp_path), tmp_path.as_uri()):
            assert problems_of(replace(draft, url=url), declared(), net) == []
            assert connect(kind, SourceSpec(name="x", url=url), net).page(None).items == ()
    elif not declared()[kind]["placed"]:
        assert [problem.field for problem in problems_of(draft, declared(), net)] == ["url"]


def test_what_the_operator_says_holds_where_the_source_says_nothing(server: WebServer, net: Net, kind: str, served: Kind):
    entry = {key: value for key, value in served.entry(0).items() if key in (served.identifier_key, "name", "resources", "distribution")}
    for part in entry.get("resources", entry.get("distribution", [])):
        part.pop("schema", None)
        part.pop("conformsTo", None)
    source = served.serve(server, [entry])
    options = {"schema": "cho-sieu-thi", "theme": "cong-thuong", "license": "VN-ND47-2020-D18", "frequency": "quarterly", "illustrative": "true",
               "encoding": "windows-1258"}
    connector = connect(kind, replace(source, options={**source.options, **options}), net)
    record = connector.describe(gathered(connector)[0])
    metadata, resource = record.metadata, record.resources[0]
    assert (metadata["groups"], metadata["license_id"], metadata["frequency"]) == (["cong-thuong"], "VN-ND47-2020-D18", "quarterly")
    assert (metadata["illustrative"], resource.schema, resource.encoding) == (True, "cho-sieu-thi", "windows-1258")

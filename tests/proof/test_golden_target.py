"""Publishing onward against what a real CKAN answered, replayed by an HTTP server: its shapes, its refusals, its words."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from support.go_between import go_between
from support.publishing import furnish, publish_with_file
from support.targets import aim, codes_of, give_bytes, publish_to, rows
from support.web_server import reply

GOLDEN = Path(os.environ.get("HAIDANG_GOLDEN") or Path(__file__).parents[2].parent / "shared" / "golden")
NAMED = "tram-y-te"


def golden(name: str) -> tuple[int, Any]:
    """A recorded answer: its status and body."""
    answer = json.loads((GOLDEN / f"{name}.json").read_text("utf-8"))["response"]
    return answer["status"], answer["body"]


@contextmanager
def ckan(**answers: str | list[str]) -> Iterator[Any]:
    """A server that gives recorded answers, by action; of several the next one at each call, the last again and again."""
    left = {action: [names] if isinstance(names, str) else list(names) for action, names in answers.items()}

    def recorded(action):
        names = left.get(action, ["action_no_version_ok"])
        status, body = golden(names.pop(0) if len(names) > 1 else names[0])
        return reply(json.dumps(body), status, content_type="application/json;charset=utf-8")

    with go_between("", before=recorded) as server:
        yield server


@pytest.fixture
def home(site):
    furnish(site)
    publish_with_file(site, name=NAMED, title="Trạm y tế", groups=[{"name": "y-te"}])
    give_bytes(site, NAMED, b"ten,dia_chi\nA,B\n")
    return site


def aimed(home, server, **more) -> None:
    aim(home, server.url().rstrip("/"), "<token>", organizations={"*": "city-of-exampleville"}, groups={"y-te": ""}, **more)


def test_there_are_answers_to_compare_with():
    assert (GOLDEN / "package_create.json").is_file(), f"no answers at {GOLDEN}: set HAIDANG_GOLDEN to their folder"


def test_a_dataset_that_a_real_ckan_takes_is_sent(home):
    with ckan(status_show="status_show", organization_show="organization_show", package_create="package_create", resource_patch="resource_create_upload") as server:
        aimed(home, server)
        run = publish_to(home, names=[NAMED])
    assert (run.status, run.did) == ("succeeded", {"created": 1})
    row, result = rows(home)[NAMED], golden("package_create")[1]["result"]
    assert (row.remote_id, row.remote_name) == (result["id"], result["name"])


@pytest.mark.parametrize(("answers", "code", "said"), [
    ({"package_create": "package_create_noauth"}, "onward-not-allowed", "not authorized to create packages"),
    ({"package_create": "package_create_other_org"}, "onward-not-allowed", "not authorized to add dataset to this organization"),
    ({"package_create": "package_create_bad_email"}, "onward-refused", "author_email: Email"),
    ({"package_create": "package_create_bad_tags"}, "onward-refused", "can only contain alphanumeric"),
    ({"package_create": "package_create_second_resource_bad"}, "onward-refused", "Invalid integer"),
    ({"package_create": "package_create_dup_name", "package_show": "package_show"}, "onward-name-taken", NAMED),
    ({"package_create": "package_create_dup_name", "package_show": "package_show_private_anon"}, "onward-name-taken", NAMED),
    ({"package_create": "package_create_name_too_long", "package_show": "package_show_missing"}, "onward-refused", "maximum of 100"),
    ({"organization_show": "organization_show_missing", "organization_create": "organization_create_noauth"}, "onward-organization-missing", "city-of"),
    ({"organization_show": "organization_show_deleted_anon"}, "onward-organization-missing", "city-of"),
    ({"package_create": "package_create_get_method"}, "onward-not-ckan", "package_create"),
    ({"package_create": "package_create_tags_text"}, "onward-not-ckan", "package_create"),
])
def test_each_refusal_of_a_real_ckan_is_an_issue_of_that_dataset(home, answers, code, said):
    with ckan(**{"status_show": "status_show", "organization_show": "organization_show", **answers}) as server:
        aimed(home, server)
        run = publish_to(home, names=[NAMED])
    assert (run.status, run.did) == ("succeeded-with-issues", {"failed": 1})
    [issue] = rows(home)[NAMED].issues
    assert codes_of([issue]) == [code] and said in json.dumps(issue["facts"], ensure_ascii=False)


def test_a_dataset_that_was_purged_there_is_made_again(home):
    with ckan(status_show="status_show", organization_show="organization_show", package_create="package_create", package_update="package_update_missing") as server:
        aimed(home, server)
        publish_to(home, names=[NAMED])
        assert publish_to(home, names=[NAMED], forced=True).did == {"created": 1}


def test_what_is_not_a_ckan_is_left(home):
    with ckan(status_show="api_root") as server:
        aimed(home, server)
        run = publish_to(home, names=[NAMED])
    assert run.status == "failed" and codes_of(run.issues) == ["onward-not-ckan", "onward-left"]

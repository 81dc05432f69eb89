"""Whatever is sent to an action of the API, it answers in CKAN's envelope, and never with a mistake of its own."""

from __future__ import annotations

import logging
import random
import re

import pytest
from flask import Flask
from support.publishing import call, furnish, publish

from catalog.accounts import add_account
from catalog.actions import ACTIONS, SIDE_EFFECTS
from catalog.tokens import add_token
from web.api import ckan

STATUSES = {200, 400, 403, 404, 409}
# What programs send by mistake, and people on purpose.
STRANGE = [
    None, "", " ", "x", 0, -1, 2**70, 1.5, 1e308, True, [], {}, [[]], [None], ["x"], [1], [{}], [{"name": None}], [{"name": []}], [{"key": "a"}],
    [{"key": ["a"], "value": {}}], {"a": {"b": []}}, {"name": "x"}, "\x00", "\ud800", "'; DROP TABLE dataset; --", "*:*", "title:(", "%", "_", "đ" * 3000,
    "a" * 300, "../../etc/passwd", "[", '["x"]', "{", '{"id": 1}', "2024-13-45", "zz-tieng-on-1", ["zz-tieng-on-1"], "so-y-te", "y-te", "jane", "true",
    "name:x", ["name:x", 5], "user", "package", "admin", "1f3a__x", "datatables_view",
]
PARAMETER = re.compile(r":param ([\w.]+):")
MORE = {
    "package_revise": ["update__resources__0__name", "match__name"], "package_update": ["name", "title", "owner_org", "tags", "extras", "resources", "groups"],
    "package_patch": ["title", "owner_org", "tags", "extras", "resources", "groups", "state", "type"], "package_create": ["id", "url", "author_email", "state"],
    "resource_update": ["url", "name", "size", "last_modified", "upload"], "resource_create": ["id", "upload", "last_modified", "size", "format"],
    "organization_patch": ["name", "title", "extras", "users", "image_url", "state"], "group_patch": ["name", "title", "extras", "users"],
    "user_patch": ["name", "email", "password", "fullname", "sysadmin"], "package_search": ["fq_list", "facet.limit", "facet.mincount", "ext_bbox"],
}


@pytest.fixture
def asked(site):
    """Sends a call as nobody, as an editor or as a system administrator; a dataset with a file is made anew when asked."""
    furnish(site)
    with site.writing() as session:
        tokens = {name: add_token(session, "t", site.clock.now(), account_id=add_account(
            session, name, site.clock.now(), email=f"{name}@x.vn", sysadmin=name == "root").id).secret for name in ("jane", "root")}
    call(site, "organization_member_create", user="tester", id="so-y-te", username="jane", role="editor")
    app = Flask("door")
    app.extensions["haidang"] = site
    app.register_blueprint(ckan.bp)
    client = app.test_client()

    def anew():
        """A dataset with a file that no earlier call has taken away; the id of the file."""
        publish(site, name="co-tep", resources=[{"url": "http://x/a.csv"}])
        return call(site, "package_show", id="co-tep")["resources"][0]["id"]

    def ask(action, data, user):
        headers = {"Authorization": tokens[user]} if user else {}
        return client.post(f"/api/3/action/{action}", json=data, headers=headers)

    return ask, anew


def test_no_action_breaks_on_what_is_strange(asked, caplog):
    ask, anew = asked
    caplog.set_level(logging.CRITICAL, "sqlalchemy")
    chance, broken = random.Random(5), []
    for action in sorted(ACTIONS):
        ask("dataset_purge", {"id": "co-tep"}, "root")
        resource_id = anew()
        known = {"id": ["co-tep", resource_id, "so-y-te", "jane", "y-te"], "resource_id": [resource_id], "package_id": ["co-tep"], "owner_org": ["so-y-te"],
                 "subject": ["co-tep"], "user_id": ["jane"], "organization_id": ["so-y-te"], "object": ["co-tep", "jane"], "name": ["ten-moi"]}
        parameters = PARAMETER.findall(ACTIONS[action].__doc__ or "") + MORE.get(action, [])
        for value in chance.sample(STRANGE, 20):
            strange = chance.choice(parameters) if parameters else "x"
            data = {key: chance.choice(known[key]) for key in parameters if key in known and chance.random() < 0.8} | {strange: value}
            user = chance.choice([None, "jane", "root", "root"])
            got = ask(action, data, user)
            if got.status_code not in STATUSES or got.get_json() is None:
                broken.append((action, data, user, got.status_code, caplog.text[-400:]))
            caplog.clear()
    assert [f"{action} {str(data)[:200]} as {user}: {status}\n{log}" for action, data, user, status, log in broken[:6]] == [], len(broken)


def test_what_changes_something_is_asked_by_post_only(asked):
    assert {"package_create", "organization_delete", "follow_dataset", "api_token_create", "vocabulary_create"} <= SIDE_EFFECTS
    assert not [name for name in SIDE_EFFECTS if name.endswith(("_show", "_list", "_search", "_autocomplete", "_count"))]
    assert not [name for name in ACTIONS if name not in SIDE_EFFECTS and re.search("_(create|update|patch|delete|purge|revoke)$", name)]

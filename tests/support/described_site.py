"""A site on which everything that its API can show is there, made anew as often as calls take it away."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from catalog.accounts import add_account
from catalog.errors import NotFound
from catalog.site import Site
from catalog.tokens import add_token
from support.published import sow
from support.publishing import call, publish
from web import create_app


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """The site as it is asked; `callers` are the headers of nobody and of who may do everything."""

    site: Site
    app: Flask
    client: FlaskClient
    table: str
    callers: list[dict[str, str]]
    ids: dict[str, list[str]]
    known: dict[str, list[Any]]

    def of(self, action: str) -> dict[str, list[Any]]:
        """Values of parameters that mean something to an action."""
        ids = next((ids for start, ids in self.ids.items() if action.startswith(start)), [])
        unknown = {"name", "type"} if action.endswith(("_update", "_patch")) and "relationship" not in action else set()
        return {**({"id": ids} if ids else {}), **{name: values for name, values in self.known.items() if name not in unknown},
                **({"sort": ["ma desc"]} if action == "datastore_search" else {}), **({"name": ["moi"]} if action == "organization_create" else {})}

    def anew(self) -> None:
        """Put back what a call may have taken away."""
        for noun in ("organization", "group", "package"):
            with suppress(NotFound):
                call(self.site, f"{noun}_patch", user="tester", id=self.ids[noun][0], state="active")


def described(site: Site, folder: Path) -> Described:
    """A sown catalogue with a dataset of a file and a table that programs write, users and a vocabulary."""
    sown = sow(site, folder)
    publish(site, name="co-tep", resources=[{"url": "http://x/a.csv", "name": "Tệp"}], tags=[{"name": "y tế"}], groups=[{"name": "giao-thong"}])
    call(site, "datastore_create", user="tester", resource={"package_id": "co-tep", "name": "Bảng"}, primary_key="ma",
         fields=[{"id": "ma", "type": "int"}, {"id": "ten", "type": "text"}], records=[{"ma": 1, "ten": "Côn Đảo"}])
    with site.writing() as session:
        jane, root = (add_account(session, name, site.clock.now(), email=f"{name}@x.vn", sysadmin=name == "root").id for name in ("jane", "root"))
        secret = add_token(session, "t", site.clock.now(), account_id=root).secret
    package = call(site, "package_show", id="co-tep")
    file, table = (resource["id"] for resource in package["resources"])
    dataset, theme, vocabulary = package["id"], package["groups"][0]["id"], call(site, "vocabulary_create", user="tester", name="quan", tags=[{"name": "một"}])["id"]
    call(site, "organization_member_create", user="tester", id=sown.agency, username="jane", role="editor")
    view = call(site, "resource_view_create", user="tester", resource_id=file, view_type="text_view", title="Xem")["id"]
    activity = call(site, "recently_changed_packages_activity_list")[0]["id"]
    app = create_app(site)
    return Described(site=site, app=app, client=app.test_client(), table=table, callers=[{}, {"Authorization": secret}], ids={
        "group_create": [], "package_create": [], "organization_create": [], "resource_create": [], "vocabulary_create": [], "user_create": [],
        "resource_view_list": [file], "resource_view_reorder": [file], "resource_view": [view], "resource": [file], "organization": [sown.agency],
        "group_followee": [jane], "dataset_followee": [jane], "group": [theme], "user": [jane], "vocabulary": [vocabulary], "tag": ["một"],
        "activity": [activity], "package_collaborator_list_for_user": [jane], "package": [dataset], "dataset": [dataset],
        "am_following_dataset": [dataset], "am_following_group": [theme], "am_following_user": [jane], "follow_dataset": [dataset],
        "follow_group": [sown.agency], "follow_user": [jane], "followee": [root], "member": [sown.agency], "datastore": [table],
        "unfollow_dataset": [dataset], "unfollow_group": [sown.agency], "unfollow_user": [jane],
    }, known={
        "resource_id": [table], "package_id": [dataset], "owner_org": [sown.agency], "org_id": [sown.agency], "organization_id": [sown.agency],
        "username": [jane], "user_id": [jane], "user": [jane], "object": [sown.dataset, jane], "object_type": ["package", "user"],
        "subject": [dataset], "role": ["editor", "member"], "capacity": ["member", "editor"], "type": ["depends_on", "child_of"],
        "vocabulary_id": [vocabulary], "view_type": ["text_view"], "name": ["ten-moi", "package_show"], "key": ["ckan.site_title"],
        "sql": [f'SELECT * FROM "{table}"', f'SELECT count(*) AS n FROM "{table}"'], "query": ["name:a"], "records_format": ["lists", "csv"],
        "records": [[{"ma": 2, "ten": "Long Điền"}]], "sort": ["name"], "order_by": ["name"], "method": ["insert", "upsert"],
        "match": [{"id": dataset}], "datasets": [[dataset]], "email": ["a@x.vn"], "password": ["mat-khau-dai"],
    })

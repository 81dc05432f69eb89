"""Lists ask the store once for each kind of thing that they show, however many of it there are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event
from support.people import ask
from support.publishing import publish

LISTS = [
    ("organization_list", {"all_fields": True, "include_users": True, "include_extras": True}),
    ("group_list", {"all_fields": True, "include_users": True, "include_extras": True}),
    ("user_list", {}), ("package_search", {"rows": 100, "facet.field": ["organization", "groups"]}), ("package_search", {"rows": 1, "fq": "groups:y-te", "facet.field": ["organization"]}),
    ("current_package_list_with_resources", {"limit": 100}), ("recently_changed_packages_activity_list", {}),
    ("organization_activity_list", {"id": "so-y-te"}), ("user_activity_list", {"id": "root"}), ("dashboard_activity_list", {}),
    ("group_package_show", {"id": "y-te"}), ("organization_show", {"id": "so-y-te", "include_datasets": True}),
    ("group_show", {"id": "y-te", "include_datasets": True}), ("tag_show", {"id": "sức khỏe", "include_datasets": True}),
    ("followee_list", {"id": "lan"}), ("dataset_followee_list", {"id": "lan"}), ("group_followee_list", {"id": "lan"}), ("user_followee_list", {"id": "lan"}),
    ("package_relationships_list", {"id": "zz-tieng-on-1"}), ("resource_search", {"query": "format:csv"}), ("organization_list_for_user", {"permission": "read"}),
    ("user_show", {"id": "root", "include_datasets": True}), ("member_list", {"id": "so-y-te"}),
]


@contextmanager
def counted(site) -> Iterator[list[str]]:
    """The statements that reach the database meanwhile."""
    asked: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        asked.append(statement)

    event.listen(site.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(site.engine, "before_cursor_execute", note)


def more(site, number: int) -> None:
    """One more of everything: an organization with a member, a group, a user, a dataset that lan follows and that is related to another one."""
    ask(site, "root", "user_create", name=f"nguoi-{number}", email=f"n{number}@x.vn", password="mat-khau-dai")
    ask(site, "root", "organization_create", name=f"hoi-{number}", title=f"Hội {number}", users=[{"name": f"nguoi-{number}", "capacity": "editor"}])
    ask(site, "root", "group_create", name=f"nhom-{number}", users=[{"name": f"nguoi-{number}"}, {"name": "lan"}])
    for owner in (f"hoi-{number}", "so-y-te"):
        name = f"{owner}-bo-{number}"
        ask(site, "root", "package_create", name=name, owner_org=owner, tags=[{"name": "sức khỏe"}], groups=[{"name": "y-te"}, {"name": f"nhom-{number}"}],
            resources=[{"url": "http://x.test/a.csv", "format": "CSV"}])
        ask(site, "root", "package_relationship_create", subject="zz-tieng-on-1", object=name, type="links_to")
        ask(site, "lan", "follow_dataset", id=name)
    publish(site, name=f"kin-{number}", private=True, tags=[{"name": "sức khỏe"}])
    ask(site, "root", "package_patch", id=f"kin-{number}", notes="x")
    for kind, name in (("group", f"hoi-{number}"), ("group", f"nhom-{number}"), ("user", f"nguoi-{number}")):
        ask(site, "lan", f"follow_{kind}", id=name)


@pytest.mark.parametrize("who", ["lan", "root"])
def test_the_queries_do_not_grow_with_the_rows(peopled, who):
    def amounts() -> list[tuple[str, int]]:
        found = []
        for action, data in LISTS:
            ask(peopled, who, "package_search", rows=0)  # the index has all
            with counted(peopled) as asked:
                assert ask(peopled, who, action, **data)
            found.append((action, len(asked)))
        return found

    more(peopled, 1)
    before = amounts()
    for number in range(2, 6):
        more(peopled, number)
    after = amounts()
    assert after == before

"""Whoever says which state is to be changed changes no other: If-Match holds of everything that changes a dataset."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.publishing import calling, publish

from catalog.actions import shown
from catalog.actions.performing import perform
from catalog.errors import Stale

CHANGES = {
    "resource_create": lambda dataset: {"package_id": "cho", "url": "http://x/b.csv"},
    "resource_update": lambda dataset: {"id": dataset["resources"][0]["id"], "url": "http://x/b.csv"},
    "resource_patch": lambda dataset: {"id": dataset["resources"][0]["id"], "name": "b"},
    "resource_delete": lambda dataset: {"id": dataset["resources"][0]["id"]},
    "package_resource_reorder": lambda dataset: {"id": "cho", "order": [dataset["resources"][0]["id"]]},
    "package_owner_org_update": lambda dataset: {"id": "cho", "organization_id": "so-du-lich"},
    "bulk_update_private": lambda dataset: {"datasets": [dataset["id"]], "org_id": "so-y-te"},
    "bulk_update_delete": lambda dataset: {"datasets": [dataset["id"]], "org_id": "so-y-te"},
    "member_create": lambda dataset: {"id": "so-du-lich", "object": "cho", "object_type": "package", "capacity": "public"},
}


@pytest.mark.parametrize("action", CHANGES)
def test_a_change_of_another_state_than_the_one_named_is_refused(furnished, action):
    dataset = publish(furnished, name="cho", resources=[{"url": "http://x/a.csv"}])
    data = CHANGES[action](dataset)
    with pytest.raises(Stale), calling(furnished) as context:
        perform(replace(context, if_match='"0123"'), action, data)
    with calling(furnished) as context:
        assert perform(context, "package_show", {"id": "cho"}) == dataset
        perform(replace(context, if_match=f'"{shown.etag(dataset)}"'), action, data)

"""What can be done with the catalogue, in CKAN's words: one function an action, one file a noun.

The web pages, the API, the command line and the pipeline all call these, with a `Context` (the site, an open
transaction, who asks) and a dict of parameters. They answer with what JSON can hold, or raise a `catalog.errors.Refusal`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from catalog.actions import (
    activity,
    api_token,
    collaborator,
    config,
    datastore,
    datastore_sql,
    datastore_write,
    follow,
    group,
    group_write,
    members,
    organization,
    organization_write,
    package,
    package_purge,
    package_revise,
    package_search,
    package_write,
    relationship,
    resource,
    resource_write,
    site,
    tag,
    user,
    view,
    vocabulary,
)
from catalog.actions.context import Context

Action = Callable[[Context, dict[str, Any]], Any]

_READING: tuple[Action, ...] = (
    activity.activity_show, activity.dashboard_activity_list, activity.group_activity_list,
    activity.organization_activity_list, activity.package_activity_list, activity.recently_changed_packages_activity_list,
    activity.user_activity_list, api_token.api_token_list, collaborator.package_collaborator_list,
    collaborator.package_collaborator_list_for_user, config.config_option_list, config.config_option_show, config.job_list,
    datastore.datastore_info, datastore.datastore_search, datastore_sql.datastore_search_sql,
    follow.followee_list, follow.followee_count, follow.am_following_dataset, follow.dataset_follower_count,
    follow.dataset_follower_list, follow.dataset_followee_count, follow.dataset_followee_list, follow.am_following_group,
    follow.group_follower_count, follow.group_follower_list, follow.group_followee_count, follow.group_followee_list,
    follow.am_following_user, follow.user_follower_count, follow.user_follower_list, follow.user_followee_count,
    follow.user_followee_list, follow.organization_follower_count, follow.organization_follower_list,
    group.group_autocomplete, group.group_list, group.group_list_authz, group.group_package_show, group.group_show,
    members.member_list, members.member_roles_list, organization.organization_autocomplete, organization.organization_list,
    organization.organization_list_for_user, organization.organization_show, package.current_package_list_with_resources,
    package.package_autocomplete, package.package_list, package.package_show, package_search.package_search,
    relationship.package_relationships_list, resource.format_autocomplete, resource.resource_search, resource.resource_show,
    site.license_list, site.status_show, tag.tag_autocomplete, tag.tag_list, tag.tag_search, tag.tag_show,
    user.user_autocomplete, user.user_list, user.user_show, view.resource_view_list, view.resource_view_show,
    vocabulary.vocabulary_list, vocabulary.vocabulary_show,
)
_WRITING: tuple[Action, ...] = (
    api_token.api_token_create, api_token.api_token_revoke, collaborator.package_collaborator_create,
    collaborator.package_collaborator_delete, config.config_option_update, datastore_write.datastore_create,
    datastore_write.datastore_delete, datastore_write.datastore_records_delete, datastore_write.datastore_upsert, follow.follow_dataset, follow.unfollow_dataset,
    follow.follow_group, follow.unfollow_group, follow.follow_user, follow.unfollow_user, group_write.group_create,
    group_write.group_delete, group_write.group_patch, group_write.group_purge, group_write.group_update,
    members.group_member_create, members.group_member_delete, members.member_create, members.member_delete,
    members.organization_member_create, members.organization_member_delete, organization_write.organization_create,
    organization_write.organization_delete, organization_write.organization_patch, organization_write.organization_purge,
    organization_write.organization_update, package_purge.bulk_update_delete, package_purge.bulk_update_private,
    package_purge.bulk_update_public, package_purge.dataset_purge, package_purge.package_owner_org_update,
    package_revise.package_revise, package_write.package_create, package_write.package_delete, package_write.package_patch,
    package_write.package_update, relationship.package_relationship_create, relationship.package_relationship_delete,
    relationship.package_relationship_update, resource_write.package_resource_reorder, resource_write.resource_create,
    resource_write.resource_delete, resource_write.resource_patch, resource_write.resource_update, user.user_create,
    user.user_delete, user.user_patch, user.user_update, view.package_create_default_resource_views,
    view.resource_create_default_resource_views, view.resource_view_create, view.resource_view_delete,
    view.resource_view_reorder, view.resource_view_update, vocabulary.tag_create, vocabulary.tag_delete,
    vocabulary.vocabulary_create, vocabulary.vocabulary_delete, vocabulary.vocabulary_update,
)
ACTIONS: dict[str, Action] = {action.__name__: action for action in (*_READING, *_WRITING)}
ACTIONS["help_show"] = site.help_show(ACTIONS)

# Actions that change something: POST only, and in a writing transaction.
SIDE_EFFECTS = frozenset(action.__name__ for action in _WRITING)

__all__ = ["ACTIONS", "SIDE_EFFECTS", "Action", "Context"]

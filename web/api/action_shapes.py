"""What the actions answer with, as JSON Schema: CKAN's things, each by its name, and which action answers with which."""

from __future__ import annotations

from typing import Any

from catalog.actions.relationship import KINDS

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
MAYBE: Schema = {"type": ["string", "null"]}
WHOLE: Schema = {"type": "integer"}
COUNT: Schema = {"type": "integer", "minimum": 0}
FLAG: Schema = {"type": "boolean"}
OBJECT: Schema = {"type": "object"}
NOTHING: Schema = {"type": "null"}


def of(name: str) -> Schema:
    """One of `SHAPES`."""
    return {"$ref": f"#/components/schemas/{name}"}


def listed(item: Schema) -> Schema:
    """A list of these."""
    return {"type": "array", "items": item}


def shape(needed: dict[str, Schema], **more: Schema) -> Schema:
    """An object that has the needed keys, and may have the others."""
    return {"type": "object", "required": list(needed), "properties": needed | more}


def _texts(*names: str) -> dict[str, Schema]:
    return dict.fromkeys(names, TEXT)


def _maybes(*names: str) -> dict[str, Schema]:
    return dict.fromkeys(names, MAYBE)


_HOLDER = {
    **_texts("id", "name", "title", "display_name", "type", "state", "approval_status", "description", "image_url", "image_display_url"),
    "created": MAYBE, "is_organization": FLAG, "num_followers": COUNT, "package_count": COUNT,
}
_FIELD = shape(_texts("id", "type"), info=OBJECT)

SHAPES: dict[str, Schema] = {
    "Extra": shape(_texts("key", "value")),
    "Tag": shape({**_texts("id", "name", "display_name"), "vocabulary_id": MAYBE}, state=TEXT, packages=listed(of("Package"))),
    "Resource": shape({
        **_texts("id", "package_id", "format", "hash", "state", "url", "created"), "position": WHOLE, "size": {"type": ["integer", "null"]},
        **_maybes("name", "description", "mimetype", "resource_type", "url_type", "last_modified", "metadata_modified"),
    }, datastore_active=FLAG, schema=TEXT, validation_status=MAYBE, rows={"type": ["integer", "null"]}, fields=listed(TEXT),
        version=WHOLE, encoding=MAYBE, source_url=TEXT),
    "Owner": shape({**_texts("id", "name", "title", "type", "description", "image_url", "state"), "created": MAYBE, "is_organization": FLAG}),
    "Package": shape({
        **_texts("id", "name", "title", "state", "type", "metadata_created", "metadata_modified"),
        **_maybes("author", "author_email", "creator_user_id", "license_id", "license_title", "maintainer", "maintainer_email", "notes", "owner_org",
                  "url", "version"),
        "isopen": FLAG, "private": FLAG, "num_resources": COUNT, "num_tags": COUNT,
        "organization": {"oneOf": [of("Owner"), NOTHING]}, "extras": listed(of("Extra")), "resources": listed(of("Resource")), "tags": listed(of("Tag")),
        "groups": listed(shape(_texts("id", "name", "title", "display_name", "description", "image_display_url"))),
        "relationships_as_subject": listed(OBJECT), "relationships_as_object": listed(OBJECT),
    }, license_url=TEXT),
    "Holder": shape(_HOLDER, extras=listed(of("Extra")), users=listed(of("User")), packages=listed(of("Package")), tags=listed(OBJECT),
                    groups=listed(OBJECT), capacity=TEXT),
    "User": shape({
        **_texts("id", "name", "display_name", "email_hash", "state"), **_maybes("fullname", "about", "created", "last_active", "image_url", "image_display_url"),
        "sysadmin": FLAG, "number_created_packages": COUNT, "activity_streams_email_notifications": FLAG,
    }, capacity=TEXT, email=MAYBE, apikey=NOTHING, datasets=listed(of("Package"))),
    "Activity": shape({**_texts("id", "timestamp", "user_id", "object_id", "activity_type"), "data": OBJECT}),
    "Vocabulary": shape({**_texts("id", "name"), "tags": listed(of("Tag"))}),
    "View": shape({**_texts("id", "resource_id", "package_id", "title", "view_type"), "description": MAYBE}),
    "Member": shape({**_texts("id", "table_id", "capacity", "group_id", "state"), "table_name": {"enum": ["user", "package"]}}),
    "Collaborator": shape({**_texts("package_id", "user_id", "modified"), "capacity": {"enum": ["member", "editor", "admin"]}}),
    "Relationship": shape({**_texts("subject", "object", "comment"), "type": {"enum": [*KINDS, *KINDS.values()]}}),
    "Token": shape({**_texts("id", "name", "user_id", "created_at"), "last_access": MAYBE}),
    "Rows": shape({
        "resource_id": TEXT, "fields": listed(_FIELD), "records": {"type": ["array", "string"]}, "limit": COUNT, "include_total": FLAG,
        "records_format": {"enum": ["objects", "lists", "csv", "tsv"]}, "_links": shape(_texts("start", "next")),
    }, total=COUNT, total_was_estimated=FLAG, offset=COUNT, next_page=OBJECT),
    "Written": shape({"resource_id": TEXT}, fields=listed(shape({"id": TEXT})), filters=OBJECT, records=listed(OBJECT), dry_run=FLAG),
}

_FOLLOWED = shape(_texts("follower_id", "object_id", "datetime"))
_ORDERED = shape({"id": TEXT, "order": listed(TEXT)})
_NAMED = listed(shape(_texts("id", "name", "title")))

RESULTS: dict[str, Schema] = {
    "package_search": shape({"count": COUNT, "results": listed(OBJECT), "sort": TEXT, "facets": {"type": "object", "additionalProperties": {
        "type": "object", "additionalProperties": COUNT}}, "search_facets": {"type": "object", "additionalProperties": shape({
            "title": TEXT, "items": listed(shape({**_texts("name", "display_name"), "count": COUNT}))})}}),
    "package_revise": shape({"package": OBJECT}), "package_autocomplete": listed(shape(_texts("name", "title", "match_field", "match_displayed"))),
    "package_relationships_list": listed(of("Relationship")), "package_resource_reorder": _ORDERED, "resource_view_reorder": _ORDERED,
    "resource_search": shape({"count": COUNT, "results": listed(of("Resource"))}), "resource_view_delete": shape({"resource_id": TEXT}),
    "tag_search": shape({"count": COUNT, "results": listed(shape({**_texts("id", "name"), "vocabulary_id": MAYBE}))}),
    "tag_list": {"type": "array", "items": {"oneOf": [TEXT, of("Tag")]}}, "user_list": {"type": "array", "items": {"oneOf": [TEXT, of("User")]}},
    "group_list": {"type": "array", "items": {"oneOf": [TEXT, of("Holder")]}},
    "organization_list": {"type": "array", "items": {"oneOf": [TEXT, of("Holder")]}},
    "organization_list_for_user": listed({"allOf": [of("Owner"), shape({"capacity": TEXT})]}),
    "group_autocomplete": _NAMED, "organization_autocomplete": _NAMED,
    "user_autocomplete": listed(shape({**_texts("id", "name"), "fullname": MAYBE})),
    "member_list": listed({"type": "array", "items": TEXT, "minItems": 3, "maxItems": 3}), "member_roles_list": listed(shape(_texts("text", "value"))),
    "api_token_create": shape(_texts("token", "id")), "api_token_list": listed(of("Token")),
    "config_option_update": {"type": "object", "additionalProperties": TEXT}, "job_list": {"type": "array", "maxItems": 0},
    "license_list": listed(shape(_texts("id", "title", "url"))), "help_show": MAYBE,
    "status_show": shape({**_texts("site_title", "site_url", "site_description", "ckan_version", "locale_default"), "extensions": listed(TEXT)}),
    "followee_list": listed(shape({"type": {"enum": ["dataset", "group", "organization", "user"]}, "display_name": MAYBE, "dict": OBJECT})),
    "datastore_search": of("Rows"), "datastore_search_sql": shape({"sql": TEXT, "records": listed(OBJECT), "fields": listed(_FIELD)}, records_truncated=FLAG),
    "datastore_info": shape({"fields": listed(_FIELD), "meta": shape({"id": TEXT, "count": COUNT, "table_type": TEXT, "size": COUNT, "aliases": listed(TEXT)})}),
    **dict.fromkeys(("datastore_create", "datastore_upsert", "datastore_delete", "datastore_records_delete"), of("Written")),
    **dict.fromkeys(("follow_dataset", "follow_group", "follow_user"), _FOLLOWED),
    **dict.fromkeys(("package_show", "package_create", "package_update", "package_patch"), of("Package")),
    **dict.fromkeys(("resource_show", "resource_create", "resource_update", "resource_patch"), of("Resource")),
    **dict.fromkeys(("user_show", "user_create", "user_update", "user_patch"), of("User")),
    **dict.fromkeys(("vocabulary_show", "vocabulary_create", "vocabulary_update"), of("Vocabulary")),
    **dict.fromkeys(("tag_show", "tag_create"), of("Tag")), "activity_show": of("Activity"),
    **dict.fromkeys(("resource_view_show", "resource_view_create", "resource_view_update"), of("View")),
    **dict.fromkeys(("package_relationship_create", "package_relationship_update"), of("Relationship")),
    "package_collaborator_create": of("Collaborator"), "vocabulary_list": listed(of("Vocabulary")),
    **dict.fromkeys(("package_collaborator_list", "package_collaborator_list_for_user"), listed(of("Collaborator"))),
    **dict.fromkeys(("member_create", "group_member_create", "organization_member_create"), of("Member")),
    **dict.fromkeys(("current_package_list_with_resources", "group_package_show", "dataset_followee_list"), listed(of("Package"))),
    **dict.fromkeys(("resource_view_list", "resource_create_default_resource_views", "package_create_default_resource_views"), listed(of("View"))),
    **dict.fromkeys(("dataset_follower_list", "group_follower_list", "organization_follower_list", "user_follower_list", "user_followee_list"),
                    listed(of("User"))),
    **dict.fromkeys(("group_followee_list", "group_list_authz"), listed(of("Holder"))),
    **{f"{noun}_{verb}": of("Holder") for noun in ("group", "organization") for verb in ("show", "create", "update", "patch")},
    **{f"{what}_activity_list": listed(of("Activity")) for what in ("dashboard", "group", "organization", "package", "recently_changed_packages", "user")},
}

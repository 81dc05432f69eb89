"""Tables that programs write row by row. Each write that changes something makes a new version; the ones before stay what they were."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from catalog.actions import activity, lookup, rights
from catalog.actions.context import Context
from catalog.actions.datastore import alias_key, find_resource, flag, read_object, table_of
from catalog.actions.package_write import editable
from catalog.errors import Invalid, NotFound
from catalog.files import hash_file
from catalog.models import Dataset, Resource, SiteFact, Version, new_id
from catalog.names import slug
from catalog.search.log import note_change
from catalog.tables.answering import json_cell
from catalog.tables.columns import ID, Served
from catalog.tables.conditions import filtered
from catalog.tables.kinds import guessed, kind_of
from catalog.tables.rows import RowTable, changed, inserted, read_records, read_rows, without, write_rows
from catalog.validation import privacy

MAX_RECORDS, MAX_FIELDS = 32_000, 500  # of one call, of one table
METHODS = ("upsert", "insert", "update")
_READ_ONLY = ("Cannot edit read-only resource because changes made may be lost. Use a resource created for editing e.g. with datastore_create "
              'or use "force=True" to ignore this warning.')
_OF_A_FILE = ("Bảng này đọc từ tệp; hãy gửi tệp mới thay cho tệp cũ. / "
              "This table is read from a file; send a new version of the file instead.")


def datastore_create(context: Context, data: dict[str, Any]) -> dict[str, Any]:
    """Make a table of a resource, or add fields and rows to it.

    :param resource_id: the id of the resource; or ``resource``, a dictionary with ``package_id``, which makes a new one
    :param fields: list of dictionaries with ``id``, ``type`` and ``info``; those without a type get that of their values
    :param records: list of dictionaries, at most 32000
    :param primary_key: fields whose values name a row; ``indexes``, ``aliases``
    :param delete_fields: true takes out the fields that are not given (default: false)
    :param force: true writes to a resource that was not made for it
    :rtype: dictionary as given
    """
    records, fields = _records(data), _fields(data)
    resource = _resource_for(context, data)
    before = _rows_of(context, resource) or RowTable(columns=())
    columns = _columns(before, fields, records, delete=flag(data, "delete_fields", False))
    key = _names(data, "primary_key") if data.get("primary_key") is not None else before.primary_key
    indexes = _names(data, "indexes") if data.get("indexes") is not None else before.indexes
    aliases = _names(data, "aliases") if data.get("aliases") is not None else before.aliases
    known = {column.name for column in columns}
    if lacking := [name for name in (*key, *indexes) if name not in known]:
        raise Invalid({"primary_key" if lacking[0] in key else "indexes": [f'field "{lacking[0]}" is not a field of the table']})
    _rename(context, resource, before.aliases, aliases)
    table = replace(before, columns=columns, primary_key=key, indexes=indexes, aliases=aliases,
                    cells={name: cells for name, cells in before.cells.items() if name in known})
    after = inserted(table, read_records(table, records))
    _screen(table, after, records)
    _keep(context, resource, after)
    given = {name: data[name] for name in ("aliases", "primary_key", "indexes") if data.get(name) is not None}
    made = {"resource": {**data["resource"], "url": "_datastore_only_resource"}} if isinstance(data.get("resource"), dict) else {}
    said = fields or [{"id": column.name, "type": column.kind} for column in columns]
    return {"calculate_record_count": data.get("calculate_record_count", "background"), "delete_fields": flag(data, "delete_fields", False), **given,
            "fields": said, **made, "resource_id": resource.id, "method": "insert"}


def datastore_upsert(context: Context, data: dict[str, Any]) -> dict[str, Any]:
    """Put rows into a table, or change those whose key is there.

    :param resource_id: the id of the resource
    :param records: list of dictionaries, at most 32000
    :param method: ``upsert``, ``insert`` or ``update`` (default: upsert; all but insert need a primary key)
    :param force: true writes to a resource that was not made for it
    :param dry_run: true changes nothing; ``include_records`` answers with the rows
    :rtype: dictionary as given
    """
    method = data.get("method") or "upsert"
    if method not in METHODS:
        raise Invalid({"method": [f'"{method}" is not defined']})
    resource, before = _writable(context, data)
    given = _records(data)
    records = read_records(before, given)
    after = inserted(before, records) if method == "insert" else changed(before, records, add=method == "upsert")
    _screen(before, after, given)
    dry = flag(data, "dry_run", False)
    if not dry:
        _keep(context, resource, after)
    answer = {"calculate_record_count": data.get("calculate_record_count", "background"), "resource_id": resource.id} | ({"dry_run": True} if dry else {})
    return answer | ({"records": _written(after, records)} if flag(data, "include_records", False) else {})


def datastore_records_delete(context: Context, data: dict[str, Any]) -> dict[str, Any]:
    """Take rows out of a table.

    :param resource_id: the id of the resource
    :param filters: which rows, as for datastore_search; ``{}`` is all
    :param force: true writes to a resource that was not made for it
    :rtype: dictionary as given
    """
    if data.get("filters") in (None, ""):
        raise Invalid({"filters": ["Missing value"]})
    resource, before = _writable(context, data)
    filters = read_object(data, "filters")
    table = context.site.tables.open(table_of(context, resource) or "")
    condition, said = filtered(table, filters)
    gone = {row[0] for row in table.ask(f"SELECT {ID} FROM kept WHERE {condition.text}", condition.values)}
    if gone:
        _keep(context, resource, without(before, gone))
    return {"resource_id": resource.id, "filters": filters, **({"filterops": said} if said else {})}


def datastore_delete(context: Context, data: dict[str, Any]) -> dict[str, Any]:
    """Take the table of a resource away, or with filters only some of its rows.

    :param resource_id: the id of the resource
    :param filters: which rows, as for datastore_search (default: the whole table)
    :param force: true writes to a resource that was not made for it
    :rtype: dictionary as given
    """
    if data.get("filters") not in (None, ""):
        return datastore_records_delete(context, data)
    resource, before = _writable(context, data)
    _rename(context, resource, before.aliases, ())
    resource.version_id = None
    _note(context, resource)
    return {"resource_id": resource.id}


def _writable(context: Context, data: Mapping[str, Any]) -> tuple[Resource, RowTable]:
    """The resource, locked, and its table, both open to be written."""
    resource = _locked(context, lookup.required(dict(data), "resource_id"), data)
    table = _rows_of(context, resource)
    if table is None:
        raise NotFound(f'Resource "{resource.id}" was not found.')
    return resource, table


def _locked(context: Context, name: str, data: Mapping[str, Any]) -> Resource:
    resource = find_resource(context, name)
    if resource is None:
        raise NotFound(f'Resource "{name}" was not found.')
    rights.require_edit(context, resource.dataset, f"perform resource_update on resource {resource.id}")
    if resource.url_type != "datastore" and not flag(data, "force", False):
        raise Invalid({"read-only": [_READ_ONLY]})
    editable(context, resource.dataset_id)
    context.session.refresh(resource)
    return resource


def _rows_of(context: Context, resource: Resource) -> RowTable | None:
    """The table of the resource; Invalid where its live version is a file, which alone says what is in it."""
    version = context.session.get(Version, resource.version_id) if resource.version_id else None
    if version is None:
        return None
    table = read_rows(context.site.files.path(version.table_sha256)) if version.table_sha256 else None
    if table is None:
        raise Invalid({"read-only": [_OF_A_FILE]})
    return table


def _resource_for(context: Context, data: Mapping[str, Any]) -> Resource:
    given = data.get("resource")
    if data.get("resource_id"):
        if given:
            raise Invalid({"resource": ["resource cannot be used with resource_id"]})
        return _locked(context, lookup.required(dict(data), "resource_id"), data)
    if not isinstance(given, dict) or not given:
        raise Invalid({"resource_id": ["resource_id or resource required"]})
    dataset: Dataset = editable(context, lookup.required(given, "package_id"), f"create resources on dataset {given['package_id']}")
    resource = Resource(id=new_id(), dataset_id=dataset.id, name=str(given.get("name") or ""), description=str(given.get("description") or ""),
                        format=str(given.get("format") or "")[:100], created=context.now, metadata_modified=context.now, extras={}, state="active", url="",
                        hash="", url_type="datastore", position=sum(other.state == "active" for other in dataset.resources))
    dataset.resources.append(resource)
    context.session.flush()
    activity.note(context, "changed package", dataset)
    return resource


def _records(data: Mapping[str, Any]) -> list[Any]:
    records = data.get("records") or []
    if not isinstance(records, list):
        raise Invalid({"records": ["Not a list"]})
    if len(records) > MAX_RECORDS:
        raise Invalid({"records": [f"Mỗi lần gửi tối đa {MAX_RECORDS} dòng. / At most {MAX_RECORDS} rows in one call."]})
    return records


def _fields(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    fields = data.get("fields") or []
    if not isinstance(fields, list) or not all(isinstance(field, dict) for field in fields):
        raise Invalid({"fields": ["Not a list of dictionaries"]})
    names = [field.get("id") for field in fields]
    bad = [not isinstance(name, str) or not name.strip() or name.startswith("_") or '"' in name or len(name) > 63 for name in names]
    if any(bad):
        raise Invalid({"fields": [{"id": [f'"{name}" is not a valid field name']} if wrong else {} for name, wrong in zip(names, bad, strict=True)]})
    if len({name.lower() for name in names}) < len(names):
        raise Invalid({"fields": ["Duplicate column names are not supported"]})
    if unknown := [field.get("type") for field in fields if field.get("type") and kind_of(str(field["type"])) is None]:
        raise Invalid({"fields": [f'"{unknown[0]}" is not a valid field type']})
    return fields


def _columns(before: RowTable, fields: list[dict[str, Any]], records: list[Any], *, delete: bool) -> tuple[Served, ...]:
    """The columns after the call: those that are there, then new ones; a type that is there stays."""
    if not fields and not before.columns:
        names = dict.fromkeys(name for record in records if isinstance(record, dict) for name in record)
        fields = _fields({"fields": [{"id": name} for name in names]})
    there, given = {column.name: column for column in before.columns}, {field["id"]: field for field in fields}
    found = []
    for name in [*(name for name in there if not delete or not given or name in given), *(name for name in given if name not in there)]:
        old, field = there.get(name), given.get(name, {})
        wanted = kind_of(str(field["type"])) if field.get("type") else None
        if old and wanted and wanted != old.kind:
            raise Invalid({"fields": [f'field "{name}" is of type {old.kind}; it cannot become {wanted}']})
        kind = old.kind if old else wanted or guessed([record.get(name) for record in records if isinstance(record, dict)])
        info = field.get("info") if isinstance(field.get("info"), dict) else old.info if old else {}
        found.append(Served(name=name, kind=kind, title=str(info.get("label") or ""), info=info))
    if len(found) > MAX_FIELDS or len({column.name.lower() for column in found}) < len(found):
        raise Invalid({"fields": [f"At most {MAX_FIELDS} fields, no two with the same name"]})
    return tuple(found)


def _names(data: Mapping[str, Any], key: str) -> tuple[str, ...]:
    given = data[key]
    listed = given if isinstance(given, list) else str(given).split(",")
    return tuple(dict.fromkeys(str(name).strip() for name in listed if str(name).strip()))


def _screen(before: RowTable, after: RowTable, records: list[Any]) -> None:
    """Invalid where the rows as they were sent, or all rows with them, look like personal data; nothing of them is kept then."""
    names = [column.name for column in before.columns]
    titles = [column.title for column in before.columns]
    sent = ([record.get(name) for name in names] for record in records if isinstance(record, dict))
    whole = zip(*(after.of(name) for name in names), strict=True)
    hits = (privacy.screen(names, sent, titles) or privacy.screen(names, whole, titles)) if records else []
    if hits:
        told = [(hit.label, *privacy.NAMES.get(hit.kind, (hit.kind, hit.kind))) for hit in hits]
        raise Invalid({"records": [f'Cột "{label}" giống {vi}; hãy bỏ cột này. / Column "{label}" looks like {en}; leave it out.' for label, vi, en in told]})


def _rename(context: Context, resource: Resource, before: tuple[str, ...], after: tuple[str, ...]) -> None:
    """Make the table known under its other names, and no longer under those that it lost."""
    for name in set(before) - set(after):
        if (fact := context.session.get(SiteFact, alias_key(name))) is not None:
            context.session.delete(fact)
    for name in after:
        holder = context.session.get(SiteFact, alias_key(name))
        if len(alias_key(name)) != len(name) + len(alias_key("")) or holder is not None and holder.value != resource.id:
            raise Invalid({"alias": [f'relation "{name}" already exists' if holder else f'"{name}" is too long']})
        if holder is None:
            context.session.add(SiteFact(key=alias_key(name), value=resource.id))


def _keep(context: Context, resource: Resource, table: RowTable) -> None:
    """Make the table the live version of the resource, unless it is the same to the byte."""
    with tempfile.TemporaryDirectory(prefix="haidang-rows-") as folder:
        path = Path(folder) / "table.parquet"
        write_rows(table, path)
        if hash_file(path) == table_of(context, resource):
            return
        sha256, size = context.site.files.put(path), path.stat().st_size
    number = context.session.scalar(select(func.max(Version.number)).where(Version.resource_id == resource.id)) or 0
    version = Version(id=new_id(), resource_id=resource.id, number=number + 1, state="published", created=context.now, sha256=sha256, size=size,
                      filename=f"{slug(resource.name or resource.id)}.parquet", format="Parquet", rows=len(table),
                      fields=[column.name for column in table.columns], checked="unchecked", table_sha256=sha256, table_size=size)
    context.session.add(version)
    resource.version_id = version.id
    if resource.url_type == "datastore":
        resource.last_modified = context.now
    _note(context, resource)


def _note(context: Context, resource: Resource) -> None:
    resource.metadata_modified = resource.dataset.metadata_modified = context.now
    context.session.flush()
    note_change(context.session, resource.dataset_id, context.now)


def _written(table: RowTable, records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of the records as they are now: those with their keys, or the last ones."""
    cells = {column.name: table.of(column.name) for column in table.columns}
    wanted = {tuple(record.get(name) for name in table.primary_key) for record in records}
    keys = list(zip(*(cells[name] for name in table.primary_key), strict=True)) if table.primary_key else []
    places = [place for place, key in enumerate(keys) if key in wanted] if keys else range(max(len(table) - len(records), 0), len(table))
    return [{ID: table.ids[place], **{column.name: json_cell(cells[column.name][place], column.kind) for column in table.columns}} for place in places]

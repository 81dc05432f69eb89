"""Which two versions of a resource are compared, and by which key; only published ones that have a table. Reads only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

import schemas
from catalog.models import Resource, Version
from catalog.site import Site
from catalog.tables.asking import NotUnderstood
from catalog.tables.columns import row_facts, served_columns
from catalog.tables.comparing import Difference, compare

MAX_KEY = 20  # columns


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Two versions of a resource and what differs between their tables; `columns` are those that both have, of which a key may be chosen."""

    old: Version
    new: Version
    columns: tuple[str, ...]
    difference: Difference


def _comparable(resource_id: str) -> Select[tuple[Version]]:
    return (select(Version).where(Version.resource_id == resource_id, Version.state == "published", Version.table_sha256.is_not(None))
            .order_by(Version.number.desc()))


def comparable_versions(session: Session, resource_id: str, *, limit: int) -> list[Version]:
    """The public versions of a resource that have a table, newest first."""
    return list(session.scalars(_comparable(resource_id).limit(limit)))


def first_comparable(session: Session, resource_id: str) -> int | None:
    """The number of the oldest of them; every later one can be compared with the one before it."""
    return session.scalar(select(func.min(_comparable(resource_id).order_by(None).subquery().c.number)))


def chosen(session: Session, resource: Resource, old: str = "", new: str = "") -> tuple[Version, Version]:
    """The versions of these numbers; "" is the live one for `new`, and for `old` the one before it. NotUnderstood where there is none."""
    found = _comparable(resource.id)
    to = _numbered(session, found, "to", new) if new else session.scalar(found.where(Version.id == resource.version_id))
    if to is None:
        raise NotUnderstood("to", "Chưa có bản nào được công bố để so sánh.", "No version is published that could be compared.")
    since = _numbered(session, found, "from", old) if old else session.scalar(found.where(Version.number < to.number).limit(1))
    if since is None:
        raise NotUnderstood("from", f"Chưa có bản nào trước bản {to.number}; hãy chọn hai bản.", f"There is no version before {to.number}; choose two versions.")
    return since, to


def _numbered(session: Session, found: Select[tuple[Version]], where: str, number: str) -> Version:
    wanted = int(number) if number.isascii() and number.isdecimal() and len(number) < 10 else 0
    version = session.scalar(found.where(Version.number == wanted))
    if version is None:
        numbers = ", ".join(str(one.number) for one in session.scalars(found.limit(20)))
        raise NotUnderstood(where, f"Không có bản {number[:20]} nào đã công bố có bảng; các bản: {numbers}.",
                            f"No version {number[:20]} with a table is published; there are: {numbers}.")
    return version


def compared(site: Site, resource: Resource, versions: tuple[Version, Version], key: Iterable[str] = (), *, by_content: bool = False) -> Compared:
    """What differs between the versions, with rows matched by the columns of `key`, else by the key that the table has, else by all cells."""
    old, new = versions
    tables = old.table_sha256 or "", new.table_sha256 or ""
    before, after = (pq.read_schema(site.files.path(sha256)) for sha256 in tables)
    there = {column.name for column in served_columns(before)}
    both = tuple(column.name for column in served_columns(after) if column.name in there)
    names = () if by_content else _known(tuple(dict.fromkeys(key)), both) or _own_key(resource, new, after, both)
    return Compared(old=old, new=new, columns=both, difference=compare(site, *tables, names))


def _known(names: tuple[str, ...], both: tuple[str, ...]) -> tuple[str, ...]:
    if len(names) > MAX_KEY:
        raise NotUnderstood("key", f"Tối đa {MAX_KEY} cột.", f"At most {MAX_KEY} columns.")
    if lacking := [name[:80] for name in names if name not in both]:
        listed = ", ".join(both[:20])
        raise NotUnderstood("key", f"Cột {lacking[0]} không có ở cả hai bản; hãy chọn trong: {listed}.", f"Column {lacking[0]} is not in both versions; choose from: {listed}.")
    return names


def _own_key(resource: Resource, new: Version, schema: pa.Schema, both: tuple[str, ...]) -> tuple[str, ...]:
    """The key of the schema that the table follows, or of a table that was made row by row; empty where there is none in both versions."""
    name = new.schema_name or resource.schema_name
    given = schemas.load(name).descriptor.get("primaryKey", ()) if name and name in schemas.names() else ()
    key = (given,) if isinstance(given, str) else tuple(given) or tuple(row_facts(schema).get("primary_key", ()))
    return key if set(key) <= set(both) else ()

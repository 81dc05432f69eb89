"""How the files of a source are to be read, as people have said it: kept from one file for the next, and taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from catalog.models import RememberedColumn, RememberedLayout
from catalog.reading.grid import same_label
from catalog.validation.given_layout import KeptLayout
from catalog.validation.told import Told

Columns = Mapping[str, Mapping[str, str]]  # by schema and label: the field
LONGEST = 500  # characters of a label that is remembered


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Who said it, and when."""

    by: str
    at: datetime


def layout_of(session: Session, source_id: str, identifier: str, url: str = "") -> RememberedLayout | None:
    """What is remembered of one file: its own, else that of every file of its dataset."""
    return session.get(RememberedLayout, (source_id, identifier, url)) or (
        session.get(RememberedLayout, (source_id, identifier, "")) if url else None)


def layouts_of(session: Session, source_id: str) -> list[RememberedLayout]:
    """Everything that is remembered of a source's tables."""
    return list(session.scalars(select(RememberedLayout).where(RememberedLayout.source_id == source_id)
                                .order_by(RememberedLayout.identifier, RememberedLayout.url)))


def columns_of(session: Session, source_id: str) -> dict[str, dict[str, RememberedColumn]]:
    """Every label that is remembered of a source, by schema."""
    found: dict[str, dict[str, RememberedColumn]] = {}
    for row in session.scalars(select(RememberedColumn).where(RememberedColumn.source_id == source_id)):
        found.setdefault(row.schema_name, {})[row.label] = row
    return found


def fields_of(columns: Mapping[str, Mapping[str, RememberedColumn]]) -> dict[str, dict[str, str]]:
    """The fields alone, as a check takes them."""
    return {schema: {label: row.field for label, row in rows.items()} for schema, rows in columns.items()}


def told_by_file(session: Session, source_id: str, identifiers: Sequence[str]) -> dict[str, dict[str, Told]]:
    """What a harvest is told of some datasets' files, by identifier and address; "" stands for every other file of the dataset."""
    columns = fields_of(columns_of(session, source_id))
    found = {identifier: {"": Told(columns=columns)} for identifier in identifiers}
    for row in session.scalars(select(RememberedLayout).where(RememberedLayout.source_id == source_id, RememberedLayout.identifier.in_(identifiers))):
        found[row.identifier][row.url] = Told(kept=KeptLayout.from_dict(row.kept), columns=columns)
    return found


def remember_layout(session: Session, key: tuple[str, str, str], kept: KeptLayout, said: Said) -> None:
    """Keep a layout for (source, identifier, address), in the place of what was kept before."""
    session.merge(RememberedLayout(source_id=key[0], identifier=key[1], url=key[2], kept=kept.to_dict(), by_name=said.by[:200], at=said.at))


def remember_columns(session: Session, source_id: str, columns: Columns, said: Said) -> None:
    """Keep which field each label was said to be; what says the same already stays as it was said first."""
    for schema, fields in columns.items():
        for label, field in fields.items():
            known = session.get(RememberedColumn, (source_id, schema, plain_label(label)))
            if known is None or known.field != field:
                session.merge(RememberedColumn(source_id=source_id, schema_name=schema, label=plain_label(label), field=field, by_name=said.by[:200], at=said.at))


def forget_layout(session: Session, source_id: str, identifier: str, url: str = "") -> bool:
    """Take back what was remembered of a file; False where nothing was."""
    return session.execute(delete(RememberedLayout).where(
        RememberedLayout.source_id == source_id, RememberedLayout.identifier == identifier, RememberedLayout.url == url)).rowcount > 0


def forget_column(session: Session, source_id: str, schema: str, label: str) -> bool:
    """Take back which field a label stands for; False where nothing was remembered."""
    return session.execute(delete(RememberedColumn).where(
        RememberedColumn.source_id == source_id, RememberedColumn.schema_name == schema, RememberedColumn.label == plain_label(label))).rowcount > 0


def plain_label(label: str) -> str:
    """A label as it is remembered."""
    return same_label(label)[:LONGEST]

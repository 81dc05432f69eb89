"""What a clerk may choose on the way: the agency, the schema, what becomes of each column."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

import schemas
from catalog.decisions.given import Given, given
from catalog.decisions.keeping import LONGEST
from catalog.drafts.deciding import decided, held_columns, of_the_same
from catalog.models import UploadDraft
from catalog.register import agencies_on
from catalog.remembered import plain_label
from catalog.sign_ins import Person
from catalog.site import Site
from catalog.validation.surroundings import NOWHERE
from web.words import either

LEAVE_OUT = "-"
MASK_IT = "*"
AS_IT_IS = "="
ACTIONS = {LEAVE_OUT: "drop", MASK_IT: "mask"}


def agencies(session: Session, site: Site, person: Person) -> list[tuple[str, str]]:
    """The agencies for which somebody may hand in files: name in addresses, name for people."""
    today = site.clock.today()
    return [(agency.slug, either(agency.name_on(today).name_vi, agency.name_on(today).name_en)) for agency in agencies_on(session, today)
            if person.may_act(agency.id)]


def agency_id(site: Site, person: Person, slug: str) -> str | None:
    """The agency that was chosen, or the only one there is to choose; None for no choice."""
    with site.reading() as session:
        found = [agency for agency in agencies_on(session, site.clock.today()) if person.may_act(agency.id)]
    chosen = [agency for agency in found if agency.slug == slug] if slug else found
    return chosen[0].id if len(chosen) == 1 else None


def schemas_by_title() -> list[tuple[str, str]]:
    """Every schema with its title, by title."""
    return sorted(((schema.name, either(schema.title["vi"], schema.title["en"])) for schema in schemas.all_schemas()), key=lambda entry: entry[1])


def asked(form: Mapping[str, str], draft: UploadDraft, lang: str, person: Person, now: datetime) -> dict[str, Any] | None:
    """What a new look at the draft is to be like, with what a person decides now about columns that look personal; None where the choices are
    those of the look before."""
    if "schema" in form:
        wanted = form["schema"] if form["schema"] in schemas.names() else ""
        return {**of_the_same(draft.asked), "schema": wanted, "lang": lang} if wanted != (draft.asked.get("schema") or "") else None
    answer = draft.answer or {}
    schema = answer.get("schema") or ""
    fields = {field["name"] for field in schemas.load(schema).fields} if schema else set()
    decisions = _decisions(form, draft, person, now)
    actions = {one.column: one.action for one in decisions if not one.sheet}
    without, names = [letter for letter, action in actions.items() if action == "drop" and letter != NOWHERE], {}
    for column in answer.get("columns", []):
        chosen = form.get(f"column:{column['letter']}", AS_IT_IS)
        if column["letter"] in actions:
            continue
        if chosen == LEAVE_OUT:
            without.append(column["letter"])
        elif chosen in fields and chosen != column["field"]:
            names[column["letter"]] = chosen
    repaired = form.get("repaired") == "yes"
    columns = _confirmed(draft, schema, names)
    others = names or set(without) - set(actions)
    if names and not without and not decisions and not repaired and _by_label(answer, names, fields):
        return {**of_the_same(draft.asked), "lang": lang, "columns": columns}
    if not (without or names or decisions or repaired) or "corrected" not in answer.get("made", {}):
        return None
    carried = {"carry": answer["kept"]} if answer.get("kept") else {}
    return {"schema": draft.asked.get("schema") or "", "lang": lang, "without": without, "names": names, "columns": columns, **carried,
            **decided(draft, decisions, alone=not others)}


def _decisions(form: Mapping[str, str], draft: UploadDraft, person: Person, now: datetime) -> list[Given]:
    """What the form says of each column that looks personal: by its letter, or by its number on the page where it has none in the table."""
    found = []
    for number, column in enumerate(held_columns(draft)):
        own = not column.sheet and column.column != NOWHERE
        action = ACTIONS.get(form.get(f"column:{column.column}" if own else f"held:{number}", AS_IT_IS))
        if action:
            found.append(given(column, action, " ".join(form.get(f"reason:{number}", "").split())[:LONGEST], person, now))
    return found


def _by_label(answer: Mapping[str, Any], names: Mapping[str, str], fields: set[str]) -> bool:
    """Whether the columns can be told by their labels alone, so that the file itself need not be changed."""
    labels = [plain_label(column["label"]) for column in answer.get("columns", [])]
    chosen = [column["label"] for column in answer.get("columns", []) if column["letter"] in names]
    return all(label.strip() and label not in fields and labels.count(plain_label(label)) == 1 for label in chosen) and len(set(names.values())) == len(names)


def _confirmed(draft: UploadDraft, schema: str, names: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """The fields that labels are said to be, by schema, with those of this choice: a label that stands for another field no more is let go."""
    columns = {name: dict(fields) for name, fields in (draft.asked.get("columns") or {}).items()}
    said = {plain_label(column["label"]): names[column["letter"]] for column in (draft.answer or {}).get("columns", [])
            if column["letter"] in names and column["label"].strip()}
    if schema and said:
        columns[schema] = {label: field for label, field in columns.get(schema, {}).items() if field not in said.values()} | said
    return columns

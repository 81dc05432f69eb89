"""Files that were handed in and whose columns look personal, and persons who decide about them."""

from __future__ import annotations

import io
import time

from sqlalchemy import select

from catalog import jobs
from catalog.decisions import applying, keeping
from catalog.decisions.columns import HeldColumn, columns_at
from catalog.decisions.keeping import Choice
from catalog.models import ColumnDecision, Dataset, Resource, Source, Version
from catalog.sign_ins import Person
from catalog.site import Site
from catalog.uploads import keep_upload
from support.harvesting import PATIENCE, harvest

SHOPS = "ten_cua_hang,SĐT\n" + "".join(f"Cửa hàng {number},090123{number:04d}\n" for number in range(1000, 1020))


def hand_in(site: Site, content: str | bytes, name: str = "cua-hang.csv", *, source: str = "nguon") -> None:
    """Hand a file in for a source, as its next version where there is one, and harvest it."""
    data = content.encode() if isinstance(content, str) else content
    with site.writing() as session:
        keep_upload(session, session.scalars(select(Source).where(Source.name == source)).one(), io.BytesIO(data), name, {"license": "cc-by"}, site=site)
    harvest(site, source)


def leader(agency_id: str, *, leads: bool = True) -> Person:
    """An administrator of the agency, or a plain editor."""
    return Person(id="p", holder="h" * 36, name="Chị Lan" if leads else "Anh Jane", until=None, everywhere=False, agencies=frozenset({agency_id}),
                  leads=frozenset({agency_id} if leads else ()))


def versions(site: Site) -> list[Version]:
    """All versions there are, in order."""
    with site.reading() as session:
        return list(session.scalars(select(Version).order_by(Version.number)))


def only(site: Site) -> tuple[Dataset, Resource]:
    """The dataset and the resource that a test is about."""
    with site.reading() as session:
        return session.scalars(select(Dataset)).one(), session.scalars(select(Resource)).one()


def held_columns(site: Site) -> list[HeldColumn]:
    """The columns of the newest version about which somebody must decide."""
    return columns_at(site.files, versions(site)[-1])


def decide(site: Site, person: Person, **actions: Choice | str) -> None:
    """Decide about columns by their letters, and do what a worker does then."""
    applying.perform(site, ordered(site, person, **actions))


def ordered(site: Site, person: Person, **actions: Choice | str) -> str:
    """Decide about columns by their letters; the version, of which a worker has yet to do what was decided."""
    dataset, _ = only(site)
    by_letter = {column.column: column for column in held_columns(site)}
    version = versions(site)[-1]
    asked = {by_letter[letter]: choice if isinstance(choice, Choice) else Choice(action=choice) for letter, choice in actions.items()}
    jobs.migrate_queue(site.settings)
    orderer = jobs.Jobs(site)
    try:
        keeping.decide(site, orderer, version, asked, person, dataset.owner_org)
    finally:
        orderer.close()
    return version.id


def carried_out(site: Site) -> Version:
    """The newest version once it is public; waits for a worker to make it so."""
    deadline = time.monotonic() + PATIENCE
    while (newest := versions(site)[-1]).state != "published":
        assert time.monotonic() < deadline, "no worker has carried the decision out"
        time.sleep(0.05)
    return newest


def decisions(site: Site) -> list[ColumnDecision]:
    """Everything that was decided, the last first."""
    _, resource = only(site)
    with site.reading() as session:
        return keeping.of_resource(session, resource.id)

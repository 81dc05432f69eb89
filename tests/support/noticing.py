"""Puts agencies that can be told, sources that fail and recover, and clocks that move into a site."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import event, select

from catalog import evidence
from catalog.clock import FrozenClock
from catalog.models import Agency, AgencyName, IssueRow, Notice, NoticeDelivery, Run, Source, new_id
from catalog.site import Site

BEGIN = date(2023, 10, 27)
SENDER = "dulieu@haidang.test"


def later(site: Site, **span: float) -> Site:
    """The same site after some days, hours or minutes."""
    return replace(site, clock=FrozenClock(site.clock.now() + timedelta(**span)))


def mailing(site: Site, port: int, **settings: Any) -> Site:
    """The same site with a mail server on this machine."""
    values = {"mail_url": f"smtp://localhost:{port}?tls=off", "mail_from": SENDER, **settings}
    return replace(site, settings=replace(site.settings, **values))


def add_agency(site: Site, slug: str = "so-yt", **values: Any) -> str:
    """An agency whose contact and lead have addresses, unless `values` say otherwise."""
    values = {"contact_email": f"dulieu@{slug}.test", "lead_name": f"Lãnh đạo {slug}", "lead_email": f"lanhdao@{slug}.test", **values}
    with site.writing() as session:
        agency = Agency(slug=slug, level="province", valid_from=BEGIN, created=site.clock.now(), **values)
        agency.names.append(AgencyName(valid_from=BEGIN, name_vi=f"Cơ quan {slug}", name_en=f"Agency {slug}"))
        session.add(agency)
        session.flush()
        return agency.id


def add_source(site: Site, agency_id: str, name: str = "nguon", **values: Any) -> str:
    with site.writing() as session:
        source = Source(name=name, title=f"Nguồn {name}", agency_id=agency_id, connector="file", url="http://127.0.0.1/", created=site.clock.now(), **values)
        session.add(source)
        session.flush()
        evidence.record_source(session, source.id, site.clock.now())
        return source.id


def run(site: Site, source_id: str, code: str | None = None, *, dataset_id: str | None = None, **facts: Any) -> str:
    """A finished run: well without a code; failed where the code is of the whole source, else with that issue of a dataset."""
    now = site.clock.now()
    failed = code is not None and dataset_id is None and not code.startswith("source-")
    with site.writing() as session:
        run = Run(id=new_id(), source_id=source_id, status="failed" if failed else "succeeded-with-issues" if code else "succeeded",
                  queued_at=now, started_at=now, finished_at=now, gathered_all=not failed)
        session.add(run)
        session.flush()
        for row in session.scalars(select(IssueRow).where(IssueRow.source_id == source_id, IssueRow.closed_at.is_(None))):
            row.closed_at = now
        if code:
            session.add(IssueRow(fingerprint=code[:32], run_id=run.id, source_id=source_id, identifier=dataset_id, dataset_id=dataset_id, code=code,
                                 stage="fetch", severity="error", who="agency", facts=facts, first_seen=now, last_seen=now))
            session.flush()
        evidence.record_source(session, source_id, now)
        return run.id


def kept(site: Site) -> list[tuple[str, bool]]:
    """Every notice by kind, and whether it still stands; the oldest first."""
    with site.reading() as session:
        return [(row.kind, row.ended is None) for row in session.scalars(select(Notice).order_by(Notice.created, Notice.kind, Notice.subject))]


def ways(site: Site) -> list[NoticeDelivery]:
    """Every delivery, the oldest first."""
    with site.reading() as session:
        return list(session.scalars(select(NoticeDelivery).order_by(NoticeDelivery.created, NoticeDelivery.address)))


class Counted:
    """Counts the questions that a site asks of its store inside the `with`."""

    def __init__(self, site: Site) -> None:
        self.engine, self.asked = site.engine, []

    def __enter__(self) -> Counted:
        event.listen(self.engine, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(self.engine, "before_cursor_execute", self._note)

    def _note(self, _connection, _cursor, statement, *_: object) -> None:
        self.asked.append(statement)

    @property
    def count(self) -> int:
        return len(self.asked)
